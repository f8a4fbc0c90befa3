/*
 * Alerts as syslog messages: the three forms, what log text cannot do to them,
 * and their bounds.
 */
#include "config.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "hostile.h"
#include "message/syslog_line.h"
#include "tap.h"

/* 2026-11-02 13:04:05 UTC */
#define MADE_MS 1793624645000LL

static const struct syslog_line forms[] = {
    {SYSLOG_FORM_LOCAL, 3, 42, "here", 1024},
    {SYSLOG_FORM_3164, 3, 42, "here", 1024},
    {SYSLOG_FORM_5424, 3, 42, "here", 2048},
};

static void
make(struct alert *alert, const char *subject, const char *line)
{
	alert_init(alert);
	memcpy(alert->id, "00112233445566778899aabbccddeeff00112233", 41);
	memcpy(alert->incident, "ffeeddccbbaa99887766554433221100ffeeddcc", 41);
	alert->severity = SEVERITY_ERROR;
	alert->made_ms = MADE_MS;
	alert->count = 7;
	alert_set(&alert->rule, span_str("ssh \"brute\" [x] \\"));
	alert_set(&alert->log, span_str("auth"));
	alert_set(&alert->subject, span_str(subject));
	if (line)
		alert_add_line(alert, span_str(line));
}

static const char *
rendered(const struct alert *alert, enum syslog_form form)
{
	static struct buf out;

	buf_reset(&out);
	syslog_line(alert, &forms[form], &out);
	return buf_str(&out);
}

static const char *
line_of(const char *subject, const char *line, enum syslog_form form)
{
	struct alert *alert = malloc(sizeof(*alert));
	const char *text;

	make(alert, subject, line);
	text = rendered(alert, form);
	alert_release(alert);
	free(alert);
	return text;
}

static void
test_forms(void)
{
	IS_STR(line_of("disk full", NULL, SYSLOG_FORM_LOCAL),
	    "<27>Nov  2 13:04:05 ctail-alert[42]: disk full",
	    "for a local socket: what syslog(3) writes");
	IS_STR(line_of("disk full", NULL, SYSLOG_FORM_3164),
	    "<27>Nov  2 13:04:05 here ctail-alert[42]: disk full",
	    "RFC 3164 names the host");
	IS_STR(line_of("disk full", "sda is full", SYSLOG_FORM_5424),
	    "<27>1 2026-11-02T13:04:05.000000+00:00 here ctail-alert 42 match "
	    "[ctail@32473 id=\"00112233445566778899aabbccddeeff00112233\" "
	    "incident=\"ffeeddccbbaa99887766554433221100ffeeddcc\" "
	    "rule=\"ssh \\\"brute\\\" [x\\] \\\\\" log=\"auth\" "
	    "count=\"7\"] disk full: sda is full",
	    "RFC 5424 has structured data, escaped");
	OK(strstr(line_of("caf\xc3\xa9", NULL, SYSLOG_FORM_5424),
	       "] \xef\xbb\xbf"
	       "caf\xc3\xa9"),
	    "text that is not ASCII is marked as UTF-8 there");
	IS_STR(line_of("caf\xc3\xa9", NULL, SYSLOG_FORM_LOCAL),
	    "<27>Nov  2 13:04:05 ctail-alert[42]: caf\xc3\xa9",
	    "and nowhere else");
}

static void
test_words(void)
{
	struct alert *alert = malloc(sizeof(*alert));

	IS_STR(strchr(line_of("a", "b\nc\r\x1b[31m\0", SYSLOG_FORM_LOCAL), ']'),
	    "]: a: b\\x0Ac\\x0D\\x1B[31m", "controls of a line are spelled");
	IS_STR(strchr(line_of("a\nb", NULL, SYSLOG_FORM_LOCAL), ']'),
	    "]: a b", "those of a subject are blanks");
	IS_STR(strchr(line_of("x: line 1", "line 1", SYSLOG_FORM_LOCAL), ']'),
	    "]: x: line 1", "a line that the subject tells is not repeated");
	IS_STR(strchr(line_of("", "line 1", SYSLOG_FORM_LOCAL), ']'),
	    "]: line 1", "without a subject the line stands alone");
	make(alert, "disk full", NULL);
	alert->kind = ALERT_RECOVERY;
	IS_STR(rendered(alert, SYSLOG_FORM_LOCAL),
	    "<29>Nov  2 13:04:05 ctail-alert[42]: recovered: disk full",
	    "that something is over is a notice");
	alert_release(alert);
	free(alert);
	for (int i = SEVERITY_DEBUG; i < SEVERITY_CRITICAL; i++)
		OK(syslog_severity((enum severity)i) ==
			syslog_severity((enum severity)(i + 1)) + 1,
		    "what is more severe has the lower number (%d)", i);
}

/* A header in any of the forms, as far as it goes; NULL when it is none. */
static const char *
behind_header(const char *text, enum syslog_form form)
{
	const char *end = form == SYSLOG_FORM_5424 ? strstr(text, " match [")
						   : strstr(text, "]: ");

	return !strncmp(text, "<27>", 4) && end ? end + 3 : NULL;
}

/* Behind the structured data, read as RFC 5424 says; NULL: it does not
 * end. */
static const char *
behind_data(const char *text)
{
	bool quoted = false;

	for (; *text; text++) {
		if (quoted && text[0] == '\\' && text[1])
			text++;
		else if (text[0] == '"')
			quoted = !quoted;
		else if (!quoted && text[0] == ']')
			return text + 1;
	}
	return NULL;
}

static bool
has_control(const char *text)
{
	struct span rest = span_str(text);
	uint32_t point;

	while (rest.len) {
		size_t used = utf8_decode(rest, &point);

		if (point != '\t' && utf8_is_control(point))
			return true;
		rest = span_of(rest.data + used, rest.len - used);
	}
	return false;
}

static void
test_hostile(void)
{
	unsigned long long state = 7;
	int bad[5] = {0};
	struct buf text = BUF_INIT;

	for (int i = 0; i < 2000; i++) {
		enum syslog_form form = (enum syslog_form)(i % 3);
		struct alert *alert = malloc(sizeof(*alert));

		make(alert, "", NULL);
		hostile_text(&state, 200, &text);
		alert_set(&alert->subject, buf_span(&text));
		hostile_text(&state, 60, &text);
		alert_set(&alert->key, buf_span(&text));
		hostile_text(&state, 60, &text);
		alert_set(&alert->rule, buf_span(&text));
		hostile_text(&state, 300, &text);
		alert_add_line(alert, buf_span(&text));

		const char *out = rendered(alert, form);
		const char *rest = behind_header(out, form);

		bad[0] += strlen(out) > forms[form].max;
		bad[1] += !utf8_valid(span_str(out));
		bad[2] += has_control(out);
		bad[3] += !rest;
		bad[4] += rest && form == SYSLOG_FORM_5424 &&
			  (!behind_data(rest) || *behind_data(rest) != ' ');
		alert_release(alert);
		free(alert);
	}
	IS_INT(bad[0], 0, "hostile text never makes a message too long");
	IS_INT(bad[1], 0, "nor invalid UTF-8");
	IS_INT(bad[2], 0, "nor does it bring controls or line ends");
	IS_INT(bad[3], 0, "nor does it reach the header");
	IS_INT(bad[4], 0, "nor end the structured data");
	buf_release(&text);
}

static void
test_bounds(void)
{
	struct syslog_line least = forms[SYSLOG_FORM_5424];
	struct alert *alert = malloc(sizeof(*alert));
	struct buf out = BUF_INIT, host = BUF_INIT, text = BUF_INIT;

	for (int i = 0; i < 3000; i++)
		buf_add_str(&text, "\"");
	for (int i = 0; i < 300; i++)
		buf_add_str(&host, "h ");
	make(alert, "the subject stays", "a line");
	alert_set(&alert->rule, buf_span(&text));
	alert_set(&alert->log, buf_span(&text));
	alert_set(&alert->key, buf_span(&text));
	least.hostname = buf_str(&host);
	least.max = SYSLOG_LINE_LEAST;
	syslog_line(alert, &least, &out);
	OK(out.len <= SYSLOG_LINE_LEAST,
	    "the longest names fit into the least bound");
	OK(strstr(buf_str(&out), "the subject stays"),
	    "and never cost the subject");
	OK(strstr(buf_str(&out), " h_h_h_h"), "a host's name is one word");
	buf_reset(&text);
	for (int i = 0; i < 900; i++)
		buf_add_str(&text, "\xe2\x82\xac");
	alert_set(&alert->subject, buf_span(&text));
	buf_reset(&out);
	syslog_line(alert, &forms[SYSLOG_FORM_LOCAL], &out);
	OK(out.len <= 1024 && out.len > 1018 && utf8_valid(buf_span(&out)) &&
		!memcmp(out.data + out.len - 3, "...", 3),
	    "what is cut is cut at a character, and says so");
	alert_release(alert);
	free(alert);
	buf_release(&out);
	buf_release(&host);
	buf_release(&text);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_forms();
	test_words();
	test_hostile();
	test_bounds();
	return tap_done();
}
