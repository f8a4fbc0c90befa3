/*
 * lint: what is wrong with rules that compile.
 *
 * Finds what no syntax check does, and says only what is certainly so:
 *
 * - a pattern of the section that stands twice, or as `match' and `exclude';
 * - a pattern (also of a file) that can match no whole record: in each of its
 *   alternatives something must stand before a `^' or behind a `$', or it
 *   wants a newline in logs whose records are lines.  Only what lies outside
 *   of parentheses is looked at;
 * - a pattern of the section that is written for another tool: <HOST>,
 *   %{NAME}; in a rule without `should_match' slashes or quotes around it,
 *   brackets of a log, doubled backslashes, a comment behind it;
 * - a pattern that finds the empty text in everything, unless it is written
 *   as "everything" is (.*); as an `exclude' in any case;
 * - a rule that an earlier one with `then = stop' keeps every record from:
 *   with at least its patterns (or one that is written as "everything"), its
 *   logs, and no `exclude' that it has not;
 * - a rule that tells the same sinks of the same records as an earlier one,
 *   under the same condition.
 *
 * All are warnings.
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
