/*
 * syslog_socket: syslog messages into a socket of this machine, or by UDP.
 *
 * The socket is kept between messages, and made anew, once, when the daemon
 * behind it was started again.  Neither way gives an answer: what the kernel
 * has taken is handed over.  The first datagram by UDP waits a moment for the
 * word that nobody listens.
 */
#ifndef CTAIL_DELIVER_SYSLOG_SOCKET_H
#define CTAIL_DELIVER_SYSLOG_SOCKET_H

#include "base/span.h"
#include "deliver/outcome.h"
#include "deliver/syslog_settings.h"
#include "deliver/worker.h"

struct syslog_socket {
	const struct syslog_place *place;	/* UNIX or UDP */
	int64_t timeout_ms;	/* of one message */
	int fd;			/* -1: none */
	bool stream;		/* messages end with a NUL, as syslog(3)'s */
};

void syslog_socket_init(struct syslog_socket *sock,
    const struct syslog_place *place, int64_t timeout_ms);
void syslog_socket_release(struct syslog_socket *sock);

void syslog_socket_send(struct syslog_socket *sock, struct span line,
    const struct trace *trace, struct outcome *out);

#endif
