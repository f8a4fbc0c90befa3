/*
 * source_restore: positions that the store has, until a file takes them.
 *
 * Hides that a position belongs to a path, but a file may have been renamed
 * while nobody was running.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/source_internal.h"

struct restored {
	struct position live, previous;
	bool has_previous;
};

void
source_restore(struct source *source, const char *path,
    const struct position *live, const struct position *previous)
{
	struct restored *restored = xcalloc(1, sizeof(*restored));

	restored->live = *live;
	if (previous) {
		restored->previous = *previous;
		restored->has_previous = true;
	}
	free(map_put(source->restored, span_str(path), restored));
}

void
source_take_restored(struct source *source, struct file *file)
{
	const char *path = follow_path(file->follow);
	struct restored *restored = map_take(source->restored, span_str(path));
	struct follow *follow;

	if (!restored)
		return;
	follow = follow_new(path, &restored->live);
	if (restored->has_previous)
		follow_resume_previous(follow, &restored->previous);
	follow_free(file->follow);
	file->follow = follow;
	free(restored);
}

const struct position *
source_restored(const struct source *source, const char *path)
{
	const struct restored *restored =
	    map_get(source->restored, span_str(path));

	return restored ? &restored->live : NULL;
}

static bool
is_inode(const struct position *position, const struct stat *st)
{
	return position->dev == st->st_dev && position->ino == st->st_ino;
}

const struct position *
source_restored_inode(const struct source *source, const struct stat *st)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->restored, &cursor, &path, &value)) {
		const struct restored *restored = value;

		if (is_inode(&restored->live, st))
			return &restored->live;
		if (restored->has_previous && is_inode(&restored->previous, st))
			return &restored->previous;
	}
	return NULL;
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
