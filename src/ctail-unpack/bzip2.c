/*
 * bzip2: the format of bzip2(1), by libbz2.
 */
#include "config.h"

#include <stdlib.h>

/* Before bzlib.h, which wants FILE. */
#include <stdio.h>
#include <bzlib.h>

#include "ctail-unpack/codec.h"

static void *
bzip2_open(void)
{
	bz_stream *state = calloc(1, sizeof(*state));

	if (state && BZ2_bzDecompressInit(state, 0, 0) != BZ_OK) {
		free(state);
		return NULL;
	}
	return state;
}

static enum codec_step
bzip2_step(void *arg, struct codec_io *io)
{
	bz_stream *state = arg;
	int result;

	state->next_in = (char *)io->in;
	state->avail_in = (unsigned)io->in_len;
	state->next_out = (char *)io->out;
	state->avail_out = (unsigned)io->out_len;
	result = BZ2_bzDecompress(state);
	io->in = (unsigned char *)state->next_in;
	io->in_len = state->avail_in;
	io->out = (unsigned char *)state->next_out;
	io->out_len = state->avail_out;
	switch (result) {
	case BZ_OK:
		return CODEC_ON;
	case BZ_STREAM_END:
		return CODEC_END;
	case BZ_MEM_ERROR:
		return CODEC_NO_MEMORY;
	default:
		return CODEC_DAMAGED;
	}
}

static int
bzip2_again(void *state)
{
	BZ2_bzDecompressEnd(state);
	return BZ2_bzDecompressInit(state, 0, 0) == BZ_OK ? 0 : -1;
}

static void
bzip2_close(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

const struct codec bzip2_codec = {
    .open = bzip2_open,
    .step = bzip2_step,
    .again = bzip2_again,
    .close = bzip2_close,
};
