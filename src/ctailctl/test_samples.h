/*
 * test_samples: which files a rehearsal reads, and as which [log].
 */
#ifndef CTAIL_CTAILCTL_TEST_SAMPLES_H
#define CTAIL_CTAILCTL_TEST_SAMPLES_H

#include "base/err.h"
#include "ctaild/plan.h"
#include "ctailctl/readers.h"
#include "input/source.h"

struct test_samples {
	const struct plan *plan;
	const struct source_log *logs;
	struct reading *list;
	char **paths;		/* of the list, owned */
	size_t count;
	bool *logs_read;	/* per log */
	bool is_new;		/* a rule with `new` reads one of them */
	int64_t newest_ms;	/* when one of them was changed last */
};

void test_samples_init(struct test_samples *samples, const struct plan *plan,
    const struct source_log *logs);
void test_samples_release(struct test_samples *samples);

/* A sample; log: the name of its [log], or NULL, to find it by the path. */
int test_samples_add(struct test_samples *samples, const char *path,
    const char *log, struct err *err);

/* The files of the [log] of this name, or of all, with their generations. */
int test_samples_add_logs(struct test_samples *samples, const char *log,
    struct err *err);

#endif
