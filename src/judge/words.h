/*
 * words: a value that is words between blanks.
 *
 * Private to the judge room.
 */
#ifndef CTAIL_JUDGE_WORDS_H
#define CTAIL_JUDGE_WORDS_H

#include "base/span.h"

/* Takes the next word off the front of rest; empty when there is none. */
struct span words_next(struct span *rest);

/* How many bytes of a hostile word a sentence shows, for %.*s. */
int words_shown(struct span word);

#endif
