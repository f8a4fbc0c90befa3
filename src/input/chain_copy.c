/*
 * chain_copy: is a candidate nothing but a copy of the log as it is now?
 *
 * Hides how the length of a packed file is found, and how little of two files
 * has to be compared: what they begin with, and what stands before the
 * copy's end.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/chain_internal.h"

#define COUNT_BLOCK (64 * 1024)

/* Both hold the same len bytes at offset. */
static bool
same_bytes(
    struct content *content, struct content *live, size_t len, uint64_t offset)
{
	char a[POSITION_PRINT], b[POSITION_PRINT];
	struct err err;

	return content_pread(content, a, len, offset, len, &err) ==
		   (ssize_t)len &&
	       content_pread(live, b, len, offset, len, &err) == (ssize_t)len &&
	       span_equal(span_of(a, len), span_of(b, len));
}

/* How long a packed file is; anything beyond max when it is longer, and when
 * that cannot be said. */
static uint64_t
packed_length(struct content *content, uint64_t max)
{
	char *block = xmalloc(COUNT_BLOCK);
	uint64_t length = 0;
	ssize_t got = COUNT_BLOCK;
	struct err err;

	while (got == COUNT_BLOCK && length <= max) {
		got = content_pread(
		    content, block, COUNT_BLOCK, length, COUNT_BLOCK, &err);
		length += got > 0 ? (uint64_t)got : 0;
	}
	free(block);
	if (got < 0 || unpack_end(content->unpack) != UNPACK_COMPLETE)
		return max + 1;
	return length;
}

static uint64_t
length_of(struct content *content, uint64_t max)
{
	struct stat st;

	if (content->unpack)
		return packed_length(content, max);
	return fstat(content->fd, &st) < 0 ? max + 1 : (uint64_t)st.st_size;
}

/* What was rotated away is older than the log that took its name. */
static bool
is_younger(const struct content *content, const struct content *live)
{
	struct position a = {0}, b = {0};

	return !content->unpack && position_identify(&a, content->fd) == 0 &&
	       position_identify(&b, live->fd) == 0 && b.birth_ns != 0 &&
	       a.birth_ns > b.birth_ns;
}

static bool
is_prefix(struct content *content, struct content *live, uint64_t max)
{
	char head[POSITION_PRINT];
	struct err err;
	ssize_t len =
	    content_pread(content, head, sizeof(head), 0, sizeof(head), &err);
	uint64_t end;

	if (len == 0)
		return is_younger(content, live);
	if (len < 0 || !same_bytes(content, live, (size_t)len, 0))
		return false;
	end = length_of(content, max);
	if (end > max || end < (uint64_t)len)
		return false;
	return same_bytes(content, live, (size_t)len, end - (uint64_t)len);
}

bool
chain_is_prefix(struct content *content, struct content *whole)
{
	struct stat st;

	return fstat(whole->fd, &st) == 0 &&
	       is_prefix(content, whole, (uint64_t)st.st_size);
}

bool
chain_is_copy_of_live(const struct chain *chain, struct content *content)
{
	struct content live;
	struct stat st;
	bool is_copy;
	int fd;

	/* Looked at first: opening a FIFO wakes whoever waits to write. */
	if (stat(chain->log, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	fd = open(chain->log, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	content_init(&live, fd, COMPRESSION_NONE, NULL);
	is_copy = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		  is_prefix(content, &live, (uint64_t)st.st_size);
	content_close(&live);
	return is_copy;
}
