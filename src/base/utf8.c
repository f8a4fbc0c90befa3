/*
 * utf8: decoding what may be anything.
 *
 * Hides the table of well-formed sequences (Unicode 15, table 3-7).  Only the
 * second byte has narrower bounds than 80..BF, and only behind four lead
 * bytes.
 */
#include "config.h"

#include "base/utf8.h"

struct lead {
	size_t len;		 /* of the sequence; 0: no lead byte */
	unsigned char first_low; /* bounds of the second byte */
	unsigned char first_high;
};

static struct lead
utf8_lead(unsigned char byte)
{
	struct lead lead = {0, 0x80, 0xBF};

	if (byte >= 0xC2 && byte <= 0xDF)
		lead.len = 2;
	else if (byte >= 0xE0 && byte <= 0xEF)
		lead.len = 3;
	else if (byte >= 0xF0 && byte <= 0xF4)
		lead.len = 4;
	if (byte == 0xE0)
		lead.first_low = 0xA0;
	else if (byte == 0xED)
		lead.first_high = 0x9F;
	else if (byte == 0xF0)
		lead.first_low = 0x90;
	else if (byte == 0xF4)
		lead.first_high = 0x8F;
	return lead;
}

size_t
utf8_decode(struct span text, uint32_t *point_out)
{
	const unsigned char *bytes = (const unsigned char *)text.data;
	struct lead lead = utf8_lead(bytes[0]);
	uint32_t point;
	size_t i;

	*point_out = UTF8_REPLACEMENT;
	if (bytes[0] < 0x80) {
		*point_out = bytes[0];
		return 1;
	}
	if (!lead.len)
		return 1;
	point = bytes[0] & (0x7Fu >> lead.len);
	for (i = 1; i < lead.len; i++) {
		if (i >= text.len || bytes[i] < lead.first_low ||
		    bytes[i] > lead.first_high)
			return i;
		point = point << 6 | (bytes[i] & 0x3Fu);
		lead.first_low = 0x80;
		lead.first_high = 0xBF;
	}
	*point_out = point;
	return lead.len;
}

void
utf8_append(struct buf *out, uint32_t point)
{
	unsigned char bytes[4];
	size_t len, i;

	if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
		point = UTF8_REPLACEMENT;
	if (point < 0x80) {
		buf_add_byte(out, (char)point);
		return;
	}
	len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	for (i = len - 1; i > 0; i--, point >>= 6)
		bytes[i] = (unsigned char)(0x80 | (point & 0x3F));
	bytes[0] = (unsigned char)((0xF00 >> len & 0xFF) | point);
	buf_add(out, bytes, len);
}

/* A replacement character that stands in the text itself takes three bytes;
 * an invalid subpart is never that long and decodes to it too. */
static bool
utf8_was_invalid(struct span text, size_t used, uint32_t point)
{
	return point == UTF8_REPLACEMENT &&
	       !span_is(span_of(text.data, used), "\xEF\xBF\xBD");
}

bool
utf8_valid(struct span text)
{
	uint32_t point;
	size_t used, at;

	for (at = 0; at < text.len; at += used) {
		struct span rest = span_of(text.data + at, text.len - at);

		used = utf8_decode(rest, &point);
		if (utf8_was_invalid(rest, used, point))
			return false;
	}
	return true;
}

void
utf8_append_clean(struct buf *out, struct span text)
{
	uint32_t point;
	size_t used, at;

	buf_reserve(out, text.len);
	for (at = 0; at < text.len; at += used) {
		used =
		    utf8_decode(span_of(text.data + at, text.len - at), &point);
		utf8_append(out, point);
	}
}

size_t
utf8_cut(struct span text, size_t max)
{
	uint32_t point;
	size_t back, at;

	if (text.len <= max)
		return text.len;
	for (back = 1; back <= 3 && back <= max; back++) {
		at = max - back;
		if ((text.data[at] & 0xC0) == 0x80)
			continue;
		if (utf8_decode(
			span_of(text.data + at, text.len - at), &point) > back)
			return at;
		break;
	}
	return max;
}

bool
utf8_is_control(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
	    {0x00, 0x1F},
	    {0x7F, 0x9F},
	    {0x61C, 0x61C},
	    {0x200E, 0x200F},
	    {0x2028, 0x202E},
	    {0x2066, 0x2069},
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}
