/*
 * formats: the table of formats.
 *
 * GZIP_CODEC and its kin come from configure: the address of the codec, or
 * NULL where the library is not there.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "ctail-unpack/formats.h"

#define MAGIC_MAX sizeof(((struct format *)NULL)->magic)

/* The last ones are known so that they are not taken for damage. */
const struct format *
formats(void)
{
	static const struct format table[] = {
	    {"gzip", 0xff, {0x1f, 0x8b}, 2, GZIP_CODEC},
	    {"bzip2", 0xff, {'B', 'Z', 'h'}, 3, BZIP2_CODEC},
	    {"xz", 0xff, {0xfd, '7', 'z', 'X', 'Z', 0}, 6, XZ_CODEC},
	    {"zstd", 0xff, {0x28, 0xb5, 0x2f, 0xfd}, 4, ZSTD_CODEC},
	    /* a skippable frame, as pzstd(1) and others put in front */
	    {"zstd", 0xf0, {0x50, 0x2a, 0x4d, 0x18}, 4, ZSTD_CODEC},
	    {"compress", 0xff, {0x1f, 0x9d}, 2, NULL},
	    {"lz4", 0xff, {0x04, 0x22, 0x4d, 0x18}, 4, NULL},
	    {"lzip", 0xff, {'L', 'Z', 'I', 'P'}, 4, NULL},
	    {"zip", 0xff, {'P', 'K', 3, 4}, 4, NULL},
	    {"7z", 0xff, {'7', 'z', 0xbc, 0xaf, 0x27, 0x1c}, 6, NULL},
	    {NULL, 0, {0}, 0, NULL},
	};

	return table;
}

/* Whether the bytes are the magic's, or as many of them as there are. */
static bool
begins(const struct format *format, const unsigned char *bytes, size_t len)
{
	if (len > format->magic_len)
		len = format->magic_len;
	if (!len)
		return true;
	return (bytes[0] & format->first_mask) == format->magic[0] &&
	       !memcmp(bytes + 1, format->magic + 1, len - 1);
}

/* A file that has just been created is as empty as this. */
static enum unpack_status
too_short(const struct stream *stream)
{
	const struct format *format = formats();

	for (; format->name; format++)
		if (begins(format, stream->in, stream->in_len))
			return UNPACK_STATUS_UNFINISHED;
	return UNPACK_STATUS_NOT_PACKED;
}

enum unpack_status
formats_unpack(struct stream *stream)
{
	const struct format *format = formats();
	enum unpack_status status = stream_fill(stream, MAGIC_MAX);

	if (status)
		return status;
	for (; format->name; format++) {
		if (stream->in_len < format->magic_len ||
		    !begins(format, stream->in, stream->in_len))
			continue;
		return format->codec ? codec_run(format->codec, stream)
				     : UNPACK_STATUS_NOT_BUILT;
	}
	return too_short(stream);
}
