/*
 * readers: the records of several files and logs as one stream, in the order
 * of their times.
 *
 * Reading hands out records, merging asks for them; so each file or log is
 * read by a process of its own, which writes its records into a pipe.
 * Nothing is kept but one record of each.  A record without a time stands
 * right behind the one before it; where none has a time, one file comes
 * behind the other.
 *
 * A time is not believed when the next one in the same file is more than a day
 * older: one forged date must not move the clock of all.
 */
#ifndef CTAIL_CTAILCTL_READERS_H
#define CTAIL_CTAILCTL_READERS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctaild/plan.h"
#include "input/source.h"

#define READERS_MAX 1000

/* One file, or with generations (what is younger than since_ms of them). */
struct reading {
	const char *path;
	size_t log;
	bool generations;
};

struct readers_spec {
	const struct plan *plan;
	const struct source_log *logs;
	int64_t latest_ms;	/* that a time without a year may be */
	int64_t since_ms;	/* of generations */
};

struct readers;

/* At most READERS_MAX; -1 when they cannot be started. */
struct readers *readers_new(const struct readers_spec *spec,
    const struct reading *list, size_t count, struct err *err);
void readers_free(struct readers *readers);

/* The next record, borrowed until the next call; its time_ms is its own, or
 * negative.  1; 0 at the end of all; -1 when a signal came while waiting. */
int readers_next(struct readers *readers, struct record *out);

/* The plain bytes read so far; size_out: of how many, 0 when that is not
 * known. */
void readers_progress(const struct readers *readers, uint64_t *done_out,
    uint64_t *size_out);

/* What is to be said of the reading, one sentence each; failed: something could
 * not be read. */
void readers_sentences(const struct readers *readers,
    void (*each)(void *arg, bool failed, const char *text), void *arg);

#endif
