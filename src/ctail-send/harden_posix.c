/*
 * harden_posix: harden where there is no prctl(2).
 */
#include "config.h"

#include <sys/resource.h>

#include "ctail-send/harden.h"

void
harden_process(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}
