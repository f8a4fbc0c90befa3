/*
 * pipeline: the order of things between a record and an alert.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/own_words.h"
#include "ctaild/pipeline_internal.h"
#include "judge/shape.h"

static struct decider *
make_decider(const struct plan *plan, struct silences *silences, bool renews)
{
	struct decider_rule *rules =
	    xcalloc(plan->rule_count + 1, sizeof(*rules));
	struct decider *decider;

	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *planned = &plan->rules[i];
		const struct rule_settings *settings =
		    rule_settings(planned->rule);

		rules[i] =
		    (struct decider_rule){.name = rule_name(planned->rule),
			.when = &settings->when,
			.hours = &settings->hours,
			.batch = &settings->batch,
			.throttle = &settings->throttle,
			.keyed = planned->key != NULL,
			.closes = rule_closes(planned->rule),
			.partner = planned->partner,
			.renew_ms = renews ? planned->renew_ms : 0};
	}
	decider = decider_new(rules, plan->rule_count, silences);
	free(rules);
	return decider;
}

static void
make_rules(struct pipeline *pipeline)
{
	const struct plan *plan = pipeline->plan;

	pipeline->rules =
	    xcalloc(plan->rule_count + 1, sizeof(*pipeline->rules));
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *planned = &plan->rules[i];
		struct pipeline_rule *rule = &pipeline->rules[i];

		for (size_t k = 0; k < plan->log_count; k++)
			rule->masks |= planned->logs[k] && plan->logs[k].redact;
		if (when_class(&rule_settings(planned->rule)->when) == WHEN_NEW)
			rule->learned = xcalloc(
			    plan->log_count + 1, sizeof(*rule->learned));
	}
}

static void
make_logs(struct pipeline *pipeline)
{
	const struct plan *plan = pipeline->plan;

	pipeline->logs = xcalloc(plan->log_count + 1, sizeof(*pipeline->logs));
	for (size_t i = 0; i < plan->log_count; i++) {
		const char *format = plan->logs[i].settings->timestamp;

		for (size_t k = 0; k < plan->rule_count; k++)
			pipeline->logs[i].is_read |= plan->rules[k].logs[i];
		if (!format)
			continue;
		pipeline->logs[i].timestamp = timestamp_new(format, NULL);
		pipeline->logs[i].stamped = strcmp(format, "auto") != 0 &&
					    strcmp(format, "arrival") != 0;
	}
}

struct pipeline *
pipeline_new(const struct plan *plan, const char *hostname,
    struct silences *silences, const struct pipeline_hooks *hooks)
{
	struct pipeline *pipeline = xcalloc(1, sizeof(*pipeline));

	pipeline->plan = plan;
	pipeline->hostname = hostname;
	pipeline->silences = silences;
	pipeline->hooks = *hooks;
	pipeline->decider = make_decider(plan, silences, !hooks->rehearses);
	pipeline->scratch = pattern_scratch_new();
	pattern_scratch_clock(pipeline->scratch, clock_boot_ms);
	pipeline->quarantine = quarantine_new();
	pipeline->context = context_new();
	pipeline->clocks = map_new();
	make_rules(pipeline);
	make_logs(pipeline);
	pipeline_make_filters(pipeline);
	return pipeline;
}

void
pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	decider_free(pipeline->decider);
	pattern_scratch_free(pipeline->scratch);
	pipeline_free_filters(pipeline);
	quarantine_free(pipeline->quarantine);
	map_free(pipeline->pattern_names, NULL);
	context_free(pipeline->context);
	map_free(pipeline->clocks, free);
	for (size_t i = 0; i < pipeline->plan->rule_count; i++)
		free(pipeline->rules[i].learned);
	for (size_t i = 0; i < pipeline->plan->log_count; i++)
		timestamp_free(pipeline->logs[i].timestamp);
	free(pipeline->rules);
	free(pipeline->logs);
	buf_release(&pipeline->key);
	buf_release(&pipeline->copy);
	buf_release(&pipeline->fields);
	buf_release(&pipeline->field);
	free(pipeline);
}

struct decider *
pipeline_decider(struct pipeline *pipeline)
{
	return pipeline->decider;
}

void
pipeline_turn(struct pipeline *pipeline, int64_t now_ms)
{
	pipeline->now_ms = now_ms;
	quarantine_now(pipeline->quarantine, now_ms);
	pipeline_forget_block(pipeline);
}

void
pipeline_start(struct pipeline *pipeline, int64_t now_ms)
{
	pipeline_turn(pipeline, now_ms);
	decider_start(pipeline->decider, now_ms);
	pipeline_drain(pipeline, NULL, now_ms);
}

/* --- A match -------------------------------------------------------------- */

/* The value of a capture, for silences and `distinct`. */
static bool
look_up(void *arg, struct span name, struct span *value_out)
{
	const struct feeding *feeding = arg;
	const struct rule *rule =
	    feeding->pipeline->plan->rules[feeding->rule].rule;
	struct span fields = feeding->sight->shown.fields, its, value;
	size_t cursor = 0;

	if (rule_capture(rule, feeding->match, name, value_out))
		return true;
	while (
	    cursor < fields.len && fields_next(fields, &cursor, &its, &value)) {
		if (!span_equal(its, name))
			continue;
		*value_out = value;
		return true;
	}
	return false;
}

static void
render_key(const struct feeding *feeding)
{
	struct pipeline *pipeline = feeding->pipeline;
	const struct plan_rule *planned = &pipeline->plan->rules[feeding->rule];
	const struct record *record = &feeding->sight->shown;
	struct key_source source = {planned->rule, feeding->match,
	    record->fields, record->log_path, pipeline->hostname};

	plan_render_key(planned, &source, &pipeline->key);
}

uint64_t
pipeline_shape(
    const struct plan *plan, size_t log, struct span key, struct span text)
{
	struct buf prefix = BUF_INIT, level = BUF_INIT;
	uint64_t shape;

	buf_add_str(&prefix, plan->logs[log].name);
	buf_add_byte(&prefix, '\0');
	buf_add_span(&prefix, key);
	if (plan->logs[log].redact) {
		redact_level(text, &level);
		text = buf_span(&level);
	}
	shape = shape_hash(buf_span(&prefix), text);
	buf_release(&level);
	buf_release(&prefix);
	return shape;
}

static uint64_t
shape_of(const struct feeding *feeding)
{
	const struct pipeline *pipeline = feeding->pipeline;
	const struct record *record = &feeding->sight->shown;

	return pipeline_shape(pipeline->plan, record->log,
	    buf_span(&pipeline->key), record->text);
}

/* The captures of a match move to the masked copy of its record. */
static void
begin_feeding(struct feeding *feeding, struct rule_match *match)
{
	struct sight *sight = feeding->sight;
	const struct record *shown = sight_show(feeding->pipeline, sight);

	redact_captures(&match->captures, sight->record->text, shown->text);
	feeding->match = match;
	render_key(feeding);
}

static void
make_match(struct feeding *feeding, struct decider_match *out)
{
	struct pipeline *pipeline = feeding->pipeline;
	const struct when_spec *when =
	    &rule_settings(pipeline->plan->rules[feeding->rule].rule)->when;

	*out = (struct decider_match){.rule = feeding->rule,
	    .key = buf_span(&pipeline->key),
	    .time_ms = sight_time(pipeline, feeding->sight),
	    .now_ms = feeding->sight->now_ms,
	    .line = feeding->sight->shown.text,
	    .describe = pipeline_describe,
	    .undecided = feeding->match->undecided,
	    .lookup = look_up,
	    .arg = feeding};
	if (when_class(when) == WHEN_NEW)
		out->shape = shape_of(feeding);
	else if (*when->name && when_class(when) == WHEN_PLAIN)
		look_up(feeding, span_str(when->name), &out->value);
}

static void
feed(struct feeding *feeding, struct rule_match *match)
{
	struct pipeline *pipeline = feeding->pipeline;
	struct pipeline_rule *rule = &pipeline->rules[feeding->rule];
	struct decider_match fed;

	pipeline->fed = true;
	rule->totals.matched++;
	rule->totals.undecided += match->undecided;
	begin_feeding(feeding, match);
	if (pipeline->plan->rules[feeding->rule].report) {
		pipeline_report(feeding, look_up);
		return;
	}
	make_match(feeding, &fed);
	decider_feed(pipeline->decider, &fed);
	pipeline_drain(pipeline, feeding, fed.now_ms);
}

static void
feed_close(struct feeding *feeding, struct rule_match *match)
{
	struct pipeline *pipeline = feeding->pipeline;
	struct decider_match fed;

	pipeline->fed = true;
	pipeline->rules[feeding->rule].totals.closed++;
	begin_feeding(feeding, match);
	make_match(feeding, &fed);
	decider_close(pipeline->decider, &fed);
	pipeline_drain(pipeline, feeding, fed.now_ms);
}

/* --- A record ------------------------------------------------------------- */

/* What became of a record. */
struct fate {
	bool known, excluded, own, undecided;
	const struct plan_report *reported; /* the last that has it */
};

/* The first rule from `from' on that has something to try; how many there are
 * at all: none. */
static size_t
next_rule(const struct pipeline *pipeline, size_t log,
    const struct candidates *candidates, size_t from)
{
	const struct plan *plan = pipeline->plan;
	size_t found;

	while (from < plan->rule_count && !plan->rules[from].logs[log])
		from++;
	if (!candidates || from == plan->rule_count)
		return from;
	found = candidates_next(
	    candidates, plan->rules[from].first_pattern, plan->pattern_count);
	return found < plan->pattern_count ? plan->patterns[found].rule
					   : plan->rule_count;
}

/* logcheck's rules never see the blanks at a line's end. */
static struct span
text_for(const struct plan_rule *planned, const struct sight *sight)
{
	struct span text = sight->record->text;

	return planned->report ? logcheck_line(text) : text;
}

static void
try_rule(struct pipeline *pipeline, size_t rule, const struct sight *sight,
    struct rule_match *match, bool *closes_out)
{
	const struct plan_rule *planned = &pipeline->plan->rules[rule];
	const struct rule *its = planned->rule;
	struct rule_candidates candidates = {
	    sight->candidates, planned->first_pattern};
	struct pipeline_rule_totals *totals = &pipeline->rules[rule].totals;
	int64_t begun = pipeline->clock_ns ? pipeline->clock_ns() : 0;

	*closes_out = false;
	rule_try_candidates(its, &candidates, pipeline->scratch,
	    pipeline->quarantine, text_for(planned, sight), match);
	pipeline->fed |= match->undecided;
	if (!match->matched && rule_closes(its)) {
		struct rule_match closing;

		rule_try_close_candidates(its, &candidates, pipeline->scratch,
		    pipeline->quarantine, sight->record->text, &closing);
		*closes_out = closing.matched;
		if (closing.matched)
			*match = closing;
	}
	if (pipeline->clock_ns)
		totals->nanoseconds += (uint64_t)(pipeline->clock_ns() - begun);
}

static void
say_tried(const struct pipeline *pipeline, size_t rule,
    const struct rule_match *match, bool closes)
{
	if (pipeline->hooks.tried)
		pipeline->hooks.tried(
		    pipeline->hooks.arg, rule, match, closes);
}

/* What a [logcheck] has under one heading already it does not ignore. */
static void
count_excluded(struct pipeline *pipeline, size_t rule, const struct fate *fate)
{
	const struct plan_report *report = pipeline->plan->rules[rule].report;

	if (!report || fate->reported != report)
		pipeline->rules[rule].totals.excluded++;
}

/* False: no rule behind this one is to see the record. */
static bool
offer(struct pipeline *pipeline, size_t rule, struct sight *sight,
    struct fate *fate)
{
	struct feeding feeding = {pipeline, sight, rule, NULL};
	struct rule_match match;
	bool closes;

	try_rule(pipeline, rule, sight, &match, &closes);
	fate->excluded |= match.excluded;
	fate->undecided |= match.undecided;
	if (match.excluded)
		count_excluded(pipeline, rule, fate);
	if (!match.matched) {
		if (match.excluded)
			say_tried(pipeline, rule, &match, false);
		return true;
	}
	if (own_words(sight->record->text)) {
		fate->own = true;
		return false;
	}
	fate->known = true;
	say_tried(pipeline, rule, &match, closes);
	if (closes) {
		feed_close(&feeding, &match);
		return true;
	}
	feed(&feeding, &match);
	if (pipeline->plan->rules[rule].report)
		fate->reported = pipeline->plan->rules[rule].report;
	return !rule_stops(pipeline->plan->rules[rule].rule, &match);
}

/* Those behind it that read this log do not get the record. */
static void
keep_from_others(struct pipeline *pipeline, size_t log, size_t rule)
{
	const struct plan *plan = pipeline->plan;

	while (++rule < plan->rule_count)
		pipeline->rules[rule].unseen += plan->rules[rule].logs[log];
}

static void
offer_to_all(struct pipeline *pipeline, struct sight *sight, struct fate *fate)
{
	size_t log = sight->record->log, count = pipeline->plan->rule_count;
	size_t rule = next_rule(pipeline, log, sight->candidates, 0);

	while (rule < count) {
		if (!offer(pipeline, rule, sight, fate)) {
			keep_from_others(pipeline, log, rule);
			return;
		}
		rule = next_rule(pipeline, log, sight->candidates, rule + 1);
	}
}

static void
count_fate(struct pipeline_log *log, const struct record *record,
    const struct fate *fate)
{
	struct pipeline_log_totals *totals = &log->totals;

	totals->cut += record->cut;
	if (!log->is_read)
		return;
	totals->records++;
	totals->own += fate->own;
	totals->undecided += fate->undecided;
	if (fate->own || fate->known)
		return;
	if (fate->excluded)
		totals->ignored++;
	else
		totals->unmatched++;
}

void
pipeline_record(
    struct pipeline *pipeline, const struct record *record, int64_t now_ms)
{
	struct pipeline_log *log = &pipeline->logs[record->log];
	size_t keep = pipeline->plan->logs[record->log].context;
	struct sight sight = {.record = record, .now_ms = now_ms};
	struct fate fate = {0};

	pipeline->now_ms = now_ms;
	if (context_waits(pipeline->context, record->log_path))
		context_after(pipeline->context, record->log_path,
		    sight_show(pipeline, &sight)->text, pipeline_amend,
		    pipeline);
	sight.candidates = pipeline_candidates(pipeline, record);
	offer_to_all(pipeline, &sight, &fate);
	count_fate(log, record, &fate);
	if (log->is_read && !fate.own && !fate.known &&
	    pipeline->hooks.unmatched)
		pipeline->hooks.unmatched(
		    pipeline->hooks.arg, sight_show(pipeline, &sight));
	if (keep)
		context_keep(pipeline->context, record->log_path,
		    sight_show(pipeline, &sight)->text, keep);
}

/* --- What `new` learns ---------------------------------------------------- */

bool
pipeline_learns(const struct pipeline *pipeline, size_t rule, size_t log)
{
	return pipeline->rules[rule].learned &&
	       pipeline->plan->rules[rule].logs[log] &&
	       !pipeline->rules[rule].learned[log];
}

void
pipeline_set_learned(struct pipeline *pipeline, size_t rule, size_t log)
{
	if (pipeline->rules[rule].learned)
		pipeline->rules[rule].learned[log] = true;
}

bool
pipeline_wants_learning(const struct pipeline *pipeline, size_t log)
{
	for (size_t i = 0; i < pipeline->plan->rule_count; i++)
		if (pipeline_learns(pipeline, i, log))
			return true;
	return false;
}

static void
learn(struct pipeline *pipeline, size_t rule, struct sight *sight,
    struct rule_match *match)
{
	struct feeding feeding = {pipeline, sight, rule, NULL};

	begin_feeding(&feeding, match);
	decider_learn(pipeline->decider, rule, shape_of(&feeding));
}

void
pipeline_learn(struct pipeline *pipeline, const struct record *record)
{
	const struct plan *plan = pipeline->plan;
	struct sight sight = {.record = record, .now_ms = pipeline->now_ms};
	const struct candidates *candidates =
	    pipeline_candidates(pipeline, record);
	struct rule_match match;

	for (size_t i = next_rule(pipeline, record->log, candidates, 0);
	     i < plan->rule_count;
	     i = next_rule(pipeline, record->log, candidates, i + 1)) {
		struct rule_candidates its = {
		    candidates, plan->rules[i].first_pattern};

		rule_try_candidates(plan->rules[i].rule, &its,
		    pipeline->scratch, pipeline->quarantine,
		    text_for(&plan->rules[i], &sight), &match);
		if (!match.matched)
			continue;
		if (own_words(record->text))
			return;
		if (pipeline_learns(pipeline, i, record->log))
			learn(pipeline, i, &sight, &match);
		if (rule_stops(plan->rules[i].rule, &match))
			return;
	}
}

/* --- The clock ------------------------------------------------------------ */

void
pipeline_expire(struct pipeline *pipeline, int64_t now_ms, bool caught_up)
{
	decider_expire(pipeline->decider, now_ms, caught_up);
	pipeline_drain(pipeline, NULL, now_ms);
	context_expire(
	    pipeline->context, now_ms, caught_up, pipeline_amend, pipeline);
	pipeline_expire_silences(pipeline, now_ms);
	pipeline_tell(pipeline, now_ms);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

int64_t
pipeline_due(const struct pipeline *pipeline)
{
	int64_t due = decider_due(pipeline->decider);

	due = sooner(due, context_due(pipeline->context));
	return sooner(due, silences_due(pipeline->silences));
}

void
pipeline_end_context(struct pipeline *pipeline)
{
	context_end(pipeline->context, pipeline_amend, pipeline);
}

void
pipeline_end_pass(struct pipeline *pipeline, int64_t now_ms)
{
	decider_flush_batches(pipeline->decider, now_ms);
	pipeline_drain(pipeline, NULL, now_ms);
	pipeline_end_context(pipeline);
	pipeline_tell(pipeline, now_ms);
}

void
pipeline_flush(struct pipeline *pipeline, size_t rule, int64_t now_ms)
{
	decider_flush(pipeline->decider, rule, now_ms);
	pipeline_drain(pipeline, NULL, now_ms);
}
