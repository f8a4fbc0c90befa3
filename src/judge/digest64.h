/*
 * digest64: 64 bits of SHA-256, where a text is remembered by its hash.
 *
 * Private to the judge room.  The bits are stored, so they are the same on
 * every machine and for good.
 */
#ifndef CTAIL_JUDGE_DIGEST64_H
#define CTAIL_JUDGE_DIGEST64_H

#include <stdint.h>
#include "base/sha256.h"

static inline uint64_t
digest64_final(struct sha256 *sum)
{
	unsigned char digest[SHA256_SIZE];
	uint64_t bits = 0;
	int i;

	sha256_final(sum, digest);
	for (i = 0; i < 8; i++)
		bits = bits << 8 | digest[i];
	return bits;
}

#endif
