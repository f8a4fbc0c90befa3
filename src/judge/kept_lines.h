/*
 * kept_lines: the last lines of one key, in one piece of memory.
 *
 * Private to the judge room.  There may be very many keys, so an empty one
 * costs no allocation and a filled one exactly what its lines need.
 */
#ifndef CTAIL_JUDGE_KEPT_LINES_H
#define CTAIL_JUDGE_KEPT_LINES_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

struct kept_lines {
	char *data;
	uint32_t size;
	uint32_t count;
};

/* How many bytes a line becomes that may have at most max: a longer one is
 * cut and ends in " [...]", so that nobody takes it for the whole. */
size_t kept_line_len(struct span line, size_t max);

/* Writes these bytes; len is what kept_line_len said. */
void kept_line_write(char *out, struct span line, size_t len);

/* Appends a line, of which at most line_max bytes are kept (below 64 KiB). */
void kept_lines_add(struct kept_lines *lines, struct span line,
    size_t line_max);

/* And with the time of its record; 0, as above: not known. */
void kept_lines_add_at(struct kept_lines *lines, int64_t time_ms,
    struct span line, size_t line_max);

/* Forgets those that are known to be of another time than from the first to
 * the last one. */
void kept_lines_pick(struct kept_lines *lines, int64_t first_ms,
    int64_t last_ms);

/* The clock was set back to now: none is of a later time. */
void kept_lines_clamp(struct kept_lines *lines, int64_t now_ms);

/* Forgets the oldest ones until at most count are left. */
void kept_lines_trim(struct kept_lines *lines, size_t count);

/* The lines, oldest first; *at starts at 0.  False at the end. */
bool kept_lines_next(const struct kept_lines *lines, size_t *at,
    struct span *out);
bool kept_lines_next_at(const struct kept_lines *lines, size_t *at,
    struct span *out, int64_t *time_ms_out);

/* The newest; the empty span when there is none. */
struct span kept_lines_last(const struct kept_lines *lines);

void kept_lines_release(struct kept_lines *lines);

#endif
