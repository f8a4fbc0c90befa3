/*
 * siblings_internal: what the files of siblings share.
 */
#ifndef CTAIL_INPUT_SIBLINGS_INTERNAL_H
#define CTAIL_INPUT_SIBLINGS_INTERNAL_H

#include "input/siblings.h"

/* siblings_order.c: makes a list in any order, with files under several
 * names, into what siblings.h says; of one file the name that was added
 * first stays. */
void siblings_arrange(struct siblings *siblings);

#endif
