/*
 * confine_posix: confine where there is neither prctl(2) nor Landlock.
 */
#include "config.h"

#include <sys/resource.h>

#include "ctail-send/confine.h"

void
confine_early(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
}

void
confine_late(const struct confine_needs *needs, struct buf *held_out)
{
	(void)needs;
	buf_add_str(held_out, "no core files; this system has nothing more");
}
