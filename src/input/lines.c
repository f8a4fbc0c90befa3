/*
 * lines: newlines in a block.
 *
 * Where a line is cut depends on the bytes alone, never on where a block
 * happens to end, so that a replay yields the same lines.
 *
 * Counting is written in the compiler's own vectors, which every machine has
 * in some form: it is a third of what a block costs that nobody wants.
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

/* --- Counting ------------------------------------------------------------- */

#define LANES 16
#define STRIDE (4 * LANES)
#define ROUNDS_MAX 255 /* more would overflow a lane */

typedef unsigned char lanes __attribute__((vector_size(LANES)));

static lanes
lanes_load(const char *from)
{
	lanes value;

	memcpy(&value, from, sizeof(value));
	return value;
}

/* A lane that is a newline is -1. */
static lanes
lanes_newlines(const char *from)
{
	return (lanes)(lanes_load(from) == (unsigned char)'\n');
}

static size_t
lanes_sum(lanes value)
{
	size_t sum = 0;

	for (size_t i = 0; i < LANES; i++)
		sum += value[i];
	return sum;
}

static size_t
count_rounds(const char *from, size_t rounds)
{
	lanes a = {0}, b = {0}, c = {0}, d = {0};

	for (size_t i = 0; i < rounds; i++, from += STRIDE) {
		a -= lanes_newlines(from);
		b -= lanes_newlines(from + LANES);
		c -= lanes_newlines(from + 2 * LANES);
		d -= lanes_newlines(from + 3 * LANES);
	}
	return lanes_sum(a) + lanes_sum(b) + lanes_sum(c) + lanes_sum(d);
}

size_t
lines_count(struct span bytes)
{
	size_t count = 0, at = 0;

	while (bytes.len - at >= STRIDE) {
		size_t rounds = (bytes.len - at) / STRIDE;

		if (rounds > ROUNDS_MAX)
			rounds = ROUNDS_MAX;
		count += count_rounds(bytes.data + at, rounds);
		at += rounds * STRIDE;
	}
	for (; at < bytes.len; at++)
		count += bytes.data[at] == '\n';
	return count;
}
