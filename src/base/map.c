/*
 * map: open addressing with linear probing.
 *
 * Hides the hash (SipHash-2-4, its key drawn anew for each map) and the
 * layout.  Removal closes the gap by moving later entries back, so there are
 * no tombstones and a map that is filled and emptied for ever stays fast.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/map_internal.h"
#include "base/mem.h"
#include "base/random.h"

#define MAP_SLOTS_MIN 8

/* Slots are many and mostly free or passed by: they hold what probing looks
 * at, and the rest is kept once per entry. */
struct map_entry {
	void *value;
	size_t len;
	char key[];
};

struct map_slot {
	struct map_entry *entry; /* NULL: free */
	uint64_t hash;
};

struct map {
	struct map_slot *slots;
	size_t mask; /* slots - 1, slots being a power of two */
	size_t count;
	uint64_t seed[2];
};

static struct map_entry *
entry_new(struct span key, void *value)
{
	struct map_entry *entry = xmalloc(sizeof(*entry) + key.len);

	entry->value = value;
	entry->len = key.len;
	if (key.len > 0)
		memcpy(entry->key, key.data, key.len);
	return entry;
}

static struct span
entry_key(const struct map_entry *entry)
{
	return span_of(entry->key, entry->len);
}

static uint64_t
rotate_left(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate_left(v[1], 13) ^ v[0];
	v[3] = rotate_left(v[3], 16) ^ v[2];
	v[0] = rotate_left(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate_left(v[1], 17) ^ v[2];
	v[3] = rotate_left(v[3], 21) ^ v[0];
	v[2] = rotate_left(v[2], 32);
}

static inline void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* In this form compilers see that it is one load. */
static inline uint64_t
whole_word(const unsigned char *at)
{
	return (uint64_t)at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 |
	       (uint64_t)at[3] << 24 | (uint64_t)at[4] << 32 |
	       (uint64_t)at[5] << 40 | (uint64_t)at[6] << 48 |
	       (uint64_t)at[7] << 56;
}

static uint64_t
last_word(const unsigned char *at, size_t left, size_t len)
{
	uint64_t word = (uint64_t)len << 56;

	while (left-- > 0)
		word |= (uint64_t)at[left] << (8 * left);
	return word;
}

uint64_t
map_siphash(const uint64_t seed[2], struct span key)
{
	uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575u,
	    seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
	    seed[1] ^ 0x7465646279746573u};
	const unsigned char *bytes = (const unsigned char *)key.data;
	size_t left = key.len;

	for (; left >= 8; left -= 8, bytes += 8)
		sip_word(v, whole_word(bytes));
	sip_word(v, last_word(bytes, left, key.len));
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct map *
map_new(void)
{
	struct map *map = xcalloc(1, sizeof(*map));

	map->slots = xcalloc(MAP_SLOTS_MIN, sizeof(*map->slots));
	map->mask = MAP_SLOTS_MIN - 1;
	random_bytes(map->seed, sizeof(map->seed));
	return map;
}

void
map_free(struct map *map, void (*free_value)(void *))
{
	size_t i;

	if (!map)
		return;
	for (i = 0; i <= map->mask; i++) {
		if (!map->slots[i].entry)
			continue;
		if (free_value)
			free_value(map->slots[i].entry->value);
		free(map->slots[i].entry);
	}
	free(map->slots);
	free(map);
}

size_t
map_count(const struct map *map)
{
	return map->count;
}

/* The slot that holds the key, or the free one where it would go. */
static struct map_slot *
map_find(const struct map *map, struct span key, uint64_t hash)
{
	size_t i = hash & map->mask;
	struct map_slot *slot;

	for (;; i = (i + 1) & map->mask) {
		slot = &map->slots[i];
		if (!slot->entry)
			return slot;
		if (slot->hash == hash &&
		    span_equal(entry_key(slot->entry), key))
			return slot;
	}
}

static void
map_grow(struct map *map)
{
	struct map_slot *old = map->slots;
	size_t i, j, old_slots = map->mask + 1;

	map->slots = xcalloc(old_slots * 2, sizeof(*map->slots));
	map->mask = old_slots * 2 - 1;
	for (i = 0; i < old_slots; i++) {
		if (!old[i].entry)
			continue;
		j = old[i].hash & map->mask;
		while (map->slots[j].entry)
			j = (j + 1) & map->mask;
		map->slots[j] = old[i];
	}
	free(old);
}

void *
map_get(const struct map *map, struct span key)
{
	const struct map_slot *slot =
	    map_find(map, key, map_siphash(map->seed, key));

	return slot->entry ? slot->entry->value : NULL;
}

void *
map_put(struct map *map, struct span key, void *value)
{
	uint64_t hash = map_siphash(map->seed, key);
	struct map_slot *slot = map_find(map, key, hash);
	void *before;

	if (slot->entry) {
		before = slot->entry->value;
		slot->entry->value = value;
		return before;
	}
	if ((map->count + 1) * 4 > (map->mask + 1) * 3) {
		map_grow(map);
		slot = map_find(map, key, hash);
	}
	*slot = (struct map_slot){entry_new(key, value), hash};
	map->count++;
	return NULL;
}

/* Moves back whatever would no longer be found behind the gap. */
static void
map_close_gap(struct map *map, size_t gap)
{
	size_t i = gap, home;

	for (;;) {
		i = (i + 1) & map->mask;
		if (!map->slots[i].entry)
			break;
		home = map->slots[i].hash & map->mask;
		if (((i - home) & map->mask) < ((i - gap) & map->mask))
			continue;
		map->slots[gap] = map->slots[i];
		gap = i;
	}
	map->slots[gap] = (struct map_slot){0};
}

void *
map_take(struct map *map, struct span key)
{
	struct map_slot *slot = map_find(map, key, map_siphash(map->seed, key));
	void *value;

	if (!slot->entry)
		return NULL;
	value = slot->entry->value;
	free(slot->entry);
	map_close_gap(map, (size_t)(slot - map->slots));
	map->count--;
	return value;
}

bool
map_next(const struct map *map, size_t *cursor, struct span *key_out,
    void **value_out)
{
	const struct map_slot *slot;

	while (*cursor <= map->mask) {
		slot = &map->slots[(*cursor)++];
		if (!slot->entry)
			continue;
		*key_out = entry_key(slot->entry);
		*value_out = slot->entry->value;
		return true;
	}
	return false;
}
