/*
 * outlet: a connection to a worker, however it came to be.
 *
 * Either a child started over a socket pair, or a connection to a socket that
 * systemd (or anybody) listens on, where each connection is an instance with
 * its own user and sandbox.
 */
#ifndef CTAIL_CTAILD_OUTLET_H
#define CTAIL_CTAILD_OUTLET_H

#include <sys/types.h>
#include "base/err.h"
#include "deliver/sink_kind.h"

struct outlet_places {
	const char *libexec;		/* directory of the workers */
	const char *send_socket;	/* NULL: start ctail-send */
	const char *exec_socket;	/* NULL: start ctail-exec */
	const char *config;		/* file that the worker reads */
	const char *accepted;		/* last accepted copy, or NULL */
};

struct outlet {
	int fd;				/* non-blocking; -1: closed */
	pid_t pid;			/* 0: not our child */
};

int outlet_open(const struct outlet_places *places,
    enum sink_program program, struct outlet *out, struct err *err);

/* Ends a child and closes the connection; reaping is done by whoever gets
 * SIGCHLD.  stop lets it end what it has started; kill is for one that
 * hangs. */
void outlet_stop(struct outlet *outlet);
void outlet_kill(struct outlet *outlet);
void outlet_close(struct outlet *outlet);

#endif
