/*
 * sha256: SHA-256 as FIPS 180-4 defines it, for identities.
 *
 * Here so that the programs that read logs need no cryptographic library.
 */
#ifndef CTAIL_BASE_SHA256_H
#define CTAIL_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>
#include "base/span.h"

#define SHA256_SIZE 32

struct sha256 {
	uint32_t state[8];
	uint64_t length;
	unsigned char block[64];
	size_t fill;
};

void sha256_init(struct sha256 *sum);
void sha256_add(struct sha256 *sum, const void *bytes, size_t len);

/* Adds the length as 8 bytes and then the bytes, so that neighbouring parts
 * cannot be confused. */
void sha256_add_part(struct sha256 *sum, struct span part);
void sha256_final(struct sha256 *sum, unsigned char out[SHA256_SIZE]);

/* Writes 2 * len lower-case digits and a NUL. */
void hex_encode(const unsigned char *bytes, size_t len, char *out);

#endif
