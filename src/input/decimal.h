/*
 * decimal: numbers in the files that remember positions.
 */
#ifndef CTAIL_INPUT_DECIMAL_H
#define CTAIL_INPUT_DECIMAL_H

#include <stdint.h>
#include "base/span.h"

/* Takes the digits off the front of text; -1, and text as it was, when there
 * are none or the number is larger than max. */
int decimal_take(struct span *text, uint64_t max, uint64_t *out);

#endif
