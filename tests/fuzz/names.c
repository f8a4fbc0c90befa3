/*
 * Fuzzes what looks at file names: rotation suffixes, users' patterns for
 * them, and globs.  The input is a pattern or a name, a NUL, and a path.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "input/discover.h"
#include "input/rotation.h"

struct asked {
	struct span name;
	size_t count;
};

/* Every base that is proposed must agree. */
static bool
is_consistent(void *arg, struct span base)
{
	struct asked *asked = arg;
	struct rotation_name parsed;

	if (!rotation_parse(asked->name, base, &parsed) || !parsed.ranked)
		abort();
	return ++asked->count == 1000;
}

static void
names(struct span name, struct span base)
{
	struct asked asked = {.name = name};
	struct rotation_name parsed, user;
	struct span plain;

	compression_of(name, &plain);
	if (plain.len > name.len || plain.data != name.data)
		abort();
	rotation_parse_user(name, base, &user);
	if (rotation_parse(name, base, &parsed) &&
	    (!parsed.ranked || parsed.family != user.family ||
		parsed.rank != user.rank))
		abort();
	if (name.len < 256)
		rotation_of_any(name, is_consistent, &asked);
}

/* The glob of a pattern without wildcards of its own matches the path that it
 * describes, whatever bytes are in that. */
static void
globs(const char *pattern, const char *path)
{
	char *glob = rotation_pattern_glob(pattern, path);

	discover_has_wildcard(glob);
	discover_matches(glob, path);
	if (strcmp(pattern, "%s") == 0 && path[0] == '/' && path[1] &&
	    !strstr(path, "//") && path[strlen(path) - 1] != '/' &&
	    strlen(path) < 200 && !discover_matches(glob, path))
		abort();
	free(glob);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	const char *split = len ? memchr(bytes, '\0', len) : NULL;
	size_t first = split ? (size_t)(split - text) : len;
	struct span a = span_of(text, first);
	struct span b =
	    split ? span_of(split + 1, len - first - 1) : span_of("", 0);
	char *pattern = strndup(a.data, a.len);
	char *path = strndup(b.data, b.len);

	if (!pattern || !path)
		abort();
	names(a, b);
	if (len < 4096) {
		discover_matches(pattern, path);
		globs(pattern, path);
		globs("%s", path);
	}
	discover_has_wildcard(pattern);
	rotation_pattern_check(pattern, NULL);
	free(pattern);
	free(path);
	return 0;
}
