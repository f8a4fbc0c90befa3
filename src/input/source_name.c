/*
 * source_name: what a file's name says about whether it is a log.
 *
 * Hides the names of generations, those that everybody knows and a
 * [log]'s own, of compressed files, and of what ctail itself writes.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "input/compression.h"
#include "input/discover.h"
#include "input/offset_file.h"
#include "input/paths.h"
#include "input/rotated_name.h"
#include "input/rotation.h"
#include "input/source_internal.h"

bool
source_is_excluded(const struct log_settings *settings, const char *path)
{
	for (size_t i = 0; i < settings->exclude_path.count; i++) {
		if (discover_matches(
			settings->exclude_path.items[i].text, path))
			return true;
	}
	return false;
}

bool
source_is_of_log(const struct log_settings *settings, const char *path)
{
	bool of_log = false;

	for (size_t i = 0; i < settings->path.count && !of_log; i++)
		of_log = discover_matches(settings->path.items[i].text, path);
	return of_log && !source_is_excluded(settings, path);
}

static bool
is_file(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* --- The usual names ---------------------------------------------------- */

struct neighbour {
	const struct source *source;
	struct span directory;
};

static bool
is_log_there(void *arg, struct span base)
{
	const struct neighbour *neighbour = arg;
	char *path = path_join(neighbour->directory, base);
	bool result = source_find(neighbour->source, path) || is_file(path);

	free(path);
	return result;
}

static bool
is_usual_generation(const struct source *source, const char *path)
{
	struct neighbour neighbour = {source, path_directory_span(path)};

	return rotation_of_any(path_name(path), is_log_there, &neighbour);
}

/* --- A log's own names -------------------------------------------------- */

struct section {
	const struct source *source;
	size_t log;
};

/* Somewhere a log of this section has that name. */
static bool
is_name_there(const struct section *section, struct span base)
{
	const struct source *source = section->source;

	for (size_t i = 0; i < source->file_count; i++) {
		const struct file *file = source->files[i];

		if (file->log == section->log &&
		    span_equal(path_name(follow_path(file->follow)), base))
			return true;
	}
	return false;
}

static bool
is_of_section(void *arg, struct span directory, struct span base)
{
	const struct section *section = arg;
	const struct source *source = section->source;
	const struct file *file;
	char *path;
	bool result;

	if (!directory.data)
		return is_name_there(section, base);
	path = path_join(directory, base);
	file = source_find(source, path);
	result = file ? file->log == section->log
		      : is_file(path) &&
			    source_is_of_log(
				source->logs[section->log].settings, path);
	free(path);
	return result;
}

static bool
is_own_generation(const struct source *source, const char *path)
{
	struct section section = {.source = source};

	for (; section.log < source->log_count; section.log++) {
		const struct setting_list *rotated =
		    &source->logs[section.log].settings->rotated;

		for (size_t i = 0; i < rotated->count; i++) {
			if (rotated_name_of_any(rotated->items[i].text, path,
				is_of_section, &section))
				return true;
		}
	}
	return false;
}

bool
source_is_no_log(const struct source *source, const char *path)
{
	struct span name = path_name(path);

	return compression_of(name, NULL) != COMPRESSION_NONE ||
	       offset_file_is_own(name) || is_usual_generation(source, path) ||
	       is_own_generation(source, path);
}
