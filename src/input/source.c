/*
 * source: when which file is looked at.
 *
 * Hides the queue of files that are to be read now, the heap of those that
 * are to be looked at later, and the versions of their positions.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/source_internal.h"

#define SPARE_DESCRIPTORS 64 /* for what is no log */
#define LOOK_COST                                                              \
	4096 /* in bytes, so that a turn with nothing new ends too             \
	      */
#define BUFFER_KEPT (2 * FOLLOW_BLOCK)
#define LONG_AGO (-SOURCE_SWEEP_MS)

/* --- Making and ending -------------------------------------------------- */

/* A log has one, and more for a while after each rotation.  A small limit is
 * split so that most of it stays for what is no log. */
static size_t
open_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	if (limit.rlim_cur < 2 * SPARE_DESCRIPTORS)
		return 1 + (size_t)limit.rlim_cur / 4;
	return (size_t)limit.rlim_cur - SPARE_DESCRIPTORS;
}

static void
make_options(struct source *source)
{
	source->options =
	    xcalloc(source->log_count + 1, sizeof(*source->options));
	for (size_t i = 0; i < source->log_count; i++) {
		const struct source_log *log = &source->logs[i];

		source->options[i] = (struct follow_options){
		    .rotated = &log->settings->rotated,
		    .unpacker = log->unpacker,
		    .max_line = (size_t)log->settings->max_line,
		};
	}
}

struct record_rule
source_record_rule(const struct source_log *log, size_t index,
    const struct source_handler *handler)
{
	return (struct record_rule){
	    .max_line = (size_t)log->settings->max_line,
	    .joins = log->settings->record != NULL,
	    .limit = log->settings->record_limit,
	    .place = handler->place,
	    .arg = handler->arg,
	    .log = index,
	};
}

struct follow *
source_follow(const struct source *source, size_t log, const char *path,
    const struct checkpoint *checkpoint)
{
	return follow_new(path, &source->options[log], checkpoint);
}

static void
copy_known(struct source *source)
{
	size_t count = 0, at = 0;

	for (size_t i = 0; i < source->log_count; i++)
		count += source->logs[i].settings->path.count;
	source->known = xcalloc(count, sizeof(bool));
	source->told_missing = xcalloc(count, sizeof(bool));
	for (size_t i = 0; i < source->log_count; i++) {
		const struct source_log *log = &source->logs[i];

		for (size_t j = 0; j < log->settings->path.count; j++)
			source->known[at++] = log->known && log->known[j];
	}
}

struct source *
source_new(const struct source_log *logs, size_t count,
    struct source_handler handler, struct err *err)
{
	struct watch *watch = watch_new(err);
	struct source *source;

	if (!watch)
		return NULL;
	source = xcalloc(1, sizeof(*source));
	source->watch = watch;
	source->logs = xmemdup(logs, count * sizeof(*logs));
	source->log_count = count;
	source->handler = handler;
	source->directories = map_new();
	source->restored = map_new();
	source->taken_over = map_new();
	source->aliases = map_new();
	source->discover_wanted = true;
	source->hold_until = -1;
	source->open_limit = open_limit();
	make_options(source);
	copy_known(source);
	return source;
}

static void
file_free(struct file *file)
{
	follow_free(file->follow);
	source_forget_copy(file);
	source_free_unfinished(file);
	free(file);
}

void
source_free(struct source *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < source->file_count; i++)
		file_free(source->files[i]);
	free(source->files);
	free(source->watched);
	map_free(source->directories, free);
	source_free_restored(source);
	source_free_lost(source);
	map_free(source->aliases, free);
	heap_release(&source->wakes);
	buf_release(&source->buffer);
	watch_free(source->watch);
	free(source->known);
	free(source->told_missing);
	free(source->options);
	free(source->logs);
	free(source);
}

/* --- The files by path -------------------------------------------------- */

static size_t
place_of(const struct source *source, const char *path)
{
	size_t low = 0, high = source->file_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(follow_path(source->files[middle]->follow), path) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct file *
source_find(const struct source *source, const char *path)
{
	size_t at = place_of(source, path);

	if (at == source->file_count ||
	    strcmp(follow_path(source->files[at]->follow), path) != 0)
		return NULL;
	return source->files[at];
}

void
source_insert(struct source *source, struct file *file)
{
	size_t at = place_of(source, follow_path(file->follow));

	heap_node_init(&file->wake);
	file->watch = file->old_watch = -1;
	file->read_at = LONG_AGO;
	if (source->file_count == source->file_cap) {
		source->file_cap = source->file_cap ? source->file_cap * 2 : 8;
		source->files = xreallocarray(
		    source->files, source->file_cap, sizeof(*source->files));
	}
	memmove(source->files + at + 1, source->files + at,
	    (source->file_count - at) * sizeof(*source->files));
	source->files[at] = file;
	source->file_count++;
	if (map_count(source->restored) > 0)
		source_take_restored(source, file);
}

static void
unlink_ready(struct source *source, struct file *before, struct file *file)
{
	if (before)
		before->next_ready = file->next_ready;
	else
		source->ready_first = file->next_ready;
	if (source->ready_last == file)
		source->ready_last = before;
	file->ready = false;
}

static void
take_from_ready(struct source *source, struct file *file)
{
	struct file *before = NULL;

	for (struct file *at = source->ready_first; at != file;
	     at = at->next_ready)
		before = at;
	unlink_ready(source, before, file);
}

void
source_drop(struct source *source, struct file *file)
{
	size_t at = place_of(source, follow_path(file->follow));

	if (file->ready)
		take_from_ready(source, file);
	heap_remove(&source->wakes, &file->wake);
	source_forget_unfinished(source, file);
	source_unwatch_file(source, file);
	follow_close(file->follow);
	source_count_open(source, file);
	memmove(source->files + at, source->files + at + 1,
	    (source->file_count - at - 1) * sizeof(*source->files));
	source->file_count--;
	file_free(file);
}

/* --- Time --------------------------------------------------------------- */

void
source_make_ready(struct source *source, struct file *file)
{
	if (file->ready)
		return;
	heap_remove(&source->wakes, &file->wake);
	/* The only pass over it has come to its end, though it may grow on;
	 * an open record has still to be closed. */
	if (source->once && file->pass.looked_again && !file->unfinished)
		return;
	file->ready = true;
	file->next_ready = NULL;
	if (source->ready_first)
		source->ready_last->next_ready = file;
	else
		source->ready_first = file;
	source->ready_last = file;
}

static void
wake_at(struct source *source, struct file *file, int64_t when)
{
	if (file->wake.index == HEAP_OUT || file->wake.when > when)
		heap_set(&source->wakes, &file->wake, when);
}

/* At once the first time, then after a pause. */
void
source_dirty(struct source *source, struct file *file)
{
	bool hurry = source->now < source->hurry_until;
	int64_t when = file->read_at + (hurry ? 0 : SOURCE_GAP_MS);

	if (file->ready)
		return;
	if (when <= source->now)
		source_make_ready(source, file);
	else
		wake_at(source, file, when);
}

static struct file *
file_of_node(struct heap_node *node)
{
	return (struct file *)((char *)node - offsetof(struct file, wake));
}

static void
wake_due(struct source *source)
{
	struct heap_node *node;

	while ((node = heap_min(&source->wakes)) && node->when <= source->now)
		source_make_ready(source, file_of_node(node));
}

void
source_rescan(struct source *source)
{
	source->discover_wanted = true;
	source_stale_directories(source);
	for (size_t i = 0; i < source->file_count; i++)
		source_dirty(source, source->files[i]);
}

static void
sweep(struct source *source)
{
	bool due = source->epoch > 0 && source->now >= source->sweep_at;

	if (!due && source->epoch > 0)
		return;
	source->sweep_at = source->now + SOURCE_SWEEP_MS;
	if (!due)
		return;
	for (size_t i = 0; i < source->file_count; i++)
		source->files[i]->polled = false;
	source_rescan(source);
}

static struct file *
next_ready(struct source *source)
{
	struct file *file = source->ready_first;

	if (file) {
		source->ready_first = file->next_ready;
		file->ready = false;
	}
	return file;
}

size_t
source_take_ready(
    struct source *source, unsigned group, struct file **out, size_t max)
{
	struct file *file = source->ready_first;
	struct file *before = NULL;
	size_t count = 0;

	for (; file && count < max; file = file->next_ready) {
		if (source->logs[file->log].group != group || file->pass.over) {
			before = file;
			continue;
		}
		unlink_ready(source, before, file);
		out[count++] = file;
	}
	return count;
}

/* No pattern finds it any more, it was removed and read to its end, and that
 * is stored.  What was only moved away may come back. */
static bool
is_done_with(const struct source *source, const struct file *file)
{
	return !file->exact && file->epoch != source->epoch &&
	       file->state == FILE_VANISHED && file->version == file->stored &&
	       !follow_is_open(file->follow) && !file->unfinished &&
	       follow_position(file->follow)->ino == 0;
}

void
source_settle(struct source *source, struct file *file)
{
	int64_t due = follow_due(file->follow);

	if (is_done_with(source, file)) {
		source_drop(source, file);
		return;
	}
	file->read_at = source->now;
	if (file->waiting && due < 0)
		due = source->now + SOURCE_POLL_MS;
	if (file->polled)
		wake_at(source, file, source->now + SOURCE_POLL_MS);
	if (due >= 0)
		wake_at(source, file, due);
	if (file->unfinished) {
		due = source_unfinished_due(source, file);
		wake_at(source, file,
		    due > source->now ? due : source->now + SOURCE_GAP_MS);
	}
}

static void
read_ready(struct source *source, size_t budget)
{
	size_t used = 0;
	struct file *file;

	while (used < budget && (file = next_ready(source))) {
		size_t bytes = 0;

		source_read_group(source, file, budget, &bytes);
		used += bytes + LOOK_COST;
	}
	if (!source->ready_first && source->buffer.cap > BUFFER_KEPT)
		buf_release(&source->buffer);
}

bool
source_turn(struct source *source, const struct follow_now *now, size_t budget)
{
	source->now = now->boot_ms;
	source->wall_ns = now->wall_ns;
	source_hints(source);
	sweep(source);
	if (source->discover_wanted && source->now >= source->discover_at)
		source_discover(source);
	wake_due(source);
	read_ready(source, budget);
	if (source->handed_over)
		source_discover(source);
	return source->ready_first != NULL;
}

int
source_fd(const struct source *source)
{
	return watch_fd(source->watch);
}

bool
source_listening(const struct source *source)
{
	return source->hold_until < 0;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
source_due(const struct source *source)
{
	const struct heap_node *node = heap_min(&source->wakes);
	int64_t due = source->sweep_at;

	if (source->ready_first || source->epoch == 0)
		return 0;
	if (source->discover_wanted)
		due = sooner(due, source->discover_at);
	if (node)
		due = sooner(due, node->when);
	if (watch_interval(source->watch) >= 0)
		due = sooner(due, source->ask_at);
	if (source->hold_until >= 0)
		due = sooner(due, source->hold_until);
	return due;
}

/* --- What the caller asks ----------------------------------------------- */

void
source_notify(struct source *source, enum source_notice kind, const char *path,
    const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	source->handler.notice(source->handler.arg, kind, path, text);
}

struct positions_call {
	void (*each)(void *arg, const struct source_position *position);
	void *arg;
};

static void
call_with_position(const struct source *source, const struct file *file,
    const struct positions_call *call)
{
	struct checkpoint checkpoint = CHECKPOINT_INIT;
	struct source_position position = {
	    .path = follow_path(file->follow),
	    .log = source->logs[file->log].name,
	    .checkpoint = &checkpoint,
	};

	if (file->unfinished)
		position.checkpoint = &file->unfinished->start;
	else
		follow_checkpoint(file->follow, &checkpoint);
	call->each(call->arg, &position);
	checkpoint_release(&checkpoint);
}

void
source_positions_changed(struct source *source,
    void (*each)(void *arg, const struct source_position *position), void *arg)
{
	struct positions_call call = {each, arg};

	for (size_t i = 0; i < source->file_count; i++) {
		struct file *file = source->files[i];

		file->snapshot = file->version;
		if (file->version != file->stored)
			call_with_position(source, file, &call);
	}
}

void
source_positions_stored(struct source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		source->files[i]->stored = source->files[i]->snapshot;
}

void
source_positions_all(struct source *source,
    void (*each)(void *arg, const struct source_position *position), void *arg)
{
	struct positions_call call = {each, arg};

	for (size_t i = 0; i < source->file_count; i++)
		call_with_position(source, source->files[i], &call);
}

void
source_position_of(struct source *source, const char *path,
    void (*call)(void *arg, const struct source_position *position), void *arg)
{
	const struct positions_call one = {call, arg};
	const struct file *file = source_find(source, path);

	if (file)
		call_with_position(source, file, &one);
}

int
source_seek(
    struct source *source, const char *path, uint64_t offset, struct err *err)
{
	struct file *file = source_find(source, path);
	int result;

	if (!file)
		return err_set(err,
		    "%s is not followed; see the paths in the [log] sections",
		    path);
	result = follow_seek(file->follow, offset, err);
	source_count_open(source, file);
	if (result < 0)
		return -1;
	source_forget_copy(file);
	source_forget_unfinished(source, file);
	file->fresh = false;
	file->version++;
	source_rewatch_file(source, file);
	source_dirty(source, file);
	return 0;
}
