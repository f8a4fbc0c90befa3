/*
 * decider: from matches to decisions, with all the state of all rules.
 *
 * State is kept per rule and key: the `when` condition, whether an incident
 * is open, the batch, the throttle, and the last lines, which the alert will
 * show; per rule: what `hours` holds, and the shapes that `new` knows.  What
 * meets a condition then goes through silences, hours, batch and throttle, in
 * this order (DESIGN.md section 5; storm is per sink and not here).
 *
 * Everything can be saved and loaded, entry by entry; entries changed since
 * the last decider_saved are the dirty ones.
 *
 * Memory is bounded, whatever keys a log is flooded with.  A rule has at most
 * DECIDER_KEYS_MAX keys; the keys of all rules together take at most
 * DECIDER_BYTES_MAX, by what each really takes: one with many values or lines
 * counts for more.  Of the rule that has too many, or of the one that takes
 * the most, the least recently used key without anything held is evicted and
 * counted; what an evicted one held is told first.  So a rule that takes less
 * than its share (DECIDER_BYTES_MAX by the number of rules) loses nothing
 * because others are flooded.  The order of use is stored, and the same after
 * a restart; more stored keys than that are evicted when everything has been
 * loaded.
 *
 * A window that is over waits an hour for records that are read late.  Of a
 * rule with at most a hundredth of DECIDER_KEYS_MAX keys it lingers for a day,
 * as logs may come in batches; a record that is too old for it then begins
 * anew.
 *
 * Calls that may lead to decisions gather them; decider_next yields them one
 * by one, and must be called until it says false before the next such call.
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
#include "judge/batch.h"
#include "judge/histogram.h"
#include "judge/hours.h"
#include "judge/silence.h"
#include "judge/throttle.h"
#include "judge/when.h"

#define DECIDER_KEYS_MAX 100000		/* of a rule */
#define DECIDER_BYTES_MAX (INT64_C(128) * 1024 * 1024)	/* of all rules */
#define DECIDER_KEY_BYTES 1024		/* longer keys are cut and hashed */
#define DECIDER_LINES 50		/* last lines an alert shows */
#define DECIDER_KEPT_LINES 10		/* of them kept per key for a window */
#define DECIDER_LINE_BYTES 2048		/* of each */
#define DECIDER_NO_RULE SIZE_MAX

struct decider;

/* All pointers must outlive the decider. */
struct decider_rule {
	const char *name;
	const struct when_spec *when;
	const struct hours_spec *hours;
	const struct batch_spec *batch;
	const struct throttle_spec *throttle;
	bool keyed;		/* it has a `key`; an absent rule without one
				 * has its clock from the start */
	bool closes;		/* it has `close`: recoveries are told */
	size_t partner;		/* of `unless`; else DECIDER_NO_RULE */
	int64_t renew_ms;	/* least time between an alert and a RENEWAL of
				 * its incident, and between two of them; 0:
				 * nobody wants any */
};

/* One match (or `close` match) of a rule.  The spans are read during the call
 * only. */
struct decider_match {
	size_t rule;
	struct span key;
	int64_t time_ms;	/* of the record */
	int64_t now_ms;		/* of arrival */
	struct span line;	/* redacted */
	struct span value;	/* `distinct`: the capture */
	uint64_t shape;		/* `new` */
	bool undecided;		/* it counts where that leads to an alert, but
				 * nothing is back, or in time, for it */

	/* Appends what the caller needs to make the alert of this record
	 * later on (payload).  Called at most once, and only when a batch or
	 * an `unless` begins with this match. */
	void (*describe)(void *arg, struct buf *out);
	silence_lookup *lookup;	/* captures, for silences; without "key" */
	void *arg;
};

enum decision_kind {
	DECISION_COUNTED,	/* the condition is not met yet */
	DECISION_HELD,		/* met, and held back: see reason */
	DECISION_ALERT,
	DECISION_SUMMARY,	/* what a throttle held is due */
	DECISION_DIGEST,	/* what `hours` held is due; one per rule */
	DECISION_ABSENT,	/* nothing matched for too long */
	DECISION_RECOVERY,	/* an incident is over */
	DECISION_RENEWAL,	/* beside a HELD by the throttle: the incident
				 * goes on (renew_ms of its rule) */
};

enum decision_reason {
	REASON_NONE,
	REASON_SILENCED,
	REASON_HOURS,		/* held until they begin */
	REASON_DROPPED,		/* outside of hours, as asked for */
	REASON_BATCH,
	REASON_THROTTLE,
	REASON_COUNT,
};

const char *decision_reason_name(enum decision_reason reason);

/*
 * Valid until the next call.  count is, for COUNTED, how many matches are
 * pending; for ALERT and HELD, how many met the condition (which is what the
 * throttle counts); for SUMMARY and DIGEST, how many were held.
 */
struct decision {
	enum decision_kind kind;
	enum decision_reason reason;	/* HELD */
	bool met;		/* the record at hand completed a condition,
				 * whatever became of it */
	bool at_hand;		/* the alert is of the record given with the
				 * call; else of the payload, or of none */
	bool elsewhere;		/* to the sink of `hours ... else sink` */
	bool ended;		/* SUMMARY: because the rule ends, or */
	bool evicted;		/* because there are too many keys */
	bool open;		/* SUMMARY, where ends are told: it goes on; if
				 * not, a RECOVERY follows, of no record */
	size_t rule;
	struct span key;
	struct span payload;	/* what describe said; may be empty */
	int64_t count;		/* matches it stands for */
	int64_t events;		/* BATCH, DIGEST: alerts it stands for */
	int64_t first_ms, last_ms;	/* record times of them */
	const struct histogram *times;	/* when they came; NULL: one record,
					 * or not known */
	struct span lines[DECIDER_LINES];	/* oldest first */
	size_t line_count;
	int64_t period_ms;	/* SUMMARY: of the throttle; ABSENT: T */
	int64_t since_ms;	/* ABSENT: the last sign before; 0: never.
				 * RECOVERY: of `absent', the last sign, or when
				 * its clock began; else the record time of its
				 * first match; 0: not known */
};

struct decider *decider_new(const struct decider_rule *rules, size_t count,
    struct silences *silences);
void decider_free(struct decider *decider);

/* Behind the loading, with decider_next after it: starts the clocks of
 * `absent` rules without a key, and evicts what there is no room for. */
void decider_start(struct decider *decider, int64_t now_ms);

/* One match of a rule.  The first decision is about this match and rule; more
 * may follow, of other rules (`unless`), or of keys that were evicted. */
void decider_feed(struct decider *decider,
    const struct decider_match *match);

/* A match of `close`: the count starts over, and an open incident ends. */
void decider_close(struct decider *decider,
    const struct decider_match *match);

/* A shape that `new` is to know without a word. */
void decider_learn(struct decider *decider, size_t rule, uint64_t shape);

bool decider_next(struct decider *decider, struct decision *out);

/* The earliest wall time at which decider_expire has work; 0: none.  Besides
 * what is to be told that is windows that have passed, so what was read
 * before that time is to be fed before it is called. */
int64_t decider_due(struct decider *decider);

/* What is due now, for decider_next.  caught_up: everything that is in the
 * logs has been fed; clocks of absence ring only then. */
void decider_expire(struct decider *decider, int64_t now_ms,
    bool caught_up);

/* Every open batch, at once, as at the end of a pass. */
void decider_flush_batches(struct decider *decider, int64_t now_ms);

/* Everything held of a rule, at once, as at the end of its life. */
void decider_flush(struct decider *decider, size_t rule, int64_t now_ms);

/* Dirty entries with their saved form; an empty one is to be deleted.  saved
 * is called after the commit, with no feed, expire or flush between the two;
 * whoever stores nothing calls it all the same, from time to time.
 * What `hours` holds of a rule is saved under DECIDER_RULE_KEY, which no
 * entry's key equals. */
#define DECIDER_RULE_KEY_BYTES 3
extern const char decider_rule_key[DECIDER_RULE_KEY_BYTES];
void decider_dirty(struct decider *decider,
    void (*each)(void *arg, size_t rule, struct span key, struct span saved),
    void *arg);
void decider_dirty_shapes(struct decider *decider,
    void (*each)(void *arg, size_t rule, uint64_t shape), void *arg);
void decider_saved(struct decider *decider);

/* On failure the entry is empty and dirty, so that its row goes. */
int decider_load(struct decider *decider, size_t rule, struct span key,
    struct span saved, int64_t now_ms, struct err *err);
void decider_load_shape(struct decider *decider, size_t rule,
    uint64_t shape);

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

/* For `status` and the ledger of losses. */
struct decider_totals {
	uint64_t keys, evicted, counted, met, alerts, summaries, recoveries;
	uint64_t held[REASON_COUNT];	/* by reason */
	uint64_t shapes;
	bool shapes_full;
};

void decider_totals(const struct decider *decider, size_t rule,
    struct decider_totals *out);

/* The state of one key, for `explain`; false: there is none. */
struct decider_look {
	int64_t pending;	/* matches being counted */
	int64_t throttled_until_ms, throttle_held;
	int64_t batch_due_ms, batched;
	bool incident;		/* an alert was told and not closed */
	bool silenced;
	bool open;		/* by `hours` */
};

bool decider_look(struct decider *decider, size_t rule, struct span key,
    silence_lookup *lookup, void *arg, int64_t now_ms,
    struct decider_look *out);

/* Whether one more match would meet a condition that counts (each, N in T,
 * distinct).  met_out->count: the matches that count, with this one.  Nothing
 * is changed by asking. */
bool decider_would_meet(struct decider *decider, size_t rule,
    struct span key, const struct when_match *match,
    struct when_met *met_out);

/* Whether `new` of this rule knows the shape; nothing is learned by it. */
bool decider_knows(const struct decider *decider, size_t rule,
    uint64_t shape);

/* Each time at which a batch, a throttle or hours will tell what they hold
 * (not those of clocks, which tell what is missing), in no order. */
void decider_held_due(const struct decider *decider,
    void (*each)(void *arg, int64_t due_ms), void *arg);

#endif
