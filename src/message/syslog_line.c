/*
 * syslog_line: an alert as one syslog message.
 *
 * Hides the three forms' headers, what may stand in them, and how the bytes
 * are shared out, so that a long key never costs the subject.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "message/syslog_line.h"
#include "message/text.h"

/* RFC 5424, 6: what a header field may take. */
#define HOST_MAX 255
#define MSGID_MAX 32

/* Bytes of a value in the structured data, before escaping doubles some; in
 * sum with the header well below SYSLOG_LINE_LEAST. */
#define VALUE_MAX 64
#define SUBJECT_MAX 512		/* characters */
#define CUT "..."

#define UTF8_MARK "\xef\xbb\xbf"

/* In the order of enum severity. */
static const int severities[] = {7, 6, 5, 4, 3, 2};

int
syslog_severity(enum severity severity)
{
	return severities[severity];
}

static void
add_priority(struct buf *out, const struct alert *alert, int facility)
{
	/* That something is over is worth knowing and nothing to fear. */
	int severity = alert->kind == ALERT_RECOVERY
			   ? syslog_severity(SEVERITY_NOTICE)
			   : syslog_severity(alert->severity);

	buf_addf(out, "<%d>", facility * 8 + severity);
}

/* Printable ASCII without blanks, as header fields are. */
static void
add_word(struct buf *out, const char *word, size_t max)
{
	if (!word[0])
		buf_add_byte(out, '-');
	for (size_t i = 0; i < max && word[i]; i++) {
		unsigned char byte = (unsigned char)word[i];

		buf_add_byte(
		    out, byte > ' ' && byte < 0x7f ? (char)byte : '_');
	}
}

/* "Nov  2 10:00:00", local time (RFC 3164, 4.1.2). */
static void
add_old_stamp(struct buf *out, int64_t wall_ms)
{
	struct civil_zone zone = {0};
	struct civil civil;

	civil_from_local_ms(&zone, wall_ms, &civil);
	buf_addf(out, "%s %2d %02d:%02d:%02d",
	    civil_month_names[civil.month - 1], civil.day, civil.hour,
	    civil.minute, civil.second);
}

static void
add_old_header(
    struct buf *out, const struct alert *alert, const struct syslog_line *line)
{
	add_old_stamp(out, alert->made_ms);
	buf_add_byte(out, ' ');
	if (line->form == SYSLOG_FORM_3164) {
		add_word(out, line->hostname, HOST_MAX);
		buf_add_byte(out, ' ');
	}
	buf_addf(out, "%s[%ld]: ", SYSLOG_LINE_TAG, (long)line->pid);
}

/* RFC 5424, 6.3.3: three characters are escaped; controls, which a receiver
 * may do anything with, are blanks. */
static void
add_value(struct buf *out, const char *name, const char *text)
{
	struct buf clean = BUF_INIT;
	size_t len;

	if (!text[0])
		return;
	text_heading(&clean, span_str(text), VALUE_MAX);
	len = utf8_cut(buf_span(&clean), VALUE_MAX);
	buf_addf(out, " %s=\"", name);
	for (size_t i = 0; i < len; i++) {
		if (strchr("\"\\]", clean.data[i]))
			buf_add_byte(out, '\\');
		buf_add_byte(out, clean.data[i]);
	}
	buf_add_byte(out, '"');
	buf_release(&clean);
}

static void
add_data(struct buf *out, const struct alert *alert)
{
	buf_add_str(out, "[" SYSLOG_LINE_DATA);
	add_value(out, "id", alert->id);
	add_value(out, "incident", alert->incident);
	add_value(out, "rule", alert->rule);
	add_value(out, "log", alert->log);
	add_value(out, "key", alert->key);
	buf_addf(out, " count=\"%" PRId64 "\"] ", alert->count);
}

static void
add_new_header(
    struct buf *out, const struct alert *alert, const struct syslog_line *line)
{
	char stamp[CLOCK_TEXT_MAX];

	clock_format_syslog(alert->made_ms * 1000, stamp);
	buf_addf(out, "1 %s ", stamp);
	add_word(out, line->hostname, HOST_MAX);
	buf_addf(out, " %s %ld ", SYSLOG_LINE_TAG, (long)line->pid);
	add_word(out, alert_kind_name(alert->kind), MSGID_MAX);
	buf_add_byte(out, ' ');
	add_data(out, alert);
}

/* The last line; of a report the first. */
static struct span
told_line(const struct alert *alert)
{
	if (alert->kind == ALERT_REPORT && alert->line_count > 0)
		return span_of(alert->lines[0].text, alert->lines[0].len);
	return alert_last_line(alert);
}

/* The subject, and a line unless the subject tells it already. */
static void
add_words(struct buf *out, const struct alert *alert, size_t max)
{
	struct span line = told_line(alert);
	struct buf shown = BUF_INIT;

	if (alert->kind == ALERT_RECOVERY)
		buf_add_str(out, "recovered: ");
	text_heading(out, span_str(alert->subject), SUBJECT_MAX);
	if (alert->kind == ALERT_REPORT)
		buf_addf(out, " (%" PRId64 " line%s)", alert->count,
		    alert->count == 1 ? "" : "s");
	text_shown(&shown, line, max);
	if (shown.len > 0 && (out->len == 0 || !memmem(out->data, out->len,
						 shown.data, shown.len)))
		buf_addf(out, "%s%s", out->len > 0 ? ": " : "",
		    buf_str(&shown));
	buf_release(&shown);
}

static bool
is_ascii(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.data[i] >= 0x80)
			return false;
	}
	return true;
}

/* Appends the text, in at most room bytes. */
static void
add_cut(struct buf *out, struct span text, size_t room)
{
	if (text.len <= room) {
		buf_add_span(out, text);
		return;
	}
	buf_add(out, text.data, utf8_cut(text, room - strlen(CUT)));
	buf_add_str(out, CUT);
}

void
syslog_line(const struct alert *alert, const struct syslog_line *line,
    struct buf *out)
{
	struct buf words = BUF_INIT;
	size_t before = out->len;

	add_priority(out, alert, line->facility);
	if (line->form == SYSLOG_FORM_5424)
		add_new_header(out, alert, line);
	else
		add_old_header(out, alert, line);

	add_words(&words, alert, line->max);
	if (line->form == SYSLOG_FORM_5424 && !is_ascii(buf_span(&words)))
		buf_add_str(out, UTF8_MARK);
	add_cut(out, buf_span(&words), line->max - (out->len - before));
	buf_release(&words);
}
