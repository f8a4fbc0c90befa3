/*
 * compression: the endings of compressed files' names.
 */
#include "config.h"

#include <string.h>

#include "input/compression.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct ending {
	const char *text;
	enum compression compression;
};

static const struct ending endings[] = {
    {".gz", COMPRESSION_GZIP},
    {".bz2", COMPRESSION_BZIP2},
    {".xz", COMPRESSION_XZ},
    {".zst", COMPRESSION_ZSTD},
    {".Z", COMPRESSION_OTHER},
    {".lz", COMPRESSION_OTHER},
    {".lz4", COMPRESSION_OTHER},
    {".lzma", COMPRESSION_OTHER},
    {".lzo", COMPRESSION_OTHER},
    {".br", COMPRESSION_OTHER},
    {".zip", COMPRESSION_OTHER},
    {".7z", COMPRESSION_OTHER},
};

static bool
ends_with(struct span name, const char *ending)
{
	size_t len = strlen(ending);

	return name.len > len &&
	       memcmp(name.data + name.len - len, ending, len) == 0;
}

enum compression
compression_of(struct span name, struct span *plain_out)
{
	enum compression found = COMPRESSION_NONE;
	size_t cut = 0;

	for (size_t i = 0; i < COUNT(endings); i++) {
		if (!ends_with(name, endings[i].text))
			continue;
		found = endings[i].compression;
		cut = strlen(endings[i].text);
	}
	if (plain_out)
		*plain_out = span_of(name.data, name.len - cut);
	return found;
}
