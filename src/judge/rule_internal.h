/*
 * rule_internal: struct rule, for the rule*.c files only.
 */
#ifndef CTAIL_JUDGE_RULE_INTERNAL_H
#define CTAIL_JUDGE_RULE_INTERNAL_H

#include "judge/rule.h"

/* Patterns that stand before long lists of excludes, and need not be asked. */
enum pattern_kind {
	PATTERN_PLAIN,
	PATTERN_ANY_BYTE,  /* . */
	PATTERN_ANYTHING,  /* ^ */
};

struct listed_pattern {
	struct pattern *pattern;
	struct origin origin;
	enum pattern_kind kind;
};

struct pattern_list {
	struct listed_pattern *items;
	size_t count;
};

struct rule {
	char *name;
	const struct rule_settings *settings;
	struct rule_files files;
	struct pattern_list lists[RULE_LISTS];
};

/* The number that rule_pattern has for the first one of a list. */
static inline size_t
rule_list_first(const struct rule *rule, enum rule_list which)
{
	size_t first = 0;

	for (size_t i = 0; i < which; i++)
		first += rule->lists[i].count;
	return first;
}

#endif
