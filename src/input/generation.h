/*
 * generation: one file of a log's life, and the overlap read.
 *
 * Private to follow.  A generation knows its bytes, its position and whether
 * it grows; names and successors are follow's business.
 */
#ifndef CTAIL_INPUT_GENERATION_H
#define CTAIL_INPUT_GENERATION_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "input/content.h"
#include "input/follow.h"
#include "input/position.h"

#define GENERATION_NEVER INT64_MIN

struct generation {
	struct generation *next;
	char *path;		/* where it was found; NULL: the log's name */
	struct content content;
	struct position position;
	uint64_t end;		/* plain bytes seen in it, proven */
	uint64_t searched;	/* before it is no newline behind the position;
				 * 0: not known */
	uint64_t promised;	/* as many its text had where it was before */
	uint64_t size;		/* of the file, when growth was last seen */
	int64_t mtime_ns;	/* of a packed or an empty file, then */
	int64_t changed;	/* boot ms of that growth, or NEVER */
	int64_t changed_ms;	/* the same by the wall clock */
	int64_t look_at;	/* closed: boot ms when to look again */
	bool untouched;		/* begun, and nothing of it consumed */
	bool live;		/* under the log's name at the last look */
	bool finished;		/* nobody writes to it any more */
	bool flushed;		/* its last line was given without a newline */
	bool told;		/* what is missing at its end was said */
};

#define GENERATION_INIT \
	((struct generation){.content = {.fd = -1}, \
	    .changed = GENERATION_NEVER, .look_at = GENERATION_NEVER})

/* What lies behind a position. */
struct portion {
	uint64_t end;		/* [position.offset, end) */
	struct span bytes;	/* those; empty where they stay in the file */
	struct span before;	/* the proven ones before them */
	struct span start;	/* the file's first ones, where the head is not
				 * complete and they are not in bytes */
};

enum generation_answer {
	GENERATION_DATA,	/* full lines */
	GENERATION_END,		/* what is left without a newline */
	GENERATION_FOREIGN,	/* not the bytes that were read before */
	GENERATION_FAILED,	/* err says why */
};

/* Opens a regular file, never blocking and never touching anything else.
 * -1 with errno (EISDIR or EINVAL when it is something else). */
int generation_open_file(const char *path, struct err *err);

/* Takes over content.  How long the file has been quiet follows from its
 * time of change, so that a process that runs once knows it too. */
void generation_open(struct generation *generation, struct content content,
    const struct follow_now *now);
void generation_close(struct generation *generation);
bool generation_is_open(const struct generation *generation);

/* Closes, frees the path, and is as new. */
void generation_clear(struct generation *generation);

/* Unchanged for FOLLOW_ROTATE_WAIT_MS, or nobody can write to it. */
bool generation_is_quiet(const struct generation *generation,
    const struct follow_now *now);

/* Changed now as far as waiting for its writers goes. */
void generation_touch(struct generation *generation,
    const struct follow_now *now);

/* Written to since it was opened or this was asked, whatever it holds. */
bool generation_has_stirred(struct generation *generation);

/* The time of change of a file that ends at the position, where every change
 * from now on will have another one; else 0. */
int64_t generation_stamp(const struct generation *generation,
    const struct follow_now *now);

/* Seen beyond the position but not consumed. */
uint64_t generation_unread(const struct generation *generation);

/* For a position from another tool, which has no fingerprint of its end: that
 * of what stands there now, so that what happens from now on is seen. */
void generation_learn_tail(struct generation *generation);

/* True when the bytes before the position are what they should be. */
bool generation_holds(struct generation *generation);

/* A block behind the position, in buffer, together with the overlap. */
enum generation_answer generation_read(struct generation *generation,
    struct buf *buffer, size_t max_line, const struct follow_now *now,
    struct portion *out, struct err *err);

/* All that is behind the position; bytes remains empty. */
enum generation_answer generation_measure(struct generation *generation,
    struct buf *buffer, const struct follow_now *now, struct portion *out,
    struct err *err);

/* The position moves `used` bytes into portion.bytes. */
void generation_advance(struct generation *generation,
    const struct portion *portion, size_t used, bool skipping);

/* The position moves to reached; last are the bytes before it as they were
 * output. */
void generation_advance_to(struct generation *generation,
    const struct portion *portion, uint64_t reached, struct span last);

/* A new life of the open file begins at its first byte. */
int generation_begin(struct generation *generation);

/* As generation_begin, but at offset; UINT64_MAX means behind the last
 * newline. */
int generation_seek(struct generation *generation, uint64_t offset);

/* How a packed generation that was read as far as it goes ended. */
enum generation_pack {
	GENERATION_PACK_WHOLE,	/* also: it is not packed */
	GENERATION_PACK_WAIT,	/* it is being written; started over */
	GENERATION_PACK_BROKEN,	/* no more will come */
	GENERATION_PACK_FAILED,	/* the helper; closed */
};

enum generation_pack generation_pack_state(struct generation *generation,
    const struct unpacker *unpacker, const struct follow_now *now);

/* generation_hole.c.  Files with holes have fewer blocks than bytes (so have
 * packed file systems). */
enum generation_hole {
	GENERATION_NO_HOLE,
	GENERATION_HOLE_SKIPPED,	/* the position is behind it */
	GENERATION_HOLE_TO_THE_END,
};

bool generation_may_have_holes(const struct generation *generation);

/* The bytes at the position are NUL. */
enum generation_hole generation_skip_hole(struct generation *generation);

/* Where the next hole behind the position begins; UINT64_MAX: nowhere. */
uint64_t generation_next_hole(const struct generation *generation);

/* generation_read.c, for generation_measure. */
bool generation_proves(const struct generation *generation,
    struct span from_overlap);
void generation_grown(struct generation *generation, uint64_t end,
    const struct follow_now *now);

#endif
