/*
 * discover: walks a path pattern through the file system.
 *
 * Hides the order of things: a directory is reported before it is listed, so
 * that what appears in between is hinted at; matches are gathered, sorted and
 * made unique before the first is handed out.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "input/discover.h"
#include "input/paths.h"

#define COMPONENTS_MAX 128
#define BINARY_LOOK 512

/* Paths one behind another, each with its NUL: few large allocations instead
 * of many small ones between those that stay. */
struct paths {
	struct buf text;
	size_t count;
};

struct component {
	char *text; /* without backslashes when it is literal */
	bool wild;
};

struct walk {
	struct component components[COMPONENTS_MAX];
	size_t count;
	struct buf path;  /* where the walk stands, without last slash */
	struct buf start; /* where its first wildcard was */
	bool started;
	int error; /* that kept something from being looked at */
	struct paths found;
	void (*directory)(void *arg, const char *path);
	void *arg;
};

bool
discover_is_absence(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP ||
	       error == EACCES || error == EPERM;
}

bool
discover_has_wildcard(const char *pattern)
{
	for (; *pattern; pattern++) {
		if (*pattern == '\\' && pattern[1])
			pattern++;
		else if (strchr("*?[", *pattern))
			return true;
	}
	return false;
}

static bool
is_any_depth(const struct component *component)
{
	return component->wild && strcmp(component->text, "**") == 0;
}

static bool
component_matches(const struct component *component, const char *name)
{
	if (!component->wild)
		return strcmp(component->text, name) == 0;
	return fnmatch(component->text, name, FNM_PERIOD) == 0;
}

/* Takes the backslashes out of a component without wildcards. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
}

/* --- Lists of paths --------------------------------------------------- */

static void
paths_add(struct paths *paths, const char *path)
{
	buf_add(&paths->text, path, strlen(path) + 1);
	paths->count++;
}

static int
compare_paths(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

/* In byte order; the caller frees the list, not what is in it. */
static const char **
paths_sorted(const struct paths *paths)
{
	const char **list = xreallocarray(NULL, paths->count, sizeof(*list));
	const char *path = paths->text.data;

	for (size_t i = 0; i < paths->count; i++) {
		list[i] = path;
		path += strlen(path) + 1;
	}
	if (paths->count > 1)
		qsort(list, paths->count, sizeof(*list), compare_paths);
	return list;
}

/* --- The walk --------------------------------------------------------- */

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *
walk_path(struct walk *walk)
{
	return walk->path.len ? buf_str(&walk->path) : "/";
}

static size_t
walk_enter(struct walk *walk, const char *name)
{
	size_t before = walk->path.len;

	buf_add_byte(&walk->path, '/');
	buf_add_str(&walk->path, name);
	return before;
}

static void
walk_leave(struct walk *walk, size_t before)
{
	walk->path.len = before;
}

void
discover_directory(
    const char *path, void (*directory)(void *arg, const char *path), void *arg)
{
	char *at = xstrdup(path);

	while (!is_directory(at)) {
		char *slash = strrchr(at, '/');

		if (!slash || at[1] == '\0')
			break;
		slash[slash == at ? 1 : 0] = '\0';
	}
	directory(arg, at);
	free(at);
}

static void
report_directory(const struct walk *walk, const char *path)
{
	if (walk->directory)
		discover_directory(path, walk->directory, walk->arg);
}

/* Kept without what all of them begin with. */
static void
add_found(struct walk *walk)
{
	paths_add(&walk->found, walk_path(walk) + walk->start.len);
}

static void walk_from(struct walk *walk, size_t component, int depth);

/* Whether the walk may go down into the entry just listed. */
static bool
may_descend(struct walk *walk, const struct dirent *entry, bool follow)
{
	struct stat st;

	if (entry->d_type == DT_DIR)
		return true;
	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return false;
	if (follow)
		return is_directory(walk_path(walk));
	return lstat(walk_path(walk), &st) == 0 && S_ISDIR(st.st_mode);
}

static void
visit_entry(
    struct walk *walk, const struct dirent *entry, size_t component, int depth)
{
	const struct component *pattern = &walk->components[component];
	bool last = component + 1 == walk->count;
	size_t before;

	if (!component_matches(pattern, entry->d_name))
		return;
	before = walk_enter(walk, entry->d_name);
	if (last)
		add_found(walk);
	if (is_any_depth(pattern)) {
		if (depth < DISCOVER_DEPTH && may_descend(walk, entry, false))
			walk_from(walk, component, depth + 1);
	} else if (!last && may_descend(walk, entry, true)) {
		walk_from(walk, component + 1, depth);
	}
	walk_leave(walk, before);
}

static void
walk_listing(struct walk *walk, size_t component, int depth)
{
	struct dirent *entry;
	DIR *stream;

	if (!walk->started)
		buf_add_span(&walk->start, buf_span(&walk->path));
	walk->started = true;
	report_directory(walk, walk_path(walk));
	stream = opendir(walk_path(walk));
	if (!stream) {
		if (!discover_is_absence(errno))
			walk->error = errno;
		return;
	}
	while (errno = 0, (entry = readdir(stream)))
		visit_entry(walk, entry, component, depth);
	if (errno)
		walk->error = errno;
	closedir(stream);
}

static void
walk_literal(struct walk *walk, size_t component, int depth)
{
	bool last = component + 1 == walk->count;
	struct stat st;
	size_t before;

	if (last)
		report_directory(walk, walk_path(walk));
	before = walk_enter(walk, walk->components[component].text);
	if (!last)
		walk_from(walk, component + 1, depth);
	else if (lstat(walk_path(walk), &st) == 0)
		add_found(walk);
	walk_leave(walk, before);
}

/* Depth of recursion: the components, plus DISCOVER_DEPTH for each "**". */
static void
walk_from(struct walk *walk, size_t component, int depth)
{
	const struct component *pattern = &walk->components[component];

	if (is_any_depth(pattern) && component + 1 < walk->count)
		walk_from(walk, component + 1, depth);
	if (pattern->wild)
		walk_listing(walk, component, depth);
	else
		walk_literal(walk, component, depth);
}

/* Cuts text at its slashes; "**" twice in a row is one.  False when there is
 * nothing or far too much. */
static bool
split(struct walk *walk, char *text, bool is_pattern)
{
	char *rest = text;
	char *part;

	while ((part = strsep(&rest, "/"))) {
		struct component new = {.text = part};

		new.wild = is_pattern &&discover_has_wildcard(part);
		if (!*part ||
		    (walk->count && is_any_depth(&new) &&
			is_any_depth(&walk->components[walk->count - 1])))
			continue;
		if (walk->count == COMPONENTS_MAX)
			return false;
		if (is_pattern && !new.wild)
			unescape(part);
		walk->components[walk->count++] = new;
	}
	return walk->count > 0;
}

static void
each_match(struct walk *walk, void (*match)(void *arg, const char *path))
{
	const char **list = paths_sorted(&walk->found);

	for (size_t i = 0; i < walk->found.count; i++) {
		if (i > 0 && strcmp(list[i], list[i - 1]) == 0)
			continue;
		buf_reset(&walk->path);
		buf_add_span(&walk->path, buf_span(&walk->start));
		buf_add_str(&walk->path, list[i]);
		match(walk->arg, buf_str(&walk->path));
	}
	free(list);
}

static void
literal_path(const char *pattern, struct walk *walk,
    void (*match)(void *arg, const char *path))
{
	char *path = xstrdup(pattern);
	char *directory;

	unescape(path);
	directory = path_directory(path);
	report_directory(walk, directory);
	match(walk->arg, path);
	free(directory);
	free(path);
}

int
discover_each(const char *pattern, void (*match)(void *arg, const char *path),
    void (*directory)(void *arg, const char *path), void *arg)
{
	struct walk walk = {.directory = directory, .arg = arg};
	char *copy;

	if (!discover_has_wildcard(pattern)) {
		literal_path(pattern, &walk, match);
		return 0;
	}
	copy = xstrdup(pattern);
	if (split(&walk, copy, true)) {
		walk_from(&walk, 0, 0);
		each_match(&walk, match);
	}
	buf_release(&walk.found.text);
	buf_release(&walk.path);
	buf_release(&walk.start);
	free(copy);
	errno = walk.error;
	return walk.error ? -1 : 0;
}

/* --- Matching without looking ----------------------------------------- */

/* Only the last "**" seen can need another try, as with stars in a name. */
static bool
components_match(const struct walk *want, const struct walk *have)
{
	size_t p = 0, n = 0, retry_p = SIZE_MAX, retry_n = 0;

	while (n < have->count) {
		const char *name = have->components[n].text;

		if (p < want->count && is_any_depth(&want->components[p])) {
			retry_p = ++p;
			retry_n = n;
		} else if (p < want->count &&
			   component_matches(&want->components[p], name)) {
			p++;
			n++;
		} else if (retry_p != SIZE_MAX &&
			   have->components[retry_n].text[0] != '.') {
			p = retry_p;
			n = ++retry_n;
		} else {
			return false;
		}
	}
	while (p < want->count && is_any_depth(&want->components[p]))
		p++;
	return p == want->count;
}

static bool
whole_path_matches(const char *pattern, const char *path)
{
	struct walk want = {0}, have = {0};
	char *pattern_copy = xstrdup(pattern);
	char *path_copy = xstrdup(path);
	bool result = split(&want, pattern_copy, true) &&
		      split(&have, path_copy, false) &&
		      components_match(&want, &have);

	free(pattern_copy);
	free(path_copy);
	return result;
}

bool
discover_matches(const char *pattern, const char *path)
{
	return fnmatch(pattern, path_name(path).data, FNM_PERIOD) == 0 ||
	       (strchr(pattern, '/') && whole_path_matches(pattern, path));
}

bool
discover_is_binary(const char *path)
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
