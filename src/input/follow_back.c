/*
 * follow_back: what lies before a generation that is read from its first byte.
 *
 * Hides how whole generations are found that came and went between two looks
 * at a log that was empty then.  What was read of the log itself is not handed
 * out then, but read again in its turn.
 */
#include "config.h"

#include "input/follow_internal.h"

void
follow_place_before(const struct follow *follow, struct checkpoint *out)
{
	follow_checkpoint(follow, out);
	out->position = (struct position){0};
	if (out->old_count)
		out->position = out->old[out->old_count - 1].position;
}

static enum follow_verdict
tell_passed_over(struct follow *follow, const struct reading *reading)
{
	struct err skipped = *reading->err;

	follow->unsettled = false;
	if (!skipped.text[0])
		return FOLLOW_DATA;
	return follow_gap(follow, 0, reading->err,
	    "before what %s holds now there may be lines that were not read: "
	    "%s",
	    follow->path, skipped.text);
}

/* While a file that was rotated empty is current, what comes after it is not
 * before it. */
static bool
comes_after(struct follow *follow, const struct chain_found *found,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found next = CHAIN_FOUND_INIT;
	struct checkpoint checkpoint;
	bool proven, same;
	struct err err;

	if (follow->current.live)
		return false;
	follow_checkpoint(follow, &checkpoint);
	same = chain_next(&chain, &checkpoint, &next, &proven, &err) ==
		   CHAIN_FOUND &&
	       position_same_file(&next.position, &found->position);
	chain_found_release(&next);
	checkpoint_release(&checkpoint);
	return same;
}

static enum follow_verdict
go_back_to(struct follow *follow, struct chain_found *found,
    const struct reading *reading)
{
	struct err skipped = *reading->err;

	if (position_same_file(&found->position, &follow->current.position) ||
	    comes_after(follow, found, reading))
		return tell_passed_over(follow, reading);
	follow_move_to(follow, found, reading);
	return follow_tell_moved(follow, &skipped, reading);
}

static enum follow_verdict
look_back(struct follow *follow, const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	enum follow_verdict verdict;
	struct checkpoint before;
	enum chain_answer answer;
	bool proven;

	follow_place_before(follow, &before);
	answer = chain_next(&chain, &before, &found, &proven, reading->err);
	switch (answer) {
	case CHAIN_FOUND:
		verdict = go_back_to(follow, &found, reading);
		break;
	case CHAIN_WAIT:
	case CHAIN_FAILED:
		follow->asked = false;
		verdict = follow_not_now(follow, answer, reading->err);
		break;
	default:
		verdict = tell_passed_over(follow, reading);
		break;
	}
	chain_found_release(&found);
	checkpoint_release(&before);
	return verdict;
}

bool
follow_is_untouched(const struct follow *follow)
{
	return follow->current.untouched;
}

/* Without anything known of former times there is nothing to tell unread
 * generations by. */
enum follow_verdict
follow_look_back(
    struct follow *follow, bool leaving, const struct reading *reading)
{
	if (follow->asked || !follow_is_untouched(follow) ||
	    (follow->settled_ns == 0 && !follow->old))
		return FOLLOW_DATA;
	follow->asked = leaving;
	return look_back(follow, reading);
}
