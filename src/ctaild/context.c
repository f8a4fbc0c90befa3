/*
 * context: the last records of each file, and alerts that wait for more.
 *
 * Hides that files with records stand in a list, the one read last in front,
 * and that alerts wait in their encoded form, which costs what it holds and
 * not what an alert may hold.  What of the waiting is saved is in
 * context_saved.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/context_internal.h"

static const char cut_mark[] = " [...]";

struct context *
context_new(void)
{
	struct context *context = xcalloc(1, sizeof(*context));

	context->files = map_new();
	context->last = &context->first;
	return context;
}

static void
file_free(void *arg)
{
	struct context_file *file = arg;

	for (size_t i = 0; i < file->count; i++)
		free(file->kept[(file->first + i) % ALERT_CONTEXT_MAX].text);
	free(file->path);
	free(file);
}

static void
context_waiting_free(struct context_waiting *waiting)
{
	for (size_t i = 0; i < waiting->count; i++)
		free(waiting->after[i].text);
	buf_release(&waiting->alert);
	free(waiting);
}

void
context_free(struct context *context)
{
	struct context_waiting *next;

	if (!context)
		return;
	for (struct context_waiting *at = context->first; at; at = next) {
		next = at->next;
		context_waiting_free(at);
	}
	context_free_gone(context);
	map_free(context->files, file_free);
	free(context);
}

static void
unlink_file(struct context *context, struct context_file *file)
{
	if (file->newer)
		file->newer->older = file->older;
	else if (context->newest == file)
		context->newest = file->older;
	if (file->older)
		file->older->newer = file->newer;
	else if (context->oldest == file)
		context->oldest = file->newer;
	file->newer = file->older = NULL;
}

static void
put_in_front(struct context *context, struct context_file *file)
{
	if (context->newest == file)
		return;
	unlink_file(context, file);
	file->older = context->newest;
	if (context->newest)
		context->newest->newer = file;
	context->newest = file;
	if (!context->oldest)
		context->oldest = file;
}

struct context_file *
context_file(struct context *context, const char *path)
{
	struct context_file *file = map_get(context->files, span_str(path));

	if (file)
		return file;
	file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	map_put(context->files, span_str(path), file);
	return file;
}

static void
drop_first(struct context *context, struct context_file *file)
{
	struct context_kept *kept = &file->kept[file->first];

	context->bytes -= kept->len;
	free(kept->text);
	file->first = (file->first + 1) % ALERT_CONTEXT_MAX;
	if (!--file->count)
		context->bytes -= sizeof(*file);
}

/* A file of which nothing is known and nothing is wanted. */
static void
forget_if_empty(struct context *context, struct context_file *file)
{
	if (file->count || file->waiting)
		return;
	unlink_file(context, file);
	map_take(context->files, span_str(file->path));
	file_free(file);
}

static void
make_room(struct context *context)
{
	while (context->bytes > CONTEXT_BYTES_MAX && context->oldest) {
		struct context_file *file = context->oldest;

		if (file->count) {
			drop_first(context, file);
			continue;
		}
		unlink_file(context, file);
		forget_if_empty(context, file);
	}
}

static struct context_kept
copy_of(struct span line)
{
	struct buf copy = BUF_INIT;
	struct context_kept kept;

	if (line.len <= CONTEXT_LINE_BYTES) {
		kept.text = xstrndup(line.data, line.len);
		kept.len = line.len;
		return kept;
	}
	buf_add(&copy, line.data, CONTEXT_LINE_BYTES - sizeof(cut_mark));
	buf_add_str(&copy, cut_mark);
	kept.len = copy.len;
	kept.text = buf_take(&copy);
	return kept;
}

static void
keep(struct context *context, struct context_file *file, struct span line,
    size_t most)
{
	struct context_kept kept = copy_of(line);

	if (most > ALERT_CONTEXT_MAX)
		most = ALERT_CONTEXT_MAX;
	while (file->count >= most)
		drop_first(context, file);
	if (!file->count)
		context->bytes += sizeof(*file);
	file->kept[(file->first + file->count++) % ALERT_CONTEXT_MAX] = kept;
	context->bytes += kept.len;
	put_in_front(context, file);
	make_room(context);
}

/* Takes *at out of the list and hands out what it has become. */
static void
finish(struct context *context, struct context_waiting **at,
    context_ready *ready, void *arg)
{
	struct context_waiting *done = *at;
	struct alert alert;

	*at = done->next;
	if (!*at)
		context->last = at;
	context_note_gone(context, done);
	context->waiting_count--;
	context->waiting_bytes -= done->bytes;
	done->file->waiting--;
	forget_if_empty(context, done->file);
	if (!alert_decode(buf_span(&done->alert), &alert, NULL)) {
		for (size_t i = 0; i < done->count; i++)
			alert_add_after(&alert,
			    span_of(done->after[i].text, done->after[i].len));
		ready(arg, &alert);
		alert_release(&alert);
	}
	context_waiting_free(done);
}

void
context_add_after(
    struct context *context, struct context_waiting *waiting, struct span line)
{
	struct context_kept kept = copy_of(line);

	waiting->after[waiting->count++] = kept;
	waiting->bytes += kept.len;
	context->waiting_bytes += kept.len;
}

static void
complete(struct context *context, const struct context_file *file,
    struct span line, context_ready *ready, void *arg)
{
	struct context_waiting **at = &context->first;
	size_t left = file->waiting;

	while (*at && left) {
		struct context_waiting *waiting = *at;

		if (waiting->file == file) {
			left--;
			context_add_after(context, waiting, line);
			waiting->changed = context->changed = true;
			if (waiting->count == waiting->want) {
				finish(context, at, ready, arg);
				continue;
			}
		}
		at = &waiting->next;
	}
}

void
context_after(struct context *context, const char *log_path, struct span line,
    context_ready *ready, void *arg)
{
	const struct context_file *file =
	    map_get(context->files, span_str(log_path));

	if (file && file->waiting)
		complete(context, file, line, ready, arg);
}

void
context_keep(struct context *context, const char *log_path, struct span line,
    size_t most)
{
	if (most)
		keep(context, context_file(context, log_path), line, most);
}

bool
context_waits(const struct context *context, const char *log_path)
{
	const struct context_file *file;

	if (!context->waiting_count)
		return false;
	file = map_get(context->files, span_str(log_path));
	return file && file->waiting;
}

bool
context_looks_back(struct context *context, const char *log_path, size_t count)
{
	struct context_file *file;

	if (context_count(context, log_path) >= count)
		return false;
	file = context_file(context, log_path);
	if (file->looked)
		return false;
	file->looked = true;
	return true;
}

void
context_forget(struct context *context, const char *log_path)
{
	struct context_file *file = map_get(context->files, span_str(log_path));

	while (file && file->count)
		drop_first(context, file);
}

size_t
context_count(const struct context *context, const char *log_path)
{
	const struct context_file *file =
	    map_get(context->files, span_str(log_path));

	return file ? file->count : 0;
}

void
context_before(const struct context *context, const char *log_path,
    size_t count, struct alert *alert)
{
	const struct context_file *file =
	    map_get(context->files, span_str(log_path));

	if (!file)
		return;
	if (count > file->count)
		count = file->count;
	for (size_t i = file->count - count; i < file->count; i++) {
		const struct context_kept *kept =
		    &file->kept[(file->first + i) % ALERT_CONTEXT_MAX];

		alert_add_before(alert, span_of(kept->text, kept->len));
	}
}

void
context_put(struct context *context, struct context_waiting *waiting)
{
	struct context_waiting **at = &context->first;

	if (waiting->until_ms >= context->latest_ms)
		at = context->last;
	while (*at && (*at)->until_ms <= waiting->until_ms)
		at = &(*at)->next;
	waiting->next = *at;
	*at = waiting;
	if (!waiting->next) {
		context->last = &waiting->next;
		context->latest_ms = waiting->until_ms;
	}
	waiting->file->waiting++;
	context->waiting_count++;
	context->waiting_bytes += waiting->alert.len;
}

bool
context_wait(struct context *context, const char *log_path, size_t count,
    const struct alert *alert, int64_t now_ms)
{
	struct context_waiting *waiting;

	if (!count || context->waiting_count >= CONTEXT_WAITING_MAX ||
	    context->waiting_bytes >= CONTEXT_BYTES_MAX)
		return false;
	waiting = xcalloc(1, sizeof(*waiting));
	snprintf(waiting->id, sizeof(waiting->id), "%s", alert->id);
	alert_encode(alert, &waiting->alert);
	waiting->bytes = waiting->alert.len;
	waiting->want = count < ALERT_CONTEXT_MAX ? count : ALERT_CONTEXT_MAX;
	waiting->until_ms = now_ms + CONTEXT_WAIT_MS;
	waiting->file = context_file(context, log_path);
	waiting->changed = context->changed = true;
	context_put(context, waiting);
	return true;
}

int64_t
context_due(const struct context *context)
{
	return context->first ? context->first->until_ms : 0;
}

/* A deadline further away than its own length is of a clock that was set
 * back since. */
static bool
has_passed(int64_t deadline_ms, int64_t now_ms)
{
	return deadline_ms <= now_ms || deadline_ms - CONTEXT_WAIT_MS > now_ms;
}

static bool
is_over(const struct context_waiting *waiting, int64_t now_ms, bool caught_up)
{
	return has_passed(waiting->until_ms, now_ms) &&
	       (caught_up || has_passed(waiting->patience_ms, now_ms));
}

void
context_expire(struct context *context, int64_t now_ms, bool caught_up,
    context_ready *ready, void *arg)
{
	while (context->first && is_over(context->first, now_ms, caught_up))
		finish(context, &context->first, ready, arg);
}

void
context_end(struct context *context, context_ready *ready, void *arg)
{
	while (context->first)
		finish(context, &context->first, ready, arg);
}
