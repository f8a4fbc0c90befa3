/*
 * confine: gives up every right that reading hostile bytes does not need.
 *
 * To be called when both descriptors are open and memory has been allocated
 * once; from then on the process can read, write, ask for memory and end.
 * Each step is a bonus: what a system lacks or a container refuses is gone
 * without.
 */
#ifndef CTAIL_UNPACK_CONFINE_H
#define CTAIL_UNPACK_CONFINE_H

#include <stdbool.h>

/* True when the kernel filters system calls from now on. */
bool confine(void);

/* A seam: configure picks the file.  What confine returns. */
bool confine_filter(void);

#endif
