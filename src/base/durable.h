/*
 * durable: files that are whole or not there.
 */
#ifndef CTAIL_BASE_DURABLE_H
#define CTAIL_BASE_DURABLE_H

#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Replaces path by a new file with these bytes and this mode: temporary file
 * in the same directory, write, fsync, rename, fsync of the directory.  On
 * failure the old file is untouched and the temporary one is gone; only when
 * the last fsync fails, the new file is there and may not survive a power
 * cut. */
int durable_replace(const char *path, struct span bytes, mode_t mode,
    struct err *err);

/* Appends a whole file of at most max bytes; a larger one is an error, as
 * is anything but a regular file.  Symbolic links are followed.  On failure
 * out is unchanged and errno says why (ENOENT; EFBIG: larger; EINVAL: not
 * regular). */
int durable_read(const char *path, size_t max, struct buf *out,
    struct err *err);

/* Both retry after EINTR.  write_all finishes short writes and returns -1
 * with errno set (EAGAIN included: it is for blocking descriptors);
 * read_some returns what one read gave: the count, 0 at the end, or -1. */
int write_all(int fd, const void *bytes, size_t len);
ssize_t read_some(int fd, void *bytes, size_t len);

/* Creates the directory (0700) and its missing parents (0755). */
int durable_mkdir(const char *path, struct err *err);

/* The type of the file system that holds path (as statfs(2)'s f_type); -1
 * where systems do not number them, or it cannot be asked. */
int durable_filesystem(const char *path, uint32_t *type_out);

#endif
