/*
 * when: what makes an alert of matches, per rule and key.
 *
 * Each kind of `when` is one const entry in the table of when.c with its own
 * file (when_each.c, when_count.c): parse, feed, save, load.  Times are
 * wall-clock ms of the record.
 */
#ifndef CTAIL_JUDGE_WHEN_H
#define CTAIL_JUDGE_WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define WHEN_COUNT_MAX 10000

struct when_kind;

/* What `when = ...` says. */
struct when_spec {
	const struct when_kind *kind;
	int64_t count;		/* N of `N in T` */
	int64_t window_ms;	/* T */
};

/* The state of one rule and key; its kind knows what is inside. */
struct when_state;

/* setting.h's parse and format for the `when` key. */
int when_parse(struct span text, void *spec, struct err *err);
void when_format(const void *spec, struct buf *out);

/* NULL for a kind that needs none; all functions take that NULL. */
struct when_state *when_state_new(const struct when_spec *spec);
void when_state_free(const struct when_spec *spec, struct when_state *state);

/* One match at this time.  True when the condition is met now; *count_out is
 * then how many matches met it, *first_ms_out the time of the first, and the
 * count starts over. */
bool when_feed(const struct when_spec *spec, struct when_state *state,
    int64_t time_ms, int64_t *count_out, int64_t *first_ms_out);

/* How many matches are being counted now, and the newest time among them (0:
 * none). */
int64_t when_pending(const struct when_spec *spec,
    const struct when_state *state);
int64_t when_newest(const struct when_spec *spec,
    const struct when_state *state);

/* The wall clock says now.  Times that lie further ahead than a record's may
 * (the clock was set back) become now, so that they cannot make everything
 * that follows look too old to count. */
void when_settle(const struct when_spec *spec, struct when_state *state,
    int64_t now_ms);

/* State as bytes for the store and back; load checks everything, since the
 * database is hostile too. */
void when_save(const struct when_spec *spec, const struct when_state *state,
    struct buf *out);
int when_load(const struct when_spec *spec, struct when_state *state,
    struct span bytes, int64_t now_ms, struct err *err);

#endif
