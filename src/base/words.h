/*
 * words: a value that is words between blanks.
 */
#ifndef CTAIL_BASE_WORDS_H
#define CTAIL_BASE_WORDS_H

#include "base/span.h"

/* Takes the next word off the front of rest; empty when there is none. */
struct span words_next(struct span *rest);

#endif
