/*
 * decider_room: how much entries may take, and which one must go.
 *
 * Hides what is counted as taken, how the rule that takes the most is found,
 * and that the order of use of what was loaded is made only when somebody
 * asks for it: a pass that evicts nothing does without.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/decider_internal.h"

enum {
	/* malloc's: a word before each block, and blocks of whole units. */
	BLOCK_HEAD = 8,
	BLOCK_UNIT = 16,
	/* What base/map.h has of a key besides its copy of it; a map's slots
	 * and a heap's, of which up to two in three are free. */
	MAP_HEAD = 16,
	SLOTS_BYTES = 64,
};

static size_t
block_bytes(size_t size)
{
	if (!size)
		return 0;
	return (size + BLOCK_HEAD + BLOCK_UNIT - 1) / BLOCK_UNIT * BLOCK_UNIT;
}

static size_t
times_bytes(const struct histogram *times)
{
	return times ? block_bytes(sizeof(*times)) : 0;
}

/* Lines, payloads, and times of what is held. */
static size_t
entry_kept_bytes(const struct entry *entry)
{
	const struct gate *gate = entry->gate;
	size_t bytes = block_bytes(entry->lines.size);

	if (!gate)
		return bytes;
	bytes += block_bytes(gate->throttle.last_cap) +
		 block_bytes(gate->payload.cap) +
		 times_bytes(gate->throttle.times);
	if (gate->batch)
		bytes += block_bytes(gate->batch->held.lines.size) +
			 block_bytes(gate->batch->payload.cap) +
			 times_bytes(gate->batch->held.times);
	return bytes;
}

/* Everything else.  One that is empty only waits for the store to hear of it,
 * and evicting others would not make it go. */
static size_t
entry_own_bytes(const struct decider *decider, const struct entry *entry)
{
	const struct when_spec *when = decider->rules[entry->rule].spec.when;
	size_t bytes;

	if (entry->place == ENTRY_NOWHERE)
		return 0;
	bytes = block_bytes(sizeof(*entry) + entry->key_len) +
		block_bytes(MAP_HEAD + entry->key_len) + SLOTS_BYTES +
		block_bytes(when_bytes(when, entry->when));
	if (entry->gate)
		bytes += block_bytes(sizeof(*entry->gate));
	if (entry->gate && entry->gate->batch)
		bytes += block_bytes(sizeof(*entry->gate->batch));
	return bytes;
}

void
room_count(struct decider *decider, struct entry *entry)
{
	struct rule_state *rule = &decider->rules[entry->rule];
	size_t kept = entry_kept_bytes(entry);
	size_t bytes = entry_own_bytes(decider, entry) + kept;

	decider->kept_bytes += kept - entry->kept_bytes;
	entry->kept_bytes = (uint32_t)kept;
	if (bytes == entry->bytes)
		return;
	decider->bytes += (int64_t)bytes - entry->bytes;
	rule->bytes += (int64_t)bytes - entry->bytes;
	entry->bytes = (uint32_t)bytes;
	heap_set(&decider->most, &rule->most, -rule->bytes);
}

/* --- The order of use ----------------------------------------------------- */

void
room_loaded(struct decider *decider, struct entry *entry, int64_t used)
{
	struct rule_state *rule = &decider->rules[entry->rule];

	if (entry->place == ENTRY_NOWHERE || !used)
		return;
	entry->used = used;
	if (decider->uses < used)
		decider->uses = used;
	rule->order[entry->place].unordered |=
	    entry->older && entry->older->used >= used;
}

/* Only a hostile database has a number twice. */
static int
use_compare(const void *a, const void *b)
{
	const struct entry *one = *(const struct entry *const *)a;
	const struct entry *other = *(const struct entry *const *)b;

	if (one->used != other->used)
		return one->used < other->used ? -1 : 1;
	return span_order(entry_key_of(one), entry_key_of(other));
}

static void
order_by_use(struct entry_order *order)
{
	struct entry **entries, *entry;
	size_t count = 0, i;

	for (entry = order->oldest; entry; entry = entry->newer)
		count++;
	if (!count)
		return;
	entries = xcalloc(count, sizeof(entries[0]));
	for (i = 0, entry = order->oldest; entry; entry = entry->newer)
		entries[i++] = entry;
	qsort(entries, count, sizeof(entries[0]), use_compare);
	for (i = 0; i < count; i++) {
		entries[i]->older = i ? entries[i - 1] : NULL;
		entries[i]->newer = i + 1 < count ? entries[i + 1] : NULL;
	}
	order->oldest = entries[0];
	order->newest = entries[count - 1];
	free(entries);
}

struct entry *
room_oldest(struct rule_state *rule, enum entry_place place)
{
	struct entry_order *order = &rule->order[place];

	if (order->unordered)
		order_by_use(order);
	order->unordered = false;
	return order->oldest;
}

/* --- Evicting ------------------------------------------------------------- */

/* The least recently used one that holds nothing, else the least recently
 * used one: with so many keys something has to give, and it is counted. */
static struct entry *
entry_to_evict(struct rule_state *rule, const struct entry *spared)
{
	struct entry *entry;
	int place;

	for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
		entry = room_oldest(rule, place);
		if (entry && entry == spared)
			entry = entry->newer;
		if (entry)
			return entry;
	}
	return NULL;
}

static bool
room_evict(struct decider *decider, struct rule_state *rule,
    const struct entry *spared)
{
	struct entry *entry = entry_to_evict(rule, spared);

	if (!entry)
		return false;
	rule->totals.evicted++;
	gate_evict(decider, entry);
	entry_clear(decider, entry);
	entry_settle(decider, entry, false);
	return true;
}

/* NULL: all rules together may take what they do. */
static struct rule_state *
rule_to_shrink(const struct decider *decider)
{
	struct heap_node *node = heap_min(&decider->most);

	if (!node || decider->bytes <= decider->bytes_max)
		return NULL;
	return &decider->rules[node->tie];
}

void
room_make(struct decider *decider, size_t rule, const struct entry *spared)
{
	struct rule_state *state = &decider->rules[rule];

	while (state->totals.keys > decider->keys_max &&
	       room_evict(decider, state, spared))
		continue;
	while ((state = rule_to_shrink(decider)) &&
	       room_evict(decider, state, spared))
		continue;
}

bool
room_work_on(struct decider *decider)
{
	struct rule_state *rule;

	for (; decider->work_rule < decider->count; decider->work_rule++) {
		rule = &decider->rules[decider->work_rule];
		if (rule->totals.keys > decider->keys_max)
			return room_evict(decider, rule, NULL);
	}
	rule = rule_to_shrink(decider);
	return rule && room_evict(decider, rule, NULL);
}
