/*
 * restore_notes: alerts that waited for records when the last run ended,
 * patterns that had run into their limits, and in which order logs write their
 * dates.
 *
 * Hides that the delivery of such an alert, which may be long due, or far ahead
 * by a clock that was set back, is put behind the time that the pipeline has to
 * find the records.
 */
#include "config.h"

#include "base/buf.h"
#include "base/diag.h"
#include "ctaild/context.h"
#include "ctaild/restore_internal.h"
#include "store/store_alert.h"
#include "store/store_note.h"

struct notes_run {
	const struct restore *restore;
	int64_t now_ms;
	struct buf waiting;	/* ids of the alerts, NUL-terminated */
	struct buf fields;	/* of one alert */
};

static int
load_alert(struct notes_run *run, struct span id, struct span saved,
    struct err *err)
{
	struct alert alert;
	int result;

	if (alert_decode(buf_span(&run->fields), &alert, err))
		return -1;
	result = pipeline_load_waiting(
	    run->restore->pipeline, &alert, saved, run->now_ms, err);
	if (!result) {
		buf_add_span(&run->waiting, id);
		buf_add_byte(&run->waiting, '\0');
	}
	alert_release(&alert);
	return result;
}

/* One whose alert is no more is forgotten by restore_prune. */
static void
load_waiting(void *arg, struct span id, struct span saved)
{
	struct notes_run *run = arg;
	struct err err = ERR_INIT;

	buf_reset(&run->fields);
	if (store_alert_get(run->restore->store, id, &run->fields, NULL) == 1 &&
	    load_alert(run, id, saved, &err))
		diag(DIAG_WARNING,
		    "what an alert waits for is damaged (%s); it goes out "
		    "without the records behind its own",
		    err.text);
}

static void
load_quarantine(void *arg, struct span name, struct span saved)
{
	const struct notes_run *run = arg;
	struct err err = ERR_INIT;

	if (pipeline_load_quarantine(
		run->restore->pipeline, name, saved, run->now_ms, &err))
		diag(DIAG_WARNING,
		    "what was stored of a pattern in quarantine is damaged "
		    "(%s); it begins anew",
		    err.text);
}

static void
load_dates(void *arg, struct span name, struct span saved)
{
	const struct notes_run *run = arg;
	struct err err = ERR_INIT;

	if (pipeline_load_dates(run->restore->pipeline, name, saved, &err))
		diag(DIAG_WARNING,
		    "log %.*s: %s; whether its days or months come first "
		    "is found out anew",
		    span_shown(name), name.data, err.text);
}

static int
postpone_all(const struct notes_run *run, struct err *err)
{
	struct store *store = run->restore->store;
	int64_t due_ms = run->now_ms + CONTEXT_DELIVER_MS;

	for (size_t at = 0; at < run->waiting.len; at += ALERT_ID_SIZE)
		if (store_alert_set_due(store,
			span_str(run->waiting.data + at), due_ms, err))
			return -1;
	return 0;
}

/* Where that cannot be stored, the alerts may leave with what they had. */
static void
postpone(const struct notes_run *run)
{
	struct store *store = run->restore->store;
	struct err err = ERR_INIT;

	if (!run->waiting.len || run->restore->only_asks)
		return;
	if (!store_begin(store, &err)) {
		if (!postpone_all(run, &err) && !store_commit(store, &err))
			return;
		store_rollback(store);
	}
	diag(DIAG_WARNING, "%s", err.text);
}

int
restore_notes(const struct restore *restore, int64_t now_ms, struct err *err)
{
	struct notes_run run = {.restore = restore, .now_ms = now_ms};
	int result;

	result = store_note_each(restore->store, PIPELINE_CONTEXT_NOTE,
	    load_waiting, &run, err);
	if (!result)
		result = store_note_each(restore->store,
		    PIPELINE_QUARANTINE_NOTE, load_quarantine, &run, err);
	if (!result)
		result = store_note_each(restore->store, PIPELINE_DATES_NOTE,
		    load_dates, &run, err);
	postpone(&run);
	buf_release(&run.waiting);
	buf_release(&run.fields);
	return result;
}
