/*
 * when_distinct: `distinct N CAPTURE in T`, N different values in a sliding
 * window over the records' own times.
 *
 * A value counts as long as its newest match lies in the window; values are
 * told apart by 64 bits of their hash.  They lie in one array, linked in the
 * order of their newest times, so that those that slide out are the oldest
 * ones; a repeated value is found through a hash table of places, which few
 * values do without.
 *
 * As with `N in T' (when_count.c) the second newest time moves the window, so
 * there are two that may be met, and N values are kept at most: each window
 * has at most N - 1 of them while it is not met.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "base/units.h"
#include "judge/digest64.h"
#include "judge/when_internal.h"

#define NOWHERE UINT16_MAX

enum {
	VALUES_AT_FIRST = 4,
	VALUES_SEARCHED = 16, /* as many are found without a table */
	SAVED_VALUE = 8 + 8 + 4 + 4,
};

struct distinct_value {
	uint64_t hash;
	int64_t last_ms;  /* the newest match */
	uint32_t span_ms; /* from the first one to it */
	uint32_t matches;
	uint16_t older, newer; /* in the order of last_ms */
};

/* A place is free when matches is 0; free ones are linked by newer. */
struct when_state {
	struct distinct_value *values;
	uint16_t *table; /* places by hash, or NULL */
	uint64_t seed;	 /* values are hostile, places must not be */
	uint16_t cap;
	uint16_t count;
	uint16_t spare; /* the first free place */
	uint16_t oldest, newest;
	unsigned char table_bits;
};

_Static_assert(WHEN_COUNT_MAX < NOWHERE / 2, "a place has 16 bits");

static int
distinct_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "distinct"))
		return 0;
	if (words->count != 5 || !span_is(words->word[3], "in"))
		return err_set(err,
		    "distinct needs a count, a capture and a time: write for "
		    "example \"distinct 5 user in 10m\"");
	if (number_parse(
		words->word[1], 1, WHEN_COUNT_MAX, &spec->count, err) ||
	    when_parse_name(words->word[2], "capture", spec, err) ||
	    when_parse_time(
		words->word[4], WHEN_WINDOW_MAX_MS, &spec->window_ms, err))
		return -1;
	return 1;
}

static void
distinct_format(const struct when_spec *spec, struct buf *out)
{
	char window[UNITS_TEXT_MAX];

	duration_format(spec->window_ms, window);
	buf_addf(out, "distinct %lld %s in %s", (long long)spec->count,
	    spec->name, window);
}

static void
distinct_reset(struct when_state *state)
{
	free(state->values);
	free(state->table);
	memset(state, 0, sizeof(*state));
	state->values = NULL;
	state->table = NULL;
	state->spare = state->oldest = state->newest = NOWHERE;
}

static struct when_state *
distinct_state_new(const struct when_spec *spec)
{
	struct when_state *state = xcalloc(1, sizeof(*state));

	(void)spec;
	distinct_reset(state);
	return state;
}

static void
distinct_state_free(struct when_state *state)
{
	distinct_reset(state);
	free(state);
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

static uint16_t
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

static void
distinct_unlink(struct when_state *state, uint16_t place)
{
	struct distinct_value *values = state->values;
	uint16_t older = values[place].older, newer = values[place].newer;

	*(older == NOWHERE ? &state->oldest : &values[older].newer) = newer;
	*(newer == NOWHERE ? &state->newest : &values[newer].older) = older;
}

/* Where its newest time belongs; nearly always behind the newest. */
static void
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

static struct distinct_value *
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

static void
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

static uint32_t
distinct_span(int64_t from_ms, int64_t to_ms)
{
	int64_t span = to_ms - from_ms;

	return span < 0 ? 0 : span > UINT32_MAX ? UINT32_MAX : (uint32_t)span;
}

/* A value that has slid out of its own window begins anew. */
static void
distinct_repeat(struct when_state *state, uint16_t place, int64_t time_ms,
    int64_t window_ms)
{
	struct distinct_value *value = &state->values[place];
	int64_t first = value->last_ms - value->span_ms;

	if (time_ms < value->last_ms - window_ms)
		return;
	if (time_ms - window_ms > value->last_ms) {
		value->matches = 0;
		first = time_ms;
	}
	if (value->matches < UINT32_MAX)
		value->matches++;
	if (time_ms < first)
		first = time_ms;
	if (time_ms > value->last_ms) {
		value->last_ms = time_ms;
		distinct_unlink(state, place);
		distinct_link(state, place);
	}
	value->span_ms = distinct_span(first, value->last_ms);
}

static int64_t
distinct_newest(const struct when_state *state)
{
	return state->count ? state->values[state->newest].last_ms : 0;
}

/* Those of one window: from one place to another, in the order of time. */
struct run {
	uint16_t from, to; /* NOWHERE: none */
	uint16_t count;
};

/* What the window that ends with the newest holds. */
static struct run
distinct_window(const struct when_spec *spec, const struct when_state *state)
{
	int64_t start_ms = distinct_newest(state) - spec->window_ms;
	struct run run = {state->oldest, state->newest, state->count};

	while (run.from != NOWHERE &&
	       state->values[run.from].last_ms < start_ms) {
		run.from = state->values[run.from].newer;
		run.count--;
	}
	return run;
}

static int64_t
distinct_matches(const struct when_state *state, struct run run)
{
	int64_t matches = 0;
	uint16_t place = run.from;

	for (unsigned i = 0; i < run.count; i++) {
		matches += state->values[place].matches;
		place = state->values[place].newer;
	}
	return matches;
}

static int64_t
distinct_pending(const struct when_spec *spec, const struct when_state *state)
{
	return distinct_matches(state, distinct_window(spec, state));
}

static void
distinct_forget_before(struct when_state *state, int64_t oldest_ms)
{
	while (state->oldest != NOWHERE &&
	       state->values[state->oldest].last_ms < oldest_ms)
		distinct_drop(state, state->oldest);
}

/* Of a value that came often only the first and last time are known. */
static void
distinct_tell_times(const struct when_state *state, struct run run,
    struct histogram *times)
{
	const struct distinct_value *value;
	uint16_t place = run.from;

	*times = (struct histogram){0};
	for (unsigned i = 0; i < run.count; i++, place = value->newer) {
		struct histogram_lot lot;

		value = &state->values[place];
		lot = (struct histogram_lot){.count = value->matches,
		    .first_ms = value->last_ms - value->span_ms,
		    .last_ms = value->last_ms};
		histogram_add_lot(times, &lot);
	}
}

static enum when_answer
distinct_met(struct when_state *state, struct run run,
    const struct when_match *match, struct when_met *met_out)
{
	const struct distinct_value *value;
	uint16_t place = run.from;

	met_out->count = distinct_matches(state, run);
	met_out->first_ms = INT64_MAX;
	for (unsigned i = 0; i < run.count; i++, place = value->newer) {
		value = &state->values[place];
		if (value->last_ms - value->span_ms < met_out->first_ms)
			met_out->first_ms = value->last_ms - value->span_ms;
	}
	met_out->last_ms = state->values[run.to].last_ms;
	if (match->times && met_out->count > 1)
		distinct_tell_times(state, run, match->times);
	distinct_reset(state);
	return WHEN_MET;
}

/* Are there enough up to the newest, or else up to the second newest? */
static bool
distinct_is_met(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms, struct run *run_out)
{
	uint16_t second;

	if (state->count < spec->count)
		return false;
	*run_out = distinct_window(spec, state);
	if (run_out->count >= spec->count)
		return true;
	second = state->values[state->newest].older;
	if (second == NOWHERE || time_ms > state->values[second].last_ms)
		return false;
	*run_out =
	    (struct run){state->oldest, second, (uint16_t)(state->count - 1)};
	return run_out->count >= spec->count;
}

/* The newest and the second newest, with the match among them. */
static int64_t
distinct_start(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms)
{
	int64_t newest_ms = distinct_newest(state), second_ms = time_ms;
	uint16_t second;

	if (!state->count || time_ms >= newest_ms)
		return when_window_start(
		    spec, time_ms, state->count ? newest_ms : time_ms);
	second = state->values[state->newest].older;
	if (second != NOWHERE && state->values[second].last_ms > time_ms)
		second_ms = state->values[second].last_ms;
	return when_window_start(spec, newest_ms, second_ms);
}

static uint64_t
distinct_hash(struct span value)
{
	struct sha256 sum;

	sha256_init(&sum);
	if (value.len)
		sha256_add(&sum, value.data, value.len);
	return digest64_final(&sum);
}

static enum when_answer
distinct_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	int64_t time_ms = match->time_ms;
	int64_t start_ms = distinct_start(spec, state, time_ms);
	uint64_t hash = distinct_hash(match->value);
	struct run run;
	uint16_t place;

	if (time_ms < start_ms)
		return WHEN_TOO_OLD;
	distinct_forget_before(state, start_ms);
	place = distinct_find(state, hash);
	if (place == NOWHERE)
		distinct_add(state, hash, time_ms);
	else
		distinct_repeat(state, place, time_ms, spec->window_ms);
	if (!distinct_is_met(spec, state, time_ms, &run))
		return WHEN_COUNTED;
	return distinct_met(state, run, match, met_out);
}

static void
distinct_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	struct distinct_value *value;
	uint16_t place = state->newest;

	(void)hours;
	if (distinct_newest(state) - WHEN_AHEAD_MS <= now_ms)
		return;
	for (; place != NOWHERE; place = value->older) {
		value = &state->values[place];
		if (value->last_ms <= now_ms)
			break;
		value->span_ms =
		    distinct_span(value->last_ms - value->span_ms, now_ms);
		value->last_ms = now_ms;
	}
	/* One window is all that is left of two. */
	if (state->count >= spec->count)
		distinct_drop(state, state->oldest);
}

/* From the oldest on: hash, newest time, span, matches. */
static void
distinct_save(const struct when_state *state, struct buf *out)
{
	const struct distinct_value *value;
	uint16_t place = state->oldest;

	for (; place != NOWHERE; place = value->newer) {
		value = &state->values[place];
		when_put(out, value->hash, 8);
		when_put(out, (uint64_t)value->last_ms, 8);
		when_put(out, value->span_ms, 4);
		when_put(out, value->matches, 4);
	}
}

static int
distinct_load_value(struct when_state *state, const char *data, struct err *err)
{
	uint64_t hash = when_get(data, 8), last = when_get(data + 8, 8);
	uint64_t span = when_get(data + 16, 4),
		 matches = when_get(data + 20, 4);
	struct distinct_value *value;

	if (last > WHEN_TIME_MAX || span > last || !matches ||
	    distinct_find(state, hash) != NOWHERE)
		return err_set(err, "a stored window has impossible values");
	value = distinct_add(state, hash, (int64_t)last);
	value->span_ms = (uint32_t)span;
	value->matches = (uint32_t)matches;
	return 0;
}

static int
distinct_load(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err)
{
	size_t at;

	(void)hours;
	(void)now_ms;
	distinct_reset(state);
	if (bytes.len % SAVED_VALUE ||
	    bytes.len / SAVED_VALUE > (size_t)spec->count)
		return err_set(err, "a stored window has a wrong length");
	for (at = 0; at < bytes.len; at += SAVED_VALUE) {
		if (distinct_load_value(state, bytes.data + at, err)) {
			distinct_reset(state);
			return -1;
		}
	}
	return 0;
}

const struct when_kind when_kind_distinct = {
    .form = "distinct N CAPTURE in T",
    .class = WHEN_PLAIN,
    .parse = distinct_parse,
    .format = distinct_format,
    .feed = distinct_feed,
    .state_new = distinct_state_new,
    .state_free = distinct_state_free,
    .pending = distinct_pending,
    .newest = distinct_newest,
    .settle = distinct_settle,
    .save = distinct_save,
    .load = distinct_load,
};
