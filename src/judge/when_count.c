/*
 * when_count: `N in T`, a sliding window over the records' own times.
 *
 * The times that may count lie sorted in one array, of which a front part may
 * be unused: a window that slides drops from the front and appends, and moves
 * memory only when the array's end is reached.  Records come out of order
 * (several files, several writers), so a time is inserted where it belongs.
 *
 * The window is moved by the second newest time (when_window_start), so there
 * are two that may be met: the one that ends with it and the one that ends
 * with the newest.  Each has at most N - 1 times while it is not, which makes
 * N at most in all.  There may be very many keys, so the first few times lie
 * in the state itself.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/when_internal.h"

enum { TIMES_WITHIN = 4, SAVED_BASE = 8, SAVED_STEP = 4 };

struct when_state {
	union {
		int64_t few[TIMES_WITHIN];
		int64_t *many; /* once cap is larger */
	} at;
	uint16_t first; /* index of the oldest */
	uint16_t count;
	uint16_t cap;
};

/* An array is doubled only while it is at least half full. */
_Static_assert(WHEN_COUNT_MAX <= UINT16_MAX / 4, "an index has 16 bits");

static int
count_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	struct span number = words->word[0];

	if (!ascii_is_digit(number.data[0]))
		return 0;
	if (words->count != 3 || !span_is(words->word[1], "in"))
		return err_set(err,
		    "a count needs a time: write for example \"5 in 10m\"");
	if (number_parse(number, 1, WHEN_COUNT_MAX, &spec->count, err) ||
	    when_parse_time(
		words->word[2], WHEN_WINDOW_MAX_MS, &spec->window_ms, err))
		return -1;
	return 1;
}

static void
count_format(const struct when_spec *spec, struct buf *out)
{
	char window[UNITS_TEXT_MAX];

	duration_format(spec->window_ms, window);
	buf_addf(out, "%lld in %s", (long long)spec->count, window);
}

static struct when_state *
count_state_new(const struct when_spec *spec)
{
	struct when_state *state = xcalloc(1, sizeof(*state));

	(void)spec;
	state->cap = TIMES_WITHIN;
	return state;
}

static void
count_state_free(struct when_state *state)
{
	if (state->cap > TIMES_WITHIN)
		free(state->at.many);
	free(state);
}

static size_t
count_bytes(const struct when_state *state)
{
	if (state->cap <= TIMES_WITHIN)
		return sizeof(*state);
	return sizeof(*state) + state->cap * sizeof(state->at.many[0]);
}

/* All places for times, used or not. */
static int64_t *
count_times(struct when_state *state)
{
	return state->cap > TIMES_WITHIN ? state->at.many : state->at.few;
}

static const int64_t *
count_times_const(const struct when_state *state)
{
	return state->cap > TIMES_WITHIN ? state->at.many : state->at.few;
}

static int64_t
count_newest(const struct when_state *state)
{
	if (!state->count)
		return 0;
	return count_times_const(state)[state->first + state->count - 1];
}

static void
count_double(struct when_state *state)
{
	uint16_t cap = (uint16_t)(state->cap * 2);
	int64_t *times;

	if (state->cap > TIMES_WITHIN) {
		times = xreallocarray(state->at.many, cap, sizeof(*times));
	} else {
		times = xreallocarray(NULL, cap, sizeof(*times));
		memcpy(times, state->at.few, sizeof(state->at.few));
	}
	state->at.many = times;
	state->cap = cap;
}

/* Makes room for one more behind the newest. */
static void
count_grow(struct when_state *state)
{
	int64_t *times = count_times(state);

	if (state->first + state->count < state->cap)
		return;
	/* A small array is moved whenever it can be: that is cheaper than
	 * the memory. */
	if (state->first > state->cap / 2 ||
	    (state->first && state->cap == TIMES_WITHIN)) {
		memmove(times, times + state->first,
		    state->count * sizeof(times[0]));
		state->first = 0;
		return;
	}
	count_double(state);
}

static void
count_insert(struct when_state *state, int64_t time_ms)
{
	int64_t *times;
	unsigned at;

	count_grow(state);
	times = count_times(state);
	at = state->first + state->count;
	while (at > state->first && times[at - 1] > time_ms) {
		times[at] = times[at - 1];
		at--;
	}
	times[at] = time_ms;
	state->count++;
}

static void
count_forget_oldest(struct when_state *state)
{
	state->first++;
	state->count--;
	if (!state->count)
		state->first = 0;
}

static void
count_forget_before(struct when_state *state, int64_t oldest_ms)
{
	const int64_t *times = count_times(state);

	while (state->count && times[state->first] < oldest_ms)
		count_forget_oldest(state);
}

/* Those of one window: so many from the one at index on. */
struct run {
	unsigned at, count;
};

/* What the window that ends with newest_ms holds of the times kept. */
static struct run
count_window(const struct when_spec *spec, const struct when_state *state,
    int64_t newest_ms)
{
	const int64_t *times = count_times_const(state);
	unsigned end = state->first + state->count, high = end, middle;
	struct run run = {state->first, 0};

	while (run.at < high) {
		middle = run.at + (high - run.at) / 2;
		if (times[middle] < newest_ms - spec->window_ms)
			run.at = middle + 1;
		else
			high = middle;
	}
	run.count = end - run.at;
	return run;
}

static int64_t
count_pending(const struct when_spec *spec, const struct when_state *state)
{
	return count_window(spec, state, count_newest(state)).count;
}

static int64_t
count_kept(const struct when_state *state)
{
	return state->count;
}

static void
count_tell_times(const struct when_state *state, struct run run,
    int64_t time_ms, struct histogram *times)
{
	const int64_t *at = count_times_const(state) + run.at;

	*times = (struct histogram){0};
	histogram_add(times, time_ms, 1);
	for (unsigned i = 0; i < run.count; i++)
		histogram_add(times, at[i], 1);
}

/* The match that meets the condition needs no place any more. */
static enum when_answer
count_met(struct when_state *state, struct run run,
    const struct when_match *match, struct when_met *met_out)
{
	const int64_t *times = count_times(state) + run.at;

	if (match->times && run.count)
		count_tell_times(state, run, match->time_ms, match->times);
	met_out->count = run.count + 1;
	met_out->first_ms = met_out->last_ms = match->time_ms;
	if (run.count && times[0] < match->time_ms)
		met_out->first_ms = times[0];
	if (run.count && times[run.count - 1] > match->time_ms)
		met_out->last_ms = times[run.count - 1];
	state->first = 0;
	state->count = 0;
	return WHEN_MET;
}

/* Is it met by the match, in the window up to the newest, or else in the one
 * up to the second newest? */
static bool
count_is_met(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms, struct run *run_out)
{
	int64_t newest_ms = count_newest(state);

	if (state->count + 1 < spec->count)
		return false;
	if (!state->count || time_ms >= newest_ms) {
		*run_out = count_window(spec, state, time_ms);
		return run_out->count + 1 >= spec->count;
	}
	if (time_ms >= newest_ms - spec->window_ms) {
		*run_out = count_window(spec, state, newest_ms);
		if (run_out->count + 1 >= spec->count)
			return true;
	}
	*run_out = (struct run){state->first, state->count - 1u};
	return run_out->count + 1 >= spec->count;
}

/* The newest and the second newest, with the match among them. */
static int64_t
count_start(const struct when_spec *spec, const struct when_state *state,
    int64_t time_ms)
{
	int64_t newest_ms = count_newest(state), second_ms = time_ms;

	if (!state->count || time_ms >= newest_ms)
		return when_window_start(
		    spec, time_ms, state->count ? newest_ms : time_ms);
	if (state->count > 1)
		second_ms = count_times_const(
		    state)[state->first + state->count - 2];
	return when_window_start(
	    spec, newest_ms, second_ms > time_ms ? second_ms : time_ms);
}

static enum when_answer
count_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	int64_t start_ms = count_start(spec, state, match->time_ms);
	struct run run = {0, 0};

	if (match->time_ms < start_ms)
		return WHEN_TOO_OLD;
	count_forget_before(state, start_ms);
	if (count_is_met(spec, state, match->time_ms, &run))
		return count_met(state, run, match, met_out);
	count_insert(state, match->time_ms);
	return WHEN_COUNTED;
}

static void
count_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	int64_t *times = count_times(state);
	unsigned i = state->first + state->count;

	(void)hours;
	if (count_newest(state) - WHEN_AHEAD_MS <= now_ms)
		return;
	while (i > state->first && times[i - 1] > now_ms)
		times[--i] = now_ms;
	/* One window is all that is left of two. */
	if (state->count >= spec->count)
		count_forget_oldest(state);
}

/* The oldest time in 8 bytes, then the step to each next one in 4: a window
 * of at most 31 days and the day before it fit. */
static void
count_save(const struct when_state *state, struct buf *out)
{
	const int64_t *times = count_times_const(state) + state->first;
	unsigned i;

	if (!state->count)
		return;
	when_put(out, (uint64_t)times[0], SAVED_BASE);
	for (i = 1; i < state->count; i++)
		when_put(out, (uint64_t)(times[i] - times[i - 1]), SAVED_STEP);
}

static int
count_load(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err)
{
	uint64_t time;
	size_t at, steps;

	(void)hours;
	(void)now_ms;
	state->first = state->count = 0;
	if (!bytes.len)
		return 0;
	steps = bytes.len < SAVED_BASE ? 0 : (bytes.len - SAVED_BASE) / 4;
	if (bytes.len < SAVED_BASE || (bytes.len - SAVED_BASE) % SAVED_STEP ||
	    steps + 1 > (size_t)spec->count)
		return err_set(err, "a stored window has a wrong length");
	time = when_get(bytes.data, SAVED_BASE);
	if (time > WHEN_TIME_MAX)
		return err_set(err, "a stored window has an impossible time");
	count_insert(state, (int64_t)time);
	for (at = SAVED_BASE; at < bytes.len; at += SAVED_STEP) {
		time += when_get(bytes.data + at, SAVED_STEP);
		count_insert(state, (int64_t)time);
	}
	return 0;
}

const struct when_kind when_kind_count = {
    .form = "N in T",
    .class = WHEN_PLAIN,
    .parse = count_parse,
    .format = count_format,
    .feed = count_feed,
    .state_new = count_state_new,
    .state_free = count_state_free,
    .bytes = count_bytes,
    .pending = count_pending,
    .kept = count_kept,
    .newest = count_newest,
    .settle = count_settle,
    .save = count_save,
    .load = count_load,
};
