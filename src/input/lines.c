/*
 * lines: newlines in a block.
 *
 * Where a line is cut depends on the bytes alone, never on where a block
 * happens to end, so that a replay yields the same lines.
 */
#include "config.h"

#include <string.h>

#include "input/lines.h"

void
lines_init(struct lines *lines, struct span block, size_t max, bool skipping)
{
	*lines = (struct lines){
	    .block = block,
	    .max = max,
	    .skipping = skipping,
	};
}

/* False while the end of the line that is too long is not in the block. */
static bool
skip_rest(struct lines *lines)
{
	const char *from = lines->block.data + lines->at;
	size_t left = lines->block.len - lines->at;
	const char *newline = left ? memchr(from, '\n', left) : NULL;

	if (!newline) {
		lines->at = lines->block.len;
		return false;
	}
	lines->at += (size_t)(newline - from) + 1;
	lines->skipping = false;
	return true;
}

bool
lines_next(struct lines *lines, struct line *out)
{
	const char *from;
	const char *newline;
	size_t left, length;

	if (lines->skipping && !skip_rest(lines))
		return false;
	left = lines->block.len - lines->at;
	if (left == 0)
		return false;
	from = lines->block.data + lines->at;
	newline = memchr(from, '\n', left);
	length = newline ? (size_t)(newline - from) : left;
	if (!newline && length <= lines->max)
		return false;
	out->start = lines->at;
	out->cut = length > lines->max;
	out->text = span_of(from, out->cut ? lines->max : length);
	lines->skipping = out->cut;
	lines->at += out->text.len + (out->cut ? 0 : 1);
	out->end = lines->at;
	return true;
}
