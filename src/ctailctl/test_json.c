/*
 * test_json: the same as test_line.c and test_report.c, for programs: one
 * object a line, the report last.
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "ctailctl/tally.h"
#include "ctaild/command_json.h"
#include "message/json.h"

static void
print(struct buf *out)
{
	buf_add_byte(out, '\n');
	fwrite(out->data, 1, out->len, stdout);
	buf_release(out);
}

static void
add_names(struct json *json, const struct setting_list *sinks)
{
	json_key(json, "sinks");
	json_open(json, '[');
	for (size_t i = 0; i < sinks->count; i++)
		json_string(json, span_str(sinks->items[i].text));
	json_close(json, ']');
}

void
tally_print_json(const struct tally *tally, const struct tally_event *event)
{
	const struct alert *alert = event->alert;
	struct buf out = BUF_INIT;
	struct json json;

	json_init(&json, &out);
	json_open(&json, '{');
	json_add_time(&json, "time",
	    alert ? alert->made_ms : rehearsal_now(tally->rehearsal));
	json_add_text(&json, "kind", event->kind);
	json_add_text(&json, "rule", event->rule);
	json_key(&json, "key");
	json_string(&json, event->key);
	json_key(&json, alert ? "subject" : "why");
	json_string(&json, event->words);
	if (alert) {
		json_add_text(
		    &json, "severity", severity_name(alert->severity));
		json_add_number(&json, "count", alert->count);
		json_add_text(&json, "file", alert->file);
		json_add_number(&json, "offset", (int64_t)alert->offset);
	}
	if (event->sinks)
		add_names(&json, event->sinks);
	json_close(&json, '}');
	print(&out);
}

/* --- The report ----------------------------------------------------------- */

static void
add_patterns(struct json *json, const struct tally_rule *rule)
{
	static const char *const lists[RULE_LISTS] = {
	    [RULE_MATCH] = "match",
	    [RULE_EXCLUDE] = "exclude",
	    [RULE_CLOSE] = "close",
	};

	json_key(json, "patterns");
	json_open(json, '[');
	for (size_t i = 0; i < rule->pattern_count; i++) {
		const struct tally_pattern *pattern = &rule->patterns[i];

		json_open(json, '{');
		json_add_text(json, "list", lists[pattern->list]);
		json_add_text(json, "file", pattern->origin.file);
		json_add_number(json, "line", pattern->origin.line);
		json_add_text(json, "pattern", pattern_text(pattern->pattern));
		json_add_number(json, "hits", (int64_t)pattern->hits);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void
add_held(struct json *json, const struct decider_totals *state, uint64_t capped)
{
	json_key(json, "held");
	json_open(json, '{');
	for (size_t i = REASON_NONE + 1; i < REASON_COUNT; i++)
		json_add_number(json,
		    decision_reason_name((enum decision_reason)i),
		    (int64_t)state->held[i]);
	json_add_number(json, "storm", (int64_t)capped);
	json_close(json, '}');
}

static void
add_rule(struct json *json, const struct tally *tally, size_t at)
{
	const struct tally_rule *rule = &tally->rules[at];
	struct pipeline *pipeline = rehearsal_pipeline(tally->rehearsal);
	struct pipeline_rule_totals totals;
	struct decider_totals state;

	pipeline_rule_totals(pipeline, at, &totals);
	decider_totals(pipeline_decider(pipeline), at, &state);
	json_open(json, '{');
	json_add_text(json, "rule", rule_name(tally->plan->rules[at].rule));
	json_key(json, "read");
	json_bool(json, rule->read);
	json_add_number(json, "records", (int64_t)totals.records);
	json_add_number(json, "matched", (int64_t)totals.matched);
	json_add_number(json, "excluded", (int64_t)totals.excluded);
	json_add_number(json, "closed", (int64_t)totals.closed);
	json_add_number(json, "not_decided", (int64_t)totals.undecided);
	json_add_number(json, "told", (int64_t)rule->told);
	add_held(json, &state, rule->capped);
	json_add_number(json, "microseconds", rule->nanoseconds / 1000);
	add_patterns(json, rule);
	json_close(json, '}');
}

static void
add_shapes(struct json *json, struct tally *tally)
{
	struct tally_shape *top[TALLY_SHAPES];
	size_t count = tally_top_shapes(tally, top);

	json_key(json, "unmatched_shapes");
	json_open(json, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(json, '{');
		json_add_text(json, "shape", top[i]->text);
		json_add_number(json, "count", (int64_t)top[i]->count);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void
add_sinks(struct json *json, const struct tally *tally)
{
	json_key(json, "sinks");
	json_open(json, '[');
	for (size_t i = 0; i < tally->sink_count; i++) {
		const struct tally_sink *sink = &tally->sinks[i];

		json_open(json, '{');
		json_add_text(json, "sink", sink->section->name);
		json_add_text(json, "kind", sink->section->table->section);
		json_add_number(json, "sent", (int64_t)sink->sent);
		json_add_number(json, "held_by_storm", (int64_t)sink->capped);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void
add_top_rule(struct json *json, const struct tally *tally)
{
	const struct tally_rule *top = tally_top_rule(tally);

	if (!top)
		return;
	json_key(json, "top_rule");
	json_open(json, '{');
	json_add_text(json, "rule",
	    rule_name(tally->plan->rules[top - tally->rules].rule));
	json_add_number(json, "alerts", (int64_t)top->told);
	json_close(json, '}');
}

static void
add_top_key(struct json *json, const struct tally *tally)
{
	const struct tally_key *top = tally_top_key(tally);

	if (!top)
		return;
	json_key(json, "top_key");
	json_open(json, '{');
	json_add_text(json, "key", top->key);
	json_add_text(json, "rule", top->rule);
	json_add_number(json, "alerts", (int64_t)top->alerts);
	json_close(json, '}');
}

static void
add_read(struct json *json, const struct tally *tally)
{
	struct pipeline_log_totals logs = tally_logs(tally);

	json_key(json, "stopped");
	json_bool(json, tally->stopped);
	json_add_number(json, "lines", (int64_t)tally->lines);
	json_add_number(json, "records", (int64_t)tally->records);
	json_add_number(json, "untimed", (int64_t)tally->untimed);
	json_add_number(json, "cut", (int64_t)logs.cut);
	json_add_number(json, "not_decided", (int64_t)logs.undecided);
	json_add_number(json, "withheld", (int64_t)logs.withheld);
	json_add_number(json, "learned_from", (int64_t)tally->learned);
	json_add_number(
	    json, "unread", (int64_t)(tally->records - logs.records));
	json_add_number(json, "unmatched", (int64_t)logs.unmatched);
	json_add_number(json, "ignored", (int64_t)logs.ignored);
	if (tally->first_ms) {
		json_add_time(json, "first", tally->first_ms);
		json_add_time(json, "last", tally->last_ms);
	}
	json_add_number(json, "seconds", tally_span(tally) / 1000);
}

void
tally_report_json(struct tally *tally)
{
	struct buf out = BUF_INIT;
	struct json json;

	json_init(&json, &out);
	json_open(&json, '{');
	json_add_text(&json, "kind", "report");
	add_read(&json, tally);
	json_key(&json, "times_are_estimated");
	json_bool(&json, tally->times_are_sampled);
	json_key(&json, "rules");
	json_open(&json, '[');
	for (size_t i = 0; i < tally->plan->rule_count; i++)
		add_rule(&json, tally, i);
	json_close(&json, ']');
	json_key(&json, "reports");
	json_open(&json, '[');
	tally_json_headings(tally, &json);
	json_close(&json, ']');
	add_shapes(&json, tally);
	add_sinks(&json, tally);
	add_top_rule(&json, tally);
	add_top_key(&json, tally);
	json_close(&json, '}');
	print(&out);
}
