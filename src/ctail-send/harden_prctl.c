/*
 * harden_prctl: harden for Linux.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include "ctail-send/harden.h"

/* Each is a bonus: a kernel that refuses one still runs us. */
void
harden_process(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
