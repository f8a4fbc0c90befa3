/*
 * memrchr: the last place of a byte, for systems without it.
 */
#include "config.h"

#include <string.h>

void *memrchr(const void *bytes, int byte, size_t len);

void *
memrchr(const void *bytes, int byte, size_t len)
{
	const unsigned char *at = bytes;

	while (len--)
		if (at[len] == (unsigned char)byte)
			return (void *)(at + len);
	return NULL;
}
