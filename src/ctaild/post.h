/*
 * post: one sink's health, and the record of what was tried there.
 *
 * Knows the outbox and the circuit, not the lanes.  The fields are for
 * courier.c and post*.c; nobody else looks inside.
 *
 * What comes of attempts is stored lazily (store.h): a crash of ctaild loses
 * none of it, a power cut may lose the last second, and what was delivered in
 * it then goes out again with the same id.
 */
#ifndef CTAIL_CTAILD_POST_H
#define CTAIL_CTAILD_POST_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "ctaild/courier.h"
#include "ctaild/lane.h"
#include "ctaild/sink_words.h"
#include "deliver/circuit.h"
#include "deliver/outcome.h"
#include "store/store_alert.h"

#define RECORD_AGAIN_MS 1000	/* when the store failed */
#define POST_BATCH_MAX 64	/* outcomes in one transaction */
#define POST_RUN_MS 50		/* of work in one go: logs, signals and
				 * ctailctl need not wait for a long queue */

/* A due row that was handed out. */
struct post_row {
	int64_t id, attempts, made_ms;
	bool is_word;		/* itself tells of a sink (sink_words.h) */
	char alert_id[ALERT_ID_SIZE];
	char settled[OUTCOME_SETTLED_MAX];
};

/* What came of an attempt, until the store has taken it. */
struct post_attempt {
	int64_t row, at_ms, due_ms;
	enum outcome_class class;
	enum outbox_state state;
	char answer[OUTCOME_TEXT_MAX];
	char settled[OUTCOME_SETTLED_MAX];
};

/* What a sink remembers over a restart. */
struct post_health {
	struct circuit circuit;
	int64_t given_up;	/* alerts, since it began to fail */
	int64_t dead_untold;	/* alerts given up that nobody heard of */
	int64_t dead_told_ms;	/* when somebody heard of some last */
	int64_t partly_told_ms;
	char last_answer[OUTCOME_TEXT_MAX];
	char partly[OUTCOME_TEXT_MAX];	/* who does not get its alerts, as told;
					 * "": all get them */
};

struct post {
	struct courier *courier;	/* whose post it is */
	struct store *store;
	const char *hostname;
	char *name;
	const struct sink_kind *kind;
	const void *settings;
	struct lane *lane;
	struct post_health health;

	struct post_row *rows;		/* handed out; room for all */
	size_t row_count;

	/* Outcomes the store has not taken yet: it must before anything else
	 * is sent, or the alerts would go out again. */
	struct post_attempt *attempts;
	size_t attempt_count, attempt_room;
	bool unrecorded;
	int64_t store_again_ms;		/* wall; 0: the store works */
	struct sink_word words[SINK_WORDS];	/* to be told with them */
	bool word_is_due[SINK_WORDS];

	int64_t dead_said_ms;		/* the hour that dead_said counts in */
	int64_t dead_said;		/* of lines about dead letters */

	/* For the courier, who clears them. */
	bool recorded;			/* something waits for store_sync */
	bool told;			/* something is in another's outbox */

	char confined[256];		/* what the worker gave up; "" */
	char trace_id[ALERT_ID_SIZE];	/* of the last test alert; "" */
	struct buf trace;		/* its conversation, lines */
};

/* With the health that the last run stored; hostname is borrowed. */
struct post *post_new(struct store *store, const char *name,
    const char *hostname, int64_t now_ms);
void post_free(struct post *post);

const struct sink_settings *post_settings(const struct post *post);

/* When something may be sent there: INT64_MAX never. */
int64_t post_ready_ms(const struct post *post);

/* The next due alert, unless the sink has to wait; a lane's `next'. */
bool post_next(void *post, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out);

/* Up to POST_BATCH_MAX of them at once, into rows; how many.  Then each one's
 * fields; false: it was damaged, and is given up, or cannot be read now. */
size_t post_take(struct post *post);
bool post_fetch(struct post *post, const struct post_row *row,
    struct buf *fields_out);

/* How an attempt ended; row 0: the sink could not be used at all.  note does
 * not store it yet. */
void post_outcome(struct post *post, int64_t row,
    const struct outcome *outcome);
void post_note(struct post *post, int64_t row, const struct outcome *outcome);

/* Stores what was noted, with what is to be told of it; says so when it cannot
 * be stored.  record is for another try. */
void post_store(struct post *post);
int post_record(struct post *post, struct err *err);

/* Gives up what has waited longer than max_age while the sink failed, for a
 * moment only; true: there may be more. */
bool post_bury_old(struct post *post, int64_t now_ms);

/* Somebody wants an attempt now. */
void post_close_circuit(struct post *post);

/* A lane's `ready' and `trace'. */
void post_confined(void *post, const char *confined);
void post_trace(void *post, const char *line);

/* --- post_words.c --- */

/* An alert is given up; an alert was delivered, to all or not; an outcome
 * changed the circuit from what it was before, and it says this. */
void post_note_dead(struct post *post, const struct post_row *row,
    const char *reason, int64_t now_ms);
void post_note_partly(struct post *post, const struct outcome *outcome,
    int64_t now_ms);
void post_note_change(struct post *post, const struct outcome *outcome,
    const struct circuit *before, enum circuit_word word);

/* Dead letters that nobody has heard of, because others were told of within
 * the hour: when they are due; 0: there are none.  And tells of them. */
int64_t post_word_ms(const struct post *post, int64_t now_ms);
void post_tell_late(struct post *post, int64_t now_ms);

/* --- post_file.c --- */

/* For a sink that ctaild carries out itself: sends what is due, for a moment
 * only. */
void post_run_file(struct post *post);

/* --- post_health.c --- */

int post_health_save(struct post *post, struct err *err);
void post_health_load(struct post *post, int64_t now_ms);

#endif
