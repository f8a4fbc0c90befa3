/*
 * plan_marks: device, inode, size and time of change, by path.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/mem.h"
#include "ctaild/plan_marks.h"

struct stamp {
	bool there;
	uint64_t dev, ino;
	int64_t size, seconds;
	long nanoseconds;
};

struct mark {
	char *path;
	struct stamp stamp;
	bool directory;
	struct buf names;
};

struct plan_marks {
	struct map *marks; /* by path */
};

struct plan_marks *
plan_marks_new(void)
{
	struct plan_marks *marks = xcalloc(1, sizeof(*marks));

	marks->marks = map_new();
	return marks;
}

static void
mark_free(void *arg)
{
	struct mark *mark = arg;

	buf_release(&mark->names);
	free(mark->path);
	free(mark);
}

void
plan_marks_free(struct plan_marks *marks)
{
	map_free(marks->marks, mark_free);
	free(marks);
}

static struct stamp
stamp_of(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return (struct stamp){.there = false};
	return (struct stamp){.there = true,
	    .dev = (uint64_t)st.st_dev,
	    .ino = (uint64_t)st.st_ino,
	    .size = (int64_t)st.st_size,
	    .seconds = (int64_t)st.st_mtim.tv_sec,
	    .nanoseconds = st.st_mtim.tv_nsec};
}

static bool
stamps_agree(const struct stamp *a, const struct stamp *b)
{
	if (!a->there || !b->there)
		return a->there == b->there;
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

static void
mark_add(struct plan_marks *marks, const char *path, bool directory)
{
	struct mark *mark;

	if (map_get(marks->marks, span_str(path)))
		return;
	mark = xcalloc(1, sizeof(*mark));
	mark->path = xstrdup(path);
	mark->directory = directory;
	mark->stamp = stamp_of(path);
	map_put(marks->marks, span_str(path), mark);
}

void
plan_marks_file(struct plan_marks *marks, const char *path)
{
	mark_add(marks, path, false);
}

void
plan_marks_directory(struct plan_marks *marks, const char *path)
{
	mark_add(marks, path, true);
}

void
plan_marks_names(struct plan_marks *marks, const char *path, struct span names)
{
	struct mark *mark = map_get(marks->marks, span_str(path));

	buf_reset(&mark->names);
	buf_add_span(&mark->names, names);
}

static bool
names_changed(
    struct mark *mark, bool (*list)(const char *path, struct buf *out))
{
	struct buf names = BUF_INIT;
	bool changed = !list(mark->path, &names) ||
		       !span_equal(buf_span(&names), buf_span(&mark->names));

	buf_release(&mark->names);
	mark->names = names;
	return changed;
}

static bool
mark_look(struct mark *mark, bool (*list)(const char *path, struct buf *out))
{
	struct stamp now = stamp_of(mark->path), before = mark->stamp;

	if (stamps_agree(&before, &now))
		return false;
	mark->stamp = now;
	if (!mark->directory)
		return true;
	return names_changed(mark, list) || !before.there || !now.there;
}

bool
plan_marks_look(struct plan_marks *marks,
    bool (*list)(const char *path, struct buf *out))
{
	struct span path;
	size_t cursor = 0;
	void *mark;
	bool changed = false;

	while (map_next(marks->marks, &cursor, &path, &mark))
		changed |= mark_look(mark, list);
	return changed;
}
