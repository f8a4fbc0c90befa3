/*
 * mail: headers around two parts, and which addresses are fit for an
 * envelope.
 *
 * Hides the boundary between the parts.  It begins with "=_", which no
 * encoded part can contain: in quoted-printable a '=' stands before two
 * hexadecimal digits or ends a line, and base64 has no '_'.  So a log line
 * that knows the alert's id ends no part either.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "message/mail.h"
#include "message/mail_encode.h"
#include "message/mail_html.h"
#include "message/text.h"

#define COLUMNS 76
#define SUBJECT_CHARACTERS 200
#define HOST_BYTES 128
#define ADDRESS_BYTES 254 /* RFC 5321, 4.5.3.1.3 */
#define BOUNDARY "=_ctail-%s"

static void
header_line(struct buf *out, const char *name, const char *value,
    enum mail_newline newline)
{
	buf_addf(out, "%s: %s", name, value);
	mail_newline_add(out, newline);
}

static void
header_text(struct buf *out, const char *name, struct span text,
    enum mail_newline newline)
{
	buf_addf(out, "%s: ", name);
	mail_header_text(out, text, strlen(name) + 2, newline);
	mail_newline_add(out, newline);
}

static void
header_to(struct buf *out, const struct mail_envelope *envelope,
    enum mail_newline newline)
{
	size_t column = sizeof("To: ") - 1;

	buf_add_str(out, "To: ");
	for (size_t i = 0; i < envelope->to_count; i++) {
		size_t len = strlen(envelope->to[i]);

		if (i > 0) {
			buf_add_byte(out, ',');
			column++;
		}
		if (i > 0 && column + 1 + len + 1 > COLUMNS) {
			mail_newline_add(out, newline);
			column = 0;
		}
		if (i > 0) {
			buf_add_byte(out, ' ');
			column++;
		}
		buf_add_str(out, envelope->to[i]);
		column += len;
	}
	mail_newline_add(out, newline);
}

static bool
is_host_byte(char byte)
{
	return ascii_is_alnum(byte) || byte == '-';
}

/* The host as the right side of a message id: labels of letters, digits and
 * dashes with single dots between them. */
static void
add_host(struct buf *out, const char *host)
{
	size_t start = out->len;

	for (; *host && out->len - start < HOST_BYTES; host++) {
		bool dot = *host == '.' && host[1] != '\0';

		if (dot &&
		    (out->len == start || out->data[out->len - 1] == '.'))
			continue;
		if (dot)
			buf_add_byte(out, '.');
		else if (*host != '.')
			buf_add_byte(out, is_host_byte(*host) ? *host : '-');
	}
	while (out->len > start && out->data[out->len - 1] == '.')
		out->len--;
	if (out->len == start)
		buf_add_str(out, "localhost");
}

static void
header_id(struct buf *out, const char *name, const char *id, const char *host,
    enum mail_newline newline)
{
	buf_addf(out, "%s: <%s@", name, id);
	add_host(out, host);
	buf_add_byte(out, '>');
	mail_newline_add(out, newline);
}

static void
header_subject(
    struct buf *out, const struct alert *alert, enum mail_newline newline)
{
	struct buf subject = BUF_INIT;

	text_heading(&subject, span_str(alert->subject), SUBJECT_CHARACTERS);
	if (subject.len == 0) {
		buf_add_str(&subject, "ctail: ");
		text_heading(
		    &subject, span_str(alert->rule), SUBJECT_CHARACTERS);
	}
	header_text(out, "Subject", buf_span(&subject), newline);
	buf_release(&subject);
}

/* For readers that show it; what is over wakes nobody up. */
static void
header_priority(
    struct buf *out, const struct alert *alert, enum mail_newline newline)
{
	if (alert->severity != SEVERITY_CRITICAL ||
	    alert->kind == ALERT_RECOVERY)
		return;
	header_line(out, "Importance", "high", newline);
	header_line(out, "X-Priority", "1", newline);
}

static void
header_multipart(
    struct buf *out, const struct alert *alert, enum mail_newline newline)
{
	header_line(out, "MIME-Version", "1.0", newline);
	header_line(out, "Content-Type", "multipart/alternative;", newline);
	buf_addf(out, " boundary=\"" BOUNDARY "\"", alert->id);
	mail_newline_add(out, newline);
}

static void
add_headers(struct buf *out, const struct alert *alert,
    const struct mail_envelope *envelope, enum mail_newline newline)
{
	char date[CLOCK_TEXT_MAX];

	clock_format_mail(envelope->date_ms, date);
	header_line(out, "Date", date, newline);
	header_line(out, "From", envelope->from, newline);
	header_to(out, envelope, newline);
	header_subject(out, alert, newline);
	header_id(out, "Message-ID", alert->id, alert->hostname, newline);
	if (alert->incident[0] != '\0')
		header_id(out, "References", alert->incident, alert->hostname,
		    newline);
	header_line(out, "Auto-Submitted", "auto-generated", newline);
	header_text(out, "X-Ctail-Rule", span_str(alert->rule), newline);
	header_line(out, "X-Ctail-Id", alert->id, newline);
	header_priority(out, alert, newline);
	header_multipart(out, alert, newline);
}

/* Quoted-printable stays readable raw, until too much is not ASCII. */
static bool
is_mostly_ascii(struct span text)
{
	size_t high = 0;

	for (size_t i = 0; i < text.len; i++)
		high += (unsigned char)text.data[i] >= 0x80;
	return high <= text.len / 6;
}

static void
add_boundary(struct buf *out, const struct alert *alert, const char *end,
    enum mail_newline newline)
{
	mail_newline_add(out, newline);
	buf_addf(out, "--" BOUNDARY "%s", alert->id, end);
	mail_newline_add(out, newline);
}

static void
add_part(struct buf *out, const char *type, struct span text,
    enum mail_newline newline)
{
	bool quoted = is_mostly_ascii(text);

	header_line(out, "Content-Type", type, newline);
	header_line(out, "Content-Transfer-Encoding",
	    quoted ? "quoted-printable" : "base64", newline);
	mail_newline_add(out, newline);
	if (quoted)
		mail_body_quoted(out, text, newline);
	else
		mail_body_base64(out, text, newline);
}

void
mail_render(const struct alert *alert, const struct mail_envelope *envelope,
    enum mail_newline newline, struct buf *out)
{
	struct buf text = BUF_INIT, html = BUF_INIT;

	mail_body(alert, &text);
	mail_html(alert, &html);
	add_headers(out, alert, envelope, newline);
	add_boundary(out, alert, "", newline);
	add_part(out, "text/plain; charset=utf-8", buf_span(&text), newline);
	if (html.len <= MAIL_PART_BYTES) {
		add_boundary(out, alert, "", newline);
		add_part(out, "text/html; charset=utf-8", buf_span(&html),
		    newline);
	}
	add_boundary(out, alert, "--", newline);
	buf_release(&text);
	buf_release(&html);
}

static const char *
address_mistake(struct span text, enum mail_address_form form)
{
	size_t at_signs = 0;

	if (text.len == 0)
		return "it is empty";
	if (text.len > ADDRESS_BYTES)
		return "it is longer than 254 bytes";
	if (strchr("-|/", text.data[0]))
		return "it begins with a character that means something "
		       "else to a mailer";
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return "it holds a blank or something that is not "
			       "printable ASCII";
		if (strchr("<>,;:\"\\()", text.data[i]))
			return "only the bare address is wanted, without a "
			       "name, quotes or brackets";
		at_signs += text.data[i] == '@';
	}
	if (at_signs == 0 && form == MAIL_ADDRESS_LOCAL)
		return NULL;
	if (at_signs != 1)
		return "it needs exactly one @";
	if (text.data[0] == '@' || text.data[text.len - 1] == '@')
		return "something is missing beside its @";
	return NULL;
}

int
mail_address(struct span text, enum mail_address_form form, struct err *err)
{
	const char *why = address_mistake(text, form);

	if (why == NULL)
		return 0;
	return err_set(err, "`%.*s' is not an address to send to: %s",
	    span_shown(text), text.data, why);
}
