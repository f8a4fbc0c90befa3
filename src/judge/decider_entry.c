/*
 * decider_entry: where entries live, and when they are due.
 *
 * Hides the map, the two orders of use, the heaps of deadlines, and the list of
 * what has changed since the last save.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "judge/decider_internal.h"
#include "judge/record_clock.h"

enum {
	DIGEST_TEXT = 2 * SHA256_SIZE,
	/* When all lines and payloads together take this much, a key keeps
	 * only a short line; at twice as much, no payload either. */
	KEPT_BYTES_TOTAL = 32 * 1024 * 1024,
};

/* Record times decide what is in a window; the clock only says when nobody
 * will ask for it any more.  A record may come later than the ones before it
 * did. */
#define WINDOW_GRACE_MS (INT64_C(60) * 60 * 1000)

/* A record's time is taken from a day before the newest at most. */
#define LAG_MAX_MS RECORD_CLOCK_BEHIND_MS

const char decider_rule_key[DECIDER_RULE_KEY_BYTES] = {0, 'r', 0};

static const struct decider_rule *
entry_spec(const struct decider *decider, const struct entry *entry)
{
	return &decider->rules[entry->rule].spec;
}

struct span
entry_key(struct decider *decider, struct span key)
{
	unsigned char digest[SHA256_SIZE];
	char text[DIGEST_TEXT + 1];
	struct sha256 sum;

	buf_reset(&decider->key);
	if (key.len <= DECIDER_KEY_BYTES &&
	    !span_equal(
		key, span_of(decider_rule_key, DECIDER_RULE_KEY_BYTES))) {
		buf_add_span(&decider->key, key);
		return buf_span(&decider->key);
	}
	sha256_init(&sum);
	sha256_add(&sum, key.data, key.len);
	sha256_final(&sum, digest);
	hex_encode(digest, sizeof(digest), text);
	key.len = utf8_cut(key, DECIDER_KEY_BYTES - DIGEST_TEXT - 1);
	buf_add_span(&decider->key, key);
	buf_add_byte(&decider->key, '~');
	buf_add_str(&decider->key, text);
	return buf_span(&decider->key);
}

bool
decider_is_full(const struct decider *decider)
{
	return decider->kept_bytes >= KEPT_BYTES_TOTAL;
}

bool
decider_is_overfull(const struct decider *decider)
{
	return decider->kept_bytes / 2 >= KEPT_BYTES_TOTAL;
}

struct span
decider_line(struct decider *decider, struct span line)
{
	size_t len = kept_line_len(line, SHORT_LINE_BYTES);

	if (len == line.len || !decider_is_full(decider))
		return line;
	kept_line_write(decider->short_line, line, len);
	return span_of(decider->short_line, len);
}

static bool
gate_is_empty(const struct gate *gate)
{
	return !throttle_due(&gate->throttle) && !gate->batch &&
	       !gate->payload.len && !gate->told_ms && !gate->digested;
}

static bool
entry_is_empty(const struct decider *decider, const struct entry *entry)
{
	return (!entry->gate || gate_is_empty(entry->gate)) &&
	       !when_pending(entry_spec(decider, entry)->when, entry->when);
}

static void
entry_unlink(struct decider *decider, struct entry *entry)
{
	struct rule_state *rule = &decider->rules[entry->rule];
	struct entry_order *order = &rule->order[entry->place];

	if (entry->place == ENTRY_NOWHERE)
		return;
	*(entry->older ? &entry->older->newer : &order->oldest) = entry->newer;
	*(entry->newer ? &entry->newer->older : &order->newest) = entry->older;
	entry->older = entry->newer = NULL;
	entry->place = ENTRY_NOWHERE;
	rule->totals.keys--;
}

static void
entry_link(struct decider *decider, struct entry *entry, enum entry_place place)
{
	struct rule_state *rule = &decider->rules[entry->rule];
	struct entry_order *order = &rule->order[place];

	if (place == ENTRY_NOWHERE)
		return;
	entry->older = order->newest;
	entry->newer = NULL;
	*(order->newest ? &order->newest->newer : &order->oldest) = entry;
	order->newest = entry;
	entry->used = ++decider->uses;
	entry->place = (unsigned char)place;
	rule->totals.keys++;
}

static void
entry_place(struct decider *decider, struct entry *entry, bool as_newest)
{
	enum entry_place place = ENTRY_IDLE;

	if (entry_is_empty(decider, entry))
		place = ENTRY_NOWHERE;
	else if (entry->gate &&
		 (entry->gate->throttle.held || entry->gate->batch))
		place = ENTRY_HOLDING;
	if (place == entry->place && !as_newest)
		return;
	entry_unlink(decider, entry);
	entry_link(decider, entry, place);
}

int64_t
entry_window_end(const struct decider *decider, const struct entry *entry)
{
	const struct when_spec *when = entry_spec(decider, entry)->when;
	int64_t lag;

	if (decider->rules[entry->rule].class != WHEN_PLAIN ||
	    !when_pending(when, entry->when))
		return 0;
	/* Records that are read late go on to be read late. */
	lag = entry->touched_ms - when_newest(when, entry->when);
	if (lag < 0)
		lag = 0;
	if (lag > LAG_MAX_MS || entry->lingers)
		lag = LAG_MAX_MS;
	return entry->touched_ms + when->window_ms + lag + WINDOW_GRACE_MS;
}

bool
entry_linger(const struct decider *decider, struct entry *entry)
{
	const struct rule_state *rule = &decider->rules[entry->rule];

	if (entry->lingers || rule->totals.keys > decider->lingering_max)
		return false;
	entry->lingers = true;
	return entry_window_end(decider, entry) > decider->now_ms;
}

/* Clocks ring in hours only, even when the process slept through them. */
int64_t
entry_clock_due(const struct decider *decider, const struct entry *entry)
{
	const struct decider_rule *spec = entry_spec(decider, entry);
	int64_t due = when_deadline(spec->when, entry->when);

	if (!due || due > decider->now_ms)
		return due;
	return hours_next_open(spec->hours, decider->now_ms);
}

/* The earlier one of two deadlines, 0 being none. */
static int64_t
entry_earlier(int64_t due, int64_t other)
{
	return other && (!due || other < due) ? other : due;
}

static int64_t
entry_due(const struct decider *decider, const struct entry *entry)
{
	int64_t due = entry_window_end(decider, entry);

	due = entry_earlier(due, entry_clock_due(decider, entry));
	if (entry->gate) {
		due = entry_earlier(due, throttle_due(&entry->gate->throttle));
		if (entry->gate->batch)
			due = entry_earlier(due, entry->gate->batch->due_ms);
	}
	return due;
}

void
entry_schedule(struct decider *decider, struct entry *entry)
{
	int64_t due = entry_due(decider, entry);

	if (entry->late) {
		heap_remove(&decider->late, &entry->due);
		entry->late = false;
	}
	/* A window moves on with every match, and moving a node far down costs
	 * more than all the rest: that waits until the node is the first. */
	if (!due)
		heap_remove(&decider->due, &entry->due);
	else if (entry->due.index == HEAP_OUT || entry->due.when > due)
		heap_set(&decider->due, &entry->due, due);
}

struct heap_node *
decider_first_due(struct decider *decider)
{
	struct heap_node *node;
	int64_t due;

	while ((node = heap_min(&decider->due))) {
		due = entry_due(decider, entry_of_node(node));
		if (due == node->when)
			break;
		heap_set(&decider->due, node, due);
	}
	return node;
}

void
entry_postpone(struct decider *decider, struct entry *entry)
{
	heap_remove(&decider->due, &entry->due);
	heap_set(&decider->late, &entry->due, entry->due.when);
	entry->late = true;
}

struct entry *
entry_of_node(struct heap_node *node)
{
	return (
	    struct entry *)(void *)((char *)node - offsetof(struct entry, due));
}

void
entry_mark_dirty(struct decider *decider, struct entry *entry)
{
	if (entry->dirty)
		return;
	entry->dirty = true;
	entry->next_dirty = decider->dirty;
	if (entry->next_dirty)
		entry->next_dirty->previous_dirty = entry;
	decider->dirty = entry;
}

static void
entry_mark_clean(struct decider *decider, struct entry *entry)
{
	if (!entry->dirty)
		return;
	*(entry->previous_dirty ? &entry->previous_dirty->next_dirty
				: &decider->dirty) = entry->next_dirty;
	if (entry->next_dirty)
		entry->next_dirty->previous_dirty = entry->previous_dirty;
	entry->next_dirty = entry->previous_dirty = NULL;
	entry->dirty = false;
}

static void
entry_free_gate(struct entry *entry)
{
	struct gate *gate = entry->gate;

	if (!gate)
		return;
	throttle_release(&gate->throttle);
	if (gate->batch)
		batch_release(gate->batch);
	free(gate->batch);
	buf_release(&gate->payload);
	free(gate);
	entry->gate = NULL;
}

static void
entry_arrange(struct decider *decider, struct entry *entry, bool as_newest)
{
	const struct when_spec *when = entry_spec(decider, entry)->when;

	if (entry->when && !when_pending(when, entry->when))
		entry_forget_window(decider, entry);
	if (!entry->when && entry->lines.size)
		kept_lines_release(&entry->lines);
	if (entry->gate && gate_is_empty(entry->gate) && !entry->gate->alive)
		entry_free_gate(entry);
	entry_place(decider, entry, as_newest);
	/* An alert that nobody heard of leaves nothing, whether its row is
	 * gone already or not. */
	if (entry->place == ENTRY_NOWHERE)
		entry_free_gate(entry);
	room_count(decider, entry);
	entry_schedule(decider, entry);
}

/* Removes it for good. */
static void
entry_drop(struct decider *decider, struct entry *entry)
{
	if (entry->place != ENTRY_NOWHERE || entry->due.index != HEAP_OUT)
		BUG("a decider's entry is dropped while it is in use");
	entry_mark_clean(decider, entry);
	map_take(decider->rules[entry->rule].entries, entry_key_of(entry));
	entry_free(decider, entry);
}

void
entry_settle_loaded(struct decider *decider, struct entry *entry, int64_t used)
{
	entry->stored = true;
	entry_arrange(decider, entry, true);
	room_loaded(decider, entry, used);
	if (entry->place == ENTRY_NOWHERE)
		entry_mark_dirty(decider, entry);
}

void
entry_settle(struct decider *decider, struct entry *entry, bool as_newest)
{
	entry_arrange(decider, entry, as_newest);
	if (entry->place == ENTRY_NOWHERE && !entry->stored)
		entry_drop(decider, entry);
	else
		entry_mark_dirty(decider, entry);
}

/* What decider_saved does with one whose row is as it should be now. */
void
entry_saved(struct decider *decider, struct entry *entry)
{
	entry_mark_clean(decider, entry);
	entry->stored = true;
	if (entry->place == ENTRY_NOWHERE)
		entry_drop(decider, entry);
}

/* What is due at the same moment is due in the same order after a restart,
 * too: a cap, or a silence's last line, depends on it.  FNV-1a, as no more is
 * asked of it than to be the same again. */
static uint32_t
entry_tie(size_t rule, struct span key)
{
	uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)rule;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.data[i]) * UINT32_C(16777619);
	return hash;
}

static struct entry *
entry_new(size_t rule, struct span key)
{
	struct entry *entry = xcalloc(1, sizeof(*entry) + key.len);

	if (key.len > DECIDER_KEY_BYTES)
		BUG("a key of %zu bytes was not cut", key.len);
	heap_node_init(&entry->due);
	entry->due.tie = entry_tie(rule, key);
	entry->rule = (uint32_t)rule;
	entry->key_len = (uint16_t)key.len;
	if (key.len)
		memcpy(entry->key, key.data, key.len);
	return entry;
}

struct entry *
entry_find(const struct decider *decider, size_t rule, struct span key)
{
	return map_get(decider_rule_at(decider, rule)->entries, key);
}

struct entry *
entry_use(struct decider *decider, size_t rule, struct span key)
{
	struct entry *entry = entry_find(decider, rule, key);

	if (entry)
		return entry;
	entry = entry_new(rule, key);
	map_put(decider->rules[rule].entries, key, entry);
	return entry;
}

void
entry_add_line(struct decider *decider, struct entry *entry, int64_t time_ms,
    struct span line, size_t max)
{
	if (decider_is_full(decider)) {
		kept_lines_release(&entry->lines);
		max = 1;
	}
	if (!max)
		return;
	kept_lines_trim(&entry->lines, max - 1);
	kept_lines_add_at(&entry->lines, time_ms, decider_line(decider, line),
	    DECIDER_LINE_BYTES);
}

void
entry_forget_window(struct decider *decider, struct entry *entry)
{
	when_state_free(entry_spec(decider, entry)->when, entry->when);
	entry->when = NULL;
	entry->lingers = false;
	kept_lines_release(&entry->lines);
}

void
entry_clear(struct decider *decider, struct entry *entry)
{
	entry_forget_window(decider, entry);
	entry_free_gate(entry);
}

void
entry_free(struct decider *decider, struct entry *entry)
{
	entry_clear(decider, entry);
	decider->kept_bytes -= entry->kept_bytes;
	free(entry);
}
