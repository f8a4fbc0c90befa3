/*
 * follow_old: the generations that a log's name has left behind.
 *
 * Writers that have not noticed a rename go on in them, so each is read until
 * it has been quiet; oldest first, few at a time, and one that comes back
 * under the name is taken up where it was left.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/follow_internal.h"
#include "input/rotation.h"

#define OLD_MAX 8

static void
generation_free(struct generation *generation)
{
	generation_close(generation);
	free(generation->path);
	free(generation);
}

void
follow_old_drop(struct follow *follow)
{
	while (follow->old) {
		struct generation *next = follow->old->next;

		generation_free(follow->old);
		follow->old = next;
	}
}

static struct generation *
newest_old(const struct follow *follow)
{
	struct generation *generation = follow->old;

	while (generation && generation->next)
		generation = generation->next;
	return generation;
}

/* There is room for one in the store.  A writer that is late is rather in the
 * newest file that has something in it than in an empty one. */
const struct position *
follow_previous(const struct follow *follow)
{
	const struct generation *chosen = newest_old(follow);

	for (struct generation *old = follow->old; old; old = old->next) {
		if (old->position.offset > 0 || old->end > 0)
			chosen = old;
	}
	return chosen ? &chosen->position : NULL;
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

/* Appends; too many at once means the oldest must not wait any longer. */
struct generation *
follow_old_add(struct follow *follow)
{
	struct generation *generation = xcalloc(1, sizeof(*generation));
	struct generation *last = newest_old(follow);
	size_t count = 1;

	if (last)
		last->next = generation;
	else
		follow->old = generation;
	for (struct generation *old = follow->old; old->next; old = old->next)
		count++;
	if (count > OLD_MAX)
		follow->old->hurry = true;
	return generation;
}

void
follow_resume_previous(struct follow *follow, const struct position *previous)
{
	struct generation *generation = follow_old_add(follow);

	generation->fd = -1;
	generation->changed = FOLLOW_NEVER;
	follow_adopt(generation, previous);
}

static bool
reopen_old(struct follow *follow, struct generation *old, int64_t now)
{
	char *path = NULL;

	old->fd = rotation_find(follow->path, &old->position, &path);
	if (old->fd < 0)
		return false;
	free(old->path);
	old->path = path;
	if (old->changed == FOLLOW_NEVER)
		old->changed = now;
	return true;
}

bool
follow_is_quiet(const struct generation *generation, int64_t now)
{
	return generation->hurry ||
	       now - generation->changed >= FOLLOW_ROTATE_WAIT_MS;
}

/* Nothing is given up without a word. */
static void
tell_given_up(const struct follow *follow, const struct generation *old,
    const char *why, struct err *err)
{
	err_set(err,
	    "the file that %s was before its rotation %s; it was read up to "
	    "offset %" PRIu64 ", and what was written to it since, if "
	    "anything, is lost",
	    follow->path, why, old->position.offset);
}

/* True when the old generation is done with and can be dropped; err is then
 * set when something in it may be left. */
static bool
drain(struct follow *follow, struct generation *old, struct reading *reading,
    enum follow_verdict *verdict_out)
{
	struct span bytes;

	*verdict_out = FOLLOW_EOF;
	if (old->fd < 0 && !reopen_old(follow, old, reading->now)) {
		tell_given_up(follow, old, "is not there any more",
		    reading->err);
		return true;
	}
	switch (generation_read(old, reading->buffer, reading->max_line,
	    reading->now, &bytes, NULL)) {
	case GENERATION_DATA:
		*verdict_out =
		    follow_hand_out(follow, old, bytes, false, reading->out);
		return false;
	case GENERATION_END:
		if (!follow_is_quiet(old, reading->now))
			return false;
		if (bytes.len == 0)
			return true;
		*verdict_out =
		    follow_hand_out(follow, old, bytes, true, reading->out);
		return false;
	case GENERATION_FOREIGN:
		tell_given_up(follow, old, "has other content now",
		    reading->err);
		break;
	case GENERATION_FAILED:
		tell_given_up(follow, old, "cannot be read", reading->err);
		break;
	}
	return true;
}

enum follow_verdict
follow_old_read(struct follow *follow, struct reading *reading)
{
	struct generation **link = &follow->old;

	while (*link) {
		struct generation *old = *link;
		enum follow_verdict verdict;

		if (drain(follow, old, reading, &verdict)) {
			*link = old->next;
			generation_free(old);
			if (reading->err->text[0])
				return FOLLOW_ROTATED;
			continue;
		}
		if (verdict == FOLLOW_DATA)
			return verdict;
		link = &old->next;
	}
	return FOLLOW_EOF;
}

/* A file that was left before comes back: go on in it. */
bool
follow_old_take_back(struct follow *follow, const struct position *found,
    struct generation *current)
{
	for (struct generation **link = &follow->old; *link;
	     link = &(*link)->next) {
		struct generation *old = *link;

		if (!position_same_file(&old->position, found))
			continue;
		*link = old->next;
		current->position = old->position;
		current->end = old->end;
		generation_free(old);
		return true;
	}
	return false;
}
