/*
 * filesystem: on which file systems a change is told to this machine.
 *
 * On a network file system, in FUSE or in /proc a file changes without this
 * kernel seeing a write, so nothing is told and what lies there has to be
 * polled.  The type number (statfs's f_type) decides; one that the
 * table does not know is polled too.  Pure.
 */
#ifndef CTAIL_INPUT_FILESYSTEM_H
#define CTAIL_INPUT_FILESYSTEM_H

#include <stdbool.h>
#include <stdint.h>

struct filesystem {
	uint32_t type;
	const char *name;	/* as mount(8) says it */
	bool tells;		/* every change passes through this kernel */
};

/* Never NULL: one that is not known is "an unknown file system". */
const struct filesystem *filesystem_of_type(uint32_t type);

#endif
