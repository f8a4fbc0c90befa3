/*
 * syslog_socket: syslog messages into a socket of this machine, or by UDP.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "deliver/syslog_socket.h"
#include "deliver/trace.h"

/* How long a refusal may take to come back; from this machine itself it is
 * there at once. */
#define REFUSAL_WAIT_MS 100

void
syslog_socket_init(struct syslog_socket *sock, const struct syslog_place *place,
    int64_t timeout_ms)
{
	*sock = (struct syslog_socket){
	    .place = place,
	    .timeout_ms = timeout_ms,
	    .fd = -1,
	};
}

/* Keeps errno. */
void
syslog_socket_release(struct syslog_socket *sock)
{
	int number = errno;

	if (sock->fd >= 0)
		close(sock->fd);
	sock->fd = -1;
	errno = number;
}

static int
syslog_socket_connect(struct syslog_socket *sock, int type,
    const struct sockaddr *address, socklen_t len)
{
	const struct timeval patience = {
	    .tv_sec = (time_t)(sock->timeout_ms / 1000),
	    .tv_usec = (suseconds_t)(sock->timeout_ms % 1000 * 1000),
	};

	sock->fd = socket(address->sa_family, type | SOCK_CLOEXEC, 0);
	if (sock->fd < 0)
		return -1;
	if (setsockopt(sock->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		sizeof(patience)) ||
	    connect(sock->fd, address, len)) {
		syslog_socket_release(sock);
		return -1;
	}
	sock->stream = type == SOCK_STREAM;
	return 0;
}

static int
syslog_socket_put_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -1;
		bytes =
		    span_of(bytes.data + sent, bytes.len - (size_t)sent);
	}
	return 0;
}

static int
syslog_socket_put(struct syslog_socket *sock, struct span line)
{
	struct buf framed = BUF_INIT;
	int result;

	if (!sock->stream)
		return syslog_socket_put_all(sock->fd, line);
	buf_add_span(&framed, line);
	buf_add_byte(&framed, '\0');
	result = syslog_socket_put_all(sock->fd, buf_span(&framed));
	buf_release(&framed);
	return result;
}

/* As syslog(3): datagrams, and a stream where the daemon wants one. */
static int
syslog_socket_fresh_unix(
    struct syslog_socket *sock, struct span line, struct err *err)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	(void)err;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s",
	    sock->place->path);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!syslog_socket_connect(sock, types[i],
			(const struct sockaddr *)&address, sizeof(address)))
			return syslog_socket_put(sock, line);
		if (errno != EPROTOTYPE)
			return -1;
	}
	return -1;
}

/* -1 with errno when word comes back that nobody listens. */
static int
syslog_socket_await_refusal(int fd, int wait_ms)
{
	struct pollfd waiting = {.fd = fd};
	int number = 0;
	socklen_t len = sizeof(number);

	if (poll(&waiting, 1, wait_ms) <= 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) || !number)
		return 0;
	errno = number;
	return -1;
}

static struct addrinfo *
syslog_socket_resolve(const struct syslog_place *place, struct err *err)
{
	const struct addrinfo hints = {
	    .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_DGRAM,
	    .ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *found = NULL;
	struct buf host = BUF_INIT;
	char port[8];
	int failed;

	buf_add_span(&host, place->url.host);
	snprintf(port, sizeof(port), "%hu", (unsigned short)place->port);
	failed = getaddrinfo(buf_str(&host), port, &hints, &found);
	if (failed)
		err_set(err, "%s has no address: %s", buf_str(&host),
		    gai_strerror(failed));
	buf_release(&host);
	return failed ? NULL : found;
}

/* The first address that does not refuse it. */
static int
syslog_socket_fresh_udp(
    struct syslog_socket *sock, struct span line, struct err *err)
{
	struct addrinfo *found = syslog_socket_resolve(sock->place, err);
	bool taken = false;

	for (struct addrinfo *at = found; at && !taken; at = at->ai_next) {
		if (syslog_socket_connect(
			sock, SOCK_DGRAM, at->ai_addr, at->ai_addrlen))
			continue;
		taken = !syslog_socket_put(sock, line) &&
			!syslog_socket_await_refusal(
			    sock->fd, REFUSAL_WAIT_MS);
		if (!taken)
			syslog_socket_release(sock);
	}
	if (found)
		freeaddrinfo(found);
	return taken ? 0 : -1;
}

/* What the end of the daemon that a socket led to looks like. */
static bool
syslog_socket_is_stale(int number)
{
	return number == ECONNREFUSED || number == ECONNRESET ||
	       number == ENOTCONN || number == EPIPE ||
	       number == EDESTADDRREQ;
}

static int
syslog_socket_put_again(struct syslog_socket *sock, struct span line)
{
	if (!syslog_socket_put(sock, line) &&
	    !syslog_socket_await_refusal(sock->fd, 0))
		return 0;
	syslog_socket_release(sock);
	return -1;
}

static int
syslog_socket_try(struct syslog_socket *sock, struct span line, struct err *err)
{
	if (sock->fd >= 0) {
		if (!syslog_socket_put_again(sock, line))
			return 0;
		if (!syslog_socket_is_stale(errno))
			return -1;
	}
	return sock->place->transport == SYSLOG_UNIX
		   ? syslog_socket_fresh_unix(sock, line, err)
		   : syslog_socket_fresh_udp(sock, line, err);
}

static void
syslog_socket_name(const struct syslog_place *place, struct buf *out)
{
	if (place->transport == SYSLOG_UNIX)
		buf_add_str(out, place->path);
	else
		buf_addf(out, "%.*s port %d", (int)place->url.host.len,
		    place->url.host.data, place->port);
}

/* The first row of the errno; 0 is any. */
static const struct syslog_trouble {
	int number;
	enum outcome_class class;
	const char *words;
} syslog_troubles[] = {
    {ENOENT, OUTCOME_RETRY, " (does a syslog daemon run?)"},
    {ECONNREFUSED, OUTCOME_RETRY, " (nobody listens there)"},
    {EAGAIN, OUTCOME_RETRY, " (it was not taken in time)"},
    {EACCES, OUTCOME_CONFIG, ""},
    {EMSGSIZE, OUTCOME_REFUSED, ""},
    {0, OUTCOME_RETRY, ""},
};

static void
syslog_socket_failed(const char *name, int number, struct outcome *out)
{
	const struct syslog_trouble *trouble = syslog_troubles;

	while (trouble->number && trouble->number != number)
		trouble++;
	outcome_set(out, trouble->class, number, "cannot send to %s: %s%s",
	    name, strerror(number), trouble->words);
}

void
syslog_socket_send(struct syslog_socket *sock, struct span line,
    const struct trace *trace, struct outcome *out)
{
	struct buf name = BUF_INIT;
	struct err err = ERR_INIT;
	int failed = syslog_socket_try(sock, line, &err) ? errno : 0;

	syslog_socket_name(sock->place, &name);
	if (failed && err.text[0])
		outcome_set(out, OUTCOME_RETRY, 0, "%s", err.text);
	else if (failed)
		syslog_socket_failed(buf_str(&name), failed, out);
	else
		outcome_set(out, OUTCOME_DELIVERED, 0,
		    "handed over to %s; %s gives no answer", buf_str(&name),
		    sock->place->transport == SYSLOG_UNIX ? "syslog" : "udp");
	if (failed)
		syslog_socket_release(sock);
	else
		trace_line(trace, TRACE_SAID, line);
	buf_release(&name);
}
