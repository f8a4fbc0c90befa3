/*
 * map_internal: what the test of the hash needs to see.
 */
#ifndef CTAIL_BASE_MAP_INTERNAL_H
#define CTAIL_BASE_MAP_INTERNAL_H

#include <stdint.h>
#include "base/span.h"

/* SipHash-2-4 of the key under a seed of two little-endian words. */
uint64_t map_siphash(const uint64_t seed[2], struct span key);

#endif
