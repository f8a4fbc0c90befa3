/*
 * earlier: the records that stand right before one in its file.
 *
 * Hides how far back is looked, and how the place is known again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctaild/earlier.h"
#include "input/sample.h"
#include "message/alert.h"

struct look {
	struct pipeline *pipeline;
	const struct record *record;
	struct {
		char *text;
		size_t len;
	} kept[ALERT_CONTEXT_MAX]; /* a ring */
	size_t first, count;
	bool found; /* the record itself */
};

static void
keep(struct look *look, struct span text)
{
	size_t at = (look->first + look->count) % ALERT_CONTEXT_MAX;

	if (look->count == ALERT_CONTEXT_MAX) {
		free(look->kept[at].text);
		look->first = (look->first + 1) % ALERT_CONTEXT_MAX;
		look->count--;
	}
	look->kept[at].text = xstrndup(text.data, text.len);
	look->kept[at].len = text.len;
	look->count++;
}

/* One that was closed by time may have grown since. */
static bool
begins_alike(struct span text, struct span other)
{
	size_t len = text.len < other.len ? text.len : other.len;

	return !len || !memcmp(text.data, other.data, len);
}

static void
on_record(void *arg, const struct record *record)
{
	struct look *look = arg;

	if (record->offset < look->record->offset)
		keep(look, record->text);
	else if (record->offset == look->record->offset)
		look->found =
		    begins_alike(record->text, look->record->text);
}

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	const struct look *look = arg;

	return pipeline_place(look->pipeline, log, line);
}

static bool
can_look(const struct source_log *log, const struct record *record)
{
	return record->offset && !log->settings->journal.count &&
	       !strcmp(record->path, record->log_path);
}

void
earlier_records(const struct source_log *log, struct pipeline *pipeline,
    const struct record *record, void (*each)(void *arg, struct span text),
    void *arg)
{
	struct look look = {.pipeline = pipeline, .record = record};
	struct sample sample = {.log = log,
	    .index = record->log,
	    .regular = true,
	    .handler = {
		.record = on_record, .place = on_place, .arg = &look}};
	uint64_t from = record->offset > EARLIER_BYTES
			    ? record->offset - EARLIER_BYTES
			    : 0;

	if (!can_look(log, record))
		return;
	/* Where it cannot be read there is no context, which is no error. */
	if (sample_file(&sample, record->path, from, record->offset + 1, NULL))
		look.found = false;
	for (size_t i = 0; i < look.count; i++) {
		size_t at = (look.first + i) % ALERT_CONTEXT_MAX;

		if (look.found)
			each(arg,
			    span_of(look.kept[at].text, look.kept[at].len));
		free(look.kept[at].text);
	}
}
