/*
 * timestamp: finds the time of a record.
 *
 * Hides where in a record it is looked for and what is remembered from one
 * record to the next: the format that was found last, and the order of day
 * and month.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/fields.h"
#include "base/mem.h"
#include "judge/timestamp.h"
#include "judge/timestamp_internal.h"

enum timestamp_kind { TIMESTAMP_AUTO, TIMESTAMP_ARRIVAL, TIMESTAMP_FORMAT };

/* Docker writes the time behind the text, and other writers of JSON, too. */
#define TAIL_REACH 128
static const struct stamp_format tail_formats[] = {
    {"docker", "\"time\":\"%Y-%m-%d%@%H:%;%,%+\"", STAMP_AT_ITSELF, 0, 0, true},
    {"json", "\"time\": \"%Y-%m-%d%@%H:%;%,%+", STAMP_AT_ITSELF, 0, 0, true},
    {"json", "\"timestamp\": \"%Y-%m-%d%@%H:%;%,%+", STAMP_AT_ITSELF, 0, 0,
	true},
    {"json", "\"@timestamp\": \"%Y-%m-%d%@%H:%;%,%+", STAMP_AT_ITSELF, 0, 0,
	true},
    {"json", "\"ts\": \"%Y-%m-%d%@%H:%;%,%+", STAMP_AT_ITSELF, 0, 0, true},
    {"json", "\"time\": %&", STAMP_AT_ITSELF, 0, 0, true},
    {"json", "\"timestamp\": %&", STAMP_AT_ITSELF, 0, 0, true},
    {"json", "\"ts\": %&", STAMP_AT_ITSELF, 0, 0, true},
};

struct timestamp {
	enum timestamp_kind kind;
	struct stamp_format own; /* of TIMESTAMP_FORMAT */
	char *text, *pattern;
	const struct stamp_format *begins; /* found last at the beginning */
	const struct stamp_format *last;
	struct stamp_slashes slashes, saved; /* as it is, as it was saved */
	struct civil_zone zone;
};

struct timestamp *
timestamp_new(const char *text, struct err *err)
{
	struct timestamp *timestamp;
	struct buf pattern = BUF_INIT;
	enum timestamp_kind kind = TIMESTAMP_FORMAT;

	if (!strcmp(text, "auto"))
		kind = TIMESTAMP_AUTO;
	else if (!strcmp(text, "arrival"))
		kind = TIMESTAMP_ARRIVAL;
	else if (stamp_pattern(span_str(text), &pattern, err)) {
		buf_release(&pattern);
		return NULL;
	}
	timestamp = xcalloc(1, sizeof(*timestamp));
	timestamp->kind = kind;
	/* Readers are made at the start and on a reload: then a changed time
	 * zone is seen, by hours too. */
	civil_zone_forget(&timestamp->zone);
	timestamp->text = xstrdup(text);
	timestamp->pattern = buf_take(&pattern);
	timestamp->own.name = timestamp->text;
	timestamp->own.pattern = timestamp->pattern;
	return timestamp;
}

void
timestamp_free(struct timestamp *timestamp)
{
	if (!timestamp)
		return;
	free(timestamp->text);
	free(timestamp->pattern);
	free(timestamp);
}

static int64_t
read_at(struct timestamp *timestamp, const struct stamp_format *format,
    struct span record, size_t at, const struct timestamp_near *near)
{
	struct stamp stamp;
	size_t used;
	int64_t wall;

	if (at >= record.len)
		return 0;
	record = span_of(record.data + at, record.len - at);
	if (!stamp_scan(record, format->pattern, &stamp, &used))
		return 0;
	wall =
	    stamp_resolve(&stamp, &timestamp->slashes, &timestamp->zone, near);
	if (wall)
		timestamp->last = format;
	return wall;
}

/* What was configured stands where its own text may hold a bracket. */
static int64_t
read_own(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near)
{
	size_t at = 0, lead;
	int64_t wall;

	while (at < TIMESTAMP_REACH) {
		wall = read_at(timestamp, &timestamp->own, record, at, near);
		if (wall)
			return wall;
		lead = stamp_lead(record, at);
		if (!lead)
			break;
		at += lead;
	}
	return 0;
}

static int64_t
read_beginning(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near)
{
	const struct stamp_format *format = timestamp->begins;
	struct stamp_start start;
	size_t at = 0, lead;
	int64_t wall;

	while (at < TIMESTAMP_REACH && (lead = stamp_lead(record, at)) != 0)
		at += lead;
	if (at >= TIMESTAMP_REACH || at >= record.len)
		return 0;
	if (format) {
		wall = read_at(timestamp, format, record, at, near);
		if (wall)
			return wall;
	}
	stamp_look(record, at, &start);
	for (size_t i = 0; i < stamp_formats_count; i++) {
		format = &stamp_formats[i];
		if (format == timestamp->begins ||
		    !stamp_may_begin(format, &start))
			continue;
		wall = read_at(timestamp, format, record, at, near);
		if (wall) {
			timestamp->begins = format;
			return wall;
		}
	}
	return 0;
}

/* Not in the middle of a word, a number, a path or a file's name. */
static bool
is_boundary(char before)
{
	return !(ascii_is_word(before) || before == '.' || before == '-' ||
		 before == '+' || before == '/');
}

/* What the formats for anywhere begin with: seen here because most bytes of
 * most records begin none. */
static bool
may_begin_anywhere(const char *at, size_t len)
{
	char next = len > 1 ? at[1] : 0;

	if (*at == 't')
		return next == 's' || next == 'i';
	return ascii_is_digit(*at) || (*at == 'a' && next == 'u') ||
	       (*at == '"' && (next == 't' || next == '@'));
}

static int64_t
read_first(struct timestamp *timestamp, const struct stamp_format *formats,
    size_t count, struct span record, size_t at,
    const struct timestamp_near *near)
{
	const struct stamp_format *format;
	struct stamp_start start;
	int64_t wall;

	stamp_look(record, at, &start);
	if (start.digits && start.then != '-' && start.then != '/')
		return 0;
	for (format = formats; format < formats + count; format++) {
		if (!format->anywhere || !stamp_may_begin(format, &start))
			continue;
		wall = read_at(timestamp, format, record, at, near);
		if (wall)
			return wall;
	}
	return 0;
}

/* The first that one of the formats reads. */
static int64_t
find(struct timestamp *timestamp, const struct stamp_format *formats,
    size_t count, struct span record, size_t from,
    const struct timestamp_near *near)
{
	int64_t wall;

	for (size_t at = from; at < record.len && at - from < TIMESTAMP_REACH;
	     at++) {
		if (!may_begin_anywhere(record.data + at, record.len - at) ||
		    (at && !is_boundary(record.data[at - 1])))
			continue;
		wall = read_first(timestamp, formats, count, record, at, near);
		if (wall)
			return wall;
	}
	return 0;
}

static int64_t
read_auto(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near)
{
	int64_t wall = read_beginning(timestamp, record, near);
	size_t tail = record.len > TAIL_REACH ? record.len - TAIL_REACH : 0;

	if (!wall)
		wall = find(timestamp, stamp_formats, stamp_formats_count,
		    record, 0, near);
	if (!wall && record.len && record.data[0] == '{')
		wall = find(timestamp, tail_formats,
		    sizeof(tail_formats) / sizeof(tail_formats[0]), record,
		    tail, near);
	return wall;
}

int64_t
timestamp_read(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near)
{
	if (timestamp->kind == TIMESTAMP_AUTO)
		return read_auto(timestamp, record, near);
	if (timestamp->kind == TIMESTAMP_FORMAT)
		return read_own(timestamp, record, near);
	return 0;
}

int64_t
timestamp_peek(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near)
{
	struct stamp_slashes slashes = timestamp->slashes;
	int64_t wall = timestamp_read(timestamp, record, near);

	timestamp->slashes = slashes;
	return wall;
}

bool
timestamp_changed(const struct timestamp *timestamp)
{
	return timestamp->slashes.order != timestamp->saved.order ||
	       timestamp->slashes.shown != timestamp->saved.shown;
}

void
timestamp_save(const struct timestamp *timestamp, struct buf *out)
{
	fields_add_number(out, "order", timestamp->slashes.order);
	fields_add_number(out, "shown", timestamp->slashes.shown);
}

void
timestamp_saved(struct timestamp *timestamp)
{
	timestamp->saved = timestamp->slashes;
}

static bool
is_order(int64_t number)
{
	return number >= STAMP_ORDER_OPEN && number <= STAMP_DAY_FIRST;
}

int
timestamp_load(
    struct timestamp *timestamp, struct span saved, struct err *err)
{
	int64_t order, shown;

	if (fields_check(saved, err))
		return err_prefix(err, "a stored order of dates");
	order = fields_get_number(saved, "order", -1);
	shown = fields_get_number(saved, "shown", -1);
	if (!is_order(order) || !is_order(shown))
		return err_set(err, "a stored order of dates is none");
	timestamp->slashes = (struct stamp_slashes){
	    (enum stamp_order)order, (enum stamp_order)shown};
	timestamp_saved(timestamp);
	return 0;
}

const char *
timestamp_format_name(const struct timestamp *timestamp)
{
	return timestamp->last ? timestamp->last->name : NULL;
}
