/*
 * Fuzzes the splitting of blocks into lines: in windows of any size it yields
 * what a look at the whole text does.  The first byte is the longest line, the
 * second how much wider than that the windows are.
 */
#include "config.h"

#include <string.h>

#include "base/bug.h"
#include "fuzz/fuzz.h"
#include "input/lines.h"

/* The next line of rest, and the rest behind it. */
static bool
expect(struct span *rest, size_t max, struct line *out)
{
	const char *newline =
	    rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t length = newline ? (size_t)(newline - rest->data) : rest->len;

	if (!newline && length <= max)
		return false;
	out->cut = length > max;
	out->text = span_of(rest->data, out->cut ? max : length);
	length += newline != NULL;
	*rest = span_of(rest->data + length, rest->len - length);
	return true;
}

static void
compare(struct lines *lines, struct span *rest)
{
	struct line got, wanted;

	while (lines_next(lines, &got)) {
		if (!expect(rest, lines->max, &wanted))
			BUG("a line too many");
		if (got.cut != wanted.cut || !span_equal(got.text, wanted.text))
			BUG("another line");
		if (got.text.data != lines->block.data + got.start ||
		    got.end != lines->at || got.end > lines->block.len)
			BUG("it does not lie where it says");
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text, rest;
	struct line line;
	struct lines lines = {.at = 0};
	size_t at = 0, max, window;

	if (len < 2)
		return 0;
	max = bytes[0] % 64 + 1;
	window = max + bytes[1] + 1;
	text = rest = span_of((const char *)bytes + 2, len - 2);
	do {
		size_t left = text.len - at;

		lines_init(&lines,
		    span_of(text.data + at, left < window ? left : window), max,
		    lines.skipping);
		compare(&lines, &rest);
		at += lines.at;
	} while (lines.at);
	if (expect(&rest, max, &line))
		BUG("a line is missing");
	return 0;
}
