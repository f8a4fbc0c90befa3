/*
 * decider_look: what silences ask of an event, and people of a key.
 */
#include "config.h"

#include "judge/decider_internal.h"

bool
gate_look_up(void *arg, struct span name, struct span *value_out)
{
	const struct gate_lookup *lookup = arg;

	if (span_is(name, "key")) {
		*value_out = lookup->key;
		return true;
	}
	return lookup->captures &&
	       lookup->captures(lookup->arg, name, value_out);
}

static void
look_at_gate(const struct gate *gate, struct decider_look *out)
{
	out->throttled_until_ms = throttle_due(&gate->throttle);
	out->throttle_held = gate->throttle.held;
	out->incident = gate->told_ms != 0;
	if (gate->batch) {
		out->batch_due_ms = gate->batch->due_ms;
		out->batched = gate->batch->held.events;
	}
}

bool
decider_look(struct decider *decider, size_t rule, struct span key,
    silence_lookup *lookup, void *arg, int64_t now_ms, struct decider_look *out)
{
	const struct rule_state *state = decider_rule_at(decider, rule);
	struct span bytes = entry_key(decider, key);
	const struct entry *entry = entry_find(decider, rule, bytes);
	struct gate_lookup asking = {bytes, lookup, arg};

	*out = (struct decider_look){
	    .silenced = decider->silences &&
			silences_match(decider->silences, state->spec.name,
			    gate_look_up, &asking, now_ms),
	    .open = hours_are_open(state->spec.hours, now_ms),
	};
	if (!entry || entry->place == ENTRY_NOWHERE)
		return false;
	out->pending = when_pending(state->spec.when, entry->when);
	if (entry->gate)
		look_at_gate(entry->gate, out);
	return true;
}

/* A match fed to a copy of the state: what slides out of the window and which
 * values are new is known to the condition only. */
bool
decider_would_meet(struct decider *decider, size_t rule, struct span key,
    const struct when_match *match, struct when_met *met_out)
{
	const struct decider_rule *spec = &decider_rule_at(decider, rule)->spec;
	struct when_state *copy = when_state_new(spec->when);
	struct when_match asking = *match;
	const struct entry *entry;
	struct buf saved = BUF_INIT;
	bool met;

	*met_out = (struct when_met){0};
	entry = entry_find(decider, rule, entry_key(decider, key));
	if (entry && entry->when) {
		when_save(spec->when, entry->when, &saved);
		when_load(spec->when, copy, spec->hours, buf_span(&saved),
		    match->now_ms, NULL);
	}
	when_settle(spec->when, copy, spec->hours, match->now_ms);
	asking.hours = spec->hours;
	met = when_feed(spec->when, copy, &asking, met_out) == WHEN_MET;
	if (!met)
		met_out->count = when_pending(spec->when, copy);
	when_state_free(spec->when, copy);
	buf_release(&saved);
	return met;
}

bool
decider_knows(const struct decider *decider, size_t rule, uint64_t shape)
{
	const struct rule_state *state = decider_rule_at(decider, rule);

	return state->seen && seen_knows(state->seen, shape);
}

static void
held_due_of(
    const struct gate *gate, void (*each)(void *arg, int64_t due_ms), void *arg)
{
	if (gate->batch)
		each(arg, gate->batch->due_ms);
	if (gate->throttle.held)
		each(arg, throttle_due(&gate->throttle));
}

void
decider_held_due(const struct decider *decider,
    void (*each)(void *arg, int64_t due_ms), void *arg)
{
	size_t i;

	for (i = 0; i < decider->count; i++) {
		const struct rule_state *rule = &decider->rules[i];
		const struct entry *entry = rule->order[ENTRY_HOLDING].oldest;

		for (; entry; entry = entry->newer)
			if (entry->gate)
				held_due_of(entry->gate, each, arg);
		if (rule->digest.events)
			each(arg, rule->digest_due.when);
	}
}
