/*
 * formats: which packed files the ctail-unpack of this build can read.
 */
#ifndef CTAIL_TESTS_FORMATS_H
#define CTAIL_TESTS_FORMATS_H

#include <stdbool.h>
#include <string.h>

/* config.h has the address of a codec, or NULL. */
#define FORMATS_TEXT(codec) FORMATS_QUOTE(codec)
#define FORMATS_QUOTE(text) #text

static inline bool
formats_has(const char *packer)
{
	static const struct {
		const char *packer, *codec;
	} formats[] = {
	    {"gzip", FORMATS_TEXT(GZIP_CODEC)},
	    {"bzip2", FORMATS_TEXT(BZIP2_CODEC)},
	    {"xz", FORMATS_TEXT(XZ_CODEC)},
	    {"zstd", FORMATS_TEXT(ZSTD_CODEC)},
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].packer, packer))
			return formats[i].codec[0] == '&';
	return false;
}

#endif
