/*
 * child: start a program with exactly the descriptors it should have.
 *
 * No shell.  The child has 0, 1 and 2 as given and nothing else, a cleared
 * signal mask, default signal actions, and its own process group, so that it
 * and what it starts can be ended together.
 */
#ifndef CTAIL_BASE_CHILD_H
#define CTAIL_BASE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>
#include "base/err.h"

struct child_spec {
	const char *const *argv;  /* argv[0] is the path; NULL-terminated */
	const char *const *envp;  /* NULL: the parent's environment */
	int in;			  /* -1: /dev/null */
	int out;		  /* -1: /dev/null */
	int error;		  /* -1: the parent's standard error */
	const char *user;	  /* run as this user; NULL: no switch */

	/* Killed when the process that started it dies, however that may be
	 * (where the system can; a setuid program is exempt). */
	bool with_parent;
};

/* The process id, or -1 (a program that cannot be executed included) with
 * errno (0: there is no such user).  The three descriptors may be any, even 0
 * to 2 crosswise; they stay the caller's to close.  The caller waits for the
 * child. */
pid_t child_start(const struct child_spec *spec, struct err *err);

/* Sends the signal to the child's process group. */
void child_signal(pid_t pid, int signal_number);

#endif
