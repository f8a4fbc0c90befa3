/*
 * when_absent: `absent T`, a clock that every match winds up.
 *
 * Hides nothing of its own: judge/absence.h is the clock.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/units.h"
#include "judge/absence.h"
#include "judge/when_internal.h"

struct when_state {
	struct absence absence;
};

static int
absent_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "absent"))
		return 0;
	if (words->count != 2)
		return err_set(err,
		    "absent needs a time: write for example \"absent 26h\"");
	if (when_parse_time(
		words->word[1], WHEN_ABSENT_MAX_MS, &spec->window_ms, err))
		return -1;
	spec->count = 0;
	return 1;
}

static void
absent_format(const struct when_spec *spec, struct buf *out)
{
	char length[UNITS_TEXT_MAX];

	duration_format(spec->window_ms, length);
	buf_addf(out, "absent %s", length);
}

static struct when_state *
absent_state_new(const struct when_spec *spec)
{
	(void)spec;
	return xcalloc(1, sizeof(struct when_state));
}

static void
absent_state_free(struct when_state *state)
{
	free(state);
}

static size_t
absent_bytes(const struct when_state *state)
{
	return sizeof(*state);
}

static enum when_answer
absent_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	int64_t since = state->absence.since_ms;

	if (!absence_sign(
		&state->absence, match->hours, spec->window_ms, match->now_ms))
		return WHEN_COUNTED;
	*met_out = (struct when_met){.count = 0, .first_ms = since};
	return WHEN_BACK;
}

static void
absent_start(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	absence_start(&state->absence, hours, spec->window_ms, now_ms);
}

static int64_t
absent_pending(const struct when_spec *spec, const struct when_state *state)
{
	(void)spec;
	return state->absence.since_ms != 0;
}

static int64_t
absent_newest(const struct when_state *state)
{
	(void)state;
	return 0;
}

static int64_t
absent_deadline(const struct when_state *state)
{
	return state->absence.due_ms;
}

static bool
absent_ring(const struct when_spec *spec, struct when_state *state,
    int64_t now_ms, struct when_met *met_out)
{
	const struct absence *absence = &state->absence;

	(void)spec;
	if (!absence_expire(&state->absence, now_ms))
		return false;
	met_out->count = 0;
	met_out->first_ms = absence->signs ? absence->since_ms : 0;
	return true;
}

static void
absent_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	absence_clamp(&state->absence, hours, spec->window_ms, now_ms);
}

static void
absent_save(const struct when_state *state, struct buf *out)
{
	absence_save(&state->absence, out);
}

static int
absent_load(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err)
{
	return absence_load(
	    &state->absence, hours, spec->window_ms, bytes, now_ms, err);
}

const struct when_kind when_kind_absent = {
    .form = "absent T",
    .class = WHEN_ABSENT,
    .parse = absent_parse,
    .format = absent_format,
    .feed = absent_feed,
    .state_new = absent_state_new,
    .state_free = absent_state_free,
    .bytes = absent_bytes,
    .pending = absent_pending,
    .newest = absent_newest,
    .settle = absent_settle,
    .save = absent_save,
    .load = absent_load,
    .deadline = absent_deadline,
    .ring = absent_ring,
    .start = absent_start,
};
