/*
 * rotated_name: takes a pattern off a path, from behind.
 *
 * Hides that a pattern with a directory of its own says where the log is only
 * when it goes down from there.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/discover.h"
#include "input/paths.h"
#include "input/rotated_name.h"

#define PLACE "%s"

struct asked {
	const char *name;      /* of the file, its last component */
	char *before, *behind; /* the pattern around its %s, globs */
	struct span directory;
	bool same_directory;
	bool (*is)(void *arg, struct span directory, struct span base);
	void *arg;
};

static const struct span anywhere = {NULL, 0};

/* --- Directories -------------------------------------------------------- */

/* Without its slashes at the end. */
static struct span
strip(struct span path)
{
	while (path.len > 0 && path.data[path.len - 1] == '/')
		path.len--;
	return path;
}

/* Takes the last component off path, which has no slash at its end. */
static struct span
take_last(struct span *path)
{
	size_t at = path->len;
	struct span last;

	while (at > 0 && path->data[at - 1] != '/')
		at--;
	last = span_of(path->data + at, path->len - at);
	*path = strip(span_of(path->data, at));
	return last;
}

static bool
glob_matches(struct span glob, struct span name)
{
	char *pattern = xstrndup(glob.data, glob.len);
	char *text = xstrndup(name.data, name.len);
	bool result = fnmatch(pattern, text, FNM_PERIOD) == 0;

	free(pattern);
	free(text);
	return result;
}

/* Where the log would be; false when the file is in no such directory. */
static bool
find_directory(const char *pattern, const char *path, struct span *out)
{
	struct span want = strip(path_directory_span(pattern));
	struct span whole = path_directory_span(path);
	struct span have = strip(whole);

	*out = anywhere;
	if (pattern[0] == '/') {
		char *glob = xstrndup(want.data, want.len);
		char *directory = path_directory(path);
		bool result = discover_matches(glob, directory);

		free(glob);
		free(directory);
		return result;
	}
	while (want.len > 0) {
		struct span last = take_last(&want);

		if (span_is(last, ".") || last.len == 0)
			continue;
		if (span_is(last, "..") || span_is(last, "**"))
			return true;
		if (have.len == 0 || !glob_matches(last, take_last(&have)))
			return false;
	}
	*out = span_of(whole.data, have.len < whole.len ? have.len + 1 : 0);
	return true;
}

/* --- Names -------------------------------------------------------------- */

/* Every base that begins at start, the longest first. */
static bool
try_from(const struct asked *asked, size_t start)
{
	size_t len = strlen(asked->name);

	for (size_t end = len; end > start; end--) {
		struct span base = span_of(asked->name + start, end - start);
		bool itself = asked->same_directory && base.len == len;

		if (!itself &&
		    fnmatch(asked->behind, asked->name + end, 0) == 0 &&
		    asked->is(asked->arg, asked->directory, base))
			return true;
	}
	return false;
}

static bool
try_all(const struct asked *asked)
{
	char *front = xstrdup(asked->name);
	bool found = false;

	for (size_t start = strlen(front); start-- > 0 && !found;) {
		front[start] = '\0';
		found = fnmatch(asked->before, front, 0) == 0 &&
			try_from(asked, start);
	}
	free(front);
	return found;
}

bool
rotated_name_of_any(const char *pattern, const char *path,
    bool (*is)(void *arg, struct span directory, struct span base), void *arg)
{
	struct asked asked = {
	    .name = path_name(path).data, .is = is, .arg = arg};
	const char *last = path_name(pattern).data;
	const char *place = strstr(last, PLACE);
	bool found;

	if (!place || !find_directory(pattern, path, &asked.directory))
		return false;
	asked.same_directory =
	    asked.directory.data &&
	    asked.directory.len == path_directory_span(path).len;
	asked.before = xstrndup(last, (size_t)(place - last));
	asked.behind = xstrdup(place + strlen(PLACE));
	found = try_all(&asked);
	free(asked.before);
	free(asked.behind);
	return found;
}
