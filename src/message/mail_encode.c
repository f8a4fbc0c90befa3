/*
 * mail_encode: quoted-printable and base64.
 */
#include "config.h"

#include "base/base64.h"
#include "message/mail_encode.h"

#define COLUMNS 76

void
mail_newline_add(struct buf *out, enum mail_newline newline)
{
	buf_add_str(out, newline == MAIL_CRLF ? "\r\n" : "\n");
}

void
mail_body_base64(struct buf *out, struct span text, enum mail_newline newline)
{
	struct buf canonical = BUF_INIT;
	size_t chunk = COLUMNS / 4 * 3;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			buf_add_byte(&canonical, '\r');
		buf_add_byte(&canonical, text.data[i]);
	}
	for (size_t i = 0; i < canonical.len; i += chunk) {
		size_t left = canonical.len - i;

		base64_encode(out,
		    span_of(canonical.data + i, left < chunk ? left : chunk));
		mail_newline_add(out, newline);
	}
	buf_release(&canonical);
}

/* Whether mailboxes would put a > in front of a line that begins so. */
static bool
begins_message(struct span line)
{
	while (line.len > 0 && *line.data == '>')
		line = span_of(line.data + 1, line.len - 1);
	return line.len >= 5 && !memcmp(line.data, "From ", 5);
}

/* Whether this byte of a line must be spelled =XX.  Besides what RFC 2045
 * demands: what in column 0 of the encoded line would be a dot (SMTP's end of
 * data) or the beginning of a mailbox's next message. */
static bool
must_quote(struct span line, size_t at, size_t column)
{
	unsigned char byte = (unsigned char)line.data[at];

	if (byte == ' ' || byte == '\t')
		return at + 1 == line.len;
	if (byte < ' ' || byte >= 0x7F || byte == '=')
		return true;
	return column == 0 &&
	       (byte == '.' ||
		   begins_message(span_of(line.data + at, line.len - at)));
}

/* How many columns the byte takes. */
static size_t
quoted_width(struct span line, size_t at, size_t column)
{
	return must_quote(line, at, column) ? 3 : 1;
}

static void
quote_line(struct buf *out, struct span line, enum mail_newline newline)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++) {
		size_t width = quoted_width(line, i, column);

		/* The last character may take the column that a soft line
		 * break would. */
		if (column + width > COLUMNS - (i + 1 < line.len ? 1 : 0)) {
			buf_add_byte(out, '=');
			mail_newline_add(out, newline);
			column = 0;
			width = quoted_width(line, i, column);
		}
		if (width == 3)
			buf_addf(out, "=%02X",
			    (unsigned)(unsigned char)line.data[i]);
		else
			buf_add_byte(out, line.data[i]);
		column += width;
	}
	mail_newline_add(out, newline);
}

void
mail_body_quoted(struct buf *out, struct span text, enum mail_newline newline)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;

		quote_line(out, span_of(text.data, len), newline);
		len += end != NULL;
		text = span_of(text.data + len, text.len - len);
	}
}
