/*
 * print: the unread bytes of one log, generation by generation.
 *
 * Three ways, by what the options need to know of the bytes: nothing (the
 * kernel moves them), where lines begin (a prefix, a count), or where every
 * Nth line ends (the position is stored there).
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctail/job.h"

#define PIECE ((uint64_t)256 * 1024)

/* --- Lines ------------------------------------------------------------------
 */

static void
add_labelled(struct job *job, struct buf *out, struct span bytes)
{
	while (bytes.len > 0) {
		const char *newline = memchr(bytes.data, '\n', bytes.len);
		size_t len =
		    newline ? (size_t)(newline - bytes.data) + 1 : bytes.len;

		if (!job->inside_line)
			buf_addf(out, "%s: ", job->log);
		buf_add(out, bytes.data, len);
		job->inside_line = !newline;
		bytes = span_of(bytes.data + len, bytes.len - len);
	}
}

enum output_answer
print_lines(struct job *job, struct span bytes)
{
	struct run *run = job->run;

	if (!run->options->prefix)
		return output_write(&run->output, bytes);
	buf_reset(&run->labelled);
	add_labelled(job, &run->labelled, bytes);
	return output_write(&run->output, buf_span(&run->labelled));
}

/* How much of bytes, which were printed last, the output took when it took
 * `taken` of what they became: whole lines, where they have labels. */
static size_t
taken_of(
    const struct job *job, struct span bytes, bool inside_line, uint64_t taken)
{
	size_t label = inside_line ? 0 : strlen(job->log) + 2;
	const char *newline;
	size_t at = 0;

	if (!job->run->options->prefix)
		return (size_t)taken;
	while ((newline = memchr(bytes.data + at, '\n', bytes.len - at))) {
		size_t len = (size_t)(newline - bytes.data) + 1 - at;

		if (taken < label + len)
			break;
		taken -= label + len;
		label = strlen(job->log) + 2;
		at += len;
	}
	return at;
}

/* The length of the next `wanted` lines, or of the whole block when it has
 * fewer; *found_out is how many it has. */
static size_t
lines_len(struct span block, uint64_t wanted, uint64_t *found_out)
{
	size_t at = 0;
	uint64_t found = 0;

	while (found < wanted) {
		const char *newline =
		    memchr(block.data + at, '\n', block.len - at);

		if (!newline) {
			*found_out = found;
			return block.len;
		}
		at = (size_t)(newline - block.data) + 1;
		found++;
		if (at == block.len)
			break;
	}
	*found_out = found;
	return at;
}

/* --- One extent -------------------------------------------------------------
 */

/* `found` whole lines. */
static enum output_answer
print_some(
    struct job *job, struct feed *feed, struct span lines, uint64_t found)
{
	bool inside_line = job->inside_line;
	uint64_t before = job->run->output.written;
	enum output_answer answer = print_lines(job, lines);

	if (answer == OUTPUT_BROKEN)
		return answer;
	if (answer == OUTPUT_STOPPED) {
		lines.len = taken_of(
		    job, lines, inside_line, job->run->output.written - before);
		(void)lines_len(lines, UINT64_MAX, &found);
	}
	feed_took(feed, lines.len);
	job->lines += found;
	job->unmarked += found;
	return answer;
}

static enum output_answer
print_block(struct job *job, const struct follow_extent *extent,
    struct feed *feed, struct span block)
{
	bool marks = job->run->options->every_n && !mark_is_whole(job, extent);
	uint64_t every_n = (uint64_t)job->run->options->every_n;

	while (block.len > 0) {
		uint64_t wanted = marks ? every_n - job->unmarked : UINT64_MAX;
		uint64_t found;
		size_t len = lines_len(block, wanted, &found);
		struct span lines = span_of(block.data, len);
		enum output_answer answer = print_some(job, feed, lines, found);

		if (answer != OUTPUT_OK)
			return answer;
		block = span_of(block.data + len, block.len - len);
		if (!marks || job->unmarked < every_n)
			continue;
		job->unmarked = 0;
		if (!mark_reached(job, feed->at))
			return OUTPUT_STOPPED;
	}
	return OUTPUT_OK;
}

static enum output_answer
print_by_lines(struct job *job, const struct follow_extent *extent,
    struct feed *feed, struct err *err)
{
	enum output_answer answer = OUTPUT_OK;
	struct span block;
	int more = 0;

	if (job->run->options->every_n && !mark_generation(job, extent))
		return OUTPUT_STOPPED;
	while (answer == OUTPUT_OK && (more = feed_next(feed, &block, err)) > 0)
		answer = print_block(job, extent, feed, block);
	return answer == OUTPUT_OK && more < 0 ? OUTPUT_NO_SOURCE : answer;
}

/* The end of the last line in [from, to); from when there is none. */
static uint64_t
floor_to_line(
    struct job *job, struct content *content, uint64_t from, uint64_t to)
{
	char *block = feed_memory_get(&job->run->memory);
	struct err err = ERR_INIT;

	while (to > from) {
		size_t len =
		    to - from < FEED_BLOCK ? (size_t)(to - from) : FEED_BLOCK;
		ssize_t n =
		    content_pread(content, block, len, to - len, len, &err);
		const char *newline =
		    n == (ssize_t)len ? memrchr(block, '\n', len) : NULL;

		if (newline)
			return to - len + (uint64_t)(newline - block) + 1;
		to -= len;
	}
	return from;
}

/* --follow stores on the way, so that little is told again by whoever
 * continues after a kill: after pieces of so many bytes. */
static uint64_t
end_of_piece(struct job *job, const struct follow_extent *extent, uint64_t end)
{
	uint64_t from = extent->position.offset;
	uint64_t at;

	if (!job->run->options->follow || extent->content->unpack ||
	    end - from <= PIECE)
		return end;
	at = floor_to_line(job, extent->content, from, from + PIECE);
	return at > from ? at : end;
}

/* A stopped output may have taken half a line.  That line will be printed
 * whole; what came before it is not repeated. */
static void
consume_whole_lines(struct job *job, const struct follow_extent *extent,
    const struct feed *feed)
{
	struct content *content = extent->content;
	uint64_t at =
	    floor_to_line(job, content, extent->position.offset, feed->at);
	size_t len = at < FEED_OVERLAP ? (size_t)at : FEED_OVERLAP;
	char *block = feed_memory_get(&job->run->memory);
	struct err err = ERR_INIT;

	if (at == extent->position.offset)
		return;
	if (content_pread(content, block, len, at - len, len, &err) !=
	    (ssize_t)len)
		len = 0;
	if (feed_is_movable(feed) && !feed_holds(feed))
		return;
	follow_consume_extent(job->follow, extent, at, span_of(block, len));
}

bool
print_failed(struct job *job, enum output_answer answer, const char *path,
    const struct err *err)
{
	const char *reason = strerror(errno);

	if (answer == OUTPUT_BROKEN)
		job_fail(job, STATUS_OUTPUT,
		    "cannot write to standard output: %s; the position in %s "
		    "is not stored",
		    reason, job->log);
	else if (answer == OUTPUT_NO_SOURCE)
		job_fail(job, STATUS_UNREADABLE, "cannot read %s: %s", path,
		    err->text);
	return false;
}

/* A finished file's last line gets the newline that it never got. */
static enum output_answer
complete_line(struct job *job)
{
	job->lines++;
	job->inside_line = false;
	return output_write(&job->run->output, span_str("\n"));
}

static bool
checked_before_printing(struct job *job)
{
	struct err err = ERR_INIT;

	if (place_check_writable(&job->place, &err) == 0)
		return true;
	job_fail(job, STATUS_NOT_STORED, "%s; nothing was printed", err.text);
	return false;
}

/* False: stop (the output, or a limit). */
static bool
print_extent(
    struct job *job, const struct follow_extent *extent, struct span packed)
{
	struct run *run = job->run;
	bool marked_at_end = mark_is_whole(job, extent);
	struct err err = ERR_INIT;
	enum output_answer answer;
	struct feed feed;
	uint64_t end;

	if (!checked_before_printing(job))
		return false;
	if (allowed_end(job, extent, packed, &end, &err) < 0)
		return print_failed(job, OUTPUT_NO_SOURCE, extent->path, &err);
	if (end == extent->position.offset) {
		job->finished = true;
		return false;
	}
	end = end_of_piece(job, extent, end);
	feed_init(&feed, extent->content, extent->position.offset, end, packed,
	    &run->memory);
	feed_expect(&feed, extent->proven, extent->proven_at);
	if (job->counts_lines || run->options->prefix)
		answer = print_by_lines(job, extent, &feed, &err);
	else
		answer = output_feed(&run->output, &feed, &err);
	job->bytes += feed.at - extent->position.offset;
	if (answer == OUTPUT_OK && extent->partial && feed.at == extent->end)
		answer = complete_line(job);
	if (answer == OUTPUT_OK || answer == OUTPUT_NO_SOURCE)
		follow_consume_extent(
		    job->follow, extent, feed.at, feed_last(&feed));
	else if (answer == OUTPUT_STOPPED)
		consume_whole_lines(job, extent, &feed);
	if (answer != OUTPUT_OK)
		return print_failed(job, answer, extent->path, &err);
	return marked_at_end ? mark_consumed(job) : mark_passed(job);
}

/* --- Everything that is there -----------------------------------------------
 */

static struct follow_now
now_here(void)
{
	return (struct follow_now){
	    .boot_ms = clock_boot_ms(),
	    .wall_ns = clock_stamp_ns(),
	};
}

/* Nothing stands under the log's name, nor in any rotated file. */
static void
tell_gone(struct job *job)
{
	struct err err = ERR_INIT;

	if (job->run->options->follow) {
		err_set(&err, "%s is not there; waiting for it", job->log);
		job_tell(job, err.text);
	} else if (!follow_is_open(job->follow)) {
		job_fail(job, STATUS_NO_LOG, "cannot open %s: %s", job->log,
		    strerror(ENOENT));
	}
}

static void
tell_unreadable(struct job *job, const struct err *err)
{
	if (job->run->options->follow)
		job_tell(job, err->text);
	else
		job_fail(job, job_unreadable(job), "%s", err->text);
}

/* True: look again. */
static bool
take_verdict(
    struct job *job, enum follow_verdict verdict, const struct err *err)
{
	switch (verdict) {
	case FOLLOW_ROTATED:
		job->rotations++;
		return true;
	case FOLLOW_TRUNCATED:
		job->truncations++;
		job_warn(job, "%s", err->text);
		return true;
	case FOLLOW_GAP:
		job_warn(job, "%s", err->text);
		return true;
	case FOLLOW_WAIT:
	case FOLLOW_SHRANK:
		job_tell(job, err->text);
		return false;
	case FOLLOW_GONE:
		tell_gone(job);
		return false;
	case FOLLOW_UNREADABLE:
		tell_unreadable(job, err);
		return false;
	case FOLLOW_DATA:
	case FOLLOW_EOF:
		break;
	}
	return false;
}

static enum follow_verdict
look(struct job *job, struct follow_extent *extent, struct span *packed,
    struct err *err)
{
	struct follow_now now = now_here();

	*err = (struct err)ERR_INIT;
	return follow_extent(
	    job->follow, &job->run->unpacked, &now, extent, packed, err);
}

void
job_print(struct job *job)
{
	const volatile sig_atomic_t *stop = job->run->output.stop;
	struct follow_extent extent;
	struct span packed;
	struct err err;
	bool more = !job->finished;

	while (more && !(stop && *stop)) {
		enum follow_verdict verdict;

		if (allowance_is_used(job)) {
			job->finished = true;
			break;
		}
		verdict = look(job, &extent, &packed, &err);
		if (verdict == FOLLOW_DATA)
			more = print_extent(job, &extent, packed);
		else
			more = take_verdict(job, verdict, &err);
		if (job->status == STATUS_OUTPUT ||
		    job->status == STATUS_NOT_STORED)
			job->finished = true;
	}
}
