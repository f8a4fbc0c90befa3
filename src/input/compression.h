/*
 * compression: what a file's name says about how it is packed.
 *
 * Names only; whether the bytes are what the name says is for ctail-unpack
 * to find out (unpack.h).
 */
#ifndef CTAIL_INPUT_COMPRESSION_H
#define CTAIL_INPUT_COMPRESSION_H

#include "base/span.h"

enum compression {
	COMPRESSION_NONE,
	COMPRESSION_GZIP,	/* .gz */
	COMPRESSION_BZIP2,	/* .bz2 */
	COMPRESSION_XZ,		/* .xz */
	COMPRESSION_ZSTD,	/* .zst */
	COMPRESSION_OTHER,	/* .Z .lz4 .zip ...: known, never read */
};

/* *plain_out, unless NULL, is the name without its ending. */
enum compression compression_of(struct span name, struct span *plain_out);

#endif
