/*
 * random: bytes nobody can guess, from the kernel.
 */
#ifndef CTAIL_BASE_RANDOM_H
#define CTAIL_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *out, size_t len);

/* Uniform in [0, bound); bound 0 yields 0. */
uint64_t random_below(uint64_t bound);

/* 32 lower-case hexadecimal digits and a NUL (122 random bits, RFC 9562
 * version 4 without its dashes). */
void random_uuid(char out[33]);

#endif
