/*
 * source_status: what a source says of its files to whoever asks.
 *
 * Changes nothing.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/source_internal.h"

bool
source_is_caught_up(const struct source *source)
{
	if (source->epoch == 0 || source->discover_wanted ||
	    source->ready_first)
		return false;
	for (size_t i = 0; i < source->file_count; i++) {
		if (source->files[i]->waiting)
			return false;
	}
	return true;
}

bool
source_is_waiting(const struct source *source)
{
	return source->unfinished > 0;
}

static bool
is_polled(const struct file *file)
{
	return file->polled || strcmp(watch_backend(), "poll") == 0;
}

/* What a look would find of a file that none was taken at: where no agent
 * runs, those who ask have only this. */
static enum file_state
foresee(const struct file *file)
{
	const char *path = follow_path(file->follow);
	struct stat st;

	if (file->state != FILE_NEW)
		return file->state;
	if (stat(path, &st))
		return errno == ENOENT || errno == ENOTDIR ? FILE_MISSING
							   : FILE_UNREADABLE;
	if (!S_ISREG(st.st_mode))
		return FILE_NOT_A_FILE;
	return access(path, R_OK) ? FILE_UNREADABLE : FILE_NEW;
}

static const char *
state_name(const struct file *file)
{
	static const char *const names[] = {
	    [FILE_NEW] = "not watched",
	    [FILE_MISSING] = "missing",
	    [FILE_UNREADABLE] = "unreadable",
	    [FILE_NOT_A_FILE] = "not a file",
	    [FILE_VANISHED] = "vanished",
	};
	enum file_state state = foresee(file);

	if (file->copy)
		return "copy";
	if (state != FILE_READ)
		return names[state];
	return is_polled(file) ? "polling" : watch_backend();
}

static struct source_file
describe(const struct source *source, const struct file *file)
{
	const char *path = follow_path(file->follow);
	struct stat st;

	return (struct source_file){
	    .path = path,
	    .log = source->logs[file->log].name,
	    .offset = follow_position(file->follow)->offset,
	    .size = stat(path, &st) == 0 ? st.st_size : -1,
	    .lines = file->lines,
	    .bytes = file->bytes,
	    .cut = file->cut,
	    .partial = file->partial,
	    .gaps = follow_gaps(file->follow),
	    .records = file->records,
	    .read_ms = file->read_ms,
	    .state = state_name(file),
	    .why = file->polled ? file->why : NULL,
	};
}

void
source_files(struct source *source,
    void (*each)(void *arg, const struct source_file *file), void *arg)
{
	for (size_t i = 0; i < source->file_count; i++) {
		struct source_file row = describe(source, source->files[i]);

		each(arg, &row);
	}
}
