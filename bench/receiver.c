/*
 * receiver: a web or mail server on the loopback that says yes.
 *
 *   receiver PORT_FILE DELAY_MS [http|smtp]
 *
 * Writes its port into PORT_FILE, answers every request with 200, or takes
 * every mail with 250, after the delay, one connection after the other, and
 * runs until it is ended.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "probe.h"

#define REQUEST_MAX 65536

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static int
listen_somewhere(const char *port_file)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct err err = ERR_INIT;
	char port[16];

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) ||
	    listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&address, &size))
		probe_die("cannot listen: %s", strerror(errno));
	snprintf(port, sizeof(port), "%u\n", ntohs(address.sin_port));
	if (durable_replace(port_file, span_str(port), 0600, &err))
		probe_die("%s", err.text);
	return fd;
}

/* How long the whole request is, or 0 while that cannot be said. */
static size_t
request_size(struct buf *in)
{
	const char *text = buf_str(in);
	const char *end = strstr(text, "\r\n\r\n");
	const char *length;

	if (!end)
		return 0;
	length = strcasestr(text, "\r\nContent-Length:");
	return (size_t)(end - text) + 4 +
	       (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

/* False at the end of the connection. */
static bool
read_request(int fd, struct buf *in)
{
	size_t want;

	while (!(want = request_size(in)) || in->len < want) {
		ssize_t got = read(fd, buf_reserve(in, 4096), 4096);

		if (got <= 0 || in->len > REQUEST_MAX)
			return false;
		in->len += (size_t)got;
	}
	buf_drop(in, want);
	return true;
}

static void
serve(int fd, long delay_ms)
{
	struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
	struct buf in = BUF_INIT;
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (read_request(fd, &in)) {
		nanosleep(&delay, NULL);
		if (write_all(fd, answer, sizeof(answer) - 1))
			break;
	}
	buf_release(&in);
}

/* --- Mail ------------------------------------------------------------------ */

static bool
say(int fd, const char *reply)
{
	return !write_all(fd, reply, strlen(reply));
}

/* Up to and with the end mark; false at the end of the connection. */
static bool
read_until(int fd, struct buf *in, const char *mark)
{
	const char *end;

	while (!(end = strstr(buf_str(in), mark))) {
		ssize_t got = read(fd, buf_reserve(in, 4096), 4096);

		if (got <= 0 || in->len > REQUEST_MAX)
			return false;
		in->len += (size_t)got;
	}
	buf_drop(in, (size_t)(end - in->data) + strlen(mark));
	return true;
}

static bool
take_mail(int fd, struct buf *in, const struct timespec *delay)
{
	if (!say(fd, "354 go ahead\r\n") || !read_until(fd, in, "\r\n.\r\n"))
		return false;
	nanosleep(delay, NULL);
	return say(fd, "250 taken\r\n");
}

static void
serve_mail(int fd, long delay_ms)
{
	struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
	struct buf in = BUF_INIT;
	bool goes_on = say(fd, "220 bench\r\n");
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (goes_on) {
		char verb[5] = "";

		while (in.len < sizeof(verb) && goes_on) {
			ssize_t got = read(fd, buf_reserve(&in, 4096), 4096);

			goes_on = got > 0;
			in.len += got > 0 ? (size_t)got : 0;
		}
		if (!goes_on)
			break;
		memcpy(verb, in.data, sizeof(verb) - 1);
		if (!read_until(fd, &in, "\r\n"))
			break;
		if (!strcasecmp(verb, "DATA"))
			goes_on = take_mail(fd, &in, &delay);
		else
			goes_on = say(fd, "250 yes\r\n") &&
				  strcasecmp(verb, "QUIT");
	}
	buf_release(&in);
}

int
main(int argc, char **argv)
{
	bool mail = argc == 4 && !strcmp(argv[3], "smtp");
	long delay_ms;
	int listener;

	if (argc != 3 && argc != 4)
		probe_die("usage: receiver PORT_FILE DELAY_MS [http|smtp]");
	delay_ms = probe_number(argv[2], 0, 60000);
	listener = listen_somewhere(argv[1]);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (mail)
			serve_mail(fd, delay_ms);
		else
			serve(fd, delay_ms);
		close(fd);
	}
}
