/*
 * source_start: where a file begins that is read from `last DURATION` on.
 *
 * A binary search over byte offsets.  Hides the probes: at an offset somewhere
 * in the file, the first record behind it that has a time.  Bounded in their
 * number and in what each of them reads; where one finds no time in all that
 * it may read, nothing is known of the records behind it, and what could be
 * young is read rather than left out.
 */
#include "config.h"

#include <sys/stat.h>

#include "input/content.h"
#include "input/generation.h"
#include "input/source_internal.h"

#define PROBES_MAX 80
#define WINDOW_MIN ((size_t)4 * 1024)
#define WINDOW_MAX ((size_t)1024 * 1024)
#define END_LOOK (WINDOW_MAX / 2) /* a window holds it */

enum finding {
	FOUND_OLD,
	FOUND_YOUNG,
	FOUND_NOTHING, /* as far as was asked */
	FOUND_UNKNOWN, /* there is more than may be read */
};

struct search {
	const struct source *source;
	const struct file *file;
	struct record_rule rule;
	struct content content;
	struct buf window;
	int64_t since_ms;
	uint64_t whole; /* where its last whole line ends */
	bool any_time;
};

/* Of the record that was found. */
struct place {
	uint64_t start, end;
};

static int64_t
time_of(const struct search *search, struct span text)
{
	const struct source_handler *handler = &search->source->handler;

	return handler->time(handler->arg, search->file->log,
	    follow_path(search->file->follow), text);
}

/* --- One window --------------------------------------------------------- */

/* Reads what is at offset; false when it cannot be had. */
static bool
load(struct search *search, uint64_t offset, size_t want)
{
	struct err err;
	ssize_t len;

	buf_reset(&search->window);
	buf_reserve(&search->window, want);
	len = content_pread(
	    &search->content, search->window.data, want, offset, want, &err);
	if (len < 0)
		return false;
	search->window.len = (size_t)len;
	return true;
}

/* Where in the window the first line begins that begins a record. */
static size_t
first_record(const struct search *search, size_t from)
{
	const struct record_rule *rule = &search->rule;
	struct lines lines;
	struct line line;

	if (!rule->joins || !rule->place)
		return from;
	lines_init(&lines,
	    span_of(search->window.data + from, search->window.len - from),
	    rule->max_line, false);
	while (lines_next(&lines, &line)) {
		if (record_place_of(rule, &line) == LINE_BEGINS)
			return from + line.start;
	}
	return search->window.len;
}

/* The window begins at offset; records are looked for from `from` in it to
 * before `until` in the file.  *time_out is that of the first with a time, 0:
 * there is none; then place->end says up to where that is sure. */
static void
find_timed(struct search *search, uint64_t offset, size_t from, uint64_t until,
    struct place *place, int64_t *time_out)
{
	struct record_cutter cutter;
	struct record_piece piece;
	struct span bytes;

	*time_out = 0;
	from = first_record(search, from);
	bytes = span_of(search->window.data + from, search->window.len - from);
	offset += from;
	place->end = offset;
	record_cutter_init(&cutter, &search->rule, bytes, false,
	    offset + bytes.len >= search->whole);
	while (*time_out == 0 && record_cutter_next(&cutter, &piece) &&
	       offset + piece.start < until) {
		*time_out = time_of(search, piece.text);
		place->start = offset + piece.start;
		place->end = offset + piece.end;
	}
	if (*time_out == 0)
		place->end = offset + cutter.used;
}

/* Only what whole lines of the file there are; what is behind its last
 * newline is still being written. */
static bool
load_lines(struct search *search, uint64_t offset, size_t want)
{
	struct buf *window = &search->window;
	const char *newline;

	if (offset + want > search->whole)
		want = (size_t)(search->whole - offset);
	if (!load(search, offset, want))
		return false;
	newline = window->len ? memrchr(window->data, '\n', window->len) : NULL;
	window->len = newline ? (size_t)(newline - window->data) + 1 : 0;
	return true;
}

/* --- Probes ------------------------------------------------------------- */

static size_t
behind_newline(const struct buf *window)
{
	const char *newline = memchr(window->data, '\n', window->len);

	return newline ? (size_t)(newline - window->data) + 1 : window->len;
}

/* The first record with a time that begins in [from, until).  aligned: a
 * record begins at from; else behind the next newline. */
static enum finding
probe(struct search *search, uint64_t from, uint64_t until, bool aligned,
    struct place *place)
{
	uint64_t offset = aligned ? from : from - 1;

	for (size_t want = WINDOW_MIN; want <= WINDOW_MAX; want *= 4) {
		int64_t when = 0;

		if (!load_lines(search, offset, want))
			return FOUND_UNKNOWN;
		if (search->window.len == 0)
			continue;
		find_timed(search, offset,
		    aligned ? 0 : behind_newline(&search->window), until, place,
		    &when);
		if (when != 0) {
			search->any_time = true;
			return when < search->since_ms ? FOUND_OLD
						       : FOUND_YOUNG;
		}
		if (place->end >= until)
			return FOUND_NOTHING;
	}
	return FOUND_UNKNOWN;
}

/* Records begin at low, and all before it are old; none that begins at high
 * or behind is the first young one, unless it is best. */
static uint64_t
search_file(struct search *search)
{
	uint64_t low = 0, high = search->whole, best = UINT64_MAX;
	bool unknown = false;

	for (int i = 0; low < high && i < PROBES_MAX; i++) {
		uint64_t middle = low + (high - low) / 2;
		struct place place;

		switch (probe(search, middle, high, middle == low, &place)) {
		case FOUND_OLD:
			low = place.end;
			break;
		case FOUND_YOUNG:
			high = middle;
			best = place.start;
			unknown = false;
			break;
		case FOUND_NOTHING:
			high = middle;
			break;
		case FOUND_UNKNOWN:
			high = middle;
			unknown = true;
			break;
		}
	}
	if (!search->any_time)
		return UINT64_MAX;
	return unknown || low < high ? low : best;
}

/* A time anywhere near the end, so that a file whose beginning has none is
 * not taken for one that has none at all. */
static void
look_at_end(struct search *search)
{
	uint64_t from = search->whole > END_LOOK ? search->whole - END_LOOK : 0;
	struct place place;

	if (!search->any_time)
		probe(search, from, search->whole, from == 0, &place);
}

/* --- The file ----------------------------------------------------------- */

/* Where the last whole line ends; 0: it has none, or none can be seen. */
static uint64_t
end_of_lines(struct search *search, uint64_t size)
{
	const struct buf *window = &search->window;
	uint64_t end = size;

	for (int i = 0; end > 0 && i < PROBES_MAX; i++) {
		uint64_t from = end > WINDOW_MAX ? end - WINDOW_MAX : 0;
		const char *newline;

		if (!load(search, from, (size_t)(end - from)))
			return 0;
		newline = window->len ? memrchr(window->data, '\n', window->len)
				      : NULL;
		if (newline)
			return from + (uint64_t)(newline - window->data) + 1;
		end = from;
	}
	return 0;
}

static uint64_t
search_open(struct search *search)
{
	uint64_t found = search_file(search);

	if (found != UINT64_MAX || search->any_time)
		return found;
	look_at_end(search);
	return search->any_time ? 0 : UINT64_MAX;
}

static void
tell_no_time(struct source *source, const char *path)
{
	source_notify(source, SOURCE_NO_TIME, path,
	    "%s is begun at its end: no line of it has a time that can be "
	    "read, so `start = last` cannot be obeyed; see the `timestamp` "
	    "key",
	    path);
}

uint64_t
source_last(struct source *source, const struct file *file)
{
	const struct source_log *log = &source->logs[file->log];
	const char *path = follow_path(file->follow);
	struct search search = {
	    .source = source,
	    .file = file,
	    .rule = source_record_rule(log, file->log, &source->handler),
	    .since_ms =
		source->wall_ns / 1000000 - log->settings->start.last_ms,
	};
	uint64_t found = UINT64_MAX;
	struct stat st;
	int fd = source->handler.time ? generation_open_file(path, NULL) : -1;

	if (fd < 0)
		return UINT64_MAX;
	content_init(&search.content, fd, COMPRESSION_NONE, NULL);
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		search.whole = end_of_lines(&search, (uint64_t)st.st_size);
		found = search_open(&search);
		if (!search.any_time && search.whole > 0)
			tell_no_time(source, path);
	}
	content_close(&search.content);
	buf_release(&search.window);
	return found;
}
