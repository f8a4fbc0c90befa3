/*
 * source_discover: from path patterns to files.
 *
 * Hides what is a log: which matches are generations of another, compressed,
 * binary, ctail's own, or a second name of a file that is read already.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "base/random.h"
#include "input/discover.h"
#include "input/offset_file.h"
#include "input/paths.h"
#include "input/rotation.h"
#include "input/source_internal.h"

#define BINARY_LOOK 512

/* Which file reads an inode; sorted, rebuilt when something new turns up. */
struct inode_row {
	uint64_t dev, ino;
	struct file *file;
};

struct visit {
	struct source *source;
	size_t log;
	bool exact;
	bool known;
	bool matched;
	struct inode_row *inodes;
	size_t inode_count, inode_cap;
	bool indexed;
};

/* --- Inodes that are read already --------------------------------------- */

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
inode_place(const struct visit *visit, const struct inode_row *row)
{
	size_t low = 0, high = visit->inode_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_inodes(&visit->inodes[middle], row) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
append_inode(struct visit *visit, size_t at, struct inode_row row)
{
	if (visit->inode_count == visit->inode_cap) {
		visit->inode_cap = visit->inode_cap ? visit->inode_cap * 2 : 64;
		visit->inodes = xreallocarray(
		    visit->inodes, visit->inode_cap, sizeof(*visit->inodes));
	}
	memmove(visit->inodes + at + 1, visit->inodes + at,
	    (visit->inode_count - at) * sizeof(row));
	visit->inodes[at] = row;
	visit->inode_count++;
}

static void
add_inode(struct visit *visit, struct inode_row row)
{
	size_t at = visit->inode_count;

	append_inode(
	    visit, visit->indexed ? inode_place(visit, &row) : at, row);
}

/* Under its name may be another inode than it reads, or still drains. */
static void
index_file(struct visit *visit, struct file *file)
{
	const struct position *position;

	add_inode(visit, (struct inode_row){file->dev, file->ino, file});
	for (size_t i = 0; (position = follow_generation(file->follow, i));
	     i++) {
		if (position->ino != file->ino)
			add_inode(visit, (struct inode_row){position->dev,
					     position->ino, file});
	}
}

static void
index_all(struct visit *visit)
{
	for (size_t i = 0; i < visit->source->file_count; i++)
		index_file(visit, visit->source->files[i]);
	if (visit->inode_count > 1)
		qsort(visit->inodes, visit->inode_count, sizeof(*visit->inodes),
		    compare_inodes);
	visit->indexed = true;
}

static const struct inode_row *
find_reader(struct visit *visit, const struct stat *st)
{
	struct inode_row row = {.dev = st->st_dev, .ino = st->st_ino};
	size_t at;

	if (!visit->indexed)
		index_all(visit);
	at = inode_place(visit, &row);
	if (at == visit->inode_count ||
	    compare_inodes(&visit->inodes[at], &row) != 0)
		return NULL;
	return &visit->inodes[at];
}

/* --- What is no log ----------------------------------------------------- */

static bool
is_excluded(const struct log_settings *settings, const char *path)
{
	for (size_t i = 0; i < settings->exclude_path.count; i++) {
		if (discover_matches(
			settings->exclude_path.items[i].text, path))
			return true;
	}
	return false;
}

struct neighbour {
	const struct source *source;
	struct span directory;
};

static bool
is_log_there(void *arg, struct span base)
{
	const struct neighbour *neighbour = arg;
	char *path = path_join(neighbour->directory, base);
	struct stat st;
	bool result = source_find(neighbour->source, path) ||
		      (lstat(path, &st) == 0 && S_ISREG(st.st_mode));

	free(path);
	return result;
}

static bool
is_binary(const char *path)
{
	char bytes[BINARY_LOOK];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read_some(fd, bytes, sizeof(bytes));
	close(fd);
	return len > 0 && memchr(bytes, '\0', (size_t)len);
}

/* For what a wildcard found. */
static bool
looks_like_a_log(const struct source *source, const char *path)
{
	struct neighbour neighbour = {source, path_directory_span(path)};
	struct span name = path_name(path);

	return !rotation_is_compressed(name) && !offset_file_is_own(name) &&
	       !rotation_of_any(name, is_log_there, &neighbour) &&
	       !is_binary(path);
}

/* --- Second names ------------------------------------------------------- */

/* The reader may have left the inode already and be draining it. */
static const struct position *
position_in(const struct inode_row *reader)
{
	const struct position *position;

	for (size_t i = 0;
	     (position = follow_generation(reader->file->follow, i)); i++) {
		if (position->ino == reader->ino)
			return position;
	}
	return follow_position(reader->file->follow);
}

/* Remembers how far the file is read, should its first name go away. */
static void
note_alias(
    struct visit *visit, const char *path, const struct inode_row *reader)
{
	struct map *aliases = visit->source->aliases;
	struct alias *alias = map_get(aliases, span_str(path));

	if (!alias) {
		alias = xcalloc(1, sizeof(*alias));
		map_put(aliases, span_str(path), alias);
	}
	alias->position = *position_in(reader);
	alias->seen = true;
	reader->file->aliased = true;
}

static bool
is_inode(const struct position *position, const struct stat *st)
{
	return position && position->dev == st->st_dev &&
	       position->ino == st->st_ino;
}

/* At its first name, or, when it was renamed while nobody ran, under the name
 * that the store knows it by. */
static struct follow *
follow_alias(struct source *source, const char *path, const struct stat *st)
{
	struct alias *alias = map_take(source->aliases, span_str(path));
	const struct position *position = alias ? &alias->position : NULL;
	struct follow *follow;

	if (!is_inode(position, st))
		position = source_restored_inode(source, st);
	follow = follow_new(path, position);
	free(alias);
	return follow;
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

static void
drop_unseen_aliases(struct source *source)
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

/* --- Files -------------------------------------------------------------- */

/* It cannot be opened now.  What is written until it can is news all the
 * same, so its end is where it is seen now. */
static void
begin_at_size(struct file *file, const char *path, const struct stat *st)
{
	struct position seen = {.dev = st->st_dev,
	    .ino = st->st_ino,
	    .offset = (uint64_t)st->st_size};

	random_uuid(seen.incarnation);
	follow_free(file->follow);
	file->follow = follow_new(path, &seen);
}

static void
begin_at_end(struct source *source, struct file *file, const char *path,
    const struct stat *st)
{
	source_make_room(source, file);
	if (follow_seek(file->follow, UINT64_MAX, NULL) != 0)
		begin_at_size(file, path, st);
	file->version++;
	source_count_open(source, file);
}

/* st is NULL where nothing is there yet. */
static void
add_file(struct visit *visit, const char *path, const struct stat *st)
{
	struct source *source = visit->source;
	const struct log_settings *settings = source->logs[visit->log].settings;
	struct file *file = xcalloc(1, sizeof(*file));
	bool first = source->epoch == 1;
	bool at_end;

	file->log = (uint32_t)visit->log;
	file->exact = visit->exact;
	file->late = !first;
	file->epoch = source->epoch;
	file->dev = st ? st->st_dev : 0;
	file->ino = st ? st->st_ino : 0;
	file->follow =
	    st ? follow_alias(source, path, st) : follow_new(path, NULL);
	at_end = st && S_ISREG(st->st_mode) && first && !visit->known &&
		 follow_position(file->follow)->ino == 0 &&
		 settings->start == LOG_START_END;
	if (follow_position(file->follow)->ino != 0)
		file->version++;
	source_insert(source, file);
	if (visit->indexed)
		index_file(visit, file);
	if (at_end)
		begin_at_end(source, file, path, st);
	source_dirty(source, file);
}

/* A known file: is it still what it was? */
static void
refresh(struct source *source, struct file *file)
{
	struct stat st;
	bool there = stat(follow_path(file->follow), &st) == 0;
	bool changed =
	    there && (st.st_dev != file->dev || st.st_ino != file->ino);

	file->epoch = source->epoch;
	if (changed) {
		file->dev = st.st_dev;
		file->ino = st.st_ino;
	}
	if (changed || there != (file->state == FILE_READ))
		source_dirty(source, file);
}

static void
on_match(void *arg, const char *path)
{
	struct visit *visit = arg;
	struct source *source = visit->source;
	const struct source_log *log = &source->logs[visit->log];
	struct file *file = source_find(source, path);
	const struct inode_row *reader = NULL;
	struct stat st;
	bool there;

	if (file) {
		visit->matched = true;
		refresh(source, file);
		return;
	}
	if (is_excluded(log->settings, path))
		return;
	there = stat(path, &st) == 0;
	if (!visit->exact && (!there || !S_ISREG(st.st_mode)))
		return;
	if (there && S_ISREG(st.st_mode))
		reader = find_reader(visit, &st);
	if (reader)
		note_alias(visit, path, reader);
	else if (visit->exact || looks_like_a_log(source, path))
		add_file(visit, path, there ? &st : NULL);
	else
		return;
	visit->matched = true;
}

static void
on_directory(void *arg, const char *path)
{
	struct visit *visit = arg;

	source_watch_directory(visit->source, path);
}

static void
visit_item(struct visit *visit, const char *pattern, bool *told)
{
	visit->exact = !discover_has_wildcard(pattern);
	visit->matched = false;
	discover_each(pattern, on_match, on_directory, visit);
	if (!visit->matched && !*told && !visit->exact)
		source_notify(visit->source, SOURCE_MISSING, pattern,
		    "waiting for a file that matches %s", pattern);
	*told = !visit->matched;
}

static bool
is_of_log(const struct log_settings *settings, const char *path)
{
	bool of_log = false;

	for (size_t i = 0; i < settings->path.count && !of_log; i++)
		of_log = discover_matches(settings->path.items[i].text, path);
	return of_log && !is_excluded(settings, path);
}

/* Rotated while nobody ran, and nothing new under the name yet. */
static bool
is_orphan(const struct source *source, const char *path)
{
	struct stat st;
	char *found = NULL;
	int fd;

	if (lstat(path, &st) == 0)
		return false;
	fd = rotation_find(path, source_restored(source, path), &found);
	if (fd >= 0)
		close(fd);
	free(found);
	return fd >= 0;
}

/* What a pattern would not find: the name is to be followed all the same,
 * or its old generation would look like a log of its own. */
static void
adopt_orphans(struct visit *visit)
{
	struct source *source = visit->source;
	struct buf paths = BUF_INIT;
	size_t count = source_restored_paths(source, &paths);
	const char *path = paths.data;

	visit->exact = false;
	for (; count > 0; count--, path += strlen(path) + 1) {
		size_t i = 0;

		while (i < source->log_count &&
		       !is_of_log(source->logs[i].settings, path))
			i++;
		visit->log = i;
		if (i < source->log_count && is_orphan(source, path))
			add_file(visit, path, NULL);
	}
	buf_release(&paths);
}

static void
visit_all(struct source *source)
{
	struct visit visit = {.source = source};
	size_t at = 0;

	if (source->epoch == 1)
		adopt_orphans(&visit);
	for (size_t i = 0; i < source->log_count; i++) {
		const struct setting_list *paths =
		    &source->logs[i].settings->path;

		visit.log = i;
		for (size_t j = 0; j < paths->count; j++, at++) {
			visit.known = source->known[at];
			visit_item(&visit, paths->items[j].text,
			    &source->told_missing[at]);
		}
	}
	free(visit.inodes);
}

/* What no pattern found any more: look why. */
static void
visit_unseen(struct source *source)
{
	for (size_t i = 0; i < source->file_count; i++) {
		if (source->files[i]->epoch != source->epoch)
			source_dirty(source, source->files[i]);
	}
}

void
source_discover(struct source *source)
{
	source->epoch++;
	source->handed_over = false;
	source->directories_polled = false;
	visit_all(source);
	visit_unseen(source);
	source_unseen_directories(source);
	drop_unseen_aliases(source);
	source->discover_wanted =
	    source->directories_polled && watch_interval(source->watch) < 0;
	source->discover_at =
	    source->now +
	    (source->discover_wanted ? SOURCE_POLL_MS : SOURCE_DISCOVER_GAP_MS);
}
