/*
 * pipeline_sight: what the rules and people see of a record: its masked copy
 * and its time, each made when it is first asked for.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/pipeline_internal.h"

/* What a journal's record brings along is masked as its text is. */
static struct span
mask_fields(struct pipeline *pipeline, const struct redact *redact,
    struct span fields, bool *withheld)
{
	struct span name, value;
	size_t cursor = 0;

	buf_reset(&pipeline->fields);
	while (cursor < fields.len &&
	       fields_next(fields, &cursor, &name, &value)) {
		bool undecided = false;
		struct span masked = redact_text(redact, pipeline->scratch,
		    pipeline->quarantine, value, &pipeline->field, &undecided);
		char *named = xstrndup(name.data, name.len);

		*withheld |= undecided;
		fields_add(&pipeline->fields, named, masked);
		free(named);
	}
	return buf_span(&pipeline->fields);
}

const struct record *
sight_show(struct pipeline *pipeline, struct sight *sight)
{
	const struct record *record = sight->record;
	const struct redact *redact = pipeline->plan->logs[record->log].redact;
	bool withheld = false;

	if (sight->is_shown)
		return &sight->shown;
	sight->is_shown = true;
	sight->shown = *record;
	if (!redact)
		return &sight->shown;
	sight->shown.text = redact_text(redact, pipeline->scratch,
	    pipeline->quarantine, record->text, &pipeline->copy, &withheld);
	if (record->fields.len)
		sight->shown.fields =
		    mask_fields(pipeline, redact, record->fields, &withheld);
	pipeline->logs[record->log].totals.withheld += withheld;
	pipeline->fed |= withheld;
	return &sight->shown;
}

static struct record_clock *
pipeline_clock(struct pipeline *pipeline, const char *log_path)
{
	struct record_clock *clock =
	    map_get(pipeline->clocks, span_str(log_path));

	if (!clock) {
		clock = xcalloc(1, sizeof(*clock));
		map_put(pipeline->clocks, span_str(log_path), clock);
	}
	return clock;
}

static int64_t
read_stamp(const struct pipeline *pipeline, size_t log, int64_t newest_ms,
    struct span text,
    int64_t (*read)(struct timestamp *timestamp, struct span record,
	const struct timestamp_near *near))
{
	struct timestamp *timestamp = pipeline->logs[log].timestamp;
	struct timestamp_near near = {newest_ms,
	    pipeline->latest_ms ? pipeline->latest_ms : pipeline->now_ms};

	return timestamp ? read(timestamp, text, &near) : 0;
}

/* record.time_ms is what pipeline_time said, which hides whether it was the
 * record's own time: so the stamp is read again. */
int64_t
sight_time(struct pipeline *pipeline, struct sight *sight)
{
	const struct record *record = sight->record;
	struct pipeline_log *log = &pipeline->logs[record->log];
	struct record_clock *clock;
	int64_t stamp;

	if (sight->time_ms)
		return sight->time_ms;
	clock = pipeline_clock(pipeline, record->log_path);
	stamp = read_stamp(pipeline, record->log, clock->newest_ms,
	    record->text, timestamp_read);
	sight->time_ms =
	    record_clock_take(clock, stamp, sight->now_ms, pipeline->late);
	log->stamped |= stamp != 0;
	log->totals.untimed +=
	    log->stamped && (!stamp || sight->time_ms != stamp);
	return sight->time_ms;
}

int64_t
pipeline_stamp(struct pipeline *pipeline, size_t log, const char *log_path,
    struct span text)
{
	return read_stamp(pipeline, log, pipeline_newest(pipeline, log_path),
	    text, timestamp_peek);
}

void
pipeline_set_late(struct pipeline *pipeline, bool late)
{
	pipeline->late = late;
}

void
pipeline_set_latest(struct pipeline *pipeline, int64_t latest_ms)
{
	pipeline->latest_ms = latest_ms;
}

int64_t
pipeline_time(void *arg, size_t log, const char *log_path, struct span text)
{
	struct pipeline *pipeline = arg;
	const struct record_clock *known;
	struct record_clock clock = {0};
	int64_t stamp = pipeline_stamp(pipeline, log, log_path, text);

	if (!stamp)
		return 0;
	known = map_get(pipeline->clocks, span_str(log_path));
	if (known)
		clock = *known;
	return record_clock_take(
	    &clock, stamp, pipeline->now_ms, pipeline->late);
}

/* Lines that cannot be told apart are records of their own. */
enum line_place
pipeline_place(void *arg, size_t log, struct span line)
{
	struct pipeline *pipeline = arg;
	const struct plan_log *planned = &pipeline->plan->logs[log];
	enum pattern_verdict verdict;

	if (!planned->record ||
	    quarantine_holds(pipeline->quarantine, planned->record))
		return LINE_BEGINS;
	verdict = pattern_match(planned->record, pipeline->scratch, line, NULL);
	if (verdict == PATTERN_UNDECIDED) {
		pipeline->fed |=
		    quarantine_strike(pipeline->quarantine, planned->record);
		return LINE_BEGINS;
	}
	return (verdict == PATTERN_YES) == planned->starts ? LINE_BEGINS
							   : LINE_CONTINUES;
}

int64_t
pipeline_newest(const struct pipeline *pipeline, const char *log_path)
{
	const struct record_clock *clock =
	    map_get(pipeline->clocks, span_str(log_path));

	return clock ? clock->newest_ms : 0;
}

void
pipeline_forget_newest(struct pipeline *pipeline, struct span log_path)
{
	free(map_take(pipeline->clocks, log_path));
}

void
pipeline_restore_newest(
    struct pipeline *pipeline, const char *log_path, int64_t newest_ms)
{
	if (newest_ms > 0)
		pipeline_clock(pipeline, log_path)->newest_ms = newest_ms;
}
