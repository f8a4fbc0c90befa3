/*
 * plan_files: reads what match_file and exclude_file name.
 *
 * Hides that each file is read and translated once, however many rules name
 * it, and keeps the texts and the file names that origins point to.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/durable.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "judge/pattern_file.h"

struct pattern_file {
	char *path;
	struct setting_list patterns;
	struct setting_list mistakes; /* sentences, with their lines */
};

struct plan_files {
	struct map *files; /* struct pattern_file by path */
};

/* One list in the making. */
struct gathering {
	struct plan_builder *builder;
	const char *key;
	struct origin origin; /* of the path that is read */
	bool may_skip;
	struct setting_list list;
};

struct plan_files *
plan_files_new(void)
{
	struct plan_files *files = xcalloc(1, sizeof(*files));

	files->files = map_new();
	return files;
}

static void
texts_release(struct setting_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
}

static void
pattern_file_free(void *arg)
{
	struct pattern_file *file = arg;

	texts_release(&file->patterns);
	texts_release(&file->mistakes);
	free(file->path);
	free(file);
}

void
plan_files_free(struct plan_files *files)
{
	map_free(files->files, pattern_file_free);
	free(files);
}

static void
list_add(struct setting_list *list, struct setting_item item)
{
	/* Room is made whenever the count is a power of two. */
	if (!(list->count & (list->count - 1)))
		list->items = xreallocarray(list->items,
		    list->count ? list->count * 2 : 1, sizeof(*list->items));
	list->items[list->count++] = item;
}

static void
pattern_file_add(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct pattern_file *file = arg;
	struct setting_item item = {
	    xstrdup(pattern ? pattern : mistake), origin};

	list_add(pattern ? &file->patterns : &file->mistakes, item);
}

/* NULL with a sentence when it cannot be read. */
static const struct pattern_file *
pattern_file_read(struct plan_files *files, const char *path, struct err *err)
{
	struct pattern_file *file = map_get(files->files, span_str(path));
	struct buf bytes = BUF_INIT;

	if (file)
		return file;
	if (durable_read(path, PATTERN_FILE_BYTES_MAX, &bytes, err))
		return NULL;
	file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	map_put(files->files, span_str(path), file);
	pattern_file_each(file->path, buf_span(&bytes), pattern_file_add, file);
	buf_release(&bytes);
	return file;
}

__attribute__((format(printf, 2, 3))) static void
gather_error(const struct gathering *gathering, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	conf_error(gathering->builder->errors, gathering->origin,
	    "[rule %s] %s: %s", gathering->builder->section->name,
	    gathering->key, text);
}

static void
gather_mistakes(
    struct gathering *gathering, const struct setting_list *mistakes)
{
	const struct plan_builder *builder = gathering->builder;

	for (size_t i = 0; i < mistakes->count; i++)
		conf_error(gathering->may_skip ? &builder->plan->warnings
					       : builder->errors,
		    mistakes->items[i].origin, "[rule %s] %s: %s%s",
		    builder->section->name, gathering->key,
		    gathering->may_skip ? "this line is skipped: " : "",
		    mistakes->items[i].text);
}

static void
gather_file(struct gathering *gathering, const char *path)
{
	struct err err = ERR_INIT;
	const struct pattern_file *file =
	    pattern_file_read(gathering->builder->plan->files, path, &err);

	if (!file) {
		gather_error(gathering, "%s", err.text);
		return;
	}
	gather_mistakes(gathering, &file->mistakes);
	if (gathering->list.count + file->patterns.count >
	    PATTERN_FILE_PATTERNS_MAX) {
		gather_error(gathering,
		    "with %s there are more than %d patterns", path,
		    PATTERN_FILE_PATTERNS_MAX);
		return;
	}
	for (size_t i = 0; i < file->patterns.count; i++)
		list_add(&gathering->list, file->patterns.items[i]);
}

static int
by_name(const void *a, const void *b)
{
	const struct setting_item *one = a, *other = b;

	return strcmp(one->text, other->text);
}

/* The paths of the files in it that count. */
static int
directory_list(const char *path, struct setting_list *out)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	if (!directory)
		return -1;
	while ((entry = readdir(directory))) {
		struct buf name = BUF_INIT;
		struct stat st;

		if (!pattern_file_name_counts(span_str(entry->d_name)))
			continue;
		buf_addf(&name, "%s%s%s", path,
		    path[strlen(path) - 1] == '/' ? "" : "/", entry->d_name);
		if (stat(buf_str(&name), &st) == 0 && S_ISREG(st.st_mode))
			list_add(out,
			    (struct setting_item){buf_take(&name), {NULL, 0}});
		else
			buf_release(&name);
	}
	closedir(directory);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_name);
	return 0;
}

static void
gather_directory(struct gathering *gathering, const char *path)
{
	struct setting_list names = {NULL, 0};

	if (directory_list(path, &names))
		gather_error(gathering, "cannot read the directory %s: %s",
		    path, strerror(errno));
	else if (!names.count && gathering->may_skip)
		conf_error(&gathering->builder->plan->warnings,
		    gathering->origin,
		    "[rule %s] %s: no file in %s counts; names of letters, "
		    "digits, _ and - do",
		    gathering->builder->section->name, gathering->key, path);
	for (size_t i = 0; i < names.count; i++)
		gather_file(gathering, names.items[i].text);
	texts_release(&names);
}

struct setting_list
plan_files_read(struct plan_builder *builder, const char *key,
    const struct setting_list *paths, bool may_skip)
{
	struct gathering gathering = {
	    .builder = builder, .key = key, .may_skip = may_skip};

	for (size_t i = 0; i < paths->count; i++) {
		const char *path = paths->items[i].text;
		struct stat st;

		gathering.origin = paths->items[i].origin;
		if (stat(path, &st))
			gather_error(&gathering,
			    "cannot read %s: %s; name a file or a directory "
			    "that ctail's user may read",
			    path, strerror(errno));
		else if (S_ISDIR(st.st_mode))
			gather_directory(&gathering, path);
		else
			gather_file(&gathering, path);
	}
	return gathering.list;
}
