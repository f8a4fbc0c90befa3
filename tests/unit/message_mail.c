/*
 * message_mail: a mail is well-formed whatever the log holds, and says what
 * it was given.
 */
#include "config.h"

#include "base/utf8.h"
#include "hostile.h"
#include "mail_receiver.h"
#include "message/mail.h"
#include "message/mail_html.h"
#include "message/text.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef01234567"

/* What the mail should say, in the test's own words. */

static void
clean_heading(struct span text, struct buf *out)
{
	struct buf all = BUF_INIT;
	uint32_t point;
	size_t first = 0;

	for (size_t i = 0; i < text.len;) {
		i += utf8_decode(span_of(text.data + i, text.len - i), &point);
		utf8_append(&all, utf8_is_control(point) ? ' ' : point);
	}
	while (all.len && all.data[all.len - 1] == ' ')
		all.len--;
	while (first < all.len && all.data[first] == ' ')
		first++;
	buf_reset(out);
	if (all.len > 0)
		buf_add(out, all.data + first, all.len - first);
	buf_release(&all);
}

static void
test_header_text(void)
{
	struct buf text = BUF_INIT, out = BUF_INIT, got = BUF_INIT,
		   want = BUF_INIT;
	unsigned long long state = 29;
	int same = 0, formed = 0, total = 20000;

	for (int i = 0; i < total; i++) {
		size_t column = hostile_next(&state) % 40;

		hostile_text(&state, 30, &text);
		buf_reset(&out);
		for (size_t j = 0; j < column; j++)
			buf_add_byte(&out, 'h');
		mail_header_text(&out, buf_span(&text), column, MAIL_CRLF);
		buf_reset(&got);
		decode_header(
		    span_of(out.data + column, out.len - column), &got);
		clean_heading(buf_span(&text), &want);
		if (span_equal(buf_span(&got), buf_span(&want)))
			same++;
		else
			printf(
			    "# <%s>\n# <%s>\n", buf_str(&want), buf_str(&out));
		buf_add_str(&out, "\r\n");
		formed += malformed(buf_span(&out)) == NULL;
	}
	IS_INT(same, total, "20,000 hostile header texts come back cleaned");
	IS_INT(formed, total, "in short 7-bit lines");
	buf_release(&text);
	buf_release(&out);
	buf_release(&got);
	buf_release(&want);
}

static void
header_is(const char *text, const char *want, const char *sentence)
{
	struct buf out = BUF_INIT;

	mail_header_text(&out, span_str(text), 9, MAIL_LF);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_header_forms(void)
{
	header_is("5x ssh failures from 1.2.3.4",
	    "5x ssh failures from 1.2.3.4", "plain text stays plain");
	header_is("a =?utf-8?Q?x?=", "=?utf-8?B?YSA9P3V0Zi04P1E/eD89?=",
	    "ASCII that contains =? is encoded");
	header_is("\xc3\xa9", "=?utf-8?B?w6k=?=", "other text is encoded");
	header_is("a\r\nBcc: x", "a  Bcc: x",
	    "a line end becomes blanks, never a header");
	header_is("  x  ", "x", "outer blanks are off");
	header_is("one two three four five six seven eight nine ten eleven "
		  "twelve thirteen",
	    "one two three four five six seven eight nine ten eleven twelve\n "
	    "thirteen",
	    "long plain text is folded at a blank");
}

static void
fill(struct alert *alert)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	memcpy(alert->incident, ID, ALERT_ID_SIZE);
	alert->severity = SEVERITY_WARNING;
	alert_set(&alert->rule, span_str("ssh-brute"));
	alert_set(&alert->subject, span_str("5x ssh failures from 1.2.3.4"));
	alert_set(&alert->hostname, span_str("web1.example.org"));
	alert_set(&alert->file, span_str("/var/log/auth.log"));
	alert->offset = 123;
	alert_set(&alert->key, span_str("1.2.3.4"));
	alert->count = 5;
	alert->first_ms = 1700000000000;
	alert->last_ms = 1700000060000;
	alert_add_line(alert, span_str("Failed password for root"));
	alert_add_line(alert, span_str("Failed password for admin"));
}

static const char *const to[] = {"ops@example.org", "oncall@example.org"};
static const struct mail_envelope envelope = {
    "ctail@example.org", to, 2, 1700000000000};

static void
has_header(struct span mail, const char *name, const char *want)
{
	struct buf got = BUF_INIT;
	struct span value;

	if (find_header(mail, name, &value))
		decode_header(value, &got);
	IS_STR(buf_str(&got), want, name);
	buf_release(&got);
}

static void
test_mail(void)
{
	struct span part = {"", 0}, other = {"", 0};
	struct buf mail = BUF_INIT;
	struct alert alert;

	setenv("TZ", "UTC", 1);
	fill(&alert);
	mail_render(&alert, &envelope, MAIL_CRLF, &mail);
	OK(malformed(buf_span(&mail)) == NULL, "a mail is well-formed");
	has_header(buf_span(&mail), "Date", "Tue, 14 Nov 2023 22:13:20 +0000");
	has_header(buf_span(&mail), "From", "ctail@example.org");
	has_header(
	    buf_span(&mail), "To", "ops@example.org, oncall@example.org");
	has_header(buf_span(&mail), "Subject", "5x ssh failures from 1.2.3.4");
	has_header(buf_span(&mail), "Message-ID", "<" ID "@web1.example.org>");
	has_header(buf_span(&mail), "References", "<" ID "@web1.example.org>");
	has_header(buf_span(&mail), "MIME-Version", "1.0");
	has_header(buf_span(&mail), "Content-Type",
	    "multipart/alternative; boundary=\"=_ctail-" ID "\"");
	OK(find_part(buf_span(&mail), 0, &part) &&
		!find_part(buf_span(&mail), 2, &other) &&
		find_part(buf_span(&mail), 1, &other),
	    "it has two parts");
	has_header(part, "Content-Type", "text/plain; charset=utf-8");
	has_header(part, "Content-Transfer-Encoding", "quoted-printable");
	has_header(other, "Content-Type", "text/html; charset=utf-8");
	has_header(other, "Content-Transfer-Encoding", "quoted-printable");
	has_header(buf_span(&mail), "Auto-Submitted", "auto-generated");
	has_header(buf_span(&mail), "X-Ctail-Rule", "ssh-brute");
	has_header(buf_span(&mail), "X-Ctail-Id", ID);
	OK(!find_header(buf_span(&mail), "Importance", &other),
	    "a warning is as important as any mail");
	buf_reset(&mail);
	alert.severity = SEVERITY_CRITICAL;
	mail_render(&alert, &envelope, MAIL_CRLF, &mail);
	has_header(buf_span(&mail), "Importance", "high");
	has_header(buf_span(&mail), "X-Priority", "1");
	buf_reset(&mail);
	alert.kind = ALERT_RECOVERY;
	mail_render(&alert, &envelope, MAIL_CRLF, &mail);
	OK(!find_header(buf_span(&mail), "Importance", &other),
	    "what is over is no more than that");
	alert_release(&alert);
	buf_release(&mail);
}

static void
test_body(void)
{
	struct buf body = BUF_INIT;
	struct alert alert;

	fill(&alert);
	mail_body(&alert, &body);
	IS_STR(buf_str(&body),
	    "WARNING: 5x ssh failures from 1.2.3.4\n\n"
	    "(the last 2 of 5)\n\n"
	    "Failed password for root\nFailed password for admin\n\n"
	    "Rule    ssh-brute\nHost    web1.example.org\n"
	    "File    /var/log/auth.log\nOffset  123\nCount   5\n"
	    "First   2023-11-14 22:13:20 +0000\n"
	    "Last    2023-11-14 22:14:20 +0000\nKey     1.2.3.4\n"
	    "Id      " ID "\n",
	    "the body says what was seen, where, how often");
	buf_reset(&body);
	alert.kind = ALERT_SUMMARY;
	alert.held_period_ms = 600000;
	alert.undecided = true;
	mail_body(&alert, &body);
	OK(strstr(buf_str(&body),
	       "5 more between 2023-11-14 22:13:20 +0000 and 2023-11-14 "
	       "22:14:20 +0000, held back by the throttle of 10m; the "
	       "last:\n\nFailed"),
	    "a summary says what was held back");
	OK(strstr(buf_str(&body), "Not decided: "),
	    "what was not decided is marked");
	buf_reset(&body);
	alert_add_line(
	    &alert, span_of("\x1b[31m\t\0\xe2\x80\xae\xc2\x85\xff", 13));
	mail_body(&alert, &body);
	OK(strstr(
	       buf_str(&body), "\\x1B[31m\t\\x00\\u{202E}\\x85\xEF\xBF\xBD\n"),
	    "control characters are spelled out");
	alert_release(&alert);
	buf_release(&body);
}

static void
test_long_line(void)
{
	struct buf line = BUF_INIT, body = BUF_INIT;
	struct alert alert;

	fill(&alert);
	for (int i = 0; i < 1500; i++)
		buf_add_str(&line, "\xc3\xa9");
	alert_add_line(&alert, buf_span(&line));
	mail_body(&alert, &body);
	OK(strstr(buf_str(&body), "\xc3\xa9 [... 1000 more bytes]\n"),
	    "a long line is cut at 1,000 characters and says so");
	alert_release(&alert);
	buf_release(&line);
	buf_release(&body);
}

/* The decoded part must be that text, which is released. */
static bool
part_is(struct span mail, int number, struct buf *want)
{
	struct buf got = BUF_INIT;
	struct span part;
	bool good = find_part(mail, number, &part) && decode_part(part, &got) &&
		    span_equal(buf_span(&got), buf_span(want));

	buf_release(&got);
	buf_release(want);
	return good;
}

static bool
parts_are_same(const struct alert *alert, struct span mail)
{
	struct buf body = BUF_INIT, html = BUF_INIT;
	bool plain, page;

	mail_body(alert, &body);
	mail_html(alert, &html);
	plain = part_is(mail, 0, &body);
	page = part_is(mail, 1, &html);
	return plain && page;
}

static bool
subject_is_same(const struct alert *alert, struct span mail)
{
	struct buf want = BUF_INIT, got = BUF_INIT;
	struct span value;
	bool good = find_header(mail, "Subject", &value);

	if (good)
		decode_header(value, &got);
	clean_heading(span_str(alert->subject), &want);
	if (want.len == 0)
		good = good && !strncmp(buf_str(&got), "ctail:", 6);
	else if (got.len > 3 && !memcmp(got.data + got.len - 3, "...", 3))
		good = good && got.len - 3 <= want.len &&
		       !memcmp(got.data, want.data, got.len - 3);
	else
		good = good && span_equal(buf_span(&got), buf_span(&want));
	buf_release(&want);
	buf_release(&got);
	return good;
}

static void
fill_hostile(
    struct alert *alert, unsigned long long *state, struct buf *scratch)
{
	fill(alert);
	hostile_text(state, 40, scratch);
	alert_set(&alert->subject, buf_span(scratch));
	hostile_text(state, 10, scratch);
	alert_set(&alert->rule, buf_span(scratch));
	hostile_text(state, 5, scratch);
	alert_set(&alert->key, buf_span(scratch));
	alert_set(&alert->file, buf_span(scratch));
	for (size_t i = hostile_next(state) % 10; i > 0; i--) {
		hostile_text(state, 300, scratch);
		alert_add_line(alert, buf_span(scratch));
	}
}

static void
test_hostile(void)
{
	struct buf scratch = BUF_INIT, mail = BUF_INIT;
	unsigned long long state = 31;
	int formed = 0, bodies = 0, subjects = 0, base64 = 0, headers = 0;
	int total = 3000;

	for (int i = 0; i < total; i++) {
		struct alert alert;
		struct span value = {"", 0};
		const char *why;

		fill_hostile(&alert, &state, &scratch);
		buf_reset(&mail);
		mail_render(&alert, &envelope, MAIL_CRLF, &mail);
		why = malformed(buf_span(&mail));
		if (why)
			printf("# %s in\n%s", why, buf_str(&mail));
		formed += why == NULL;
		bodies += parts_are_same(&alert, buf_span(&mail));
		subjects += subject_is_same(&alert, buf_span(&mail));
		headers += find_header(buf_span(&mail), "Bcc", &value);
		find_part(buf_span(&mail), 0, &value);
		find_header(value, "Content-Transfer-Encoding", &value);
		base64 += span_is(value, "base64");
		alert_release(&alert);
	}
	IS_INT(formed, total, "3,000 hostile mails are well-formed");
	IS_INT(bodies, total, "their parts come back as they were");
	IS_INT(subjects, total, "so do their subjects");
	IS_INT(headers, 0, "none of them has a forged header");
	OK(base64 > 0 && base64 < total, "both encodings were used (%d)",
	    base64);
	buf_release(&scratch);
	buf_release(&mail);
}

static void
test_newlines(void)
{
	struct buf crlf = BUF_INIT, lf = BUF_INIT, without = BUF_INIT;
	struct alert alert;

	fill(&alert);
	alert_add_line(&alert, span_str("\xc3\xa9 x=y \xe2\x82\xac"));
	mail_render(&alert, &envelope, MAIL_CRLF, &crlf);
	mail_render(&alert, &envelope, MAIL_LF, &lf);
	for (size_t i = 0; i < crlf.len; i++) {
		if (crlf.data[i] != '\r')
			buf_add_byte(&without, crlf.data[i]);
	}
	IS_STR(buf_str(&lf), buf_str(&without),
	    "with LF a mail is the same but for the CRs");
	alert_release(&alert);
	buf_release(&crlf);
	buf_release(&lf);
	buf_release(&without);
}

static void
test_hosts(void)
{
	static const char *const hosts[][2] = {{"a..b.", "a.b"},
	    {"", "localhost"}, {"...", "localhost"}, {".x", "x"},
	    {"a b>\r\nBcc: x", "a-b---Bcc--x"}, {"\xc3\xa9", "--"},
	    {"h\xff", "h-"}};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct buf mail = BUF_INIT, want = BUF_INIT;
		struct span value = {NULL, 0};
		struct alert alert;

		fill(&alert);
		alert_set(&alert.hostname, span_str(hosts[i][0]));
		mail_render(&alert, &envelope, MAIL_CRLF, &mail);
		find_header(buf_span(&mail), "Message-ID", &value);
		buf_addf(&want, "<" ID "@%s>", hosts[i][1]);
		OK(span_equal(value, buf_span(&want)),
		    "a host name is cleaned for the Message-ID: %s",
		    hosts[i][1]);
		alert_release(&alert);
		buf_release(&mail);
		buf_release(&want);
	}
}

static void
test_many_recipients(void)
{
	const char *many[40];
	struct mail_envelope all = {"c@example.org", many, 40, 0};
	struct buf mail = BUF_INIT, got = BUF_INIT, want = BUF_INIT;
	struct span value = {NULL, 0};
	struct alert alert;

	for (int i = 0; i < 40; i++) {
		many[i] = i % 2 ? "someone@example.org" : "x@example.com";
		buf_addf(&want, "%s%s", i ? ", " : "", many[i]);
	}
	fill(&alert);
	mail_render(&alert, &all, MAIL_CRLF, &mail);
	OK(malformed(buf_span(&mail)) == NULL,
	    "forty recipients stand in folded lines");
	find_header(buf_span(&mail), "To", &value);
	decode_header(value, &got);
	IS_STR(buf_str(&got), buf_str(&want), "all of them");
	alert_release(&alert);
	buf_release(&mail);
	buf_release(&got);
	buf_release(&want);
}

static void
test_addresses(void)
{
	static const char *const good[] = {"a@b", "ops@example.org",
	    "a.b+c@x-y.example", "x@[127.0.0.1]", "o'neil@example.org"};
	static const char *const bad[] = {"", "@", "a@", "@b", "a@b@c", "-f@x",
	    "a b@c", "<a@b>", "\"a\"@b", "a@b,c@d", "a@b\r\nDATA", "a@b\n",
	    "\xc3\xa9@x", "a@b;c", "|sh@x", "/etc/x@y", "a\\@b", "x:a@b",
	    "a@b(c)", "A <a@b>"};
	char longest[300];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		OK(mail_address(span_str(good[i]), MAIL_ADDRESS_FULL, NULL) ==
			0,
		    "an address: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		OK(mail_address(span_str(bad[i]), MAIL_ADDRESS_FULL, NULL) < 0,
		    "not an address: %zu", i);
		OK(mail_address(span_str(bad[i]), MAIL_ADDRESS_LOCAL, NULL) < 0,
		    "... nor a local one");
	}
	OK(mail_address(span_of("a@b\0c", 5), MAIL_ADDRESS_FULL, NULL) < 0,
	    "a NUL is not part of an address");
	OK(mail_address(span_str("root"), MAIL_ADDRESS_FULL, NULL) < 0,
	    "a user is no full address");
	OK(mail_address(span_str("root"), MAIL_ADDRESS_LOCAL, NULL) == 0,
	    "... but a local one");
	memset(longest, 'x', sizeof(longest));
	longest[1] = '@';
	OK(mail_address(span_of(longest, 254), MAIL_ADDRESS_FULL, NULL) == 0,
	    "254 bytes are an address");
	OK(mail_address(span_of(longest, 255), MAIL_ADDRESS_FULL, NULL) < 0,
	    "255 are not");
}

static void
shows_record(const char *prefix, const char *record, const char *want,
    const char *sentence)
{
	struct buf out = BUF_INIT;

	text_record(&out, prefix, span_str(record), 100);
	IS_STR(buf_str(&out), want, sentence);
	buf_release(&out);
}

static void
test_records(void)
{
	shows_record("", "one", "one\n", "a line stands as it is");
	shows_record("", "", "\n", "an empty one too");
	shows_record("> ", "Traceback:\n  File x\nKeyError",
	    "> Traceback:\n>       File x\n>     KeyError\n",
	    "further lines of a record are indented");
	shows_record("", "a\nRule    x", "a\n    Rule    x\n",
	    "and cannot be taken for what ctail says");
	shows_record("", "a\n\x1b[2J\n", "a\n    \\x1B[2J\n    \n",
	    "controls are spelled out in each");
}

int
main(void)
{
	test_records();
	test_header_text();
	test_header_forms();
	test_mail();
	test_body();
	test_long_line();
	test_hostile();
	test_newlines();
	test_hosts();
	test_many_recipients();
	test_addresses();
	return tap_done();
}
