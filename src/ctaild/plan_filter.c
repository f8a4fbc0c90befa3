/*
 * plan_filter: one filter over the patterns of all rules.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/plan_internal.h"

static size_t
number_patterns(struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->rule_count; i++) {
		plan->rules[i].first_pattern = count;
		count += rule_pattern_count(plan->rules[i].rule);
	}
	return count;
}

static void
list_patterns(const struct plan *plan, struct prefilter_pattern *out)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0; i < plan->rule_count; i++)
		for (size_t k = 0; (pattern = rule_pattern(plan->rules[i].rule,
					k, &list, &origin));
		     k++)
			*out++ = (struct prefilter_pattern){
			    pattern_text(pattern), pattern_flags(pattern)};
}

void
plan_make_filter(struct plan *plan)
{
	size_t count = number_patterns(plan);
	struct prefilter_pattern *patterns;
	struct rarity *rarity;

	patterns = xcalloc(count, sizeof(*patterns));
	list_patterns(plan, patterns);
	rarity = rarity_new();
	plan->filter = prefilter_new(patterns, count, rarity, PREFILTER_AUTO);
	rarity_free(rarity);
	free(patterns);
	if (prefilter_pays(plan->filter))
		return;
	prefilter_free(plan->filter);
	plan->filter = NULL;
}
