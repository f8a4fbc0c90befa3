/*
 * checkpoint_resume: an offset file and its fingerprints, put together.
 *
 * Pure.  The two numbers decide where to go on; the fingerprints only say
 * how that place can be known again.
 */
#include "config.h"

#include <string.h>

#include "base/random.h"
#include "input/checkpoint_file.h"

static bool
agrees(const struct offset_entry *entry, const struct checkpoint *checkpoint)
{
	return checkpoint->position.ino == entry->inode &&
	       checkpoint->position.offset == entry->offset;
}

/* The two numbers, and nothing else known of that file. */
static void
begin_at(struct position *position, const struct offset_entry *entry)
{
	*position =
	    (struct position){.ino = entry->inode, .offset = entry->offset};
	random_uuid(position->incarnation);
}

/* Other bytes of the same file were read last. */
static void
move_within(struct checkpoint *checkpoint, const struct offset_entry *entry,
    int64_t written_ns)
{
	struct position *position = &checkpoint->position;

	position->offset = entry->offset;
	position->tail = (struct fingerprint){0};
	if (position->head.len > entry->offset)
		position->head = position->first = (struct fingerprint){0};
	position->skipping = false;
	random_uuid(position->incarnation);
	if (checkpoint->settled_ns < written_ns)
		checkpoint->settled_ns = written_ns;
}

/* Whoever read the other file has read these. */
static void
close_old(struct checkpoint *checkpoint, uint64_t inode)
{
	for (size_t i = checkpoint->old_count; i-- > 0;) {
		struct checkpoint_old *old = &checkpoint->old[i];

		if (old->position.ino == inode) {
			checkpoint_drop_old(checkpoint, i);
			continue;
		}
		old->flushed = true;
		old->end = old->position.offset;
	}
}

void
checkpoint_move(struct checkpoint *checkpoint, const struct offset_entry *entry,
    int64_t written_ns)
{
	checkpoint->stamp_ns = 0;
	if (checkpoint->position.ino == entry->inode) {
		move_within(checkpoint, entry, written_ns);
		return;
	}
	close_old(checkpoint, entry->inode);
	/* What lies before its first byte was read there too: the order of
	 * those left behind says nothing of that. */
	if (entry->offset == 0 && checkpoint->old_count > 0)
		checkpoint_add_old(checkpoint)->flushed = true;
	begin_at(&checkpoint->position, entry);
	checkpoint->settled_ns = written_ns;
}

/* The entry that says most about this place; NULL: there is none. */
static const struct checkpoint *
best_of(const struct checkpoint_pair *pair, const struct offset_entry *entry)
{
	const struct checkpoint *current =
	    pair->has_current ? &pair->current : NULL;
	const struct checkpoint *previous =
	    pair->has_previous ? &pair->previous : NULL;

	if (current && agrees(entry, current))
		return current;
	if (previous && agrees(entry, previous))
		return previous;
	if (current && current->position.ino == entry->inode)
		return current;
	if (previous && previous->position.ino == entry->inode)
		return previous;
	return current ? current : previous;
}

enum checkpoint_agreement
checkpoint_resume(const struct offset_entry *entry, int64_t written_ns,
    const struct checkpoint_pair *pair, struct checkpoint *out)
{
	const struct checkpoint *from = best_of(pair, entry);

	*out = CHECKPOINT_INIT;
	if (!from) {
		begin_at(&out->position, entry);
		out->settled_ns = written_ns;
		return CHECKPOINT_NONE;
	}
	checkpoint_copy(out, from);
	if (agrees(entry, from))
		return CHECKPOINT_AGREES;
	checkpoint_move(out, entry, written_ns);
	return from->position.ino == entry->inode ? CHECKPOINT_MOVED
						  : CHECKPOINT_ELSEWHERE;
}

bool
checkpoint_recover(
    const struct checkpoint_pair *pair, struct offset_entry *entry_out)
{
	const struct position *position = &pair->current.position;

	if (!pair->has_current || position->ino == 0)
		return false;
	*entry_out = (struct offset_entry){position->ino, position->offset};
	return true;
}
