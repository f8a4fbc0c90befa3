/*
 * seek: the lines of a block that some pattern matches, whichever it is.
 *
 * For lists of which it is enough to know that one of them matches: what stands
 * in a line first is tried first, and the first match ends the line.  Lines in
 * which no string of a pattern stands are never looked at.  A try that is not
 * cheap is not made, so that limits and budgets remain the business of whoever
 * is told "maybe".
 */
#ifndef CTAIL_JUDGE_SEEK_H
#define CTAIL_JUDGE_SEEK_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "judge/pattern.h"
#include "judge/prefilter.h"
#include "judge/quarantine.h"

struct seek;

/* pattern NULL: nobody asks for it. */
struct seek_pattern {
	const struct pattern *pattern;
	bool of_logcheck; /* sees lines without blanks at their end */
};

/* The patterns, which are copied, have the filter's numbers.  Those of which
 * no string is known are never found.  What is in quarantine is not tried.
 * All but the patterns' list outlives it. */
struct seek *seek_new(const struct prefilter *filter,
    const struct seek_pattern *patterns, size_t count,
    struct pattern_scratch *scratch, const struct quarantine *quarantine);
void seek_free(struct seek *seek);

/* Lines, each with its newline (a CR before it is not theirs), which must stay
 * until the next block. */
void seek_begin(struct seek *seek, struct span lines);

struct seek_line {
	size_t start, end; /* with its newline; start lines.len: none */
	bool surely;	   /* it matches; else it may */
};

/* The first line from `from' (a line's first byte) on that some pattern
 * matches, or may match. */
void seek_next(struct seek *seek, size_t from, struct seek_line *out);

#endif
