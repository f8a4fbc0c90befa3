/*
 * when: what makes an alert of matches, per rule and key.
 *
 * Each kind of `when` is one const entry in the table of when.c with its own
 * file (when_each.c, when_count.c, when_distinct.c, when_new.c,
 * when_absent.c, when_unless.c): parse, feed, save, load.  Times of windows
 * are wall-clock ms of the record; those of clocks (absent, unless) are
 * arrival.
 *
 * A kind answers a match in one of three ways: it is counted, the condition
 * is met, or, for a clock, what was missing is back.  What a clock waits for
 * it says by its deadline.
 */
#ifndef CTAIL_JUDGE_WHEN_H
#define CTAIL_JUDGE_WHEN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/histogram.h"
#include "judge/hours.h"

#define WHEN_COUNT_MAX 10000
#define WHEN_NAME_MAX 64
#define WHEN_WINDOW_MAX_MS (INT64_C(31) * 24 * 60 * 60 * 1000)
#define WHEN_ABSENT_MAX_MS (INT64_C(366) * 24 * 60 * 60 * 1000)

struct when_kind;

/* What `when = ...` says. */
struct when_spec {
	const struct when_kind *kind;
	int64_t count;		/* N of `N in T`, `distinct N ...` */
	int64_t window_ms;	/* T */
	char name[WHEN_NAME_MAX];	/* the CAPTURE of distinct, the RULE of
					 * unless; else "" */
};

/* Kinds that their users must tell apart. */
enum when_class {
	WHEN_PLAIN,		/* each, N in T, distinct: state per key */
	WHEN_NEW,		/* state per rule: judge/seen.h */
	WHEN_ABSENT,		/* a clock that each match winds up */
	WHEN_UNLESS,		/* a clock that a match of another rule stops */
};
enum when_class when_class(const struct when_spec *spec);

/* The state of one rule and key; its kind knows what is inside. */
struct when_state;

/* setting.h's parse and format for the `when` key. */
int when_parse(struct span text, void *spec, struct err *err);
void when_format(const void *spec, struct buf *out);

/* NULL for a kind that needs none; all functions take that NULL. */
struct when_state *when_state_new(const struct when_spec *spec);
void when_state_free(const struct when_spec *spec, struct when_state *state);

/* One match. */
struct when_match {
	int64_t time_ms;	/* of the record */
	int64_t now_ms;		/* of arrival */
	struct span value;	/* distinct: of the capture */
	const struct hours_spec *hours;	/* in which clocks run; never NULL */
	struct histogram *times;	/* MET of a window: filled with the
					 * times of what counts; or NULL */
};

/*
 * What met the condition.
 *
 * Of a window (MET): how many matches, and the record times of the first and
 * of the last.  For distinct these are all matches of the values that count,
 * each value's since it last was outside of the window.  Of unless (MET, or
 * when it rings): the matches since the clock was started, and the record time
 * of the first.  Of absent (when it rings): 0, and the last sign (arrival), or
 * 0 for never.  Of BACK: 0, and since when it had been missing (arrival): for
 * absent, the last sign or the start; for unless, when that was told.
 */
struct when_met {
	int64_t count;
	int64_t first_ms;
	int64_t last_ms;	/* each and windows only */
};

enum when_answer {
	WHEN_COUNTED,		/* not (yet) */
	WHEN_TOO_OLD,		/* not, nor will it count for a later one: the
				 * window is past it */
	WHEN_MET,		/* *met_out says how; the count starts over */
	WHEN_BACK,		/* absent, unless: it had been missing, and
				 * that was told */
};

enum when_answer when_feed(const struct when_spec *spec,
    struct when_state *state, const struct when_match *match,
    struct when_met *met_out);

/* unless: RULE matched, at this record time.  COUNTED: the clock stopped, or
 * did not run, or the match is older than what waits.  MET: it came too late
 * (then BACK is owed as well).  BACK: the alert had been told. */
enum when_answer when_partner(const struct when_spec *spec,
    struct when_state *state, const struct when_match *match,
    struct when_met *met_out);

/* absent: starts the clock of a key that may never have matched. */
void when_start(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms);

/* When a clock rings, wall ms of arrival; 0: none runs. */
int64_t when_deadline(const struct when_spec *spec,
    const struct when_state *state);

/* At or after the deadline; true, once, when it rings. */
bool when_ring(const struct when_spec *spec, struct when_state *state,
    int64_t now_ms, struct when_met *met_out);

/* How many matches are being counted now, up to the newest (a clock that runs,
 * or has rung and waits for the thing to come back, counts as pending, at least
 * 1), and the newest record time among them (0: none; always for absent). */
int64_t when_pending(const struct when_spec *spec,
    const struct when_state *state);
int64_t when_newest(const struct when_spec *spec,
    const struct when_state *state);

/* How many matches may still count: of a window, in which order they may come,
 * more than those up to the newest; else what is pending. */
int64_t when_kept(const struct when_spec *spec, const struct when_state *state);

/* The wall clock says now.  Times that lie further ahead than a record's may
 * (the clock was set back) become now, so that they cannot make everything
 * that follows look too old to count; deadlines are brought back to their own
 * length.
 *
 * What becomes now at once lay in no window together, or it would have been
 * told: so it is no alert by itself, and of as many as one needs the oldest is
 * forgotten.  The next match within T is one, of N. */
void when_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms);

/* How much memory it takes, as one block. */
size_t when_bytes(const struct when_spec *spec, const struct when_state *state);

/* State as bytes for the store and back; load checks everything, since the
 * database is hostile too. */
void when_save(const struct when_spec *spec, const struct when_state *state,
    struct buf *out);
int when_load(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err);

#endif
