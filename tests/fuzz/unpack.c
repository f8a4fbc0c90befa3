/*
 * Fuzzes every decoder of ctail-unpack.
 *
 * The first byte says how many bytes a read gives (times 8, 0: all) and which
 * decoder gets the rest (0: the one for what it looks like).
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctail-unpack/formats.h"
#include "fuzz/fuzz.h"

/* Enough to see what happens when the buffers come round again. */
#define PLAIN_MAX (1024 * 1024)

struct ends {
	const uint8_t *bytes;
	size_t len, most, given;
	uint8_t sum;
};

static ssize_t
give(void *arg, void *to, size_t len)
{
	struct ends *ends = arg;

	if (len > ends->most)
		len = ends->most;
	if (len > ends->len)
		len = ends->len;
	memcpy(to, ends->bytes, len);
	ends->bytes += len;
	ends->len -= len;
	return (ssize_t)len;
}

/* Looks at every byte, so that one nobody has written is seen. */
static int
take(void *arg, const void *bytes, size_t len)
{
	struct ends *ends = arg;

	if (!len || len > STREAM_OUT_BYTES)
		abort();
	for (size_t i = 0; i < len; i++)
		ends->sum ^= ((const uint8_t *)bytes)[i];
	ends->given += len;
	return ends->given > PLAIN_MAX ? -1 : 0;
}

/* The codec of that row, if it is built. */
static const struct codec *
pick(unsigned row)
{
	const struct format *format = formats();

	while (row-- > 0 && format->name)
		format++;
	return format->codec;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct stream *stream = malloc(sizeof(*stream));
	struct ends ends = {bytes, len, SIZE_MAX, 0, 0};
	const struct codec *codec = NULL;

	if (!stream)
		abort();
	if (len) {
		ends.most = bytes[0] / 8 ? bytes[0] / 8 : SIZE_MAX;
		codec = bytes[0] % 8 ? pick(bytes[0] % 8 - 1) : NULL;
		ends.bytes++;
		ends.len--;
	}
	stream_init(stream, give, take, &ends);
	if (codec)
		codec_run(codec, stream);
	else
		formats_unpack(stream);
	if (stream->given > ends.given)
		abort();
	free(stream);
	return 0;
}
