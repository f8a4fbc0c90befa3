/*
 * lint_duplicate: rules that tell the same sinks the same thing twice.
 *
 * A rule that was copied and not changed, or is in two included files.  Hides
 * that rules are compared by the number of their definition: the patterns,
 * the condition, the key, and the times they may speak.
 */
#include "config.h"

#include <string.h>

#include "base/map.h"
#include "judge/lint_internal.h"

#define DEFINITION_SIZE 65

static bool
has_same_items(const struct setting_list *a, const struct setting_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->items[i].text, b->items[i].text))
			return false;
	}
	return true;
}

/* Of rules with one definition. */
static bool
tells_the_same(const struct linter *linter, const struct lint_rule *a,
    const struct lint_rule *b)
{
	const struct rule_settings *first = rule_settings(a->rule);

	return first->then != RULE_STOP &&
	       !memcmp(a->logs, b->logs, linter->log_count * sizeof(bool)) &&
	       has_same_items(&first->sink, &rule_settings(b->rule)->sink);
}

static bool
only_counts(const struct lint_rule *rule)
{
	const struct setting_list *sinks = &rule_settings(rule->rule)->sink;

	return sinks->count && !strcmp(sinks->items[0].text, "none");
}

void
lint_duplicate(const struct linter *linter, const struct lint_rule *rule,
    struct map *first_of)
{
	char definition[DEFINITION_SIZE];
	const struct lint_rule *first;
	struct origin origin;
	enum rule_list list;

	if (only_counts(rule) || !rule_pattern(rule->rule, 0, &list, &origin))
		return;
	rule_definition(rule->rule, definition);
	first = map_get(first_of, span_str(definition));
	if (!first)
		map_put(first_of, span_str(definition), (void *)rule);
	else if (tells_the_same(linter, first, rule))
		lint_warn(linter, rule, origin,
		    "this rule tells what [rule %s] tells, to the same sinks; "
		    "remove one, or change what shall differ",
		    rule_name(first->rule));
}
