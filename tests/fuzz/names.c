/*
 * Fuzzes what looks at file names: rotation suffixes and glob patterns.
 * The input is a pattern, a NUL, and a path.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "input/discover.h"
#include "input/rotation.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	const char *split = len ? memchr(bytes, '\0', len) : NULL;
	size_t first = split ? (size_t)(split - text) : len;
	struct span a = span_of(text, first);
	struct span b = split ? span_of(split + 1, len - first - 1)
			      : span_of("", 0);
	char *pattern = strndup(a.data, a.len);
	char *path = strndup(b.data, b.len);

	if (!pattern || !path)
		abort();
	rotation_is_generation(a, b);
	rotation_is_compressed(a);
	if (len < 4096)
		discover_matches(pattern, path);
	discover_has_wildcard(pattern);
	free(pattern);
	free(path);
	return 0;
}
