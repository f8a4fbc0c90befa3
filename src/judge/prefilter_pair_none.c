/*
 * prefilter_pair_none: a machine of which no vector instructions are known.
 */
#include "config.h"

#include "judge/prefilter_pair_internal.h"

pair_scan *
pair_machine(size_t width)
{
	(void)width;
	return NULL;
}
