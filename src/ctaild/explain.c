/*
 * explain: one rule, one line: patterns, captures, state, and what would
 * follow from it now.
 *
 * Asks the rooms what they know without telling them anything: no count moves
 * and no quarantine hears of it.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ctaild/alert_build.h"
#include "ctaild/explain_internal.h"
#include "ctaild/own_words.h"
#include "judge/redact.h"
#include "judge/shape.h"
#include "message/text.h"

#define VALUE_MAX 200

void
explain_begin_row(const struct matter *matter, const char *name)
{
	buf_addf(matter->line->out, "    %-9s ", name);
}

static void
add_time(struct buf *out, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_local(wall_ms, text);
	buf_add_str(out, text);
}

void
explain_add_place(
    struct buf *out, struct origin origin, const struct pattern *pattern)
{
	buf_addf(out, "%s:%u  ", origin.file ? origin.file : "?", origin.line);
	text_shown(out, span_str(pattern_text(pattern)), VALUE_MAX);
	buf_add_byte(out, '\n');
}

/* --- What the line says --------------------------------------------------- */

static void
say_captures(const struct matter *matter)
{
	struct buf *out = matter->line->out;
	struct span value;
	const char *name;

	for (size_t i = 0; (name = rule_capture_name(matter->planned->rule,
				matter->match, i, &value));
	     i++) {
		explain_begin_row(matter, name);
		buf_add_str(out, "= ");
		text_shown(out, value, VALUE_MAX);
		buf_add_byte(out, '\n');
	}
}

static bool
look_up(void *arg, struct span name, struct span *value_out)
{
	const struct matter *matter = arg;

	return rule_capture(
	    matter->planned->rule, matter->match, name, value_out);
}

static bool
look_up_or_key(void *arg, struct span name, struct span *value_out)
{
	const struct matter *matter = arg;

	if (!span_is(name, "key"))
		return look_up(arg, name, value_out);
	*value_out = buf_span(&matter->key);
	return true;
}

static void
take_key(struct matter *matter)
{
	const struct command_context *context = matter->line->context;
	const struct plan_log *log = &context->plan->logs[matter->line->log];
	const struct setting_list *paths = &log->settings->path;
	struct key_source source = {matter->planned->rule, matter->match,
	    {"", 0}, paths->count ? paths->items[0].text : "",
	    context->hostname};

	plan_render_key(matter->planned, &source, &matter->key);
	if (!matter->planned->key)
		return;
	explain_begin_row(matter, "key");
	text_shown(matter->line->out, buf_span(&matter->key), VALUE_MAX);
	buf_add_byte(matter->line->out, '\n');
}

/* --- `when` --------------------------------------------------------------- */

/* Met, or why not (yet). */
static bool
say_count(struct matter *matter)
{
	const struct when_spec *when = &matter->settings->when;
	const struct explained_line *line = matter->line;
	struct when_match asking = {
	    .time_ms = line->time_ms, .now_ms = line->context->now_ms};
	struct when_met counted;
	bool met;

	if (*when->name)
		look_up(matter, span_str(when->name), &asking.value);
	met = decider_would_meet(pipeline_decider(line->context->pipeline),
	    matter->rule, buf_span(&matter->key), &asking, &counted);
	matter->count = counted.count;
	if (!when->window_ms)
		return met;
	if (!*when->name)
		buf_addf(line->out, "; %" PRId64 " of %" PRId64 " pending",
		    counted.count > 0 ? counted.count - 1 : 0, when->count);
	else
		buf_addf(line->out, "; with this line %" PRId64 " match%s, %s",
		    counted.count, counted.count == 1 ? "" : "es",
		    met ? "enough different values"
			: "not enough different values yet");
	return met;
}

static bool
say_new(const struct matter *matter)
{
	const struct command_context *context = matter->line->context;
	uint64_t shape = pipeline_shape(context->plan, matter->line->log,
	    buf_span(&matter->key), matter->line->shown);
	bool known = decider_knows(
	    pipeline_decider(context->pipeline), matter->rule, shape);
	struct buf text = BUF_INIT;

	shape_describe(matter->line->shown, &text);
	buf_add_str(
	    matter->line->out, known ? "; this shape is known: "
				     : "; this shape has not been seen: ");
	text_shown(matter->line->out, buf_span(&text), VALUE_MAX);
	buf_release(&text);
	return !known;
}

static bool
say_when(struct matter *matter)
{
	const struct when_spec *when = &matter->settings->when;
	struct buf *out = matter->line->out;
	bool met = false;

	matter->count = 1;
	explain_begin_row(matter, "when");
	when_format(when, out);
	switch (when_class(when)) {
	case WHEN_PLAIN:
		met = say_count(matter);
		break;
	case WHEN_NEW:
		met = say_new(matter);
		break;
	case WHEN_ABSENT:
		buf_add_str(out, "; the line winds its clock up");
		if (matter->look.incident)
			buf_add_str(out, ", and ends what was told");
		break;
	case WHEN_UNLESS:
		buf_add_str(out, matter->look.pending
				     ? "; its clock runs already"
				     : "; the line starts its clock");
		break;
	}
	buf_add_byte(out, '\n');
	return met;
}

/* --- What stands between it and somebody ---------------------------------- */

static const struct silence *
silence_of(const struct matter *matter, const char *name)
{
	const struct command_context *context = matter->line->context;

	return silences_match(context->silences, name, look_up_or_key,
	    (void *)matter, context->now_ms);
}

void
explain_say_silence(const struct matter *matter, struct verdict *verdict)
{
	const struct plan_rule *planned = matter->planned;
	struct buf *out = matter->line->out;
	const struct silence *silence =
	    silence_of(matter, rule_name(planned->rule));

	if (!silence && planned->report)
		silence = silence_of(matter, planned->report->name);

	if (!silence)
		return;
	explain_begin_row(matter, "silence");
	buf_addf(out, "#%" PRId64 " of ", silence->id);
	text_shown(out, span_str(silence->who), VALUE_MAX);
	buf_add_str(out, " until ");
	add_time(out, silence->until_ms);
	if (*silence->why) {
		buf_add_str(out, ": ");
		text_shown(out, span_str(silence->why), VALUE_MAX);
	}
	buf_add_byte(out, '\n');
	verdict->held = "it is silenced";
}

static void
say_hours(const struct matter *matter, struct verdict *verdict)
{
	static const char *const otherwise[] = {
	    [HOURS_HOLD] = "held until then",
	    [HOURS_DROP] = "dropped",
	    [HOURS_SINK] = "sent elsewhere",
	};
	const struct hours_spec *hours = &matter->settings->hours;
	int64_t now_ms = matter->line->context->now_ms;
	struct buf *out = matter->line->out;

	if (!hours->count)
		return;
	explain_begin_row(matter, "hours");
	if (hours_are_open(hours, now_ms)) {
		buf_add_str(out, "open\n");
		return;
	}
	buf_add_str(out, "closed until ");
	add_time(out, hours_next_open(hours, now_ms));
	buf_addf(out, "; %s", otherwise[hours->otherwise]);
	if (hours->otherwise == HOURS_SINK)
		buf_addf(out, ", to %s", hours->sink);
	else if (!verdict->held)
		verdict->held = "its hours are closed";
	buf_add_byte(out, '\n');
}

static void
say_batch(const struct matter *matter, struct verdict *verdict)
{
	const struct batch_spec *batch = &matter->settings->batch;
	struct buf *out = matter->line->out;
	bool full = batch->max && matter->look.batched + 1 >= batch->max;

	if (!batch->period_ms)
		return;
	explain_begin_row(matter, "batch");
	if (matter->look.batch_due_ms) {
		buf_addf(out, "holds %" PRId64 " until ", matter->look.batched);
		add_time(out, matter->look.batch_due_ms);
		buf_add_str(out, full ? "; one more fills it\n" : "\n");
	} else {
		buf_add_str(out, "none is open; one would begin\n");
	}
	if (!verdict->held && !full)
		verdict->held = "it waits for the batch";
}

static void
say_throttle(const struct matter *matter, struct verdict *verdict)
{
	struct buf *out = matter->line->out;

	if (!matter->settings->throttle.period_ms)
		return;
	explain_begin_row(matter, "throttle");
	if (matter->look.throttled_until_ms <= matter->line->context->now_ms) {
		buf_add_str(out, "open\n");
		return;
	}
	buf_add_str(out, "closed until ");
	add_time(out, matter->look.throttled_until_ms);
	buf_addf(out, "; holds %" PRId64 "\n", matter->look.throttle_held);
	if (!verdict->held)
		verdict->held = "the throttle holds it, and tells how many";
}

/* --- To whom -------------------------------------------------------------- */

struct cap_search {
	const char *sink;
	struct buf *out;
};

static void
say_cap(void *arg, const struct ledger_cap *cap)
{
	const struct cap_search *search = arg;

	if (!strcmp(cap->sink, search->sink) && cap->held)
		buf_addf(search->out,
		    ", above its cap (%" PRId64 " held by storm)", cap->held);
}

/* True when it takes alerts of this severity. */
static bool
say_sink(const struct matter *matter, const char *name)
{
	const struct command_context *context = matter->line->context;
	const struct conf_section *section =
	    conf_sink(context->plan->conf, span_str(name));
	struct cap_search search = {name, matter->line->out};
	const struct sink_settings *settings;
	bool takes;

	if (!section)
		return false;
	settings = section->settings;
	takes = matter->settings->severity >= settings->min_severity;
	explain_begin_row(matter, "sink");
	buf_addf(search.out, "%s [%s]", name, section->table->section);
	if (!takes)
		buf_addf(search.out, ", but %s is below its min_severity %s",
		    severity_name((enum severity)matter->settings->severity),
		    severity_name((enum severity)settings->min_severity));
	if (context->ledger)
		ledger_caps(context->ledger, context->now_ms, say_cap, &search);
	buf_add_byte(search.out, '\n');
	return takes;
}

static void
say_sinks(const struct matter *matter, struct verdict *verdict)
{
	const struct plan_rule *planned = matter->planned;
	const struct setting_list *sinks =
	    !matter->look.open && planned->elsewhere.count ? &planned->elsewhere
							   : planned->sinks;
	bool taken = false;

	for (size_t i = 0; i < sinks->count; i++)
		taken |= say_sink(matter, sinks->items[i].text);
	if (sinks->count && !taken && !verdict->held)
		verdict->held = "its severity is below what its sinks take";
	if (sinks->count)
		return;
	explain_begin_row(matter, "sink");
	buf_add_str(matter->line->out, "none: the rule only counts\n");
}

static void
say_subject(const struct matter *matter)
{
	const struct explained_line *line = matter->line;
	const struct plan_log *log = &line->context->plan->logs[line->log];
	const struct setting_list *paths = &log->settings->path;
	const char *path = paths->count ? paths->items[0].text : log->name;
	struct alert_place place = {line->context->hostname,
	    line->context->now_ms, log->redact != NULL};
	struct record record = {.text = line->shown,
	    .log = line->log,
	    .path = path,
	    .log_path = path,
	    .incarnation = "",
	    .lines = 1};
	struct decision decision = {.kind = DECISION_ALERT,
	    .met = true,
	    .at_hand = true,
	    .rule = matter->rule,
	    .key = buf_span(&matter->key),
	    .count = matter->count,
	    .first_ms = place.now_ms,
	    .last_ms = place.now_ms,
	    .lines = {line->shown},
	    .line_count = 1};
	struct alert alert;

	alert_from_match(&alert, &place, matter->planned, &decision, &record,
	    log->name, matter->match);
	explain_begin_row(matter, "subject");
	text_shown(line->out, span_str(alert.subject), VALUE_MAX);
	buf_add_byte(line->out, '\n');
	alert_release(&alert);
}

static bool
is_held(const struct explained_line *line, const struct pattern *pattern)
{
	return pattern &&
	       quarantine_holds(
		   pipeline_quarantine(line->context->pipeline), pattern);
}

void
explain_say_held(
    const struct explained_line *line, const struct pattern *pattern)
{
	if (is_held(line, pattern))
		buf_add_str(line->out, "              is in quarantine: it is "
				       "not tried at present\n");
}

static void
say_verdict(
    const struct matter *matter, bool met, const struct verdict *verdict)
{
	struct buf *out = matter->line->out;

	explain_begin_row(matter, "so");
	if (is_held(matter->line, matter->match->by))
		buf_add_str(out, "nothing by this pattern at present\n");
	else if (!met)
		buf_add_str(out, "it is counted; nothing is told yet\n");
	else if (!matter->planned->sinks->count)
		buf_add_str(out, "it is counted; nobody is told\n");
	else if (verdict->held)
		buf_addf(out, "nothing is told now: %s\n", verdict->held);
	else
		buf_add_str(out, "it would be told now\n");
}

/* --- A rule --------------------------------------------------------------- */

static void
say_match(struct matter *matter, bool closes)
{
	struct buf *out = matter->line->out;
	const struct rule_match *match = matter->match;

	buf_addf(out, "rule %s: ", rule_name(matter->planned->rule));
	buf_add_str(out, match->undecided ? "not decided within the limits, "
					    "which counts as a match\n"
			 : closes	  ? "closes\n"
					  : "matches\n");
	if (!match->by)
		return;
	explain_begin_row(matter, closes ? "close" : "match");
	explain_add_place(out, match->origin, match->by);
	explain_say_held(matter->line, match->by);
}

static void
explain_match(struct matter *matter)
{
	struct verdict verdict = {NULL};
	bool met;

	met = say_when(matter);
	explain_say_silence(matter, &verdict);
	say_hours(matter, &verdict);
	say_batch(matter, &verdict);
	say_throttle(matter, &verdict);
	if (met && !own_words(matter->line->raw))
		say_subject(matter);
	say_sinks(matter, &verdict);
	if (own_words(matter->line->raw)) {
		explain_begin_row(matter, "so");
		buf_add_str(matter->line->out, "nothing: ctail's own words "
					       "are never matched\n");
		return;
	}
	say_verdict(matter, met, &verdict);
}

static void
explain_close(const struct matter *matter)
{
	explain_begin_row(matter, "so");
	buf_add_str(matter->line->out,
	    is_held(matter->line, matter->match->by)
		? "nothing by this pattern at present\n"
	    : matter->look.incident
		? "the open incident ends, and a recovery is told\n"
		: "its count starts over; no incident is open\n");
}

static void
say_excluded(const struct explained_line *line, const struct plan_rule *rule,
    const struct rule_match *match)
{
	buf_addf(line->out, "rule %s: excluded\n", rule_name(rule->rule));
	if (match->by) {
		buf_add_str(line->out, "    match     ");
		explain_add_place(line->out, match->origin, match->by);
	}
	if (match->excluded_by) {
		buf_add_str(line->out, "    exclude   ");
		explain_add_place(
		    line->out, match->excluded_origin, match->excluded_by);
		explain_say_held(line, match->excluded_by);
	}
}

enum explained
explain_rule(const struct explained_line *line, size_t rule)
{
	const struct command_context *context = line->context;
	const struct plan_rule *planned = &context->plan->rules[rule];
	struct rule_match match, closing;
	struct matter matter = {.line = line,
	    .rule = rule,
	    .planned = planned,
	    .settings = rule_settings(planned->rule),
	    .match = &match};
	bool closes = false;

	if (planned->report)
		return explain_report(&matter);
	rule_try(planned->rule, line->scratch, NULL, line->raw, &match);
	if (match.excluded)
		say_excluded(line, planned, &match);
	if (!match.matched && rule_closes(planned->rule)) {
		rule_try_close(
		    planned->rule, line->scratch, NULL, line->raw, &closing);
		closes = closing.matched;
		if (closes)
			matter.match = &closing;
	}
	if (!match.matched && !closes)
		return match.excluded ? EXPLAINED_EXCLUDED : EXPLAINED_NO;
	redact_captures(&matter.match->captures, line->raw, line->shown);
	say_match(&matter, closes);
	say_captures(&matter);
	take_key(&matter);
	decider_look(pipeline_decider(context->pipeline), rule,
	    buf_span(&matter.key), look_up, &matter, context->now_ms,
	    &matter.look);
	if (closes)
		explain_close(&matter);
	else
		explain_match(&matter);
	buf_release(&matter.key);
	return !closes && rule_stops(planned->rule, &match)
		   ? EXPLAINED_STOPS
		   : EXPLAINED_MATCHES;
}
