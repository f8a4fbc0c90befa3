/*
 * agent_post: what follows from the outcome of an attempt, and that it is
 * still known after a restart.
 */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/post.h"
#include "deliver/retry.h"
#include "tap.h"

#define HOUR (3600 * 1000)

static const struct sink_settings settings = {
    .max_age = 24 * HOUR, .timeout = 1000};

static struct store *
open_store(void)
{
	struct err err = ERR_INIT;
	struct store *store = store_open("/nonexistent", STORE_MEMORY, &err);

	if (!store) {
		printf("# %s\n", err.text);
		exit(99);
	}
	return store;
}

static struct post *
open_post(struct store *store)
{
	struct post *post = post_new(store, "ops", clock_wall_ms());

	post->settings = &settings;
	return post;
}

static void
make_id(char digit, char out[ALERT_ID_SIZE])
{
	memset(out, digit, ALERT_ID_SIZE - 1);
	out[ALERT_ID_SIZE - 1] = '\0';
}

static void
put_fields(
    struct store *store, const char *id, struct span fields, int64_t made_ms)
{
	struct stored_alert row = {.id = span_str(id),
	    .incident = span_str(id),
	    .rule = span_str("r"),
	    .kind = span_str("match"),
	    .subject = span_str("s"),
	    .made_ms = made_ms,
	    .fields = fields};

	if (store_alert_put(store, &row, NULL) != 1 ||
	    store_outbox_put(store, row.id, span_str("ops"), made_ms, NULL))
		exit(99);
}

/* An alert for the sink, with an id of forty of this digit. */
static void
put(struct store *store, char digit, int64_t age_ms)
{
	struct buf fields = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	make_id(digit, alert.id);
	make_id(digit, alert.incident);
	alert_encode(&alert, &fields);
	put_fields(
	    store, alert.id, buf_span(&fields), clock_wall_ms() - age_ms);
	alert_release(&alert);
	buf_release(&fields);
}

/* The digit of the next due alert's id; 0: there is none. */
static char
next(struct post *post, int64_t *row_out)
{
	struct buf fields = BUF_INIT;
	struct alert alert;
	char digit = 0;

	if (post_next(post, row_out, &fields)) {
		if (alert_decode(buf_span(&fields), &alert, NULL))
			exit(99);
		digit = *alert.id;
		alert_release(&alert);
	}
	buf_release(&fields);
	return digit;
}

static void
report(struct post *post, int64_t row, enum outcome_class class,
    int64_t retry_after_ms)
{
	struct outcome outcome;

	outcome_set(&outcome, class, 0, "because");
	outcome.retry_after_ms = retry_after_ms;
	post_outcome(post, row, &outcome);
}

static struct store_counts
counts(struct store *store)
{
	struct store_counts counts;

	if (store_alert_counts(store, &counts, NULL))
		exit(99);
	return counts;
}

static void
test_delivered(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	IS_INT(next(post, &row), 0, "an empty outbox has nothing to send");
	put(store, 'a', 1000);
	put(store, 'b', 0);
	IS_INT(next(post, &row), 'a', "the oldest goes first");
	report(post, row, OUTCOME_DELIVERED, 0);
	IS_INT(counts(store).delivered, 1, "what is delivered is recorded");
	IS_INT(next(post, &row), 'b', "and the next one follows");
	report(post, row, OUTCOME_REFUSED, 0);
	IS_INT(counts(store).dead, 1, "what is refused is dead");
	IS_INT(post->failures, 0, "which says nothing against the sink");
	IS_INT(next(post, &row), 0, "nothing is left");
	post_free(post);
	store_close(store);
}

static void
test_retry(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row, blocked;

	put(store, 'a', 0);
	put(store, 'b', 0);
	next(post, &row);
	report(post, row, OUTCOME_RETRY, HOUR);
	IS_INT(counts(store).due, 2, "what is to be tried again stays due");
	IS_INT(post->failures, 1, "the failure is counted");
	IS_INT(next(post, &row), 0, "the whole sink waits");
	blocked = post->blocked_until_ms;
	post_free(post);

	post = open_post(store);
	IS_INT(post->blocked_until_ms, blocked, "a restart waits as long");
	IS_INT(post->failures, 1, "and knows the failure");
	post->blocked_until_ms = 0;
	IS_INT(next(post, &row), 'b', "another alert is tried then");
	report(post, row, OUTCOME_DELIVERED, 0);
	IS_INT(post->failures, 0, "a success ends the row of failures");
	IS_INT(post->blocked_until_ms, 0, "and the waiting");
	post_free(post);
	store_close(store);
}

static void
test_doubt(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 0);
	next(post, &row);
	report(post, row, OUTCOME_DOUBT, 0);
	IS_INT(counts(store).due, 1, "what is in doubt is tried again");
	report(post, 0, OUTCOME_CONFIG, 0);
	IS_INT(post->failures, 2, "a sink that cannot be used has failed");
	IS_INT(counts(store).due, 1, "which touches no alert");
	post_free(post);
	store_close(store);
}

static void
test_age(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 25 * HOUR);
	next(post, &row);
	report(post, row, OUTCOME_RETRY, 0);
	IS_INT(counts(store).dead, 0,
	    "what only looks old, because the clock jumped, is tried again");
	post->row_attempts = 7;
	report(post, row, OUTCOME_RETRY, 0);
	IS_INT(counts(store).dead, 1,
	    "what fails often and is older than max_age is given up");

	put(store, 'b', 25 * HOUR);
	put(store, 'c', 23 * HOUR);
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 1, "a sink that failed twice buries nothing");
	post->failures = 8;
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 2,
	    "what waits for a failing sink grows too old as well");
	IS_INT(counts(store).due, 1, "what is younger waits on");
	post_free(post);

	post = open_post(store);
	post->failures = 0;
	put(store, 'd', 25 * HOUR);
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 2,
	    "an old alert of a sink that works is sent, not buried");
	post_free(post);
	store_close(store);
}

static void
test_damage(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	char id[ALERT_ID_SIZE];
	int64_t row;

	make_id('a', id);
	put_fields(store, id, span_str("noise"), clock_wall_ms() - 1000);
	put(store, 'b', 0);
	IS_INT(next(post, &row), 'b', "a damaged alert is passed over");
	IS_INT(counts(store).dead, 1, "and given up");
	IS_INT(post->failures, 0, "which says nothing against the sink");
	post_free(post);
	store_close(store);
}

static void
test_health(void)
{
	struct store *store = open_store();
	int64_t now = clock_wall_ms();
	struct post *post;

	store_meta_put(store, span_str("sink ops"),
	    span_str("9000000000000000000 3"), NULL);
	post = post_new(store, "ops", now);
	OK(post->blocked_until_ms == now + RETRY_AFTER_MAX_MS,
	    "a wait that a clock step made endless is cut");
	post_free(post);
	store_meta_put(store, span_str("sink ops"), span_str("noise"), NULL);
	post = post_new(store, "ops", now);
	OK(!post->blocked_until_ms && !post->failures,
	    "damaged health is none");
	post_free(post);
	store_meta_put(store, span_str("sink ops"), span_str("1 -7"), NULL);
	post = post_new(store, "ops", now);
	IS_INT(post->failures, 0, "nor are there fewer failures than none");
	post_free(post);
	store_close(store);
}

int
main(void)
{
	test_delivered();
	test_retry();
	test_doubt();
	test_age();
	test_damage();
	test_health();
	return tap_done();
}
