/*
 * distinct_values: the values of `distinct N CAPTURE in T`.
 *
 * They lie in one array, linked in the order of their newest times, so that
 * those that slide out are the oldest ones; a repeated value is found through
 * a hash table of places, which few values do without.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "judge/distinct_internal.h"

enum {
	VALUES_AT_FIRST = 4,
	VALUES_SEARCHED = 16, /* as many are found without a table */
};

_Static_assert(WHEN_COUNT_MAX < NOWHERE / 2, "a place has 16 bits");

void
distinct_reset(struct when_state *state)
{
	free(state->values);
	free(state->table);
	memset(state, 0, sizeof(*state));
	state->values = NULL;
	state->table = NULL;
	state->spare = state->oldest = state->newest = NOWHERE;
}

static unsigned
distinct_slot(const struct when_state *state, uint64_t hash)
{
	uint64_t mixed = (hash ^ state->seed) * UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ mixed >> 32) * (state->seed | 1);
	return (unsigned)(mixed >> (64 - state->table_bits));
}

/* Linear probing: the slot of this hash, or the free one where it belongs. */
static unsigned
distinct_find_slot(const struct when_state *state, uint64_t hash)
{
	unsigned mask = (1u << state->table_bits) - 1;
	unsigned slot = distinct_slot(state, hash);

	while (state->table[slot] != NOWHERE &&
	       state->values[state->table[slot]].hash != hash)
		slot = (slot + 1) & mask;
	return slot;
}

uint16_t
distinct_find(const struct when_state *state, uint64_t hash)
{
	uint16_t place;

	if (state->table)
		return state->table[distinct_find_slot(state, hash)];
	for (place = 0; place < state->cap; place++) {
		if (state->values[place].matches &&
		    state->values[place].hash == hash)
			return place;
	}
	return NOWHERE;
}

/* Closes the gap that a removed entry leaves in a chain of probes. */
static void
distinct_table_remove(struct when_state *state, uint64_t hash)
{
	unsigned mask = (1u << state->table_bits) - 1;
	unsigned hole = distinct_find_slot(state, hash), at = hole, home;

	for (;;) {
		at = (at + 1) & mask;
		if (state->table[at] == NOWHERE)
			break;
		home =
		    distinct_slot(state, state->values[state->table[at]].hash);
		/* It may move back to the hole unless it begins behind it. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		state->table[hole] = state->table[at];
		hole = at;
	}
	state->table[hole] = NOWHERE;
}

/* At least twice as many slots as places. */
static void
distinct_table_build(struct when_state *state)
{
	uint16_t place;
	unsigned i;

	if (!state->seed)
		random_bytes(&state->seed, sizeof(state->seed));
	state->table_bits = 1;
	while (1u << state->table_bits < 2u * state->cap)
		state->table_bits++;
	free(state->table);
	state->table = xreallocarray(
	    NULL, (size_t)1 << state->table_bits, sizeof(*state->table));
	for (i = 0; i < 1u << state->table_bits; i++)
		state->table[i] = NOWHERE;
	for (place = 0; place < state->cap; place++) {
		if (state->values[place].matches)
			state->table[distinct_find_slot(
			    state, state->values[place].hash)] = place;
	}
}

static void
distinct_grow(struct when_state *state)
{
	uint16_t cap =
	    state->cap ? (uint16_t)(state->cap * 2) : VALUES_AT_FIRST;

	state->values =
	    xreallocarray(state->values, cap, sizeof(*state->values));
	while (state->cap < cap) {
		state->values[state->cap].matches = 0;
		state->values[state->cap].newer = state->spare;
		state->spare = state->cap++;
	}
	if (state->cap > VALUES_SEARCHED)
		distinct_table_build(state);
}

void
distinct_unlink(struct when_state *state, uint16_t place)
{
	struct distinct_value *values = state->values;
	uint16_t older = values[place].older, newer = values[place].newer;

	*(older == NOWHERE ? &state->oldest : &values[older].newer) = newer;
	*(newer == NOWHERE ? &state->newest : &values[newer].older) = older;
}

/* Where its newest time belongs; nearly always behind the newest. */
void
distinct_link(struct when_state *state, uint16_t place)
{
	struct distinct_value *values = state->values;
	uint16_t older = state->newest, newer = NOWHERE;

	while (
	    older != NOWHERE && values[older].last_ms > values[place].last_ms) {
		newer = older;
		older = values[older].older;
	}
	values[place].older = older;
	values[place].newer = newer;
	*(older == NOWHERE ? &state->oldest : &values[older].newer) = place;
	*(newer == NOWHERE ? &state->newest : &values[newer].older) = place;
}

struct distinct_value *
distinct_add(struct when_state *state, uint64_t hash, int64_t time_ms)
{
	uint16_t place;

	if (state->spare == NOWHERE)
		distinct_grow(state);
	place = state->spare;
	state->spare = state->values[place].newer;
	if (state->table)
		state->table[distinct_find_slot(state, hash)] = place;
	state->values[place] = (struct distinct_value){
	    .hash = hash, .last_ms = time_ms, .matches = 1};
	distinct_link(state, place);
	state->count++;
	return &state->values[place];
}

void
distinct_drop(struct when_state *state, uint16_t place)
{
	distinct_unlink(state, place);
	if (state->table)
		distinct_table_remove(state, state->values[place].hash);
	state->values[place].matches = 0;
	state->values[place].newer = state->spare;
	state->spare = place;
	state->count--;
}

int64_t
distinct_newest(const struct when_state *state)
{
	return state->count ? state->values[state->newest].last_ms : 0;
}
