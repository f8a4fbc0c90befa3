/*
 * context_saved: the alerts that wait for records, over the end of a process.
 *
 * Hides how one is written down: where its records come from, how many it
 * wants, those it has, until when.  The alert itself lies in the store.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/context_internal.h"

void
context_note_gone(
    struct context *context, const struct context_waiting *waiting)
{
	struct context_gone *gone;

	if (!waiting->saved)
		return;
	gone = xcalloc(1, sizeof(*gone));
	memcpy(gone->id, waiting->id, sizeof(gone->id));
	gone->next = context->gone;
	context->gone = gone;
	context->changed = true;
}

void
context_free_gone(struct context *context)
{
	while (context->gone) {
		struct context_gone *next = context->gone->next;

		free(context->gone);
		context->gone = next;
	}
}

static void
encode(const struct context_waiting *waiting, struct buf *out)
{
	buf_reset(out);
	fields_add_str(out, "path", waiting->file->path);
	fields_add_number(out, "want", (int64_t)waiting->want);
	fields_add_number(out, "until", waiting->until_ms);
	for (size_t i = 0; i < waiting->count; i++)
		fields_add(out, "after",
		    span_of(waiting->after[i].text, waiting->after[i].len));
}

/* One that went out and waits again, as a log was rewound, is not gone. */
void
context_changed(struct context *context,
    void (*each)(void *arg, const char *id, struct span saved), void *arg)
{
	struct buf saved = BUF_INIT;

	if (!context->changed)
		return;
	for (struct context_gone *gone = context->gone; gone; gone = gone->next)
		each(arg, gone->id, span_str(""));
	for (struct context_waiting *at = context->first; at; at = at->next) {
		if (!at->changed)
			continue;
		encode(at, &saved);
		each(arg, at->id, buf_span(&saved));
	}
	buf_release(&saved);
}

void
context_saved(struct context *context)
{
	if (!context->changed)
		return;
	context->changed = false;
	context_free_gone(context);
	for (struct context_waiting *at = context->first; at; at = at->next) {
		at->saved |= at->changed;
		at->changed = false;
	}
}

bool
context_has(const struct context *context, struct span id)
{
	for (const struct context_gone *gone = context->gone; gone;
	     gone = gone->next)
		if (span_is(id, gone->id))
			return true;
	for (const struct context_waiting *at = context->first; at;
	     at = at->next)
		if (span_is(id, at->id))
			return true;
	return false;
}

/* Its own time, where that is still to come; and however long nobody read, as
 * much time as any other to find out what was written meanwhile. */
static void
set_times(struct context_waiting *waiting, int64_t until_ms, int64_t now_ms)
{
	int64_t latest_ms = now_ms + CONTEXT_WAIT_MS;

	waiting->until_ms = until_ms < latest_ms ? until_ms : latest_ms;
	waiting->patience_ms = latest_ms;
}

/* One that has all it wants would not wait. */
static void
take_after(
    struct context *context, struct context_waiting *waiting, struct span saved)
{
	struct span name, value;
	size_t cursor = 0;

	while (waiting->count + 1 < waiting->want &&
	       fields_next(saved, &cursor, &name, &value))
		if (span_is(name, "after"))
			context_add_after(context, waiting, value);
}

int
context_load(struct context *context, const struct alert *alert,
    struct span saved, int64_t now_ms, struct err *err)
{
	struct context_waiting *waiting;
	int64_t want;
	char *path;

	if (fields_check(saved, err))
		return -1;
	want = fields_get_number(saved, "want", 0);
	path = fields_get_copy(saved, "path");
	if (!path || want < 1 || want > ALERT_CONTEXT_MAX) {
		free(path);
		return err_set(err, "it does not say what it waits for");
	}
	waiting = xcalloc(1, sizeof(*waiting));
	memcpy(waiting->id, alert->id, sizeof(waiting->id));
	alert_encode(alert, &waiting->alert);
	waiting->bytes = waiting->alert.len;
	waiting->want = (size_t)want;
	waiting->file = context_file(context, path);
	waiting->saved = true;
	set_times(waiting, fields_get_number(saved, "until", 0), now_ms);
	take_after(context, waiting, saved);
	context_put(context, waiting);
	free(path);
	return 0;
}
