/*
 * mapping: a window into a file, without a copy of its bytes.
 *
 * What is seen through it are the pages of the file itself.  Whoever writes to
 * the file changes them under the eyes of the reader, from one look to the
 * next; so what is found in the window is only good for finding, and what
 * matters is copied out of it, and believed once mapping_holds() says so of
 * the copy.  Nothing else is promised, but that looking does no harm: where
 * the file is cut while it is looked at, or cannot be read any more (a broken
 * disk, a server that is gone), the bytes of the window become zeros, for
 * good, and mapping_holds() is false.
 *
 *	struct mapping *mapping = mapping_new();
 *	struct span window;
 *
 *	if (mapping && !mapping_show(mapping, fd, from, to, &window)) {
 *		... find something in window, and copy it ...
 *		if (mapping_holds(mapping, end of it))
 *			... the copy is what the file had ...
 *	}
 *	mapping_free(mapping);
 *
 * From mapping_new() to mapping_free() the process has a handler for SIGBUS,
 * by which the kernel tells of such bytes.  One for any other address is
 * handed on to what was there before, and ends the process unless that knew
 * better.  A process has one mapping at a time, and looks at it with one
 * thread.  System calls must not be given the window's bytes: the kernel would
 * refuse those that are gone (EFAULT) instead of asking the handler.
 */
#ifndef CTAIL_BASE_MAPPING_H
#define CTAIL_BASE_MAPPING_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/span.h"

struct mapping;

/* Windows begin and end best at a multiple of this, and are no larger than a
 * few of it: the processor's own tables know pages of that size. */
#define MAPPING_GRAIN ((off_t)2 * 1024 * 1024)
#define MAPPING_MAX (2 * MAPPING_GRAIN)

/* NULL: this system, or this process as it is limited, has none. */
struct mapping *mapping_new(void);
void mapping_free(struct mapping *mapping);

/* The bytes from..to of a file, MAPPING_MAX at most, instead of what was shown
 * before; from is on a page's border.  Whoever looks behind the file's end has
 * a window that does not hold.  -1 with errno: this file cannot be mapped, and
 * nothing is shown. */
int mapping_show(struct mapping *mapping, int fd, off_t from, off_t to,
    struct span *out);

/* The last multiple of a page's size. */
off_t mapping_border(off_t at);

/* Whether what was read of the window until now was the file's, as far as
 * `end' of the file: nothing was torn away, and the file has not become
 * shorter than that. */
bool mapping_holds(const struct mapping *mapping, off_t end);

#endif
