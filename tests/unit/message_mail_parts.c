/*
 * message_mail_parts: what the parts of a mail show, and how large they get;
 * and a mail in a mailbox.
 */
#include "config.h"

#include <stdlib.h>

#include "hostile.h"
#include "mail_receiver.h"
#include "message/html.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/mail_mbox.h"
#include "message/mail_times.h"
#include "message/text.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef01234567"
#define RECORD "margin:0;font:inherit;white-space:pre-wrap"
#define MARK "<mark style=\"background:#ffe08a;color:#000000\">"
#define START_MS 1700000000000 /* 2023-11-14 22:13:20 UTC */

static const char *const to[] = {"ops@example.org"};
static const struct mail_envelope envelope = {
    "ctail@example.org", to, 1, START_MS};

static void
fill(struct alert *alert)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	memcpy(alert->incident, ID, ALERT_ID_SIZE);
	alert->severity = SEVERITY_WARNING;
	alert_set(&alert->rule, span_str("ssh"));
	alert_set(&alert->subject, span_str("a <b> & \"c\""));
	alert_set(&alert->hostname, span_str("web1"));
	alert->count = 1;
}

static void
part_lands(const char *record, size_t len, struct text_part part,
    const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;
	struct text_part landed;

	text_record_part(&out, "> ", span_of(record, len), 8, &part, &landed);
	OK(span_equal(span_of(out.data + landed.from, landed.to - landed.from),
	       span_str(want)),
	    "%s", sentence);
	buf_release(&out);
}

static void
test_parts_of_text(void)
{
	part_lands("0123456", 7, (struct text_part){2, 4}, "23",
	    "a part of a text is found in what is shown");
	part_lands("0123456", 7, (struct text_part){3, 3}, "",
	    "an empty part nowhere");
	part_lands("0123456", 7, (struct text_part){0, 7}, "0123456",
	    "all of it from end to end");
	part_lands("\x1b\0b\xff", 4, (struct text_part){1, 4},
	    "\\x00b\xef\xbf\xbd", "what is spelled out is longer there");
	part_lands("a\xe2\x82\xac"
		   "b",
	    5, (struct text_part){2, 3}, "\xe2\x82\xac",
	    "half a character is all of it");
	part_lands("one\ntwo", 7, (struct text_part){2, 5}, "e\n>     t",
	    "over the end of a line");
	part_lands("one\n\n", 5, (struct text_part){3, 5}, "",
	    "line ends alone are nothing to see");
	part_lands("01234567890123", 14, (struct text_part){6, 12}, "67",
	    "up to where the line was cut");
	part_lands("01234567890123", 14, (struct text_part){8, 12}, "",
	    "and nowhere behind that");
}

static void
line_is(const struct alert *alert, const char *want, const char *sentence)
{
	struct mail_times times;
	struct buf line = BUF_INIT;

	if (mail_times_get(alert, &times))
		mail_times_line(&times, &line);
	IS_STR(buf_str(&line), want, sentence);
	buf_release(&line);
}

static void
test_times(void)
{
	struct alert alert;

	fill(&alert);
	alert.times.bins[3] = 1;
	alert.times.bins[4] = 1;
	line_is(&alert, "", "times without a width are not known");
	alert.times.start_ms = START_MS;
	alert.times.width_ms = 1000;
	alert.times.bins[3] = 0;
	line_is(&alert, "", "one bin is no histogram");
	alert.times.bins[6] = 70;
	alert.times.bins[7] = 10;
	line_is(&alert, "22:13:24 [. #.] 22:13:28 (1s each)",
	    "empty bins are off at the ends; what is there is seen");
	alert.times.bins[7] = UINT32_MAX;
	line_is(&alert, "22:13:24 [. .#] 22:13:28 (1s each)",
	    "large counts do not overflow");
	alert.times.width_ms = 128000;
	line_is(&alert, "22:21 [. .#] 22:30 (about 2m each)",
	    "minutes need no seconds");
	alert.times.width_ms = 4096000;
	line_is(&alert, "02:46 [. .#] 07:19 (about 68m each)",
	    "one day has no date");
	alert.times.bins[0] = 1;
	line_is(&alert, "11-14 22:13 [.   . .#] 11-15 07:19 (about 68m each)",
	    "two have one each");
	alert.times.bins[0] = 0;
	alert.times.width_ms = INT64_C(500) * 86400000;
	line_is(&alert, "2029-05-06 22:13 [. .#] 2034-10-27 22:13 (500d each)",
	    "years are told apart");
	alert.times.start_ms = -INT64_MAX / 4;
	alert.times.width_ms = INT64_MAX / 4 / ALERT_BINS;
	OK(mail_times_get(&alert, &(struct mail_times){0}),
	    "damaged times do no harm");
	alert_release(&alert);
}

static void
html_has(const struct alert *alert, const char *want, const char *sentence)
{
	struct buf html = BUF_INIT;

	mail_html(alert, &html);
	OK(strstr(buf_str(&html), want) != NULL, "%s", sentence);
	if (!strstr(buf_str(&html), want))
		printf("# no %s in\n%s", want, buf_str(&html));
	buf_release(&html);
}

static void
test_html(void)
{
	static const char text[] = "<a href=\"x\" id='y'>&\0\xff";
	static const char want[] =
	    "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\0\xff";
	struct buf out = BUF_INIT;
	struct alert alert;

	html_escape(&out, span_of(text, sizeof(text) - 1));
	OK(span_equal(buf_span(&out), span_of(want, sizeof(want) - 1)),
	    "what means something in HTML is escaped, no other byte changes");
	buf_release(&out);
	fill(&alert);
	html_has(&alert, "<title>a &lt;b&gt; &amp; &quot;c&quot;</title>",
	    "the subject is the title");
	html_has(&alert, ">WARNING</div>", "a word says what the colour does");
	alert_add_line(&alert, span_str("x=<1> failed & gone"));
	alert_set_match(&alert, 2, 10);
	html_has(&alert,
	    RECORD "\">x=" MARK "&lt;1&gt; failed</mark> &amp; gone</pre>",
	    "what the pattern matched is marked");
	alert_add_before(&alert, span_str("<before>"));
	alert_add_after(&alert, span_str("after"));
	html_has(&alert,
	    RECORD ";color:#767676\">&lt;before&gt;</pre>\n"
		   "<pre style=\"" RECORD "\">x=" MARK,
	    "its context is grey, and nothing between records is a line");
	alert_add_after(&alert, span_str("\nsecond"));
	html_has(&alert, "\">\n\n    second</pre>",
	    "a record that begins with an empty line keeps it");
	alert.times.start_ms = START_MS;
	alert.times.width_ms = 1000;
	alert.times.bins[0] = 1;
	alert.times.bins[1] = 4;
	html_has(&alert, "height:8px", "a bin is a bar");
	html_has(&alert, "22:13:20 to 22:13:22 (1s each)", "with its times");
	alert_set_hint(&alert.hint_exclude, span_str("exclude = </pre>"));
	html_has(&alert, ">exclude = &lt;/pre&gt;</pre>",
	    "a hint stands there to be copied");
	alert.kind = ALERT_RECOVERY;
	html_has(&alert, ">RECOVERED</div>", "what is over says so");
	alert_release(&alert);
}

static void
test_far_match(void)
{
	struct buf line = BUF_INIT;
	struct alert alert;

	for (int i = 0; i < 2000; i++)
		buf_add_byte(&line, 'x');
	buf_add_str(&line, "<needle>");
	fill(&alert);
	alert_add_line(&alert, buf_span(&line));
	alert_set_match(&alert, 2000, 8);
	html_has(&alert,
	    "x [... 1008 more bytes]\n[matched: " MARK
	    "&lt;needle&gt;</mark>]</pre>",
	    "a match behind what is shown of its line is shown");
	alert_release(&alert);
	buf_release(&line);
}

/* An alert that is full of one text. */
static void
fill_with(struct alert *alert, const char *text, size_t len)
{
	struct buf big = BUF_INIT;

	while (big.len < 2 * ALERT_LINE_BYTES)
		buf_add(&big, text, len);
	alert_release(alert);
	fill(alert);
	alert_set(&alert->rule, buf_span(&big));
	alert_set(&alert->subject, buf_span(&big));
	alert_set(&alert->file, buf_span(&big));
	alert_set(&alert->key, buf_span(&big));
	alert_set(&alert->hint_exclude, span_of(big.data, ALERT_HINT_BYTES));
	alert_set(&alert->hint_silence, span_of(big.data, ALERT_HINT_BYTES));
	for (int i = 0; i < ALERT_LINES_MAX; i++) {
		alert_add_line(alert, buf_span(&big));
		alert_set_match(alert, 0, SIZE_MAX);
		alert_add_before(alert, buf_span(&big));
		alert_add_after(alert, buf_span(&big));
	}
	alert->times.width_ms = 1;
	memset(alert->times.bins, 0xff, sizeof(alert->times.bins));
	buf_release(&big);
}

/* 1 within every bound, and the newest line in it. */
static int
keeps_bounds(const struct alert *alert)
{
	struct buf body = BUF_INIT, html = BUF_INIT, mail = BUF_INIT;
	int good;

	mail_body(alert, &body);
	mail_html(alert, &html);
	mail_render(alert, &envelope, MAIL_CRLF, &mail);
	good = body.len <= MAIL_PART_BYTES && html.len <= MAIL_PART_BYTES &&
	       mail.len <= MAIL_BYTES && !malformed(buf_span(&mail)) &&
	       strstr(buf_str(&body), " more bytes]\n") &&
	       strstr(buf_str(&html), "</mark>");
	if (!good)
		printf("# %zu %zu %zu %s\n", body.len, html.len, mail.len,
		    malformed(buf_span(&mail)));
	buf_release(&body);
	buf_release(&html);
	buf_release(&mail);
	return good;
}

static void
test_sizes(void)
{
	static const char *const texts[] = {"\n", "\"", "\"\"\"\"\"\"\"\"\n",
	    "=", "\xff", "\x01", "\xe2\x80\xae", "\xe2\x80\xae\n", "'", "<\n",
	    "\xf0\x9f\x98\x80", " ", "\t\n", "=\n", "a \n", ">From \n", ".\n",
	    "\xc2\x85", "\xe2\x80\xa8=\n", "&"};
	size_t count = sizeof(texts) / sizeof(texts[0]);
	unsigned long long state = 77;
	struct buf text = BUF_INIT;
	struct alert alert;
	int kept = 0, total = 60;

	fill(&alert);
	for (size_t i = 0; i < count; i++) {
		fill_with(&alert, texts[i], strlen(texts[i]));
		OK(keeps_bounds(&alert), "the largest of mails, %zu", i);
	}
	for (int i = 0; i < total; i++) {
		do {
			hostile_text(&state, 300, &text);
		} while (text.len == 0);
		fill_with(&alert, text.data, text.len);
		kept += keeps_bounds(&alert);
	}
	IS_INT(kept, total, "hostile mails keep their bounds too");
	alert_release(&alert);
	buf_release(&text);
}

static void
test_left_out(void)
{
	struct buf big = BUF_INIT, body = BUF_INIT;
	struct alert alert;

	for (int i = 0; i < 8; i++) {
		for (int j = 0; j < 999; j++)
			buf_add_byte(&big, 'x');
		buf_add_byte(&big, '\n');
	}
	fill(&alert);
	for (int i = 0; i < 19; i++) {
		alert_add_line(&alert, buf_span(&big));
		alert_add_before(&alert, buf_span(&big));
	}
	alert_add_line(&alert, span_str("the newest"));
	alert_add_after(&alert, span_str("the nearest"));
	mail_body(&alert, &body);
	OK(strstr(buf_str(&body), "\n\n[... 7 more records]\nxxx"),
	    "the oldest lines are left out, and counted");
	OK(strstr(buf_str(&body), "x\n    \nthe newest\n\n"),
	    "the newest is there");
	OK(strstr(buf_str(&body), "  [... 19 more records]\n> the newest"),
	    "of the context the farthest");
	OK(strstr(buf_str(&body), "> the newest\n  the nearest\n\n"),
	    "the nearest is there");
	alert_release(&alert);
	buf_release(&big);
	buf_release(&body);
}

/* Lines that could end a part, by whoever knows the id. */
static void
test_boundary(void)
{
	struct buf mail = BUF_INIT;
	struct alert alert;
	struct span part;
	int count = 0;

	fill(&alert);
	alert_add_line(&alert,
	    span_str("--=_ctail-" ID "\n--=_ctail-" ID "--\n\n--=_ctail-" ID));
	mail_render(&alert, &envelope, MAIL_CRLF, &mail);
	for (const char *at = buf_str(&mail);
	     (at = strstr(at, "--=_ctail-" ID)); at++)
		count++;
	IS_INT(count, 3, "no text is a boundary in quoted-printable");
	buf_reset(&mail);
	for (int i = 0; i < 900; i++)
		alert_add_line(&alert,
		    span_str(
			"--=_ctail-" ID "\n\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
			"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"));
	mail_render(&alert, &envelope, MAIL_CRLF, &mail);
	find_part(buf_span(&mail), 0, &part);
	find_header(part, "Content-Transfer-Encoding", &part);
	OK(span_is(part, "base64"), "nor in base64");
	count = 0;
	for (const char *at = buf_str(&mail);
	     (at = strstr(at, "--=_ctail-" ID)); at++)
		count++;
	IS_INT(count, 3, "...");
	alert_release(&alert);
	buf_release(&mail);
}

static void
test_mbox(void)
{
	struct mail_envelope early = envelope;
	struct buf out = BUF_INIT, mail = BUF_INIT, want = BUF_INIT;
	struct alert alert;
	int forged = 0;

	fill(&alert);
	for (int i = 0; i < 90; i++) {
		buf_reset(&want);
		for (int j = 0; j < i; j++)
			buf_add_byte(&want, 'x');
		buf_add_str(&want, "From me\n>>>From you\nFrom \n From ");
		alert_add_line(&alert, buf_span(&want));
	}
	mail_mbox(&alert, &envelope, &out);
	mail_render(&alert, &envelope, MAIL_LF, &mail);
	buf_reset(&want);
	buf_addf(&want, "From ctail@example.org Tue Nov 14 22:13:20 2023\n%s\n",
	    buf_str(&mail));
	IS_STR(buf_str(&out), buf_str(&want),
	    "a mailbox has a line, the mail, and a blank line");
	for (size_t i = 0; i < mail.len; i++) {
		if (i > 0 && mail.data[i - 1] != '\n')
			continue;
		while (mail.data[i] == '>')
			i++;
		forged += !strncmp(mail.data + i, "From ", 5);
	}
	IS_INT(forged, 0, "no line of the mail begins another");
	buf_reset(&out);
	early.date_ms = -1;
	mail_mbox(&alert, &early, &out);
	OK(!strncmp(buf_str(&out),
	       "From ctail@example.org Wed Dec 31 23:59:59 1969\n", 48),
	    "days before 1970 have names too");
	alert_release(&alert);
	buf_release(&out);
	buf_release(&mail);
	buf_release(&want);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_parts_of_text();
	test_times();
	test_html();
	test_far_match();
	test_sizes();
	test_left_out();
	test_boundary();
	test_mbox();
	return tap_done();
}
