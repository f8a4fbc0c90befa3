/*
 * reader: one file or log, record by record, into a pipe.
 *
 * Hides when a time is believed: a record is kept back until the next one
 * with a time has come.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctailctl/reader.h"
#include "input/sample.h"
#include "judge/quarantine.h"
#include "judge/timestamp.h"

#define FLUSH_BYTES ((size_t)64 * 1024)
#define BEHIND_MS (INT64_C(24) * 60 * 60 * 1000)

struct reader {
	const struct readers_spec *spec;
	const struct reading *reading;
	int pipe;
	struct timestamp *timestamp;
	struct pattern_scratch *scratch;
	struct quarantine *quarantine;
	struct buf out;
	struct buf kept;   /* frames from an open question on */
	bool asking;	   /* the first of them has a time that the next
			    * one is to confirm */
	int64_t newest_ms; /* believed so far; 0: none */
};

/* --- The pipe ------------------------------------------------------------- */

static void
flush(struct reader *reader)
{
	if (write_all(reader->pipe, reader->out.data, reader->out.len))
		_exit(EX_OK);
	buf_reset(&reader->out);
}

static void
add_frame(struct buf *out, const struct reader_frame *frame,
    const struct record *record)
{
	buf_add(out, frame, sizeof(*frame));
	if (!record)
		return;
	buf_add(out, record->path, frame->path_len);
	buf_add(out, record->log_path, frame->log_path_len);
	buf_add_span(out, record->text);
}

/* The time at the front of what is kept is answered for. */
static void
settle(struct reader *reader, bool believed)
{
	struct reader_frame frame;

	if (!reader->asking)
		return;
	reader->asking = false;
	memcpy(&frame, reader->kept.data, sizeof(frame));
	if (believed && frame.time_ms > reader->newest_ms)
		reader->newest_ms = frame.time_ms;
	if (!believed)
		frame.time_ms = -1;
	memcpy(reader->kept.data, &frame, sizeof(frame));
	buf_add_span(&reader->out, buf_span(&reader->kept));
	buf_reset(&reader->kept);
	if (reader->out.len >= FLUSH_BYTES)
		flush(reader);
}

/* --- Records -------------------------------------------------------------- */

static int64_t
time_of(struct reader *reader, struct span text)
{
	struct timestamp_near near = {
	    reader->newest_ms, reader->spec->latest_ms};

	return reader->timestamp
		   ? timestamp_read(reader->timestamp, text, &near)
		   : 0;
}

static int64_t
on_time(void *arg, size_t log, const char *log_path, struct span text)
{
	(void)log;
	(void)log_path;
	return time_of(arg, text);
}

static struct reader_frame
describe(const struct record *record, int64_t time_ms)
{
	return (struct reader_frame){.kind = READER_RECORD,
	    .path_len = (uint32_t)strlen(record->path),
	    .log_path_len = (uint32_t)strlen(record->log_path),
	    .cut = record->cut,
	    .partial = record->partial,
	    .text_len = record->text.len,
	    .offset = record->offset,
	    .end = record->end,
	    .lines = record->lines,
	    .time_ms = time_ms > 0 ? time_ms : -1};
}

/* What moves the clock on by more than a day is asked about. */
static bool
is_doubtful(const struct reader *reader, int64_t time_ms)
{
	return time_ms > 0 &&
	       (!reader->newest_ms || time_ms - BEHIND_MS > reader->newest_ms);
}

static void
on_record(void *arg, const struct record *record)
{
	struct reader *reader = arg;
	int64_t time_ms =
	    record->time_ms ? record->time_ms : time_of(reader, record->text);
	struct reader_frame frame, kept;

	if (reader->asking && time_ms > 0) {
		memcpy(&kept, reader->kept.data, sizeof(kept));
		settle(reader, time_ms >= kept.time_ms - BEHIND_MS);
	} else if (reader->asking && reader->kept.len >= FLUSH_BYTES) {
		settle(reader, true);
	}
	frame = describe(record, time_ms);
	if (!reader->asking && is_doubtful(reader, time_ms))
		reader->asking = true;
	else if (time_ms > reader->newest_ms)
		reader->newest_ms = time_ms;
	add_frame(
	    reader->asking ? &reader->kept : &reader->out, &frame, record);
	if (reader->out.len >= FLUSH_BYTES)
		flush(reader);
}

/* One sentence behind it. */
static void
add_sentence(struct reader *reader, enum reader_kind kind, const char *text)
{
	struct reader_frame frame = {.kind = kind, .text_len = strlen(text)};

	add_frame(&reader->out, &frame, NULL);
	buf_add_str(&reader->out, text);
}

static void
strike(struct reader *reader, const struct plan_log *planned)
{
	struct buf text = BUF_INIT;

	quarantine_now(reader->quarantine, clock_wall_ms());
	if (!quarantine_strike(reader->quarantine, planned->record))
		return;
	buf_addf(&text,
	    "log %s: the pattern of `record' ran into its limits %d times in "
	    "a minute and is not tried for an hour; each line of %s is a "
	    "record of its own meanwhile",
	    planned->name, QUARANTINE_STRIKES, reader->reading->path);
	add_sentence(reader, READER_WARNED, buf_str(&text));
	buf_release(&text);
}

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	struct reader *reader = arg;
	const struct plan_log *planned = &reader->spec->plan->logs[log];
	enum pattern_verdict verdict;

	if (!planned->record ||
	    quarantine_holds(reader->quarantine, planned->record))
		return LINE_BEGINS;
	verdict = pattern_match(planned->record, reader->scratch, line, NULL);
	if (verdict == PATTERN_UNDECIDED) {
		strike(reader, planned);
		return LINE_BEGINS;
	}
	return (verdict == PATTERN_YES) == planned->starts ? LINE_BEGINS
							   : LINE_CONTINUES;
}

/* What there is so far is shown, above all when a pipe is being read. */
static bool
on_progress(void *arg, uint64_t done, uint64_t size)
{
	struct reader *reader = arg;
	struct reader_frame frame = {
	    .kind = READER_PROGRESS, .offset = done, .end = size};

	quarantine_now(reader->quarantine, clock_wall_ms());
	if (reader->asking)
		return true;
	add_frame(&reader->out, &frame, NULL);
	flush(reader);
	return true;
}

/* --- All of it ------------------------------------------------------------ */

static int
read_all(struct reader *reader, struct err *err)
{
	const struct reading *reading = reader->reading;
	struct sample sample = {.log = &reader->spec->logs[reading->log],
	    .index = reading->log,
	    .handler = {.record = on_record,
		.place = on_place,
		.time = on_time,
		.arg = reader},
	    .progress = on_progress};

	return reading->generations
		   ? sample_log(
			 &sample, reading->path, reader->spec->since_ms, err)
		   : sample_file(&sample, reading->path, 0, UINT64_MAX, err);
}

_Noreturn void
reader_run(
    const struct readers_spec *spec, const struct reading *reading, int pipe)
{
	const char *format = spec->plan->logs[reading->log].settings->timestamp;
	struct reader reader = {.spec = spec, .reading = reading, .pipe = pipe};
	struct reader_frame frame = {.kind = READER_END};
	struct err err = ERR_INIT;

	reader.timestamp = format ? timestamp_new(format, NULL) : NULL;
	reader.scratch = pattern_scratch_new();
	pattern_scratch_clock(reader.scratch, clock_boot_ms);
	reader.quarantine = quarantine_new();
	if (read_all(&reader, &err)) {
		settle(&reader, true);
		add_sentence(&reader, READER_FAILED, err.text);
	}
	settle(&reader, true);
	add_frame(&reader.out, &frame, NULL);
	flush(&reader);
	_exit(EX_OK);
}
