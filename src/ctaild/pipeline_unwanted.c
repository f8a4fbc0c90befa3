/*
 * pipeline_unwanted: what of a block no rule wants to see.
 *
 * Hides that a block is asked about again behind each line that was wanted,
 * and is swept once; and that records are kept which an alert may want as its
 * context.
 */
#include "config.h"

#include <string.h>

#include "ctaild/pipeline_internal.h"

/* The end of the line that begins at from. */
static size_t
line_end(struct span lines, size_t from)
{
	const char *newline =
	    memchr(lines.data + from, '\n', lines.len - from);

	return newline ? (size_t)(newline - lines.data) + 1 : lines.len;
}

/* What is asked about is the rest of a block that was asked about before.  A
 * block of which nothing is left is forgotten at once: its bytes may change
 * at the same place. */
static bool
goes_on(const struct pipeline_block *block, size_t log, struct span lines)
{
	return block->rest.len && block->log == log &&
	       block->rest.data == lines.data && block->rest.len == lines.len;
}

static void
note_rest(struct pipeline_block *block, struct span lines, size_t unwanted)
{
	size_t next;

	block->at = (size_t)(lines.data - block->lines.data) + unwanted;
	block->is_out = unwanted < lines.len;
	next = block->is_out ? line_end(lines, unwanted) : lines.len;
	block->rest = span_of(lines.data + next, lines.len - next);
}

static void
begin_block(struct pipeline *pipeline, size_t log, struct span lines)
{
	struct pipeline_block *block = &pipeline->block;
	struct pipeline_filter *filter;

	pipeline_learn_rarity(pipeline, log, lines);
	filter = pipeline_filter(pipeline, log);
	*block = (struct pipeline_block){.log = log, .lines = lines};
	if (filter->sweep)
		sweep_begin(filter->sweep, lines);
	if (filter->ignored)
		seek_begin(filter->ignored, lines);
}

void
pipeline_forget_block(struct pipeline *pipeline)
{
	pipeline->block = (struct pipeline_block){0};
}

bool
pipeline_was_swept(struct pipeline *pipeline, const struct record *record)
{
	struct pipeline_block *block = &pipeline->block;
	bool was_out = block->is_out;
	const struct pipeline_filter *filter =
	    pipeline_filter(pipeline, record->log);

	block->is_out = false;
	return was_out && block->log == record->log &&
	       record->text.data == block->lines.data + block->at &&
	       filter->sweep && !filter->ignored;
}

/* So many lines before the one at `end', or from the start on. */
static size_t
lines_before(struct span lines, size_t end, size_t count)
{
	for (; count && end; count--) {
		const char *newline = memrchr(lines.data, '\n', end - 1);

		end = newline ? (size_t)(newline - lines.data) + 1 : 0;
	}
	return end;
}

static bool
wants_all(const struct pipeline *pipeline, const char *log_path)
{
	return pipeline->hooks.unmatched || pipeline->hooks.tried ||
	       pipeline->clock_ns ||
	       context_waits(pipeline->context, log_path);
}

static size_t
sweep(struct pipeline *pipeline, size_t log, const char *log_path,
    struct span lines)
{
	struct pipeline_filter *filter = pipeline_filter(pipeline, log);
	struct span block = pipeline->block.lines;
	size_t from = (size_t)(lines.data - block.data), next;

	if (!filter->sweep || wants_all(pipeline, log_path))
		return 0;
	next = filter->ignored ? pipeline_next_wanted(filter, block, from)
			       : sweep_next(filter->sweep, from);
	return lines_before(
	    lines, next - from, pipeline->plan->logs[log].context);
}

/* Where none is passed over, it is enough to notice most blocks. */
static size_t
want_all(struct pipeline *pipeline, size_t log, struct span lines)
{
	struct pipeline_block *block = &pipeline->block;

	if (!block->lines.len || block->log != log ||
	    lines.data <= block->lines.data ||
	    lines.data + lines.len != block->lines.data + block->lines.len)
		begin_block(pipeline, log, lines);
	return 0;
}

size_t
pipeline_unwanted(
    void *arg, size_t log, const char *log_path, struct span lines)
{
	struct pipeline *pipeline = arg;
	struct pipeline_block *block = &pipeline->block;
	size_t unwanted;

	if (!pipeline->logs[log].is_read || !lines.len)
		return lines.len;
	if (!pipeline_filter(pipeline, log)->sweep)
		return want_all(pipeline, log, lines);
	if (!goes_on(block, log, lines))
		begin_block(pipeline, log, lines);
	unwanted = sweep(pipeline, log, log_path, lines);
	note_rest(block, lines, unwanted);
	return unwanted;
}

void
pipeline_skipped(void *arg, size_t log, uint64_t lines)
{
	struct pipeline *pipeline = arg;
	struct pipeline_log *its = &pipeline->logs[log];
	const struct pipeline_filter *filter = pipeline_filter(pipeline, log);

	if (!its->is_read)
		return;
	its->totals.records += lines;
	if (!filter->ignored) {
		its->totals.unmatched += lines;
		return;
	}
	its->totals.ignored += lines;
	pipeline->rules[filter->ignorer].totals.excluded += lines;
}
