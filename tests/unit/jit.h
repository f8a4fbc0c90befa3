/*
 * jit: whether patterns become machine code here, for tests of what only then
 * is worth trying.
 */
#ifndef CTAIL_TESTS_JIT_H
#define CTAIL_TESTS_JIT_H

#include <stdbool.h>

#include "judge/pattern.h"

static inline bool
jit_is_here(void)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern = pattern_new("x", 0, NULL);
	bool is_here = pattern_match_cheaply(
			   pattern, scratch, span_str("x")) == PATTERN_YES;

	pattern_free(pattern);
	pattern_scratch_free(scratch);
	return is_here;
}

#endif
