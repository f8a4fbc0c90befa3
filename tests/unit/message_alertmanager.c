/* Unit tests of message/alertmanager_json.h. */
#include "config.h"

#include "message/alertmanager_json.h"
#include "message/json.h"
#include "tap.h"

#define NOW 1795356187123LL /* 2026-11-22T14:03:07.123Z */
#define MINUTE 60000LL

static const char *
json_of(const struct alert *alert, const struct alertmanager_form *form)
{
	static struct buf out;

	buf_reset(&out);
	alertmanager_json(alert, form, &out);
	OK(!json_check(buf_span(&out), NULL), "it is JSON");
	return buf_str(&out);
}

static const char *
plain(const struct alert *alert)
{
	const struct alertmanager_form form = {
	    .resolve_after_ms = 15 * MINUTE, .now_ms = NOW};

	return json_of(alert, &form);
}

static void
fill(struct alert *alert)
{
	alert_init(alert);
	memset(alert->id, 'a', ALERT_ID_SIZE - 1);
	alert->severity = SEVERITY_WARNING;
	alert->count = 5;
	alert->first_ms = NOW - 10 * MINUTE;
	alert->last_ms = NOW - MINUTE;
	alert_set(&alert->rule, span_str("ssh-brute"));
	alert_set(&alert->subject, span_str("5x failures"));
	alert_set(&alert->hostname, span_str("web1"));
	alert_set(&alert->log, span_str("auth"));
	alert_set(&alert->file, span_str("/var/log/auth.log"));
	alert_set(&alert->key, span_str("203.0.113.9"));
	alert_add_line(alert, span_str("one"));
	alert_add_line(alert, span_str("two"));
	alert_set_hint(&alert->hint_exclude, span_str("exclude = ^two$"));
	alert_set_hint(
	    &alert->hint_silence, span_str("ctailctl silence ssh-brute 8h"));
}

#define LABELS                                                                 \
	"\"labels\":{\"alertname\":\"ssh-brute\",\"instance\":\"web1\","       \
	"\"severity\":\"warning\",\"key\":\"203.0.113.9\"}"

static void
test_whole(void)
{
	static const struct alertmanager_label labels[] = {
	    {{"env", 3}, {"prod", 4}}, {{"team", 4}, {"a=\"b\"", 5}}};
	const struct alertmanager_form form = {labels, 2, 15 * MINUTE, NOW};
	struct alert alert;

	fill(&alert);
	IS_STR(json_of(&alert, &form),
	    "[{\"labels\":{\"alertname\":\"ssh-brute\",\"instance\":\"web1\","
	    "\"severity\":\"warning\",\"key\":\"203.0.113.9\",\"env\":\"prod\","
	    "\"team\":\"a=\\\"b\\\"\"},\"annotations\":{"
	    "\"summary\":\"5x failures\",\"description\":\"one\\ntwo\","
	    "\"log\":\"auth\",\"file\":\"/var/log/auth.log\",\"count\":\"5\","
	    "\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
	    "\"exclude\":\"exclude = ^two$\","
	    "\"silence\":\"ctailctl silence ssh-brute 8h\"},"
	    "\"startsAt\":\"2026-11-22T13:53:07.123Z\","
	    "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "an alert has its labels, its annotations and its time");
	alert_release(&alert);
}

/* Everything that later alerts of an incident do not know is missing. */
static void
bare(struct alert *alert, enum alert_kind kind)
{
	fill(alert);
	alert->kind = kind;
	alert->count = 0;
	alert_set(&alert->log, span_str(""));
	alert_set(&alert->file, span_str(""));
	alert_clear_lines(alert);
	alert_set_hint(&alert->hint_exclude, span_str(""));
	alert_set_hint(&alert->hint_silence, span_str(""));
}

static void
test_identity(void)
{
	static const enum alert_kind kinds[] = {ALERT_MATCH, ALERT_SUMMARY,
	    ALERT_DIGEST, ALERT_ABSENT, ALERT_RECOVERY, ALERT_RENEWAL};
	struct alert alert;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		bare(&alert, kinds[i]);
		OK(strstr(plain(&alert), LABELS) != NULL,
		    "the labels of %s are the incident's",
		    alert_kind_name(kinds[i]));
		alert_release(&alert);
	}
	fill(&alert);
	alert_set(&alert.log, span_str("another"));
	alert_set(&alert.file, span_str("/elsewhere"));
	alert_clear_lines(&alert);
	alert_add_line(&alert, span_str("another line"));
	alert_set(&alert.subject, span_str("another subject"));
	OK(strstr(plain(&alert), LABELS) != NULL,
	    "neither its log nor its lines change the labels");
	alert_set(&alert.key, span_str(""));
	OK(strstr(plain(&alert), "\"severity\":\"warning\"}") != NULL,
	    "an alert without a key has no label for it");
	alert_release(&alert);
}

static void
times_are(enum alert_kind kind, int64_t first_ms, int64_t last_ms,
    const char *want, const char *sentence)
{
	struct alert alert;
	const char *json, *times;

	bare(&alert, kind);
	alert.first_ms = first_ms;
	alert.last_ms = last_ms;
	json = plain(&alert);
	times = strstr(json, "\"startsAt\"");
	IS_STR(times, want, sentence);
	alert_release(&alert);
}

static void
test_missing(void)
{
	struct alert alert;

	bare(&alert, ALERT_SUMMARY);
	alert.first_ms = alert.last_ms = NOW;
	alert.missing = true;
	OK(strstr(plain(&alert), "\"endsAt\":\"2026-11-29T14:03:07.123Z\"}]"),
	    "what a throttle held of an absence that goes on stays as long");
	alert_release(&alert);
}

#define STARTS "\"startsAt\":\"2026-11-22T14:03:07.123Z\","

static void
test_times(void)
{
	times_are(ALERT_MATCH, NOW, NOW,
	    STARTS "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "an alert lasts resolve_after");
	times_are(ALERT_MATCH, NOW, NOW + MINUTE,
	    STARTS "\"endsAt\":\"2026-11-22T14:19:07.123Z\"}]",
	    "counted from its last match");
	times_are(ALERT_MATCH, NOW - 3600 * 24000, NOW - 3600 * 24000,
	    "\"startsAt\":\"2026-11-21T14:03:07.123Z\","
	    "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "one that comes late is not over when it comes");
	times_are(ALERT_RENEWAL, NOW - MINUTE, NOW,
	    "\"startsAt\":\"2026-11-22T14:02:07.123Z\","
	    "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "a renewal moves the end");
	times_are(ALERT_RECOVERY, NOW - MINUTE, NOW,
	    "\"startsAt\":\"2026-11-22T14:02:07.123Z\","
	    "\"endsAt\":\"2026-11-22T14:03:07.123Z\"}]",
	    "what is over ends now");
	times_are(ALERT_ABSENT, NOW, NOW,
	    STARTS "\"endsAt\":\"2026-11-29T14:03:07.123Z\"}]",
	    "what is absent stays a week");
	times_are(ALERT_MATCH, NOW + MINUTE, NOW + MINUTE,
	    STARTS "\"endsAt\":\"2026-11-22T14:19:07.123Z\"}]",
	    "nothing begins in the future");
	times_are(ALERT_MATCH, INT64_MAX, INT64_MAX,
	    STARTS "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "a time that cannot be is now");
	times_are(ALERT_MATCH, INT64_MIN, INT64_MIN,
	    "\"startsAt\":\"1970-01-01T00:00:00.001Z\","
	    "\"endsAt\":\"2026-11-22T14:18:07.123Z\"}]",
	    "also before all times");
}

static void
own_is(enum alert_kind kind, const char *key, const char *want)
{
	struct alert alert;

	bare(&alert, kind);
	alert_set(&alert.rule, span_str("ctail"));
	alert_set(&alert.subject, span_str("ctail on web1:\nthe disk is full"));
	alert_set(&alert.key, span_str(key));
	OK(strstr(plain(&alert), want) != NULL, "the labels of a %s tell it "
	    "from others", alert_kind_name(kind));
	alert_release(&alert);
}

static void
test_own(void)
{
	struct alert alert;

	own_is(ALERT_NOTICE, "",
	    "\"severity\":\"warning\",\"kind\":\"notice\","
	    "\"notice\":\"ctail on web1: the disk is full\"}");
	own_is(ALERT_GAP, "/var/log/a",
	    "\"key\":\"/var/log/a\",\"kind\":\"gap\"}");
	own_is(ALERT_STORM, "fleet", "\"key\":\"fleet\",\"kind\":\"storm\"}");
	own_is(ALERT_SILENCE, "silence 3",
	    "\"key\":\"silence 3\",\"kind\":\"silence\"}");
	own_is(ALERT_TEST, "", "\"severity\":\"warning\",\"kind\":\"test\"}");
	bare(&alert, ALERT_NOTICE);
	alert_set(&alert.rule, span_str(""));
	OK(strstr(plain(&alert), "{\"alertname\":\"ctail\",") != NULL,
	    "an alert without a rule has a name");
	alert_release(&alert);
	OK(alertmanager_label_is_ours(span_str("alertname")) &&
		alertmanager_label_is_ours(span_str("notice")) &&
		!alertmanager_label_is_ours(span_str("env")) &&
		!alertmanager_label_is_ours(span_str("key2")),
	    "our labels are known");
}

/* The bytes of the description between its quotes. */
static size_t
description_len(const char *json)
{
	const char *start = strstr(json, "\"description\":\"");

	if (!start)
		return 0;
	start += strlen("\"description\":\"");
	return (size_t)(strstr(start, "\",\"") - start);
}

static void
test_bounds(void)
{
	char line[3000];
	struct alert alert;
	const char *json;

	bare(&alert, ALERT_MATCH);
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 30; i++)
		alert_add_line(&alert, span_of(line, 100));
	json = plain(&alert);
	OK(strstr(json, "\"description\":\"(10 earlier lines left out)\\nxxx"),
	    "of many lines the newest stay, and how many went is said");
	OK(description_len(json) < ALERTMANAGER_LINES_BYTES + 100,
	    "the description is bounded");

	alert_clear_lines(&alert);
	for (size_t i = 0; i + 3 <= sizeof(line); i += 3)
		memcpy(line + i, "\xe2\x82\xac", 3);
	alert_add_line(&alert, span_of(line, sizeof(line)));
	json = plain(&alert);
	OK(description_len(json) <= ALERTMANAGER_LINES_BYTES &&
		description_len(json) > ALERTMANAGER_LINES_BYTES - 10,
	    "a line that is too long is cut");
	OK(strstr(json, "\xe2\x82\xac [...]\""),
	    "behind a whole character, and that is said");

	alert_clear_lines(&alert);
	alert_add_line(&alert, span_str("older"));
	alert_add_line(&alert, span_of(line, 2046));
	json = plain(&alert);
	OK(strstr(json, "(1 earlier lines left out)") != NULL,
	    "an older line does not stand in the way of the newest");
	alert_release(&alert);
}

static void
test_hostile(void)
{
	static const struct {
		const char *bytes;
		size_t len;
	} values[] = {{"\0\x01\x1b[31m\r\n\x7f", 9}, {"\"}],\"x\":[{\"", 12},
	    {"\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80", 11},
	    {"\xe2\x80\xa8\xe2\x80\xae {{ .Labels }} ${x}", 26}, {"\\", 1}};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct span value = span_of(values[i].bytes, values[i].len);
		struct alert alert;
		const char *json;

		bare(&alert, ALERT_NOTICE);
		alert_set(&alert.rule, value);
		alert_set(&alert.hostname, value);
		alert_set(&alert.subject, value);
		alert_set(&alert.key, value);
		alert_set(&alert.file, value);
		alert_set(&alert.log, value);
		alert_add_line(&alert, value);
		json = plain(&alert);
		for (; *json; json++) {
			if ((unsigned char)*json < ' ' || *json == 0x7f)
				break;
		}
		OK(!*json, "hostile text %zu stays text", i);
		alert_release(&alert);
	}
}

int
main(void)
{
	test_whole();
	test_identity();
	test_times();
	test_missing();
	test_own();
	test_bounds();
	test_hostile();
	return tap_done();
}
