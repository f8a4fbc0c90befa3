/*
 * decider: from matches to decisions, with all the state of all rules.
 *
 * State is kept per rule and key: the `when` condition, the throttle, and the
 * last lines, which the alert will show.  Everything can be saved and loaded,
 * entry by entry; entries changed since the last decider_saved are the dirty
 * ones.  Keys per rule are bounded by DECIDER_KEYS_MAX: the least recently
 * used one without anything held is evicted and counted.
 *
 * Pure: times are arguments.
 */
#ifndef CTAIL_JUDGE_DECIDER_H
#define CTAIL_JUDGE_DECIDER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "judge/throttle.h"
#include "judge/when.h"

#define DECIDER_KEYS_MAX 100000
#define DECIDER_KEY_BYTES 1024		/* longer keys are cut and hashed */
#define DECIDER_LINES 10		/* last lines kept per key */
#define DECIDER_LINE_BYTES 2048		/* of each */

struct decider;

/* Both must outlive the decider. */
struct decider_rule {
	const struct when_spec *when;
	const struct throttle_spec *throttle;
};

enum decision_kind {
	DECISION_COUNTED,	/* the condition is not met yet */
	DECISION_HELD,		/* met, and held back by the throttle */
	DECISION_ALERT,
	DECISION_SUMMARY,	/* what a throttle held is due */
};

/* What an alert is made of; valid until the next call.  count is, for
 * COUNTED, how many matches are pending; for ALERT and HELD, how many met the
 * condition (which is what the throttle counts); for SUMMARY, how many were
 * held.  Only ALERT and SUMMARY have lines. */
struct decision {
	enum decision_kind kind;
	size_t rule;
	struct span key;
	int64_t count;			/* matches it stands for */
	int64_t first_ms, last_ms;	/* record times of them */
	struct span lines[DECIDER_LINES];	/* oldest first */
	size_t line_count;
	int64_t period_ms;		/* SUMMARY: of the throttle */
};

struct decider *decider_new(const struct decider_rule *rules, size_t count);
void decider_free(struct decider *decider);

/* One match of a rule: the record's own time, the time of arrival (both
 * wall ms), the line. */
void decider_feed(struct decider *decider, size_t rule, struct span key,
    int64_t time_ms, int64_t now_ms, struct span line, struct decision *out);

/* The earliest wall time at which decider_expire has work; 0: none.  Besides
 * summaries that is windows that have passed, so what was read before that
 * time is to be fed before it is called. */
int64_t decider_due(const struct decider *decider);

/* Yields one summary that is due; false when none is left. */
bool decider_expire(struct decider *decider, int64_t now_ms,
    struct decision *out);

/* Everything held, at once, as at the end of a rule's life (reload): one
 * summary per call, false at the end. */
bool decider_flush(struct decider *decider, size_t rule, int64_t now_ms,
    struct decision *out);

/* Dirty entries with their saved form; an empty one is to be deleted.  saved
 * is called after the commit, with no feed, expire or flush between the two;
 * whoever stores nothing calls it all the same, from time to time. */
void decider_dirty(struct decider *decider,
    void (*each)(void *arg, size_t rule, struct span key, struct span saved),
    void *arg);
void decider_saved(struct decider *decider);

/* On failure the entry is empty and dirty, so that its row goes. */
int decider_load(struct decider *decider, size_t rule, struct span key,
    struct span saved, int64_t now_ms, struct err *err);

/* What a saved entry holds back, whatever its rule was: for rules that were
 * changed or removed while nobody ran.  False when that is nothing, or the
 * bytes are damaged.  line borrows from saved. */
struct decider_left {
	int64_t held;
	int64_t first_ms, last_ms;
	int64_t period_ms;
	struct span line;
};

bool decider_left(struct span saved, struct decider_left *out);

/* For `status`: keys and evictions, and decisions of each kind. */
struct decider_totals {
	uint64_t keys, evicted, counted, held, alerts, summaries;
};

void decider_totals(const struct decider *decider, size_t rule,
    struct decider_totals *out);

#endif
