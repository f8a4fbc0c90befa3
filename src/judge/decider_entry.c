/*
 * decider_entry: where entries live, when they are due, which one must go.
 *
 * Hides the map, the two orders of use, the heap of deadlines and the list
 * of what has changed since the last save.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "judge/decider_internal.h"

enum {
	DIGEST_TEXT = 2 * SHA256_SIZE,
	/* When all lines together take this much, a key keeps only a short
	 * one. */
	LINE_BYTES_TOTAL = 32 * 1024 * 1024,
	SHORT_LINE_BYTES = 256,
};

/* A record's time is taken from a day before the newest at most. */
#define LAG_MAX_MS (INT64_C(24) * 60 * 60 * 1000)

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
	if (key.len <= DECIDER_KEY_BYTES) {
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
entry_is_empty(const struct decider *decider, const struct entry *entry)
{
	return !throttle_due(&entry->throttle) &&
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
	entry->place = (unsigned char)place;
	rule->totals.keys++;
}

static void
entry_place(struct decider *decider, struct entry *entry, bool as_newest)
{
	enum entry_place place =
	    entry->throttle.held ? ENTRY_HOLDING : ENTRY_IDLE;

	if (entry_is_empty(decider, entry))
		place = ENTRY_NOWHERE;
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

	if (!when_pending(when, entry->when))
		return 0;
	/* Records that are read late go on to be read late. */
	lag = entry->touched_ms - when_newest(when, entry->when);
	if (lag < 0)
		lag = 0;
	if (lag > LAG_MAX_MS)
		lag = LAG_MAX_MS;
	return entry->touched_ms + when->window_ms + lag;
}

void
entry_schedule(struct decider *decider, struct entry *entry)
{
	int64_t due = throttle_due(&entry->throttle);
	int64_t end = entry_window_end(decider, entry);

	if (end && (!due || end < due))
		due = end;
	if (due)
		heap_set(&decider->due, &entry->due, due);
	else
		heap_remove(&decider->due, &entry->due);
}

static void
entry_mark_dirty(struct decider *decider, struct entry *entry)
{
	if (entry->dirty)
		return;
	entry->dirty = true;
	entry->next_dirty = decider->dirty;
	decider->dirty = entry;
}

static void
entry_arrange(struct decider *decider, struct entry *entry, bool as_newest)
{
	const struct when_spec *when = entry_spec(decider, entry)->when;

	if (entry->when && !when_pending(when, entry->when))
		entry_forget_window(decider, entry);
	entry_place(decider, entry, as_newest);
	entry_schedule(decider, entry);
}

void
entry_settle_loaded(struct decider *decider, struct entry *entry)
{
	entry->stored = true;
	entry_arrange(decider, entry, true);
	if (entry->place == ENTRY_NOWHERE)
		entry_mark_dirty(decider, entry);
}

void
entry_settle(struct decider *decider, struct entry *entry, bool as_newest)
{
	entry_arrange(decider, entry, as_newest);
	if (entry->place == ENTRY_NOWHERE && !entry->stored && !entry->dirty)
		entry_drop(decider, entry);
	else
		entry_mark_dirty(decider, entry);
}

/* The least recently used one that holds nothing, else the least recently
 * used one: with so many keys something has to give, and it is counted. */
static void
entry_evict(struct decider *decider, struct rule_state *rule)
{
	struct entry *entry = rule->order[ENTRY_IDLE].oldest;

	if (!entry)
		entry = rule->order[ENTRY_HOLDING].oldest;
	rule->totals.evicted++;
	entry_forget_window(decider, entry);
	throttle_release(&entry->throttle);
	entry_settle(decider, entry, false);
}

static struct entry *
entry_new(size_t rule, struct span key)
{
	struct entry *entry = xcalloc(1, sizeof(*entry) + key.len);

	if (key.len > DECIDER_KEY_BYTES)
		BUG("a key of %zu bytes was not cut", key.len);
	heap_node_init(&entry->due);
	entry->rule = (uint32_t)rule;
	entry->key_len = (uint16_t)key.len;
	if (key.len)
		memcpy(entry->key, key.data, key.len);
	return entry;
}

struct entry *
entry_use(struct decider *decider, size_t rule, struct span key)
{
	struct rule_state *state = decider_rule_at(decider, rule);
	struct entry *entry = map_get(state->entries, key);

	if (entry && entry->place != ENTRY_NOWHERE)
		return entry;
	if (state->totals.keys >= DECIDER_KEYS_MAX)
		entry_evict(decider, state);
	if (entry)
		return entry;
	entry = entry_new(rule, key);
	map_put(state->entries, key, entry);
	return entry;
}

void
entry_add_line(struct decider *decider, struct entry *entry, struct span line)
{
	const struct when_spec *when = entry_spec(decider, entry)->when;
	int64_t pending = when_pending(when, entry->when);
	size_t max = DECIDER_LINES - 1; /* one more comes with the alert */

	if (pending < (int64_t)max)
		max = (size_t)pending;
	decider->line_bytes -= entry->lines.size;
	if (decider->line_bytes < LINE_BYTES_TOTAL) {
		kept_lines_add(&entry->lines, line, DECIDER_LINE_BYTES);
		kept_lines_trim(&entry->lines, max);
	} else {
		kept_lines_release(&entry->lines);
		kept_lines_add(&entry->lines, line, SHORT_LINE_BYTES);
	}
	decider->line_bytes += entry->lines.size;
}

void
entry_forget_lines(struct decider *decider, struct entry *entry)
{
	decider->line_bytes -= entry->lines.size;
	kept_lines_release(&entry->lines);
}

void
entry_forget_window(struct decider *decider, struct entry *entry)
{
	when_state_free(entry_spec(decider, entry)->when, entry->when);
	entry->when = NULL;
	entry_forget_lines(decider, entry);
}

void
entry_free(struct decider *decider, struct entry *entry)
{
	entry_forget_window(decider, entry);
	throttle_release(&entry->throttle);
	free(entry);
}

void
entry_drop(struct decider *decider, struct entry *entry)
{
	struct span key = span_of(entry->key, entry->key_len);

	if (entry->dirty || entry->place != ENTRY_NOWHERE ||
	    entry->due.index != HEAP_OUT)
		BUG("a decider's entry is dropped while it is in use");
	map_take(decider->rules[entry->rule].entries, key);
	entry_free(decider, entry);
}
