/*
 * mapped: for unit tests of what needs files that can be mapped.
 */
#ifndef CTAIL_TESTS_MAPPED_H
#define CTAIL_TESTS_MAPPED_H

#include <stdio.h>
#include <stdlib.h>

#include "base/mapping.h"

/* Ends the test where this system maps none as we need it. */
static inline void
mapped_or_skip(void)
{
	struct mapping *mapping = mapping_new();

	mapping_free(mapping);
	if (mapping)
		return;
	puts("1..0 # SKIP files are not mapped on this system");
	exit(0);
}

#endif
