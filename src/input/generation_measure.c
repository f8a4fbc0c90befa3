/*
 * generation_measure: how far full lines reach, without reading them.
 *
 * The kernel is to move the bytes; here the overlap is proven, the last
 * newline is looked for from the end, and the bytes that the head's
 * fingerprint needs are taken before anybody else touches the file.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "input/generation.h"

#define SEARCH (64 * 1024)

/* The buffer: the overlap and one byte, the start, the block searched. */
#define START_AT (POSITION_PRINT + 1)
#define SEARCH_AT (START_AT + POSITION_PRINT)

/* Behind the last newline in [from, to); from when there is none; -1. */
static int
behind_last_newline(struct generation *generation, struct buf *buffer,
    uint64_t from, uint64_t to, uint64_t *out, struct err *err)
{
	char *block = buffer->data + SEARCH_AT;

	*out = from;
	while (to > from) {
		size_t len = to - from < SEARCH ? (size_t)(to - from) : SEARCH;
		ssize_t got = content_pread(
		    &generation->content, block, len, to - len, len, err);
		const char *newline;

		if (got < 0)
			return -1;
		newline = got ? memrchr(block, '\n', (size_t)got) : NULL;
		if (newline) {
			*out = to - len + (uint64_t)(newline - block) + 1;
			return 0;
		}
		to -= len;
	}
	return 0;
}

/* A line that grows for long is not looked through again each time. */
static uint64_t
search_from(const struct generation *generation, uint64_t size)
{
	uint64_t offset = generation->position.offset;
	uint64_t searched = generation->searched;

	return searched > offset && searched <= size ? searched : offset;
}

/* Lines end before a hole, unless one goes on behind it. */
static int
find_end(struct generation *generation, struct buf *buffer, uint64_t size,
    uint64_t *out, struct err *err)
{
	uint64_t from = search_from(generation, size);
	uint64_t hole = UINT64_MAX;

	if (generation_may_have_holes(generation))
		hole = generation_next_hole(generation);
	if (hole > from && hole < size) {
		if (behind_last_newline(
			generation, buffer, from, hole, out, err) < 0)
			return -1;
		if (*out > from)
			return 0;
	}
	if (behind_last_newline(generation, buffer, from, size, out, err) < 0)
		return -1;
	if (*out == from) {
		generation->searched = size;
		*out = generation->position.offset;
	}
	return 0;
}

/* The head is of at most `end` bytes, and only what it lacks is read. */
static int
take_start(struct generation *generation, struct buf *buffer,
    struct portion *out, struct err *err)
{
	size_t want =
	    out->end < POSITION_PRINT ? (size_t)out->end : POSITION_PRINT;
	char *start = buffer->data + START_AT;
	ssize_t got;

	if (generation->position.head.len >= want)
		return 0;
	got = content_pread(&generation->content, start, want, 0, want, err);
	if (got < 0)
		return -1;
	out->start = span_of(start, (size_t)got);
	return 0;
}

/* Proves the overlap; *nul_out: the next byte is there and NUL. */
static enum generation_answer
prove(struct generation *generation, struct buf *buffer, bool *nul_out,
    struct err *err)
{
	size_t overlap = generation->position.tail.len;
	ssize_t len;

	buf_reset(buffer);
	buf_reserve(buffer, SEARCH_AT + SEARCH);
	len = content_pread(&generation->content, buffer->data, overlap + 1,
	    generation->position.offset - overlap, overlap ? overlap : 1, err);
	if (len < 0)
		return GENERATION_FAILED;
	*nul_out = (size_t)len > overlap && buffer->data[overlap] == '\0';
	return generation_proves(generation, span_of(buffer->data, (size_t)len))
		   ? GENERATION_DATA
		   : GENERATION_FOREIGN;
}

static enum generation_answer
measure(struct generation *generation, struct buf *buffer, uint64_t size,
    struct portion *out, struct err *err)
{
	uint64_t offset = generation->position.offset;
	uint64_t end;

	if (find_end(generation, buffer, size, &end, err) < 0)
		return GENERATION_FAILED;
	out->end = end > offset ? end : size;
	if (take_start(generation, buffer, out, err) < 0)
		return GENERATION_FAILED;
	return end > offset ? GENERATION_DATA : GENERATION_END;
}

enum generation_answer
generation_measure(struct generation *generation, struct buf *buffer,
    const struct follow_now *now, struct portion *out, struct err *err)
{
	const struct position *position = &generation->position;
	enum generation_hole hole;
	struct stat st;

	do {
		bool nul;
		enum generation_answer answer =
		    prove(generation, buffer, &nul, err);

		if (answer != GENERATION_DATA)
			return answer;
		hole =
		    nul ? generation_skip_hole(generation) : GENERATION_NO_HOLE;
	} while (hole == GENERATION_HOLE_SKIPPED);
	if (fstat(generation->content.fd, &st) < 0) {
		err_set(err, "cannot be looked at: %s", strerror(errno));
		return GENERATION_FAILED;
	}
	*out = (struct portion){
	    .end = position->offset,
	    .before = span_of(buffer->data, position->tail.len),
	};
	if (hole == GENERATION_HOLE_TO_THE_END ||
	    (uint64_t)st.st_size <= position->offset)
		return GENERATION_END;
	generation_grown(generation, (uint64_t)st.st_size, now);
	return measure(generation, buffer, (uint64_t)st.st_size, out, err);
}
