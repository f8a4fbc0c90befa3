/*
 * deliver_circuit: whether a sink may be tried, with the clock in hand.
 */
#include "config.h"

#include "deliver/circuit.h"
#include "deliver/retry.h"
#include "tap.h"

#define NOW 1700000000000
#define MINUTE 60000
#define LONGEST UINT64_MAX /* of random: not the longest wait, but some */

static struct outcome
make(enum outcome_class class, enum outcome_scope scope)
{
	struct outcome outcome;

	outcome_set(&outcome, class, 0, "because");
	outcome.scope = scope;
	return outcome;
}

static void
feed(struct circuit *circuit, enum outcome_class class,
    enum outcome_scope scope, int64_t now_ms)
{
	struct outcome outcome = make(class, scope);

	circuit_outcome(circuit, &outcome, now_ms, 500);
}

/* The same, and what is to be told of it. */
static enum circuit_word
word(struct circuit *circuit, enum outcome_class class, int64_t now_ms)
{
	struct outcome outcome = make(class, OUTCOME_OF_SINK);

	circuit_outcome(circuit, &outcome, now_ms, 0);
	return circuit_word(circuit, &outcome, now_ms);
}

static void
test_scopes(void)
{
	struct circuit circuit = {0};

	IS_INT(circuit_next(&circuit), 0, "a new sink may be tried at once");
	feed(&circuit, OUTCOME_RETRY, OUTCOME_OF_SINK, NOW);
	IS_INT(circuit_next(&circuit), NOW + 500,
	    "a failure of the sink makes it wait");
	feed(&circuit, OUTCOME_DELIVERED, OUTCOME_OF_ALERT, NOW);
	IS_INT(circuit_next(&circuit), 0, "a success closes it");
	IS_INT(circuit.failing_since_ms, 0, "and nothing fails any more");
	for (int i = 1; i < CIRCUIT_OPENS_AFTER; i++)
		feed(&circuit, OUTCOME_RETRY, OUTCOME_OF_ALERT, NOW);
	IS_INT(circuit_next(&circuit), 0,
	    "failures of single alerts do not make the others wait");
	feed(&circuit, OUTCOME_DOUBT, OUTCOME_OF_ALERT, NOW);
	OK(circuit_next(&circuit) > NOW, "unless they come in a row");
	feed(&circuit, OUTCOME_REFUSED, OUTCOME_OF_SINK, NOW);
	IS_INT(circuit_next(&circuit), 0,
	    "who refuses an alert is there, and gets the next");
	IS_INT(circuit.failures, 0, "and has not failed");
}

static void
test_retry_after(void)
{
	struct outcome outcome = make(OUTCOME_RETRY, OUTCOME_OF_SINK);
	struct circuit circuit = {0};

	outcome.code = 429;
	outcome.retry_after_ms = 90000;
	circuit_outcome(&circuit, &outcome, NOW, 5);
	IS_INT(circuit_next(&circuit), NOW + 90000,
	    "the whole sink waits as long as the server asks for");
	outcome.retry_after_ms = INT64_MAX;
	circuit_outcome(&circuit, &outcome, NOW, 5);
	IS_INT(circuit_next(&circuit), NOW + RETRY_AFTER_MAX_MS,
	    "but no longer than an hour");
	outcome.retry_after_ms = 0;
	circuit.failures = INT64_MAX / 2;
	circuit_outcome(&circuit, &outcome, NOW, LONGEST);
	OK(circuit_next(&circuit) <= NOW + RETRY_CAP_MS,
	    "no number of failures makes a wait longer than the cap");
}

static void
test_gone(void)
{
	struct circuit circuit = {0};

	feed(&circuit, OUTCOME_GONE, OUTCOME_OF_SINK, NOW);
	OK(circuit_next(&circuit) == INT64_MAX, "who is gone is never tried");
	circuit_clamp(&circuit, NOW + 365LL * 86400000);
	OK(circuit_next(&circuit) == INT64_MAX, "whatever the clock does");
	circuit_close(&circuit);
	IS_INT(circuit_next(&circuit), 0, "until somebody says so");
	IS_INT(circuit.failures, 1, "who does not make it a success");
	feed(&circuit, OUTCOME_GONE, OUTCOME_OF_SINK, NOW);
	feed(&circuit, OUTCOME_DELIVERED, OUTCOME_OF_ALERT, NOW);
	IS_INT(circuit_next(&circuit), 0, "or it takes an alert after all");
}

static void
test_clock(void)
{
	struct circuit circuit = {.open_until_ms = NOW + RETRY_AFTER_MAX_MS,
	    .failing_since_ms = NOW,
	    .told_ms = NOW};

	circuit_clamp(&circuit, NOW);
	IS_INT(circuit_next(&circuit), NOW + RETRY_AFTER_MAX_MS,
	    "the longest wait is waited");
	circuit_clamp(&circuit, NOW - 1000 * MINUTE);
	IS_INT(circuit_next(&circuit), 0,
	    "one of a clock that was set back since is over");
	IS_INT(circuit.failing_since_ms, NOW - 1000 * MINUTE,
	    "and nothing has failed since a time to come");
	IS_INT(circuit.told_ms, 0, "nor was it told then");
}

static void
test_words(void)
{
	struct circuit circuit = {0};

	IS_INT(word(&circuit, OUTCOME_DELIVERED, NOW), CIRCUIT_SILENT,
	    "who works is not worth a word");
	IS_INT(word(&circuit, OUTCOME_RETRY, NOW), CIRCUIT_SILENT,
	    "nor is one failure");
	for (int i = 0; i < CIRCUIT_OPENS_AFTER; i++)
		IS_INT(word(&circuit, OUTCOME_RETRY,
			   NOW + CIRCUIT_TELLS_AFTER_MS - 1),
		    CIRCUIT_SILENT, "nor are many within a moment");
	IS_INT(word(&circuit, OUTCOME_RETRY, NOW + CIRCUIT_TELLS_AFTER_MS),
	    CIRCUIT_FAILS, "what fails on is told");
	IS_INT(word(&circuit, OUTCOME_CONFIG, NOW + CIRCUIT_TELLS_AFTER_MS),
	    CIRCUIT_SILENT, "once");
	IS_INT(word(&circuit, OUTCOME_REFUSED, NOW + 3 * MINUTE),
	    CIRCUIT_SILENT, "a refused alert is no sign that it works");
	IS_INT(circuit.failing_since_ms, NOW, "since when is not forgotten");
	IS_INT(word(&circuit, OUTCOME_DELIVERED, NOW + 4 * MINUTE),
	    CIRCUIT_WORKS, "one that is delivered is told");
	IS_INT(word(&circuit, OUTCOME_DELIVERED, NOW + 4 * MINUTE),
	    CIRCUIT_SILENT, "once as well");
}

static void
test_soon(void)
{
	struct circuit circuit = {0};

	IS_INT(word(&circuit, OUTCOME_CONFIG, NOW), CIRCUIT_FAILS,
	    "what a person must mend is told at once");
	word(&circuit, OUTCOME_DELIVERED, NOW + 1);
	IS_INT(word(&circuit, OUTCOME_CONFIG, NOW + 2), CIRCUIT_SILENT,
	    "a sink that comes and goes does not storm");
	IS_INT(word(&circuit, OUTCOME_CONFIG, NOW + CIRCUIT_TELLS_EVERY_MS),
	    CIRCUIT_FAILS, "but is told again in its time");
	word(&circuit, OUTCOME_DELIVERED, NOW + CIRCUIT_TELLS_EVERY_MS);
	IS_INT(word(&circuit, OUTCOME_GONE, NOW + CIRCUIT_TELLS_EVERY_MS + 1),
	    CIRCUIT_FAILS, "that it is gone is told at any time");

	circuit = (struct circuit){0};
	feed(&circuit, OUTCOME_RETRY, OUTCOME_OF_SINK, NOW);
	IS_INT(word(&circuit, OUTCOME_RETRY, NOW + 60 * MINUTE),
	    CIRCUIT_SILENT, "two attempts in an hour prove nothing");
}

static void
test_gone_behind_failing(void)
{
	struct circuit circuit = {0}, other;
	struct buf saved = BUF_INIT;

	word(&circuit, OUTCOME_CONFIG, NOW);
	IS_INT(word(&circuit, OUTCOME_GONE, NOW + 1), CIRCUIT_FAILS,
	    "who has heard that a sink fails hears that it is gone");
	circuit_close(&circuit);
	circuit_save(&circuit, &saved);
	IS_INT(circuit_load(&other, buf_span(&saved), NOW + 2, NULL), 0,
	    "that it was told is kept");
	IS_INT(word(&other, OUTCOME_GONE, NOW + 2), CIRCUIT_SILENT,
	    "and it is told once, however often a person tries it");
	IS_INT(word(&other, OUTCOME_DELIVERED, NOW + 3), CIRCUIT_WORKS,
	    "that it works is told once, too");
	IS_INT(word(&other, OUTCOME_DELIVERED, NOW + 4), CIRCUIT_SILENT,
	    "for both");
	buf_release(&saved);
}

/* What is read back of this text; "refused" when it is. */
static const char *
loaded(const char *saved, int64_t now_ms)
{
	static char text[200];
	struct circuit circuit;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	int result = circuit_load(&circuit, span_str(saved), now_ms, &err);

	circuit_save(&circuit, &out);
	snprintf(text, sizeof(text), "%s%s", result ? "refused: " : "",
	    buf_str(&out));
	buf_release(&out);
	return text;
}

static void
test_saved(void)
{
	static const char *const damaged[] = {"", "noise", "1", "1 2 3",
	    "1 2 3 1 1", "1 2 3 1 1 6 7", "-1 2", "1 -7", "1 2 3 2 0 0",
	    "1 2 3 0 9 0", "99999999999999999999 1", "1 9999999999999",
	    "1  2", "1 2 3 0 0 x", "1\n2", " 1 2", "1 2 3 0 0 6 "};
	struct circuit circuit = {.failures = 3,
	    .failing_since_ms = NOW - 9,
	    .open_until_ms = NOW + 7,
	    .gone = true,
	    .told = true,
	    .told_ms = NOW - 5};
	struct buf saved = BUF_INIT;

	circuit_save(&circuit, &saved);
	IS_STR(loaded(buf_str(&saved), NOW), buf_str(&saved),
	    "what is saved is read back");
	buf_release(&saved);
	IS_STR(loaded("1700000000005 3", NOW),
	    "1700000000005 3 1700000000000 0 0 0",
	    "what the first version saved is understood");
	IS_STR(loaded("9223372036854775807 1 9223372036854775807 0 1 "
		      "9223372036854775807", NOW),
	    "0 1 1700000000000 0 1 0",
	    "what is far in the future is of another clock");
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		const char *got = loaded(damaged[i], NOW);

		OK(!strcmp(got, "refused: 0 0 0 0 0 0"),
		    "damaged health, number %d: the sink is as new", (int)i);
	}
}

static void
test_counting(void)
{
	struct circuit circuit = {.failures = 999999999};

	feed(&circuit, OUTCOME_RETRY, OUTCOME_OF_SINK, NOW);
	feed(&circuit, OUTCOME_RETRY, OUTCOME_OF_SINK, NOW);
	IS_INT(circuit.failures, 1000000000, "counting ends before it breaks");
}

int
main(void)
{
	test_scopes();
	test_retry_after();
	test_gone();
	test_clock();
	test_words();
	test_soon();
	test_gone_behind_failing();
	test_saved();
	test_counting();
	return tap_done();
}
