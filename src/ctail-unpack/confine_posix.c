/*
 * confine_posix: where there is no seccomp(2) that we know, and under
 * sanitizers, which need more system calls than the work does.
 */
#include "config.h"

#include "ctail-unpack/confine.h"

bool
confine_filter(void)
{
	return false;
}
