/*
 * when_new: what was never seen before.
 *
 * Has no state of its own: which shapes are known is asked of judge/seen.h,
 * per rule, before a match comes here.  What comes here is new.
 */
#include "config.h"

#include "judge/when_internal.h"

static int
new_parse(
    const struct when_words *words, struct when_spec *spec, struct err *err)
{
	if (!span_is(words->word[0], "new"))
		return 0;
	if (words->count > 1)
		return err_set(err, "nothing can follow \"new\"");
	spec->count = 1;
	spec->window_ms = 0;
	return 1;
}

static void
new_format(const struct when_spec *spec, struct buf *out)
{
	(void)spec;
	buf_add_str(out, "new");
}

static enum when_answer
new_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	return when_kind_each.feed(spec, state, match, met_out);
}

const struct when_kind when_kind_new = {
    .form = "new",
    .class = WHEN_NEW,
    .parse = new_parse,
    .format = new_format,
    .feed = new_feed,
};
