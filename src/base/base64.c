/*
 * base64: the alphabet of RFC 4648, section 4.
 *
 * Hides how groups of six bits are cut.  Decoding takes the canonical form
 * alone: bits that no byte has must be zero, so that one secret has one text.
 */
#include "config.h"

#include <stdint.h>

#include "base/base64.h"

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789+/";

void
base64_encode(struct buf *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t group = 0;

		for (size_t j = 0; j < 3; j++)
			group =
			    group << 8 |
			    (j < left ? (unsigned char)bytes.data[i + j] : 0);
		buf_add_byte(out, base64_digits[group >> 18]);
		buf_add_byte(out, base64_digits[group >> 12 & 63]);
		buf_add_byte(
		    out, left > 1 ? base64_digits[group >> 6 & 63] : '=');
		buf_add_byte(out, left > 2 ? base64_digits[group & 63] : '=');
	}
}

static int
base64_value(char digit)
{
	const char *at = digit ? strchr(base64_digits, digit) : NULL;

	return at ? (int)(at - base64_digits) : -1;
}

/* Four digits, the last `padding` of which are '='.  Returns -1 when they are
 * no group. */
static int
base64_decode_group(const char *text, size_t padding, struct buf *out)
{
	uint32_t group = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < 4 - padding ? base64_value(text[i]) : 0;

		if (value < 0)
			return -1;
		group = group << 6 | (uint32_t)value;
	}
	if (group & ((1U << 8 * padding) - 1))
		return -1;
	for (size_t i = 0; i < 3 - padding; i++)
		buf_add_byte(out, (char)(group >> (16 - 8 * i) & 0xff));
	return 0;
}

static size_t
base64_padding(struct span text)
{
	if (text.len == 0 || text.data[text.len - 1] != '=')
		return 0;
	return text.data[text.len - 2] == '=' ? 2 : 1;
}

int
base64_decode(struct buf *out, struct span text)
{
	size_t start = out->len;
	size_t padding;

	if (text.len % 4)
		return -1;
	padding = base64_padding(text);

	/* At once: growing would leave copies of a secret behind. */
	buf_reserve(out, text.len / 4 * 3 + 1);
	for (size_t i = 0; i < text.len; i += 4) {
		bool last = i + 4 == text.len;

		if (base64_decode_group(
			text.data + i, last ? padding : 0, out)) {
			memset(out->data + start, 0, out->len - start);
			out->len = start;
			return -1;
		}
	}
	return 0;
}
