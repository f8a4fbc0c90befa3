/*
 * source_skip: passes over the lines of a block that nobody wants.
 *
 * Hides which lines may be passed over without being cut one by one: those
 * that are whole, not too long, and records of their own.
 */
#include "config.h"

#include <string.h>

#include "base/bug.h"
#include "input/source_internal.h"

#define NS_PER_MS 1000000

static bool
may_skip(const struct source *source, const struct look *look)
{
	const struct record_rule *rule = &look->rule;

	return source->handler.unwanted && look->has_block && !look->closes &&
	       !(rule->joins && rule->place) &&
	       look->cutter.open.lines == 0 && !look->cutter.lines.skipping;
}

/* Up to where all lines are whole and none is too long. */
static size_t
end_of_whole(const struct lines *lines)
{
	struct span block = lines->block;
	size_t at = lines->at;

	while (at < block.len) {
		size_t left = block.len - at;
		bool all = left <= lines->max;
		const char *from = block.data + at;
		const char *last = memrchr(from, '\n', all ? left
							   : lines->max + 1);

		if (!last)
			return at;
		at += (size_t)(last - from) + 1;
		if (all)
			return at;
	}
	return at;
}

static void
skip(struct source *source, struct look *look, size_t bytes)
{
	struct file *file = look->file;
	struct lines *lines = &look->cutter.lines;
	uint64_t count =
	    lines_count(span_of(lines->block.data + lines->at, bytes));

	lines->at += bytes;
	look->cutter.used = look->used = lines->at;
	look->cutter.skipping = look->skipping = false;
	file->records += count;
	file->lines += count;
	file->read_ms = source->wall_ns / NS_PER_MS;
	if (source->handler.skipped)
		source->handler.skipped(
		    source->handler.arg, file->log, count);
}

void
source_look_skip(struct source *source, struct look *look)
{
	const struct lines *lines = &look->cutter.lines;
	const struct file *file = look->file;
	struct span rest;
	size_t bytes;

	if (!may_skip(source, look))
		return;
	if (look->whole <= lines->at)
		look->whole = end_of_whole(lines);
	if (look->whole <= lines->at)
		return;
	rest = span_of(lines->block.data + lines->at, look->whole - lines->at);
	bytes = source->handler.unwanted(source->handler.arg, file->log,
	    follow_path(file->follow), rest);
	if (bytes > rest.len || (bytes && rest.data[bytes - 1] != '\n'))
		BUG("%zu bytes of %zu are no whole lines", bytes, rest.len);
	if (bytes)
		skip(source, look, bytes);
}
