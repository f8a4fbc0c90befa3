/*
 * reader: drives a follow and holds every line against the world.
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/mem.h"
#include "input/checkpoint_file.h"
#include "input/lines.h"
#include "tests/property/reader.h"

#define LOOK_TURNS 10000
#define MAX_LINE (64 * 1024)

__attribute__((format(printf, 2, 3))) static void
fault(struct reader *reader, const char *format, ...)
{
	va_list args;

	if (reader->noted++ > 0)
		return;
	va_start(args, format);
	vsnprintf(reader->fault, sizeof(reader->fault), format, args);
	va_end(args);
}

static void
explain(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "# %s\n", text);
}

/* --- Lines ------------------------------------------------------------------- */

static void
take_order(struct reader *reader, int number)
{
	if (reader->world->lines[number].late)
		return;
	if (number < reader->last && !reader->forgiven_order)
		fault(reader, "line %d comes after %d", number, reader->last);
	reader->last = number;
	reader->forgiven_order = false;
}

static void
take_number(struct reader *reader, int number, bool whole)
{
	struct line_state *line = &reader->world->lines[number];

	if (line->taken + line->unsaved > 0 && !line->torn)
		fault(reader, "line %d is repeated", number);
	if (!whole)
		line->excused = true;
	line->unsaved++;
	take_order(reader, number);
}

static void
take_line(struct reader *reader, struct span text)
{
	char want[512];
	char digits[16] = "";
	int number;

	while (text.len > 0 && text.data[0] == '\0')
		text = span_of(text.data + 1, text.len - 1);
	if (text.len == 0 || text.data[0] == '#')
		return;
	if (text.data[0] == 'x' && reader->world->remainders)
		return;
	memcpy(digits, text.data, text.len < 10 ? text.len : 10);
	number = atoi(digits);
	if (text.len < 11 || number < 0 || number >= reader->world->next) {
		fault(reader, "no such line: %.*s", span_shown(text),
		    text.data);
		return;
	}
	if (world_line(number, want) - 1 < text.len ||
	    memcmp(want, text.data, text.len) != 0) {
		fault(reader, "line %d is torn: %.*s", number,
		    span_shown(text), text.data);
		return;
	}
	take_number(reader, number, world_line(number, want) - 1 == text.len);
}

/* --- Blocks and extents -------------------------------------------------------- */

/* The bytes up to the end of the limit's line. */
static size_t
take_lines(struct reader *reader, struct span bytes, bool partial,
    unsigned *limit)
{
	struct lines lines;
	struct line line;

	lines_init(&lines, bytes, MAX_LINE, false);
	while (*limit > 0 && lines_next(&lines, &line)) {
		take_line(reader, line.text);
		*limit -= line.text.len == 0 || line.text.data[0] != '#';
	}
	if (partial && *limit > 0 && lines.at < bytes.len) {
		take_line(reader,
		    span_of(bytes.data + lines.at, bytes.len - lines.at));
		lines.at = bytes.len;
	}
	return lines.at;
}

static enum follow_verdict
look_block(struct reader *reader, const struct follow_now *now,
    unsigned *limit, struct err *err)
{
	struct follow_block block;
	enum follow_verdict verdict = follow_read(
	    reader->follow, &reader->buffer, now, &block, err);

	if (verdict == FOLLOW_DATA)
		follow_consume(reader->follow, &block,
		    take_lines(reader, block.bytes, block.partial, limit),
		    false);
	return verdict;
}

static struct span
extent_bytes(struct reader *reader, const struct follow_extent *extent,
    struct buf *out)
{
	size_t len = (size_t)(extent->end - extent->position.offset);
	struct err err;
	ssize_t n;

	buf_reserve(out, len + 1);
	n = content_pread(extent->content, out->data, len,
	    extent->position.offset, len, &err);
	if (n != (ssize_t)len)
		fault(reader, "an extent of %zu bytes has %zd", len, n);
	return span_of(out->data, n > 0 ? (size_t)n : 0);
}

/* What was output right before the place reached, as ctail keeps it. */
static struct span
last_bytes(struct span bytes, size_t used)
{
	size_t len = used < POSITION_PRINT ? used : POSITION_PRINT;

	return span_of(bytes.data + used - len, len);
}

static enum follow_verdict
look_extent(struct reader *reader, const struct follow_now *now,
    unsigned *limit, struct err *err)
{
	struct follow_extent extent;
	struct span bytes = {NULL, 0};
	struct buf read = BUF_INIT;
	enum follow_verdict verdict = follow_extent(reader->follow,
	    &reader->buffer, now, &extent, &bytes, err);
	size_t used;

	if (verdict == FOLLOW_DATA) {
		if (!extent.content->unpack)
			bytes = extent_bytes(reader, &extent, &read);
		used = take_lines(reader, bytes, extent.partial, limit);
		follow_consume_extent(reader->follow, &extent,
		    extent.position.offset + used, last_bytes(bytes, used));
	}
	buf_release(&read);
	return verdict;
}

/* --- Runs ------------------------------------------------------------------------- */

static void
open_follow(struct reader *reader)
{
	struct checkpoint checkpoint;
	struct err err;

	if (reader->follow)
		return;
	if (reader->saved.len == 0) {
		reader->follow = follow_new(
		    world_path(reader->world, WORLD_LOG), &reader->options,
		    NULL);
		return;
	}
	if (checkpoint_parse(buf_span(&reader->saved), &checkpoint, &err) < 0) {
		fault(reader, "what was saved cannot be read: %s", err.text);
		return;
	}
	reader->follow = follow_new(world_path(reader->world, WORLD_LOG),
	    &reader->options, &checkpoint);
	checkpoint_release(&checkpoint);
}

static void
put_checkpoint(struct reader *reader, const struct checkpoint *checkpoint)
{
	buf_reset(&reader->saved);
	checkpoint_format(checkpoint, &reader->saved);
}

static void
save(struct reader *reader)
{
	struct checkpoint checkpoint = CHECKPOINT_INIT;
	struct world *world = reader->world;

	if (!reader->follow)
		return;
	follow_checkpoint(reader->follow, &checkpoint);
	put_checkpoint(reader, &checkpoint);
	if (reader->options.explain)
		explain(NULL, buf_str(&reader->saved));
	checkpoint_release(&checkpoint);
	reader->blind = false;
	for (int i = 0; i < world->next; i++) {
		world->lines[i].taken += world->lines[i].unsaved;
		world->lines[i].unsaved = 0;
	}
}

static void
close_follow(struct reader *reader)
{
	follow_free(reader->follow);
	reader->follow = NULL;
}

void
reader_crash(struct reader *reader)
{
	struct world *world = reader->world;

	close_follow(reader);
	for (int i = 0; i < world->next; i++) {
		struct line_state *line = &world->lines[i];

		if (line->unsaved > 0 && line->copies == 0)
			line->excused = true;
		if (line->unsaved > 0)
			reader->forgiven_order = true;
		line->unsaved = 0;
	}
}

void
reader_restart(struct reader *reader)
{
	save(reader);
	close_follow(reader);
}

/* Where all files begin alike, what is lost, or was read, may not be provable;
 * then it must be told. */
static void
excuse_all(struct world *world)
{
	for (int i = 0; world->headed && i < world->next; i++) {
		struct line_state *line = &world->lines[i];

		if (!line->taken && !line->unsaved)
			line->excused = true;
		line->torn = true;
	}
}

static bool
ends_a_look(enum follow_verdict verdict)
{
	return verdict == FOLLOW_EOF || verdict == FOLLOW_WAIT ||
	       verdict == FOLLOW_GONE || verdict == FOLLOW_UNREADABLE ||
	       verdict == FOLLOW_SHRANK;
}

void
reader_look(struct reader *reader, unsigned lines)
{
	struct follow_now now = {reader->world->boot_ms,
	    reader->world->wall_ns};
	unsigned limit = lines ? lines : UINT32_MAX;
	enum follow_verdict verdict;
	struct err err;
	int turns = 0;

	open_follow(reader);
	if (!reader->follow)
		return;
	do {
		verdict = reader->extents
			      ? look_extent(reader, &now, &limit, &err)
			      : look_block(reader, &now, &limit, &err);
		if (reader->options.explain && err.text[0])
			explain(NULL, err.text);
		if (verdict == FOLLOW_GAP || verdict == FOLLOW_GONE)
			excuse_all(reader->world);
		if (verdict == FOLLOW_UNREADABLE)
			fault(reader, "unreadable: %s", err.text);
		if (++turns == LOOK_TURNS)
			fault(reader, "a look does not end");
	} while (!ends_a_look(verdict) && limit > 0 && turns < LOOK_TURNS);
	if (!reader->daemon)
		reader_restart(reader);
}

/* --- Other tools ---------------------------------------------------------------- */

/* How many of the live file's lines lie before the saved position; -1 when
 * the position is not in it. */
static int
lines_before(struct reader *reader, struct checkpoint *saved)
{
	struct body *live = reader->world->live;
	struct position named = {0};
	struct err err;
	int before = 0;

	/* Where all files begin alike, two numbers lead anywhere. */
	if (reader->saved.len == 0 || !live || live->holed ||
	    reader->world->headed ||
	    checkpoint_parse(buf_span(&reader->saved), saved, &err) < 0)
		return -1;
	/* Inode numbers come back. */
	if (position_identify(&named, live->fd) < 0 ||
	    !position_same_file(&saved->position, &named) ||
	    saved->position.offset > live->size)
		before = -1;
	for (size_t i = 0; before >= 0 && i < live->count; i++) {
		if (live->ends[i] <= saved->position.offset)
			before = (int)i + 1;
	}
	if (before >= 0 &&
	    saved->position.offset != (before ? live->ends[before - 1] : 0))
		before = -1;
	if (before < 0)
		checkpoint_release(saved);
	return before;
}

static void
move_saved(struct reader *reader, struct checkpoint *saved, uint64_t offset)
{
	struct offset_entry entry = {saved->position.ino, offset};
	struct checkpoint_pair pair = CHECKPOINT_PAIR_INIT;
	struct checkpoint moved = CHECKPOINT_INIT;

	checkpoint_copy(&pair.current, saved);
	pair.has_current = true;
	checkpoint_resume(&entry, reader->world->wall_ns, &pair, &moved);
	put_checkpoint(reader, &moved);
	reader->blind = true;
	checkpoint_release(&moved);
	checkpoint_pair_release(&pair);
	checkpoint_release(saved);
}

/* Only where such a tool is right: nothing unread lies before the log. */
static bool
is_all_taken_before(const struct reader *reader)
{
	const struct world *world = reader->world;

	for (int i = 0; i < world->next; i++) {
		const struct line_state *line = &world->lines[i];
		bool in_live = false;

		for (size_t k = 0; k < world->live->count; k++)
			in_live |= world->live->lines[k] == i;
		if (!in_live && line->copies > 0 && !line->taken &&
		    !line->excused)
			return false;
	}
	return true;
}

void
reader_other(struct reader *reader)
{
	struct checkpoint saved = CHECKPOINT_INIT;
	struct body *live = reader->world->live;
	int before;

	if (reader->follow)
		reader_crash(reader);
	before = lines_before(reader, &saved);
	if (before < 0)
		return;
	if (!is_all_taken_before(reader)) {
		checkpoint_release(&saved);
		return;
	}
	for (size_t i = (size_t)before; i < live->count; i++) {
		struct line_state *line = &reader->world->lines[live->lines[i]];

		if (line->taken && !line->torn)
			fault(reader, "line %d was taken, but the position "
			    "lies before it", live->lines[i]);
		line->taken++;
		take_order(reader, live->lines[i]);
	}
	move_saved(reader, &saved,
	    live->count > (size_t)before ? live->ends[live->count - 1]
					 : saved.position.offset);
}

void
reader_rewind(struct reader *reader, unsigned lines)
{
	struct checkpoint saved = CHECKPOINT_INIT;
	struct body *live = reader->world->live;
	int before, to;

	if (reader->follow)
		reader_restart(reader);
	before = lines_before(reader, &saved);
	if (before <= 0) {
		if (before == 0)
			checkpoint_release(&saved);
		return;
	}
	to = (unsigned)before > lines ? before - (int)lines : 1;
	for (int i = to; i < before; i++) {
		struct line_state *line = &reader->world->lines[live->lines[i]];

		line->taken = 0;
		line->excused = false;
	}
	reader->forgiven_order = true;
	move_saved(reader, &saved, live->ends[to - 1]);
}

/* --- Life ---------------------------------------------------------------------------- */

void
reader_judge(struct reader *reader)
{
	const struct world *world = reader->world;

	if (reader->follow)
		save(reader);
	for (int i = 0; i < world->next; i++) {
		const struct line_state *line = &world->lines[i];

		if (line->copies > 0 && !line->taken && !line->excused)
			fault(reader, "line %d is lost", i);
	}
}

void
reader_begin(struct reader *reader, struct world *world, bool daemon,
    bool extents, const struct unpacker *unpacker)
{
	*reader = (struct reader){
	    .world = world,
	    .daemon = daemon,
	    .extents = extents,
	    .last = -1,
	    .options = {.unpacker = unpacker,
		.max_line = MAX_LINE,
		.explain = getenv("CTAIL_EXPLAIN") ? explain : NULL},
	};
}

void
reader_end(struct reader *reader)
{
	close_follow(reader);
	buf_release(&reader->saved);
	buf_release(&reader->buffer);
}
