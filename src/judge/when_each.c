/*
 * when_each: every match is an alert.  Has no state.
 */
#include "config.h"

#include "judge/when_internal.h"

static int
each_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "each"))
		return 0;
	if (words->count > 1)
		return err_set(err, "nothing can follow \"each\"");
	spec->count = 1;
	spec->window_ms = 0;
	return 1;
}

static void
each_format(const struct when_spec *spec, struct buf *out)
{
	(void)spec;
	buf_add_str(out, "each");
}

static enum when_answer
each_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	(void)spec;
	(void)state;
	met_out->count = 1;
	met_out->first_ms = met_out->last_ms = match->time_ms;
	return WHEN_MET;
}

const struct when_kind when_kind_each = {
    .form = "each",
    .class = WHEN_PLAIN,
    .parse = each_parse,
    .format = each_format,
    .feed = each_feed,
};
