/*
 * follow_move: from the end of one generation to the next.
 *
 * Hides the order in which things must be looked at: the file under the name
 * is opened before the siblings are listed, so that a rotation meanwhile
 * shows up as a newer sibling; and what is left of a generation goes out
 * before the next one where nobody can complete it any more.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/follow_internal.h"

#define CANNOT_MOVE (-2)

/* --- Leaving and arriving --------------------------------------------------
 */

/* Late writers are looked for by path, and it is known best now. */
static void
learn_path(struct follow *follow, struct generation *old,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	struct err err = ERR_INIT;

	if (chain_reopen(&chain, &old->position, NULL, &found, &err) ==
		CHAIN_FOUND &&
	    !found.content.unpack) {
		old->path = found.path;
		found.path = NULL;
	}
	chain_found_release(&found);
}

void
follow_leave(struct follow *follow, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct generation *old, *next;

	if (current->position.ino == 0) {
		generation_clear(current);
		return;
	}
	if (current->position.head.len > 0)
		follow_add_head(follow, &current->position.head);
	old = follow_old_add(follow);
	next = old->next;
	*old = *current;
	old->next = next;
	old->live = false;
	*current = GENERATION_INIT;
	if (old->changed == GENERATION_NEVER)
		old->changed = reading->now->boot_ms;
	if (old->finished) {
		old->flushed = true;
		follow_old_rest(old, reading->now);
	} else if (!old->path && generation_is_open(old)) {
		learn_path(follow, old, reading);
	}
}

void
follow_move_to(struct follow *follow, struct chain_found *found,
    const struct reading *reading)
{
	struct generation *current = &follow->current;

	follow_explain(
	    follow, "next comes %s, which was not read yet", found->path);
	generation_clear(current);
	follow_adopt(current, &found->position);
	current->path = found->path;
	found->path = NULL;
	current->finished = found->content.unpack != NULL;
	generation_open(current, found->content, reading->now);
	found->content = CONTENT_CLOSED;
	follow_old_forget(follow, current->position.incarnation);
	if (!current->finished)
		follow_old_take_back(follow);
	follow->asked = true;
}

enum follow_verdict
follow_begin_live(
    struct follow *follow, int live, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct content content;

	content_init(&content, live, COMPRESSION_NONE, NULL);
	generation_clear(current);
	generation_open(current, content, reading->now);
	current->live = true;
	if (generation_begin(current) < 0) {
		err_set(reading->err, "cannot look at %s: %s", follow->path,
		    strerror(errno));
		generation_clear(current);
		return FOLLOW_UNREADABLE;
	}
	follow->asked = false;
	follow_explain(follow,
	    "next comes %s (inode %" PRIu64 ") from its first byte",
	    follow->path, current->position.ino);
	follow_old_take_back(follow);
	return FOLLOW_ROTATED;
}

/* --- At the end --------------------------------------------------------------
 */

static bool
note_settled(struct follow *follow, const struct reading *reading)
{
	follow->settled_ns = reading->now->wall_ns;
	if (follow->options->once)
		follow->stamp_ns =
		    generation_stamp(&follow->current, reading->now);
	return true;
}

/* The name still leads to what is being read. */
static bool
is_live(struct follow *follow, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct stat st;

	if (follow->named)
		return note_settled(follow, reading);
	if (stat(follow->path, &st) < 0 || st.st_dev != current->position.dev ||
	    st.st_ino != current->position.ino)
		return false;
	free(current->path);
	current->path = NULL;
	current->live = true;
	return note_settled(follow, reading);
}

/* A packed file that ends early, and a copy shorter than what was seen of
 * its original, are told when everything in them was read. */
static enum follow_verdict
tell_missing(struct follow *follow, enum generation_pack pack, uint64_t end,
    struct err *err)
{
	struct generation *current = &follow->current;
	uint64_t promised = current->promised;

	if (current->told)
		return FOLLOW_EOF;
	current->told = true;
	if (promised > end)
		return follow_gap(follow, promised - end, err,
		    "%s was truncated after %s was copied from it: %" PRIu64
		    " bytes that were seen but incomplete, behind offset "
		    "%" PRIu64 ", are lost",
		    follow->path, follow_shown(follow, current), promised - end,
		    end);
	if (pack == GENERATION_PACK_BROKEN)
		return follow_gap(follow, 0, err,
		    "%s is damaged or incomplete behind offset %" PRIu64
		    "; what it holds there, if anything, is lost",
		    follow_shown(follow, current), end);
	return FOLLOW_EOF;
}

/* What must go out or be waited for before the current one is left:
 * FOLLOW_EOF when nothing. */
static enum follow_verdict
finish(struct follow *follow, const struct portion *rest,
    const struct reading *reading)
{
	struct generation *current = &follow->current;
	enum generation_pack pack = generation_pack_state(
	    current, follow->options->unpacker, reading->now);

	if (pack == GENERATION_PACK_WAIT) {
		err_set(reading->err,
		    "%s is not complete: it is being compressed, or was cut; "
		    "waiting",
		    current->path);
		return follow_wait(follow);
	}
	if (pack == GENERATION_PACK_FAILED) {
		err_set(
		    reading->err, "%s cannot be unpacked now", current->path);
		follow->waiting = true;
		return FOLLOW_UNREADABLE;
	}
	if (rest->end > current->position.offset &&
	    generation_is_quiet(current, reading->now))
		return follow_hand_out(follow, current, rest, true);
	return tell_missing(follow, pack, rest->end, reading->err);
}

/* No file is under the name and none follows. */
static enum follow_verdict
absent(struct follow *follow, const struct reading *reading)
{
	struct generation *current = &follow->current;
	struct stat st;

	if (!generation_is_quiet(current, reading->now)) {
		follow->waiting = true;
		return FOLLOW_EOF;
	}
	if (!current->content.unpack && fstat(current->content.fd, &st) == 0 &&
	    st.st_nlink == 0) {
		current->finished = true;
		follow_leave(follow, reading);
	}
	reading->err->text[0] = '\0';
	return FOLLOW_GONE;
}

enum follow_verdict
follow_tell_moved(struct follow *follow, const struct err *skipped,
    const struct reading *reading)
{
	if (!skipped->text[0])
		return FOLLOW_ROTATED;
	follow_tell_next(follow, FOLLOW_ROTATED, "%s", "");
	return follow_gap(follow, 0, reading->err,
	    "%s was rotated, but %s: lines may be lost", follow->path,
	    skipped->text);
}

static enum follow_verdict
move_to_live(
    struct follow *follow, int live, bool proven, const struct reading *reading)
{
	struct err skipped = *reading->err;
	enum follow_verdict verdict;

	if (live < 0)
		return absent(follow, reading);
	if (!proven && (follow_go_on_in_live(follow, live, reading) ||
			   follow_go_on_in_shortened(follow, live, reading))) {
		close(live);
		return FOLLOW_ROTATED;
	}
	follow_leave(follow, reading);
	verdict = follow_begin_live(follow, live, reading);
	return verdict == FOLLOW_ROTATED
		   ? follow_tell_moved(follow, &skipped, reading)
		   : verdict;
}

static enum follow_verdict
move_to_sibling(struct follow *follow, struct chain_found *found, bool proven,
    const struct reading *reading)
{
	uint64_t offset = follow->current.position.offset;
	struct err skipped = *reading->err;
	/* It was empty; what it got since is in the oldest that changed. */
	bool untouched = follow_is_untouched(follow);

	follow_leave(follow, reading);
	follow_move_to(follow, found, reading);
	if (proven || untouched || skipped.text[0])
		return follow_tell_moved(follow, &skipped, reading);
	follow_tell_next(follow, FOLLOW_ROTATED, "%s", "");
	return follow_gap(follow, 0, reading->err,
	    "%s was rotated; the generation that was read to its end, offset "
	    "%" PRIu64 ", is not there any more, and others may have been "
	    "between it and %s: lines may be lost",
	    follow->path, offset, follow->current.path);
}

/* Only if it is, nothing newer can have been overlooked. */
static bool
is_still_named(const struct follow *follow, int live)
{
	struct stat named, opened;

	if (stat(follow->path, &named) < 0)
		return live < 0;
	return live >= 0 && fstat(live, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* Takes over live, the file under the name, or -1. */
static enum follow_verdict
move_on(struct follow *follow, int live, const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	struct checkpoint checkpoint;
	enum follow_verdict verdict;
	enum chain_answer answer;
	bool proven = true;

	follow_checkpoint(follow, &checkpoint);
	answer = chain_next(&chain, &checkpoint, &found, &proven, reading->err);
	if (answer == CHAIN_LIVE && !is_still_named(follow, live))
		answer = CHAIN_WAIT;
	switch (answer) {
	case CHAIN_FOUND:
		verdict = move_to_sibling(follow, &found, proven, reading);
		break;
	case CHAIN_WAIT:
	case CHAIN_FAILED:
		verdict = follow_not_now(follow, answer, reading->err);
		break;
	default:
		verdict = move_to_live(follow, live, proven, reading);
		if (live >= 0)
			live = -1;
		break;
	}
	if (live >= 0)
		close(live);
	chain_found_release(&found);
	checkpoint_release(&checkpoint);
	return verdict;
}

/* The file under the name, -1 when there is none, or CANNOT_MOVE, with err:
 * nothing is left behind for what cannot be told from it. */
static int
open_to_move(const struct follow *follow, const struct reading *reading)
{
	struct position found;
	int live = generation_open_file(follow->path, reading->err);

	if (live < 0)
		return errno == ENOENT || errno == ENOTDIR ? -1 : CANNOT_MOVE;
	if (position_identify(&found, live) == 0)
		return live;
	err_set(reading->err, "cannot look at %s: %s", follow->path,
	    strerror(errno));
	close(live);
	return CANNOT_MOVE;
}

enum follow_verdict
follow_look_ahead(struct follow *follow, const struct portion *rest,
    const struct reading *reading)
{
	struct generation *current = &follow->current;
	enum follow_verdict verdict;
	int live;

	if (is_live(follow, reading))
		return FOLLOW_EOF;
	/* Whoever wrote to it a moment ago may do so again. */
	if (current->live)
		generation_touch(current, reading->now);
	current->live = false;
	live = open_to_move(follow, reading);
	if (live == CANNOT_MOVE)
		return FOLLOW_UNREADABLE;
	reading->err->text[0] = '\0';
	verdict = follow_look_back(follow, true, reading);
	if (verdict == FOLLOW_DATA)
		verdict = finish(follow, rest, reading);
	if (verdict == FOLLOW_EOF)
		return move_on(follow, live, reading);
	if (live >= 0)
		close(live);
	return verdict;
}
