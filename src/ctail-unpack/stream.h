/*
 * stream: packed bytes in, plain bytes out, through two buffers.
 *
 * What the formats share.  Where the bytes come from and go to is the
 * owner's affair: two calls, so that a test can be both.
 */
#ifndef CTAIL_UNPACK_STREAM_H
#define CTAIL_UNPACK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "input/unpack_protocol.h"

#define STREAM_IN_BYTES (64 * 1024)
#define STREAM_OUT_BYTES UNPACK_FRAME_MAX

/* No more plain bytes than this, and so many for each packed one: real logs
 * stay far below, bombs do not. */
#define STREAM_FREE_BYTES (UINT64_C(64) << 20)
#define STREAM_RATIO 2000

struct stream {
	/* As read(2), EINTR hidden; -1 when the file cannot be read. */
	ssize_t (*read)(void *arg, void *to, size_t len);
	/* At most STREAM_OUT_BYTES, all of them or -1. */
	int (*write)(void *arg, const void *bytes, size_t len);
	void *arg;

	uint64_t taken, given;	/* bytes read and written so far */
	bool ended;		/* nothing is left to read */
	size_t in_at, in_len;	/* what of in is not used yet */
	size_t out_len;		/* what of out is filled */
	unsigned char in[STREAM_IN_BYTES];
	unsigned char out[STREAM_OUT_BYTES];
};

/* Everything but the buffers is set. */
void stream_init(struct stream *stream,
    ssize_t (*read)(void *arg, void *to, size_t len),
    int (*write)(void *arg, const void *bytes, size_t len), void *arg);

/* Reads until at least `wanted` unused bytes are there, or the end; moves
 * them to the front. */
enum unpack_status stream_fill(struct stream *stream, size_t wanted);

/* Writes what is in out and empties it; TOO_LARGE when that would be more
 * than is allowed. */
enum unpack_status stream_flush(struct stream *stream);

#endif
