/*
 * text: cleaning log bytes for people.
 *
 * Hides which characters are dangerous (base/utf8.h knows) and how each of
 * them is made harmless.
 */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "message/text.h"

static struct span
text_trim(struct span text)
{
	while (text.len && text.data[text.len - 1] == ' ')
		text.len--;
	while (text.len && text.data[0] == ' ') {
		text.data++;
		text.len--;
	}
	return text;
}

/* Bytes that the first max characters take. */
static size_t
text_prefix(struct span text, size_t max)
{
	size_t used = 0;
	uint32_t point;

	while (used < text.len && max-- > 0)
		used += utf8_decode(
		    span_of(text.data + used, text.len - used), &point);
	return used;
}

void
text_heading(struct buf *out, struct span text, size_t max)
{
	struct buf clean = BUF_INIT;
	struct span rest;
	uint32_t point;
	size_t used;

	for (size_t i = 0; i < text.len;) {
		i += utf8_decode(span_of(text.data + i, text.len - i), &point);
		utf8_append(&clean, utf8_is_control(point) ? ' ' : point);
	}
	rest = text_trim(buf_span(&clean));
	used = text_prefix(rest, max);
	buf_add(out, rest.data, used);
	if (used < rest.len)
		buf_add_str(out, "...");
	buf_release(&clean);
}

void
text_shown(struct buf *out, struct span text, size_t max)
{
	size_t used = text_prefix(text, max);
	uint32_t point;

	for (size_t i = 0; i < used;) {
		i += utf8_decode(span_of(text.data + i, used - i), &point);
		if (point == '\t' || !utf8_is_control(point))
			utf8_append(out, point);
		else if (point < 0x100)
			buf_addf(out, "\\x%02X", (unsigned)point);
		else
			buf_addf(out, "\\u{%04X}", (unsigned)point);
	}
	if (used < text.len)
		buf_addf(out, " [... %zu more bytes]", text.len - used);
}

#define FURTHER_LINE "    "

void
text_record(struct buf *out, const char *prefix, struct span text, size_t max)
{
	const char *indentation = "";

	for (;;) {
		const char *newline =
		    text.len ? memchr(text.data, '\n', text.len) : NULL;
		size_t len = newline ? (size_t)(newline - text.data) : text.len;

		buf_addf(out, "%s%s", prefix, indentation);
		text_shown(out, span_of(text.data, len), max);
		buf_add_byte(out, '\n');
		if (!newline)
			return;
		text = span_of(newline + 1, text.len - len - 1);
		indentation = FURTHER_LINE;
	}
}
