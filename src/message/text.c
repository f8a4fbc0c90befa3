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

/* Where a part of the source lands in what is written. */
struct text_trace {
	struct text_part part;	 /* of the source */
	struct text_part landed; /* in out */
	size_t at;		 /* of the source: where the line begins */
};

static void
text_trace_character(
    struct text_trace *trace, size_t from, size_t to, size_t start, size_t end)
{
	if (trace->at + from >= trace->part.to ||
	    trace->at + to <= trace->part.from)
		return;
	if (trace->landed.from == trace->landed.to)
		trace->landed.from = start;
	trace->landed.to = end;
}

static void
text_add_shown(struct buf *out, uint32_t point)
{
	if (point == '\t' || !utf8_is_control(point))
		utf8_append(out, point);
	else if (point < 0x100)
		buf_addf(out, "\\x%02X", (unsigned)point);
	else
		buf_addf(out, "\\u{%04X}", (unsigned)point);
}

static void
text_trace_shown(
    struct buf *out, struct span text, size_t max, struct text_trace *trace)
{
	size_t used = text_prefix(text, max);
	uint32_t point;

	for (size_t i = 0; i < used;) {
		size_t from = i, start = out->len;

		i += utf8_decode(span_of(text.data + i, used - i), &point);
		text_add_shown(out, point);
		text_trace_character(trace, from, i, start, out->len);
	}
	if (used < text.len)
		buf_addf(out, " [... %zu more bytes]", text.len - used);
}

void
text_shown(struct buf *out, struct span text, size_t max)
{
	struct text_trace nothing = {{0, 0}, {0, 0}, 0};

	text_trace_shown(out, text, max, &nothing);
}

#define FURTHER_LINE "    "

void
text_record_part(struct buf *out, const char *prefix, struct span text,
    size_t max, const struct text_part *part, struct text_part *part_out)
{
	struct text_trace trace = {*part, {0, 0}, 0};
	const char *indentation = "";

	for (;;) {
		struct span rest =
		    span_of(text.data + trace.at, text.len - trace.at);
		const char *newline =
		    rest.len ? memchr(rest.data, '\n', rest.len) : NULL;

		if (newline)
			rest.len = (size_t)(newline - rest.data);
		buf_addf(out, "%s%s", prefix, indentation);
		text_trace_shown(out, rest, max, &trace);
		buf_add_byte(out, '\n');
		if (!newline)
			break;
		trace.at += rest.len + 1;
		indentation = FURTHER_LINE;
	}
	*part_out = trace.landed;
}

void
text_record(struct buf *out, const char *prefix, struct span text, size_t max)
{
	struct text_part none = {0, 0};

	text_record_part(out, prefix, text, max, &none, &none);
}
