/*
 * post: decides what follows from an outcome, and stores it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
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

const struct sink_settings *
post_settings(const struct post *post)
{
	return post->settings;
}

int64_t
post_ready_ms(const struct post *post)
{
	int64_t ready = circuit_next(&post->health.circuit);

	return post->store_again_ms > ready ? post->store_again_ms : ready;
}

/* --- Recording ----------------------------------------------------------- */

static int
record_attempts(struct post *post, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < post->attempt_count && !result; i++) {
		const struct post_attempt *tried = &post->attempts[i];
		const struct outbox_attempt attempt = {.row = tried->row,
		    .at_ms = tried->at_ms,
		    .outcome = span_str(outcome_class_name(tried->class)),
		    .answer = span_str(tried->answer),
		    .state = tried->state,
		    .due_ms = tried->due_ms,
		    .settled = span_str(tried->settled)};

		result = store_outbox_attempt(post->store, &attempt, err);
	}
	return result;
}

static int
record_words(struct post *post, bool *told_out, struct err *err)
{
	const char *fallback = post_settings(post)->fallback;
	int result = 0;

	*told_out = false;
	for (int i = 0; fallback && i < SINK_WORDS && !result; i++) {
		if (!post->word_is_due[i])
			continue;
		*told_out = true;
		result = sink_word_put(post->store, post->hostname,
		    post->name, fallback, (enum sink_word_kind)i,
		    &post->words[i], clock_wall_ms(), err);
	}
	return result;
}

static int
record(struct post *post, bool *told_out, struct err *err)
{
	struct store *store = post->store;

	if (store_begin(store, err))
		return -1;
	if (record_attempts(post, err) || post_health_save(post, err) ||
	    record_words(post, told_out, err) || store_commit(store, err)) {
		store_rollback(store);
		return -1;
	}
	return 0;
}

/* Everybody else's commits are durable. */
static int
record_lazily(struct post *post, bool *told_out, struct err *err)
{
	struct err back = ERR_INIT;
	int result;

	if (store_set_durability(post->store, STORE_LAZY, err))
		return -1;
	result = record(post, told_out, err);
	if (store_set_durability(post->store, STORE_DURABLE, &back))
		diag(DIAG_ERROR, "%s", back.text);
	return result;
}

int
post_record(struct post *post, struct err *err)
{
	bool told;

	if (record_lazily(post, &told, err))
		return -1;
	post->attempt_count = 0;
	memset(post->word_is_due, 0, sizeof(post->word_is_due));
	post->unrecorded = false;
	post->store_again_ms = 0;
	post->recorded = true;
	post->told |= told;
	return 0;
}

void
post_store(struct post *post)
{
	struct err err = ERR_INIT;

	if (!post->unrecorded || !post_record(post, &err))
		return;
	diag(DIAG_ERROR, "sink %s: the outcome of an attempt cannot be "
	    "stored, nothing more is sent there until it can: %s",
	    post->name, err.text);
	post->store_again_ms = clock_wall_ms() + RECORD_AGAIN_MS;
}

/* --- What follows from an outcome ----------------------------------------- */

static void
update_health(struct post *post, const struct outcome *outcome,
    int64_t now_ms)
{
	struct post_health *health = &post->health;
	struct circuit before = health->circuit;

	memcpy(health->last_answer, outcome->text,
	    sizeof(health->last_answer));
	circuit_outcome(&health->circuit, outcome, now_ms,
	    random_below(UINT64_MAX));
	post_note_change(post, outcome, &before,
	    circuit_word(&health->circuit, outcome, now_ms));
	post_note_partly(post, outcome, now_ms);
}

static struct post_attempt *
add_attempt(struct post *post)
{
	if (post->attempt_count == post->attempt_room) {
		post->attempt_room = post->attempt_room * 2 + 1;
		post->attempts = xreallocarray(post->attempts,
		    post->attempt_room, sizeof(*post->attempts));
	}
	return &post->attempts[post->attempt_count++];
}

/* While the whole sink waits, the circuit knows for how long, and a row need
 * not wait longer than it is worth to let another one go first. */
static int64_t
row_wait(const struct post_row *row, const struct outcome *outcome)
{
	struct outcome as = {.class = outcome->class};

	if (outcome->scope == OUTCOME_OF_SINK)
		as.class = OUTCOME_RETRY;
	else
		as.retry_after_ms = outcome->retry_after_ms;
	return retry_wait(&as, row->attempts, random_below(UINT64_MAX));
}

static enum outbox_state
state_after(const struct post *post, const struct post_row *row,
    const struct outcome *outcome, int64_t now_ms)
{
	if (outcome->class == OUTCOME_DELIVERED)
		return OUTBOX_DELIVERED;
	if (outcome->class == OUTCOME_REFUSED ||
	    (row->attempts + 1 >= GIVE_UP_ATTEMPTS &&
		now_ms - row->made_ms > post_settings(post)->max_age))
		return OUTBOX_DEAD;
	return OUTBOX_DUE;
}

/* A worker that broke off says nothing of what is settled; that stays. */
static void
decide(struct post *post, const struct post_row *row,
    const struct outcome *outcome, int64_t now_ms)
{
	struct post_attempt *attempt = add_attempt(post);
	const char *settled =
	    *outcome->settled ? outcome->settled : row->settled;

	*attempt = (struct post_attempt){.row = row->id,
	    .at_ms = now_ms,
	    .due_ms = now_ms + row_wait(row, outcome),
	    .class = outcome->class,
	    .state = state_after(post, row, outcome, now_ms)};
	memcpy(attempt->answer, outcome->text, sizeof(attempt->answer));
	if (attempt->state == OUTBOX_DUE)
		snprintf(attempt->settled, sizeof(attempt->settled), "%s",
		    settled);
	if (attempt->state == OUTBOX_DEAD)
		post_note_dead(post, row, outcome->text, now_ms);
}

/* --- What waits longest ------------------------------------------------- */

static void
take_row(void *arg, const struct outbox_row *from)
{
	struct post *post = arg;
	struct post_row *row = &post->rows[post->row_count++];

	*row = (struct post_row){.id = from->id,
	    .attempts = from->attempts,
	    .made_ms = from->made_ms,
	    .is_word = sink_word_is(from)};
	if (from->alert_id.len < sizeof(row->alert_id))
		memcpy(row->alert_id, from->alert_id.data,
		    from->alert_id.len);
	/* What a damaged database says is settled is not. */
	if (from->settled.len &&
	    !outcome_check_settled(from->settled, NULL))
		memcpy(row->settled, from->settled.data, from->settled.len);
}

/* The oldest rows that are due, into rows. */
static int
take_due(struct post *post, int64_t now_ms, int limit, struct err *err)
{
	if (!post->rows)
		post->rows =
		    xcalloc(POST_BATCH_MAX, sizeof(*post->rows));
	post->row_count = 0;
	return store_outbox_due(post->store, span_str(post->name), now_ms,
	    limit, take_row, post, err);
}

/* A sink that could not be used at all: the attempt counts for the alert that
 * waits longest, so that `alerts' can say why it waits. */
static const struct post_row *
charged_row(struct post *post, const struct outcome *outcome, int64_t now_ms)
{
	if (outcome->class == OUTCOME_REFUSED ||
	    take_due(post, now_ms, 1, NULL) || !post->row_count)
		return NULL;
	return post->rows;
}

static const struct post_row *
find_row(const struct post *post, int64_t id)
{
	for (size_t i = 0; i < post->row_count; i++)
		if (post->rows[i].id == id)
			return &post->rows[i];
	BUG("an outcome of row %" PRId64 ", which was not handed out", id);
}

void
post_note(struct post *post, int64_t id, const struct outcome *outcome)
{
	int64_t now_ms = clock_wall_ms();
	const struct post_row *row = id ? find_row(post, id)
					: charged_row(post, outcome, now_ms);

	post->unrecorded = true;
	update_health(post, outcome, now_ms);
	if (row)
		decide(post, row, outcome, now_ms);
}

void
post_outcome(struct post *post, int64_t id, const struct outcome *outcome)
{
	post_note(post, id, outcome);
	post_store(post);
}

/* Dead, and nothing is said of the sink's health by it. */
static void
bury(struct post *post, const struct post_row *row, const char *why)
{
	struct outcome outcome;

	outcome_set(&outcome, OUTCOME_REFUSED, 0, "%s", why);
	post->unrecorded = true;
	decide(post, row, &outcome, clock_wall_ms());
}

static bool
is_failing(const struct post *post)
{
	const struct circuit *circuit = &post->health.circuit;

	return circuit->failures >= GIVE_UP_ATTEMPTS || circuit->gone;
}

/* Not all that is due early is old: a test goes before what waits.  True when
 * there may be more. */
static bool
bury_batch(struct post *post, int64_t now_ms)
{
	char why[OUTCOME_TEXT_MAX];
	size_t buried = 0;

	if (take_due(post, now_ms, POST_BATCH_MAX, NULL))
		return false;
	snprintf(why, sizeof(why),
	    "waited longer than max_age; the last failure: %.400s",
	    post->health.last_answer);
	for (size_t i = 0; i < post->row_count; i++) {
		if (now_ms - post->rows[i].made_ms <=
		    post_settings(post)->max_age)
			continue;
		bury(post, &post->rows[i], why);
		buried++;
	}
	post_store(post);
	return buried && post->row_count == POST_BATCH_MAX;
}

/* While a sink cannot be used at all its alerts are never tried; they grow too
 * old all the same. */
bool
post_bury_old(struct post *post, int64_t now_ms)
{
	int64_t until_ms = clock_boot_ms() + POST_RUN_MS;
	bool more = is_failing(post);

	while (more && !post->unrecorded && clock_boot_ms() <= until_ms)
		more = bury_batch(post, now_ms);
	return more && !post->unrecorded;
}

/* --- The next alert ------------------------------------------------------- */

void
post_close_circuit(struct post *post)
{
	struct err err = ERR_INIT;
	struct circuit before = post->health.circuit;

	circuit_close(&post->health.circuit);
	if (!before.gone && !before.open_until_ms)
		return;
	if (post_health_save(post, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

static bool
may_send(const struct post *post)
{
	return !post->unrecorded && post_ready_ms(post) <= clock_wall_ms();
}

static void
wait_for_store(struct post *post, const struct err *err)
{
	diag(DIAG_ERROR, "%s", err->text);
	post->store_again_ms = clock_wall_ms() + RECORD_AGAIN_MS;
}

static bool
take(struct post *post, int limit)
{
	struct err err = ERR_INIT;

	if (!may_send(post))
		return false;
	post->store_again_ms = 0;
	if (!take_due(post, clock_wall_ms(), limit, &err))
		return post->row_count > 0;
	wait_for_store(post, &err);
	return false;
}

size_t
post_take(struct post *post)
{
	return take(post, POST_BATCH_MAX) ? post->row_count : 0;
}

static void
begin_trace(struct post *post, const struct alert *alert)
{
	if (alert->kind != ALERT_TEST)
		return;
	memcpy(post->trace_id, alert->id, sizeof(post->trace_id));
	buf_reset(&post->trace);
}

/* An alert that cannot be understood is of no use to anybody: dead, with the
 * reason.  One that the store cannot read now may be read later. */
bool
post_fetch(
    struct post *post, const struct post_row *row, struct buf *fields_out)
{
	struct err err = ERR_INIT;
	struct alert alert;
	struct buf why = BUF_INIT;

	buf_reset(fields_out);
	if (store_alert_get(post->store, span_str(row->alert_id), fields_out,
		&err) < 0) {
		wait_for_store(post, &err);
		return false;
	}
	if (!alert_decode(buf_span(fields_out), &alert, &err)) {
		begin_trace(post, &alert);
		alert_release(&alert);
		return true;
	}
	buf_addf(&why, "the stored alert is damaged: %s", err.text);
	bury(post, row, buf_str(&why));
	post_store(post);
	buf_release(&why);
	return false;
}

bool
post_next(void *arg, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out)
{
	struct post *post = arg;

	while (take(post, 1)) {
		if (!post_fetch(post, post->rows, fields_out))
			continue;
		*row_out = post->rows->id;
		buf_add_str(settled_out, post->rows->settled);
		return true;
	}
	return false;
}

void
post_confined(void *arg, const char *confined)
{
	struct post *post = arg;

	snprintf(post->confined, sizeof(post->confined), "%s", confined);
}

void
post_trace(void *arg, const char *line)
{
	struct post *post = arg;

	buf_addf(&post->trace, "%s\n", line);
}

/* --- Life ----------------------------------------------------------------- */

struct post *
post_new(struct store *store, const char *name, const char *hostname,
    int64_t now_ms)
{
	struct post *post = xcalloc(1, sizeof(*post));

	post->store = store;
	post->name = xstrdup(name);
	post->hostname = hostname;
	post_health_load(post, now_ms);
	return post;
}

void
post_free(struct post *post)
{
	free(post->rows);
	free(post->attempts);
	buf_release(&post->trace);
	free(post->name);
	free(post);
}
