/*
 * source_restore: checkpoints that the store has, until a file takes them.
 *
 * Hides that a checkpoint belongs to a path, but a file may have been renamed
 * while nobody was running.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/source_internal.h"

static void
checkpoint_free(struct checkpoint *checkpoint)
{
	if (checkpoint)
		checkpoint_release(checkpoint);
	free(checkpoint);
}

static void
put(struct source *source, const char *path, struct checkpoint *checkpoint)
{
	checkpoint_free(map_put(source->restored, span_str(path), checkpoint));
}

void
source_restore(struct source *source, const char *path,
    const struct checkpoint *checkpoint)
{
	struct checkpoint *kept = xcalloc(1, sizeof(*kept));

	checkpoint_copy(kept, checkpoint);
	put(source, path, kept);
}

void
source_take_over(struct source *source, const char *path,
    const struct checkpoint *checkpoint)
{
	source_restore(source, path, checkpoint);
	map_put(source->taken_over, span_str(path), source);
}

void
source_take_restored(struct source *source, struct file *file)
{
	const char *path = follow_path(file->follow);
	struct checkpoint *kept = map_take(source->restored, span_str(path));
	struct follow *follow;

	if (!kept)
		return;
	follow = source_follow(source, file->log, path, kept);
	if (map_take(source->taken_over, span_str(path)))
		file->version++;
	follow_free(file->follow);
	file->follow = follow;
	checkpoint_free(kept);
}

void
source_free_restored(struct source *source)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->restored, &cursor, &path, &value))
		checkpoint_free(value);
	map_free(source->restored, NULL);
	map_free(source->taken_over, NULL);
}

const struct checkpoint *
source_restored(const struct source *source, const char *path)
{
	return map_get(source->restored, span_str(path));
}

static const struct position *
find_inode(const struct checkpoint *checkpoint, const struct position *file)
{
	if (position_same_file(&checkpoint->position, file))
		return &checkpoint->position;
	for (size_t i = 0; i < checkpoint->old_count; i++) {
		if (position_same_file(&checkpoint->old[i].position, file))
			return &checkpoint->old[i].position;
	}
	return NULL;
}

/* An inode number alone comes back at once on ext4: the birth decides, and
 * whether the bytes are right is for follow to find out. */
const struct position *
source_restored_file(
    const struct source *source, const char *path, const struct stat *st)
{
	struct position file = {.dev = st->st_dev, .ino = st->st_ino};
	const struct position *found = NULL;
	struct span stored;
	size_t cursor = 0;
	void *value;

	while (!found && map_next(source->restored, &cursor, &stored, &value))
		found = find_inode(value, &file);
	if (!found || position_identify_path(&file, path) < 0)
		return NULL;
	return position_same_file(found, &file) ? found : NULL;
}

size_t
source_restored_paths(const struct source *source, struct buf *out)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->restored, &cursor, &path, &value)) {
		buf_add_span(out, path);
		buf_add_byte(out, '\0');
	}
	return map_count(source->restored);
}
