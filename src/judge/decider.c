/*
 * decider: matches in, decisions out.
 *
 * Hides how a match meets the condition of its rule, whom it concerns
 * besides (`unless`), and what a step of the clock does to all state.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "judge/decider_internal.h"
#include "judge/record_clock.h"

/* DECIDER_KEYS_MAX by this is what decider.h says. */
#define LINGERING_SHARE 100

/* Which rules wait for matches of which. */
static void
decider_link_partners(struct decider *decider)
{
	struct rule_state *partner;
	size_t i;

	for (i = 0; i < decider->count; i++) {
		if (decider->rules[i].class != WHEN_UNLESS ||
		    decider->rules[i].spec.partner == DECIDER_NO_RULE)
			continue;
		partner =
		    decider_rule_at(decider, decider->rules[i].spec.partner);
		partner->waiting = xreallocarray(partner->waiting,
		    partner->waiting_count + 1, sizeof(partner->waiting[0]));
		partner->waiting[partner->waiting_count++] = i;
	}
}

struct decider *
decider_new_bounded(const struct decider_rule *rules, size_t count,
    struct silences *silences, size_t keys_max, int64_t bytes_max)
{
	struct decider *decider = xcalloc(1, sizeof(*decider));
	struct rule_state *rule;
	size_t i;

	decider->rules = xcalloc(count, sizeof(*decider->rules));
	decider->count = count;
	decider->keys_max = keys_max;
	decider->lingering_max = keys_max / LINGERING_SHARE;
	decider->bytes_max = bytes_max;
	decider->silences = silences;
	for (i = 0; i < count; i++) {
		rule = &decider->rules[i];
		rule->spec = rules[i];
		rule->class = when_class(rules[i].when);
		rule->recovers = rules[i].closes ||
				 rule->class == WHEN_ABSENT ||
				 rule->class == WHEN_UNLESS;
		rule->entries = map_new();
		heap_node_init(&rule->digest_due);
		rule->digest_due.tie = (uint32_t)i;
		heap_node_init(&rule->most);
		rule->most.tie = (uint32_t)i;
		if (rule->class == WHEN_NEW)
			rule->seen = seen_new();
	}
	decider_link_partners(decider);
	return decider;
}

struct decider *
decider_new(
    const struct decider_rule *rules, size_t count, struct silences *silences)
{
	return decider_new_bounded(
	    rules, count, silences, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
}

/* Those in use in the order in which they were made or used, which is about
 * that of memory: the map's is none, and that costs as much as loading. */
static void
decider_free_entries(struct decider *decider, struct rule_state *rule)
{
	struct entry *entry, *newer;
	struct span key;
	size_t cursor = 0;
	void *value;
	int place;

	while (map_next(rule->entries, &cursor, &key, &value)) {
		entry = value;
		if (entry->place == ENTRY_NOWHERE)
			entry_free(decider, entry);
	}
	for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
		for (entry = rule->order[place].oldest; entry; entry = newer) {
			newer = entry->newer;
			entry_free(decider, entry);
		}
	}
}

static void
decider_free_rule(struct decider *decider, struct rule_state *rule)
{
	decider_free_entries(decider, rule);
	map_free(rule->entries, NULL);
	seen_free(rule->seen);
	free(rule->waiting);
	held_release(&rule->digest);
}

void
decider_free(struct decider *decider)
{
	size_t i;

	if (!decider)
		return;
	/* First: malloc tidies up all that is free behind a large block. */
	heap_release(&decider->due);
	heap_release(&decider->late);
	heap_release(&decider->digests);
	heap_release(&decider->most);
	for (i = 0; i < decider->count; i++)
		decider_free_rule(decider, &decider->rules[i]);
	decider_begin(decider);
	for (i = 0; i < decider->told_cap; i++) {
		buf_release(&decider->told[i].key);
		buf_release(&decider->told[i].payload);
	}
	free(decider->told);
	buf_release(&decider->key);
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

void
decider_digest_schedule(struct decider *decider, struct rule_state *rule)
{
	if (rule->digest.events)
		heap_set(&decider->digests, &rule->digest_due,
		    hours_next_open(rule->spec.hours, decider->now_ms));
	else
		heap_remove(&decider->digests, &rule->digest_due);
}

/* The times of an entry that a step of the clock may change. */
struct entry_times {
	int64_t throttled, batch, told, renewed, newest, deadline, touched;
};

static struct entry_times
decider_times_of(const struct decider *decider, const struct entry *entry)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;
	const struct gate *gate = entry->gate;

	return (struct entry_times){
	    .throttled = gate ? gate->throttle.until_ms : 0,
	    .batch = gate && gate->batch ? gate->batch->due_ms : 0,
	    .told = gate ? gate->told_ms : 0,
	    .renewed = gate ? gate->renewed_ms : 0,
	    .newest = when_newest(when, entry->when),
	    .deadline = when_deadline(when, entry->when),
	    .touched = entry->when ? entry->touched_ms : 0,
	};
}

/* What a window counts as of now is shown as of now; what only lingers of one
 * is not. */
static void
entry_settle_when(struct decider *decider, struct entry *entry, int64_t now_ms)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	int64_t newest_ms = when_newest(spec->when, entry->when);

	if (entry->lingers && newest_ms - RECORD_CLOCK_AHEAD_MS > now_ms) {
		entry_forget_window(decider, entry);
		return;
	}
	when_settle(spec->when, entry->when, spec->hours, now_ms);
	if (when_newest(spec->when, entry->when) != newest_ms)
		kept_lines_clamp(&entry->lines, now_ms);
}

void
entry_step_back(struct decider *decider, struct entry *entry, int64_t now_ms)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	struct entry_times before = decider_times_of(decider, entry), after;
	struct gate *gate = entry->gate;

	if (gate) {
		throttle_clamp(&gate->throttle, now_ms);
		if (gate->batch)
			batch_clamp(spec->batch, gate->batch, now_ms);
		if (gate->told_ms > now_ms)
			gate->told_ms = now_ms;
		if (gate->renewed_ms > now_ms)
			gate->renewed_ms = now_ms;
	}
	entry_settle_when(decider, entry, now_ms);
	if (entry->touched_ms > now_ms)
		entry->touched_ms = now_ms;
	after = decider_times_of(decider, entry);
	/* Or the next process would set other times right, later on. */
	if (memcmp(&before, &after, sizeof(before)))
		entry_mark_dirty(decider, entry);
}

/* The clock was set back: no deadline may lie further away than its own
 * length, no window in the future. */
static void
decider_step_back(
    struct decider *decider, struct rule_state *rule, int64_t now_ms)
{
	struct entry *entry, *newer;
	int place;

	for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
		for (entry = rule->order[place].oldest; entry; entry = newer) {
			bool had = entry->when;

			newer = entry->newer;
			entry_step_back(decider, entry, now_ms);
			if (had && !entry->when)
				entry_settle(decider, entry, false);
			else
				entry_schedule(decider, entry);
		}
	}
	decider_digest_schedule(decider, rule);
}

void
decider_tick(struct decider *decider, int64_t now_ms)
{
	size_t i;

	if (now_ms >= decider->now_ms - DECIDER_STEP_MS) {
		if (now_ms > decider->now_ms)
			decider->now_ms = now_ms;
		return;
	}
	decider->now_ms = now_ms;
	decider->late_again_ms = now_ms;
	for (i = 0; i < decider->count; i++)
		decider_step_back(decider, &decider->rules[i], now_ms);
}

static struct when_match
decider_when_match(struct decider *decider, size_t rule,
    const struct decider_match *match)
{
	return (struct when_match){
	    .time_ms = match->time_ms,
	    .now_ms = decider->now_ms,
	    .value = match->value,
	    .hours = decider->rules[rule].spec.hours,
	    .times = &decider->times,
	};
}

/* How many lines a key keeps beside the one that will complete them. */
static size_t
decider_lines_of(const struct rule_state *rule, int64_t matches)
{
	if (rule->class == WHEN_ABSENT)
		return 1;
	return matches < DECIDER_KEPT_LINES ? (size_t)matches
					    : DECIDER_KEPT_LINES - 1;
}

static void
decider_say_counted(struct decider *decider, struct span key, int64_t pending,
    const struct decider_match *match)
{
	struct told *told = decider_say(decider, match->rule, key);

	decider->rules[match->rule].totals.counted++;
	told->what.count = pending;
	told->what.first_ms = told->what.last_ms = match->time_ms;
}

static void
decider_counted(struct decider *decider, struct entry *entry,
    const struct decider_match *match)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;

	decider_say_counted(decider, entry_key_of(entry),
	    when_pending(when, entry->when), match);
}

/* An `unless` has begun to wait: what its alert will be of. */
static void
decider_describe(struct decider *decider, struct entry *entry,
    const struct decider_match *match)
{
	struct buf *payload = &entry_gate(entry)->payload;

	buf_reset(payload);
	kept_lines_release(&entry->lines);
	if (!match->describe || decider_is_overfull(decider))
		return;
	match->describe(match->arg, payload);
	if (payload->len > BATCH_PAYLOAD_BYTES)
		buf_release(payload);
}

/* The condition was met by the match at hand.  times: of what counted. */
static void
decider_met(struct decider *decider, struct entry *entry,
    const struct decider_match *match, const struct when_met *met)
{
	struct passage passage = {
	    .kind = DECISION_ALERT,
	    .event = {met->count, met->first_ms, met->last_ms, match->line,
		histogram_told(&decider->times)},
	    .match = match,
	    .at_hand = true,
	    .met = true,
	};

	/* A date ahead of the others is kept, but not counted with them. */
	if (decider->rules[entry->rule].class == WHEN_PLAIN)
		kept_lines_pick(&entry->lines, met->first_ms, met->last_ms);
	gate_pass(decider, entry, &passage);
	kept_lines_release(&entry->lines);
}

/* What was missing is back.  The first decision is about the match, so
 * something that has to be told before the recovery comes behind one. */
static void
decider_back(struct decider *decider, struct entry *entry,
    const struct decider_match *match, int64_t since_ms)
{
	const struct gate *gate = entry->gate;

	if (!gate || !gate->told_ms || gate->batch || gate->throttle.held)
		decider_counted(decider, entry, match);
	gate_recover(decider, entry, match, since_ms);
}

static void
decider_keep_line(struct decider *decider, struct entry *entry,
    const struct decider_match *match)
{
	const struct rule_state *rule = &decider->rules[entry->rule];
	int64_t kept = when_kept(rule->spec.when, entry->when);

	entry_add_line(decider, entry, match->time_ms, match->line,
	    decider_lines_of(rule, kept));
}

/* What lingers of a window may be added to; a record that is too old for that
 * begins anew, as if nothing were left of it. */
static enum when_answer
decider_ask_lingering(struct decider *decider, struct entry *entry,
    const struct when_match *asking, struct when_met *met_out)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;
	bool lingers = entry->lingers;
	enum when_answer answer =
	    when_feed(when, entry->when, asking, met_out);

	entry->lingers = false;
	if (answer != WHEN_TOO_OLD || !lingers)
		return answer;
	entry_forget_window(decider, entry);
	entry->when = when_state_new(when);
	return when_feed(when, entry->when, asking, met_out);
}

static void
decider_ask_when(struct decider *decider, struct entry *entry,
    const struct decider_match *match)
{
	const struct rule_state *rule = &decider->rules[entry->rule];
	const struct when_spec *when = rule->spec.when;
	struct when_match asking =
	    decider_when_match(decider, entry->rule, match);
	struct when_met met = {0};
	bool ran = when_deadline(when, entry->when) != 0;

	if (rule->class == WHEN_PLAIN)
		entry_settle_when(decider, entry, decider->now_ms);
	if (!entry->when)
		entry->when = when_state_new(when);
	decider->times.width_ms = 0;
	switch (decider_ask_lingering(decider, entry, &asking, &met)) {
	case WHEN_MET:
		decider_met(decider, entry, match, &met);
		return;
	case WHEN_TOO_OLD: /* nor is it shown */
		decider_counted(decider, entry, match);
		return;
	case WHEN_BACK:
		decider_back(decider, entry, match, met.first_ms);
		break;
	case WHEN_COUNTED:
		decider_counted(decider, entry, match);
		break;
	}
	if (rule->class == WHEN_UNLESS && !ran)
		decider_describe(decider, entry, match);
	decider_keep_line(decider, entry, match);
}

/* A shape that is known, or can no longer be told from known ones. */
static bool
decider_is_known(struct rule_state *rule, uint64_t shape)
{
	enum seen_answer answer;

	if (!rule->seen)
		return false;
	answer = seen_add(rule->seen, shape);
	if (answer == SEEN_FULL)
		rule->totals.shapes_full = true;
	return answer != SEEN_NEW;
}

/* What `unless` waited for came too late to be in time: it had been due. */
static void
decider_too_late(struct decider *decider, struct entry *entry,
    const struct when_met *met, int64_t newest)
{
	struct passage passage = {
	    .kind = DECISION_ALERT,
	    .event = {met->count, met->first_ms, newest,
		kept_lines_last(&entry->lines), NULL},
	    .met = true,
	    .payload = buf_span(&entry_gate(entry)->payload),
	};

	gate_pass(decider, entry, &passage);
}

/* A match of the rule that this entry's `unless` names. */
static void
decider_partner_came(struct decider *decider, struct entry *entry,
    const struct decider_match *match)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;
	struct when_match asking =
	    decider_when_match(decider, entry->rule, match);
	struct when_met met = {0};
	int64_t newest = when_newest(when, entry->when);
	enum when_answer answer =
	    when_partner(when, entry->when, &asking, &met);

	if (answer == WHEN_MET)
		decider_too_late(decider, entry, &met, newest);
	if (answer != WHEN_COUNTED)
		gate_recover(decider, entry, match, 0);
	if (!when_deadline(when, entry->when)) {
		kept_lines_release(&entry->lines);
		if (entry->gate)
			buf_release(&entry->gate->payload);
	}
	entry_settle(decider, entry, true);
}

static void
decider_tell_partners(struct decider *decider, size_t rule, struct span key,
    const struct decider_match *match)
{
	const struct rule_state *state = &decider->rules[rule];
	struct entry *entry;
	size_t i;

	for (i = 0; i < state->waiting_count; i++) {
		entry = entry_find(decider, state->waiting[i], key);
		if (entry && entry->when)
			decider_partner_came(decider, entry, match);
	}
}

static void
decider_feed_entry(
    struct decider *decider, struct span key, const struct decider_match *match)
{
	struct entry *entry = entry_use(decider, match->rule, key);

	entry->touched_ms = decider->now_ms;
	decider_ask_when(decider, entry, match);
	entry_settle(decider, entry, true);
	room_make(decider, match->rule, entry);
}

void
decider_feed(struct decider *decider, const struct decider_match *match)
{
	struct rule_state *rule = decider_rule_at(decider, match->rule);
	struct span key;

	decider_begin(decider);
	decider_tick(decider, match->now_ms);
	key = entry_key(decider, match->key);
	if ((match->undecided && rule->class == WHEN_ABSENT) ||
	    decider_is_known(rule, match->shape))
		decider_say_counted(decider, key, 0, match);
	else
		decider_feed_entry(decider, key, match);
	if (!match->undecided)
		decider_tell_partners(decider, match->rule, key, match);
}

void
decider_close(struct decider *decider, const struct decider_match *match)
{
	struct entry *entry;

	decider_begin(decider);
	decider_tick(decider, match->now_ms);
	entry =
	    entry_find(decider, match->rule, entry_key(decider, match->key));
	if (!entry || entry->place == ENTRY_NOWHERE)
		return;
	if (decider->rules[match->rule].class == WHEN_PLAIN)
		entry_forget_window(decider, entry);
	gate_recover(decider, entry, match, 0);
	entry_settle(decider, entry, true);
}

void
decider_start(struct decider *decider, int64_t now_ms)
{
	struct rule_state *rule;
	struct entry *entry;
	size_t i;

	decider_begin(decider);
	decider_tick(decider, now_ms);
	decider->work = WORK_ROOM;
	decider->work_rule = 0;
	for (i = 0; i < decider->count; i++) {
		rule = &decider->rules[i];
		if (rule->class != WHEN_ABSENT || rule->spec.keyed)
			continue;
		entry = entry_use(decider, i, span_str(""));
		if (!entry->when)
			entry->when = when_state_new(rule->spec.when);
		if (when_pending(rule->spec.when, entry->when))
			continue;
		when_start(rule->spec.when, entry->when, rule->spec.hours,
		    decider->now_ms);
		entry->touched_ms = decider->now_ms;
		entry_settle(decider, entry, true);
	}
}

void
decider_learn(struct decider *decider, size_t rule, uint64_t shape)
{
	decider_is_known(decider_rule_at(decider, rule), shape);
}

void
decider_load_shape(struct decider *decider, size_t rule, uint64_t shape)
{
	struct rule_state *state = decider_rule_at(decider, rule);

	if (state->seen)
		seen_load(state->seen, shape);
}

void
decider_totals(
    const struct decider *decider, size_t rule, struct decider_totals *out)
{
	const struct rule_state *state = decider_rule_at(decider, rule);

	*out = state->totals;
	if (state->seen)
		out->shapes = seen_count(state->seen);
}
