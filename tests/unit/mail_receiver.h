/*
 * mail_receiver: a mail as who receives it sees it.
 *
 * The decoder here shares nothing with the encoder: it follows RFC 2045, RFC
 * 2046, RFC 2047 and RFC 5322 from the receiver's side.
 */
#ifndef CTAIL_TESTS_MAIL_RECEIVER_H
#define CTAIL_TESTS_MAIL_RECEIVER_H

#include <string.h>

#include "base/buf.h"
#include "base/span.h"

static inline int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				     "opqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static inline void
decode_base64(const char *text, size_t len, struct buf *out)
{
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < len; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			continue;
		bits = bits << 6 | (unsigned)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buf_add_byte(out, (char)(bits >> count & 0xFF));
		}
	}
}

static inline int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A soft line break or an escape; anything else is copied.  False for what
 * quoted-printable does not allow. */
static inline bool
decode_quoted(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '=') {
			buf_add_byte(out, text.data[i]);
			continue;
		}
		if (i + 2 >= text.len)
			return false;
		if (text.data[i + 1] != '\r' || text.data[i + 2] != '\n') {
			int high = hex_digit(text.data[i + 1]);
			int low = hex_digit(text.data[i + 2]);

			if (high < 0 || low < 0)
				return false;
			buf_add_byte(out, (char)(high * 16 + low));
		}
		i += 2;
	}
	return true;
}

/* Unfolds and decodes a header's value. */
static inline void
decode_header(struct span value, struct buf *out)
{
	static const char start[] = "=?utf-8?B?";
	bool after_word = false;
	size_t i = 0, blanks;

	while (i < value.len) {
		for (blanks = 0; i + blanks < value.len &&
				 strchr(" \r\n", value.data[i + blanks]);)
			blanks++;
		if (i + blanks + sizeof(start) - 1 <= value.len &&
		    !memcmp(
			value.data + i + blanks, start, sizeof(start) - 1)) {
			const char *end;

			for (size_t j = 0; j < blanks && !after_word; j++)
				if (value.data[i + j] == ' ')
					buf_add_byte(out, ' ');
			i += blanks + sizeof(start) - 1;
			end = memchr(value.data + i, '?', value.len - i);
			decode_base64(value.data + i,
			    (size_t)(end - value.data) - i, out);
			i = (size_t)(end - value.data) + 2;
			after_word = true;
			continue;
		}
		after_word = false;
		if (value.data[i] != '\r' && value.data[i] != '\n')
			buf_add_byte(out, value.data[i]);
		i++;
	}
}

/* The value of a header, still folded. */
static inline bool
find_header(struct span mail, const char *name, struct span *out)
{
	size_t at = 0, len = strlen(name);

	while (at + len + 2 < mail.len && mail.data[at] != '\r') {
		size_t start = at;

		do {
			const char *end =
			    memchr(mail.data + at, '\n', mail.len - at);

			at = (size_t)(end - mail.data) + 1;
		} while (mail.data[at] == ' ');
		if (!memcmp(mail.data + start, name, len) &&
		    mail.data[start + len] == ':') {
			*out = span_of(mail.data + start + len + 2,
			    at - 2 - (start + len + 2));
			return true;
		}
	}
	return false;
}

/* The part of that number, with its own headers; false when there is none.
 * A delimiter begins with the line end before it. */
static inline bool
find_part(struct span mail, int number, struct span *out)
{
	struct buf delimiter = BUF_INIT;
	struct span type = {"", 0};
	const char *start, *at;
	bool found = false;

	find_header(mail, "Content-Type", &type);
	start = memmem(type.data, type.len, "boundary=\"", 10);
	if (start) {
		start += 10;
		buf_add_str(&delimiter, "\r\n--");
		while (*start != '"')
			buf_add_byte(&delimiter, *start++);
	}
	at = start ? memmem(mail.data, mail.len, delimiter.data, delimiter.len)
		   : NULL;
	while (at && !found) {
		const char *end = mail.data + mail.len, *next;

		at += delimiter.len;
		next = memmem(
		    at, (size_t)(end - at), delimiter.data, delimiter.len);
		if (next && number-- == 0) {
			*out = span_of(at + 2, (size_t)(next - at) - 2);
			found = true;
		}
		at = next;
	}
	buf_release(&delimiter);
	return found;
}

/* The decoded text of a part, with '\n'; false when it is malformed. */
static inline bool
decode_part(struct span part, struct buf *out)
{
	const char *end = memmem(part.data, part.len, "\r\n\r\n", 4);
	struct span encoding, body;
	struct buf got = BUF_INIT;
	bool good = true;

	if (!end || !find_header(part, "Content-Transfer-Encoding", &encoding))
		return false;
	body = span_of(end + 4, part.len - (size_t)(end + 4 - part.data));
	if (span_is(encoding, "base64"))
		decode_base64(body.data, body.len, &got);
	else
		good = decode_quoted(body, &got);
	for (size_t i = 0; i < got.len; i++) {
		if (got.data[i] == '\r')
			good =
			    good && i + 1 < got.len && got.data[i + 1] == '\n';
		else
			buf_add_byte(out, got.data[i]);
	}
	buf_release(&got);
	return good;
}

/* What every mail must be: 7-bit, CRLF and nothing else, bounded lines. */
static inline const char *
malformed(struct span mail)
{
	size_t line = 0;
	bool header = true;

	for (size_t i = 0; i < mail.len; i++) {
		unsigned char byte = (unsigned char)mail.data[i];

		if (byte == '\r' &&
		    (i + 1 == mail.len || mail.data[i + 1] != '\n'))
			return "a bare CR";
		if (byte == '\n' && (i == 0 || mail.data[i - 1] != '\r'))
			return "a bare LF";
		if (byte >= 0x7F || (byte < ' ' && !strchr("\r\n\t", byte)) ||
		    byte == 0)
			return "a byte that is not 7-bit text";
		if (byte != '\n') {
			line++;
			continue;
		}
		if (line == 1)
			header = false;
		if (line - 1 > 78)
			return header ? "a long header line"
				      : "a long body line";
		if (!header && line == 2 && mail.data[i - 2] == '.')
			return "a lone dot";
		line = 0;
	}
	return line ? "no newline at the end" : NULL;
}

#endif
