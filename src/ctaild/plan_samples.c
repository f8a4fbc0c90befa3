/*
 * plan_samples: the sample lines of rules, tried on their patterns.
 */
#include "config.h"

#include "base/clock.h"
#include "ctaild/plan.h"

static void
check_sample_list(const struct rule *rule, struct pattern_scratch *scratch,
    const struct setting_list *samples, bool wanted, struct conf_errors *errors)
{
	for (size_t i = 0; i < samples->count; i++) {
		struct rule_match match;

		rule_try(rule, scratch, NULL, span_str(samples->items[i].text),
		    &match);
		if (match.matched == wanted)
			continue;
		conf_error(errors, samples->items[i].origin,
		    "[rule %s] %s: the rule %s this line", rule_name(rule),
		    wanted ? "should_match" : "should_not",
		    wanted ? "does not match" : "matches");
	}
}

void
plan_check_samples(const struct plan *plan, struct conf_errors *errors)
{
	struct pattern_scratch *scratch = pattern_scratch_new();

	pattern_scratch_clock(scratch, clock_boot_ms);
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct rule *rule = plan->rules[i].rule;

		check_sample_list(rule, scratch,
		    &rule_settings(rule)->should_match, true, errors);
		check_sample_list(rule, scratch,
		    &rule_settings(rule)->should_not, false, errors);
	}
	pattern_scratch_free(scratch);
}
