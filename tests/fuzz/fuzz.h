/*
 * fuzz: what a fuzz target defines (libFuzzer's interface).
 */
#ifndef CTAIL_TESTS_FUZZ_H
#define CTAIL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif
