/*
 * conf_include: which further files a configuration names.
 *
 * Hides globbing: names are relative to the including file, every pattern's
 * files come in the order of their bytes (never of a locale), and no file
 * comes twice.
 */
#include "config.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "conf/conf_internal.h"

static bool
is_magic(char byte)
{
	return byte == '*' || byte == '?' || byte == '[' || byte == '\\';
}

/* The directory of from in front of a relative pattern; what is special to
 * glob in the directory's own name is escaped. */
static char *
include_pattern(const char *from, const char *pattern)
{
	struct buf out = BUF_INIT;
	const char *slash = strrchr(from, '/');

	if (pattern[0] != '/' && slash != NULL) {
		for (const char *byte = from; byte <= slash; byte++) {
			if (is_magic(*byte))
				buf_add_byte(&out, '\\');
			buf_add_byte(&out, *byte);
		}
	}
	buf_add_str(&out, pattern);
	return buf_take(&out);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
is_read(const struct conf *conf, const char *path)
{
	for (size_t i = 0; i < conf->file_count; i++) {
		if (!strcmp(conf->files[i], path))
			return true;
	}
	return false;
}

static bool
has_magic(const char *pattern)
{
	while (*pattern && !is_magic(*pattern))
		pattern++;
	return *pattern != '\0';
}

/* What glob found none of; for a single sink that is another's mistake. */
static void
include_report(struct conf_builder *builder, struct conf_entry *agent,
    const char *from, const struct setting_item *item, int result)
{
	if (builder->only_sink != NULL)
		return;
	if (result != GLOB_NOMATCH)
		conf_entry_error(builder, agent, item->origin,
		    "include: a directory of `%s' cannot be read", item->text);
	else if (!has_magic(item->text))
		conf_entry_error(builder, agent, item->origin,
		    "include: there is no file `%s' (beside %s)", item->text,
		    from);
}

/* Asked by glob, which would pass over what it cannot list: the rules in there
 * must not be missed in silence. */
static int
include_unlisted(const char *directory, int error)
{
	(void)directory;
	return error != ENOENT && error != ENOTDIR;
}

static void
include_item(struct conf_builder *builder, struct conf_entry *agent,
    const char *from, const struct setting_item *item,
    void (*read)(struct conf_builder *builder, const char *path))
{
	char *pattern = include_pattern(from, item->text);
	glob_t found = {0};
	int result = glob(pattern, GLOB_NOSORT, include_unlisted, &found);

	free(pattern);
	if (result != 0) {
		include_report(builder, agent, from, item, result);
		globfree(&found);
		return;
	}
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv),
	    compare_paths);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		if (!is_read(builder->conf, found.gl_pathv[i]))
			read(builder, found.gl_pathv[i]);
	}
	globfree(&found);
}

void
conf_include(struct conf_builder *builder, const char *from,
    void (*read)(struct conf_builder *builder, const char *path))
{
	struct conf_entry *entry = conf_find_agent(builder->conf);
	const struct agent_settings *agent = entry->section.settings;

	/* read changes other sections only: [agent] of an included file
	 * must not include. */
	for (size_t i = 0; i < agent->include.count; i++)
		include_item(
		    builder, entry, from, &agent->include.items[i], read);
}
