/*
 * pipeline_totals: the ledger of losses, as it can be asked for.
 */
#include "config.h"

#include "ctaild/pipeline_internal.h"

bool
pipeline_has_told(struct pipeline *pipeline)
{
	bool took = pipeline->has_told;

	pipeline->has_told = false;
	return took;
}

void
pipeline_rule_totals(const struct pipeline *pipeline, size_t rule,
    struct pipeline_rule_totals *out)
{
	const struct plan *plan = pipeline->plan;

	*out = pipeline->rules[rule].totals;
	for (size_t i = 0; i < plan->log_count; i++)
		if (plan->rules[rule].logs[i])
			out->records += pipeline->logs[i].totals.records;
	out->records -= pipeline->rules[rule].unseen;
}

uint64_t
pipeline_rule_misses(const struct pipeline *pipeline, size_t rule,
    struct pipeline_rule_totals *out)
{
	*out = pipeline->rules[rule].totals;
	return pipeline->rules[rule].unseen;
}

void
pipeline_log_totals(const struct pipeline *pipeline, size_t log,
    struct pipeline_log_totals *out)
{
	*out = pipeline->logs[log].totals;
}

const struct quarantine *
pipeline_quarantine(const struct pipeline *pipeline)
{
	return pipeline->quarantine;
}

void
pipeline_time_rules(struct pipeline *pipeline, int64_t (*clock_ns)(void))
{
	pipeline->clock_ns = clock_ns;
}
