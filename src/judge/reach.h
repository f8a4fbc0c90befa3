/*
 * reach: how far a pattern gets in a record that it does not match.
 *
 * The longest beginning of the pattern (of one of its alternatives, outside of
 * parentheses) that does match.  For a person who wonders: patterns are
 * compiled for it, so it is not for every record.
 */
#ifndef CTAIL_JUDGE_REACH_H
#define CTAIL_JUDGE_REACH_H

#include <stdbool.h>
#include "judge/pattern.h"

struct reach {
	struct span has;	/* of the pattern: what matches */
	size_t words;		/* letters and digits of it that stand for
				 * themselves */
	struct span wants;	/* of the pattern: what stands behind it */
	struct span rest;	/* of the record: what stands there instead */
};

/* False when not even a beginning matches, or it cannot be told (an empty
 * record, a pattern of the flag `extended', or with \Q). */
bool pattern_reach(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span record, struct reach *out);

/* By what is said in so many words: \S+ and a class match nearly everything,
 * as does all that rules write for the time and the host. */
bool reach_is_farther(const struct reach *one, const struct reach *other);

#endif
