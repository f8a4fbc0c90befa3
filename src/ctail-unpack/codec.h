/*
 * codec: what a compression library has to offer to be a format of
 * ctail-unpack.
 *
 * A new format is a new file with one `const struct codec`, a row in
 * formats.c, a switch in configure.ac and a line in Makefile.am.
 */
#ifndef CTAIL_UNPACK_CODEC_H
#define CTAIL_UNPACK_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include "ctail-unpack/stream.h"

/* The decoder's memory, beside the buffers.  xz -9 needs 65 MiB, zstd
 * --long=27 needs 129. */
#define CODEC_MEMORY_MAX (UINT64_C(128) << 20)
#define CODEC_WINDOW_LOG_MAX 27

enum codec_step {
	CODEC_ON,		/* did what it could */
	CODEC_END,		/* a member is over, and right */
	CODEC_DAMAGED,
	CODEC_TOO_LARGE,	/* needs more memory than we give */
	CODEC_NO_MEMORY,
};

/* One step moves the pointers and lessens the lengths by what it used. */
struct codec_io {
	unsigned char *in;
	size_t in_len;
	unsigned char *out;
	size_t out_len;
};

struct codec {
	bool padded;		/* NULs may stand behind a member */
	void *(*open)(void);	/* NULL: no memory */
	enum codec_step (*step)(void *state, struct codec_io *io);
	/* Another member begins; not 0: no memory. */
	int (*again)(void *state);
	void (*close)(void *state);
};

extern const struct codec gzip_codec;
extern const struct codec bzip2_codec;
extern const struct codec xz_codec;
extern const struct codec zstd_codec;

/* All members to the end of the stream. */
enum unpack_status codec_run(const struct codec *codec,
    struct stream *stream);

#endif
