/*
 * status: how ctail(1) ends.
 *
 * Numbers are those of sysexits(3), which logtail uses too, and two of our
 * own.  Under the names of the old tools their numbers are given.
 */
#ifndef CTAIL_CTAIL_STATUS_H
#define CTAIL_CTAIL_STATUS_H

#include "ctail/dialect.h"

enum exit_status {
	STATUS_OK = 0,
	STATUS_NOTHING = 1,
	STATUS_USAGE = 64,
	STATUS_DAMAGED = 65,
	STATUS_NO_LOG = 66,
	STATUS_NO_AGENT = 69,
	STATUS_NOT_STORED = 73,
	STATUS_OUTPUT = 74,
	STATUS_LOCKED = 75,
	STATUS_UNREADABLE = 77,
	STATUS_GAP = 79,
};

/* What the process ends with. */
int status_number(enum exit_status status, enum dialect dialect);

/* "output", for --json-status. */
const char *status_name(enum exit_status status);

/* The first failure counts, and a gap less than a failure. */
enum exit_status status_worse(enum exit_status so_far, enum exit_status next);

#endif
