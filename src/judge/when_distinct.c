/*
 * when_distinct: `distinct N CAPTURE in T`, N different values in a sliding
 * window over the records' own times.
 *
 * A value counts as long as its newest match lies in the window; values are
 * told apart by 64 bits of their hash (distinct_values.c has them).
 *
 * As with `N in T' (when_count.c) the second newest time moves the window, so
 * there are two that may be met, and N values are kept at most: each window
 * has at most N - 1 of them while it is not met.  The value whose date is ahead
 * may have been seen in the other window as well: that is kept beside it, or
 * the date would take the value out of there.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/digest64.h"
#include "judge/distinct_internal.h"

enum { SAVED_VALUE = 8 + 8 + 4 + 4 };

static int
distinct_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "distinct"))
		return 0;
	if (words->count != 5 || !span_is(words->word[3], "in") ||
	    !words->word[1].len || !ascii_is_digit(*words->word[1].data))
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

static size_t
distinct_bytes(const struct when_state *state)
{
	size_t slots = state->table ? (size_t)1 << state->table_bits : 0;

	return sizeof(*state) + state->cap * sizeof(state->values[0]) +
	       slots * sizeof(state->table[0]);
}

static uint32_t
distinct_span(int64_t from_ms, int64_t to_ms)
{
	int64_t span = to_ms - from_ms;

	return span < 0 ? 0 : span > UINT32_MAX ? UINT32_MAX : (uint32_t)span;
}

static void
value_count(struct distinct_value *value, int64_t time_ms)
{
	int64_t first_ms = value->last_ms - value->span_ms;

	if (!value->matches)
		first_ms = value->last_ms = time_ms;
	if (value->matches < UINT32_MAX)
		value->matches++;
	if (time_ms < first_ms)
		first_ms = time_ms;
	if (time_ms > value->last_ms)
		value->last_ms = time_ms;
	value->span_ms = distinct_span(first_ms, value->last_ms);
}

/* A value that has slid out of its own window begins anew.  Only the newest
 * can be so far ahead of what may come, or get so far ahead of itself. */
static void
distinct_repeat(struct when_state *state, uint16_t place, int64_t time_ms,
    int64_t window_ms)
{
	struct distinct_value *value = &state->values[place];
	int64_t last_ms = value->last_ms;

	if (time_ms < last_ms - window_ms) {
		state->before.hash = value->hash;
		value_count(&state->before, time_ms);
		return;
	}
	if (time_ms - window_ms > last_ms) {
		state->before = *value;
		value->matches = 0;
	}
	value_count(value, time_ms);
	if (value->last_ms == last_ms)
		return;
	distinct_unlink(state, place);
	distinct_link(state, place);
}

/* The newest but one; 0: there is none. */
static int64_t
distinct_second(const struct when_state *state)
{
	int64_t second_ms = state->before.matches ? state->before.last_ms : 0;
	uint16_t second;

	if (!state->count)
		return 0;
	second = state->values[state->newest].older;
	if (second != NOWHERE && state->values[second].last_ms > second_ms)
		second_ms = state->values[second].last_ms;
	return second_ms;
}

/* Those of one window: so many from a place on, in the order of time, and
 * perhaps the one before. */
struct run {
	uint16_t from;
	uint16_t count;
	bool before;
};

static const struct distinct_value *
run_next(const struct when_state *state, struct run *run)
{
	const struct distinct_value *value;

	if (run->count) {
		value = &state->values[run->from];
		run->from = value->newer;
		run->count--;
		return value;
	}
	value = run->before ? &state->before : NULL;
	run->before = false;
	return value;
}

static int64_t
run_values(struct run run)
{
	return run.count + run.before;
}

/* What the window that ends with the newest holds. */
static struct run
distinct_window(const struct when_spec *spec, const struct when_state *state)
{
	int64_t start_ms = distinct_newest(state) - spec->window_ms;
	struct run run = {state->oldest, state->count, false};

	while (
	    run.count && state->values[run.from].last_ms < start_ms) {
		run.from = state->values[run.from].newer;
		run.count--;
	}
	return run;
}

static int64_t
distinct_matches(const struct when_state *state, struct run run)
{
	const struct distinct_value *value;
	int64_t matches = 0;

	while ((value = run_next(state, &run)))
		matches += value->matches;
	return matches;
}

static int64_t
distinct_pending(const struct when_spec *spec, const struct when_state *state)
{
	return distinct_matches(state, distinct_window(spec, state));
}

static int64_t
distinct_kept(const struct when_state *state)
{
	struct run all = {
	    state->oldest, state->count, state->before.matches > 0};

	return distinct_matches(state, all);
}

static void
distinct_forget_before(struct when_state *state, int64_t oldest_ms)
{
	while (state->oldest != NOWHERE &&
	       state->values[state->oldest].last_ms < oldest_ms)
		distinct_drop(state, state->oldest);
	if (state->before.last_ms < oldest_ms)
		state->before.matches = 0;
}

/* Of a value that came often only the first and last time are known. */
static void
distinct_tell_times(const struct when_state *state, struct run run,
    struct histogram *times)
{
	const struct distinct_value *value;

	*times = (struct histogram){0};
	while ((value = run_next(state, &run))) {
		struct histogram_lot lot = {.count = value->matches,
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

	met_out->count = distinct_matches(state, run);
	if (match->times && met_out->count > 1)
		distinct_tell_times(state, run, match->times);
	met_out->first_ms = INT64_MAX;
	met_out->last_ms = 0;
	while ((value = run_next(state, &run))) {
		if (value->last_ms - value->span_ms < met_out->first_ms)
			met_out->first_ms = value->last_ms - value->span_ms;
		if (value->last_ms > met_out->last_ms)
			met_out->last_ms = value->last_ms;
	}
	distinct_reset(state);
	return WHEN_MET;
}

/* Are there enough up to the newest, or else up to the second newest? */
static bool
distinct_is_met(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms, struct run *run_out)
{
	if (state->count + (state->before.matches > 0) < spec->count)
		return false;
	*run_out = distinct_window(spec, state);
	if (run_values(*run_out) >= spec->count)
		return true;
	if (time_ms > distinct_second(state))
		return false;
	*run_out = (struct run){state->oldest, (uint16_t)(state->count - 1),
	    state->before.matches > 0};
	return run_values(*run_out) >= spec->count;
}

/* The newest and the second newest, with the match among them. */
static int64_t
distinct_start(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms)
{
	int64_t newest_ms = distinct_newest(state), second_ms;

	if (!state->count || time_ms >= newest_ms)
		return when_window_start(
		    spec, time_ms, state->count ? newest_ms : time_ms);
	second_ms = distinct_second(state);
	return when_window_start(
	    spec, newest_ms, second_ms > time_ms ? second_ms : time_ms);
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
value_settle(struct distinct_value *value, int64_t now_ms)
{
	value->span_ms =
	    distinct_span(value->last_ms - value->span_ms, now_ms);
	value->last_ms = now_ms;
}

static void
distinct_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	uint16_t place = state->newest;

	(void)hours;
	if (distinct_newest(state) - WHEN_AHEAD_MS <= now_ms)
		return;
	for (; place != NOWHERE && state->values[place].last_ms > now_ms;
	     place = state->values[place].older)
		value_settle(&state->values[place], now_ms);
	/* One window is all that is left of two. */
	state->before.matches = 0;
	if (state->count >= spec->count)
		distinct_drop(state, state->oldest);
}

static void
value_save(const struct distinct_value *value, struct buf *out)
{
	when_put(out, value->hash, 8);
	when_put(out, (uint64_t)value->last_ms, 8);
	when_put(out, value->span_ms, 4);
	when_put(out, value->matches, 4);
}

/* From the oldest on: hash, newest time, span, matches.  Then the one before:
 * its hash is that of the newest. */
static void
distinct_save(const struct when_state *state, struct buf *out)
{
	const struct distinct_value *value;
	uint16_t place = state->oldest;

	for (; place != NOWHERE; place = value->newer) {
		value = &state->values[place];
		value_save(value, out);
	}
	if (state->before.matches)
		value_save(&state->before, out);
}

/* The one that a hash has for the second time. */
static bool
distinct_load_before(const struct when_spec *spec, struct when_state *state,
    const struct distinct_value *value)
{
	const struct distinct_value *newest = &state->values[state->newest];

	if (value->hash != newest->hash ||
	    value->last_ms >= newest->last_ms - spec->window_ms)
		return false;
	state->before = *value;
	return true;
}

static int
distinct_load_value(const struct when_spec *spec, struct when_state *state,
    const char *data, struct err *err)
{
	uint64_t last = when_get(data + 8, 8);
	struct distinct_value *added, value = {.hash = when_get(data, 8),
	    .last_ms = (int64_t)last,
	    .span_ms = (uint32_t)when_get(data + 16, 4),
	    .matches = (uint32_t)when_get(data + 20, 4)};

	if (last > WHEN_TIME_MAX || value.span_ms > last || !value.matches ||
	    state->before.matches)
		return err_set(err, "a stored window has impossible values");
	if (distinct_find(state, value.hash) != NOWHERE) {
		if (!distinct_load_before(spec, state, &value))
			return err_set(err,
			    "a stored window has the same value twice");
		return 0;
	}
	added = distinct_add(state, value.hash, value.last_ms);
	added->span_ms = value.span_ms;
	added->matches = value.matches;
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
	    bytes.len / SAVED_VALUE > (size_t)spec->count + 1)
		return err_set(err, "a stored window has a wrong length");
	for (at = 0; at < bytes.len; at += SAVED_VALUE) {
		if (distinct_load_value(
			spec, state, bytes.data + at, err)) {
			distinct_reset(state);
			return -1;
		}
	}
	if (state->count <= spec->count)
		return 0;
	distinct_reset(state);
	return err_set(err, "a stored window has too many values");
}

const struct when_kind when_kind_distinct = {
    .form = "distinct N CAPTURE in T",
    .class = WHEN_PLAIN,
    .parse = distinct_parse,
    .format = distinct_format,
    .feed = distinct_feed,
    .state_new = distinct_state_new,
    .state_free = distinct_state_free,
    .bytes = distinct_bytes,
    .pending = distinct_pending,
    .kept = distinct_kept,
    .newest = distinct_newest,
    .settle = distinct_settle,
    .save = distinct_save,
    .load = distinct_load,
};
