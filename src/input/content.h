/*
 * content: the plain bytes of a generation, whether it lies plain or packed.
 *
 * fd is the file on disk in both cases; unpack is NULL for a plain one.  A
 * packed file may grow while it is read: only what differs from `before` tells
 * whether what was unpacked is all of it.
 */
#ifndef CTAIL_INPUT_CONTENT_H
#define CTAIL_INPUT_CONTENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include "base/err.h"
#include "input/compression.h"
#include "input/unpack.h"

struct content {
	int fd;			/* -1: closed */
	struct unpack *unpack;
	struct stat before;	/* of fd, before anything was read */
};

#define CONTENT_CLOSED ((struct content){.fd = -1})

/* Takes over fd.  unpacker may be NULL where compression is NONE. */
void content_init(struct content *content, int fd,
    enum compression compression, const struct unpacker *unpacker);
void content_close(struct content *content);

/* Until `enough` of the len bytes are there, the end, or -1 with err set (the
 * sentence's end, without the file's name).  EINTR is hidden. */
ssize_t content_pread(struct content *content, void *to, size_t len,
    uint64_t offset, size_t enough, struct err *err);

#endif
