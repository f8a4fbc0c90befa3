/*
 * source_merge: the files of a group in lockstep, oldest record first.
 *
 * Hides the blocks that are out at the same time, and whose turn it is.
 *
 * A file's own order is never changed, so a record without a time, or with
 * one before its predecessor's, goes out right behind it.  A block that is
 * used up is consumed and the next one read before anything else is handed
 * out: what comes next is decided by the heads of all files that have
 * something.  At the budget's end each file is consumed up to what was handed
 * out and the rest of its block is read again next time; the order depends
 * on positions and bytes alone, never on where a budget or a crash ended it:
 * a file's first record that has no time goes first, as it would have right
 * behind the one before it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/source_internal.h"

#define FILES_MAX 256 /* at once; the others of the group come after them */
#define BYTES_MAX ((size_t)64 * 1024 * 1024) /* of all blocks; then too */
#define BUDGET_FACTOR 4 /* so that what is read again is little, */
#define BUDGET_FILES 32 /* and once more for each so many files */
#define LOOKS_MAX 64	/* at one file until it yields a record */
#define LOOK_COST 4096

struct member {
	struct file *file;
	struct buf buffer;
	struct look look;
	struct record head; /* not handed out yet */
	int64_t when;	    /* what the head counts as */
	size_t rank;	    /* among those of the same time */
};

struct merge {
	struct source *source;
	struct member *members;
	struct member **order; /* those that have a head, oldest first */
	size_t count;
	size_t held; /* bytes of their buffers */
	size_t used;
};

/* --- Whose turn it is --------------------------------------------------- */

static bool
is_before(const struct member *a, const struct member *b)
{
	return a->when != b->when ? a->when < b->when : a->rank < b->rank;
}

/* Keeps the order when the first one's head is another. */
static void
move_first_back(struct merge *merge)
{
	struct member *member = merge->order[0];
	size_t low = 0, high = merge->count - 1;

	while (low < high) {
		size_t middle = high - (high - low) / 2;

		if (is_before(merge->order[middle], member))
			low = middle;
		else
			high = middle - 1;
	}
	memmove(merge->order, merge->order + 1, low * sizeof(struct member *));
	merge->order[low] = member;
}

static void
insert(struct merge *merge, struct member *member)
{
	memmove(merge->order + 1, merge->order,
	    merge->count * sizeof(struct member *));
	merge->order[0] = member;
	merge->count++;
	move_first_back(merge);
}

static void
remove_first(struct merge *merge)
{
	merge->count--;
	memmove(merge->order, merge->order + 1,
	    merge->count * sizeof(struct member *));
}

/* --- One file ----------------------------------------------------------- */

static bool
next_head(struct merge *merge, struct member *member)
{
	const struct source_handler *handler = &merge->source->handler;
	struct record *head = &member->head;
	int64_t when = 0;

	if (!source_look_next(merge->source, &member->look, head))
		return false;
	if (handler->time)
		when = handler->time(
		    handler->arg, head->log, head->log_path, head->text);
	head->time_ms = when;
	if (when != 0)
		member->when = when;
	return true;
}

/* The bytes that it holds; none when it has left. */
static void
note_held(struct merge *merge, struct member *member, size_t before)
{
	merge->held = merge->held - before + member->buffer.cap;
}

static void
leave(struct merge *merge, struct member *member, bool more)
{
	size_t held = member->buffer.cap;

	buf_release(&member->buffer);
	note_held(merge, member, held);
	source_pass_settle(merge->source, member->file, more);
}

static bool
end_look(struct merge *merge, struct member *member)
{
	merge->used += LOOK_COST;
	return source_look_end(merge->source, &member->look);
}

/* Looks until there is a head.  False when the file has nothing more now, and
 * has left. */
static bool
find_head(struct merge *merge, struct member *member)
{
	size_t held = member->buffer.cap;
	bool more = true, found = false;

	for (int looks = 0; more && !found && looks < LOOKS_MAX; looks++) {
		if (!source_look_begin(merge->source, member->file,
			&member->buffer, &member->look, &more)) {
			merge->used += LOOK_COST;
			continue;
		}
		found = next_head(merge, member);
		if (!found)
			more = end_look(merge, member);
	}
	note_held(merge, member, held);
	if (!found)
		leave(merge, member, more);
	return found;
}

/* Behind a block that is used up; as find_head. */
static bool
find_next(struct merge *merge, struct member *member)
{
	bool more = end_look(merge, member);

	if (more && !source_pass_is_over(member->file))
		return find_head(merge, member);
	leave(merge, member, more);
	return false;
}

/* Hands out the oldest head. */
static void
step(struct merge *merge)
{
	struct member *member = merge->order[0];

	merge->used += member->head.text.len + 1;
	source_look_give(merge->source, &member->look, &member->head);
	if (next_head(merge, member) || find_next(merge, member))
		move_first_back(merge);
	else
		remove_first(merge);
}

/* --- All of them -------------------------------------------------------- */

static int
compare_files(const void *left, const void *right)
{
	const struct file *a = *(struct file *const *)left;
	const struct file *b = *(struct file *const *)right;

	if (a->log != b->log)
		return a->log < b->log ? -1 : 1;
	return strcmp(follow_path(a->follow), follow_path(b->follow));
}

static void
join(struct merge *merge, struct file **files, size_t count)
{
	qsort(files, count, sizeof(struct file *), compare_files);
	for (size_t i = 0; i < count; i++) {
		struct member *member = &merge->members[i];

		*member = (struct member){
		    .file = files[i],
		    .when = INT64_MIN,
		    .rank = i,
		};
		if (merge->held > BYTES_MAX)
			source_make_ready(merge->source, files[i]);
		else if (find_head(merge, member))
			insert(merge, member);
	}
}

static size_t
read_merged(
    struct source *source, struct file **files, size_t count, size_t budget)
{
	struct merge merge = {
	    .source = source,
	    .members = xcalloc(count, sizeof(struct member)),
	    .order = xcalloc(count, sizeof(struct member *)),
	};

	join(&merge, files, count);
	/* One at least, whatever it took to find it. */
	for (bool any = false; merge.count > 0 && (!any || merge.used < budget);
	     any = true)
		step(&merge);
	for (size_t i = 0; i < merge.count; i++)
		leave(&merge, merge.order[i], end_look(&merge, merge.order[i]));
	free(merge.members);
	free(merge.order);
	return merge.used;
}

/* Each one that is out keeps a descriptor. */
static size_t
files_max(const struct source *source)
{
	size_t half = source->open_limit / 2;

	if (half >= FILES_MAX)
		return FILES_MAX;
	return half < 2 ? 2 : half;
}

/* More where more blocks are read again. */
static size_t
merged_budget(size_t budget, size_t count)
{
	size_t factor = BUDGET_FACTOR + count / BUDGET_FILES;

	return budget > SIZE_MAX / 4 / factor ? SIZE_MAX / 4 : budget * factor;
}

static void
read_alone(struct source *source, struct file *file, size_t *used_out)
{
	bool more = source_read_file(source, file, used_out);

	source_pass_settle(source, file, more);
}

/* Those of the group that are to be read now; the first one's pass may be
 * over.  When all of theirs are, the next one begins. */
static size_t
gather(struct source *source, struct file **files, size_t max)
{
	struct file *first = files[0];
	unsigned group = source->logs[first->log].group;
	size_t count = 1;

	if (first->pass.over) {
		count = source_take_ready(source, group, files, max);
		if (count > 0) {
			source_make_ready(source, first);
			return count;
		}
		source_pass_begin_again(source, group);
		source_pass_leave(first);
		files[0] = first;
		count = 1;
	}
	return count + source_take_ready(source, group, files + 1, max - 1);
}

void
source_read_group(
    struct source *source, struct file *file, size_t budget, size_t *used_out)
{
	bool grouped = source->logs[file->log].group != 0;
	struct file *files[FILES_MAX];
	size_t count = 1;

	files[0] = file;
	/* What comes behind the only pass is in no order. */
	if (grouped && !(source->once && file->pass.over))
		count = gather(source, files, files_max(source));
	for (size_t i = 0; i < count && (grouped || source->once); i++)
		source_pass_begin(files[i]);
	if (count == 1) {
		read_alone(source, files[0], used_out);
		return;
	}
	*used_out =
	    read_merged(source, files, count, merged_budget(budget, count));
}
