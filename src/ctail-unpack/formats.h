/*
 * formats: which format a file has, by its first bytes, never by its name.
 */
#ifndef CTAIL_UNPACK_FORMATS_H
#define CTAIL_UNPACK_FORMATS_H

#include <stddef.h>
#include "ctail-unpack/codec.h"

struct format {
	const char *name;
	/* What it begins with; of the first byte only these bits count. */
	unsigned char first_mask;
	unsigned char magic[6];
	size_t magic_len;
	const struct codec *codec;	/* NULL: cannot be read here */
};

/* Ends with a row without a name. */
const struct format *formats(void);

/* Recognises and unpacks all of the stream. */
enum unpack_status formats_unpack(struct stream *stream);

#endif
