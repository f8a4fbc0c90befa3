/*
 * plan_filter: the filters over the patterns of all rules.
 *
 * Hides that logs which the same rules read share one, and that patterns keep
 * one numbering in all of them.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

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
list_patterns(struct plan *plan)
{
	const struct pattern *pattern;
	enum rule_list list;
	struct origin origin;
	struct plan_pattern *at;

	plan->pattern_count = number_patterns(plan);
	at = plan->patterns =
	    xcalloc(plan->pattern_count + 1, sizeof(*plan->patterns));
	for (size_t i = 0; i < plan->rule_count; i++)
		for (size_t k = 0; (pattern = rule_pattern(plan->rules[i].rule,
					k, &list, &origin));
		     k++)
			*at++ = (struct plan_pattern){
			    pattern, i, list != RULE_EXCLUDE,
			    rule_pattern_takes_all(plan->rules[i].rule, k)};
}

/* --- One filter ----------------------------------------------------------- */

static struct prefilter *
build(const struct plan *plan, size_t log, bool excludes,
    const struct rarity *rarity)
{
	struct prefilter_pattern *patterns =
	    xcalloc(plan->pattern_count + 1, sizeof(*patterns));
	struct prefilter *filter;

	for (size_t i = 0; i < plan->pattern_count; i++) {
		const struct plan_pattern *its = &plan->patterns[i];

		if (!plan->rules[its->rule].logs[log] ||
		    (!its->matches && !excludes))
			continue;
		patterns[i] = (struct prefilter_pattern){
		    pattern_text(its->pattern), pattern_flags(its->pattern)};
	}
	filter = prefilter_new(
	    patterns, plan->pattern_count, rarity, PREFILTER_AUTO);
	free(patterns);
	return filter;
}

static bool
has_excludes(const struct plan *plan, size_t log)
{
	for (size_t i = 0; i < plan->pattern_count; i++)
		if (plan->rules[plan->patterns[i].rule].logs[log] &&
		    !plan->patterns[i].matches)
			return true;
	return false;
}

void
plan_build_filter(const struct plan *plan, size_t log,
    const struct rarity *rarity, struct plan_filter *out)
{
	bool two = has_excludes(plan, log);

	*out = (struct plan_filter){.log = log};
	out->match = build(plan, log, false, rarity);
	out->every = two ? build(plan, log, true, rarity) : out->match;
}

void
plan_free_filter(struct plan_filter *filter)
{
	if (filter->every != filter->match)
		prefilter_free(filter->every);
	prefilter_free(filter->match);
}

/* --- All of them ---------------------------------------------------------- */

static bool
have_same_rules(const struct plan *plan, size_t a, size_t b)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (plan->rules[i].logs[a] != plan->rules[i].logs[b])
			return false;
	return true;
}

static size_t
find_filter(const struct plan *plan, size_t log)
{
	size_t i = 0;

	while (i < plan->filter_count &&
	       !have_same_rules(plan, plan->filters[i].log, log))
		i++;
	return i;
}

void
plan_make_filters(struct plan *plan)
{
	struct rarity *rarity = rarity_new();

	list_patterns(plan);
	plan->filters = xcalloc(plan->log_count + 1, sizeof(*plan->filters));
	for (size_t i = 0; i < plan->log_count; i++) {
		size_t which = find_filter(plan, i);

		plan->logs[i].filter = which;
		if (which < plan->filter_count)
			continue;
		plan_build_filter(
		    plan, i, rarity, &plan->filters[plan->filter_count++]);
	}
	rarity_free(rarity);
}

void
plan_free_filters(struct plan *plan)
{
	for (size_t i = 0; i < plan->filter_count; i++)
		plan_free_filter(&plan->filters[i]);
	free(plan->filters);
	free(plan->patterns);
}
