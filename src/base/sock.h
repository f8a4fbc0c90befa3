/*
 * sock: local stream sockets.
 *
 * All descriptors are close-on-exec and non-blocking unless said otherwise.
 */
#ifndef CTAIL_BASE_SOCK_H
#define CTAIL_BASE_SOCK_H

#include <sys/types.h>
#include "base/err.h"

/* A connected pair: [0] non-blocking for us, [1] blocking for a child. */
int sock_pair(int out[2], struct err *err);

/* Listens at path with the given mode; a stale socket is replaced, anything
 * else in the way is an error. */
int sock_listen(const char *path, mode_t mode, struct err *err);

/* -1 with errno ENOENT or ECONNREFUSED kept when nobody listens. */
int sock_connect(const char *path, struct err *err);

/* The next connection, or -1 (errno EAGAIN: none now). */
int sock_accept(int listener);

/* Which user is at the other end, as the kernel knows it; -1 with errno. */
int sock_peer(int fd, uid_t *uid_out);

int fd_nonblocking(int fd, int on);

#endif
