/*
 * worker_program: what ctail-send and ctail-exec have in common as programs.
 *
 *   PROGRAM -c FILE [--accepted FILE]
 *
 * with the connection as standard input and output, as inetd and systemd
 * (Accept=yes) do it.
 */
#ifndef CTAIL_DELIVER_WORKER_PROGRAM_H
#define CTAIL_DELIVER_WORKER_PROGRAM_H

#include "deliver/worker.h"

enum worker_exit {
	WORKER_EXIT_OK = 0,
	WORKER_EXIT_USAGE = 64,		/* EX_USAGE */
	WORKER_EXIT_PROTOCOL = 76,	/* EX_PROTOCOL */
};

struct worker_options {
	const char *config;
	const char *accepted;	/* NULL: none */
};

struct worker_program {
	const char *name;
	const char *purpose;	/* "sends alerts over the network" */
	const struct sink_driver *const *drivers;
	const struct buf *confined;	/* worker_host's */
};

/* True when there is a run to serve; else *exit_out is the exit status, and
 * what there was to say has been said. */
bool worker_program_options(const struct worker_program *program, int argc,
    char **argv, struct worker_options *out, int *exit_out);

/* Serves it; the exit status. */
int worker_program_run(const struct worker_program *program,
    worker_find_sink *find, void *arg);

#endif
