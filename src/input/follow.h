/*
 * follow: one growing log across rotation, truncation and restarts.
 *
 * Each look starts up to POSITION_PRINT bytes before the offset; those bytes
 * must hash to what was consumed last (tailing.md: "overlap read").  That one
 * check sees truncation, regrowth past the offset, rewriting in place and
 * reuse of the inode; sizes decide nothing.  When it fails, or another file
 * is under the name, chain.h finds where the unread bytes are, and they are
 * read oldest first.
 *
 * After a rename writers write on to the old file.  Its descriptor is
 * drained beside the new one until it has been unchanged for
 * FOLLOW_ROTATE_WAIT_MS; then an unfinished last line is handed out, the
 * descriptor is closed, and the file is remembered and looked at now and then
 * for FOLLOW_REMEMBER_MS or until it is gone.
 *
 * Two ways to take what is new, of one state machine: follow_read gives
 * blocks of bytes (ctaild, --follow), follow_extent gives a range of an open
 * file for the kernel to move (ctail).  They may be mixed.
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
#include "input/chain.h"
#include "input/checkpoint.h"

#define FOLLOW_ROTATE_WAIT_MS 10000
#define FOLLOW_REMEMBER_MS (24 * 3600 * 1000)
#define FOLLOW_BLOCK (128 * 1024)

struct follow;

/* What all files of one [log], or of one ctail, share.  Outlives the
 * follows. */
struct follow_options {
	const struct setting_list *rotated;	/* or NULL */
	const struct unpacker *unpacker;	/* or NULL */
	size_t max_line;	/* bytes kept of a line */
	bool no_copytruncate;	/* a file that shrank is waited for until it is
				 * longer again (pygtail's option) */
	bool once;		/* the process ends after these looks: a log
				 * that did not change need not be opened */
	void (*explain)(void *arg, const char *text);	/* or NULL */
	void *explain_arg;
};

/* Both clocks, in a test's hand. */
struct follow_now {
	int64_t boot_ms;
	int64_t wall_ns;	/* CLOCK_REALTIME_COARSE */
};

enum follow_verdict {
	FOLLOW_DATA,		/* *out holds at least one full line */
	FOLLOW_EOF,		/* nothing more now */
	FOLLOW_ROTATED,		/* moved on to another generation; read on */
	FOLLOW_TRUNCATED,	/* the file was emptied or rewritten and no
				 * copy of what was read exists: begun anew
				 * (err says it); read on */
	FOLLOW_GAP,		/* lines are lost, or may be: err says which;
				 * follow_gap counts; read on */
	FOLLOW_WAIT,		/* as EOF, but more is there and cannot be had
				 * yet (err: being compressed, ...) */
	FOLLOW_SHRANK,		/* no_copytruncate: as EOF; err says it */
	FOLLOW_GONE,		/* no file under the name, nothing to drain */
	FOLLOW_UNREADABLE,	/* err says why; try again later */
};

/* What one look yields.  Valid until the next call on any follow that shares
 * the buffer. */
struct follow_block {
	struct span bytes;	/* full lines, from position.offset on */
	struct position position;	/* before the block */
	const char *path;	/* of the generation being read */
	int64_t changed;	/* boot ms when its last byte came, as far as
				 * that is known */
	bool partial;		/* the finished file's last line had no \n */
};

/* The same without the bytes: [position.offset, end) of content.  Another
 * text may stand there when they are read (the log was truncated, and has
 * grown since): whoever reads them has to see the proven bytes again. */
struct follow_extent {
	struct content *content;	/* seekable when its unpack is NULL */
	uint64_t end;
	struct position position;
	struct span proven;	/* right before position.offset; where it is
				 * less than POSITION_PRINT, from 0 on */
	uint64_t proven_at;	/* where these begin */
	const char *path;
	bool partial;
};

/* checkpoint may be NULL (begin at the start of what is there). */
struct follow *follow_new(const char *path,
    const struct follow_options *options,
    const struct checkpoint *checkpoint);
void follow_free(struct follow *follow);
const char *follow_path(const struct follow *follow);

/* The next block. */
enum follow_verdict follow_read(struct follow *follow, struct buf *buffer,
    const struct follow_now *now, struct follow_block *out, struct err *err);

/* Consumes `used` bytes of the last block (lines.at) and takes over
 * lines.skipping; positions move. */
void follow_consume(struct follow *follow, const struct follow_block *block,
    size_t used, bool skipping);

/* The same for a beginning of it: the block then is what is left, and still to
 * be consumed. */
void follow_consume_part(struct follow *follow, struct follow_block *block,
    size_t used);

/*
 * The next extent.  Compressed generations cannot be moved by the kernel: for
 * them (content->unpack set) end is the end of one block, which lies in
 * buffer, bytes_out; else bytes_out is empty.
 */
enum follow_verdict follow_extent(struct follow *follow, struct buf *buffer,
    const struct follow_now *now, struct follow_extent *out,
    struct span *bytes_out, struct err *err);

/*
 * Consumes up to `reached`, at most extent->end.  last holds the bytes right
 * before reached that the caller has itself output (at most POSITION_PRINT
 * of them; fewer when fewer were consumed since the file's start), so that
 * the fingerprint is of those and not of what the file holds later.
 */
void follow_consume_extent(struct follow *follow,
    const struct follow_extent *extent, uint64_t reached, struct span last);

/* Everything a restart needs.  follow_position is the part of it that names
 * the generation being read. */
const struct position *follow_position(const struct follow *follow);
void follow_checkpoint(const struct follow *follow, struct checkpoint *out);

/* Boot ms when the last byte came to the generation being read, whole lines or
 * not; INT64_MIN: not known. */
int64_t follow_changed(const struct follow *follow);

/* Every generation that has a position: 0 is the current one, then those left
 * behind, oldest first; NULL behind the last. */
const struct position *follow_generation(const struct follow *follow,
    size_t i);

/* The heads of finished generations, oldest first; NULL behind the last. */
const struct fingerprint *follow_head(const struct follow *follow, size_t i);

/* True when a generation before the live one is being read or drained. */
bool follow_is_behind(const struct follow *follow);

/* The gaps so far: how many, and the bytes known to be lost in them. */
struct follow_gaps {
	uint64_t count, bytes;
};
struct follow_gaps follow_gaps(const struct follow *follow);

/* Goes to offset (clamped to the file's end; UINT64_MAX: behind the last
 * newline) of the live file; a new incarnation begins, old generations are
 * forgotten. */
int follow_seek(struct follow *follow, uint64_t offset, struct err *err);

/* When to look again although nothing hints at it (boot ms): an old
 * generation is being waited for; -1: no need. */
int64_t follow_due(const struct follow *follow);

/* Gives the descriptors back to keep within the limit of open files. */
void follow_close(struct follow *follow);
bool follow_is_open(const struct follow *follow);

#endif
