/*
 * Fuzzes shapes: the parts make up the text, a pattern is one printable line
 * that matches the text it came from, and the shape of a text with other
 * digits is the same.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "judge/pattern.h"
#include "judge/shape.h"

static void
try_parts(struct span text)
{
	struct span rest = text;
	struct shape_part part;
	const char *at = text.data;

	while (shape_next(text, &rest, &part)) {
		if (!part.text.len || part.text.data != at)
			abort();
		at += part.text.len;
	}
	if (at != text.data + text.len)
		abort();
}

static void
try_pattern(struct span text)
{
	struct buf out = BUF_INIT;
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern;
	size_t i;

	shape_pattern(text, &out);
	for (i = 0; i < out.len; i++) {
		if (out.data[i] < ' ' || out.data[i] > '~')
			abort();
	}
	if (out.data[0] != '^' || out.data[out.len - 1] == ' ')
		abort();
	pattern = pattern_new(buf_str(&out), 0, NULL);
	if (!pattern ||
	    pattern_match(pattern, scratch, text, NULL) != PATTERN_YES)
		abort();
	pattern_free(pattern);
	pattern_scratch_free(scratch);
	buf_release(&out);
}

static void
try_hash(struct span text)
{
	struct buf copy = BUF_INIT;
	struct span none = {"", 0}, said;
	size_t i;

	buf_add_span(&copy, text);
	for (i = 0; i < copy.len; i++) {
		/* A zero may begin 0x. */
		if (copy.data[i] >= '1' && copy.data[i] <= '9')
			copy.data[i] =
			    (char)('1' + (copy.data[i] - '1' + 7) % 9);
	}
	if (shape_hash(none, text) != shape_hash(none, buf_span(&copy)))
		abort();
	buf_reset(&copy);
	shape_describe(text, &copy);
	said = shape_behind_time(text);
	if (said.data + said.len != text.data + text.len ||
	    said.len > text.len || (text.len && !said.len))
		abort();
	buf_release(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);

	try_parts(text);
	try_pattern(text);
	try_hash(text);
	return 0;
}
