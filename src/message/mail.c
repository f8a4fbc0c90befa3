/*
 * mail: headers around a body, and which addresses are fit for an envelope.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "message/mail.h"
#include "message/mail_encode.h"
#include "message/text.h"

#define COLUMNS 76
#define SUBJECT_CHARACTERS 200
#define HOST_BYTES 128
#define ADDRESS_BYTES 254 /* RFC 5321, 4.5.3.1.3 */

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
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-';
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
	header_line(out, "MIME-Version", "1.0", newline);
	header_line(out, "Content-Type", "text/plain; charset=utf-8", newline);
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

void
mail_render(const struct alert *alert, const struct mail_envelope *envelope,
    enum mail_newline newline, struct buf *out)
{
	struct buf body = BUF_INIT;
	bool quoted;

	mail_body(alert, &body);
	quoted = is_mostly_ascii(buf_span(&body));
	add_headers(out, alert, envelope, newline);
	header_line(out, "Content-Transfer-Encoding",
	    quoted ? "quoted-printable" : "base64", newline);
	mail_newline_add(out, newline);
	if (quoted)
		mail_body_quoted(out, buf_span(&body), newline);
	else
		mail_body_base64(out, buf_span(&body), newline);
	buf_release(&body);
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
