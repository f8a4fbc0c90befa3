/*
 * gzip: the format of gzip(1), by zlib.
 */
#include "config.h"

#include <stdlib.h>
#include <zlib.h>

#include "ctail-unpack/codec.h"

/* The largest window, and a gzip header rather than zlib's. */
#define GZIP_WINDOW_BITS (15 + 16)

static void *
gzip_open(void)
{
	z_stream *state = calloc(1, sizeof(*state));

	if (state && inflateInit2(state, GZIP_WINDOW_BITS) != Z_OK) {
		free(state);
		return NULL;
	}
	return state;
}

static enum codec_step
gzip_step(void *arg, struct codec_io *io)
{
	z_stream *state = arg;
	int result;

	state->next_in = io->in;
	state->avail_in = (uInt)io->in_len;
	state->next_out = io->out;
	state->avail_out = (uInt)io->out_len;
	result = inflate(state, Z_NO_FLUSH);
	io->in = state->next_in;
	io->in_len = state->avail_in;
	io->out = state->next_out;
	io->out_len = state->avail_out;
	switch (result) {
	case Z_OK:
	case Z_BUF_ERROR:
		return CODEC_ON;
	case Z_STREAM_END:
		return CODEC_END;
	case Z_MEM_ERROR:
		return CODEC_NO_MEMORY;
	default:
		return CODEC_DAMAGED;
	}
}

static int
gzip_again(void *state)
{
	return inflateReset(state) == Z_OK ? 0 : -1;
}

static void
gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

/* gzip(1), too, takes NULs behind the last member: tapes fill blocks so. */
const struct codec gzip_codec = {
    .padded = true,
    .open = gzip_open,
    .step = gzip_step,
    .again = gzip_again,
    .close = gzip_close,
};
