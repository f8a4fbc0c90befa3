/*
 * lint_internal: what the files behind lint.h share.
 */
#ifndef CTAIL_JUDGE_LINT_INTERNAL_H
#define CTAIL_JUDGE_LINT_INTERNAL_H

#include <stdbool.h>
#include "judge/pattern.h"

/* lint_pattern.c: why this pattern can match no whole record, or NULL.
 * lines: records are single lines. */
const char *lint_never_matches(const char *pattern, unsigned flags,
    bool lines);

/* lint_foreign.c: why this pattern is hardly what is meant, as it is written
 * for another tool, or NULL.  shown: the rule has samples that it matches. */
const char *lint_foreign(const char *pattern, bool shown);

#endif
