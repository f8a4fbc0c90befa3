/*
 * plan_marks: device, inode, size and times of change, by path.
 *
 * Of the two times one tells what was written with its old time kept (cp -p),
 * and what may be read since a chmod.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/map.h"
#include "base/mem.h"
#include "ctaild/plan_marks.h"

struct stamp {
	bool there;
	uint64_t dev, ino;
	int64_t size;
	struct timespec written, changed;
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
	    .written = st.st_mtim,
	    .changed = st.st_ctim};
}

static bool
times_agree(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
stamps_agree(const struct stamp *a, const struct stamp *b)
{
	if (!a->there || !b->there)
		return a->there == b->there;
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       times_agree(&a->written, &b->written) &&
	       times_agree(&a->changed, &b->changed);
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

/* What stands in a directory by now, and what is wrong with it, is of interest
 * even where nobody read it: a file that could not be. */
static void
mark_names(struct plan_marks *marks, struct span names)
{
	const char *end;

	while (names.len && (end = memchr(names.data, '\n', names.len))) {
		size_t len = (size_t)(end - names.data);
		char *path = xstrndup(names.data, len);

		plan_marks_file(marks, path);
		free(path);
		names = span_of(end + 1, names.len - len - 1);
	}
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
	struct buf names = BUF_INIT;
	bool changed = false;

	while (map_next(marks->marks, &cursor, &path, &mark)) {
		if (!mark_look(mark, list))
			continue;
		changed = true;
		buf_add_span(&names, buf_span(&((struct mark *)mark)->names));
	}
	mark_names(marks, buf_span(&names));
	buf_release(&names);
	return changed;
}
