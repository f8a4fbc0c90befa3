/*
 * source_alias: files with several names are read once.
 *
 * Hides the index of the inodes that are read already, and what becomes of a
 * file whose first name goes away or on to another file: its second name
 * takes over where the first one left it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/source_internal.h"

/* Which file reads an inode; sorted, rebuilt when something new turns up. */
struct inode_row {
	uint64_t dev, ino;
	struct file *file;
};

struct inodes {
	struct source *source;
	struct inode_row *rows;
	size_t count, cap;
	bool built;
};

/* --- The index ---------------------------------------------------------- */

static int
compare_inodes(const void *a, const void *b)
{
	const struct inode_row *left = a, *right = b;

	if (left->dev != right->dev)
		return left->dev < right->dev ? -1 : 1;
	if (left->ino != right->ino)
		return left->ino < right->ino ? -1 : 1;
	return 0;
}

static size_t
place_of(const struct inodes *inodes, const struct inode_row *row)
{
	size_t low = 0, high = inodes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_inodes(&inodes->rows[middle], row) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
add_row(struct inodes *inodes, struct inode_row row)
{
	size_t at = inodes->built ? place_of(inodes, &row) : inodes->count;

	if (row.ino == 0)
		return;
	if (inodes->count == inodes->cap) {
		inodes->cap = inodes->cap ? inodes->cap * 2 : 64;
		inodes->rows = xreallocarray(
		    inodes->rows, inodes->cap, sizeof(*inodes->rows));
	}
	memmove(inodes->rows + at + 1, inodes->rows + at,
	    (inodes->count - at) * sizeof(row));
	inodes->rows[at] = row;
	inodes->count++;
}

/* What has come under the name since the last discovery is its own too. */
static void
add_named(struct inodes *inodes, struct file *file)
{
	struct stat st;

	if (stat(follow_path(file->follow), &st) == 0 &&
	    (st.st_ino != file->ino || st.st_dev != file->dev))
		add_row(inodes, (struct inode_row){st.st_dev, st.st_ino, file});
}

/* Under its name may be another inode than it reads, or still drains. */
static void
add_file(struct inodes *inodes, struct file *file)
{
	const struct position *position;

	add_row(inodes, (struct inode_row){file->dev, file->ino, file});
	add_named(inodes, file);
	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		uint64_t dev = position->dev ? position->dev : file->dev;

		if (position->ino != file->ino)
			add_row(inodes,
			    (struct inode_row){dev, position->ino, file});
	}
}

static void
build(struct inodes *inodes)
{
	struct source *source = inodes->source;

	for (size_t i = 0; i < source->file_count; i++)
		add_file(inodes, source->files[i]);
	if (inodes->count > 1)
		qsort(inodes->rows, inodes->count, sizeof(*inodes->rows),
		    compare_inodes);
	inodes->built = true;
}

struct inodes *
source_inodes_new(struct source *source)
{
	struct inodes *inodes = xcalloc(1, sizeof(*inodes));

	inodes->source = source;
	return inodes;
}

void
source_inodes_free(struct inodes *inodes)
{
	free(inodes->rows);
	free(inodes);
}

void
source_inodes_add(struct inodes *inodes, struct file *file)
{
	if (inodes->built)
		add_file(inodes, file);
}

void
source_inodes_forget(struct inodes *inodes, const struct file *file)
{
	size_t kept = 0;

	for (size_t i = 0; i < inodes->count; i++) {
		if (inodes->rows[i].file != file)
			inodes->rows[kept++] = inodes->rows[i];
	}
	inodes->count = kept;
}

/* The reader may have left the inode already. */
static const struct position *
position_in(const struct inode_row *reader)
{
	const struct position *position;

	for (size_t i = 0;
	     (position = follow_generation(reader->file->follow, i)); i++) {
		if (position->ino == reader->ino)
			return position;
	}
	return NULL;
}

/* A number is given out again as soon as its file is gone: what the reader
 * remembers must have been born when this file was. */
static bool
is_same(const struct position *position, const char *path)
{
	struct position found;

	return position && position_identify_path(&found, path) == 0 &&
	       position_same_file(position, &found);
}

/* What was left and drained is not looked after any more, unless its name is
 * a generation's; and a name that was not looked at yet must still lead
 * here. */
static bool
reads_still(
    const struct inode_row *reader, const char *path, const struct stat *st)
{
	const struct follow *follow = reader->file->follow;
	const struct position *position = position_in(reader);
	struct stat now;

	if (position)
		return is_same(position, path) &&
		       (position == follow_position(follow) ||
			   follow_is_behind(follow));
	return stat(follow_path(follow), &now) == 0 &&
	       now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

/* Of this inode; they end where another inode's begin. */
static size_t
first_row(struct inodes *inodes, const struct inode_row *inode)
{
	if (!inodes->built)
		build(inodes);
	return place_of(inodes, inode);
}

static bool
is_row_of(const struct inodes *inodes, size_t at, const struct inode_row *inode)
{
	return at < inodes->count &&
	       compare_inodes(&inodes->rows[at], inode) == 0;
}

const struct inode_row *
source_reader(struct inodes *inodes, const char *path, const struct stat *st,
    const struct file *but)
{
	struct inode_row row = {.dev = st->st_dev, .ino = st->st_ino};

	for (size_t at = first_row(inodes, &row); is_row_of(inodes, at, &row);
	     at++) {
		if (inodes->rows[at].file != but &&
		    reads_still(&inodes->rows[at], path, st))
			return &inodes->rows[at];
	}
	return NULL;
}

bool
source_left(struct inodes *inodes, const char *path, const struct stat *st,
    struct position *out)
{
	struct inode_row row = {.dev = st->st_dev, .ino = st->st_ino};

	for (size_t at = first_row(inodes, &row); is_row_of(inodes, at, &row);
	     at++) {
		const struct position *position =
		    position_in(&inodes->rows[at]);

		if (!is_same(position, path))
			continue;
		*out = *position;
		return true;
	}
	return false;
}

/* --- Second names ------------------------------------------------------- */

/* Remembers how far the file is read, should its first name go away. */
void
source_note_alias(
    struct source *source, const char *path, const struct inode_row *reader)
{
	struct alias *alias = map_get(source->aliases, span_str(path));
	const struct position *position = position_in(reader);

	if (!alias) {
		alias = xcalloc(1, sizeof(*alias));
		map_put(source->aliases, span_str(path), alias);
	}
	alias->position =
	    position ? *position : *follow_position(reader->file->follow);
	alias->seen = true;
	reader->file->aliased = true;
}

bool
source_take_alias(struct source *source, const char *path,
    const struct stat *st, struct position *out)
{
	struct alias *alias = map_take(source->aliases, span_str(path));
	bool same = alias && alias->position.ino == st->st_ino &&
		    alias->position.dev == st->st_dev;

	if (same)
		*out = alias->position;
	free(alias);
	return same;
}

/* Its first name has gone on to another file: the other name takes over here,
 * within this turn, so that the store hears of both at once. */
void
source_leave_to_alias(struct source *source, const struct position *left)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->aliases, &cursor, &path, &value)) {
		struct alias *alias = value;

		if (alias->position.dev != left->dev ||
		    alias->position.ino != left->ino)
			continue;
		alias->position = *left;
		source->handed_over = true;
	}
}

void
source_drop_unseen_aliases(struct source *source)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->aliases, &cursor, &path, &value)) {
		struct alias *alias = value;

		if (!alias->seen) {
			free(map_take(source->aliases, path));
			cursor = 0;
		}
	}
	cursor = 0;
	while (map_next(source->aliases, &cursor, &path, &value))
		((struct alias *)value)->seen = false;
}
