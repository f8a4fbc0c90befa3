/*
 * xz: the format of xz(1), by liblzma.
 */
#include "config.h"

#include <stdlib.h>
#include <lzma.h>

#include "ctail-unpack/codec.h"

static int
xz_again(void *state)
{
	return lzma_stream_decoder(state, CODEC_MEMORY_MAX, 0) == LZMA_OK ? 0
									  : -1;
}

static void *
xz_open(void)
{
	static const lzma_stream fresh = LZMA_STREAM_INIT;
	lzma_stream *state = malloc(sizeof(*state));

	if (!state)
		return NULL;
	*state = fresh;
	if (!xz_again(state))
		return state;
	free(state);
	return NULL;
}

static enum codec_step
xz_step(void *arg, struct codec_io *io)
{
	lzma_stream *state = arg;
	lzma_ret result;

	state->next_in = io->in;
	state->avail_in = io->in_len;
	state->next_out = io->out;
	state->avail_out = io->out_len;
	result = lzma_code(state, LZMA_RUN);
	io->in += io->in_len - state->avail_in;
	io->in_len = state->avail_in;
	io->out = state->next_out;
	io->out_len = state->avail_out;
	switch (result) {
	case LZMA_OK:
	case LZMA_BUF_ERROR:
		return CODEC_ON;
	case LZMA_STREAM_END:
		return CODEC_END;
	case LZMA_MEM_ERROR:
		return CODEC_NO_MEMORY;
	case LZMA_MEMLIMIT_ERROR:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static void
xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

/* "Stream padding" is part of the format. */
const struct codec xz_codec = {
    .padded = true,
    .open = xz_open,
    .step = xz_step,
    .again = xz_again,
    .close = xz_close,
};
