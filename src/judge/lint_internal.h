/*
 * lint_internal: what the files behind lint.h share.
 */
#ifndef CTAIL_JUDGE_LINT_INTERNAL_H
#define CTAIL_JUDGE_LINT_INTERNAL_H

#include <stdbool.h>
#include "judge/lint.h"
#include "judge/pattern.h"

struct linter {
	const struct lint_rule *rules;
	size_t count, log_count;
	struct pattern_scratch *scratch;
	void (*warn)(void *arg, struct origin origin, const char *text);
	void *arg;
};

void lint_warn(const struct linter *linter, const struct lint_rule *rule,
    struct origin origin, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* lint_duplicate.c: warns of a rule that tells what one before it tells.
 * first_of: the first rule of each definition, by and for this function. */
struct map;
void lint_duplicate(const struct linter *linter, const struct lint_rule *rule,
    struct map *first_of);

/* lint_pattern.c: why this pattern can match no whole record, or NULL.
 * lines: records are single lines. */
const char *lint_never_matches(const char *pattern, unsigned flags,
    bool lines);

/* lint_foreign.c: why this pattern is hardly what is meant, as it is written
 * for another tool, or NULL.  shown: the rule has samples that it matches. */
const char *lint_foreign(const char *pattern, bool shown);

/* lint_text.c: why this pattern is hardly what is meant, as text of a log or
 * of a configuration stands in it as it is, or NULL.  For rules without
 * samples that they match. */
const char *lint_text(const char *pattern);

#endif
