/*
 * decider_expire: what time brings, and the end of a pass or of a rule.
 *
 * Hides in which order it is done, one entry at a time, while decider_next
 * asks for more.  A clock of absence that is over may ring, and a window that
 * is over may be forgotten, only when everything has been read: until then the
 * entry is set aside, and looked at again every LATE_MS, so that nobody has to
 * turn in circles for it.
 */
#include "config.h"

#include <stdlib.h>

#include "judge/decider_internal.h"

#define LATE_MS 1000

int64_t
decider_due(struct decider *decider)
{
	const struct heap_node *entry = decider_first_due(decider);
	const struct heap_node *digest = heap_min(&decider->digests);
	int64_t due = entry ? entry->when : 0;

	if (digest && (!due || digest->when < due))
		due = digest->when;
	if (heap_min(&decider->late) && (!due || decider->late_again_ms < due))
		due = decider->late_again_ms;
	return due;
}

/* The clock of the entry rings, if it is time. */
static void
expire_clock(struct decider *decider, struct entry *entry)
{
	const struct rule_state *rule = &decider->rules[entry->rule];
	const struct when_spec *when = rule->spec.when;
	int64_t newest = when_newest(when, entry->when);
	struct when_met met = {0};
	struct passage passage = {
	    .kind = DECISION_ALERT,
	    .event.line = kept_lines_last(&entry->lines),
	};

	if (!when_ring(when, entry->when, decider->now_ms, &met))
		return;
	if (rule->class == WHEN_ABSENT) {
		passage.kind = DECISION_ABSENT;
		passage.event.matches = 1;
		passage.event.first_ms = decider->now_ms;
		passage.event.last_ms = decider->now_ms;
		passage.period_ms = when->window_ms;
		passage.since_ms = met.first_ms;
		gate_pass(decider, entry, &passage);
		return;
	}
	passage.event.matches = met.count;
	passage.event.first_ms = met.first_ms;
	passage.event.last_ms = newest;
	passage.payload = buf_span(&entry_gate(entry)->payload);
	gate_pass(decider, entry, &passage);
	buf_release(&entry->gate->payload);
	kept_lines_release(&entry->lines);
}

static bool
expire_is_over(const struct decider *decider, int64_t due)
{
	return due && due <= decider->now_ms;
}

static void
expire_batch(struct decider *decider, struct entry *entry)
{
	if (entry->gate->batch &&
	    expire_is_over(decider, entry->gate->batch->due_ms))
		gate_leave_batch(decider, entry);
}

static void
expire_throttle(struct decider *decider, struct entry *entry)
{
	struct throttle_summary summary;

	throttle_expire(decider->rules[entry->rule].spec.throttle,
	    &entry->gate->throttle, decider->now_ms, &summary);
	if (summary.held)
		gate_leave_throttle(decider, entry, &summary);
}

/* Batch and throttle in the order of their times. */
static void
expire_gate(struct decider *decider, struct entry *entry)
{
	const struct gate *gate = entry->gate;

	if (gate->batch && gate->batch->due_ms <= throttle_due(&gate->throttle))
		expire_batch(decider, entry);
	expire_throttle(decider, entry);
	expire_batch(decider, entry);
}

static void
expire_entry(struct decider *decider, struct entry *entry)
{
	int64_t end = entry_window_end(decider, entry);
	bool waits;

	if (entry->gate)
		expire_gate(decider, entry);
	if (decider->caught_up &&
	    expire_is_over(decider, entry_clock_due(decider, entry)))
		expire_clock(decider, entry);
	if (decider->caught_up && expire_is_over(decider, end) &&
	    !entry_linger(decider, entry))
		entry_forget_window(decider, entry);
	waits = expire_is_over(decider, entry_clock_due(decider, entry)) ||
		expire_is_over(decider, entry_window_end(decider, entry));
	entry_settle(decider, entry, false);
	if (waits)
		entry_postpone(decider, entry);
}

static struct rule_state *
rule_of_node(struct heap_node *node)
{
	return (struct rule_state *)(void *)((char *)node -
					     offsetof(struct rule_state,
						 digest_due));
}

/* What is told now may keep more than what was waited for. */
static void
expire_first(struct decider *decider, struct heap_node *node)
{
	struct entry *entry = entry_of_node(node);
	size_t rule = entry->rule;

	expire_entry(decider, entry);
	room_make(decider, rule, entry);
}

static bool
expire_one(struct decider *decider)
{
	struct heap_node *node = heap_min(&decider->digests);

	if (node && node->when <= decider->now_ms) {
		gate_leave_hours(
		    decider, (size_t)(rule_of_node(node) - decider->rules));
		return true;
	}
	node = decider_first_due(decider);
	if (!node || node->when > decider->now_ms)
		return false;
	expire_first(decider, node);
	return true;
}

void
decider_expire(struct decider *decider, int64_t now_ms, bool caught_up)
{
	struct heap_node *node;

	decider_begin(decider);
	decider_tick(decider, now_ms);
	if (caught_up || decider->late_again_ms <= decider->now_ms) {
		while ((node = heap_min(&decider->late)))
			entry_schedule(decider, entry_of_node(node));
		decider->late_again_ms = decider->now_ms + LATE_MS;
	}
	decider->caught_up = caught_up;
	decider->work = WORK_EXPIRE;
}

static bool
flush_one(struct decider *decider)
{
	struct rule_state *rule = &decider->rules[decider->work_rule];
	struct entry *entry = room_oldest(rule, ENTRY_HOLDING);

	if (!entry) {
		gate_end_hours(decider, decider->work_rule);
		return false;
	}
	gate_end(decider, entry);
	entry_settle(decider, entry, false);
	return true;
}

void
decider_flush(struct decider *decider, size_t rule, int64_t now_ms)
{
	decider_rule_at(decider, rule);
	decider_begin(decider);
	decider_tick(decider, now_ms);
	decider->work = WORK_FLUSH;
	decider->work_rule = rule;
}

static struct entry *
batches_first(const struct decider *decider, size_t rule)
{
	return rule < decider->count
		   ? room_oldest(&decider->rules[rule], ENTRY_HOLDING)
		   : NULL;
}

static bool
batches_one(struct decider *decider)
{
	struct entry *entry = decider->work_entry;

	if (decider->work_rule == decider->count)
		return false;
	if (!entry) {
		decider->work_rule++;
		decider->work_entry =
		    batches_first(decider, decider->work_rule);
		return true;
	}
	decider->work_entry = entry->newer;
	if (!entry->gate->batch)
		return true;
	gate_leave_batch(decider, entry);
	entry_settle(decider, entry, false);
	return true;
}

void
decider_flush_batches(struct decider *decider, int64_t now_ms)
{
	decider_begin(decider);
	decider_tick(decider, now_ms);
	decider->work = WORK_BATCHES;
	decider->work_rule = 0;
	decider->work_entry = batches_first(decider, 0);
}

bool
decider_work_on(struct decider *decider)
{
	switch (decider->work) {
	case WORK_EXPIRE:
		return expire_one(decider);
	case WORK_FLUSH:
		return flush_one(decider);
	case WORK_BATCHES:
		return batches_one(decider);
	case WORK_ROOM:
		return room_work_on(decider);
	case WORK_NONE:
		break;
	}
	return false;
}
