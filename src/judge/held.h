/*
 * held: what is being held back, and will be told: how many, from when to
 * when, and the last few lines.
 *
 * Shared by everything that holds: hours, silences, batches.
 */
#ifndef CTAIL_JUDGE_HELD_H
#define CTAIL_JUDGE_HELD_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/histogram.h"
#include "judge/kept_lines.h"

#define HELD_LINES_MAX 50
#define HELD_LINE_BYTES 1024

/* What met a condition and asks to be told. */
struct event {
	int64_t matches;	/* records it stands for */
	int64_t first_ms, last_ms;	/* record times of them */
	struct span line;	/* the last one */
	const struct histogram *times;	/* of them; NULL: of one record, or
					 * not known */
};

struct held {
	int64_t events;		/* alerts that would have been */
	int64_t matches;	/* records they stand for */
	int64_t first_ms, last_ms;
	struct kept_lines lines;
	struct histogram *times;	/* NULL: nothing or one record */
};

/* Keeps at most lines_max of the last lines (up to HELD_LINES_MAX). */
void held_add(struct held *held, const struct event *event,
    size_t lines_max);

/* In the same way a line that led to the event that is added next. */
void held_add_line(struct held *held, struct span line, size_t lines_max);

void held_release(struct held *held);

/* As fields (base/fields.h) whose names begin with prefix.  load: hostile
 * bytes, already fields_check'ed; -1 and an empty one when they are not
 * plausible. */
void held_save(const struct held *held, const char *prefix, struct buf *out);
int held_load(struct held *held, const char *prefix, struct span fields,
    struct err *err);

#endif
