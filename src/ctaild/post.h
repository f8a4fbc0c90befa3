/*
 * post: one sink's health, and the record of what was tried there.
 *
 * Knows the outbox and the backoff, not the lanes.  The fields are for
 * courier.c; nobody else looks inside.
 */
#ifndef CTAIL_CTAILD_POST_H
#define CTAIL_CTAILD_POST_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "ctaild/courier.h"
#include "ctaild/lane.h"
#include "deliver/outcome.h"
#include "store/store_alert.h"

#define RECORD_AGAIN_MS 1000	/* when an outcome could not be stored */
#define ANSWER_MAX 600

struct post {
	struct courier *courier;	/* whose post it is */
	struct store *store;
	char *name;
	const struct sink_kind *kind;
	const void *settings;
	struct lane *lane;
	int64_t row_attempts;		/* of the row in flight */
	int64_t row_made_ms;
	int64_t failures;		/* attempts in a row */
	int64_t blocked_until_ms;	/* wall; 0: not */
	char last_answer[ANSWER_MAX];

	/* An outcome the store has not taken yet: it must before anything
	 * else is sent, or the alert would go out again. */
	bool unrecorded;
	struct outbox_attempt attempt;
	char attempt_outcome[16];
	char attempt_answer[ANSWER_MAX];
};

/* With the health that the last run stored. */
struct post *post_new(struct store *store, const char *name, int64_t now_ms);
void post_free(struct post *post);

const struct sink_settings *post_settings(const struct post *post);

/* The next due alert, unless the sink has to wait; a lane's `next`. */
bool post_next(void *post, int64_t *row_out, struct buf *fields_out);

/* How an attempt ended; row 0: the sink could not be used at all. */
void post_outcome(struct post *post, int64_t row,
    const struct outcome *outcome);

/* Stores the outcome that post_outcome decided on; again, when it could not
 * be stored then. */
int post_record(struct post *post, struct err *err);

/* Gives up what has waited longer than max_age while the sink failed. */
void post_bury_old(struct post *post, int64_t now_ms);

#endif
