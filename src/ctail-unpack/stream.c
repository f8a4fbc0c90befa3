/*
 * stream: the two buffers, and the bound on what comes out.
 */
#include "config.h"

#include <string.h>

#include "ctail-unpack/stream.h"

void
stream_init(struct stream *stream,
    ssize_t (*read)(void *arg, void *to, size_t len),
    int (*write)(void *arg, const void *bytes, size_t len), void *arg)
{
	stream->read = read;
	stream->write = write;
	stream->arg = arg;
	stream->taken = stream->given = 0;
	stream->ended = false;
	stream->in_at = stream->in_len = stream->out_len = 0;
}

enum unpack_status
stream_fill(struct stream *stream, size_t wanted)
{
	ssize_t got;

	if (stream->in_len >= wanted || stream->ended)
		return UNPACK_STATUS_COMPLETE;
	memmove(stream->in, stream->in + stream->in_at, stream->in_len);
	stream->in_at = 0;
	while (stream->in_len < wanted && !stream->ended) {
		got = stream->read(stream->arg, stream->in + stream->in_len,
		    sizeof(stream->in) - stream->in_len);
		if (got < 0)
			return UNPACK_STATUS_IO;
		stream->ended = got == 0;
		stream->in_len += (size_t)got;
		stream->taken += (uint64_t)got;
	}
	return UNPACK_STATUS_COMPLETE;
}

/* Without overflow: what is taken lies in a file. */
static uint64_t
most(const struct stream *stream)
{
	if (stream->taken > (UINT64_MAX - STREAM_FREE_BYTES) / STREAM_RATIO)
		return UINT64_MAX;
	return STREAM_FREE_BYTES + stream->taken * STREAM_RATIO;
}

enum unpack_status
stream_flush(struct stream *stream)
{
	if (!stream->out_len)
		return UNPACK_STATUS_COMPLETE;
	if (stream->out_len > most(stream) - stream->given)
		return UNPACK_STATUS_TOO_LARGE;
	if (stream->write(stream->arg, stream->out, stream->out_len))
		return UNPACK_STATUS_IO;
	stream->given += stream->out_len;
	stream->out_len = 0;
	return UNPACK_STATUS_COMPLETE;
}
