/*
 * lines: cuts a block of bytes into full lines.
 *
 * Borrowed views only; nothing is copied and nothing is altered (NUL, CR and
 * invalid UTF-8 pass).  A line longer than max is yielded once, cut to max
 * with cut set, and the rest of it is skipped in constant memory across as
 * many blocks as it takes (skipping, which the position keeps).
 */
#ifndef CTAIL_INPUT_LINES_H
#define CTAIL_INPUT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

struct lines {
	struct span block;
	size_t at;		/* bytes of block consumed so far */
	size_t max;
	bool skipping;
};

struct line {
	struct span text;	/* without its newline */
	size_t start;		/* offset of its first byte in the block */
	size_t end;		/* offset behind its newline (or its cut) */
	bool cut;
};

void lines_init(struct lines *lines, struct span block, size_t max,
    bool skipping);

/* False when no further full line is in the block; lines->at then says how
 * much is consumed, the open rest is to be read again with more behind it. */
bool lines_next(struct lines *lines, struct line *out);

/* The newlines in it. */
size_t lines_count(struct span bytes);

#endif
