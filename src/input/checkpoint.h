/*
 * checkpoint: everything that is remembered of one log.
 *
 * The position in the generation that is being read; the generations it left
 * behind, in which a writer that has not noticed the rotation may still
 * write; the heads of those that were finished.  A restart continues from it,
 * in ctaild (a column of the database) and in ctail (the file LOG.offset.fp)
 * alike, and both keep it in the same text form.
 *
 *   position DEV INO BIRTH_NS OFFSET FIRST HEAD TAIL SKIPPING INCARNATION
 *   settled NS
 *   stamp NS                                        (not when it is 0)
 *   old DEV INO BIRTH_NS OFFSET FIRST HEAD TAIL SKIPPING INCARNATION
 *       END CHANGED_MS FLUSHED PATH                 (one line)
 *   head HEAD
 *
 * one line each, decimal numbers, fingerprints as LENGTH:HEX (none: "0:"), an
 * empty incarnation as "-", a path with % and bytes <= ' ' or >= 127 as %HH,
 * no path as "-".  "old" lines stand oldest first, then "head" lines, oldest
 * first.
 */
#ifndef CTAIL_INPUT_CHECKPOINT_H
#define CTAIL_INPUT_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "input/position.h"

#define CHECKPOINT_OLD_MAX 8
#define CHECKPOINT_HEADS_MAX 16
#define CHECKPOINT_TEXT_MAX (64 * 1024)
#define CHECKPOINT_PATH_MAX 4096	/* bytes of a path's text form; a
					 * longer one is left out */

/* A generation left behind. */
struct checkpoint_old {
	struct position position;
	uint64_t end;		/* plain bytes seen in it; beyond
				 * position.offset: a last line without \n */
	int64_t changed_ms;	/* wall clock, when growth was last seen */
	bool flushed;		/* that last line was delivered as it was */
	char *path;		/* where it was seen last, or NULL */
};

struct checkpoint {
	struct position position;	/* ino 0: nothing was read yet */

	/* Wall clock (the kernel's coarse one, which stamps files) when the
	 * file under the log's name was last seen to be the one that is read:
	 * whatever is rotated later has changed since.  0: never. */
	int64_t settled_ns;

	/* That file's time of change (ctime), when it was seen to end at
	 * position.offset and any later change would have another one: while
	 * it is the same, nothing is new.  0: not known. */
	int64_t stamp_ns;

	struct checkpoint_old *old;	/* oldest first */
	size_t old_count;
	struct fingerprint *heads;	/* of finished generations */
	size_t head_count;
};

#define CHECKPOINT_INIT ((struct checkpoint){0})

void checkpoint_release(struct checkpoint *checkpoint);

/* A deep copy into an empty one. */
void checkpoint_copy(struct checkpoint *to, const struct checkpoint *from);

/* Appends; beyond the maximum the oldest is dropped. */
struct checkpoint_old *checkpoint_add_old(struct checkpoint *checkpoint);
void checkpoint_add_head(struct checkpoint *checkpoint,
    const struct fingerprint *head);
void checkpoint_drop_old(struct checkpoint *checkpoint, size_t i);

/* The text form.  parse: hostile input; 0 and an initialised checkpoint, or
 * -1 with err (without a name of what it was read from) and an empty one. */
void checkpoint_format(const struct checkpoint *checkpoint, struct buf *out);
int checkpoint_parse(struct span text, struct checkpoint *out,
    struct err *err);

/* The bytes of a path that stand for themselves in the text form. */
bool checkpoint_path_plain(unsigned char byte);

#endif
