/*
 * pipeline_report: a match that is not decided about: its line is for the
 * report of a [logcheck].
 *
 * Silences are asked with the section's name and with the rule's; the rest of
 * the gate (hours, batch, throttle) is nothing that a report knows.
 */
#include "config.h"

#include "ctaild/pipeline_internal.h"
#include "judge/logcheck.h"

static bool
is_silenced(const struct feeding *feeding, const struct plan_rule *rule,
    silence_lookup *lookup)
{
	struct pipeline *pipeline = feeding->pipeline;
	const char *names[] = {rule->report->name, rule_name(rule->rule)};
	int64_t time_ms = sight_time(pipeline, feeding->sight);
	struct event event = {
	    1, time_ms, time_ms, feeding->sight->shown.text, NULL};

	for (size_t i = 0; i < 2 && pipeline->silences; i++)
		if (silences_hold(pipeline->silences, names[i], lookup,
			(void *)feeding, feeding->sight->now_ms, &event))
			return true;
	return false;
}

static void
trace(const struct feeding *feeding, bool silenced)
{
	struct pipeline *pipeline = feeding->pipeline;
	struct decision decision = {.kind = DECISION_HELD,
	    .reason = silenced ? REASON_SILENCED : REASON_BATCH,
	    .rule = feeding->rule,
	    .count = 1};
	struct pipeline_trace trace = {feeding->rule,
	    &feeding->sight->shown, feeding->match, &decision};

	if (pipeline->hooks.trace)
		pipeline->hooks.trace(pipeline->hooks.arg, &trace);
}

void
pipeline_report(const struct feeding *feeding, silence_lookup *lookup)
{
	struct pipeline *pipeline = feeding->pipeline;
	const struct plan *plan = pipeline->plan;
	const struct plan_rule *rule = &plan->rules[feeding->rule];
	struct report_line line = {
	    .report = (size_t)(rule->report - plan->reports),
	    .rule = rule,
	    .text = logcheck_line(feeding->sight->shown.text),
	    .log_path = feeding->sight->record->log_path,
	    .now_ms = feeding->sight->now_ms};
	bool silenced = is_silenced(feeding, rule, lookup);

	trace(feeding, silenced);
	if (!silenced && pipeline->hooks.report)
		pipeline->hooks.report(pipeline->hooks.arg, &line);
}
