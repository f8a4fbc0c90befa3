/*
 * hmac: two digests around a key (RFC 2104).
 */
#include "config.h"

#include <string.h>

#include "base/hmac.h"

#define BLOCK_SIZE 64

/* The key, hashed when it is longer than a block, and zeros behind it. */
static void
hmac_block(struct span key, unsigned char block[BLOCK_SIZE])
{
	struct sha256 sum;

	memset(block, 0, BLOCK_SIZE);
	if (key.len > BLOCK_SIZE) {
		sha256_init(&sum);
		sha256_add(&sum, key.data, key.len);
		sha256_final(&sum, block);
		explicit_bzero(&sum, sizeof(sum));
	} else if (key.len > 0) {
		memcpy(block, key.data, key.len);
	}
}

static void
hmac_begin(
    struct sha256 *sum, unsigned char block[BLOCK_SIZE], unsigned char mask)
{
	for (size_t i = 0; i < BLOCK_SIZE; i++)
		block[i] ^= mask;
	sha256_init(sum);
	sha256_add(sum, block, BLOCK_SIZE);
}

void
hmac_init(struct hmac *hmac, struct span key)
{
	unsigned char block[BLOCK_SIZE];

	hmac_block(key, block);
	hmac_begin(&hmac->inner, block, 0x36);
	hmac_begin(&hmac->outer, block, 0x36 ^ 0x5c);
	explicit_bzero(block, sizeof(block));
}

void
hmac_add(struct hmac *hmac, struct span bytes)
{
	sha256_add(&hmac->inner, bytes.data, bytes.len);
}

void
hmac_final(struct hmac *hmac, unsigned char out[SHA256_SIZE])
{
	sha256_final(&hmac->inner, out);
	sha256_add(&hmac->outer, out, SHA256_SIZE);
	sha256_final(&hmac->outer, out);
	explicit_bzero(hmac, sizeof(*hmac));
}
