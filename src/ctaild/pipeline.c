/*
 * pipeline: the order of things between a record and an alert.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/alert_build.h"
#include "ctaild/own_words.h"
#include "ctaild/pipeline.h"

struct pipeline {
	const struct plan *plan;
	const char *hostname;
	struct decider *decider;
	struct pattern_scratch *scratch;
	struct buf key;
	struct pipeline_totals *totals;	/* per rule */
	bool took_match;
	pipeline_emit *emit;
	void *arg;
};

struct pipeline *
pipeline_new(const struct plan *plan, const char *hostname,
    pipeline_emit *emit, void *arg)
{
	struct pipeline *pipeline = xcalloc(1, sizeof(*pipeline));
	struct decider_rule *rules =
	    xcalloc(plan->rule_count + 1, sizeof(*rules));

	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct rule_settings *settings =
		    rule_settings(plan->rules[i].rule);

		rules[i].when = &settings->when;
		rules[i].throttle = &settings->throttle;
	}
	pipeline->plan = plan;
	pipeline->hostname = hostname;
	pipeline->decider = decider_new(rules, plan->rule_count);
	pipeline->scratch = pattern_scratch_new();
	pattern_scratch_clock(pipeline->scratch, clock_boot_ms);
	pipeline->totals =
	    xcalloc(plan->rule_count + 1, sizeof(*pipeline->totals));
	pipeline->emit = emit;
	pipeline->arg = arg;
	free(rules);
	return pipeline;
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	decider_free(pipeline->decider);
	pattern_scratch_free(pipeline->scratch);
	buf_release(&pipeline->key);
	free(pipeline->totals);
	free(pipeline);
}

struct decider *
pipeline_decider(struct pipeline *pipeline)
{
	return pipeline->decider;
}

static const char *
log_name(const struct pipeline *pipeline, size_t log)
{
	return conf_section(pipeline->plan->conf, &log_setting_table, log)
	    ->name;
}

static void
emit_match(struct pipeline *pipeline, size_t rule,
    const struct decision *decision, const struct record *record,
    const struct rule_match *match, int64_t now_ms)
{
	const struct plan_rule *planned = &pipeline->plan->rules[rule];
	struct alert_place place = {pipeline->hostname, now_ms};
	struct alert alert;

	alert_from_match(&alert, &place, planned, decision, record,
	    log_name(pipeline, record->log), match);
	pipeline->emit(pipeline->arg, &alert, planned->sinks);
	alert_release(&alert);
}

static void
feed(struct pipeline *pipeline, size_t rule, const struct record *record,
    const struct rule_match *match, int64_t now_ms)
{
	struct key_source source = {pipeline->plan->rules[rule].rule, match,
	    record->fields, record->log_path, pipeline->hostname};
	struct decision decision;

	pipeline->took_match = true;
	pipeline->totals[rule].matched++;
	pipeline->totals[rule].undecided += match->undecided;
	plan_render_key(&pipeline->plan->rules[rule], &source,
	    &pipeline->key);
	decider_feed(pipeline->decider, rule, buf_span(&pipeline->key),
	    now_ms, now_ms, record->text, &decision);
	if (decision.kind == DECISION_ALERT)
		emit_match(pipeline, rule, &decision, record, match, now_ms);
}

void
pipeline_record(struct pipeline *pipeline, const struct record *record,
    int64_t now_ms)
{
	const struct plan *plan = pipeline->plan;

	for (size_t i = 0; i < plan->rule_count; i++) {
		struct rule_match match;

		if (!plan->rules[i].logs[record->log])
			continue;
		pipeline->totals[i].records++;
		rule_try(plan->rules[i].rule, pipeline->scratch, record->text,
		    &match);
		if (!match.matched)
			continue;
		if (own_words(record->text))
			return;
		feed(pipeline, i, record, &match, now_ms);
		if (rule_settings(plan->rules[i].rule)->then == RULE_STOP)
			break;
	}
}

static void
emit_summary(struct pipeline *pipeline, const struct decision *decision,
    int64_t now_ms)
{
	const struct plan_rule *planned =
	    &pipeline->plan->rules[decision->rule];
	struct alert_place place = {pipeline->hostname, now_ms};
	struct alert alert;

	alert_from_summary(&alert, &place, rule_name(planned->rule),
	    (enum severity)rule_settings(planned->rule)->severity, decision);
	pipeline->emit(pipeline->arg, &alert, planned->sinks);
	alert_release(&alert);
}

void
pipeline_expire(struct pipeline *pipeline, int64_t now_ms)
{
	struct decision decision;

	while (decider_expire(pipeline->decider, now_ms, &decision)) {
		pipeline->took_match = true;
		emit_summary(pipeline, &decision, now_ms);
	}
}

void
pipeline_flush(struct pipeline *pipeline, size_t rule, int64_t now_ms)
{
	struct decision decision;

	while (decider_flush(pipeline->decider, rule, now_ms, &decision)) {
		pipeline->took_match = true;
		emit_summary(pipeline, &decision, now_ms);
	}
}

bool
pipeline_took_match(struct pipeline *pipeline)
{
	bool took = pipeline->took_match;

	pipeline->took_match = false;
	return took;
}

void
pipeline_rule_totals(const struct pipeline *pipeline, size_t rule,
    struct pipeline_totals *out)
{
	*out = pipeline->totals[rule];
}
