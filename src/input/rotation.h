/*
 * rotation: which neighbours of a log are its older generations.
 *
 * Names are recognised by a table of suffix shapes (".1", ".1.gz",
 * "-20240101", ...).  A name is only a candidate: what a generation really is
 * gets decided by inode and fingerprint (position.h).
 */
#ifndef CTAIL_INPUT_ROTATION_H
#define CTAIL_INPUT_ROTATION_H

#include <stdbool.h>
#include "base/span.h"
#include "input/position.h"

/* True when name is base with a rotation suffix.  Both are file names
 * without a directory. */
bool rotation_is_generation(struct span name, struct span base);

/* True for names that say "compressed" (.gz .bz2 .xz .zst .Z .lz4 .zip). */
bool rotation_is_compressed(struct span name);

/* Calls is for every name of which name could be a generation, until one call
 * says true; so does this function then. */
bool rotation_of_any(struct span name, bool (*is)(void *arg, struct span base),
    void *arg);

/*
 * Looks beside path for the plain file that position describes: same inode
 * on the same device, and where the position has a tail fingerprint, the same
 * bytes before its offset.  Opens it read-only.  Returns the descriptor and
 * its path (caller frees), or -1 when there is none.
 */
int rotation_find(const char *path, const struct position *position,
    char **found_path_out);

/*
 * The plain generation of path that is the next newer one after the file
 * (dev and ino) that position describes, by its name: ".2" after ".3".  -1
 * when there is none, which means the file under path itself comes next; also
 * when the file's own name does not say where it stands.  *skipped_out tells
 * that compressed or missing generations lie between the two.
 */
int rotation_next(const char *path, const struct position *position,
    char **found_path_out, bool *skipped_out);

#endif
