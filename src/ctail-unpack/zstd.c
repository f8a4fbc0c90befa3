/*
 * zstd: the format of zstd(1), by libzstd.
 */
#include "config.h"

#include <zstd.h>
#include <zstd_errors.h>

#include "ctail-unpack/codec.h"

static void
zstd_close(void *state)
{
	ZSTD_freeDCtx(state);
}

static void *
zstd_open(void)
{
	ZSTD_DCtx *state = ZSTD_createDCtx();

	if (state && ZSTD_isError(ZSTD_DCtx_setParameter(
			 state, ZSTD_d_windowLogMax, CODEC_WINDOW_LOG_MAX))) {
		zstd_close(state);
		return NULL;
	}
	return state;
}

static enum codec_step
zstd_failure(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation:
		return CODEC_NO_MEMORY;
	case ZSTD_error_frameParameter_windowTooLarge:
		return CODEC_TOO_LARGE;
	default:
		return CODEC_DAMAGED;
	}
}

static enum codec_step
zstd_step(void *state, struct codec_io *io)
{
	ZSTD_inBuffer in = {.src = io->in, .size = io->in_len};
	ZSTD_outBuffer out = {.dst = io->out, .size = io->out_len};
	size_t result = ZSTD_decompressStream(state, &out, &in);

	io->in += in.pos;
	io->in_len -= in.pos;
	io->out += out.pos;
	io->out_len -= out.pos;
	if (ZSTD_isError(result))
		return zstd_failure(result);
	return result == 0 ? CODEC_END : CODEC_ON;
}

/* The library goes on to the next frame by itself. */
static int
zstd_again(void *state)
{
	(void)state;
	return 0;
}

const struct codec zstd_codec = {
    .open = zstd_open,
    .step = zstd_step,
    .again = zstd_again,
    .close = zstd_close,
};
