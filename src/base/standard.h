/*
 * standard: descriptors 0, 1 and 2 are there.
 *
 * Whoever starts us may have closed them.  The first file opened would then
 * get one of their numbers, and what is meant for a person would be written
 * into it.
 */
#ifndef CTAIL_BASE_STANDARD_H
#define CTAIL_BASE_STANDARD_H

/* Opens /dev/null in place of those that are closed. */
void standard_open(void);

#endif
