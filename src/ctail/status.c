/*
 * status: the table of exit statuses.
 */
#include "config.h"

#include <stddef.h>

#include "ctail/status.h"

struct status_row {
	enum exit_status status;
	const char *name;
	unsigned char logtail, pygtail;
};

/* pygtail dies of an exception, which is 1; a gap it does not know. */
static const struct status_row rows[] = {
    {STATUS_OK, "ok", 0, 0},
    {STATUS_NOTHING, "nothing-new", 0, 0},
    {STATUS_USAGE, "usage", 66, 2},
    {STATUS_DAMAGED, "damaged", 65, 1},
    {STATUS_NO_LOG, "no-log", 66, 1},
    {STATUS_NO_AGENT, "no-agent", 66, 1},
    {STATUS_NOT_STORED, "not-stored", 73, 1},
    {STATUS_OUTPUT, "output", 1, 1},
    {STATUS_LOCKED, "locked", 73, 1},
    {STATUS_UNREADABLE, "unreadable", 66, 1},
    {STATUS_GAP, "gap", 0, 0},
};

static const struct status_row *
find(enum exit_status status)
{
	size_t i = 0;

	while (rows[i].status != status)
		i++;
	return &rows[i];
}

int
status_number(enum exit_status status, enum dialect dialect)
{
	switch (dialect) {
	case DIALECT_LOGTAIL:
		return find(status)->logtail;
	case DIALECT_PYGTAIL:
		return find(status)->pygtail;
	case DIALECT_CTAIL:
		break;
	}
	return status;
}

const char *
status_name(enum exit_status status)
{
	return find(status)->name;
}

enum exit_status
status_worse(enum exit_status so_far, enum exit_status next)
{
	if (so_far == STATUS_OK || so_far == STATUS_NOTHING)
		return next == STATUS_NOTHING ? so_far : next;
	if (so_far == STATUS_GAP && next != STATUS_OK && next != STATUS_NOTHING)
		return next;
	return so_far;
}
