/*
 * hmac: HMAC-SHA256 (RFC 2104, FIPS 198-1; test vectors of RFC 4231).
 *
 * Here so that signing a webhook needs no cryptographic library of its own.
 */
#ifndef CTAIL_BASE_HMAC_H
#define CTAIL_BASE_HMAC_H

#include "base/sha256.h"
#include "base/span.h"

struct hmac {
	struct sha256 inner, outer;
};

/* Holds the key's traces until hmac_final has wiped them. */
void hmac_init(struct hmac *hmac, struct span key);
void hmac_add(struct hmac *hmac, struct span bytes);
void hmac_final(struct hmac *hmac, unsigned char out[SHA256_SIZE]);

#endif
