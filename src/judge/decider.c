/*
 * decider: matches in, decisions out.
 *
 * Hides how `when` and throttle work together for each rule and key, and
 * what a step of the clock does to them.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "judge/decider_internal.h"

/* Less than this is the clock being slewed, not set. */
#define CLOCK_STEP_MS 1000

struct decider *
decider_new(const struct decider_rule *rules, size_t count)
{
	struct decider *decider = xcalloc(1, sizeof(*decider));
	size_t i;

	decider->rules = xcalloc(count, sizeof(*decider->rules));
	decider->count = count;
	for (i = 0; i < count; i++) {
		decider->rules[i].spec = rules[i];
		decider->rules[i].entries = map_new();
	}
	return decider;
}

static void
decider_free_rule(struct decider *decider, struct rule_state *rule)
{
	struct span key;
	size_t cursor = 0;
	void *entry;

	while (map_next(rule->entries, &cursor, &key, &entry))
		entry_free(decider, entry);
	map_free(rule->entries, NULL);
}

void
decider_free(struct decider *decider)
{
	size_t i;

	if (!decider)
		return;
	for (i = 0; i < decider->count; i++)
		decider_free_rule(decider, &decider->rules[i]);
	heap_release(&decider->due);
	buf_release(&decider->key);
	kept_lines_release(&decider->shown);
	free(decider->rules);
	free(decider);
}

struct rule_state *
decider_rule_at(const struct decider *decider, size_t rule)
{
	if (rule >= decider->count)
		BUG("there is no rule %zu", rule);
	return &decider->rules[rule];
}

/* The clock was set back: no deadline may lie further away than its own
 * length, no window in the future. */
static void
decider_step_back(
    struct decider *decider, struct rule_state *rule, int64_t now_ms)
{
	struct entry *entry;
	int place;

	for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
		entry = rule->order[place].oldest;
		for (; entry; entry = entry->newer) {
			throttle_clamp(&entry->throttle, now_ms);
			when_settle(rule->spec.when, entry->when, now_ms);
			if (entry->touched_ms > now_ms)
				entry->touched_ms = now_ms;
			entry_schedule(decider, entry);
		}
	}
}

static void
decider_tick(struct decider *decider, int64_t now_ms)
{
	size_t i;

	if (now_ms >= decider->now_ms - CLOCK_STEP_MS) {
		if (now_ms > decider->now_ms)
			decider->now_ms = now_ms;
		return;
	}
	decider->now_ms = now_ms;
	for (i = 0; i < decider->count; i++)
		decider_step_back(decider, &decider->rules[i], now_ms);
}

/* Counts a match; true when the condition is met, described by event. */
static bool
decider_count(struct decider *decider, struct entry *entry, int64_t time_ms,
    struct span line, struct throttle_event *event)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;
	int64_t newest;

	if (!entry->when)
		entry->when = when_state_new(when);
	when_settle(when, entry->when, decider->now_ms);
	newest = when_newest(when, entry->when);
	event->last_ms = newest > time_ms ? newest : time_ms;
	event->line = line;
	if (when_feed(
		when, entry->when, time_ms, &event->matches, &event->first_ms))
		return true;
	if (!newest || time_ms >= newest - when->window_ms)
		entry_add_line(decider, entry, line);
	return false;
}

/* The lines that led here and the one that completed them. */
static void
decider_show_lines(
    struct decider *decider, struct entry *entry, struct span line)
{
	decider->line_bytes -= entry->lines.size;
	decider->shown = entry->lines;
	entry->lines = (struct kept_lines){NULL, 0, 0};
	kept_lines_add(&decider->shown, line, DECIDER_LINE_BYTES);
	kept_lines_trim(&decider->shown, DECIDER_LINES);
}

static void
decider_describe(struct decider *decider, size_t rule, struct decision *out)
{
	size_t at = 0;

	out->rule = rule;
	out->key = buf_span(&decider->key);
	while (
	    out->line_count < DECIDER_LINES &&
	    kept_lines_next(&decider->shown, &at, &out->lines[out->line_count]))
		out->line_count++;
}

static void
decider_ask_throttle(struct decider *decider, struct entry *entry,
    const struct throttle_event *event, struct decision *out)
{
	struct rule_state *rule = &decider->rules[entry->rule];

	out->count = event->matches;
	out->first_ms = event->first_ms;
	out->last_ms = event->last_ms;
	if (throttle_admit(rule->spec.throttle, &entry->throttle,
		decider->now_ms, event)) {
		out->kind = DECISION_ALERT;
		rule->totals.alerts++;
		decider_show_lines(decider, entry, event->line);
	} else {
		out->kind = DECISION_HELD;
		rule->totals.held++;
		entry_forget_lines(decider, entry);
	}
}

void
decider_feed(struct decider *decider, size_t rule, struct span key,
    int64_t time_ms, int64_t now_ms, struct span line, struct decision *out)
{
	struct rule_state *state = decider_rule_at(decider, rule);
	struct throttle_event event = {0};
	struct entry *entry;

	*out = (struct decision){.kind = DECISION_COUNTED};
	kept_lines_release(&decider->shown);
	decider_tick(decider, now_ms);
	entry = entry_use(decider, rule, entry_key(decider, key));
	entry->touched_ms = decider->now_ms;
	if (decider_count(decider, entry, time_ms, line, &event)) {
		decider_ask_throttle(decider, entry, &event, out);
	} else {
		state->totals.counted++;
		out->count = when_pending(state->spec.when, entry->when);
		out->first_ms = out->last_ms = time_ms;
	}
	entry_settle(decider, entry, true);
	decider_describe(decider, rule, out);
}

int64_t
decider_due(const struct decider *decider)
{
	const struct heap_node *node = heap_min(&decider->due);

	return node ? node->when : 0;
}

static void
decider_summarize(struct decider *decider, struct entry *entry,
    struct throttle_summary *summary, struct decision *out)
{
	struct rule_state *rule = &decider->rules[entry->rule];

	*out = (struct decision){
	    .kind = DECISION_SUMMARY,
	    .count = summary->held,
	    .first_ms = summary->first_ms,
	    .last_ms = summary->last_ms,
	    .period_ms = summary->period_ms,
	};
	rule->totals.summaries++;
	entry_key(decider, span_of(entry->key, entry->key_len));
	kept_lines_release(&decider->shown);
	kept_lines_add(&decider->shown,
	    span_of(summary->last_line, summary->last_len), DECIDER_LINE_BYTES);
	free(summary->last_line);
	decider_describe(decider, entry->rule, out);
}

/* What is due for one entry; true when it is a summary. */
static bool
decider_expire_entry(
    struct decider *decider, struct entry *entry, struct decision *out)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	struct throttle_summary summary;
	int64_t end = entry_window_end(decider, entry);

	throttle_expire(
	    spec->throttle, &entry->throttle, decider->now_ms, &summary);
	if (end && end <= decider->now_ms)
		entry_forget_window(decider, entry);
	if (summary.held)
		decider_summarize(decider, entry, &summary, out);
	entry_settle(decider, entry, false);
	return summary.held > 0;
}

/* The entry around its deadline. */
static struct entry *
decider_entry_of(struct heap_node *node)
{
	return (
	    struct entry *)(void *)((char *)node - offsetof(struct entry, due));
}

bool
decider_expire(struct decider *decider, int64_t now_ms, struct decision *out)
{
	struct heap_node *node;

	decider_tick(decider, now_ms);
	while (
	    (node = heap_min(&decider->due)) && node->when <= decider->now_ms) {
		if (decider_expire_entry(decider, decider_entry_of(node), out))
			return true;
	}
	return false;
}

bool
decider_flush(
    struct decider *decider, size_t rule, int64_t now_ms, struct decision *out)
{
	struct rule_state *state = decider_rule_at(decider, rule);
	struct entry *entry = state->order[ENTRY_HOLDING].oldest;
	struct throttle_summary summary;

	decider_tick(decider, now_ms);
	if (!entry)
		return false;
	throttle_expire(state->spec.throttle, &entry->throttle,
	    throttle_due(&entry->throttle), &summary);
	throttle_release(&entry->throttle);
	decider_summarize(decider, entry, &summary, out);
	entry_settle(decider, entry, false);
	return true;
}

void
decider_totals(
    const struct decider *decider, size_t rule, struct decider_totals *out)
{
	*out = decider_rule_at(decider, rule)->totals;
}
