/*
 * plan_files: reads rule files and directories of them.
 *
 * Hides that each file is read and translated once, however many rules name
 * it, and keeps the texts and the file names that origins point to.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/durable.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/plan_files.h"
#include "ctaild/plan_marks.h"
#include "judge/pattern_file.h"

struct plan_files {
	struct map *files; /* struct pattern_file by path */
	struct map *told;
	struct plan_marks *marks;
};

struct plan_files *
plan_files_new(void)
{
	struct plan_files *files = xcalloc(1, sizeof(*files));

	files->files = map_new();
	files->told = map_new();
	files->marks = plan_marks_new();
	return files;
}

void
plan_files_release(struct setting_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	*list = (struct setting_list){NULL, 0};
}

static void
pattern_file_free(void *arg)
{
	struct pattern_file *file = arg;

	plan_files_release(&file->patterns);
	plan_files_release(&file->mistakes);
	plan_files_release(&file->remarks);
	free(file->path);
	free(file);
}

void
plan_files_free(struct plan_files *files)
{
	map_free(files->files, pattern_file_free);
	map_free(files->told, NULL);
	plan_marks_free(files->marks);
	free(files);
}

void
plan_list_add(struct setting_list *list, struct setting_item item)
{
	if (!(list->count & (list->count - 1)))
		list->items = xreallocarray(list->items,
		    list->count ? list->count * 2 : 1, sizeof(*list->items));
	list->items[list->count++] = item;
}

static void
list_say(struct setting_list *list, struct origin origin, const char *text)
{
	plan_list_add(list, (struct setting_item){xstrdup(text), origin});
}

static void
pattern_file_add(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct pattern_file *file = arg;

	if (pattern)
		list_say(&file->patterns, origin, pattern);
	if (mistake)
		list_say(pattern ? &file->remarks : &file->mistakes, origin,
		    mistake);
}

const struct pattern_file *
plan_files_get(struct plan_files *files, const char *path, struct err *err)
{
	struct pattern_file *file = map_get(files->files, span_str(path));
	struct buf bytes = BUF_INIT;
	const char *slash;

	if (file)
		return file;
	plan_marks_file(files->marks, path);
	if (durable_read(path, PATTERN_FILE_BYTES_MAX, &bytes, err)) {
		buf_release(&bytes);
		return NULL;
	}
	file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	slash = strrchr(file->path, '/');
	file->name = slash ? slash + 1 : file->path;
	map_put(files->files, span_str(path), file);
	pattern_file_each(file->path, buf_span(&bytes), pattern_file_add, file);
	buf_release(&bytes);
	return file;
}

static int
by_text(const void *a, const void *b)
{
	const struct setting_item *one = a, *other = b;

	return strcmp(one->text, other->text);
}

/* What counts of a directory. */
struct listing {
	struct setting_list files;
	struct setting_list absent; /* links to nothing, for now */
};

static void
listing_release(struct listing *listing)
{
	plan_files_release(&listing->files);
	plan_files_release(&listing->absent);
}

static void
listing_add(struct listing *listing, const char *path, const char *name)
{
	struct buf full = BUF_INIT;
	struct stat st;
	bool there;

	buf_addf(&full, "%s%s%s", path,
	    path[strlen(path) - 1] == '/' ? "" : "/", name);
	there = stat(buf_str(&full), &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		buf_release(&full);
	else
		plan_list_add(there ? &listing->files : &listing->absent,
		    (struct setting_item){buf_take(&full), {NULL, 0}});
}

static void
sort(struct setting_list *list)
{
	if (list->count)
		qsort(
		    list->items, list->count, sizeof(*list->items), by_text);
}

static int
listing_read(const char *path, struct listing *listing)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	*listing = (struct listing){{NULL, 0}, {NULL, 0}};
	if (!directory)
		return -1;
	while ((entry = readdir(directory)))
		if (pattern_file_name_counts(span_str(entry->d_name)))
			listing_add(listing, path, entry->d_name);
	closedir(directory);
	sort(&listing->files);
	sort(&listing->absent);
	return 0;
}

/* The names one a line: none has a newline in it. */
static void
listing_names(const struct listing *listing, struct buf *out)
{
	for (size_t i = 0; i < listing->files.count; i++)
		buf_addf(out, "%s\n", listing->files.items[i].text);
	for (size_t i = 0; i < listing->absent.count; i++)
		buf_addf(out, "%s\n", listing->absent.items[i].text);
}

/* For plan_marks: what it finds in a directory now. */
static bool
directory_names(const char *path, struct buf *out)
{
	struct listing listing;
	bool listed = listing_read(path, &listing) == 0;

	listing_names(&listing, out);
	listing_release(&listing);
	return listed;
}

int
plan_files_list(
    struct plan_files *files, const char *path, struct setting_list *out)
{
	struct listing listing;
	struct buf names = BUF_INIT;

	plan_marks_directory(files->marks, path);
	if (listing_read(path, &listing))
		return -1;
	listing_names(&listing, &names);
	plan_marks_names(files->marks, path, buf_span(&names));
	for (size_t i = 0; i < listing.absent.count; i++)
		plan_marks_file(files->marks, listing.absent.items[i].text);
	*out = listing.files;
	plan_files_release(&listing.absent);
	buf_release(&names);
	return 0;
}

void
plan_files_missing(struct plan_files *files, const char *path)
{
	plan_marks_directory(files->marks, path);
}

bool
plan_files_look(struct plan_files *files)
{
	return plan_marks_look(files->marks, directory_names);
}

bool
plan_files_tell_once(struct plan_files *files, struct span name)
{
	return !map_put(files->told, name, files);
}
