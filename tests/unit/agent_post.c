/*
 * agent_post: what follows from the outcome of an attempt, and that it is
 * still known after a restart.
 */
#include "config.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/post.h"
#include "deliver/retry.h"
#include "store/store_internal.h"
#include "tap.h"

#define HOUR (3600 * 1000)

static char other[] = "other";
static const struct sink_settings settings = {
    .max_age = 24 * HOUR, .timeout = 1000};
static const struct sink_settings with_fallback = {
    .max_age = 24 * HOUR, .timeout = 1000, .fallback = other};

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
	struct post *post = post_new(store, "ops", "host", clock_wall_ms());

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
put_row(struct store *store, const struct stored_alert *row)
{
	if (store_alert_put(store, row, NULL) != 1 ||
	    store_outbox_put(
		store, row->id, span_str("ops"), row->made_ms, NULL))
		exit(99);
}

static void
put_fields_as(struct store *store, const char *id, const char *subject,
    int severity)
{
	struct stored_alert row = {.id = span_str(id),
	    .rule = span_str("r"),
	    .kind = span_str("match"),
	    .subject = span_str(subject),
	    .severity = severity,
	    .made_ms = clock_wall_ms(),
	    .fields = span_str("noise")};

	put_row(store, &row);
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

	put_row(store, &row);
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

static struct buf given; /* what was settled of the alert taken last */

/* The digit of the next due alert's id; 0: there is none. */
static char
next(struct post *post, int64_t *row_out)
{
	struct buf fields = BUF_INIT;
	struct alert alert;
	char digit = 0;

	buf_reset(&given);
	if (post_next(post, row_out, &fields, &given)) {
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
	IS_INT(post->health.circuit.failures, 0, "which says nothing against the sink");
	IS_INT(next(post, &row), 0, "nothing is left");
	post_free(post);
	store_close(store);
}

static void
test_retry(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row, ready;

	put(store, 'a', 2000);
	put(store, 'b', 1000);
	next(post, &row);
	report(post, row, OUTCOME_RETRY, HOUR);
	IS_INT(counts(store).due, 2, "what is to be tried again stays due");
	IS_INT(post->health.circuit.failures, 1, "the failure is counted");
	IS_INT(next(post, &row), 0, "the whole sink waits");
	ready = post_ready_ms(post);
	OK(ready > clock_wall_ms() + HOUR - 60000, "as long as it asked for");
	post_free(post);

	post = open_post(store);
	IS_INT(post_ready_ms(post), ready, "a restart waits as long");
	IS_INT(post->health.circuit.failures, 1, "and knows the failure");
	IS_STR(post->health.last_answer, "because", "and why");
	post_close_circuit(post);
	IS_INT(next(post, &row), 'b', "another alert is tried then");
	report(post, row, OUTCOME_DELIVERED, 0);
	IS_INT(post->health.circuit.failures, 0,
	    "a success ends the row of failures");
	IS_INT(post_ready_ms(post), 0, "and the waiting");
	post_free(post);
	store_close(store);
}

/* One row at the sink: when it is due, and its attempts. */
struct seen_row {
	int64_t due_ms, attempts;
};

static void
see_row(void *arg, const struct outbox_row *row)
{
	*(struct seen_row *)arg =
	    (struct seen_row){row->due_ms, row->attempts};
}

static struct seen_row
look_at(struct store *store, const char *sink)
{
	struct seen_row seen = {0};
	struct outbox_filter filter = {.sink = sink, .waiting = true};

	store_outbox_list(store, &filter, 1, see_row, &seen, NULL);
	return seen;
}

static void
report_of_alert(struct post *post, int64_t row, enum outcome_class class,
    int64_t retry_after_ms, const char *settled)
{
	struct outcome outcome;

	outcome_set(&outcome, class, 0, "because");
	outcome.scope = OUTCOME_OF_ALERT;
	outcome.retry_after_ms = retry_after_ms;
	snprintf(outcome.settled, sizeof(outcome.settled), "%s", settled);
	post_outcome(post, row, &outcome);
}

static void
test_of_alert(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 2000);
	put(store, 'b', 1000);
	next(post, &row);
	report_of_alert(post, row, OUTCOME_RETRY, HOUR, "a@x");
	OK(look_at(store, "ops").due_ms > clock_wall_ms() + HOUR - 60000,
	    "an alert that is to wait waits");
	IS_INT(next(post, &row), 'b', "and the next one goes on at once");
	report_of_alert(post, row, OUTCOME_DELIVERED, 0, "");
	IS_INT(post->health.circuit.failures, 0, "nothing is failing then");

	for (int i = 0; i < CIRCUIT_OPENS_AFTER; i++) {
		put(store, (char)('1' + i), 500);
		post_close_circuit(post);
		OK(next(post, &row) == '1' + i, "the %dth is tried", i + 1);
		report_of_alert(post, row, OUTCOME_RETRY, HOUR, "");
	}
	OK(post_ready_ms(post) > clock_wall_ms() + HOUR - 60000,
	    "many failures in a row make the sink wait");
	post_free(post);
	store_close(store);
}

static void
test_settled(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 0);
	next(post, &row);
	IS_STR(buf_str(&given), "", "nothing is settled of a new alert");
	report_of_alert(post, row, OUTCOME_RETRY, 0, "a@x b@x");
	store_outbox_hasten(store, 1, NULL);
	next(post, &row);
	IS_STR(buf_str(&given), "a@x b@x",
	    "what an attempt settled is given back at the next");
	report(post, row, OUTCOME_DOUBT, 0);
	post_free(post);
	post = open_post(store);
	post_close_circuit(post);
	store_outbox_hasten(store, 1, NULL);
	next(post, &row);
	IS_STR(buf_str(&given), "a@x b@x",
	    "and at the one behind a broken worker and a restart");
	post_free(post);
	store_close(store);
}

static void
test_gone(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 1000);
	put(store, 'b', 25 * HOUR);
	next(post, &row);
	report(post, row, OUTCOME_GONE, 0);
	OK(post_ready_ms(post) == INT64_MAX, "a sink that is gone is off");
	IS_INT(counts(store).due, 2, "what waits there waits on");
	post_free(post);
	post = open_post(store);
	OK(post_ready_ms(post) == INT64_MAX, "it is off after a restart");
	IS_INT(next(post, &row), 0, "and gets nothing");
	put(store, 'c', 26 * HOUR);
	post_bury_old(post, clock_wall_ms());
	OK(counts(store).dead >= 1, "what waits there too long dies");
	post_close_circuit(post);
	OK(next(post, &row) != 0, "somebody may want an attempt");
	post_free(post);
	post = open_post(store);
	OK(post_ready_ms(post) != INT64_MAX, "which is remembered as well");
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
	IS_INT(post->health.circuit.failures, 2, "a sink that cannot be used has failed");
	IS_INT(counts(store).due, 1, "which touches no alert");
	post_free(post);
	store_close(store);
}

/* As send-test does: due before all else. */
static void
put_test(struct store *store)
{
	char id[ALERT_ID_SIZE];

	make_id('0', id);
	put_fields_as(store, id, "test", 0);
	store_outbox_hasten(store, 1, NULL);
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
	for (int i = 0; i < 7; i++) {
		post_close_circuit(post);
		store_outbox_hasten(store, 1, NULL);
		next(post, &row);
		report(post, row, OUTCOME_RETRY, 0);
	}
	IS_INT(counts(store).dead, 1,
	    "what fails often and is older than max_age is given up");

	put(store, 'b', 25 * HOUR);
	put(store, 'c', 23 * HOUR);
	post->health.circuit.failures = 2;
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 1, "a sink that failed twice buries nothing");
	post->health.circuit.failures = 8;
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 2,
	    "what waits for a failing sink grows too old as well");
	IS_INT(counts(store).due, 1, "what is younger waits on");
	put_test(store);
	put(store, 'e', 25 * HOUR);
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 3,
	    "a test alert, which goes first, hides nothing that is too old");
	IS_INT(counts(store).due, 2, "and waits on");
	post_free(post);

	post = open_post(store);
	post->health.circuit.failures = 0;
	put(store, 'd', 25 * HOUR);
	post_bury_old(post, clock_wall_ms());
	IS_INT(counts(store).dead, 3,
	    "an old alert of a sink that works is sent, not buried");
	post_free(post);
	store_close(store);
}

static void
test_flood(void)
{
	enum { MANY = 2000 };
	struct store *store = open_store();
	struct post *post = open_post(store);
	char id[ALERT_ID_SIZE];

	store_begin(store, NULL);
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "%040d", i);
		put_fields(store, id, span_str(""), clock_wall_ms() - 25 * HOUR);
	}
	store_commit(store, NULL);
	post->settings = &with_fallback;
	post->health.circuit.failures = 8;
	while (post_bury_old(post, clock_wall_ms()))
		;
	IS_INT(counts(store).dead, MANY, "a flood that is too old is given up");
	IS_INT(post->dead_said, 10, "a few of them are logged");
	IS_INT(counts(store).due, 1, "and one word is for others");
	IS_INT(post->health.given_up, MANY, "who knows how many");
	post_free(post);
	store_close(store);
}

static void
test_store_fails(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	struct buf fields = BUF_INIT;
	int64_t row;

	put(store, 'a', 1000);
	IS_INT(post_take(post), 1, "an alert is taken");
	store_exec(store, "ALTER TABLE alert RENAME TO away", NULL);
	OK(!post_fetch(post, post->rows, &fields),
	    "but not when the store fails");
	store_exec(store, "ALTER TABLE away RENAME TO alert", NULL);
	IS_INT(counts(store).dead, 0, "which gives up no alert");
	OK(post_ready_ms(post) > clock_wall_ms(), "the store has its time");
	post->store_again_ms = 0;
	IS_INT(next(post, &row), 'a', "and the alert is sent then");
	buf_release(&fields);
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
	IS_INT(post->health.circuit.failures, 0, "which says nothing against the sink");
	post_free(post);
	store_close(store);
}

static void
test_batch(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	struct buf fields = BUF_INIT;
	struct outcome outcome;
	bool whole[7];
	size_t count;

	for (char digit = 'a'; digit <= 'f'; digit++)
		put(store, digit, 1000);
	put_fields(store, "0000000000000000000000000000000000000000",
	    span_str("noise"), clock_wall_ms());
	count = post_take(post);
	IS_INT((long long)count, 7, "all that is due is taken at once");
	outcome_set(&outcome, OUTCOME_DELIVERED, 0, "written");
	for (size_t i = 0; i < count; i++)
		whole[i] = post_fetch(post, &post->rows[i], &fields);
	for (size_t i = 0; i < count; i++)
		if (whole[i])
			post_note(post, post->rows[i].id, &outcome);
	IS_INT(counts(store).delivered, 0,
	    "nothing of it counts before it is stored");
	post_store(post);
	IS_INT(counts(store).delivered, 6, "then all of it does");
	IS_INT(counts(store).dead, 1, "but for the damaged one");
	OK(post->recorded, "and has yet to be synced");
	buf_release(&fields);
	post_free(post);
	store_close(store);
}

static void
test_health(void)
{
	struct store *store = open_store();
	int64_t now = clock_wall_ms();
	struct post *post;
	char saved[100];

	store_meta_put(store, span_str("sink ops"),
	    span_str("9000000000000000000 3"), NULL);
	post = post_new(store, "ops", "host", now);
	OK(post_ready_ms(post) == 0,
	    "a wait that a clock step made endless is over");
	IS_INT(post->health.circuit.failures, 3,
	    "what the first version stored is known");
	post_free(post);
	snprintf(saved, sizeof(saved), "%lld 3", (long long)now + 5);
	store_meta_put(store, span_str("sink ops"), span_str(saved), NULL);
	post = post_new(store, "ops", "host", now);
	OK(post_ready_ms(post) == now + 5, "and waited for");
	post_free(post);
	store_meta_put(store, span_str("sink ops"), span_str("noise"), NULL);
	post = post_new(store, "ops", "host", now);
	OK(!post_ready_ms(post) && !post->health.circuit.failures,
	    "damaged health is none");
	post_free(post);
	store_meta_put(store, span_str("sink ops"),
	    span_str("0 0 0 0 0 0\n1 x -3 4 5\nan\x1b answer\nsome\nmore"),
	    NULL);
	post = post_new(store, "ops", "host", now);
	OK(post->health.given_up == 1 && !post->health.dead_untold &&
		!post->health.dead_told_ms && post->health.partly_told_ms == 4,
	    "nor are there odd counts");
	IS_STR(post->health.last_answer, "an answer",
	    "and what it said last is clean");
	IS_STR(post->health.partly, "some", "whatever follows");
	post_free(post);
	store_close(store);
}

/* --- Words through the fallback ------------------------------------------- */

struct said {
	int count;
	char subject[300];
	char kind[20];
	int severity;
};

static void
take_word(void *arg, const struct outbox_row *row)
{
	struct said *said = arg;

	said->count++;
	said->severity = row->severity;
	snprintf(said->subject, sizeof(said->subject), "%.*s",
	    (int)row->subject.len, row->subject.data);
	snprintf(said->kind, sizeof(said->kind), "%.*s", (int)row->kind.len,
	    row->kind.data);
}

/* What the other sink is to hear: how much, and the last of it. */
static struct said
said(struct store *store)
{
	struct said said = {0};
	struct alert_filter filter = {
	    .sink = other, .state = -1, .limit = -1};
	struct alert_filter last = filter;

	store_alert_list(store, &filter, take_word, &said, NULL);
	int count = said.count;

	last.limit = 1;
	store_alert_list(store, &last, take_word, &said, NULL);
	said.count = count;
	return said;
}

static bool
is_said(const struct said *said, const char *part)
{
	if (!strstr(said->subject, part))
		printf("# said: %s\n", said->subject);
	return strstr(said->subject, part) != NULL;
}

static struct post *
open_with_fallback(struct store *store)
{
	struct post *post = open_post(store);

	post->settings = &with_fallback;
	return post;
}

static void
test_word(void)
{
	struct store *store = open_store();
	struct post *post = open_with_fallback(store);
	struct said heard;
	int64_t row;

	put(store, 'a', 1000);
	next(post, &row);
	report(post, row, OUTCOME_CONFIG, 0);
	heard = said(store);
	OK(heard.count == 1 && post->told &&
		is_said(&heard, "ctail on host: sink ops cannot deliver: "
				"because"),
	    "the fallback hears that a sink fails");
	OK(!strcmp(heard.kind, "notice") && heard.severity == SEVERITY_ERROR,
	    "as an error");
	post_free(post);

	post = open_with_fallback(store);
	post_close_circuit(post);
	store_outbox_hasten(store, 1, NULL);
	next(post, &row);
	report(post, row, OUTCOME_CONFIG, 0);
	IS_INT(said(store).count, 1, "once, over a restart");
	post_free(post);
	post = open_with_fallback(store);
	post_close_circuit(post);
	store_outbox_hasten(store, 1, NULL);
	next(post, &row);
	report(post, row, OUTCOME_DELIVERED, 0);
	heard = said(store);
	OK(heard.count == 2 && is_said(&heard, "sink ops delivers again"),
	    "and that it works again, over another one");
	IS_STR(heard.kind, "recovery", "which ends the incident");
	post_free(post);
	store_close(store);
}

static void
test_dead_word(void)
{
	struct store *store = open_store();
	struct post *post = open_with_fallback(store);
	int64_t row, later = clock_wall_ms() + 2 * HOUR;
	struct said heard;

	for (char digit = 'a'; digit <= 'c'; digit++) {
		put(store, digit, 1000);
		next(post, &row);
		report(post, row, OUTCOME_REFUSED, 0);
	}
	heard = said(store);
	OK(heard.count == 1 && is_said(&heard, "1 alert could not"),
	    "that an alert is given up is told, and once an hour");
	OK(post_word_ms(post, clock_wall_ms()) >
		clock_wall_ms() + HOUR - 60000,
	    "the next word is due then");
	post_free(post);
	post = open_with_fallback(store);
	IS_INT(post_word_ms(post, later), later, "after a restart as well");
	post_tell_late(post, later);
	heard = said(store);
	OK(heard.count == 2 && is_said(&heard, "2 alerts could not"),
	    "and says how many it were");
	IS_INT(post_word_ms(post, later), 0, "then there is nothing to say");
	post_free(post);
	store_close(store);
}

/* A word that dies is not worth another: two sinks may name each other. */
static void
test_no_loop(void)
{
	struct store *store = open_store();
	struct post *post = open_with_fallback(store);
	struct sink_word word = {.reason = "because"};
	int64_t row;

	if (sink_word_put(store, "host", other, "ops", SINK_FAILS, &word,
		clock_wall_ms() - 1000, NULL))
		exit(99);
	OK(next(post, &row) != 0, "a word about another sink is sent");
	report(post, row, OUTCOME_REFUSED, 0);
	IS_INT(counts(store).dead, 1, "it may be refused");
	IS_INT(said(store).count, 0, "and nobody hears of that");
	post_free(post);
	store_close(store);
}

static void
report_partly(struct post *post, int64_t row, const char *text)
{
	struct outcome outcome;

	outcome_set(&outcome, OUTCOME_DELIVERED, 0, "%s", text);
	outcome.partly = *text != '\0';
	post_outcome(post, row, &outcome);
}

static void
test_partly(void)
{
	static const struct {
		const char *text;
		int words;
		const char *sentence;
	} steps[] = {
	    {"bob@x: unknown", 1, "who is not reached is told"},
	    {"bob@x: unknown", 1, "once"},
	    {"eve@x: unknown", 1, "and a change not more often than hourly"},
	    {"", 1, "that all are reached is not told"},
	    {"bob@x: unknown", 2, "but is over"},
	};
	struct store *store = open_store();
	int64_t row;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct post *post = open_with_fallback(store);

		put(store, (char)('a' + i), 1000);
		next(post, &row);
		report_partly(post, row, steps[i].text);
		IS_INT(said(store).count, steps[i].words, steps[i].sentence);
		post_free(post);
	}
	IS_INT(counts(store).delivered, 5, "all of them are delivered");
	struct said heard = said(store);
	OK(is_said(&heard, "sink ops does not reach everybody: bob@x"),
	    "and it says whom");
	store_close(store);
}

/* The whole text of the last word. */
static void
test_text(void)
{
	struct store *store = open_store();
	struct post *post = open_with_fallback(store);
	struct post *fallback =
	    post_new(store, other, "host", clock_wall_ms());
	struct buf fields = BUF_INIT;
	int64_t row;

	fallback->settings = &settings;
	for (char digit = 'a'; digit <= 'f'; digit++)
		put(store, digit, 1000);
	put_fields_as(store, "1111111111111111111111111111111111111111",
	    "the\x1b worst", SEVERITY_CRITICAL);
	next(post, &row);
	report(post, row, OUTCOME_GONE, 0);
	if (!post_next(fallback, &row, &fields, &given))
		exit(99);
	struct alert alert;

	if (alert_decode(buf_span(&fields), &alert, NULL))
		exit(99);
	OK(alert.line_count >= 4, "a word has some lines");
	OK(strstr(alert.lines[1].text, "7 alerts wait, the oldest for"),
	    "it says how many alerts wait");
	IS_STR(alert.lines[2].text, "  critical: the\x1b worst",
	    "the most severe first");
	IS_INT((long long)alert.line_count, 2 + 5 + 1, "and a few of them");
	OK(strstr(alert.lines[alert.line_count - 1].text,
	       "ctailctl send-test ops"),
	    "and what a person can do");
	alert_release(&alert);
	buf_release(&fields);
	post_free(fallback);
	post_free(post);
	store_close(store);
}

/* Without a fallback it is the journal's alone. */
static void
test_no_fallback(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 1000);
	next(post, &row);
	report(post, row, OUTCOME_CONFIG, 0);
	OK(counts(store).alerts == 1 && !post->told,
	    "who has no fallback tells nobody");
	OK(post->health.circuit.told, "but knows that it was said");
	post_free(post);
	store_close(store);
}

static void
test_unrecorded(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row;

	put(store, 'a', 1000);
	next(post, &row);
	put(store, 'b', 1000);
	store_exec(store, "ALTER TABLE attempt RENAME TO away", NULL);
	report(post, row, OUTCOME_DELIVERED, 0);
	OK(post->unrecorded && post->attempt_count == 1,
	    "an outcome that cannot be stored is kept");
	IS_INT(next(post, &row), 0, "and nothing is sent before it is");
	OK(post_ready_ms(post) > clock_wall_ms() - 1,
	    "another try has its time");
	OK(post_record(post, NULL) != 0, "which may fail as well");
	store_exec(store, "ALTER TABLE away RENAME TO attempt", NULL);
	IS_INT(post_record(post, NULL), 0, "or not");
	IS_INT(next(post, &row), 'b', "and then the next one is sent");
	post_free(post);
	store_close(store);
}

/* An alert that was dropped while it was under way may be pruned as well. */
static void
test_row_is_no_more(void)
{
	struct outbox_filter all = {.waiting = true};
	struct store *store = open_store();
	struct post *post = open_post(store);
	int64_t row, dropped;

	put(store, 'a', 1000);
	next(post, &row);
	store_outbox_drop(store, &all, span_str("dropped"), &dropped, NULL);
	store_alert_prune(store, clock_wall_ms() + HOUR, NULL);
	put(store, 'b', 1000);
	report(post, row, OUTCOME_DELIVERED, 0);
	OK(!post->unrecorded, "the outcome of a row that is no more is nobody's");
	IS_INT(next(post, &row), 'b', "and keeps nothing from being sent");
	post_free(post);
	store_close(store);
}

static void
test_trace(void)
{
	struct store *store = open_store();
	struct post *post = open_post(store);
	struct buf fields = BUF_INIT;
	struct alert alert;
	int64_t row;

	alert_init(&alert);
	make_id('a', alert.id);
	alert.kind = ALERT_TEST;
	alert_encode(&alert, &fields);
	put_fields(store, alert.id, buf_span(&fields), clock_wall_ms());
	next(post, &row);
	post_trace(post, "> EHLO");
	post_trace(post, "< 250");
	IS_STR(post->trace_id, alert.id, "a test alert has a trace");
	IS_STR(buf_str(&post->trace), "> EHLO\n< 250\n", "line by line");
	report(post, row, OUTCOME_DELIVERED, 0);
	put(store, 'b', 0);
	next(post, &row);
	IS_STR(post->trace_id, alert.id, "which other alerts leave alone");
	buf_release(&fields);
	alert_release(&alert);
	post_free(post);
	store_close(store);
}

int
main(void)
{
	test_delivered();
	test_retry();
	test_of_alert();
	test_settled();
	test_gone();
	test_doubt();
	test_age();
	test_flood();
	test_store_fails();
	test_damage();
	test_batch();
	test_health();
	test_word();
	test_dead_word();
	test_no_loop();
	test_partly();
	test_text();
	test_no_fallback();
	test_unrecorded();
	test_row_is_no_more();
	test_trace();
	buf_release(&given);
	return tap_done();
}
