/*
 * explicit_bzero: forget a secret, for systems without it.
 */
#include "config.h"

#include <string.h>

void explicit_bzero(void *bytes, size_t len);

void
explicit_bzero(void *bytes, size_t len)
{
	memset(bytes, 0, len);
	__asm__ __volatile__("" : : "r"(bytes) : "memory");
}
