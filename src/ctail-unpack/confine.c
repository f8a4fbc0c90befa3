/*
 * confine: another user, tight limits, then the system's own filter.
 */
#include "config.h"

#include <grp.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#include "ctail-unpack/confine.h"

/* By number: there may be no user database where we are. */
#define NOBODY 65534

/* An ordinary user stays who it is: there is nobody with less that it could
 * become. */
static void
drop_root(void)
{
	if (geteuid() == 0 && !setgroups(0, NULL) && !setgid(NOBODY))
		(void)!setuid(NOBODY);
}

/* No file can be opened, grown or dumped, no process started.  CONFINE_MEMORY
 * is configure's: all of it where a sanitizer needs its shadow. */
static void
limit(void)
{
	static const struct {
		int resource;
		rlim_t most;
	} limits[] = {
	    {RLIMIT_AS, CONFINE_MEMORY},
	    {RLIMIT_CORE, 0},
	    {RLIMIT_FSIZE, 0},
	    {RLIMIT_NOFILE, 0},
	    {RLIMIT_NPROC, 0},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct rlimit both = {limits[i].most, limits[i].most};

		setrlimit(limits[i].resource, &both);
	}
}

bool
confine(void)
{
	drop_root();
	limit();
	return confine_filter();
}
