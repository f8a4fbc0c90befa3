/*
 * pipeline_emit: from the decider's decisions to alerts for somebody.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/pipeline_internal.h"

#define ABOUT_LOGS_MAX 5 /* more are not named in one alert */

static void
hand_over(struct pipeline *pipeline, const struct emission *emission)
{
	pipeline->has_told = true;
	pipeline->hooks.emit(pipeline->hooks.arg, emission);
}

void
pipeline_amend(void *arg, const struct alert *alert)
{
	struct pipeline *pipeline = arg;

	pipeline->has_told = true;
	pipeline->hooks.amend(pipeline->hooks.arg, alert);
}

static const struct rule_context *
context_of(const struct pipeline *pipeline, size_t rule)
{
	return &rule_settings(pipeline->plan->rules[rule].rule)->context;
}

/* What is found when one looks back, masked. */
struct looking {
	struct pipeline *pipeline;
	size_t log;
	struct buf copy;
	struct alert_line lines[ALERT_CONTEXT_MAX];
	size_t count;
};

static void
take_earlier(void *arg, struct span text)
{
	struct looking *looking = arg;
	struct pipeline *pipeline = looking->pipeline;
	const struct redact *redact = pipeline->plan->logs[looking->log].redact;
	struct alert_line *line = &looking->lines[looking->count];
	bool withheld = false;

	if (looking->count == ALERT_CONTEXT_MAX)
		return;
	if (redact)
		text = redact_text(redact, pipeline->scratch,
		    pipeline->quarantine, text, &looking->copy, &withheld);
	pipeline->logs[looking->log].totals.withheld += withheld;
	pipeline->fed |= withheld;
	line->text = xstrndup(text.data, text.len);
	line->len = text.len;
	looking->count++;
}

/* A run that has just begun has not seen what its first records stand
 * behind. */
static void
look_back(const struct feeding *feeding, size_t count)
{
	struct pipeline *pipeline = feeding->pipeline;
	const struct record *record = feeding->sight->record;
	struct looking looking = {.pipeline = pipeline, .log = record->log};
	size_t keep = pipeline->plan->logs[record->log].context;
	bool more;

	if (!pipeline->hooks.earlier ||
	    !context_looks_back(pipeline->context, record->log_path, count))
		return;
	pipeline->hooks.earlier(
	    pipeline->hooks.arg, record, take_earlier, &looking);
	more = looking.count >
	       context_count(pipeline->context, record->log_path);
	if (more)
		context_forget(pipeline->context, record->log_path);
	for (size_t i = 0; i < looking.count; i++) {
		if (more)
			context_keep(pipeline->context, record->log_path,
			    span_of(looking.lines[i].text,
				looking.lines[i].len),
			    keep);
		free(looking.lines[i].text);
	}
	buf_release(&looking.copy);
}

/* The alert of the record at hand, with what stood before it. */
static void
build_at_hand(const struct feeding *feeding, const struct decision *decision,
    struct alert *alert)
{
	struct pipeline *pipeline = feeding->pipeline;
	const struct record *record = &feeding->sight->shown;
	const struct plan_log *log = &pipeline->plan->logs[record->log];
	struct alert_place place = {
	    pipeline->hostname, feeding->sight->now_ms, log->redact != NULL};
	size_t before = (size_t)context_of(pipeline, decision->rule)->before;

	alert_from_match(alert, &place, &pipeline->plan->rules[decision->rule],
	    decision, record, log->name, feeding->match);
	look_back(feeding, before);
	context_before(pipeline->context, record->log_path, before, alert);
}

/* What is known of the logs that a rule reads. */
static void
describe_logs(const struct pipeline *pipeline, size_t rule, struct buf *out)
{
	const struct plan *plan = pipeline->plan;
	size_t named = 0;

	if (!pipeline->hooks.about_log)
		return;
	for (size_t i = 0; i < plan->log_count; i++) {
		struct buf about = BUF_INIT;

		if (!plan->rules[rule].logs[i])
			continue;
		pipeline->hooks.about_log(pipeline->hooks.arg, i, &about);
		if (about.len && named == ABOUT_LOGS_MAX)
			buf_add_str(out, "; ...");
		else if (about.len && named < ABOUT_LOGS_MAX) {
			buf_add_str(out, named ? "; " : "");
			buf_add_span(out, buf_span(&about));
		}
		named += about.len > 0;
		buf_release(&about);
	}
}

static void
build_of_clock(struct pipeline *pipeline, const struct decision *decision,
    int64_t now_ms, struct alert *alert)
{
	struct alert_place place = {
	    pipeline->hostname, now_ms, pipeline->rules[decision->rule].masks};
	struct buf about = BUF_INIT;

	if (decision->kind == DECISION_ABSENT)
		describe_logs(pipeline, decision->rule, &about);
	alert_from_clock(alert, &place, &pipeline->plan->rules[decision->rule],
	    decision, buf_str(&about));
	buf_release(&about);
}

static void
build_of_payload(struct pipeline *pipeline, const struct decision *decision,
    int64_t now_ms, struct alert *alert)
{
	struct alert_place place = {
	    pipeline->hostname, now_ms, pipeline->rules[decision->rule].masks};

	alert_from_payload(
	    alert, &place, &pipeline->plan->rules[decision->rule], decision);
}

/* True: records behind this one may still be added. */
static bool
waits(const struct feeding *feeding, const struct decision *decision,
    const struct alert *alert)
{
	struct pipeline *pipeline = feeding->pipeline;
	size_t after = (size_t)context_of(pipeline, decision->rule)->after;

	return decision->kind == DECISION_ALERT && after &&
	       context_wait(pipeline->context, feeding->sight->record->log_path,
		   after, alert, feeding->sight->now_ms);
}

static const struct setting_list *
sinks_for(const struct plan_rule *rule, const struct decision *decision)
{
	if (decision->kind == DECISION_RENEWAL)
		return decision->elsewhere ? &rule->renewed_elsewhere
					   : &rule->renewed;
	return decision->elsewhere ? &rule->elsewhere : rule->sinks;
}

static void
emit(struct pipeline *pipeline, const struct feeding *feeding,
    const struct decision *decision, int64_t now_ms)
{
	const struct plan_rule *planned =
	    &pipeline->plan->rules[decision->rule];
	struct alert alert;
	struct emission emission = {
	    .alert = &alert, .sinks = sinks_for(planned, decision)};

	/* A rule without a sink only counts. */
	if (!emission.sinks->count)
		return;
	if (decision->at_hand && feeding) {
		build_at_hand(feeding, decision, &alert);
		if (waits(feeding, decision, &alert))
			emission.wait_ms = CONTEXT_DELIVER_MS;
	} else if (decision->payload.len) {
		build_of_payload(pipeline, decision, now_ms, &alert);
	} else {
		build_of_clock(pipeline, decision, now_ms, &alert);
	}
	hand_over(pipeline, &emission);
	alert_release(&alert);
}

static void
trace(struct pipeline *pipeline, const struct feeding *feeding,
    const struct decision *decision)
{
	struct pipeline_trace trace = {
	    .rule = decision->rule, .decision = decision};

	if (!pipeline->hooks.trace)
		return;
	if (feeding) {
		trace.record = &feeding->sight->shown;
		trace.match = feeding->match;
	}
	pipeline->hooks.trace(pipeline->hooks.arg, &trace);
}

void
pipeline_drain(
    struct pipeline *pipeline, const struct feeding *feeding, int64_t now_ms)
{
	struct decision decision;

	while (decider_next(pipeline->decider, &decision)) {
		trace(pipeline, feeding, &decision);
		if (decision.kind != DECISION_COUNTED &&
		    decision.kind != DECISION_HELD)
			emit(pipeline, feeding, &decision, now_ms);
	}
}

/* Captures go before anything else when there is too much. */
static void
encode_within(struct alert *alert, size_t max, struct buf *out)
{
	struct buf fields = BUF_INIT;

	alert_encode(alert, &fields);
	while (fields.len > max && alert->capture_count) {
		struct alert_capture *last =
		    &alert->captures[--alert->capture_count];

		free(last->name);
		free(last->value);
		buf_reset(&fields);
		alert_encode(alert, &fields);
	}
	buf_add_span(out, buf_span(&fields));
	buf_release(&fields);
}

void
pipeline_describe(void *arg, struct buf *out)
{
	const struct feeding *feeding = arg;
	struct pipeline *pipeline = feeding->pipeline;
	struct decision decision = {.kind = DECISION_ALERT,
	    .rule = feeding->rule,
	    .key = buf_span(&pipeline->key),
	    .count = 1,
	    .first_ms = feeding->sight->time_ms,
	    .last_ms = feeding->sight->time_ms,
	    .lines = {feeding->sight->shown.text},
	    .line_count = 1};
	struct alert alert;

	build_at_hand(feeding, &decision, &alert);
	encode_within(&alert, BATCH_PAYLOAD_BYTES, out);
	alert_release(&alert);
}

void
pipeline_expire_silences(struct pipeline *pipeline, int64_t now_ms)
{
	struct alert_place place = {pipeline->hostname, now_ms, false};
	struct silence silence;
	bool ended;

	while (silences_expire(pipeline->silences, now_ms, &silence, &ended)) {
		struct alert alert;
		struct emission emission = {.alert = &alert,
		    .sinks = conf_default_sinks(pipeline->plan->conf)};

		pipeline->has_told = true;
		if (silence.held.events) {
			alert_from_silence(&alert, &place, &silence, ended);
			hand_over(pipeline, &emission);
			alert_release(&alert);
		}
		silence_release(&silence);
	}
}
