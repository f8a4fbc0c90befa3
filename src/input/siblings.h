/*
 * siblings: one look at all files that could be generations of a log.
 *
 * Lists the log's directory, that of the file a symbolic link under the log's
 * name leads to, and whatever the user's patterns match (other directories
 * and file systems too), and sorts it, oldest first: by rank within one
 * family of names in one directory, these merged by time of change.  Of
 * several files of the same name but for their compression all are listed;
 * one holds, the plain one or else the one changed last, and the others are
 * marked as shadowed.
 *
 * The log itself is never in the list, under no name; a file with several
 * names is in it once; files that ctail writes are not.  Symbolic links are
 * not followed; only regular files are listed; at most SIBLINGS_MAX of them,
 * the newest.
 */
#ifndef CTAIL_INPUT_SIBLINGS_H
#define CTAIL_INPUT_SIBLINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/setting.h"
#include "input/rotation.h"

#define SIBLINGS_MAX 4096

struct sibling {
	char *path;
	uint64_t dev, ino, size;
	int64_t mtime_ns;	/* wall clock */
	struct rotation_name name;
	bool shadowed;		/* the same is there plain, or newer */
};

struct siblings {
	struct sibling *items;
	size_t count;
};

/* rotated: the user's patterns, or NULL.  A directory that may not be
 * listed is an error only when it is the log's own and exists; one that cannot
 * be looked at now (no descriptors, an I/O error) always is. */
int siblings_scan(const char *log, const struct setting_list *rotated,
    struct siblings *out, struct err *err);
void siblings_release(struct siblings *siblings);

/* The same names for the same files, so that nothing was renamed between. */
bool siblings_same(const struct siblings *a, const struct siblings *b);

/* Ordered by their ranks, not just by time of change. */
bool siblings_are_family(const struct sibling *a, const struct sibling *b);

/* The same name but for the compression. */
bool siblings_are_twins(const struct sibling *a, const struct sibling *b);

#endif
