/*
 * targets: which logs the arguments name.
 */
#ifndef CTAIL_CTAIL_TARGETS_H
#define CTAIL_CTAIL_TARGETS_H

#include <stddef.h>
#include <sys/stat.h>
#include "ctail/options.h"
#include "ctail/status.h"

struct target {
	char *path;
	struct stat st;		/* lstat's, when it was found; ino 0: none */
};

struct targets {
	struct target *items;
	size_t count;
};

/*
 * An argument that exists is a log.  Else, when it has wildcards, the regular
 * files that match are, without what is known by its name to be something
 * else: older generations, packed files, what ctail writes itself.  A file
 * that is named several times comes once.  STATUS_NO_LOG when a pattern
 * matches nothing, which is said.
 */
enum exit_status targets_find(const struct options *options,
    struct targets *out);
void targets_release(struct targets *targets);

#endif
