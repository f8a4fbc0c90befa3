/*
 * tally: the hooks of a rehearsal.
 *
 * Hides whom an alert would have reached, and what is only estimated because
 * asking for all of it would cost more than the rehearsal: the time of rules
 * and the shapes of what nobody matched.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctailctl/tally.h"
#include "ctaild/alert_build.h"
#include "judge/shape.h"

/* So many records are looked at in full, and then each so many-th. */
#define TIMED_ALL 20000
#define TIMED_EVERY 61
#define SHAPED_ALL 100000
#define SHAPED_EVERY 16

#define SHAPES_MAX 20000
#define SHAPE_SAMPLE_BYTES 400
#define KEYS_MAX 100000

/* --- Who is told ---------------------------------------------------------- */

static struct tally_sink *
find_sink(const struct tally *tally, const char *name)
{
	for (size_t i = 0; i < tally->sink_count; i++)
		if (!strcmp(tally->sinks[i].section->name, name))
			return &tally->sinks[i];
	return NULL;
}

struct reach {
	size_t sent, capped;
};

static void
offer_sink(struct tally *tally, const struct alert *alert, const char *name,
    struct reach *reach)
{
	struct tally_sink *sink = find_sink(tally, name);
	const struct sink_settings *settings;

	if (!sink)
		return;
	settings = sink->section->settings;
	if ((int)alert->severity < settings->min_severity)
		return;
	if (storms_admit(
		tally->storms, name, alert, rehearsal_now(tally->rehearsal))) {
		sink->sent++;
		reach->sent++;
	} else {
		sink->capped++;
		reach->capped++;
	}
}

static size_t
find_rule(const struct plan *plan, const char *name)
{
	size_t i = 0;

	while (i < plan->rule_count &&
	       strcmp(name, rule_name(plan->rules[i].rule)))
		i++;
	return i;
}

static void
count_key(struct tally *tally, const struct alert *alert, size_t rule)
{
	struct buf name = BUF_INIT;
	struct tally_key *key;

	if (!*alert->key)
		return;
	buf_addf(&name, "%zu", rule);
	buf_add_byte(&name, '\0');
	buf_add_str(&name, alert->key);
	key = map_get(tally->keys, buf_span(&name));
	if (!key && map_count(tally->keys) < KEYS_MAX) {
		key = xcalloc(1, sizeof(*key));
		key->rule = rule_name(tally->plan->rules[rule].rule);
		key->key = xstrdup(alert->key);
		map_put(tally->keys, buf_span(&name), key);
	}
	if (key)
		key->alerts++;
	buf_release(&name);
}

/* As people say it. */
static const char *
kind_word(enum alert_kind kind)
{
	if (kind == ALERT_REPORT)
		return "logcheck"; /* a "report" is what stands at the end */
	return kind == ALERT_MATCH ? "alert" : alert_kind_name(kind);
}

static void
print_alert(struct tally *tally, const struct emission *emission,
    const struct reach *reach)
{
	const struct alert *alert = emission->alert;
	struct tally_event event = {.kind = kind_word(alert->kind),
	    .rule = alert->rule,
	    .key = span_str(alert->key),
	    .words = span_str(alert->subject),
	    .alert = alert,
	    .sinks = emission->sinks};

	if (!reach->sent) {
		if (!tally->options.all)
			return;
		event.kind = "held";
		event.words =
		    span_str(reach->capped ? "by storm" : "by min_severity");
	}
	tally_print(tally, &event);
}

/* An alert about what is missing in a log that nobody reads says nothing. */
static bool
is_of_unread_log(
    const struct tally *tally, const struct alert *alert, size_t rule)
{
	if (rule < tally->plan->rule_count)
		return !tally->rules[rule].read;
	if (alert->kind != ALERT_ABSENT)
		return false;
	for (size_t i = 0; i < tally->plan->log_count; i++)
		if (!strcmp(alert->log, tally->plan->logs[i].name))
			return !tally->logs_read[i];
	return false;
}

static void
on_emit(void *arg, const struct emission *emission)
{
	struct tally *tally = arg;
	const struct alert *alert = emission->alert;
	size_t rule = find_rule(tally->plan, alert->rule);
	struct reach reach = {0, 0};

	if (is_of_unread_log(tally, alert, rule))
		return;
	/* `sink = none': the rule only counts. */
	if (!emission->sinks->count)
		return;
	for (size_t i = 0; i < emission->sinks->count; i++)
		offer_sink(
		    tally, alert, emission->sinks->items[i].text, &reach);
	if (rule < tally->plan->rule_count) {
		tally->rules[rule].told += reach.sent > 0;
		tally->rules[rule].capped += !reach.sent && reach.capped;
		if (reach.sent)
			count_key(tally, alert, rule);
	}
	print_alert(tally, emission, &reach);
}

static void
on_amend(void *arg, const struct alert *alert)
{
	(void)arg;
	(void)alert;
}

static void
on_notice(
    void *arg, enum severity severity, const char *subject, const char *text)
{
	struct tally *tally = arg;
	struct tally_event event = {.kind = alert_kind_name(ALERT_NOTICE),
	    .rule = "ctail",
	    .key = span_str(""),
	    .words = span_str(subject)};

	(void)severity;
	(void)text;
	tally_print(tally, &event);
}

/* --- The caps of sinks ---------------------------------------------------- */

static void
add_share(void *arg, const struct storm_share *share)
{
	alert_add_storm_share(arg, share);
}

static void
on_storm(void *arg, const struct storms_cap *cap)
{
	struct tally *tally = arg;
	struct alert_place place = {tally->hostname, cap->at_ms, false};
	char *name = xstrndup(cap->sink.data, cap->sink.len);
	struct tally_sink *sink = find_sink(tally, name);
	struct alert alert;
	struct tally_event event = {.kind = alert_kind_name(ALERT_STORM),
	    .key = span_str(""),
	    .alert = &alert};

	alert_from_storm(&alert, &place, name);
	if (storm_expire(cap->storm, cap->at_ms, add_share, &alert)) {
		event.rule = alert.rule;
		event.words = span_str(alert.subject);
		tally_print(tally, &event);
		if (sink)
			sink->sent++;
	}
	alert_release(&alert);
	free(name);
}

/* Those due before the record at hand come before it.  At the end the clock
 * stands still: nothing more is missing because of them. */
static void
expire_storms(struct tally *tally, int64_t until_ms)
{
	int64_t due = storms_due(tally->storms), last = 0;

	while (due && due <= until_ms && due != last) {
		if (until_ms != INT64_MAX)
			rehearsal_advance(tally->rehearsal, due);
		storms_expire(tally->storms, due, on_storm, tally);
		last = due;
		due = storms_due(tally->storms);
	}
}

/* --- What happened -------------------------------------------------------- */

static const char *const held_words[REASON_COUNT] = {
    [REASON_NONE] = "by nobody",
    [REASON_SILENCED] = "by silence",
    [REASON_HOURS] = "by hours",
    [REASON_DROPPED] = "by hours",
    [REASON_BATCH] = "by batch",
    [REASON_THROTTLE] = "by throttle",
};

static void
on_trace(void *arg, const struct pipeline_trace *trace)
{
	struct tally *tally = arg;
	const struct decision *decision = trace->decision;
	struct tally_event event = {
	    .rule = rule_name(tally->plan->rules[trace->rule].rule),
	    .key = decision->key};
	struct buf words = BUF_INIT;

	if (!tally->options.all || !tally->rules[trace->rule].read)
		return;
	if (decision->kind == DECISION_HELD) {
		event.kind = "held";
		buf_add_str(&words, held_words[decision->reason]);
	} else if (decision->kind == DECISION_COUNTED) {
		event.kind = "counted";
		buf_addf(&words, "%lld pending", (long long)decision->count);
	} else if (!tally->plan->rules[trace->rule].sinks->count) {
		event.kind = "counted";
		buf_add_str(&words, "its sink is none");
	} else {
		return;
	}
	event.words = buf_span(&words);
	tally_print(tally, &event);
	buf_release(&words);
}

static void
count_hit(struct tally *tally, const struct pattern *by)
{
	struct tally_pattern *hits =
	    map_get(tally->hits, span_of((const char *)&by, sizeof(by)));

	if (hits)
		hits->hits++;
}

/* What an exclude takes away was found by a pattern all the same. */
static void
on_tried(void *arg, size_t rule, const struct rule_match *match, bool closes)
{
	struct tally *tally = arg;

	(void)rule;
	(void)closes;
	tally->excluded |= !match->matched;
	count_hit(tally, match->by);
	if (!match->matched)
		count_hit(tally, match->excluded_by);
}

static void
on_unmatched(void *arg, const struct record *record)
{
	struct tally *tally = arg;
	struct tally_shape *shape;
	uint64_t hash, weight = 1;
	struct span name = {(const char *)&hash, sizeof(hash)};

	if (tally->excluded)
		return;
	if (tally->unmatched++ >= SHAPED_ALL) {
		tally->shapes_are_sampled = true;
		weight = SHAPED_EVERY;
		if (tally->unmatched % SHAPED_EVERY)
			return;
	}
	hash = shape_hash(span_str(""), record->text);
	shape = map_get(tally->shapes, name);
	if (!shape && map_count(tally->shapes) >= SHAPES_MAX) {
		tally->shapes_are_full = true;
		return;
	}
	if (!shape) {
		shape = xcalloc(1, sizeof(*shape));
		shape->sample_len = record->text.len > SHAPE_SAMPLE_BYTES
					? SHAPE_SAMPLE_BYTES
					: record->text.len;
		shape->sample = xstrndup(record->text.data, shape->sample_len);
		map_put(tally->shapes, name, shape);
	}
	shape->count += weight;
}

/* --- Making one ----------------------------------------------------------- */

static void
note_patterns(struct tally *tally, size_t at)
{
	const struct rule *rule = tally->plan->rules[at].rule;
	struct tally_rule *own = &tally->rules[at];
	struct tally_pattern known;

	while (
	    rule_pattern(rule, own->pattern_count, &known.list, &known.origin))
		own->pattern_count++;
	own->patterns = xcalloc(own->pattern_count + 1, sizeof(known));
	for (size_t i = 0; i < own->pattern_count; i++) {
		struct tally_pattern *pattern = &own->patterns[i];

		pattern->pattern =
		    rule_pattern(rule, i, &pattern->list, &pattern->origin);
		pattern->files =
		    tally_rule_files(&tally->plan->rules[at], pattern->origin);
		map_put(tally->hits,
		    span_of((const char *)&pattern->pattern,
			sizeof(pattern->pattern)),
		    pattern);
	}
}

static void
note_rules(struct tally *tally)
{
	const struct plan *plan = tally->plan;

	tally->rules = xcalloc(plan->rule_count + 1, sizeof(*tally->rules));
	tally->first_ns =
	    xcalloc(plan->rule_count + 1, sizeof(*tally->first_ns));
	for (size_t i = 0; i < plan->rule_count; i++) {
		for (size_t k = 0; k < plan->log_count; k++)
			tally->rules[i].read |=
			    plan->rules[i].logs[k] && tally->logs_read[k];
		note_patterns(tally, i);
	}
}

static void
note_sinks(struct tally *tally)
{
	const struct conf *conf = tally->plan->conf;

	while (conf_sink_at(conf, tally->sink_count))
		tally->sink_count++;
	tally->sinks = xcalloc(tally->sink_count + 1, sizeof(*tally->sinks));
	for (size_t i = 0; i < tally->sink_count; i++)
		tally->sinks[i].section = conf_sink_at(conf, i);
}

void
tally_init(struct tally *tally, const struct plan *plan, const char *hostname,
    int64_t begin_ms, struct tally_options options, bool *logs_read)
{
	struct pipeline_hooks hooks = {.emit = on_emit,
	    .amend = on_amend,
	    .notice = on_notice,
	    .trace = on_trace,
	    .report = tally_take_report_line,
	    .unmatched = on_unmatched,
	    .tried = on_tried,
	    .arg = tally};

	*tally = (struct tally){.options = options,
	    .plan = plan,
	    .hostname = hostname,
	    .logs_read = logs_read,
	    .hits = map_new(),
	    .shapes = map_new(),
	    .keys = map_new(),
	    .headings = map_new(),
	    .silences = silences_new(),
	    .storms = storms_new(),
	    .begun_ns = clock_boot_ns()};
	note_rules(tally);
	note_sinks(tally);
	storms_configure(tally->storms, plan->conf, begin_ms);
	tally->rehearsal =
	    rehearsal_new(plan, hostname, tally->silences, begin_ms, &hooks);
}

static void
free_shape(void *arg)
{
	struct tally_shape *shape = arg;

	free(shape->text);
	free(shape->sample);
	free(shape);
}

static void
free_key(void *arg)
{
	struct tally_key *key = arg;

	free(key->key);
	free(key);
}

void
tally_release(struct tally *tally)
{
	rehearsal_free(tally->rehearsal);
	silences_free(tally->silences);
	storms_free(tally->storms);
	map_free(tally->hits, NULL);
	map_free(tally->shapes, free_shape);
	map_free(tally->keys, free_key);
	map_free(tally->headings, free);
	for (size_t i = 0; i < tally->plan->rule_count; i++)
		free(tally->rules[i].patterns);
	free(tally->rules);
	free(tally->sinks);
	free(tally->first_ns);
}

/* --- Records -------------------------------------------------------------- */

static int64_t
time_spent(const struct tally *tally, size_t rule)
{
	struct pipeline_rule_totals totals;

	pipeline_rule_totals(
	    rehearsal_pipeline(tally->rehearsal), rule, &totals);
	return (int64_t)totals.nanoseconds;
}

/* Two looks at the clock for each rule and record would take longer than most
 * rules do. */
static void
time_some(struct tally *tally)
{
	struct pipeline *pipeline = rehearsal_pipeline(tally->rehearsal);

	if (tally->records == 1)
		pipeline_time_rules(pipeline, clock_boot_ns);
	if (tally->records <= TIMED_ALL)
		return;
	if (!tally->times_are_sampled)
		for (size_t i = 0; i < tally->plan->rule_count; i++)
			tally->first_ns[i] = time_spent(tally, i);
	tally->times_are_sampled = true;
	pipeline_time_rules(
	    pipeline, tally->records % TIMED_EVERY ? NULL : clock_boot_ns);
}

static void
count_record(struct tally *tally, const struct record *record)
{
	tally->records++;
	tally->lines += record->lines;
	tally->bytes += record->text.len + 1;
	if (record->time_ms <= 0) {
		tally->untimed++;
		return;
	}
	if (!tally->first_ms || record->time_ms < tally->first_ms)
		tally->first_ms = record->time_ms;
	if (record->time_ms > tally->last_ms)
		tally->last_ms = record->time_ms;
}

void
tally_record(struct tally *tally, const struct record *record)
{
	if (record->time_ms > 0 && record->time_ms < tally->learn_before_ms) {
		pipeline_learn(rehearsal_pipeline(tally->rehearsal), record);
		tally->learned++;
		return;
	}
	count_record(tally, record);
	time_some(tally);
	tally->excluded = false;
	if (record->time_ms > 0)
		expire_storms(tally, record->time_ms);
	rehearsal_record(tally->rehearsal, record);
}

void
tally_end(struct tally *tally)
{
	rehearsal_end(tally->rehearsal);
	expire_storms(tally, INT64_MAX);
	tally->ended_ns = clock_boot_ns();
	for (size_t i = 0; i < tally->plan->rule_count; i++) {
		int64_t all = time_spent(tally, i);
		int64_t first =
		    tally->times_are_sampled ? tally->first_ns[i] : all;

		tally->rules[i].nanoseconds =
		    first + (all - first) * TIMED_EVERY;
	}
}
