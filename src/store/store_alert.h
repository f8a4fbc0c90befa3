/*
 * store_alert: alerts, and the outbox that says who has still to hear them.
 *
 * An alert is stored once, with one outbox row per sink.  A row is `due`
 * until it is delivered, refused for good or too old; the last two are the
 * dead letters.  A row that the sink's cap holds back is `held` for good: a
 * summary tells of it.  Every attempt and its outcome is recorded.
 *
 * Order: what belongs to one incident leaves each sink one by one, the oldest
 * first.  A row stays `behind` while an older one of its incident waits there;
 * when that one is done, whatever became of it, the next is due.  Alerts
 * without an incident never wait for each other.
 */
#ifndef CTAIL_STORE_STORE_ALERT_H
#define CTAIL_STORE_STORE_ALERT_H

#include "store/store.h"

enum outbox_state {
	OUTBOX_DUE,
	OUTBOX_DELIVERED,
	OUTBOX_DEAD,
	OUTBOX_HELD,
	OUTBOX_BEHIND,		/* waits for an older one of its incident */
	OUTBOX_DROPPED,		/* somebody said so: `ctailctl drop` */
};

const char *outbox_state_name(enum outbox_state state);

struct stored_alert {
	struct span id;
	struct span incident;
	struct span rule;
	struct span kind;
	struct span subject;
	int severity;
	int64_t made_ms;
	struct span fields;	/* message/alert.h's encoding */
};

/* 1 when inserted, 0 when the id is there already (not an error: a replay
 * after a crash; the caller reports it). */
int store_alert_put(struct store *store, const struct stored_alert *alert,
    struct err *err);

/* 1 and a copy of the fields appended to out, 0 when there is none. */
struct buf;
int store_alert_get(struct store *store, struct span id, struct buf *out,
    struct err *err);

/* Replaces the fields of an alert that nobody was sent yet, and makes its
 * rows due at due_ms, unless they are due before.  1, or 0 when it is too
 * late for that: a row of it was tried. */
int store_alert_amend(struct store *store, struct span id,
    struct span fields, int64_t due_ms, struct err *err);

/* Rows of it that wait and that nobody has tried are due at due_ms. */
int store_alert_set_due(struct store *store, struct span id, int64_t due_ms,
    struct err *err);

/* Due at due_ms, or behind. */
int store_outbox_put(struct store *store, struct span alert_id,
    struct span sink, int64_t due_ms, struct err *err);

/* The same for an alert that the sink's cap holds back. */
int store_outbox_hold(struct store *store, struct span alert_id,
    struct span sink, struct err *err);

struct outbox_row {
	int64_t id;
	struct span alert_id;
	struct span sink;
	enum outbox_state state;
	int64_t due_ms;
	int64_t made_ms;	/* of the alert */
	int64_t attempts;
	struct span last_answer;
	struct span settled;	/* what the attempts so far have settled
				 * (deliver/outcome.h); mostly empty */
	struct span rule;
	struct span subject;
	struct span kind;
	int severity;
};

/* What `each` is given is valid until it returns; it may read the store, but
 * must not change what is being gone through. */

/* Due rows of one sink, oldest first: the first `limit` with due_ms <=
 * now_ms. */
int store_outbox_due(struct store *store, struct span sink, int64_t now_ms,
    int limit, void (*each)(void *arg, const struct outbox_row *row),
    void *arg, struct err *err);

/* The sinks that have due rows, each with its earliest due time.  Costs as
 * many look-ups as there are sinks, however much waits. */
int store_outbox_sinks(struct store *store,
    void (*each)(void *arg, struct span sink, int64_t due_ms), void *arg,
    struct err *err);

/* Records one attempt and what follows from it; nothing when the row is no
 * more. */
struct outbox_attempt {
	int64_t row;
	int64_t at_ms;
	struct span outcome;	/* the class's name */
	struct span answer;	/* in words, without secrets */
	enum outbox_state state;	/* DUE: due again at due_ms */
	int64_t due_ms;
	struct span settled;
};

int store_outbox_attempt(struct store *store,
    const struct outbox_attempt *attempt, struct err *err);

/* What `queue`, `retry` and `drop` speak of: rows that wait (due, behind) or
 * are dead.  A NULL field means any. */
struct outbox_filter {
	const char *id;		/* of the alert, or how it begins */
	const char *sink;
	bool waiting, dead;
};

/* Oldest first, at most limit (-1: all). */
int store_outbox_list(struct store *store, const struct outbox_filter *filter,
    int limit, void (*each)(void *arg, const struct outbox_row *row),
    void *arg, struct err *err);

/* Waiting rows are due now, dead ones again, with no attempts counted; the
 * order of an incident stays.  How many rows it was. */
int store_outbox_retry(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, int64_t *count_out, struct err *err);

/* Rows become OUTBOX_DROPPED, with this as their last answer. */
int store_outbox_drop(struct store *store, const struct outbox_filter *filter,
    struct span answer, int64_t *count_out, struct err *err);

/* For `queue`: what waits at each sink, and what is dead. */
struct outbox_totals {
	struct span sink;
	int64_t waiting, behind, dead;	/* behind: of those waiting */
	int64_t oldest_ms;	/* when the oldest that waits was made; 0 */
	int64_t next_ms;	/* earliest due time; 0: nothing waits */
};

int store_outbox_totals(struct store *store,
    void (*each)(void *arg, const struct outbox_totals *totals), void *arg,
    struct err *err);

/* The clock was set back: no row is due later than at latest_ms. */
int store_outbox_hasten(struct store *store, int64_t latest_ms,
    struct err *err);

/* Due rows of sinks that a reload removed go to another one, marked. */
int store_outbox_move(struct store *store, struct span from, struct span to,
    struct err *err);

/* Newest first, at most limit (-1: all); a NULL filter field means any.  An
 * alert without outbox rows is listed once, with row id 0 and no sink. */
struct alert_filter {
	const char *id;		/* or how it begins */
	const char *rule;
	const char *sink;
	int state;		/* enum outbox_state, or -1; DUE: behind too */
	const char *but_kind;	/* all kinds but this one */
	int limit;
};

int store_alert_list(struct store *store, const struct alert_filter *filter,
    void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err);

/* Deletes alerts that nothing waits for and that are older than this. */
int store_alert_prune(struct store *store, int64_t before_ms,
    struct err *err);

/* Deletes all but so many of the last alerts, but none that waits or is a dead
 * letter. */
int store_alert_prune_most(struct store *store, int64_t most,
    struct err *err);

/* For `status`. */
struct store_counts {
	int64_t alerts, delivered, dead, held, dropped;
	int64_t due, behind;	/* behind: of those due */
	int64_t oldest_due_ms;	/* when the oldest one that is still due was
				 * made; 0: none is */
};

int store_alert_counts(struct store *store, struct store_counts *out,
    struct err *err);

#endif
