/*
 * memmem: bytes within bytes, for systems without it.
 */
#include "config.h"

#include <string.h>

void *memmem(const void *bytes, size_t len, const void *part,
    size_t part_len);

void *
memmem(const void *bytes, size_t len, const void *part, size_t part_len)
{
	const char *at = bytes;

	for (; len >= part_len; at++, len--)
		if (!memcmp(at, part, part_len))
			return (void *)at;
	return NULL;
}
