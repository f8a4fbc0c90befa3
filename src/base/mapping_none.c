/*
 * mapping_none: a system that does not map files as we need it.
 */
#include "config.h"

#include <errno.h>

#include "base/mapping.h"

struct mapping *
mapping_new(void)
{
	return NULL;
}

void
mapping_free(struct mapping *mapping)
{
	(void)mapping;
}

off_t
mapping_border(off_t at)
{
	return at;
}

int
mapping_show(struct mapping *mapping, int fd, off_t from, off_t to,
    struct span *out)
{
	(void)mapping;
	(void)fd;
	(void)from;
	(void)to;
	(void)out;
	errno = ENOSYS;
	return -1;
}

bool
mapping_holds(const struct mapping *mapping, off_t end)
{
	(void)mapping;
	(void)end;
	return false;
}
