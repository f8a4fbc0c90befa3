/*
 * throttle: how often one rule and key may speak.
 *
 * The first alert passes and closes the gate for `period`; what comes while
 * it is closed is counted, with its last line.  When the period is over and
 * something was held, that count is due as a summary and the gate closes
 * again, for twice as long when `double` was asked for (at most max);
 * otherwise it opens and the length starts over.  Pure: `now` is wall-clock
 * ms of arrival.  A stored deadline never lies further away than its own
 * length (throttle_load clamps it), so a clock step cannot silence a rule.
 */
#ifndef CTAIL_JUDGE_THROTTLE_H
#define CTAIL_JUDGE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/histogram.h"

#define THROTTLE_LINE_MAX 1024

struct throttle_spec {
	int64_t period_ms;	/* 0: none */
	int64_t max_ms;		/* = period_ms without `double` */
};

struct throttle {
	int64_t until_ms;	/* closed until then; 0: open */
	int64_t length_ms;	/* of the period that runs */
	int64_t held;		/* matches held back in it */
	int64_t held_first_ms;
	int64_t held_last_ms;
	char *last_line;	/* of what was held, with a NUL behind it;
				 * NULL: none */
	uint32_t last_len, last_cap;
	struct histogram *times;	/* of what was held; NULL: nothing, or
					 * one record */
};

/* `10m double max 4h`, `1h`, `none`; `double` without `max` stops at 24 times
 * the period. */
int throttle_parse(struct span text, void *spec, struct err *err);
void throttle_format(const void *spec, struct buf *out);

void throttle_release(struct throttle *throttle);

/* What asks to pass: how many matches, the times of the first and last
 * record, and the last line. */
struct throttle_event {
	int64_t matches;
	int64_t first_ms, last_ms;
	struct span line;
	const struct histogram *times;	/* of them; NULL: of one record, or
					 * not known */
};

/* True: the alert passes.  False: it was counted and held. */
bool throttle_admit(const struct throttle_spec *spec,
    struct throttle *throttle, int64_t now_ms,
    const struct throttle_event *event);

/* Hands out what is held now, as throttle_expire does, and leaves the gate as
 * it is. */
struct throttle_summary;
void throttle_take(struct throttle *throttle, struct throttle_summary *out);

/* Brings a deadline that lies further away than its own length back to that
 * length, as after a clock step. */
void throttle_clamp(struct throttle *throttle, int64_t now_ms);

/* When the gate was closed, or closed again, for the period that runs. */
int64_t throttle_closed_ms(const struct throttle *throttle);

/* When something has to happen, wall ms; 0: nothing will. */
int64_t throttle_due(const struct throttle *throttle);

/* What was held in the period that ended.  held 0: nothing to tell. */
struct throttle_summary {
	int64_t held;
	int64_t first_ms, last_ms;
	int64_t period_ms;
	char *last_line;
	size_t last_len;
	struct histogram *times;	/* NULL: one record, or not known */
};
void throttle_summary_release(struct throttle_summary *summary);

/* To be called at or after the due time.  The caller releases the summary. */
void throttle_expire(const struct throttle_spec *spec,
    struct throttle *throttle, int64_t now_ms,
    struct throttle_summary *out);

void throttle_save(const struct throttle *throttle, struct buf *out);
int throttle_load(const struct throttle_spec *spec,
    struct throttle *throttle, struct span bytes, int64_t now_ms,
    struct err *err);

/* What saved bytes hold back, without knowing the rule they were of; false
 * when that is nothing or the bytes are damaged. */
bool throttle_left(struct span saved, int64_t *held_out,
    int64_t *first_ms_out, int64_t *last_ms_out, int64_t *period_ms_out,
    struct span *line_out);

#endif
