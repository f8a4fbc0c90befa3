/*
 * generation: the life of one file of a log.
 *
 * Hides how a file is opened safely, when it counts as quiet, how a position
 * moves with its fingerprints, and when a packed file is complete.
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
#include "input/generation.h"

#define NEWLINE_SEARCH (64 * 1024)
#define NS_PER_MS 1000000

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

static int64_t
mtime_ns(const struct stat *st)
{
	return (int64_t)((uint64_t)st->st_mtim.tv_sec * 1000000000u +
			 (uint64_t)st->st_mtim.tv_nsec);
}

/* A time of change in the future counts as just now. */
static void
note_age(struct generation *generation, const struct stat *st,
    const struct follow_now *now)
{
	int64_t changed_ms = mtime_ns(st) / NS_PER_MS;
	int64_t now_ms = now->wall_ns / NS_PER_MS;
	int64_t changed;

	if (changed_ms > now_ms)
		changed_ms = now_ms;
	if (changed_ms < now_ms - FOLLOW_REMEMBER_MS)
		changed_ms = now_ms - FOLLOW_REMEMBER_MS;
	changed = now->boot_ms - (now_ms - changed_ms);
	if (changed > generation->changed)
		generation->changed = changed;
	if (changed_ms > generation->changed_ms)
		generation->changed_ms = changed_ms;
}

void
generation_open(struct generation *generation, struct content content,
    const struct follow_now *now)
{
	struct stat st;

	generation_close(generation);
	generation->content = content;
	generation->searched = 0;
	if (fstat(content.fd, &st) < 0)
		return;
	note_age(generation, &st, now);
	/* Of a packed one the beginning was unpacked to prove it, while it may
	 * have been written to. */
	if (content.unpack)
		st = content.before;
	generation->size = (uint64_t)st.st_size;
	generation->mtime_ns = mtime_ns(&st);
}

bool
generation_has_stirred(struct generation *generation)
{
	struct stat st;
	int64_t before = generation->mtime_ns;

	if (fstat(generation->content.fd, &st) == 0)
		generation->mtime_ns = mtime_ns(&st);
	return generation->mtime_ns != before;
}

void
generation_close(struct generation *generation)
{
	content_close(&generation->content);
	generation->content = CONTENT_CLOSED;
}

bool
generation_is_open(const struct generation *generation)
{
	return generation->content.fd >= 0;
}

void
generation_clear(struct generation *generation)
{
	generation_close(generation);
	free(generation->path);
	*generation = GENERATION_INIT;
}

bool
generation_is_quiet(
    const struct generation *generation, const struct follow_now *now)
{
	return generation->finished ||
	       generation->changed == GENERATION_NEVER ||
	       now->boot_ms - generation->changed >= FOLLOW_ROTATE_WAIT_MS;
}

void
generation_touch(struct generation *generation, const struct follow_now *now)
{
	generation->changed = now->boot_ms;
	generation->changed_ms = now->wall_ns / NS_PER_MS;
}

uint64_t
generation_unread(const struct generation *generation)
{
	if (generation->end <= generation->position.offset)
		return 0;
	return generation->end - generation->position.offset;
}

/* --- Moving on --------------------------------------------------------- */

static void
grow_head(struct generation *generation, struct span text, struct span start)
{
	struct position *position = &generation->position;
	char bytes[POSITION_PRINT];
	size_t len = sizeof(bytes);
	struct err err;

	if (position->offset < len)
		len = (size_t)position->offset;
	if (position->head.len >= len)
		return;
	if (text.len == position->offset)
		start = text;
	if (start.len < len && !generation->content.unpack &&
	    content_pread(&generation->content, bytes, len, 0, len, &err) ==
		(ssize_t)len)
		start = span_of(bytes, len);
	if (start.len < len)
		return;
	fingerprint_take(&position->head, span_of(start.data, len));
	if (len >= POSITION_FIRST)
		fingerprint_take(
		    &position->first, span_of(start.data, POSITION_FIRST));
}

/* text ends at the new offset. */
static void
move_to(struct generation *generation, uint64_t offset, struct span text,
    struct span start)
{
	struct position *position = &generation->position;
	size_t keep = text.len < POSITION_PRINT ? text.len : POSITION_PRINT;

	position->offset = offset;
	generation->untouched = false;
	fingerprint_take(
	    &position->tail, span_of(text.data + text.len - keep, keep));
	grow_head(generation, text, start);
}

void
generation_learn_tail(struct generation *generation)
{
	struct position *position = &generation->position;
	char bytes[POSITION_PRINT];
	size_t len = sizeof(bytes);
	struct err err;

	if (position->tail.len > 0 || position->offset == 0 ||
	    generation->untouched || generation->content.unpack)
		return;
	if (position->offset < len)
		len = (size_t)position->offset;
	if (content_pread(&generation->content, bytes, len,
		position->offset - len, len, &err) == (ssize_t)len)
		move_to(generation, position->offset, span_of(bytes, len),
		    span_of(NULL, 0));
}

void
generation_advance(struct generation *generation, const struct portion *portion,
    size_t used, bool skipping)
{
	struct position *position = &generation->position;
	size_t overlap = portion->before.len;

	if (used > portion->bytes.len)
		BUG("%zu of %zu bytes consumed", used, portion->bytes.len);
	position->skipping = skipping;
	if (used > 0)
		move_to(generation, position->offset + used,
		    span_of(portion->bytes.data - overlap, overlap + used),
		    portion->start);
}

void
generation_advance_to(struct generation *generation,
    const struct portion *portion, uint64_t reached, struct span last)
{
	struct position *position = &generation->position;
	uint64_t used = reached - position->offset;
	size_t overlap = portion->before.len;
	char text[2 * POSITION_PRINT];

	if (reached < position->offset || reached > portion->end)
		BUG("consumed up to %llu", (unsigned long long)reached);
	position->skipping = false;
	if (used == 0)
		return;
	if (last.len > POSITION_PRINT)
		last = span_of(
		    last.data + last.len - POSITION_PRINT, POSITION_PRINT);
	if (last.len > used)
		last = span_of(last.data + last.len - used, (size_t)used);
	if (last.len < used)
		overlap = 0;
	if (overlap)
		memcpy(text, portion->before.data, overlap);
	if (last.len)
		memcpy(text + overlap, last.data, last.len);
	move_to(generation, reached, span_of(text, overlap + last.len),
	    portion->start);
}

/* --- Beginning ---------------------------------------------------------- */

int
generation_begin(struct generation *generation)
{
	struct position fresh = {0};

	random_uuid(fresh.incarnation);
	if (position_identify(&fresh, generation->content.fd) < 0)
		return -1;
	generation->position = fresh;
	generation->end = generation->searched = 0;
	generation->untouched = true;
	return 0;
}

/* Behind the last newline, so that a line being written is delivered whole;
 * the very end when the last line is that long. */
static uint64_t
last_line_start(struct content *content, uint64_t size)
{
	size_t len = size < NEWLINE_SEARCH ? (size_t)size : NEWLINE_SEARCH;
	struct buf bytes = BUF_INIT;
	uint64_t found = len == size ? 0 : size;
	const char *newline;
	struct err err;

	buf_reserve(&bytes, len + 1);
	if (content_pread(content, bytes.data, len, size - len, len, &err) !=
	    (ssize_t)len) {
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
	struct content *content = &generation->content;
	char bytes[POSITION_PRINT];
	size_t len = sizeof(bytes);
	struct stat st;
	struct err err;

	if (fstat(content->fd, &st) < 0 || generation_begin(generation) < 0)
		return -1;
	if (offset == UINT64_MAX)
		offset = last_line_start(content, (uint64_t)st.st_size);
	else if (offset > (uint64_t)st.st_size)
		offset = (uint64_t)st.st_size;
	if (offset < len)
		len = (size_t)offset;
	if (content_pread(content, bytes, len, offset - len, len, &err) !=
	    (ssize_t)len)
		return -1;
	move_to(generation, offset, span_of(bytes, len), span_of(NULL, 0));
	generation->end = offset;
	return 0;
}

/* --- Packed files -------------------------------------------------------- */

/* More of the packed file may be there: the stream is begun anew. */
static void
start_over(struct generation *generation, const struct unpacker *unpacker)
{
	int fd = fcntl(generation->content.fd, F_DUPFD_CLOEXEC, 0);
	struct span name = span_str(generation->path);

	content_close(&generation->content);
	generation->content = CONTENT_CLOSED;
	if (fd >= 0)
		content_init(&generation->content, fd,
		    compression_of(name, NULL), unpacker);
}

static enum generation_pack
unfinished(struct generation *generation, const struct unpacker *unpacker,
    const struct follow_now *now)
{
	struct stat st;

	/* Thrown away: what it was made from may still be there. */
	if (fstat(generation->content.fd, &st) < 0 || st.st_nlink == 0) {
		generation_close(generation);
		return GENERATION_PACK_FAILED;
	}
	if ((uint64_t)st.st_size != generation->size ||
	    mtime_ns(&st) != generation->mtime_ns) {
		generation->size = (uint64_t)st.st_size;
		generation->mtime_ns = mtime_ns(&st);
		generation_touch(generation, now);
		start_over(generation, unpacker);
		return GENERATION_PACK_WAIT;
	}
	return now->boot_ms - generation->changed < FOLLOW_ROTATE_WAIT_MS
		   ? GENERATION_PACK_WAIT
		   : GENERATION_PACK_BROKEN;
}

enum generation_pack
generation_pack_state(struct generation *generation,
    const struct unpacker *unpacker, const struct follow_now *now)
{
	if (!generation->content.unpack)
		return GENERATION_PACK_WHOLE;
	switch (unpack_end(generation->content.unpack)) {
	case UNPACK_GOING_ON:
	case UNPACK_COMPLETE:
		return GENERATION_PACK_WHOLE;
	case UNPACK_UNFINISHED:
		return unfinished(generation, unpacker, now);
	case UNPACK_DAMAGED:
	case UNPACK_UNKNOWN:
	case UNPACK_TOO_LARGE:
		return GENERATION_PACK_BROKEN;
	case UNPACK_FAILED:
		break;
	}
	generation_close(generation);
	return GENERATION_PACK_FAILED;
}
