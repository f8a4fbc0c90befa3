/*
 * targets: arguments to paths of logs.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctail/targets.h"
#include "input/discover.h"
#include "input/offset_file.h"
#include "input/paths.h"
#include "input/rotation.h"

static const struct stat nothing;

struct search {
	struct targets *targets;
	struct map *seen; /* device and inode of what is in the list */
	size_t capacity;
	size_t strip; /* of a match: the working directory */
	bool matched; /* the present pattern, something */
};

static bool
is_known(struct search *search, const struct stat *st)
{
	uint64_t identity[2] = {st->st_dev, st->st_ino};

	return map_put(search->seen,
		   span_of((const char *)identity, sizeof(identity)),
		   search) != NULL;
}

static void
add(struct search *search, const char *path, const struct stat *st)
{
	struct targets *targets = search->targets;

	if (targets->count == search->capacity) {
		search->capacity = search->capacity ? 2 * search->capacity : 8;
		targets->items = xreallocarray(
		    targets->items, search->capacity, sizeof(*targets->items));
	}
	targets->items[targets->count++] =
	    (struct target){.path = xstrdup(path), .st = *st};
}

struct base_search {
	struct span directory;
};

/* A log of that name is there, or was read. */
static bool
is_log_there(void *arg, struct span base)
{
	const struct base_search *search = arg;
	char *path = path_join(search->directory, base);
	struct buf offset = BUF_INIT;
	bool there = access(path, F_OK) == 0;

	buf_addf(&offset, "%s.offset", path);
	there = there || access(buf_str(&offset), F_OK) == 0;
	buf_release(&offset);
	free(path);
	return there;
}

static bool
is_something_else(const char *path)
{
	struct base_search search = {.directory = path_directory_span(path)};
	struct span name = path_name(path);

	return offset_file_is_own(name) ||
	       compression_of(name, NULL) != COMPRESSION_NONE ||
	       rotation_of_any(name, is_log_there, &search);
}

static void
add_match(void *arg, const char *found)
{
	struct search *search = arg;
	const char *path = found + search->strip;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    is_something_else(path))
		return;
	search->matched = true;
	if (!is_known(search, &st))
		add(search, path, &nothing);
}

/* Patterns are absolute for discover.h: the working directory goes before,
 * taken literally, and is taken off again. */
static char *
make_absolute(const char *pattern, size_t *strip_out)
{
	char *here = *pattern == '/' ? NULL : realpath(".", NULL);
	struct buf out = BUF_INIT;

	for (const char *at = here; at && *at; at++) {
		if (strchr("*?[\\", *at))
			buf_add_byte(&out, '\\');
		buf_add_byte(&out, *at);
	}
	*strip_out = 0;
	if (here) {
		size_t len = strlen(here);

		*strip_out = len + (here[len - 1] != '/');
		if (here[len - 1] != '/')
			buf_add_byte(&out, '/');
	}
	buf_add_str(&out, pattern);
	free(here);
	return buf_take(&out);
}

static enum exit_status
expand(struct search *search, const char *pattern)
{
	char *absolute = make_absolute(pattern, &search->strip);

	search->matched = false;
	discover_each(absolute, add_match, NULL, search);
	free(absolute);
	if (search->matched)
		return STATUS_OK;
	diag(DIAG_ERROR, "no log matches %s", pattern);
	return STATUS_NO_LOG;
}

static enum exit_status
find_all(const struct options *options, struct search *search)
{
	enum exit_status status = STATUS_OK;

	for (int i = 0; i < options->count; i++) {
		const char *log = options->logs[i];
		struct stat named, st;

		if (lstat(log, &named) == 0 && !S_ISLNK(named.st_mode)) {
			if (!is_known(search, &named))
				add(search, log, &named);
		} else if (stat(log, &st) == 0) {
			if (!is_known(search, &st))
				add(search, log, &nothing);
		} else if (discover_has_wildcard(log)) {
			status = status_worse(status, expand(search, log));
		} else {
			add(search, log, &nothing);
		}
	}
	return status;
}

enum exit_status
targets_find(const struct options *options, struct targets *out)
{
	struct search search = {.targets = out};
	enum exit_status status;

	*out = (struct targets){0};
	/* One log, the everyday case, costs nothing here. */
	if (options->count == 1 &&
	    (options->dialect != DIALECT_CTAIL ||
		!discover_has_wildcard(options->logs[0]))) {
		add(&search, options->logs[0], &nothing);
		return STATUS_OK;
	}
	search.seen = map_new();
	status = find_all(options, &search);
	map_free(search.seen, NULL);
	return status;
}

void
targets_release(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		free(targets->items[i].path);
	free(targets->items);
}
