/*
 * random: the kernel's generator.
 *
 * Hides that one call yields at most 256 bytes.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/random.h"
#include "base/sha256.h"

#define RANDOM_CALL_MAX 256

void
random_bytes(void *out, size_t len)
{
	unsigned char *to = out;
	size_t part;

	for (; len; to += part, len -= part) {
		part = len < RANDOM_CALL_MAX ? len : RANDOM_CALL_MAX;
		if (getentropy(to, part))
			BUG("the kernel gives no random bytes: %s",
			    strerror(errno));
	}
}

uint64_t
random_below(uint64_t bound)
{
	uint64_t value, uneven;

	if (!bound)
		return 0;
	/* 2^64 modulo bound: below it, some remainders would come once more
	 * than others. */
	uneven = (0 - bound) % bound;
	do
		random_bytes(&value, sizeof(value));
	while (value < uneven);
	return value % bound;
}

void
random_uuid(char out[33])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof(bytes));
	bytes[6] = (unsigned char)(0x40 | (bytes[6] & 0x0f));
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f));
	hex_encode(bytes, sizeof(bytes), out);
}
