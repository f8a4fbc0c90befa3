/*
 * command: run a program to its end, without a shell.
 *
 * It gets some bytes on standard input, and what it writes comes back, up to
 * a bound (the rest is read and thrown away, so that it never blocks).  At
 * its deadline its whole process group gets TERM, two seconds later KILL.
 * What it left running when it ended by itself is left alone.
 */
#ifndef CTAIL_DELIVER_COMMAND_H
#define CTAIL_DELIVER_COMMAND_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define COMMAND_GRACE_MS 2000

enum command_streams {
	COMMAND_OUTPUT_ONLY,	/* standard error stays ours */
	COMMAND_OUTPUT_AND_ERROR,
};

struct command_spec {
	const char *const *argv;	/* argv[0] is an absolute path */
	const char *const *envp;	/* NULL: ours */
	const char *user;		/* NULL: no switch */
	struct span input;
	int64_t timeout_ms;
	int64_t grace_ms;		/* TERM to KILL; 0: the usual */
	size_t output_max;
	enum command_streams streams;
};

enum command_how {
	COMMAND_EXITED,		/* status is the exit status */
	COMMAND_SIGNALLED,	/* status is the signal */
	COMMAND_TIMED_OUT,	/* status is 0 */
};

struct command_end {
	enum command_how how;
	int status;
};

/* -1 with errno when it could not be started (child_start).  SIGPIPE must be
 * ignored. */
int command_run(const struct command_spec *spec, struct buf *output,
    struct command_end *out, struct err *err);

#endif
