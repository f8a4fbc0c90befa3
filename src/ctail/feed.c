/*
 * feed: blocks, with what came before them in front.
 *
 * Hides that a first block is read together with the bytes before it, in one
 * call, and that the kernel may have moved some bytes in between.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "ctail/feed.h"

char *
feed_memory_get(struct feed_memory *memory)
{
	if (!memory->data)
		memory->data = xmalloc(FEED_OVERLAP + FEED_BLOCK);
	return memory->data;
}

void
feed_memory_release(struct feed_memory *memory)
{
	free(memory->data);
	memory->data = NULL;
}

void
feed_init(struct feed *feed, struct content *content, uint64_t from,
    uint64_t to, struct span packed, struct feed_memory *memory)
{
	*feed = (struct feed){
	    .content = content,
	    .at = from,
	    .to = to,
	    .memory = memory,
	    .packed = packed,
	};
}

void
feed_expect(struct feed *feed, struct span proven, uint64_t at)
{
	feed->proven = proven;
	feed->proven_at = at;
}

bool
feed_holds(const struct feed *feed)
{
	char bytes[FEED_OVERLAP];
	size_t len = feed->proven.len;
	struct err err = ERR_INIT;

	return len <= sizeof(bytes) &&
	       content_pread(feed->content, bytes, len, feed->proven_at, len,
		   &err) == (ssize_t)len &&
	       memcmp(bytes, feed->proven.data, len) == 0;
}

bool
feed_is_movable(const struct feed *feed)
{
	return !feed->content->unpack;
}

/* What was output last moves to the front. */
static void
keep_overlap(struct feed *feed)
{
	char *data = feed->memory->data;
	size_t have = feed->overlap + feed->filled;
	size_t keep = have < FEED_OVERLAP ? have : FEED_OVERLAP;

	memmove(data, data + have - keep, keep);
	feed->overlap = keep;
	feed->filled = 0;
}

/* The bytes before `at`, which nobody has output in this feed. */
static size_t
missing_overlap(const struct feed *feed)
{
	uint64_t want = feed->at < FEED_OVERLAP ? feed->at : FEED_OVERLAP;

	return feed->overlap || feed->filled ? 0 : (size_t)want;
}

static size_t
block_len(const struct feed *feed)
{
	uint64_t left = feed->to - feed->at;

	return left < FEED_BLOCK ? (size_t)left : FEED_BLOCK;
}

/* What is there of `want` bytes of the file from `at` on contradicts the known
 * ones. */
static bool
contradicts(struct span data, size_t want, uint64_t at, struct span known,
    uint64_t known_at)
{
	uint64_t skip = known_at < at ? at - known_at : 0;
	uint64_t ahead = known_at > at ? known_at - at : 0;
	size_t len;

	if (skip >= known.len || ahead >= want)
		return false;
	len = known.len - (size_t)skip;
	if (len > want - ahead)
		len = want - (size_t)ahead;
	return data.len < ahead + len ||
	       memcmp(data.data + ahead, known.data + skip, len) != 0;
}

/* -1, or how many bytes from `at` on are there now. */
static ssize_t
read_block(struct feed *feed, struct err *err)
{
	char *data = feed->memory->data;
	char output[FEED_OVERLAP];
	struct span known;
	size_t before =
	    feed->overlap ? feed->overlap : missing_overlap(feed);
	uint64_t from = feed->at - before;
	size_t want = before + block_len(feed);
	ssize_t n;

	memcpy(output, data, feed->overlap);
	known = span_of(output, feed->overlap);
	n = content_pread(feed->content, data, want, from, want, err);
	if (n < 0)
		return -1;
	if ((size_t)n <= before ||
	    contradicts(span_of(data, (size_t)n), want, from, known, from) ||
	    contradicts(span_of(data, (size_t)n), want, from, feed->proven,
		feed->proven_at)) {
		memcpy(data, output, feed->overlap);
		return 0;
	}
	feed->overlap = before;
	return n - (ssize_t)before;
}

/* What ends in the middle of a line may have to end there for good. */
static size_t
whole_lines(const struct feed *feed, struct span block)
{
	const char *newline;

	if (block.len == 0 || feed->at + block.len >= feed->to)
		return block.len;
	newline = memrchr(block.data, '\n', block.len);
	return newline ? (size_t)(newline - block.data) + 1 : block.len;
}

static ssize_t
take_packed(struct feed *feed, struct err *err)
{
	size_t before = missing_overlap(feed);
	size_t len = block_len(feed);

	if (feed->packed.len < FEED_OVERLAP && before > 0 &&
	    content_pread(feed->content, feed->memory->data, before,
		feed->at - before, before, err) == (ssize_t)before)
		feed->overlap = before;
	if (len > feed->packed.len)
		len = feed->packed.len;
	memcpy(feed->memory->data + feed->overlap, feed->packed.data, len);
	return (ssize_t)len;
}

int
feed_next(struct feed *feed, struct span *out, struct err *err)
{
	ssize_t n;

	if (feed->at >= feed->to || feed->ended)
		return 0;
	feed_memory_get(feed->memory);
	keep_overlap(feed);
	n = feed->packed.len ? take_packed(feed, err) : read_block(feed, err);
	if (n < 0)
		return -1;
	feed->ended = n == 0;
	*out = span_of(feed->memory->data + feed->overlap, (size_t)n);
	out->len = whole_lines(feed, *out);
	return n > 0;
}

void
feed_moved(struct feed *feed, uint64_t from)
{
	struct stat st;

	/* A file that is shorter has not grown that far since. */
	if (feed->at == from || feed_holds(feed) ||
	    (fstat(feed->content->fd, &st) == 0 &&
		(uint64_t)st.st_size < feed->at))
		return;
	feed->at = from;
	feed->ended = true;
}

void
feed_took(struct feed *feed, size_t len)
{
	feed->filled += len;
	feed->at += len;
	if (feed->packed.len)
		feed->packed =
		    span_of(feed->packed.data + len, feed->packed.len - len);
}

struct span
feed_last(const struct feed *feed)
{
	size_t have = feed->overlap + feed->filled;
	size_t len = have < FEED_OVERLAP ? have : FEED_OVERLAP;

	if (!feed->memory->data)
		return span_of("", 0);
	return span_of(feed->memory->data + have - len, len);
}
