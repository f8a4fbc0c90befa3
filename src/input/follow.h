/*
 * follow: one growing file across rotation and truncation.
 *
 * Each read starts up to POSITION_PRINT bytes before the offset; those bytes
 * must hash to what was consumed last (tailing.md: "overlap read").  That one
 * check sees truncation, regrowth past the offset, rewriting in place and
 * reuse of the inode; sizes decide nothing.
 *
 * After a rename writers write on to the old file: a follow keeps the old
 * descriptor beside the new one and drains it until it has been unchanged for
 * FOLLOW_ROTATE_WAIT_MS.  Older generations found beside the log are read
 * before the live file.
 *
 * A struct follow is about 300 bytes; the read buffer is the caller's and is
 * shared by all.
 */
#ifndef CTAIL_INPUT_FOLLOW_H
#define CTAIL_INPUT_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "input/position.h"

#define FOLLOW_ROTATE_WAIT_MS 10000
#define FOLLOW_BLOCK (128 * 1024)

struct follow;

enum follow_verdict {
	FOLLOW_DATA,		/* a block with at least one full line */
	FOLLOW_EOF,		/* nothing more now */
	FOLLOW_ROTATED,		/* moved on to the next generation; read on.
				 * err says what was lost, else is empty */
	FOLLOW_TRUNCATED,	/* content is not what was read: begun anew */
	FOLLOW_GONE,		/* no file under the name, nothing to drain */
	FOLLOW_UNREADABLE,	/* err says why; try again later */
};

/* What one call to follow_read yields.  Everything is valid until the next
 * call on any follow that shares the buffer. */
struct follow_block {
	struct span bytes;	/* full lines, from position.offset on */
	struct position position;	/* before the block */
	const char *path;	/* of the generation being read */
	bool partial;		/* the finished file's last line had no \n */
};

/* position may be NULL (begin at the start). */
struct follow *follow_new(const char *path, const struct position *position);
void follow_free(struct follow *follow);
const char *follow_path(const struct follow *follow);

/* The position from which a restart would continue.  While a previous
 * generation is being drained beside the live file there are two (with several
 * of them, which takes two rotations within FOLLOW_ROTATE_WAIT_MS, the newest
 * that is not empty). */
const struct position *follow_position(const struct follow *follow);
const struct position *follow_previous(const struct follow *follow);

/* Every generation that is read: 0 is the live one, then those that are
 * drained, oldest first; NULL behind the last. */
const struct position *follow_generation(const struct follow *follow,
    size_t i);

/* What the position in the store says after a restart: both generations. */
void follow_resume_previous(struct follow *follow,
    const struct position *previous);

/* The next block.  max_line bounds what is kept of a line; now_boot drives
 * the draining of an old generation. */
enum follow_verdict follow_read(struct follow *follow, struct buf *buffer,
    size_t max_line, int64_t now_boot, struct follow_block *out,
    struct err *err);

/* Consumes `used` bytes of the last block (lines.at) and takes over
 * lines.skipping; positions move. */
void follow_consume(struct follow *follow, const struct follow_block *block,
    size_t used, bool skipping);

/* Goes to offset (clamped to the file's end) of the live file; a new
 * incarnation begins. */
int follow_seek(struct follow *follow, uint64_t offset, struct err *err);

/* When to look again although nothing hints at it (boot ms): an old
 * generation is being waited for; -1: no need. */
int64_t follow_due(const struct follow *follow);

/* Gives the descriptors back to keep within the limit of open files. */
void follow_close(struct follow *follow);
bool follow_is_open(const struct follow *follow);

#endif
