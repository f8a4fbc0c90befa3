/*
 * generation: reading one file with proof that it is still the same.
 *
 * Hides the overlap, fingerprints, holes, and how much must be read until a
 * line is whole.  Sizes decide nothing, except where there is no overlap to
 * compare.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/random.h"
#include "input/follow.h"
#include "input/generation.h"

/* A file system block cannot be larger; used to tell a hole's ragged edge
 * from NUL bytes that somebody wrote. */
#define EDGE_MAX (64 * 1024)
#define NEWLINE_SEARCH (64 * 1024)

/* errno survives the sentence. */
static int
open_failed(struct err *err, const char *what, const char *path)
{
	int saved = errno;

	err_set(err, "cannot %s %s: %s", what, path, strerror(saved));
	errno = saved;
	return -1;
}

static int
not_a_file(struct err *err, const char *path, mode_t mode)
{
	err_set(err, "%s is %s, not a regular file", path,
	    S_ISDIR(mode) ? "a directory" : "something special");
	errno = S_ISDIR(mode) ? EISDIR : EINVAL;
	return -1;
}

int
generation_open_file(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	/* Looked at first: opening a FIFO wakes whoever waits to write. */
	if (stat(path, &st) < 0)
		return open_failed(err, "look at", path);
	if (!S_ISREG(st.st_mode))
		return not_a_file(err, path, st.st_mode);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return open_failed(err, "open", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return not_a_file(err, path, st.st_mode);
}

void
generation_close(struct generation *generation)
{
	if (generation->fd >= 0)
		close(generation->fd);
	generation->fd = -1;
}

/* Until enough of the len bytes are there, the end, or an error. */
static ssize_t
read_at(int fd, char *to, size_t len, uint64_t offset, size_t enough)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n =
		    pread(fd, to + got, len - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		got += (size_t)n;
		if (n == 0 || got >= enough)
			break;
	}
	return (ssize_t)got;
}

static bool
overlap_holds(const struct generation *generation, const struct buf *buffer)
{
	const struct fingerprint *tail = &generation->position.tail;
	struct fingerprint print;
	struct stat st;

	if (buffer->len < tail->len)
		return false;
	if (tail->len > 0) {
		fingerprint_take(&print, span_of(buffer->data, tail->len));
		return fingerprint_equal(&print, tail);
	}
	return buffer->len > 0 || generation->position.offset == 0 ||
	       fstat(generation->fd, &st) < 0 ||
	       (uint64_t)st.st_size >= generation->position.offset;
}

/* How much of the bytes can be handed out as lines. */
static size_t
whole_lines(struct span bytes, size_t max_line, bool skipping)
{
	const char *newline =
	    bytes.len ? memrchr(bytes.data, '\n', bytes.len) : NULL;

	if (newline)
		return (size_t)(newline - bytes.data) + 1;
	return skipping || bytes.len > max_line ? bytes.len : 0;
}

static void
note_growth(struct generation *generation, size_t unread, int64_t now_boot)
{
	uint64_t end = generation->position.offset + unread;

	if (end != generation->end) {
		generation->end = end;
		generation->changed = now_boot;
	}
}

static size_t
leading_nuls(struct span bytes)
{
	size_t n = 0;

	while (n < bytes.len && bytes.data[n] == '\0')
		n++;
	return n;
}

static void
jump(struct generation *generation, uint64_t offset)
{
	generation->position.offset = offset;
	generation->position.tail = (struct fingerprint){0};
}

/* Where text begins again behind a hole: at data or behind the NUL bytes
 * that fill up its block. */
static uint64_t
behind_nuls(int fd, off_t data)
{
	char block[4096];

	for (int i = 0; i < EDGE_MAX / (int)sizeof(block); i++) {
		ssize_t n = pread(fd, block, sizeof(block), data);
		size_t nuls =
		    n > 0 ? leading_nuls(span_of(block, (size_t)n)) : 0;

		data += (off_t)nuls;
		if (nuls < sizeof(block))
			break;
	}
	return (uint64_t)data;
}

enum hole { HOLE_NONE, HOLE_SKIPPED, HOLE_TO_THE_END };

/*
 * A writer without O_APPEND that goes on where it was before a truncation
 * leaves a hole.  It shows as NUL bytes from here to a real hole in the
 * file; what follows it starts with the NUL bytes of a block's rest.
 */
static enum hole
skip_hole(struct generation *generation, struct span bytes)
{
	off_t at = (off_t)generation->position.offset;
	off_t hole = lseek(generation->fd, at, SEEK_HOLE);
	size_t nuls = leading_nuls(bytes);
	off_t data;

	if (hole < at || hole - at > EDGE_MAX)
		return HOLE_NONE;
	if (nuls < bytes.len && nuls < (size_t)(hole - at))
		return HOLE_NONE;
	data = lseek(generation->fd, hole, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? HOLE_TO_THE_END : HOLE_NONE;
	if (data <= at)
		return HOLE_NONE;
	jump(generation, behind_nuls(generation->fd, data));
	return HOLE_SKIPPED;
}

/* Fills the buffer with the overlap and up to want bytes behind it. */
static ssize_t
fill(struct generation *generation, struct buf *buffer, size_t want)
{
	const struct position *position = &generation->position;
	size_t overlap = position->tail.len;
	ssize_t len;

	buf_reset(buffer);
	buf_reserve(buffer, overlap + want);
	len = read_at(generation->fd, buffer->data, overlap + want,
	    position->offset - overlap, overlap ? overlap : 1);
	if (len > 0)
		buffer->len = (size_t)len;
	return len;
}

/* Larger steps until a line, or more than max_line of one, is there. */
static size_t
next_want(size_t want, size_t max_line)
{
	size_t limit =
	    max_line + 1 > FOLLOW_BLOCK ? max_line + 1 : FOLLOW_BLOCK;

	return want > limit / 4 ? limit : want * 4;
}

static enum generation_answer
read_failed(struct generation *generation, struct err *err)
{
	err_set(err, "cannot read on: %s", strerror(errno));
	generation_close(generation);
	return GENERATION_FAILED;
}

/* One attempt with room for want bytes.  *again_out: there is more to be
 * had, with more room or behind a hole. */
static enum generation_answer
read_once(struct generation *generation, struct buf *buffer, size_t want,
    size_t max_line, struct span *bytes_out, bool *again_out)
{
	const struct position *position = &generation->position;
	size_t overlap = position->tail.len;
	enum hole hole = HOLE_NONE;
	size_t whole;

	if (!overlap_holds(generation, buffer))
		return GENERATION_FOREIGN;
	*bytes_out = span_of(buffer->data + overlap, buffer->len - overlap);
	if (bytes_out->len > 0 && bytes_out->data[0] == '\0')
		hole = skip_hole(generation, *bytes_out);
	if (hole == HOLE_TO_THE_END)
		bytes_out->len = 0;
	*again_out = hole == HOLE_SKIPPED || bytes_out->len == want;
	if (hole != HOLE_NONE)
		return GENERATION_END;
	whole = whole_lines(*bytes_out, max_line, position->skipping);
	if (whole == 0)
		return GENERATION_END;
	bytes_out->len = whole;
	return GENERATION_DATA;
}

enum generation_answer
generation_read(struct generation *generation, struct buf *buffer,
    size_t max_line, int64_t now_boot, struct span *bytes_out, struct err *err)
{
	size_t want = FOLLOW_BLOCK;

	for (;;) {
		enum generation_answer answer;
		bool again = false;

		if (fill(generation, buffer, want) < 0)
			return read_failed(generation, err);
		answer = read_once(
		    generation, buffer, want, max_line, bytes_out, &again);
		if (answer == GENERATION_FOREIGN)
			return answer;
		note_growth(generation, bytes_out->len, now_boot);
		if (answer != GENERATION_END || !again)
			return answer;
		want = next_want(want, max_line);
	}
}

static void
grow_head(struct generation *generation, struct span start)
{
	struct position *position = &generation->position;
	char bytes[POSITION_PRINT];
	size_t len = sizeof(bytes);

	if (position->offset < len)
		len = (size_t)position->offset;
	if (position->head.len >= len)
		return;
	if (start.len >= len) {
		fingerprint_take(&position->head, span_of(start.data, len));
		return;
	}
	if (read_at(generation->fd, bytes, len, 0, len) == (ssize_t)len)
		fingerprint_take(&position->head, span_of(bytes, len));
}

void
generation_advance(struct generation *generation, struct span bytes,
    size_t used, bool skipping)
{
	struct position *position = &generation->position;
	size_t overlap = position->tail.len;
	bool from_start = position->offset == overlap;
	size_t known = overlap + used;
	size_t keep = known < POSITION_PRINT ? known : POSITION_PRINT;
	const char *start = bytes.data - overlap;

	if (used > bytes.len)
		BUG("%zu of %zu bytes consumed", used, bytes.len);
	position->skipping = skipping;
	if (used == 0)
		return;
	position->offset += used;
	fingerprint_take(&position->tail, span_of(start + known - keep, keep));
	grow_head(generation, span_of(start, from_start ? known : 0));
}

int
generation_begin(struct generation *generation)
{
	struct position fresh = {0};

	random_uuid(fresh.incarnation);
	if (position_identify(&fresh, generation->fd) < 0)
		return -1;
	generation->position = fresh;
	generation->end = 0;
	return 0;
}

/* Behind the last newline, so that a line being written is delivered whole;
 * the very end when the last line is that long. */
static uint64_t
last_line_start(int fd, uint64_t size)
{
	size_t len = size < NEWLINE_SEARCH ? (size_t)size : NEWLINE_SEARCH;
	struct buf bytes = BUF_INIT;
	uint64_t found = len == size ? 0 : size;
	const char *newline;

	buf_reserve(&bytes, len + 1);
	if (read_at(fd, bytes.data, len, size - len, len) != (ssize_t)len) {
		found = size;
	} else if (len > 0) {
		newline = memrchr(bytes.data, '\n', len);
		if (newline)
			found = size - len + (size_t)(newline - bytes.data) + 1;
	}
	buf_release(&bytes);
	return found;
}

int
generation_seek(struct generation *generation, uint64_t offset)
{
	struct position *position = &generation->position;
	char bytes[POSITION_PRINT];
	size_t len = sizeof(bytes);
	struct stat st;

	if (fstat(generation->fd, &st) < 0 || generation_begin(generation) < 0)
		return -1;
	if (offset == UINT64_MAX)
		offset = last_line_start(generation->fd, (uint64_t)st.st_size);
	else if (offset > (uint64_t)st.st_size)
		offset = (uint64_t)st.st_size;
	if (offset < len)
		len = (size_t)offset;
	if (read_at(generation->fd, bytes, len, offset - len, len) !=
	    (ssize_t)len)
		return -1;
	position->offset = offset;
	fingerprint_take(&position->tail, span_of(bytes, len));
	grow_head(generation, span_of(NULL, 0));
	return 0;
}
