/*
 * generation_read: reading one file with proof that it is still the same.
 *
 * Hides the overlap, and how much must be read until a line is whole.  Sizes
 * decide nothing, except where there is no overlap to compare.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "input/generation.h"

bool
generation_proves(const struct generation *generation, struct span from_overlap)
{
	const struct fingerprint *tail = &generation->position.tail;
	struct fingerprint print;
	struct stat st;

	if (from_overlap.len < tail->len)
		return false;
	if (tail->len > 0) {
		fingerprint_take(&print, span_of(from_overlap.data, tail->len));
		return fingerprint_equal(&print, tail);
	}
	return from_overlap.len > 0 || generation->position.offset == 0 ||
	       generation->content.unpack ||
	       fstat(generation->content.fd, &st) < 0 ||
	       (uint64_t)st.st_size >= generation->position.offset;
}

bool
generation_holds(struct generation *generation)
{
	char bytes[POSITION_PRINT];
	size_t overlap = generation->position.tail.len;
	struct err err;
	ssize_t len = content_pread(&generation->content, bytes, overlap,
	    generation->position.offset - overlap, overlap, &err);

	return len >= 0 &&
	       generation_proves(generation, span_of(bytes, (size_t)len));
}

void
generation_grown(
    struct generation *generation, uint64_t end, const struct follow_now *now)
{
	if (end > generation->end)
		generation->end = end;
	if (generation->content.unpack || end <= generation->size)
		return;
	generation->size = end;
	generation_touch(generation, now);
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

/* A line that begins with a NUL byte may begin with a hole: what is before
 * it goes first, so that it is the next one to be looked at. */
static size_t
up_to_hole(const struct generation *generation, struct span bytes)
{
	const char *end = bytes.data + bytes.len;
	const char *nul = bytes.data;

	if (bytes.len == 0 || !generation_may_have_holes(generation))
		return bytes.len;
	while ((nul = memchr(nul + 1, '\0', (size_t)(end - nul - 1)))) {
		if (nul[-1] == '\n')
			return (size_t)(nul - bytes.data);
	}
	return bytes.len;
}

/* Fills the buffer with the overlap and up to want bytes behind it. */
static ssize_t
fill(struct generation *generation, struct buf *buffer, size_t want,
    struct err *err)
{
	const struct position *position = &generation->position;
	size_t overlap = position->tail.len;
	ssize_t len;

	buf_reset(buffer);
	buf_reserve(buffer, overlap + want);
	len = content_pread(&generation->content, buffer->data, overlap + want,
	    position->offset - overlap, overlap ? overlap : 1, err);
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

/* One attempt with room for want bytes.  *again_out: there is more to be
 * had, with more room or behind a hole. */
static enum generation_answer
read_once(struct generation *generation, struct buf *buffer, size_t want,
    size_t max_line, const struct follow_now *now, struct portion *out,
    bool *again_out)
{
	const struct position *position = &generation->position;
	size_t overlap = position->tail.len;
	struct span bytes;
	size_t whole;

	*again_out = false;
	if (!generation_proves(generation, buf_span(buffer)))
		return GENERATION_FOREIGN;
	bytes = span_of(buffer->data + overlap, buffer->len - overlap);
	generation_grown(generation, position->offset + bytes.len, now);
	*out = (struct portion){.before = span_of(buffer->data, overlap)};
	if (bytes.len > 0 && bytes.data[0] == '\0') {
		switch (generation_skip_hole(generation)) {
		case GENERATION_NO_HOLE:
			break;
		case GENERATION_HOLE_SKIPPED:
			*again_out = true;
			return GENERATION_END;
		case GENERATION_HOLE_TO_THE_END:
			out->end = position->offset;
			return GENERATION_END;
		}
	}
	whole = whole_lines(bytes, max_line, position->skipping);
	*again_out = whole == 0 && bytes.len == want;
	out->bytes = whole ? span_of(bytes.data, whole) : bytes;
	if (whole)
		out->bytes.len = up_to_hole(generation, out->bytes);
	out->end = position->offset + out->bytes.len;
	return whole ? GENERATION_DATA : GENERATION_END;
}

enum generation_answer
generation_read(struct generation *generation, struct buf *buffer,
    size_t max_line, const struct follow_now *now, struct portion *out,
    struct err *err)
{
	size_t want = FOLLOW_BLOCK;

	for (;;) {
		enum generation_answer answer;
		bool again;

		if (fill(generation, buffer, want, err) < 0)
			return GENERATION_FAILED;
		answer = read_once(
		    generation, buffer, want, max_line, now, out, &again);
		if (answer != GENERATION_END || !again)
			return answer;
		want = next_want(want, max_line);
	}
}
