/*
 * when_unless: `unless RULE in T`, a clock that a match starts and one of
 * another rule stops.
 *
 * Two things are kept, which do not exclude each other: the clock that runs
 * since a first match, and what was told before and is not back yet.  Whether
 * the other rule came in time is read from the records' own times; the clock
 * rings by arrival.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/when_internal.h"

/* Everything is 0 while it does not run, or was not told. */
struct when_state {
	int64_t matches;
	int64_t first_ms, last_ms; /* record times of them */
	int64_t since_ms;	   /* arrival of the first */
	int64_t due_ms;
	int64_t told_ms;       /* when it rang last */
	int64_t told_first_ms; /* record time of the first match of that */
};

static int
unless_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "unless"))
		return 0;
	if (words->count != 4 || !span_is(words->word[2], "in"))
		return err_set(err,
		    "unless needs a rule and a time: write for example "
		    "\"unless backup-done in 2h\"");
	if (when_parse_name(words->word[1], "rule", spec, err) ||
	    when_parse_time(
		words->word[3], WHEN_WINDOW_MAX_MS, &spec->window_ms, err))
		return -1;
	spec->count = 1;
	return 1;
}

static void
unless_format(const struct when_spec *spec, struct buf *out)
{
	char length[UNITS_TEXT_MAX];

	duration_format(spec->window_ms, length);
	buf_addf(out, "unless %s in %s", spec->name, length);
}

static struct when_state *
unless_state_new(const struct when_spec *spec)
{
	(void)spec;
	return xcalloc(1, sizeof(struct when_state));
}

static void
unless_state_free(struct when_state *state)
{
	free(state);
}

static size_t
unless_bytes(const struct when_state *state)
{
	return sizeof(*state);
}

static void
unless_stop(struct when_state *state)
{
	state->matches = 0;
	state->first_ms = state->last_ms = 0;
	state->since_ms = state->due_ms = 0;
}

static void
unless_forget_told(struct when_state *state)
{
	state->told_ms = state->told_first_ms = 0;
}

static enum when_answer
unless_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	(void)met_out;
	if (state->matches++) {
		if (match->time_ms > state->last_ms)
			state->last_ms = match->time_ms;
		return WHEN_COUNTED;
	}
	state->first_ms = state->last_ms = match->time_ms;
	state->since_ms = match->now_ms;
	state->due_ms = hours_add(match->hours, match->now_ms, spec->window_ms);
	return WHEN_COUNTED;
}

/* What was told is back, where this match is not older than it. */
static bool
unless_back(struct when_state *state, const struct when_match *match,
    struct when_met *met_out)
{
	if (!state->told_ms || match->time_ms < state->told_first_ms)
		return false;
	*met_out = (struct when_met){.count = 0, .first_ms = state->told_ms};
	unless_forget_told(state);
	return true;
}

static enum when_answer
unless_partner(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	bool back = unless_back(state, match, met_out);

	if (!state->matches || match->time_ms < state->first_ms)
		return back ? WHEN_BACK : WHEN_COUNTED;
	if (match->time_ms >
	    hours_add(match->hours, state->first_ms, spec->window_ms)) {
		met_out->count = state->matches;
		met_out->first_ms = state->first_ms;
		unless_stop(state);
		return WHEN_MET;
	}
	unless_stop(state);
	return back ? WHEN_BACK : WHEN_COUNTED;
}

static int64_t
unless_pending(const struct when_spec *spec, const struct when_state *state)
{
	(void)spec;
	return state->matches ? state->matches : state->told_ms != 0;
}

static int64_t
unless_newest(const struct when_state *state)
{
	return state->last_ms;
}

static int64_t
unless_deadline(const struct when_state *state)
{
	return state->due_ms;
}

static bool
unless_ring(const struct when_spec *spec, struct when_state *state,
    int64_t now_ms, struct when_met *met_out)
{
	(void)spec;
	if (!state->matches || now_ms < state->due_ms)
		return false;
	met_out->count = state->matches;
	met_out->first_ms = state->first_ms;
	/* What was told first stays the one that has to come back. */
	if (!state->told_ms) {
		state->told_ms = now_ms;
		state->told_first_ms = state->first_ms;
	}
	unless_stop(state);
	return true;
}

static void
unless_bring_back(int64_t *time_ms, int64_t ahead_ms, int64_t now_ms)
{
	if (*time_ms - ahead_ms > now_ms)
		*time_ms = now_ms;
}

static void
unless_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	unless_bring_back(&state->first_ms, WHEN_AHEAD_MS, now_ms);
	unless_bring_back(&state->last_ms, WHEN_AHEAD_MS, now_ms);
	unless_bring_back(&state->told_first_ms, WHEN_AHEAD_MS, now_ms);
	unless_bring_back(&state->told_ms, 0, now_ms);
	if (state->since_ms <= now_ms)
		return;
	state->since_ms = now_ms;
	state->due_ms = hours_add(hours, now_ms, spec->window_ms);
}

static void
unless_save(const struct when_state *state, struct buf *out)
{
	if (state->matches) {
		fields_add_number(out, "matches", state->matches);
		fields_add_number(out, "first", state->first_ms);
		fields_add_number(out, "last", state->last_ms);
		fields_add_number(out, "since", state->since_ms);
	}
	if (state->told_ms) {
		fields_add_number(out, "told", state->told_ms);
		fields_add_number(out, "told.first", state->told_first_ms);
	}
}

static bool
unless_time_is_plausible(int64_t time_ms)
{
	return time_ms >= 0 && time_ms <= WHEN_TIME_MAX;
}

static bool
unless_plausible(const struct when_state *state)
{
	return state->matches >= 0 && state->matches < INT64_MAX / 2 &&
	       unless_time_is_plausible(state->first_ms) &&
	       unless_time_is_plausible(state->last_ms) &&
	       unless_time_is_plausible(state->since_ms) &&
	       unless_time_is_plausible(state->told_ms) &&
	       unless_time_is_plausible(state->told_first_ms) &&
	       state->last_ms >= state->first_ms &&
	       (state->since_ms > 0) == (state->matches > 0) &&
	       (state->matches > 0 || state->told_ms > 0);
}

static int
unless_load(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err)
{
	struct when_state loaded = {0};

	*state = loaded;
	if (!bytes.len)
		return 0;
	if (fields_check(bytes, err))
		return err_prefix(err, "a stored clock");
	loaded.matches = fields_get_number(bytes, "matches", 0);
	loaded.first_ms = fields_get_number(bytes, "first", 0);
	loaded.last_ms = fields_get_number(bytes, "last", 0);
	loaded.since_ms = fields_get_number(bytes, "since", 0);
	loaded.told_ms = fields_get_number(bytes, "told", 0);
	loaded.told_first_ms = fields_get_number(bytes, "told.first", 0);
	if (!unless_plausible(&loaded))
		return err_set(err, "a stored clock has impossible values");
	*state = loaded;
	unless_settle(spec, state, hours, now_ms);
	if (state->matches)
		state->due_ms =
		    hours_add(hours, state->since_ms, spec->window_ms);
	return 0;
}

const struct when_kind when_kind_unless = {
    .form = "unless RULE in T",
    .class = WHEN_UNLESS,
    .parse = unless_parse,
    .format = unless_format,
    .feed = unless_feed,
    .state_new = unless_state_new,
    .state_free = unless_state_free,
    .bytes = unless_bytes,
    .pending = unless_pending,
    .newest = unless_newest,
    .settle = unless_settle,
    .save = unless_save,
    .load = unless_load,
    .deadline = unless_deadline,
    .ring = unless_ring,
    .partner = unless_partner,
};
