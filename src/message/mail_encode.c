/*
 * mail_encode: quoted-printable and base64.
 */
#include "config.h"

#include "message/mail_encode.h"

#define COLUMNS 76

void
mail_newline_add(struct buf *out, enum mail_newline newline)
{
	buf_add_str(out, newline == MAIL_CRLF ? "\r\n" : "\n");
}

void
mail_base64(struct buf *out, struct span bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		unsigned long group = 0;

		for (size_t j = 0; j < 3; j++)
			group =
			    group << 8 |
			    (j < left ? (unsigned char)bytes.data[i + j] : 0);
		buf_add_byte(out, digits[group >> 18]);
		buf_add_byte(out, digits[group >> 12 & 63]);
		buf_add_byte(out, left > 1 ? digits[group >> 6 & 63] : '=');
		buf_add_byte(out, left > 2 ? digits[group & 63] : '=');
	}
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

		mail_base64(out,
		    span_of(canonical.data + i, left < chunk ? left : chunk));
		mail_newline_add(out, newline);
	}
	buf_release(&canonical);
}

/* Whether this byte of a line must be spelled =XX.  Besides what RFC 2045
 * demands: a dot that begins a line (SMTP's end of data) and the F of "From "
 * (mailboxes put a > in front of it). */
static bool
must_quote(struct span line, size_t at)
{
	unsigned char byte = (unsigned char)line.data[at];

	if (byte == ' ' || byte == '\t')
		return at + 1 == line.len;
	if (at == 0 && byte == '.')
		return true;
	if (at == 0 && line.len >= 5 && !memcmp(line.data, "From ", 5))
		return true;
	return byte <= ' ' || byte >= 0x7F || byte == '=';
}

static void
quote_line(struct buf *out, struct span line, enum mail_newline newline)
{
	size_t column = 0;

	for (size_t i = 0; i < line.len; i++) {
		size_t width = must_quote(line, i) ? 3 : 1;

		/* The last character may take the column that a soft line
		 * break would. */
		if (column + width > COLUMNS - (i + 1 < line.len ? 1 : 0)) {
			buf_add_byte(out, '=');
			mail_newline_add(out, newline);
			column = 0;
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
