/*
 * mem: allocation that cannot fail.
 *
 * Running out of memory is handled in one place: a line on standard error
 * and exit status 71 (EX_OSERR).  No caller checks for NULL.  A size of 0
 * yields a valid pointer that may be freed.  Results belong to the caller
 * and are released with free().
 */
#ifndef CTAIL_BASE_MEM_H
#define CTAIL_BASE_MEM_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);

/* The product of count and size is checked for overflow. */
void *xreallocarray(void *old, size_t count, size_t size);

void *xmemdup(const void *bytes, size_t len);
char *xstrdup(const char *text);

/* Copies len bytes and adds a NUL; the bytes may hold NULs themselves. */
char *xstrndup(const char *bytes, size_t len);

/* Gives memory that is free back to the system, after a burst that will not
 * come again soon.  Takes a while: not for hot paths. */
void mem_trim(void);

#endif
