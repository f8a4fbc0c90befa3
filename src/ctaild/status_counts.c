/*
 * status_counts: from the rooms' totals to rows.
 */
#include "config.h"

#include "base/bug.h"
#include "ctaild/status_counts.h"

struct rows {
	struct status_count *out;
	size_t count;
};

static void
add(struct rows *rows, const char *name, const char *words, uint64_t value,
    enum status_when when)
{
	if (rows->count == STATUS_COUNTS_MAX)
		BUG("more than %d counts", STATUS_COUNTS_MAX);
	rows->out[rows->count++] =
	    (struct status_count){name, words, value, when};
}

static const char *
plural(uint64_t value, const char *one, const char *many)
{
	return value == 1 ? one : many;
}

size_t
status_log_counts(const struct command_context *context, size_t log,
    struct status_count out[STATUS_COUNTS_MAX])
{
	struct pipeline_log_totals totals;
	struct rows rows = {out, 0};

	pipeline_log_totals(context->pipeline, log, &totals);
	if (context->counts)
		counts_add_log(context->counts, log, &totals);
	add(&rows, "records", plural(totals.records, "record", "records"),
	    totals.records, STATUS_ALWAYS);
	add(&rows, "matched", "matched",
	    totals.records - totals.unmatched - totals.ignored - totals.own,
	    STATUS_ALWAYS);
	add(&rows, "unmatched", "unmatched", totals.unmatched, STATUS_ALWAYS);
	add(&rows, "ignored", "ignored", totals.ignored, STATUS_ALWAYS);
	add(&rows, "cut", "cut", totals.cut, STATUS_NONZERO);
	add(&rows, "undecided", "not decided (pattern limit)", totals.undecided,
	    STATUS_NONZERO);
	add(&rows, "withheld", "withheld by redact", totals.withheld,
	    STATUS_NONZERO);
	add(&rows, "untimed", "without a readable time", totals.untimed,
	    STATUS_NONZERO);
	add(&rows, "own", "ctail's own words", totals.own, STATUS_NONZERO);
	return rows.count;
}

static void
rule_totals(const struct command_context *context, size_t rule,
    struct pipeline_rule_totals *totals, struct decider_totals *state)
{
	pipeline_rule_totals(context->pipeline, rule, totals);
	decider_totals(pipeline_decider(context->pipeline), rule, state);
	if (context->counts)
		counts_add_rule(context->counts, rule, totals, state);
}

static uint64_t
quarantined(const struct command_context *context, size_t rule)
{
	const struct quarantine *quarantine =
	    pipeline_quarantine(context->pipeline);
	const struct rule *of = context->plan->rules[rule].rule;
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;
	uint64_t count = 0;
	size_t i = 0;

	while ((pattern = rule_pattern(of, i++, &list, &origin)))
		count += quarantine_holds(quarantine, pattern);
	return count;
}

static void
add_held(struct rows *rows, const struct decider_totals *state)
{
	static const struct {
		enum decision_reason reason;
		const char *name, *words;
	} reasons[] = {
	    {REASON_SILENCED, "held_by_silence", "by silences"},
	    {REASON_HOURS, "held_by_hours", "by hours"},
	    {REASON_DROPPED, "dropped_by_hours", "dropped by hours"},
	    {REASON_BATCH, "held_by_batch", "by batch"},
	    {REASON_THROTTLE, "held_by_throttle", "by throttle"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		add(rows, reasons[i].name, reasons[i].words,
		    state->held[reasons[i].reason], STATUS_NONZERO);
}

static uint64_t
all_held(const struct decider_totals *state)
{
	uint64_t held = 0;

	for (int i = 0; i < REASON_COUNT; i++)
		held += state->held[i];
	return held;
}

static void
add_state(struct rows *rows, const struct decider_totals *state)
{
	add(rows, "summaries",
	    plural(state->summaries, "summary", "summaries"), state->summaries,
	    STATUS_NONZERO);
	add(rows, "recoveries",
	    plural(state->recoveries, "recovery", "recoveries"),
	    state->recoveries, STATUS_NONZERO);
	add(rows, "shapes",
	    plural(state->shapes, "shape known", "shapes known"),
	    state->shapes, STATUS_NONZERO);
	add(rows, "shapes_full", "(the shapes are full: nothing is new)",
	    state->shapes_full, STATUS_NONZERO);
	add(rows, "evicted", "keys dropped for want of room", state->evicted,
	    STATUS_NONZERO);
}

/* Of `sink = none' nobody has any. */
static const char *
alert_words(
    const struct command_context *context, size_t rule, uint64_t alerts)
{
	if (!context->plan->rules[rule].sinks->count)
		return plural(alerts, "alert to nobody", "alerts to nobody");
	return plural(alerts, "alert", "alerts");
}

size_t
status_rule_counts(const struct command_context *context, size_t rule,
    struct status_count out[STATUS_COUNTS_MAX])
{
	struct pipeline_rule_totals totals;
	struct decider_totals state;
	struct rows rows = {out, 0};

	rule_totals(context, rule, &totals, &state);
	add(&rows, "records", "seen", totals.records, STATUS_ALWAYS);
	add(&rows, "matched", "matched", totals.matched, STATUS_ALWAYS);
	add(&rows, "alerts", alert_words(context, rule, state.alerts),
	    state.alerts, STATUS_ALWAYS);
	add(&rows, "held", "held", all_held(&state), STATUS_ALWAYS);
	add_held(&rows, &state);
	add(&rows, "keys", plural(state.keys, "key", "keys"), state.keys,
	    STATUS_ALWAYS);
	add(&rows, "excluded", "excluded", totals.excluded, STATUS_NONZERO);
	add(&rows, "closed", "closing", totals.closed, STATUS_NONZERO);
	add(&rows, "undecided", "not decided (pattern limit)", totals.undecided,
	    STATUS_NONZERO);
	add(&rows, "quarantined", "patterns in quarantine",
	    quarantined(context, rule), STATUS_NONZERO);
	add_state(&rows, &state);
	return rows.count;
}

/* What all rules of a [logcheck] make together. */
struct report_totals {
	uint64_t seen, ignored; /* of the last, to which nothing is unknown */
	uint64_t matched[LOGCHECK_LAYERS];
	uint64_t undecided, quarantined;
};

static void
sum_up(const struct command_context *context, const struct plan_report *report,
    struct report_totals *out)
{
	const struct plan *plan = context->plan;
	size_t end = report->first_rule + report->rule_count;

	*out = (struct report_totals){0};
	for (size_t i = report->first_rule; i < end; i++) {
		struct pipeline_rule_totals totals;
		struct decider_totals state;

		rule_totals(context, i, &totals, &state);
		out->seen = totals.records;
		out->ignored = totals.excluded;
		out->matched[plan->rules[i].layer] += totals.matched;
		out->undecided += totals.undecided;
		out->quarantined += quarantined(context, i);
	}
}

size_t
status_report_counts(const struct command_context *context, size_t report,
    struct status_count out[STATUS_COUNTS_MAX])
{
	static const char *const names[LOGCHECK_LAYERS] = {
	    [LOGCHECK_ALERTS] = "security_alerts",
	    [LOGCHECK_EVENTS] = "security_events",
	    [LOGCHECK_SYSTEM] = "system_events",
	};
	const struct plan_report *its = &context->plan->reports[report];
	struct report_totals totals;
	struct rows rows = {out, 0};

	sum_up(context, its, &totals);
	add(&rows, "records", "seen", totals.seen, STATUS_ALWAYS);
	for (int i = 0; i < LOGCHECK_LAYERS; i++)
		add(&rows, names[i], logcheck_heading(i), totals.matched[i],
		    STATUS_ALWAYS);
	add(&rows, "ignored", "ignored", totals.ignored, STATUS_NONZERO);
	add(&rows, "undecided", "not decided (pattern limit)", totals.undecided,
	    STATUS_NONZERO);
	add(&rows, "quarantined", "patterns in quarantine", totals.quarantined,
	    STATUS_NONZERO);
	add(&rows, "patterns", "patterns", its->pattern_count, STATUS_JSON);
	add(&rows, "skipped",
	    its->skipped.count == 1 ? "line of rule files skipped"
				    : "lines of rule files skipped",
	    its->skipped.count, STATUS_NONZERO);
	return rows.count;
}

size_t
status_file_counts(
    const struct source_file *file, struct status_count out[STATUS_COUNTS_MAX])
{
	struct rows rows = {out, 0};

	add(&rows, "lines", plural(file->lines, "line", "lines"), file->lines,
	    STATUS_NONZERO);
	add(&rows, "bytes", plural(file->bytes, "byte", "bytes"), file->bytes,
	    STATUS_NONZERO);
	add(&rows, "records", "records", file->records,
	    file->records == file->lines ? STATUS_JSON : STATUS_NONZERO);
	add(&rows, "cut", "lines cut", file->cut, STATUS_NONZERO);
	add(&rows, "partial", "without a newline at the end", file->partial,
	    STATUS_NONZERO);
	add(&rows, "gaps", plural(file->gaps.count, "gap", "gaps"),
	    file->gaps.count, STATUS_NONZERO);
	add(&rows, "lost", "bytes lost, as far as known", file->gaps.bytes,
	    STATUS_NONZERO);
	return rows.count;
}
