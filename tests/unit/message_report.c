/*
 * message_report: a report in each form that an alert has, and within its
 * bounds.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "hostile.h"
#include "mail_receiver.h"
#include "message/alert_json.h"
#include "message/alertmanager_json.h"
#include "message/json.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/preset.h"
#include "message/syslog_line.h"
#include "message/variables.h"
#include "preset_alert.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define MADE INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

static const char *const to[] = {"ops@example.org"};
static const struct mail_envelope envelope = {
    "ctail@example.org", to, 1, MADE};

static const char text[] = "Security Events for su\n"
			   "=-=-=-=-=-=-=-=-=-=-=-\n"
			   "one <b>\n"
			   "\n"
			   "System Events\n"
			   "=-=-=-=-=-=-=\n"
			   "two \x1b\xff\n"
			   "three\n"
			   "\n";

static void
fill(struct alert *alert)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	alert->kind = ALERT_REPORT;
	alert->severity = SEVERITY_WARNING;
	alert_set(&alert->rule, span_str("main"));
	alert_set(&alert->subject, span_str("host Security Events"));
	alert_set(&alert->hostname, span_str("host"));
	alert->count = 30;
	alert->first_ms = alert->last_ms = alert->made_ms = MADE;
	alert_set_report(alert, span_str(text));
	alert_add_line(alert, span_str("one <b>"));
	alert_add_line(alert, span_str("two"));
}

static bool
lives(const struct alert *alert, size_t *len_out)
{
	struct buf fields = BUF_INIT, again = BUF_INIT;
	struct alert copy;
	bool same = false;

	alert_encode(alert, &fields);
	*len_out = fields.len;
	if (!alert_decode(buf_span(&fields), &copy, NULL)) {
		alert_encode(&copy, &again);
		same = span_equal(buf_span(&fields), buf_span(&again));
		alert_release(&copy);
	}
	buf_release(&fields);
	buf_release(&again);
	return same;
}

static void
test_bounds(void)
{
	struct buf big = BUF_INIT;
	struct alert alert;
	size_t len;

	fill(&alert);
	OK(lives(&alert, &len), "a report survives its encoding");
	memset(buf_reserve(&big, 2 << 20), 'x', 2 << 20);
	big.len = 2 << 20;
	alert_add_capture(&alert, span_str("c"), span_str("v"));
	alert_add_before(&alert, span_str("b"));
	alert_add_after(&alert, span_str("a"));
	OK(!alert.capture_count && !alert.before_count && !alert.after_count,
	    "beside it there are no captures and no context");
	for (int i = 0; i < 100; i++)
		alert_add_line(&alert, buf_span(&big));
	IS_INT(alert.line_count, ALERT_REPORT_LINES, "and a few lines");
	IS_STR(alert.lines[0].text, "one <b>", "which are the first ones");
	alert_release(&alert);

	alert_init(&alert);
	memcpy(alert.id, ID, ALERT_ID_SIZE);
	alert.kind = ALERT_REPORT;
	for (int i = 0; i < 100; i++) {
		alert_add_line(&alert, buf_span(&big));
		alert_add_before(&alert, buf_span(&big));
		alert_add_after(&alert, buf_span(&big));
		alert_add_capture(&alert, span_str("name"), buf_span(&big));
	}
	alert_set(&alert.rule, buf_span(&big));
	alert_set(&alert.subject, buf_span(&big));
	alert_set(&alert.hostname, buf_span(&big));
	alert_set(&alert.log, buf_span(&big));
	alert_set(&alert.file, buf_span(&big));
	alert_set(&alert.key, buf_span(&big));
	alert_set_hint(
	    &alert.hint_exclude, span_of(big.data, ALERT_HINT_BYTES));
	alert_set_hint(
	    &alert.hint_silence, span_of(big.data, ALERT_HINT_BYTES));
	alert_set_report(&alert, buf_span(&big));
	IS_INT(alert.line_count, 0, "what there was goes");
	for (int i = 0; i < 100; i++)
		alert_add_line(&alert, buf_span(&big));
	OK(strlen(alert.report) == ALERT_REPORT_BYTES && lives(&alert, &len) &&
		len < FRAME_MAX - 4096,
	    "the largest of all fits into a frame (%zu)", len);
	alert_release(&alert);
	memset(big.data, 0, big.len);
	fill(&alert);
	alert_set_report(&alert, buf_span(&big));
	OK(strlen(alert.report) <= ALERT_REPORT_BYTES &&
		!strncmp(alert.report, "\xef\xbf\xbd\xef\xbf\xbd", 6),
	    "NULs become characters within the bound");
	alert_release(&alert);
	buf_release(&big);
}

static int
decoded(struct buf *fields)
{
	struct alert alert;
	int result = alert_decode(buf_span(fields), &alert, NULL);

	if (!result)
		alert_release(&alert);
	return result;
}

static void
test_damage(void)
{
	struct buf fields = BUF_INIT;
	struct alert alert;
	size_t whole;

	fill(&alert);
	alert_encode(&alert, &fields);
	whole = fields.len;
	fields_add_str(&fields, "before", "x");
	IS_INT(decoded(&fields), -1, "a report with context is damaged");
	fields.len = whole;
	fields_add_str(&fields, "capture", "x");
	fields_add_str(&fields, "value", "x");
	IS_INT(decoded(&fields), -1, "so is one with captures");
	fields.len = whole;
	for (int i = 0; i < ALERT_REPORT_LINES; i++)
		fields_add_str(&fields, "line", "x");
	IS_INT(decoded(&fields), -1, "and one with too many lines");
	alert_release(&alert);
	buf_release(&fields);
}

static void
test_mail(void)
{
	struct buf out = BUF_INIT;
	struct alert alert;

	fill(&alert);
	mail_body(&alert, &out);
	IS_STR(buf_str(&out),
	    "Security Events for su\n"
	    "=-=-=-=-=-=-=-=-=-=-=-\n"
	    "one <b>\n"
	    "\n"
	    "System Events\n"
	    "=-=-=-=-=-=-=\n"
	    "two \\x1B\xef\xbf\xbd\n"
	    "three\n"
	    "\n"
	    "Rule    main\n"
	    "Host    host\n"
	    "Count   30\n"
	    "First   2023-11-14 22:13:20 +0000\n"
	    "Last    2023-11-14 22:13:20 +0000\n"
	    "Id      " ID "\n",
	    "a mail is the report, and then who says so");
	buf_reset(&out);
	mail_html(&alert, &out);
	OK(strstr(buf_str(&out), ">Security Events for su</h2>\n<pre ") &&
		strstr(buf_str(&out), ">\none &lt;b&gt;\n</pre>\n<h2 ") &&
		strstr(buf_str(&out),
		    ">System Events</h2>\n<pre class=\"text\"") &&
		strstr(buf_str(&out),
		    ">\ntwo \\x1B\xef\xbf\xbd\nthree\n</pre>\n<table") &&
		!strstr(buf_str(&out), "=-=-"),
	    "in HTML headings are headings");
	buf_reset(&out);
	mail_render(&alert, &envelope, MAIL_CRLF, &out);
	OK(!malformed(buf_span(&out)) && strstr(buf_str(&out), "text/html"),
	    "the mail has both");
	alert_set_report(&alert, span_str("a line\nwithout a heading"));
	buf_reset(&out);
	mail_html(&alert, &out);
	OK(strstr(buf_str(&out), ">\na line\nwithout a heading\n</pre>"),
	    "what has no heading is shown too");
	alert_release(&alert);
	buf_release(&out);
}

static void
test_large_mail(void)
{
	static const char *const texts[] = {"\x1b", "\"\n", "=\n", "\xff",
	    "\xc2\x85", "\xf0\x9f\x98\x80", "=-\n", "\n", "x"};
	size_t count = sizeof(texts) / sizeof(texts[0]), kept = 0;
	struct buf out = BUF_INIT, big = BUF_INIT;
	struct alert alert;

	for (size_t i = 0; i < count; i++) {
		buf_reset(&big);
		while (big.len < ALERT_REPORT_BYTES)
			buf_add_str(&big, texts[i]);
		fill(&alert);
		alert_set_report(&alert, buf_span(&big));
		buf_reset(&out);
		mail_body(&alert, &out);
		kept += out.len <= MAIL_REPORT_BYTES;
		buf_reset(&out);
		mail_render(&alert, &envelope, MAIL_CRLF, &out);
		kept += out.len <= MAIL_REPORT_MAIL_BYTES &&
			!malformed(buf_span(&out));
		alert_release(&alert);
	}
	IS_INT(kept, 2 * count, "the largest of reports keep their bounds");
	fill(&alert);
	buf_reset(&big);
	for (int i = 0; i < 30000; i++)
		buf_addf(&big, "line %d\n", i);
	alert_set_report(&alert, buf_span(&big));
	buf_reset(&out);
	mail_render(&alert, &envelope, MAIL_LF, &out);
	OK(strstr(buf_str(&out), "\nline 29999\n") &&
		!strstr(buf_str(&out), "text/html"),
	    "nothing of a large one is left out; it is plain text alone");
	alert_release(&alert);
	buf_release(&out);
	buf_release(&big);
}

static void
test_json(void)
{
	struct buf out = BUF_INIT, report = BUF_INIT, big = BUF_INIT;
	struct alert alert;

	fill(&alert);
	alert_json(&alert, 0, &out);
	OK(!json_check(buf_span(&out), NULL) &&
		json_member(buf_span(&out), "report", &report) &&
		!strncmp(buf_str(&report), text, 20) &&
		strstr(buf_str(&report), "two \x1b\xef\xbf\xbd\nthree\n\n") &&
		strstr(buf_str(&out), "\"kind\":\"report\"") &&
		!strstr(buf_str(&out), "report_cut"),
	    "JSON has all of it");
	while (big.len < ALERT_REPORT_BYTES)
		buf_add_str(&big, "a line \x01\n");
	alert_set_report(&alert, buf_span(&big));
	buf_reset(&out);
	buf_reset(&report);
	alert_json(&alert, ALERT_JSON_LEAST, &out);
	OK(!json_check(buf_span(&out), NULL) && out.len <= ALERT_JSON_LEAST &&
		out.len > ALERT_JSON_LEAST / 2 &&
		json_member(buf_span(&out), "report", &report) &&
		report.data[report.len - 1] == '\n' &&
		strstr(buf_str(&out), "\"report_cut\":true"),
	    "within a bound its end goes, by lines, and that is said");
	buf_reset(&out);
	preset_render_test(&preset_json, &alert, &out);
	OK(out.len <= preset_json.max_bytes && out.len < (1 << 20) &&
		!json_check(buf_span(&out), NULL),
	    "the json preset stays below 1 MiB");
	alert_release(&alert);
	buf_release(&out);
	buf_release(&report);
	buf_release(&big);
}

static const char *
variable(const struct alert *alert, const char *name)
{
	static struct buf value;

	buf_reset(&value);
	variable_lookup((void *)alert, span_str(name), &value);
	return buf_str(&value);
}

static void
test_few_lines(void)
{
	static const struct syslog_line local = {
	    SYSLOG_FORM_LOCAL, 3, 42, "here", 1024};
	const struct alertmanager_form form = {NULL, 0, 60000, MADE};
	struct buf out = BUF_INIT;
	struct alert alert;

	fill(&alert);
	IS_STR(variable(&alert, "lines"), "one <b>\ntwo\nand 28 more",
	    "${lines} are the first, and how many there are more");
	IS_STR(variable(&alert, "line"), "one <b>", "${line} is the first");
	preset_render_test(&preset_slack, &alert, &out);
	OK(strstr(buf_str(&out), "one &lt;b&gt;\\ntwo\\n") &&
		strstr(buf_str(&out), "(and 28 more)") &&
		strstr(buf_str(&out), "30 lines from"),
	    "so it is in a chat");
	buf_reset(&out);
	preset_render_test(&preset_pagerduty, &alert, &out);
	OK(strstr(buf_str(&out), "\"dedup_key\":\"" ID "\"") &&
		strstr(buf_str(&out), "(and 28 more)"),
	    "for PagerDuty each is by itself");
	buf_reset(&out);
	alertmanager_json(&alert, &form, &out);
	OK(strstr(buf_str(&out),
	       "\"kind\":\"report\",\"notice\":\"host Security Events\"") &&
		strstr(buf_str(&out), "one <b>\\ntwo\\n(and 28 more)") &&
		strstr(buf_str(&out),
		    "\"endsAt\":\"2023-11-14T22:14:20.000Z\""),
	    "for Alertmanager too, and it ends by itself");
	buf_reset(&out);
	syslog_line(&alert, &local, &out);
	OK(strstr(buf_str(&out), ": host Security Events (30 lines): one <b>"),
	    "syslog has its subject, its count and a line");
	alert.count = 2;
	buf_reset(&out);
	preset_render_test(&preset_slack, &alert, &out);
	OK(!strstr(buf_str(&out), "more)"), "what is whole says nothing of it");
	IS_STR(variable(&alert, "lines"), "one <b>\ntwo", "nor do ${lines}");
	alert_release(&alert);
	buf_release(&out);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_bounds();
	test_damage();
	test_mail();
	test_large_mail();
	test_json();
	test_few_lines();
	return tap_done();
}
