/*
 * post: decides what follows from an outcome, and stores it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/random.h"
#include "ctaild/post.h"
#include "deliver/retry.h"
#include "message/alert.h"

/* A clock that jumps makes an alert look old; only one that was tried so often
 * is. */
#define GIVE_UP_ATTEMPTS 8

/* --- What a sink remembers over a restart -------------------------------- */

static void
health_name(const struct post *post, struct buf *out)
{
	buf_addf(out, "sink %s", post->name);
}

static int
save_health(struct post *post, struct err *err)
{
	struct buf name = BUF_INIT;
	char value[64];
	int result;

	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64,
	    post->blocked_until_ms, post->failures);
	health_name(post, &name);
	result = store_meta_put(post->store, buf_span(&name),
	    span_str(value), err);
	buf_release(&name);
	return result;
}

static void
load_health(struct post *post, int64_t now_ms)
{
	struct buf name = BUF_INIT, value = BUF_INIT;

	health_name(post, &name);
	if (store_meta_get(post->store, buf_span(&name), &value,
		NULL) == 1 &&
	    sscanf(buf_str(&value), "%" SCNd64 " %" SCNd64,
		&post->blocked_until_ms, &post->failures) != 2)
		post->blocked_until_ms = post->failures = 0;
	/* A clock step must not silence a sink. */
	if (post->blocked_until_ms > now_ms + RETRY_AFTER_MAX_MS)
		post->blocked_until_ms = now_ms + RETRY_AFTER_MAX_MS;
	if (post->failures < 0)
		post->failures = 0;
	buf_release(&name);
	buf_release(&value);
}

/* --- What waits longest ------------------------------------------------- */

struct next_row {
	bool found;
	int64_t id, attempts, made_ms;
	char alert_id[ALERT_ID_SIZE];
};

static void
take_row(void *arg, const struct outbox_row *row)
{
	struct next_row *next = arg;

	next->found = true;
	next->id = row->id;
	next->attempts = row->attempts;
	next->made_ms = row->made_ms;
	if (row->alert_id.len >= sizeof(next->alert_id))
		return;
	memcpy(next->alert_id, row->alert_id.data, row->alert_id.len);
	next->alert_id[row->alert_id.len] = '\0';
}

/* The oldest row that is due; found is false when there is none. */
static int
oldest_due(struct post *post, int64_t now_ms, struct next_row *out,
    struct err *err)
{
	*out = (struct next_row){0};
	return store_outbox_due(post->store, span_str(post->name), now_ms, 1,
	    take_row, out, err);
}

/* --- Recording ----------------------------------------------------------- */

const struct sink_settings *
post_settings(const struct post *post)
{
	return post->settings;
}

int
post_record(struct post *post, struct err *err)
{
	struct store *store = post->store;

	if (store_begin(store, err))
		return -1;
	if ((post->attempt.row &&
		store_outbox_attempt(store, &post->attempt, err) < 0) ||
	    save_health(post, err) < 0 || store_commit(store, err) < 0) {
		store_rollback(store);
		return -1;
	}
	post->unrecorded = false;
	return 0;
}

static void
decide_attempt(struct post *post, const struct outcome *outcome, int64_t row,
    int64_t now_ms)
{
	struct outbox_attempt *attempt = &post->attempt;
	int64_t wait = retry_wait(outcome, post->row_attempts,
	    random_below(UINT64_MAX));
	bool too_old = post->row_attempts + 1 >= GIVE_UP_ATTEMPTS &&
		       now_ms - post->row_made_ms >
			   post_settings(post)->max_age;

	snprintf(post->attempt_outcome, sizeof(post->attempt_outcome), "%s",
	    outcome_class_name(outcome->class));
	snprintf(post->attempt_answer, sizeof(post->attempt_answer), "%s",
	    outcome->text);
	*attempt = (struct outbox_attempt){.row = row,
	    .at_ms = now_ms,
	    .outcome = span_str(post->attempt_outcome),
	    .answer = span_str(post->attempt_answer),
	    .state = OUTBOX_DUE,
	    .due_ms = now_ms + wait};
	if (outcome->class == OUTCOME_DELIVERED)
		attempt->state = OUTBOX_DELIVERED;
	else if (outcome->class == OUTCOME_REFUSED || too_old)
		attempt->state = OUTBOX_DEAD;
}

static void
update_health(struct post *post, const struct outcome *outcome,
    int64_t now_ms)
{
	snprintf(post->last_answer, sizeof(post->last_answer), "%s",
	    outcome->text);
	if (outcome->class == OUTCOME_DELIVERED ||
	    outcome->class == OUTCOME_REFUSED) {
		post->failures = 0;
		post->blocked_until_ms = 0;
		return;
	}
	post->blocked_until_ms =
	    now_ms + retry_wait(outcome, post->failures,
			 random_below(UINT64_MAX));
	post->failures++;
}

/* Said when a sink begins to fail and when an alert is given up, not at
 * every attempt. */
static void
tell_outcome(const struct post *post, const struct outcome *outcome,
    int64_t failures_before)
{
	if (post->attempt.row && post->attempt.state == OUTBOX_DEAD)
		diag(DIAG_ERROR, "sink %s: an alert is given up: %s; see "
		    "`ctailctl alerts --dead'", post->name, outcome->text);
	else if (outcome->class == OUTCOME_DELIVERED && failures_before)
		diag(DIAG_NOTICE, "sink %s: delivers again", post->name);
	else if (outcome->class != OUTCOME_DELIVERED && !failures_before)
		diag(DIAG_WARNING, "sink %s: %s; it will be tried again",
		    post->name, outcome->text);
}

/* Dead, and nothing is said of the sink's health by it. */
static void
post_bury(struct post *post, int64_t row, const struct outcome *outcome)
{
	int64_t failures = post->failures;
	int64_t blocked = post->blocked_until_ms;
	char answer[ANSWER_MAX];

	memcpy(answer, post->last_answer, sizeof(answer));
	post_outcome(post, row, outcome);
	memcpy(post->last_answer, answer, sizeof(answer));
	post->failures = failures;
	if (!post->unrecorded)
		post->blocked_until_ms = blocked;
}

/* A sink that could not be used at all: the attempt counts for the alert that
 * waits longest, so that `alerts' can say why it waits. */
static int64_t
charge_oldest(struct post *post, const struct outcome *outcome,
    int64_t now_ms)
{
	struct next_row oldest;

	if (outcome->class == OUTCOME_REFUSED ||
	    oldest_due(post, now_ms, &oldest, NULL) || !oldest.found)
		return 0;
	post->row_attempts = oldest.attempts;
	post->row_made_ms = oldest.made_ms;
	return oldest.id;
}

void
post_outcome(struct post *post, int64_t row, const struct outcome *outcome)
{
	int64_t now_ms = clock_wall_ms();
	int64_t failures = post->failures;
	struct err err = ERR_INIT;

	if (!row)
		row = charge_oldest(post, outcome, now_ms);
	decide_attempt(post, outcome, row, now_ms);
	update_health(post, outcome, now_ms);
	tell_outcome(post, outcome, failures);
	post->unrecorded = true;
	if (post_record(post, &err)) {
		diag(DIAG_ERROR, "sink %s: the outcome of an attempt cannot "
		    "be stored, nothing more is sent there until it can: %s",
		    post->name, err.text);
		post->blocked_until_ms = now_ms + RECORD_AGAIN_MS;
	}
}

/* --- The next alert ------------------------------------------------------- */

/* An alert that cannot be read back is of no use to anybody: dead, with the
 * reason. */
static void
bury_damaged(struct post *post, const struct next_row *next, const char *why)
{
	struct outcome outcome;

	outcome_set(&outcome, OUTCOME_REFUSED, 0,
	    "the stored alert is damaged: %s", why);
	post->row_attempts = next->attempts;
	post->row_made_ms = next->made_ms;
	post_bury(post, next->id, &outcome);
}

/* While a sink cannot be used at all its alerts are never tried; they grow too
 * old all the same. */
void
post_bury_old(struct post *post, int64_t now_ms)
{
	struct next_row next;
	struct outcome outcome;

	while (post->failures >= GIVE_UP_ATTEMPTS && !post->unrecorded) {
		if (oldest_due(post, now_ms, &next, NULL) || !next.found ||
		    now_ms - next.made_ms <= post_settings(post)->max_age)
			return;
		outcome_set(&outcome, OUTCOME_REFUSED, 0,
		    "waited longer than max_age; the last failure: %.400s",
		    post->last_answer);
		post->row_attempts = next.attempts;
		post->row_made_ms = next.made_ms;
		post_bury(post, next.id, &outcome);
	}
}

/* 1: fields hold it; 0: none is due; -1: it was buried, ask again. */
static int
fetch_alert(struct post *post, struct next_row *next, struct buf *fields)
{
	struct err err = ERR_INIT;
	struct alert alert;

	if (oldest_due(post, clock_wall_ms(), next, &err)) {
		diag(DIAG_ERROR, "%s", err.text);
		post->blocked_until_ms = clock_wall_ms() + RECORD_AGAIN_MS;
		return 0;
	}
	if (!next->found)
		return 0;
	buf_reset(fields);
	if (store_alert_get(post->store, span_str(next->alert_id), fields,
		&err) != 1 ||
	    alert_decode(buf_span(fields), &alert, &err)) {
		bury_damaged(post, next, err.text);
		return post->unrecorded ? 0 : -1;
	}
	alert_release(&alert);
	return 1;
}

bool
post_next(void *arg, int64_t *row_out, struct buf *fields_out)
{
	struct post *post = arg;
	struct next_row next;
	int answer;

	if (post->unrecorded || post->blocked_until_ms > clock_wall_ms())
		return false;
	while ((answer = fetch_alert(post, &next, fields_out)) < 0)
		continue;
	if (!answer)
		return false;
	post->row_attempts = next.attempts;
	post->row_made_ms = next.made_ms;
	*row_out = next.id;
	return true;
}

struct post *
post_new(struct store *store, const char *name, int64_t now_ms)
{
	struct post *post = xcalloc(1, sizeof(*post));

	post->store = store;
	post->name = xstrdup(name);
	load_health(post, now_ms);
	return post;
}

void
post_free(struct post *post)
{
	free(post->name);
	free(post);
}
