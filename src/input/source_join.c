/*
 * source_join: the record of a file that is still open.
 *
 * Its lines are kept here, so that they outlive the file they stood in, and
 * with them the checkpoint from before they were read: that is what is stored
 * while the record is open.  Hides which blocks may go on with it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/source_internal.h"

void
source_free_unfinished(struct file *file)
{
	struct unfinished *open = file->unfinished;

	if (!open)
		return;
	buf_release(&open->bytes);
	free(open->path);
	checkpoint_release(&open->start);
	free(open);
	file->unfinished = NULL;
}

void
source_forget_unfinished(struct source *source, struct file *file)
{
	if (!file->unfinished)
		return;
	source_free_unfinished(file);
	source->unfinished--;
	file->version++;
}

/* --- Its time ----------------------------------------------------------- */

static bool
is_of(const char *incarnation, const struct position *position)
{
	return strcmp(incarnation, position->incarnation) == 0;
}

int64_t
source_unfinished_due(const struct source *source, const struct file *file)
{
	const struct unfinished *open = file->unfinished;
	int64_t changed = open->changed;

	/* A line that is not whole yet may belong to it. */
	if (is_of(open->last, follow_position(file->follow)) &&
	    follow_changed(file->follow) > changed)
		changed = follow_changed(file->follow);
	if (changed > source->now)
		changed = source->now;
	if (changed < 0)
		changed = 0;
	return changed + source->logs[file->log].settings->record_limit.ms;
}

/* --- Which block goes on with it ---------------------------------------- */

static struct checkpoint_old *
find_old(const struct checkpoint *checkpoint, const char *incarnation)
{
	for (size_t i = 0; i < checkpoint->old_count; i++) {
		if (is_of(incarnation, &checkpoint->old[i].position))
			return &checkpoint->old[i];
	}
	return NULL;
}

enum source_block
source_block_of(const struct file *file, const struct follow_block *block)
{
	const struct unfinished *open = file->unfinished;
	const struct position *position = &block->position;

	if (!open)
		return BLOCK_OTHER;
	if (is_of(open->last, position) && open->end == position->offset)
		return BLOCK_GOES_ON;
	if (is_of(open->last, position))
		return BLOCK_OTHER;
	if (find_old(&open->start, position->incarnation))
		return BLOCK_LATE;
	return position->offset == 0 ? BLOCK_GOES_ON : BLOCK_OTHER;
}

void
source_note_late(struct file *file, const char *incarnation)
{
	struct checkpoint_old *to, *from;
	struct checkpoint now = CHECKPOINT_INIT;

	if (!file->unfinished)
		return;
	follow_checkpoint(file->follow, &now);
	to = find_old(&file->unfinished->start, incarnation);
	from = find_old(&now, incarnation);
	if (to && from) {
		to->position = from->position;
		to->end = from->end;
		to->changed_ms = from->changed_ms;
		to->flushed = from->flushed;
	}
	checkpoint_release(&now);
}

/* --- Opening and going on ------------------------------------------------ */

/* The position is at its first byte now. */
static struct unfinished *
begin(
    struct source *source, struct file *file, const struct follow_block *block)
{
	struct unfinished *open = xcalloc(1, sizeof(*open));

	open->path = xstrdup(block->path);
	open->position = block->position;
	follow_checkpoint(file->follow, &open->start);
	/* A copy of it, of which nothing was read then, must be found again by
	 * its time alone. */
	if (open->start.settled_ns == 0 && block->position.offset == 0 &&
	    !follow_is_behind(file->follow))
		open->start.settled_ns = source->wall_ns;
	file->unfinished = open;
	source->unfinished++;
	return open;
}

void
source_keep_unfinished(struct source *source, struct file *file,
    struct follow_block *block, const struct record_cutter *cutter)
{
	struct unfinished *open = file->unfinished;
	size_t used = cutter->used;
	size_t len = cutter->lines.at - used;

	if (!cutter->goes_on) {
		follow_consume_part(file->follow, block, used);
		open = begin(source, file, block);
		used = 0;
	}
	open->bytes.len = open->len;
	buf_add(&open->bytes, block->bytes.data + used, len);
	open->len = open->bytes.len;
	open->lines = cutter->open.lines;
	open->changed = block->changed;
	memcpy(open->last, block->position.incarnation, sizeof(open->last));
	open->end = block->position.offset + used + len;
	follow_consume(file->follow, block, used + len, false);
}

/* --- As a record --------------------------------------------------------- */

struct record
source_unfinished_record(const struct file *file)
{
	struct unfinished *open = file->unfinished;

	open->bytes.len = open->len;
	return (struct record){
	    .text = record_text(buf_span(&open->bytes)),
	    .log = file->log,
	    .path = open->path,
	    .log_path = follow_path(file->follow),
	    .incarnation = open->position.incarnation,
	    .offset = open->position.offset,
	    .end = open->end,
	    .lines = open->lines,
	};
}

struct record
source_unfinished_with(
    const struct file *file, const struct record_piece *piece)
{
	struct record record = source_unfinished_record(file);
	struct buf *bytes = &file->unfinished->bytes;

	record.lines = piece->lines;
	record.cut = piece->cut;
	record.partial = piece->partial;
	if (piece->end == 0)
		return record;
	/* What is to be kept if the record is not taken ends at open->len. */
	buf_add_span(bytes, piece->text);
	record.text = buf_span(bytes);
	return record;
}
