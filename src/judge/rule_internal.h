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

#endif
