/*
 * source_watch: from hints to files and directories.
 *
 * Hides which watch stands for what, and what happens where there is none:
 * a file is then polled, a directory makes discovery run every second.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/source_internal.h"

/* So that a storm of hints cannot keep a turn from reading. */
#define HINTS_A_TURN 20000

/* --- Rows by id --------------------------------------------------------- */

static size_t
place_of(const struct source *source, int id)
{
	size_t low = 0, high = source->watched_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (source->watched[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct watched *
find_watched(const struct source *source, int id)
{
	size_t at = place_of(source, id);

	if (at == source->watched_count || source->watched[at].id != id)
		return NULL;
	return &source->watched[at];
}

static void
add_watched(struct source *source, struct watched row)
{
	size_t at = place_of(source, row.id);

	if (at < source->watched_count && source->watched[at].id == row.id) {
		source->watched[at] = row;
		return;
	}
	if (source->watched_count == source->watched_cap) {
		source->watched_cap =
		    source->watched_cap ? source->watched_cap * 2 : 8;
		source->watched = xreallocarray(source->watched,
		    source->watched_cap, sizeof(*source->watched));
	}
	memmove(source->watched + at + 1, source->watched + at,
	    (source->watched_count - at) * sizeof(*source->watched));
	source->watched[at] = row;
	source->watched_count++;
}

static void
remove_watched(struct source *source, int id)
{
	struct watched *row = find_watched(source, id);
	size_t at;

	if (!row)
		return;
	at = (size_t)(row - source->watched);
	memmove(row, row + 1, (source->watched_count - at - 1) * sizeof(*row));
	source->watched_count--;
}

/* --- Files -------------------------------------------------------------- */

static void
end_watch(struct source *source, int *id)
{
	if (*id < 0)
		return;
	remove_watched(source, *id);
	watch_remove(source->watch, *id);
	*id = -1;
}

void
source_unwatch_file(struct source *source, struct file *file)
{
	end_watch(source, &file->watch);
	end_watch(source, &file->old_watch);
}

/* A single pass looks everywhere anyway: there it is no news. */
static void
tell_polling(struct source *source, enum watch_answer answer, const char *path,
    const struct err *err)
{
	bool *told = answer == WATCH_LIMIT ? &source->told_limit
					   : &source->told_unsupported;

	if (!*told && !source->once)
		source_notify(source, SOURCE_POLLING, path, "%s", err->text);
	*told = true;
}

static void
poll_file(struct file *file, const char *why)
{
	file->polled = true;
	file->why = why;
}

/* Somebody else's row stays: the inode is then his, and ours is polled. */
static void
take_watch(struct source *source, struct file *file, int id)
{
	const struct watched *row = find_watched(source, id);

	if (row && (row->is_directory || row->file != file)) {
		poll_file(file, "another log watches it");
		return;
	}
	file->watch = id;
	if (id == file->old_watch)
		file->old_watch = -1;
	add_watched(source, (struct watched){.id = id, .file = file});
}

/* Without that there is no watch either, and nothing to poll for: the
 * directory tells when it changes. */
static bool
can_read(const char *path)
{
	return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

static uint64_t
inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void
add_file_watch(struct source *source, struct file *file)
{
	const char *path = follow_path(file->follow);
	uint64_t before = inode_of(path);
	struct err err = ERR_INIT;
	enum watch_answer answer;
	const char *why = NULL;
	int id;

	answer = watch_add(source->watch, path, WATCH_FILE, &id, &why, &err);
	if (answer == WATCH_OK) {
		take_watch(source, file, id);
		file->watched = inode_of(path) == before ? before : 0;
	} else if (answer != WATCH_MISSING && can_read(path)) {
		poll_file(file, why);
		tell_polling(source, answer, path, &err);
	}
}

void
source_watch_file(struct source *source, struct file *file)
{
	if (!follow_is_behind(file->follow))
		end_watch(source, &file->old_watch);
	if (file->watch < 0 && !file->polled)
		add_file_watch(source, file);
}

/* A name can be given to another file between the watch and the opening:
 * then the watch stands for a file that nobody reads. */
void
source_check_watch(struct source *source, struct file *file)
{
	if (file->watch < 0 || follow_is_behind(file->follow) ||
	    !follow_is_open(file->follow) ||
	    file->watched == follow_position(file->follow)->ino)
		return;
	end_watch(source, &file->watch);
	add_file_watch(source, file);
}

/* Another file is under the name: the watch of the one before stays while
 * that is drained. */
void
source_rewatch_file(struct source *source, struct file *file)
{
	int before = file->watch;

	file->watch = -1;
	file->polled = false;
	add_file_watch(source, file);
	if (before < 0 || file->watch == before)
		return;
	end_watch(source, &file->old_watch);
	file->old_watch = before;
}

/* --- Directories -------------------------------------------------------- */

static struct watched
directory_row(int id, struct directory *directory)
{
	return (struct watched){
	    .id = id,
	    .is_directory = true,
	    .directory = directory,
	};
}

static void
end_directory_watch(struct source *source, struct directory *directory)
{
	struct span path;
	size_t cursor = 0;
	void *value;
	int id = directory->id;

	directory->id = -1;
	if (id < 0)
		return;
	remove_watched(source, id);
	while (map_next(source->directories, &cursor, &path, &value)) {
		struct directory *other = value;

		/* Another name of the same directory. */
		if (other->id == id) {
			add_watched(source, directory_row(id, other));
			return;
		}
	}
	watch_remove(source->watch, id);
}

static void
start_directory_watch(
    struct source *source, struct directory *directory, const char *path)
{
	struct err err = ERR_INIT;
	enum watch_answer answer;
	const char *why = NULL;
	int id = -1;

	answer =
	    watch_add(source->watch, path, WATCH_DIRECTORY, &id, &why, &err);
	directory->stale = false;
	if (id != directory->id)
		end_directory_watch(source, directory);
	directory->id = id;
	if (answer == WATCH_OK)
		add_watched(source, directory_row(id, directory));
	else if (answer != WATCH_MISSING)
		tell_polling(source, answer, path, &err);
}

/* A link on the way to it may lead elsewhere now. */
static bool
is_another(struct directory *directory, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 ||
	    (st.st_dev == directory->dev && st.st_ino == directory->ino))
		return false;
	directory->dev = st.st_dev;
	directory->ino = st.st_ino;
	return true;
}

void
source_watch_directory(struct source *source, const char *path)
{
	struct directory *directory =
	    map_get(source->directories, span_str(path));

	if (!directory) {
		directory = xcalloc(1, sizeof(*directory));
		directory->id = -1;
		map_put(source->directories, span_str(path), directory);
	}
	directory->seen = true;
	if (is_another(directory, path) || directory->id < 0 ||
	    directory->stale)
		start_directory_watch(source, directory, path);
	if (directory->id < 0)
		source->directories_polled = true;
}

void
source_stale_directories(struct source *source)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->directories, &cursor, &path, &value))
		((struct directory *)value)->stale = true;
}

static struct directory *
take_unseen(struct source *source)
{
	struct span path;
	size_t cursor = 0;
	void *value;

	while (map_next(source->directories, &cursor, &path, &value)) {
		struct directory *directory = value;

		if (!directory->seen)
			return map_take(source->directories, path);
	}
	return NULL;
}

/* Those that discovery no longer needs are given up; the others are unseen
 * again for the next one. */
void
source_unseen_directories(struct source *source)
{
	struct directory *directory;
	struct span path;
	size_t cursor = 0;
	void *value;

	while ((directory = take_unseen(source))) {
		end_directory_watch(source, directory);
		free(directory);
	}
	while (map_next(source->directories, &cursor, &path, &value))
		((struct directory *)value)->seen = false;
}

/* --- Hints -------------------------------------------------------------- */

static void
forget_watch(struct watched *row)
{
	if (row->is_directory)
		row->directory->id = -1;
	else if (row->file->watch == row->id)
		row->file->watch = -1;
	else
		row->file->old_watch = -1;
}

static void
take_hint(struct source *source, const struct watch_hint *hint)
{
	struct watched *row;

	if (hint->kind == WATCH_RESCAN) {
		source_rescan(source);
		return;
	}
	row = find_watched(source, hint->id);
	if (!row)
		return;
	if (row->is_directory) {
		source->discover_wanted = row->directory->stale = true;
		/* It may be logrotate's copy: what is written until the log
		 * is truncated must be read at once, or never. */
		source->hurry_until = source->now + SOURCE_HURRY_MS;
	} else {
		source_dirty(source, row->file);
	}
	if (hint->kind == WATCH_LOST) {
		forget_watch(row);
		remove_watched(source, hint->id);
	}
}

void
source_hints(struct source *source)
{
	int64_t interval = watch_interval(source->watch);
	struct watch_hint hint;
	int count = 0;

	if (interval >= 0) {
		if (source->now < source->ask_at)
			return;
		source->ask_at = source->now + interval;
	}
	while (count < HINTS_A_TURN && watch_next(source->watch, &hint)) {
		take_hint(source, &hint);
		count++;
	}
	source->hold_until =
	    count > 0 && interval < 0 && source->now >= source->hurry_until
		? source->now + SOURCE_GAP_MS
		: -1;
}
