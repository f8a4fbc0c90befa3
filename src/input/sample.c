/*
 * sample: bytes of files to records.
 *
 * Hides blocks, and the record that a generation leaves open for the next one
 * to go on with.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "input/sample_internal.h"
#include "input/source_internal.h"

/* No record is open for longer, whatever its limits say. */
#define OPEN_MAX ((size_t)64 * 1024 * 1024)

void
sampling_init(struct sampling *sampling, const struct sample *sample,
    const char *log_path)
{
	*sampling = (struct sampling){
	    .sample = sample,
	    .log_path = log_path,
	    .rule = source_record_rule(
		sample->log, sample->index, &sample->handler),
	    .until = UINT64_MAX,
	    .aligned = true,
	};
}

void
sampling_release(struct sampling *sampling)
{
	free(sampling->before.path);
	free(sampling->now.path);
	buf_release(&sampling->bytes);
}

/* --- Records ------------------------------------------------------------ */

static bool
is_too_old(struct sampling *sampling, struct record *record)
{
	const struct source_handler *handler = &sampling->sample->handler;

	if (sampling->since_ms <= 0 || !handler->time)
		return false;
	record->time_ms = handler->time(
	    handler->arg, record->log, record->log_path, record->text);
	if (record->time_ms != 0)
		sampling->newest_ms = record->time_ms;
	return sampling->newest_ms != 0 &&
	       sampling->newest_ms < sampling->since_ms;
}

/* Where a place in the bytes lies in its file. */
static uint64_t
offset_of(const struct sampling *sampling, size_t at)
{
	return at < sampling->carry
		   ? sampling->before.offset + at
		   : sampling->now.offset + (at - sampling->carry);
}

static void
hand_out(struct sampling *sampling, const struct record_piece *piece)
{
	const struct sample *sample = sampling->sample;
	bool carried = piece->start < sampling->carry;
	struct record record = {
	    .text = piece->text,
	    .log = sample->index,
	    .path = carried ? sampling->before.path : sampling->now.path,
	    .log_path = sampling->log_path,
	    .incarnation = "",
	    .offset = offset_of(sampling, piece->start),
	    .end = offset_of(sampling, piece->end - 1) + 1,
	    .lines = piece->lines,
	    .cut = piece->cut,
	    .partial = piece->partial,
	};

	if (!is_too_old(sampling, &record))
		sample->handler.record(sample->handler.arg, &record);
}

static void
drop(struct sampling *sampling, size_t used)
{
	size_t carried = used < sampling->carry ? used : sampling->carry;

	buf_drop(&sampling->bytes, used);
	sampling->before.offset += carried;
	sampling->carry -= carried;
	sampling->now.offset += used - carried;
}

/* Bytes before the first line that begins at or behind from and begins a
 * record.  True when that is there. */
static bool
align(struct sampling *sampling)
{
	const struct record_rule *rule = &sampling->rule;
	struct lines lines;
	struct line line;
	bool found = false;

	lines_init(&lines, buf_span(&sampling->bytes), rule->max_line,
	    sampling->skipping);
	while (!found && lines_next(&lines, &line))
		found = record_place_of(rule, &line) == LINE_BEGINS;
	sampling->skipping = !found && lines.skipping;
	drop(sampling, found ? line.start : lines.at);
	sampling->aligned = found;
	return found;
}

/* closing: nothing follows. */
static void
cut(struct sampling *sampling, bool closing)
{
	struct record_cutter cutter;
	struct record_piece piece;

	if (!sampling->aligned && !align(sampling) && !closing)
		return;
	record_cutter_init(&cutter, &sampling->rule, buf_span(&sampling->bytes),
	    sampling->skipping, closing);
	while (!sampling->ended && record_cutter_next(&cutter, &piece)) {
		if (offset_of(sampling, piece.start) >= sampling->until)
			sampling->ended = true;
		else
			hand_out(sampling, &piece);
	}
	sampling->skipping = cutter.skipping;
	drop(sampling, cutter.used);
}

/* --- Bytes -------------------------------------------------------------- */

/* What was a file when it was looked at may be a FIFO now. */
static int
open_input(struct sample_input *input, const char *path, bool special,
    struct err *err)
{
	int wait = special ? 0 : O_NONBLOCK;
	int fd = strcmp(path, "-") == 0
		     ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | wait);

	if (fd < 0 || fstat(fd, &input->st) < 0) {
		err_set(err, "cannot open %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

static int
refuse(int fd, const char *path, const char *why, struct err *err)
{
	close(fd);
	return err_set(err, "%s %s", path, why);
}

int
sample_open(const struct sample *sample, const char *path, bool special,
    struct sample_input *out, struct err *err)
{
	enum compression packed = compression_of(span_str(path), NULL);
	int fd;

	/* Looked at first: opening a FIFO waits for its writer. */
	if (!special && stat(path, &out->st) == 0 && !S_ISREG(out->st.st_mode))
		return err_set(err, "%s is not a regular file", path);
	fd = open_input(out, path, special, err);
	if (fd < 0)
		return -1;
	if (S_ISDIR(out->st.st_mode))
		return refuse(fd, path, "is a directory, not a file", err);
	if (!special && !S_ISREG(out->st.st_mode))
		return refuse(fd, path, "is not a regular file", err);
	out->stream = !S_ISREG(out->st.st_mode) || strcmp(path, "-") == 0;
	if (out->stream)
		packed = COMPRESSION_NONE;
	if (packed == COMPRESSION_OTHER)
		return refuse(fd, path,
		    "is packed in a way that cannot be read here; unpack it "
		    "first",
		    err);
	if (packed != COMPRESSION_NONE && !sample->log->unpacker)
		return refuse(
		    fd, path, "is packed, and nothing here unpacks it", err);
	out->size = out->stream || packed != COMPRESSION_NONE
			? UINT64_MAX
			: (uint64_t)out->st.st_size;
	content_init(&out->content, fd, packed, sample->log->unpacker);
	return 0;
}

static int
fail_unpack(enum unpack_end end, const char *path, struct err *err)
{
	if (end == UNPACK_COMPLETE || end == UNPACK_GOING_ON)
		return 0;
	return err_set(err, "%s %s", path, unpack_end_words(end));
}

static ssize_t
read_stream(int fd, char *to, size_t len, const char *path, struct err *err)
{
	ssize_t got = read_some(fd, to, len);

	if (got < 0)
		return err_set(
		    err, "cannot read %s: %s", path, strerror(errno));
	return got;
}

/* Appends the next block; how much, 0: there is no more. */
static ssize_t
read_block(struct sampling *sampling, struct sample_input *input,
    const char *path, struct err *err)
{
	char *to = buf_reserve(&sampling->bytes, FOLLOW_BLOCK);
	uint64_t left = input->size - sampling->done;
	size_t want = left < FOLLOW_BLOCK ? (size_t)left : FOLLOW_BLOCK;
	struct err why = ERR_INIT;
	ssize_t got;

	if (want == 0)
		return 0;
	if (input->stream)
		got = read_stream(input->content.fd, to, want, path, err);
	else if ((got = content_pread(
		      &input->content, to, want, sampling->done, 1, &why)) < 0)
		err_set(err, "%s %s", path, why.text);
	if (got > 0) {
		sampling->bytes.len += (size_t)got;
		sampling->done += (uint64_t)got;
	} else if (got == 0 && input->content.unpack) {
		return fail_unpack(
		    unpack_end(input->content.unpack), path, err);
	}
	return got;
}

static bool
wants_more(const struct sampling *sampling)
{
	const struct sample *sample = sampling->sample;

	return !sample->progress || sample->progress(sample->handler.arg,
					sampling->done, sampling->size);
}

/* What is before the first record is passed without being kept: a file is
 * read from there, a stream is thrown away up to it.  The byte before `from`
 * is kept: if it is a newline a record begins right at `from`. */
static int
pass_over(struct sampling *sampling, struct sample_input *input,
    const char *path, struct err *err)
{
	uint64_t target = sampling->from > 0 ? sampling->from - 1 : 0;

	sampling->aligned = sampling->from == 0;
	sampling->skipping = !sampling->aligned;
	if (!input->stream)
		sampling->done = target < input->size ? target : input->size;
	while (sampling->done < target && !sampling->ended) {
		ssize_t got = read_block(sampling, input, path, err);
		uint64_t over;

		if (got <= 0)
			return (int)got;
		over = sampling->done > target ? sampling->done - target : 0;
		buf_drop(&sampling->bytes, sampling->bytes.len - (size_t)over);
		sampling->ended = !wants_more(sampling);
	}
	sampling->now.offset =
	    sampling->done - (sampling->bytes.len - sampling->carry);
	return 0;
}

/* A record that is open goes on in the next generation, but not behind a line
 * that was never ended. */
static void
close_generation(struct sampling *sampling, bool last)
{
	const struct buf *bytes = &sampling->bytes;
	bool whole = bytes->len == 0 || bytes->data[bytes->len - 1] == '\n';
	bool open = !last && sampling->rule.joins && !sampling->ended && whole;

	cut(sampling, !open);
	if (!open)
		drop(sampling, bytes->len);
	sampling->skipping = false;
}

static void
begin_generation(
    struct sampling *sampling, const char *path, const struct sample_input *in)
{
	struct sample_origin *before = &sampling->before;

	if (sampling->bytes.len > 0 && sampling->carry == 0) {
		free(before->path);
		*before = sampling->now;
		sampling->now.path = NULL;
	}
	sampling->carry = sampling->bytes.len;
	free(sampling->now.path);
	sampling->now = (struct sample_origin){.path = xstrdup(path)};
	sampling->done = 0;
	sampling->size = in->size == UINT64_MAX ? 0 : in->size;
}

int
sampling_read(struct sampling *sampling, const char *path,
    struct sample_input *input, bool last, struct err *err)
{
	ssize_t got;

	begin_generation(sampling, path, input);
	got = pass_over(sampling, input, path, err);
	while (got >= 0 && !sampling->ended) {
		got = read_block(sampling, input, path, err);
		if (got <= 0)
			break;
		cut(sampling,
		    sampling->bytes.len > OPEN_MAX + sampling->rule.max_line);
		if (!sampling->ended)
			sampling->ended = !wants_more(sampling);
	}
	if (!sampling->ended)
		close_generation(sampling, last || got < 0);
	content_close(&input->content);
	return got < 0 ? -1 : 0;
}

int
sample_file(const struct sample *sample, const char *path, uint64_t from,
    uint64_t to, struct err *err)
{
	struct sampling sampling;
	struct sample_input input;
	int result;

	if (sample_open(sample, path, !sample->regular, &input, err) < 0)
		return -1;
	sampling_init(&sampling, sample, path);
	sampling.from = from;
	sampling.until = to;
	result = sampling_read(&sampling, path, &input, true, err);
	sampling_release(&sampling);
	return result;
}
