/*
 * prefilter_vector_none: a machine of which no vector instructions are known.
 */
#include "config.h"

#include "judge/prefilter_vector_internal.h"

vector_scan *
vector_machine(size_t width)
{
	(void)width;
	return NULL;
}
