/*
 * sidecar: the small files that ctail keeps beside a log.
 *
 * What offset files (offset_file.h) and their fingerprints
 * (checkpoint_file.h) have in common: a symbolic link is never followed, only
 * regular files count, and one of another owner is refused (root may use one
 * that belongs to its directory's owner).
 */
#ifndef CTAIL_INPUT_SIDECAR_H
#define CTAIL_INPUT_SIDECAR_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "input/offset_file.h"

struct sidecar {
	const char *what;	/* "offset file", for sentences */
	const char *path;
	mode_t mode;		/* of a new one, before the umask */
};

/* Appends at most max bytes: OFFSET_OK, _ABSENT, _EMPTY or _UNREADABLE. */
enum offset_read sidecar_read(const struct sidecar *file, size_t max,
    struct buf *out, struct err *err);

/* The same of a file that is open already. */
enum offset_read sidecar_read_open(const struct sidecar *file, int fd,
    const struct stat *st, size_t max, struct buf *out, struct err *err);

/* As offset_file_writable. */
int sidecar_writable(const struct sidecar *file, enum offset_place *place_out,
    struct err *err);

/* A temporary file renamed over it, which keeps owner, group and mode.  1
 * when that cannot be because something is mounted on the name; -1 with errno
 * and err. */
int sidecar_replace(const struct sidecar *file, struct span bytes,
    enum offset_sync sync, struct err *err);

/* The file that is there, written over by fill, which returns -1 with errno
 * when it fails. */
int sidecar_overwrite(const struct sidecar *file,
    int (*fill)(int fd, const void *arg), const void *arg,
    enum offset_sync sync, struct err *err);

/* The file that is there, open for reading and writing; -1 with err. */
int sidecar_open(const struct sidecar *file, struct err *err);

/* True for a name that sidecar_replace makes its temporary files of. */
bool sidecar_is_temporary(struct span name);

/* "cannot store WHAT PATH: " and errno's text; -1. */
int sidecar_fail(const struct sidecar *file, struct err *err);

#endif
