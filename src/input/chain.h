/*
 * chain: which file holds a position, and which generation comes after it.
 *
 * DESIGN.md section 4 ("find the anchor") and tailing.md 2.2, steps 2 to 5.
 * Names only make candidates; a candidate is proven by its bytes:
 *
 *   - the same device, inode and birth time, and the bytes before the offset
 *     hash to the position's tail (a position without a tail: at least as
 *     long as the offset); for a compressed file, the plain bytes;
 *   - or any file whose plain content is at least as long as the offset and
 *     matches head and tail: what copytruncate, gzip and editors leave;
 *   - or, when the log's own file (same inode) does not hold the bytes any
 *     more, a shorter copy that matches the head (at least CHAIN_HEAD_MIN
 *     bytes of it): we were ahead of the copy, nothing in it is unread;
 *   - or, for a position from another tool, which has no fingerprints: the
 *     last file not changed since settled_ns, if it is exactly as long; else
 *     the newest changed since settled_ns that is at least as long and has
 *     a newline before the offset.
 *
 * Every function empties err (NULL is allowed) and sets it beyond WAIT and
 * FAILED only when a file that may hold unread lines could not be looked into
 * and was passed over (compressed in a way nobody here can read, damaged, or
 * forbidden): with FOUND and LIVE too, the caller then has a gap to report.
 *
 * CHAIN_LIVE is true of a file under the log's name that was opened before
 * the call and is still there after it; if it is not, ask again.
 *
 * No proof, no replay.  Every scan is checked against renames that happen
 * meanwhile and done again (at most CHAIN_ATTEMPTS times).
 */
#ifndef CTAIL_INPUT_CHAIN_H
#define CTAIL_INPUT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/setting.h"
#include "input/checkpoint.h"
#include "input/content.h"

#define CHAIN_HEAD_MIN 64
#define CHAIN_ATTEMPTS 8
#define CHAIN_PATIENCE_NS 10000000000

/* Where the generations of one log are. */
struct chain {
	const char *log;			/* its path */
	const struct setting_list *rotated;	/* user's patterns, or NULL */
	const struct unpacker *unpacker;	/* NULL: plain files only */
	int64_t wall_ns;	/* now, CLOCK_REALTIME_COARSE (follow_now): a
				 * compressed file without an end is waited for
				 * while it is younger than CHAIN_PATIENCE_NS */

	/* Says why a candidate is taken or not; NULL: nobody listens. */
	void (*explain)(void *arg, const char *text);
	void *explain_arg;
};

enum chain_answer {
	CHAIN_FOUND,		/* *out is open */
	CHAIN_AHEAD,		/* chain_find: *out is a shorter copy, its
				 * position at its end */
	CHAIN_LIVE,		/* chain_next: no newer sibling; the file under
				 * the log's name comes next */
	CHAIN_GONE,		/* no such file any more */
	CHAIN_WAIT,		/* it is being compressed just now, or names
				 * change too fast (err says which); look
				 * again later */
	CHAIN_FAILED,		/* err says why (permissions, descriptors);
				 * look again later */
};

struct chain_found {
	char *path;		/* owned */
	struct content content;	/* open */
	int64_t mtime_ns;
	/* dev, ino and birth of that file; the other members are the asked
	 * position's (FOUND by find), its own end's (AHEAD), or those of a
	 * fresh one at offset 0 with a new incarnation (FOUND by next). */
	struct position position;
};

#define CHAIN_FOUND_INIT ((struct chain_found){.content = CONTENT_CLOSED})

void chain_found_release(struct chain_found *found);

/*
 * The file that holds the bytes before checkpoint->position.offset.  live is
 * a descriptor of the file under the log's name or -1; live_failed tells that
 * it is the same file and its bytes were already seen not to match.  When the
 * live file itself holds them (an editor's replacement) out->path is NULL and
 * its content a duplicate of live.
 */
enum chain_answer chain_find(const struct chain *chain,
    const struct checkpoint *checkpoint, int live, bool live_failed,
    struct chain_found *out, struct err *err);

/*
 * The next unread generation after the one at checkpoint->position, which was
 * read to its end.  Where that one is still among the siblings (by inode, else
 * by content), the nearest newer one; but a file that holds its content and
 * more comes first itself, out->position being the asked one in it.  Where it
 * is not, *proven_out is false and it is the oldest sibling that changed since
 * settled_ns, whose head is not among the finished, and that cannot be a part
 * of what was read.
 *
 * A sibling of another family of names (siblings.h) never is the next when
 * its head is among the finished or it did not change since settled_ns; one
 * of the same family only when both are so.
 */
enum chain_answer chain_next(const struct chain *chain,
    const struct checkpoint *checkpoint, struct chain_found *out,
    bool *proven_out, struct err *err);

/* True when all of content is what `whole`, a plain file, begins with. */
bool chain_is_prefix(struct content *content, struct content *whole);

/* The file with this identity, wherever among the siblings; else one that holds
 * its bytes (compressed or moved meanwhile; the position found has that one's
 * identity).  For old generations.  hint, unless NULL, is tried first. */
enum chain_answer chain_reopen(const struct chain *chain,
    const struct position *position, const char *hint,
    struct chain_found *out, struct err *err);

#endif
