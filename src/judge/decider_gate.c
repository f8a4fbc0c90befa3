/*
 * decider_gate: what met a condition goes through silences, hours, batch and
 * throttle, in this order.
 *
 * What was held is asked about again when its time has come: a batch or a
 * summary that would leave in the night or into a silence is held once more,
 * under another reason, and neither lost nor doubled.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/decider_internal.h"

/* Lines of what `hours` hold, for the digest. */
#define DIGEST_LINES HELD_LINES_MAX

struct gate *
entry_gate(struct entry *entry)
{
	if (!entry->gate)
		entry->gate = xcalloc(1, sizeof(*entry->gate));
	return entry->gate;
}

static void
gate_held(
    struct decider *decider, struct told *told, enum decision_reason reason)
{
	told->what.kind = DECISION_HELD;
	told->what.reason = reason;
	decider->rules[told->what.rule].totals.held[reason]++;
}

static bool
gate_silenced(struct decider *decider, struct told *told,
    const struct event *event, const struct decider_match *match)
{
	const struct decider_rule *spec = &decider->rules[told->what.rule].spec;
	struct gate_lookup lookup = {buf_span(&told->key),
	    match ? match->lookup : NULL, match ? match->arg : NULL};

	if (!decider->silences ||
	    !silences_hold(decider->silences, spec->name, gate_look_up, &lookup,
		decider->now_ms, event))
		return false;
	gate_held(decider, told, REASON_SILENCED);
	return true;
}

static bool
gate_outside_hours(
    struct decider *decider, struct told *told, const struct event *event)
{
	struct rule_state *rule = &decider->rules[told->what.rule];

	if (hours_are_open(rule->spec.hours, decider->now_ms))
		return false;
	switch ((enum hours_else)rule->spec.hours->otherwise) {
	case HOURS_SINK:
		told->what.elsewhere = true;
		return false;
	case HOURS_DROP:
		gate_held(decider, told, REASON_DROPPED);
		return true;
	case HOURS_HOLD:
		break;
	}
	held_add(&rule->digest, event, DIGEST_LINES);
	rule->digest_dirty = true;
	decider_digest_schedule(decider, rule);
	gate_held(decider, told, REASON_HOURS);
	return true;
}

/* Silences and hours; true when one of them holds it. */
static bool
gate_shut(struct decider *decider, struct entry *entry, struct told *told,
    const struct event *event, const struct decider_match *match)
{
	if (gate_silenced(decider, told, event, match))
		return true;
	if (!gate_outside_hours(decider, told, event))
		return false;
	if (told->what.reason == REASON_HOURS &&
	    decider->rules[entry->rule].recovers)
		entry_gate(entry)->digested = true;
	return true;
}

static void
gate_describe(struct told *told, const struct event *event)
{
	told->what.count = event->matches;
	told->what.first_ms = event->first_ms;
	told->what.last_ms = event->last_ms;
	if (event->times)
		told->times = *event->times;
}

/* Something of this key was told: an incident is open, unless it is over. */
static void
gate_told(struct decider *decider, struct entry *entry, bool elsewhere)
{
	struct gate *gate;

	if (!decider->rules[entry->rule].recovers)
		return;
	gate = entry_gate(entry);
	if (!gate->alive || gate->told_ms)
		return;
	gate->told_ms = decider->now_ms;
	gate->elsewhere = elsewhere;
}

/* The rule's digest is over, told or silenced. */
static void
gate_digest_over(struct decider *decider, struct rule_state *rule, bool told)
{
	struct entry *entry, *newer;
	int place;

	if (!rule->recovers)
		return;
	for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
		for (entry = rule->order[place].oldest; entry; entry = newer) {
			newer = entry->newer;
			if (!entry->gate || !entry->gate->digested)
				continue;
			entry->gate->digested = false;
			if (told)
				gate_told(decider, entry, false);
			entry_settle(decider, entry, false);
		}
	}
}

static bool
gate_throttled(
    struct decider *decider, struct entry *entry, const struct event *event)
{
	const struct throttle_spec *spec =
	    decider->rules[entry->rule].spec.throttle;
	struct throttle_event asking = {
	    .matches = event->matches,
	    .first_ms = event->first_ms,
	    .last_ms = event->last_ms,
	    .line = decider_line(decider, event->line),
	    .times = event->times,
	};

	return spec->period_ms &&
	       !throttle_admit(spec, &entry_gate(entry)->throttle,
		   decider->now_ms, &asking);
}

/* It leaves, if the throttle lets it. */
static bool
gate_let_out(struct decider *decider, struct entry *entry, struct told *told,
    const struct event *event, enum decision_kind kind)
{
	if (gate_throttled(decider, entry, event)) {
		gate_held(decider, told, REASON_THROTTLE);
		return false;
	}
	told->what.kind = kind;
	decider->rules[entry->rule].totals.alerts++;
	gate_told(decider, entry, told->what.elsewhere);
	return true;
}

static void
gate_free_batch(struct gate *gate)
{
	batch_release(gate->batch);
	free(gate->batch);
	gate->batch = NULL;
}

/* Everything that is held, as one. */
static struct event
gate_held_event(const struct held *held)
{
	return (struct event){held->matches, held->first_ms, held->last_ms,
	    kept_lines_last(&held->lines), held->times};
}

/* Somebody forgets what is not said again, and the incident was told. */
static bool
gate_is_to_renew(const struct decider *decider, const struct entry *entry)
{
	const struct rule_state *rule = &decider->rules[entry->rule];
	const struct gate *gate = entry->gate;
	int64_t last = throttle_closed_ms(&gate->throttle);

	if (!rule->spec.renew_ms || (rule->recovers && !gate->told_ms))
		return false;
	if (last < gate->renewed_ms)
		last = gate->renewed_ms;
	return decider->now_ms - last >= rule->spec.renew_ms;
}

/* Behind what the throttle just held: the incident goes on.  payload: of what
 * was held, when that is not at hand. */
static void
gate_renew(struct decider *decider, struct entry *entry,
    const struct told *held, struct span payload)
{
	const struct throttle *throttle = &entry->gate->throttle;
	struct event event = {throttle->held, throttle->held_first_ms,
	    throttle->held_last_ms,
	    span_of(throttle->last_line, throttle->last_len), throttle->times};
	bool at_hand = held->what.at_hand, elsewhere = held->what.elsewhere;
	struct told *told;

	if (!gate_is_to_renew(decider, entry))
		return;
	entry->gate->renewed_ms = decider->now_ms;
	told = decider_say_of(decider, entry);
	gate_describe(told, &event);
	told->what.kind = DECISION_RENEWAL;
	told->what.at_hand = at_hand;
	told->what.elsewhere = elsewhere;
	kept_lines_add(&told->lines, event.line, DECIDER_LINE_BYTES);
	if (!at_hand)
		buf_add_span(&told->payload, payload);
}

/* Out of the open batch, as an alert of its first one; what is at hand has
 * already passed silences and hours. */
static void
gate_let_batch_out(
    struct decider *decider, struct entry *entry, struct told *told)
{
	struct gate *gate = entry->gate;
	struct held *held = &gate->batch->held;
	struct event event = gate_held_event(held);

	gate_describe(told, &event);
	told->what.events = held->events;
	if (gate_let_out(decider, entry, told, &event, DECISION_ALERT)) {
		told->lines = held->lines;
		held->lines = (struct kept_lines){NULL, 0, 0};
		buf_add_span(&told->payload, buf_span(&gate->batch->payload));
	} else {
		gate_renew(
		    decider, entry, told, buf_span(&gate->batch->payload));
	}
	gate_free_batch(gate);
}

static void
gate_fill_payload(
    struct decider *decider, struct batch *batch, const struct passage *passage)
{
	const struct decider_match *match = passage->match;

	if (decider_is_overfull(decider))
		return;
	if (!passage->at_hand)
		buf_add_span(&batch->payload, passage->payload);
	else if (match && match->describe)
		match->describe(match->arg, &batch->payload);
	if (batch->payload.len > BATCH_PAYLOAD_BYTES)
		buf_release(&batch->payload);
}

/* What led here; what completed it is the line of the event. */
static void
gate_batch_lines(const struct entry *entry, struct held *held, bool at_hand)
{
	size_t count = entry->lines.count, at = 0;
	struct span line;

	if (count && !at_hand)
		count--;
	while (count-- && kept_lines_next(&entry->lines, &at, &line))
		held_add_line(held, line, HELD_LINES_MAX);
}

/* Into the batch; true when it is full. */
static bool
gate_batch(
    struct decider *decider, struct entry *entry, const struct passage *passage)
{
	const struct batch_spec *spec = decider->rules[entry->rule].spec.batch;
	struct gate *gate = entry_gate(entry);
	struct event event = passage->event;
	bool full;

	if (!gate->batch) {
		gate->batch = xcalloc(1, sizeof(*gate->batch));
		gate_fill_payload(decider, gate->batch, passage);
	}
	gate_batch_lines(entry, &gate->batch->held, passage->at_hand);
	event.line = decider_line(decider, event.line);
	full = batch_add(spec, gate->batch, decider->now_ms, &event);
	if (decider_is_full(decider))
		kept_lines_trim(&gate->batch->held.lines, 1);
	return full;
}

/* The lines that led here, and the one that completed them. */
static void
gate_show_lines(
    struct entry *entry, struct told *told, const struct passage *passage)
{
	if (passage->kind == DECISION_ABSENT) {
		struct span line = kept_lines_last(&entry->lines);

		if (entry->lines.count)
			kept_lines_add(&told->lines, line, DECIDER_LINE_BYTES);
		return;
	}
	told->lines = entry->lines;
	entry->lines = (struct kept_lines){NULL, 0, 0};
	if (!passage->at_hand)
		return;
	kept_lines_add(&told->lines, passage->event.line, DECIDER_LINE_BYTES);
	kept_lines_trim(&told->lines, DECIDER_LINES);
}

/* An incident, which may have begun before. */
static void
gate_begin(struct gate *gate, const struct event *event)
{
	if (!gate->alive)
		gate->began_ms = event->first_ms;
	gate->alive = true;
}

void
gate_pass(
    struct decider *decider, struct entry *entry, const struct passage *passage)
{
	struct rule_state *rule = &decider->rules[entry->rule];
	struct told *told = decider_say_of(decider, entry);

	rule->totals.met++;
	gate_describe(told, &passage->event);
	told->what.met = passage->met;
	told->what.at_hand = passage->at_hand;
	told->what.period_ms = passage->period_ms;
	told->what.since_ms = passage->since_ms;
	if (rule->recovers)
		gate_begin(entry_gate(entry), &passage->event);
	if (gate_shut(decider, entry, told, &passage->event, passage->match))
		return;
	if (rule->spec.batch->period_ms && passage->kind == DECISION_ALERT) {
		if (!gate_batch(decider, entry, passage)) {
			gate_held(decider, told, REASON_BATCH);
			return;
		}
		told->what.at_hand = false;
		gate_let_batch_out(decider, entry, told);
		return;
	}
	if (!gate_let_out(
		decider, entry, told, &passage->event, passage->kind)) {
		gate_renew(decider, entry, told, passage->payload);
		return;
	}
	gate_show_lines(entry, told, passage);
	if (!passage->at_hand)
		buf_add_span(&told->payload, passage->payload);
}

void
gate_leave_batch(struct decider *decider, struct entry *entry)
{
	struct gate *gate = entry->gate;
	struct event event;
	struct told *told;
	struct held *held;

	if (!gate || !gate->batch)
		return;
	held = &gate->batch->held;
	told = decider_say_of(decider, entry);
	event = gate_held_event(held);
	gate_describe(told, &event);
	told->what.events = held->events;
	if (gate_shut(decider, entry, told, &event, NULL))
		gate_free_batch(gate);
	else
		gate_let_batch_out(decider, entry, told);
}

/* What the throttle held was over before anybody heard of it. */
static void
gate_say_over(struct decider *decider, struct entry *entry, bool elsewhere)
{
	struct told *told = decider_say_of(decider, entry);

	told->what.kind = DECISION_RECOVERY;
	told->what.elsewhere = elsewhere;
	told->what.count = 1;
	decider->rules[entry->rule].totals.recoveries++;
}

static void
gate_tell_summary(struct decider *decider, struct entry *entry,
    struct told *told, const struct throttle_summary *summary)
{
	struct rule_state *rule = &decider->rules[entry->rule];

	told->what.kind = DECISION_SUMMARY;
	told->what.period_ms = summary->period_ms;
	told->what.open = entry->gate->alive;
	kept_lines_add(&told->lines,
	    span_of(summary->last_line, summary->last_len), DECIDER_LINE_BYTES);
	rule->totals.summaries++;
	gate_told(decider, entry, told->what.elsewhere);
	if (rule->recovers && !entry->gate->alive)
		gate_say_over(decider, entry, told->what.elsewhere);
}

static struct event
gate_summary_event(const struct throttle_summary *summary)
{
	return (struct event){summary->held, summary->first_ms,
	    summary->last_ms, span_of(summary->last_line, summary->last_len),
	    summary->times};
}

void
gate_leave_throttle(struct decider *decider, struct entry *entry,
    struct throttle_summary *summary)
{
	struct event event = gate_summary_event(summary);
	struct told *told = decider_say_of(decider, entry);

	gate_describe(told, &event);
	if (!gate_shut(decider, entry, told, &event, NULL))
		gate_tell_summary(decider, entry, told, summary);
	throttle_summary_release(summary);
}

static void
gate_tell_digest(
    struct decider *decider, struct rule_state *rule, struct told *told)
{
	told->what.kind = DECISION_DIGEST;
	told->lines = rule->digest.lines;
	rule->digest.lines = (struct kept_lines){NULL, 0, 0};
	rule->totals.summaries++;
	gate_digest_over(decider, rule, true);
}

static struct told *
gate_say_digest(struct decider *decider, size_t rule, struct event *event)
{
	const struct held *held = &decider->rules[rule].digest;
	struct told *told = decider_say(decider, rule, span_str(""));

	*event = gate_held_event(held);
	gate_describe(told, event);
	told->what.events = held->events;
	return told;
}

static void
gate_forget_digest(struct decider *decider, struct rule_state *rule)
{
	held_release(&rule->digest);
	rule->digest_dirty = true;
	decider_digest_schedule(decider, rule);
}

void
gate_leave_hours(struct decider *decider, size_t rule)
{
	struct rule_state *state = &decider->rules[rule];
	struct event event;
	struct told *told;

	/* The process may have slept through the hours. */
	if (!hours_are_open(state->spec.hours, decider->now_ms)) {
		decider_digest_schedule(decider, state);
		return;
	}
	told = gate_say_digest(decider, rule, &event);
	if (gate_silenced(decider, told, &event, NULL))
		gate_digest_over(decider, state, false);
	else
		gate_tell_digest(decider, state, told);
	gate_forget_digest(decider, state);
}

void
gate_end_hours(struct decider *decider, size_t rule)
{
	struct rule_state *state = &decider->rules[rule];
	struct event event;

	if (!state->digest.events)
		return;
	gate_tell_digest(
	    decider, state, gate_say_digest(decider, rule, &event));
	gate_forget_digest(decider, state);
}

static void
gate_say_recovery(struct decider *decider, struct entry *entry,
    const struct decider_match *match, int64_t since_ms)
{
	struct told *told = decider_say_of(decider, entry);
	struct event event = {
	    1, match->time_ms, match->time_ms, match->line, NULL};

	gate_describe(told, &event);
	told->what.at_hand = true;
	told->what.since_ms = since_ms ? since_ms : entry->gate->began_ms;
	told->what.elsewhere = entry->gate->elsewhere;
	if (gate_silenced(decider, told, &event, match))
		return;
	told->what.kind = DECISION_RECOVERY;
	kept_lines_add(&told->lines, match->line, DECIDER_LINE_BYTES);
	decider->rules[entry->rule].totals.recoveries++;
}

void
gate_recover(struct decider *decider, struct entry *entry,
    const struct decider_match *match, int64_t since_ms)
{
	struct gate *gate = entry->gate;
	struct throttle_summary summary;

	if (!gate)
		return;
	gate_leave_batch(decider, entry);
	if (gate->told_ms) {
		throttle_take(&gate->throttle, &summary);
		if (summary.held)
			gate_leave_throttle(decider, entry, &summary);
		gate_say_recovery(decider, entry, match, since_ms);
	}
	gate->told_ms = gate->began_ms = 0;
	gate->alive = gate->digested = gate->elsewhere = false;
}

static void
gate_end_batch(struct decider *decider, struct entry *entry)
{
	struct held *held = &entry->gate->batch->held;
	struct event event = gate_held_event(held);
	struct told *told = decider_say_of(decider, entry);

	gate_describe(told, &event);
	told->what.kind = DECISION_ALERT;
	told->what.events = held->events;
	told->lines = held->lines;
	held->lines = (struct kept_lines){NULL, 0, 0};
	buf_add_span(&told->payload, buf_span(&entry->gate->batch->payload));
	decider->rules[entry->rule].totals.alerts++;
	gate_free_batch(entry->gate);
}

static void
gate_let_go(struct decider *decider, struct entry *entry, bool evicted)
{
	struct throttle_summary summary;
	struct event event;
	struct told *told;

	if (!entry->gate)
		return;
	if (entry->gate->batch)
		gate_end_batch(decider, entry);
	if (!entry->gate->throttle.held)
		return;
	throttle_take(&entry->gate->throttle, &summary);
	throttle_release(&entry->gate->throttle);
	event = gate_summary_event(&summary);
	told = decider_say_of(decider, entry);
	gate_describe(told, &event);
	told->what.ended = !evicted;
	told->what.evicted = evicted;
	gate_tell_summary(decider, entry, told, &summary);
	throttle_summary_release(&summary);
}

void
gate_end(struct decider *decider, struct entry *entry)
{
	gate_let_go(decider, entry, false);
}

void
gate_evict(struct decider *decider, struct entry *entry)
{
	gate_let_go(decider, entry, true);
}
