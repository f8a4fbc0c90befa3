/*
 * siblings: looks for every file that may be a generation of a log.
 *
 * Hides where they may lie: beside the log, beside what a symbolic link under
 * its name leads to, and wherever the user's patterns point.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/mem.h"
#include "input/discover.h"
#include "input/links.h"
#include "input/offset_file.h"
#include "input/paths.h"
#include "input/siblings_internal.h"

/* So many are gathered before the oldest of them are forgotten. */
#define GATHERED_MAX (2 * SIBLINGS_MAX)

struct scan {
	const char *log;
	char *absolute; /* the same, for patterns */
	struct siblings *found;
	size_t cap;
	int error;    /* that kept something from being looked at */
	bool has_log; /* what is under the log's name now: */
	uint64_t dev, ino;
};

typedef bool parser(
    struct span name, struct span base, struct rotation_name *out);

void
siblings_release(struct siblings *siblings)
{
	for (size_t i = 0; i < siblings->count; i++)
		free(siblings->items[i].path);
	free(siblings->items);
	*siblings = (struct siblings){0};
}

bool
siblings_same(const struct siblings *a, const struct siblings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->items[i].dev != b->items[i].dev ||
		    a->items[i].ino != b->items[i].ino ||
		    strcmp(a->items[i].path, b->items[i].path) != 0)
			return false;
	}
	return true;
}

/* Unsigned, so that a date no clock ever had wraps instead of trapping. */
static int64_t
mtime_ns(const struct stat *st)
{
	return (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000u +
			 (uint64_t)st->st_mtim.tv_nsec);
}

/* path now belongs to the list, or is freed. */
static void
add(struct scan *scan, char *path, const struct stat *st,
    const struct rotation_name *name)
{
	struct siblings *found = scan->found;

	if (!S_ISREG(st->st_mode) || offset_file_is_own(path_name(path)) ||
	    (scan->has_log && st->st_dev == scan->dev &&
		st->st_ino == scan->ino)) {
		free(path);
		return;
	}
	if (found->count == GATHERED_MAX) {
		siblings_arrange(found);
		scan->cap = 0;
	}
	if (found->count >= scan->cap) {
		scan->cap = found->count ? 2 * found->count : 16;
		found->items = xreallocarray(
		    found->items, scan->cap, sizeof(*found->items));
	}
	found->items[found->count++] = (struct sibling){
	    .path = path,
	    .dev = st->st_dev,
	    .ino = st->st_ino,
	    .size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
	    .mtime_ns = mtime_ns(st),
	    .name = *name,
	};
}

/* A file that was not seen would be taken for one that is gone. */
static void
note_error(struct scan *scan)
{
	if (errno && !discover_is_absence(errno))
		scan->error = errno;
}

/* --- Directories ------------------------------------------------------ */

static void
list(struct scan *scan, DIR *stream, const char *file, parser *parse)
{
	struct dirent *entry;
	struct stat st;

	while (errno = 0, (entry = readdir(stream))) {
		struct span name = span_str(entry->d_name);
		struct rotation_name parsed;

		if (!parse(name, path_name(file), &parsed))
			continue;
		if (fstatat(dirfd(stream), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) < 0)
			note_error(scan);
		else
			add(scan, path_join(path_directory_span(file), name),
			    &st, &parsed);
	}
	note_error(scan);
}

static int
list_beside(struct scan *scan, const char *file, parser *parse, struct err *err)
{
	char *directory = path_directory(file);
	DIR *stream = opendir(directory);
	int result = 0;

	if (stream) {
		list(scan, stream, file, parse);
		closedir(stream);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		note_error(scan);
		result = err_set(err,
		    "cannot list %s to look for older files of %s: %s",
		    directory, scan->log, strerror(errno));
	}
	free(directory);
	return result;
}

/* --- What a symbolic link leads to ------------------------------------ */

/* Kubernetes: "0.log" counts the starts of a container, and its rotated files
 * are "0.log.20240101-120000". */
static size_t
start_count(struct span name)
{
	size_t digits = 0;

	while (digits < name.len && ascii_is_digit(name.data[digits]))
		digits++;
	if (digits == 0 || name.len - digits < 4 ||
	    memcmp(name.data + digits, ".log", 4) != 0)
		return 0;
	return digits + 4;
}

static bool
parse_start_count(struct span name, struct span base, struct rotation_name *out)
{
	size_t start = start_count(name);

	if (start == 0)
		return rotation_parse(name, base, out);
	rotation_parse_user(name, span_of(name.data, start), out);
	return out->ranked || start == name.len;
}

/* What cannot be listed there is not ours to complain of. */
static void
list_target(struct scan *scan)
{
	struct span name;
	struct stat st;
	char *target;

	if (lstat(scan->log, &st) < 0 || !S_ISLNK(st.st_mode))
		return;
	target = links_resolve(scan->log, NULL, NULL);
	if (!target)
		return;
	name = path_name(target);
	list_beside(scan, target,
	    start_count(name) == name.len && name.len ? parse_start_count
						      : rotation_parse,
	    NULL);
	free(target);
}

/* --- The user's patterns ---------------------------------------------- */

static void
add_match(void *arg, const char *path)
{
	struct scan *scan = arg;
	struct rotation_name name;
	struct stat st;

	if (strcmp(path, scan->absolute) == 0)
		return;
	if (lstat(path, &st) < 0) {
		note_error(scan);
		return;
	}
	rotation_parse_user(path_name(path), path_name(scan->log), &name);
	add(scan, xstrdup(path), &st, &name);
}

/* Globs start at the root. */
static char *
absolute(const char *path)
{
	char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);
	struct buf whole = BUF_INIT;

	if (cwd) {
		buf_add_str(&whole, cwd);
		buf_add_byte(&whole, '/');
	}
	buf_add_str(&whole, path);
	free(cwd);
	return buf_take(&whole);
}

static void
match_patterns(struct scan *scan, const struct setting_list *rotated)
{
	scan->absolute = absolute(scan->log);
	for (size_t i = 0; i < rotated->count; i++) {
		char *glob = rotation_pattern_glob(
		    rotated->items[i].text, scan->absolute);

		if (discover_each(glob, add_match, NULL, scan) < 0)
			note_error(scan);
		free(glob);
	}
	free(scan->absolute);
}

int
siblings_scan(const char *log, const struct setting_list *rotated,
    struct siblings *out, struct err *err)
{
	struct scan scan = {.log = log, .found = out};
	struct stat st;

	*out = (struct siblings){0};
	if (stat(log, &st) == 0) {
		scan.has_log = true;
		scan.dev = st.st_dev;
		scan.ino = st.st_ino;
	}
	if (list_beside(&scan, log, rotation_parse, err) < 0) {
		siblings_release(out);
		return -1;
	}
	list_target(&scan);
	if (rotated)
		match_patterns(&scan, rotated);
	if (scan.error) {
		siblings_release(out);
		return err_set(err, "cannot look for older files of %s: %s",
		    log, strerror(scan.error));
	}
	siblings_arrange(out);
	return 0;
}
