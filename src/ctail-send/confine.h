/*
 * confine: what a program that holds passwords and talks to strangers gives
 * up, as far as the system lets it.  A seam: configure picks the file.
 *
 * Before anything is read: no core file, no debugger of the same user, no gain
 * of rights by exec.  Once the configuration is read, and before a byte of a
 * stranger is: no writing to the file system and no reading of it beyond what
 * TLS, name resolution and the sink's own files need, no listening (Landlock,
 * Linux 5.13), no exec and none of the calls a client never makes (seccomp).
 * Where a password_command must run, it keeps its files and exec: what binds
 * us would bind it.  Each part is a bonus: a kernel without it still runs us,
 * and `ctailctl status' says what holds.
 */
#ifndef CTAIL_SEND_CONFINE_H
#define CTAIL_SEND_CONFINE_H

#include <stdbool.h>
#include "base/buf.h"

void confine_early(void);

struct confine_needs {
	const char *const *read_paths;	/* files and directories of the sink,
					 * NULL-terminated */
	bool runs_commands;
};

/* Appends in words what holds now: "no new privileges, Landlock, seccomp".
 * To be called while there is one thread. */
void confine_late(const struct confine_needs *needs, struct buf *held_out);

#endif
