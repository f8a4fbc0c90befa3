/*
 * Outcomes as fields and back, and when to try again.
 */
#include "config.h"

#include "base/fields.h"
#include "deliver/retry.h"
#include "tap.h"

static void
test_codec(void)
{
	struct outcome sent = {0}, got = {0};
	struct buf fields = BUF_INIT;
	struct err err = ERR_INIT;

	outcome_set(&sent, OUTCOME_REFUSED, 550, "no such user: %s", "ops");
	sent.retry_after_ms = 7000;
	outcome_encode(&sent, &fields);
	OK(!outcome_decode(buf_span(&fields), &got, &err),
	    "an encoded outcome can be decoded");
	IS_INT(got.class, OUTCOME_REFUSED, "the class survives");
	IS_INT(got.code, 550, "the code survives");
	IS_INT(got.retry_after_ms, 7000, "the wait survives");
	IS_STR(got.text, "no such user: ops", "the text survives");
	IS_INT(got.scope, OUTCOME_OF_ALERT, "and that it is of this alert");
	buf_release(&fields);

	outcome_set(&sent, OUTCOME_RETRY, 451, "later");
	snprintf(sent.settled, sizeof(sent.settled), "%s",
	    "a@example.org b@example.org");
	outcome_encode(&sent, &fields);
	outcome_decode(buf_span(&fields), &got, &err);
	IS_INT(got.scope, OUTCOME_OF_SINK, "what is of the sink stays so");
	IS_STR(got.settled, "a@example.org b@example.org",
	    "what is settled survives");
	OK(!got.partly, "what is not partly done is not");
	buf_release(&fields);
	sent.partly = true;
	outcome_encode(&sent, &fields);
	outcome_decode(buf_span(&fields), &got, &err);
	OK(got.partly, "what is, is");
	buf_release(&fields);
}

static void
test_scopes(void)
{
	static const enum outcome_class of_sink[] = {
	    OUTCOME_RETRY, OUTCOME_DOUBT, OUTCOME_CONFIG, OUTCOME_GONE};
	struct outcome outcome = {.partly = true};

	for (size_t i = 0; i < sizeof(of_sink) / sizeof(of_sink[0]); i++) {
		outcome_set(&outcome, of_sink[i], 0, "x");
		OK(outcome.scope == OUTCOME_OF_SINK,
		    "%s is of the sink unless a driver knows better",
		    outcome_class_name(of_sink[i]));
	}
	outcome_set(&outcome, OUTCOME_REFUSED, 0, "x");
	OK(outcome.scope == OUTCOME_OF_ALERT && !outcome.partly &&
		!*outcome.settled,
	    "refused is of the alert, and nothing of before is left");
}

static int
decode_settled(const char *settled)
{
	struct buf fields = BUF_INIT;
	struct outcome got;
	int result;

	fields_add_str(&fields, "class", "retry");
	fields_add_str(&fields, "settled", settled);
	result = outcome_decode(buf_span(&fields), &got, NULL);
	buf_release(&fields);
	return result;
}

static void
test_settled(void)
{
	char text[OUTCOME_SETTLED_MAX + 1];

	memset(text, 'x', sizeof(text));
	text[OUTCOME_SETTLED_MAX - 1] = '\0';
	OK(!decode_settled(text), "as much as fits is settled");
	text[OUTCOME_SETTLED_MAX - 1] = 'x';
	text[OUTCOME_SETTLED_MAX] = '\0';
	OK(decode_settled(text), "one byte more is refused");
	OK(decode_settled("a\nb"), "so is a line end");
	OK(decode_settled("\xc3\xa4"), "and what is not ASCII");
}

static void
test_names(void)
{
	enum outcome_class class;

	for (int i = OUTCOME_DELIVERED; i <= OUTCOME_GONE; i++) {
		const char *name = outcome_class_name((enum outcome_class)i);

		OK(!outcome_class_parse(span_str(name), &class) &&
			(int)class == i,
		    "the class %s is found by its name", name);
	}
	OK(outcome_class_parse(span_str("deliver"), &class),
	    "a name that is only begun is no class");
	OK(outcome_class_parse(span_str(""), &class),
	    "the empty name is no class");
}

static int
decode(const char *class, const char *code, const char *wait)
{
	struct buf fields = BUF_INIT;
	struct outcome got;
	struct err err = ERR_INIT;

	if (class)
		fields_add_str(&fields, "class", class);
	fields_add_str(&fields, "code", code);
	fields_add_str(&fields, "retry_after", wait);
	int result = outcome_decode(buf_span(&fields), &got, &err);
	buf_release(&fields);
	return result;
}

static void
test_hostile(void)
{
	OK(!decode("retry", "0", "0"), "the good form is taken");
	OK(decode(NULL, "0", "0"), "an outcome without a class is refused");
	OK(decode("perhaps", "0", "0"), "an unknown class is refused");
	OK(decode("retry", "-1", "0"), "a negative code is refused");
	OK(decode("retry", "99999999999", "0"), "a huge code is refused");
	OK(decode("retry", "0", "-5"), "a negative wait is refused");
}

static void
test_text(void)
{
	char longer[3 * OUTCOME_TEXT_MAX];
	struct outcome outcome = {0};

	outcome_set(&outcome, OUTCOME_RETRY, 0, " a\r\n\tb\x1b[31mc\x7f ");
	IS_STR(outcome.text, "a b [31mc", "control bytes become one blank");
	outcome_set(&outcome, OUTCOME_RETRY, 0, "x\xff%s", "\xe2\x80\xae");
	IS_STR(outcome.text, "x\xef\xbf\xbd",
	    "bad UTF-8 is replaced and bidirectional controls are gone");

	memset(longer, 0, sizeof(longer));
	for (size_t i = 0; i + 2 < sizeof(longer); i += 2)
		memcpy(longer + i, "\xc3\xa4", 2);
	outcome_set(&outcome, OUTCOME_RETRY, 0, "%s", longer);
	OK(strlen(outcome.text) == OUTCOME_TEXT_MAX - 2,
	    "a long text is cut between characters");
}

static void
test_retry(void)
{
	struct outcome retry = {.class = OUTCOME_RETRY};
	struct outcome config = {.class = OUTCOME_CONFIG};

	IS_INT(retry_wait(&retry, 0, 0), 0, "the shortest wait is none");
	IS_INT(retry_wait(&retry, 0, RETRY_BASE_MS), RETRY_BASE_MS,
	    "the first wait is at most the base");
	IS_INT(retry_wait(&retry, 3, 8 * RETRY_BASE_MS), 8 * RETRY_BASE_MS,
	    "each attempt doubles the longest wait");
	IS_INT(retry_wait(&retry, 3, 8 * RETRY_BASE_MS + 1), 0,
	    "and not more than doubles it");
	IS_INT(retry_wait(&retry, 1000000, RETRY_CAP_MS), RETRY_CAP_MS,
	    "many attempts reach the cap");
	IS_INT(retry_wait(&retry, INT64_MAX, RETRY_CAP_MS + 1), 0,
	    "no number of attempts passes the cap");
	IS_INT(retry_wait(&retry, -3, 5), 5, "a negative count is none");
	OK(retry_wait(&retry, 63, UINT64_MAX) <= RETRY_CAP_MS,
	    "the largest random number stays below the cap");
	IS_INT(retry_wait(&config, 40, RETRY_CONFIG_CAP_MS),
	    RETRY_CONFIG_CAP_MS, "what waits for a person waits longer");
	IS_INT(retry_wait(&config, 0, 0), RETRY_CONFIG_BASE_MS / 2,
	    "a wrong password is not offered again at once");
	IS_INT(retry_wait(&config, 2, 7), 2 * RETRY_CONFIG_BASE_MS,
	    "nor soon, the third time");
	IS_INT(retry_wait(&config, 1000, 0), RETRY_CONFIG_CAP_MS / 2,
	    "and in the end at most twice an hour");

	retry.retry_after_ms = 42000;
	IS_INT(retry_wait(&retry, 0, 5), 42000,
	    "the server's wish is a floor");
	IS_INT(retry_wait(&retry, 20, 100000), 100000,
	    "a longer wait of our own stays");
	retry.retry_after_ms = INT64_MAX;
	IS_INT(retry_wait(&retry, 0, 5), RETRY_AFTER_MAX_MS,
	    "a server cannot wish for more than an hour");
	retry.retry_after_ms = -1;
	IS_INT(retry_wait(&retry, 0, 5), 5, "nor for less than nothing");
}

int
main(void)
{
	test_codec();
	test_scopes();
	test_settled();
	test_names();
	test_hostile();
	test_text();
	test_retry();
	return tap_done();
}
