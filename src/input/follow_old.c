/*
 * follow_old: the generations that a log's name has left behind.
 *
 * Writers that have not noticed a rename go on in them, so each is read until
 * it has been quiet, oldest first, few at a time; then it is closed and only
 * looked at now and then.  What is packed or gone nobody writes to.  The
 * newest one stays as the place in the order of generations from which the
 * next is found, even when its file is gone.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/follow_internal.h"

#define LOOK_MS 60000

static void
old_free(struct generation *old)
{
	generation_close(old);
	free(old->path);
	free(old);
}

void
follow_old_drop_all(struct follow *follow)
{
	while (follow->old) {
		struct generation *next = follow->old->next;

		old_free(follow->old);
		follow->old = next;
	}
}

const struct position *
follow_generation(const struct follow *follow, size_t i)
{
	const struct generation *old = follow->old;

	if (i == 0)
		return &follow->current.position;
	while (old && --i > 0)
		old = old->next;
	return old ? &old->position : NULL;
}

bool
follow_old_is_open(const struct follow *follow)
{
	for (struct generation *old = follow->old; old; old = old->next) {
		if (generation_is_open(old))
			return true;
	}
	return false;
}

struct generation *
follow_old_add(struct follow *follow)
{
	struct generation *old = xcalloc(1, sizeof(*old));
	struct generation **link = &follow->old;
	size_t count = 1;

	*old = GENERATION_INIT;
	for (; *link; link = &(*link)->next)
		count++;
	*link = old;
	if (count > CHECKPOINT_OLD_MAX)
		follow->old->finished = true;
	return old;
}

/* --- One of them ---------------------------------------------------------
 *
 * Each answers FOLLOW_EOF when there is nothing for the caller. */

static bool
is_packed(const struct generation *old)
{
	return old->path &&
	       compression_of(span_str(old->path), NULL) != COMPRESSION_NONE;
}

/* Never looked at again, by later processes neither. */
static void
retire(struct generation *old, const struct follow_now *now)
{
	generation_close(old);
	old->changed_ms = 0;
	old->changed = now->boot_ms - FOLLOW_REMEMBER_MS;
}

void
follow_old_rest(struct generation *old, const struct follow_now *now)
{
	if (old->finished)
		retire(old, now);
	else
		generation_close(old);
	old->look_at = now->boot_ms + LOOK_MS;
}

static enum follow_verdict
gone(struct follow *follow, struct generation *old, const char *why,
    const struct reading *reading)
{
	uint64_t unread = old->flushed ? 0 : generation_unread(old);

	follow_explain(follow,
	    "the file that %s was before its rotation (inode %" PRIu64
	    ") %s; it was read up to offset %" PRIu64,
	    follow->path, old->position.ino, why, old->position.offset);
	old->flushed = true;
	retire(old, reading->now);
	if (unread == 0)
		return FOLLOW_EOF;
	return follow_gap(follow, unread, reading->err,
	    "the file that %s was before its rotation %s; its last %" PRIu64
	    " bytes, behind offset %" PRIu64 ", are lost",
	    follow->path, why, unread, old->position.offset);
}

/* Everything that is there now was read; rest has no newline. */
static enum follow_verdict
at_its_end(struct follow *follow, struct generation *old,
    const struct portion *rest, const struct reading *reading)
{
	enum generation_pack pack =
	    generation_pack_state(old, follow->options->unpacker, reading->now);

	if (pack == GENERATION_PACK_WAIT)
		return FOLLOW_EOF;
	if (pack == GENERATION_PACK_FAILED) {
		old->look_at = reading->now->boot_ms + LOOK_MS;
		return FOLLOW_EOF;
	}
	if (!generation_is_quiet(old, reading->now))
		return FOLLOW_EOF;
	if (rest->end > old->position.offset)
		return follow_hand_out(follow, old, rest, true);
	follow_old_rest(old, reading->now);
	if (pack != GENERATION_PACK_BROKEN)
		return FOLLOW_EOF;
	return follow_gap(follow, 0, reading->err,
	    "%s is damaged or incomplete behind offset %" PRIu64
	    "; what it holds there, if anything, is lost",
	    follow_shown(follow, old), old->position.offset);
}

static enum follow_verdict
drain(struct follow *follow, struct generation *old,
    const struct reading *reading)
{
	struct portion portion;

	switch (follow_take(follow, old, reading, &portion)) {
	case GENERATION_DATA:
		return follow_hand_out(follow, old, &portion, false);
	case GENERATION_END:
		return at_its_end(follow, old, &portion, reading);
	case GENERATION_FOREIGN:
		return gone(follow, old, "has other content now", reading);
	case GENERATION_FAILED:
		break;
	}
	generation_close(old);
	old->look_at = reading->now->boot_ms + LOOK_MS;
	return FOLLOW_EOF;
}

static bool
is_unchanged(const struct generation *old)
{
	struct stat st;

	return old->path && stat(old->path, &st) == 0 &&
	       st.st_dev == old->position.dev &&
	       st.st_ino == old->position.ino &&
	       (uint64_t)st.st_size == old->end && generation_unread(old) == 0;
}

static void
reopen(struct follow *follow, struct generation *old, struct chain_found *found,
    const struct reading *reading)
{
	free(old->path);
	old->path = found->path;
	found->path = NULL;
	old->finished = found->content.unpack != NULL;
	if (!old->finished) {
		old->position.dev = found->position.dev;
		old->position.ino = found->position.ino;
		old->position.birth_ns = found->position.birth_ns;
	}
	generation_open(old, found->content, reading->now);
	found->content = CONTENT_CLOSED;
	follow_explain(follow,
	    "%s is what %s was before its rotation: is "
	    "there anything late in it?",
	    old->path, follow->path);
}

static enum follow_verdict
look_again(struct follow *follow, struct generation *old,
    const struct reading *reading)
{
	struct chain chain = follow_chain(follow, reading->now);
	struct chain_found found = CHAIN_FOUND_INIT;
	enum follow_verdict verdict = FOLLOW_EOF;

	old->look_at = reading->now->boot_ms + LOOK_MS;
	if (generation_is_quiet(old, reading->now) && is_unchanged(old))
		return FOLLOW_EOF;
	if (is_packed(old) && generation_unread(old) == 0) {
		retire(old, reading->now);
		return FOLLOW_EOF;
	}
	switch (chain_reopen(
	    &chain, &old->position, old->path, &found, reading->err)) {
	case CHAIN_FOUND:
		reopen(follow, old, &found, reading);
		verdict = drain(follow, old, reading);
		break;
	case CHAIN_GONE:
		verdict = gone(follow, old, "is not there any more", reading);
		break;
	case CHAIN_AHEAD:
	case CHAIN_LIVE:
	case CHAIN_WAIT:
	case CHAIN_FAILED:
		break;
	}
	chain_found_release(&found);
	return verdict;
}

static bool
is_forgotten(const struct generation *old, const struct follow_now *now)
{
	return now->boot_ms - old->changed >= FOLLOW_REMEMBER_MS;
}

static enum follow_verdict
attend(struct follow *follow, struct generation *old,
    const struct reading *reading)
{
	if (generation_is_open(old))
		return drain(follow, old, reading);
	if (is_forgotten(old, reading->now) ||
	    reading->now->boot_ms < old->look_at)
		return FOLLOW_EOF;
	return look_again(follow, old, reading);
}

/* --- All of them ---------------------------------------------------------- */

/* The newest stays; of the others, those that are of no use any more go. */
static bool
is_dispensable(const struct follow *follow, const struct generation *old,
    const struct follow_now *now)
{
	const struct generation *other = follow->old;
	size_t count = 0;

	if (!old->next || generation_is_open(old))
		return false;
	for (; other; other = other->next)
		count++;
	return count > CHECKPOINT_OLD_MAX || is_forgotten(old, now);
}

enum follow_verdict
follow_old_read(struct follow *follow, const struct reading *reading)
{
	struct generation **link = &follow->old;

	while (*link) {
		struct generation *old = *link;
		enum follow_verdict verdict = attend(follow, old, reading);

		if (verdict != FOLLOW_EOF)
			return verdict;
		if (is_dispensable(follow, old, reading->now)) {
			*link = old->next;
			old_free(old);
			continue;
		}
		link = &old->next;
	}
	reading->err->text[0] = '\0';
	return FOLLOW_EOF;
}

void
follow_old_forget(struct follow *follow, const char *incarnation)
{
	struct generation **link = &follow->old;

	while (*link) {
		struct generation *old = *link;

		if (strcmp(old->position.incarnation, incarnation) != 0) {
			link = &old->next;
			continue;
		}
		*link = old->next;
		old_free(old);
	}
}

/* Its bytes decide: where file systems tell no time of birth, a new file may
 * just have been given the old one's number. */
void
follow_old_take_back(struct follow *follow)
{
	struct generation *current = &follow->current;

	for (struct generation **link = &follow->old; *link;
	     link = &(*link)->next) {
		struct generation *old = *link;
		struct position fresh = current->position;

		if (!position_same_file(&old->position, &fresh))
			continue;
		*link = old->next;
		current->position = old->position;
		if (generation_holds(current)) {
			current->end = old->end;
			current->flushed = old->flushed;
			follow_explain(follow,
			    "%s was left before at offset %" PRIu64
			    ": goes on there",
			    follow_shown(follow, current),
			    old->position.offset);
		} else {
			current->position = fresh;
		}
		old_free(old);
		return;
	}
}
