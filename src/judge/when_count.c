/*
 * when_count: `N in T`, a sliding window over the records' own times.
 *
 * The times that count lie sorted in one array, of which a front part may be
 * unused: a window that slides drops from the front and appends, and moves
 * memory only when the array's end is reached.  Records come out of order
 * (several files, several writers), so a time is inserted where it belongs.
 * At most N - 1 times are ever kept: the N-th meets the condition.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "judge/when_internal.h"

#define WINDOW_MAX_MS (INT64_C(31) * 24 * 60 * 60 * 1000)

enum { TIMES_AT_FIRST = 4, SAVED_BASE = 8, SAVED_STEP = 4 };

struct when_state {
	int64_t *times;
	uint32_t first; /* index of the oldest */
	uint32_t count;
	uint32_t cap;
};

static int
count_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	struct span number = words->word[0];
	int64_t count, window;

	if (number.data[0] < '0' || number.data[0] > '9')
		return 0;
	if (words->count != 3 || !span_is(words->word[1], "in"))
		return err_set(err,
		    "a count needs a time: write for example \"5 in 10m\"");
	if (number_parse(number, 1, WHEN_COUNT_MAX, &count, err))
		return -1;
	if (duration_parse(words->word[2], &window, err))
		return -1;
	if (window < 1 || window > WINDOW_MAX_MS)
		return err_set(err,
		    "the time of a count must be longer than 0 and at most "
		    "31d");
	spec->count = count;
	spec->window_ms = window;
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
	(void)spec;
	return xcalloc(1, sizeof(struct when_state));
}

static void
count_state_free(struct when_state *state)
{
	if (!state)
		return;
	free(state->times);
	free(state);
}

static int64_t
count_newest(const struct when_state *state)
{
	if (!state->count)
		return 0;
	return state->times[state->first + state->count - 1];
}

static int64_t
count_pending(const struct when_state *state)
{
	return state->count;
}

/* Makes room for one more behind the newest. */
static void
count_grow(struct when_state *state)
{
	if (state->first + state->count < state->cap)
		return;
	if (state->first > state->cap / 2) {
		memmove(state->times, state->times + state->first,
		    state->count * sizeof(state->times[0]));
		state->first = 0;
		return;
	}
	state->cap = state->cap ? state->cap * 2 : TIMES_AT_FIRST;
	state->times =
	    xreallocarray(state->times, state->cap, sizeof(state->times[0]));
}

static void
count_insert(struct when_state *state, int64_t time_ms)
{
	uint32_t at;

	count_grow(state);
	at = state->first + state->count;
	while (at > state->first && state->times[at - 1] > time_ms) {
		state->times[at] = state->times[at - 1];
		at--;
	}
	state->times[at] = time_ms;
	state->count++;
}

static void
count_forget_before(struct when_state *state, int64_t oldest_ms)
{
	while (state->count && state->times[state->first] < oldest_ms) {
		state->first++;
		state->count--;
	}
	if (!state->count)
		state->first = 0;
}

static bool
count_feed(const struct when_spec *spec, struct when_state *state,
    int64_t time_ms, int64_t *count_out, int64_t *first_ms_out)
{
	if (state->count && time_ms < count_newest(state) - spec->window_ms)
		return false;
	count_insert(state, time_ms);
	count_forget_before(state, count_newest(state) - spec->window_ms);
	if (state->count < spec->count)
		return false;
	*count_out = state->count;
	*first_ms_out = state->times[state->first];
	state->first = 0;
	state->count = 0;
	return true;
}

static void
count_settle(struct when_state *state, int64_t now_ms)
{
	uint32_t i = state->first + state->count;

	while (i > state->first && state->times[i - 1] > now_ms)
		state->times[--i] = now_ms;
}

static void
count_put_number(struct buf *out, uint64_t number, int bytes)
{
	while (bytes-- > 0)
		buf_add_byte(out, (char)(number >> (8 * bytes) & 0xff));
}

static uint64_t
count_get_number(const char *data, int bytes)
{
	uint64_t number = 0;

	while (bytes-- > 0)
		number = number << 8 | (unsigned char)*data++;
	return number;
}

/* The oldest time in 8 bytes, then the step to each next one in 4: a window
 * of at most 31 days fits. */
static void
count_save(const struct when_state *state, struct buf *out)
{
	const int64_t *times = state->times + state->first;
	uint32_t i;

	if (!state->count)
		return;
	count_put_number(out, (uint64_t)times[0], SAVED_BASE);
	for (i = 1; i < state->count; i++)
		count_put_number(
		    out, (uint64_t)(times[i] - times[i - 1]), SAVED_STEP);
}

static int
count_load(const struct when_spec *spec, struct when_state *state,
    struct span bytes, struct err *err)
{
	uint64_t time;
	size_t at, steps;

	count_forget_before(state, INT64_MAX);
	if (!bytes.len)
		return 0;
	steps = bytes.len < SAVED_BASE ? 0 : (bytes.len - SAVED_BASE) / 4;
	if (bytes.len < SAVED_BASE || (bytes.len - SAVED_BASE) % SAVED_STEP ||
	    steps + 1 >= (size_t)spec->count)
		return err_set(err, "a stored window has a wrong length");
	time = count_get_number(bytes.data, SAVED_BASE);
	/* Room for all steps, so that nothing below can overflow. */
	if (time > INT64_MAX / 2)
		return err_set(err, "a stored window has an impossible time");
	count_insert(state, (int64_t)time);
	for (at = SAVED_BASE; at < bytes.len; at += SAVED_STEP) {
		time += count_get_number(bytes.data + at, SAVED_STEP);
		count_insert(state, (int64_t)time);
	}
	count_forget_before(state, count_newest(state) - spec->window_ms);
	return 0;
}

const struct when_kind when_kind_count = {
    .form = "N in T",
    .parse = count_parse,
    .format = count_format,
    .feed = count_feed,
    .state_new = count_state_new,
    .state_free = count_state_free,
    .pending = count_pending,
    .newest = count_newest,
    .settle = count_settle,
    .save = count_save,
    .load = count_load,
};
