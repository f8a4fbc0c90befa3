/*
 * lock: at most one ctail an offset file.
 */
#ifndef CTAIL_CTAIL_LOCK_H
#define CTAIL_CTAIL_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include "base/err.h"
#include "ctail/status.h"

struct offset_lock {
	int fd;			/* -1: none */
	bool created;
	struct stat st;		/* the file when it was taken */
};

#define OFFSET_LOCK_NONE ((struct offset_lock){.fd = -1})

/* Waits at most wait_ms for another to end.  STATUS_OK, or why not. */
enum exit_status offset_lock_take(const char *path, int64_t wait_ms,
    struct offset_lock *out, struct err *err);

/* Also removes a file that was made for the lock only. */
void offset_lock_drop(struct offset_lock *lock, const char *path);

#endif
