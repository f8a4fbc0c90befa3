/*
 * lint: what is wrong with rules that compile.
 *
 * Finds what no syntax check does: a pattern that stands twice in one rule, a
 * rule that an earlier one with the same patterns and `then = stop` keeps
 * from ever being reached, a pattern that can match no whole record (it wants
 * text before its `^` or behind its `$`, or a newline in a log whose records
 * are lines), a pattern that matches the empty text and so everything where
 * that is not what was meant.  Findings about certain mistakes refuse the
 * configuration; others are warnings.
 */
#ifndef CTAIL_JUDGE_LINT_H
#define CTAIL_JUDGE_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/setting.h"
#include "judge/rule.h"

struct lint_rule {
	const struct rule *rule;
	const bool *logs;	/* per log: reads it */
	bool lines;		/* its logs' records are single lines */
};

/* Every finding, in the order of the rules. */
void lint_rules(const struct lint_rule *rules, size_t count,
    size_t log_count,
    void (*warn)(void *arg, struct origin origin, const char *text),
    void *arg);

#endif
