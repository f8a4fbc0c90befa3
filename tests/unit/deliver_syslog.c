/*
 * [syslog]: its settings, and its sockets against a daemon of our own.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/mem.h"
#include "deliver/sink_needs.h"
#include "deliver/syslog_socket.h"
#include "files.h"
#include "tap.h"

/* --- Settings ------------------------------------------------------------- */

static const char *
check(struct syslog_settings settings)
{
	static struct err err;

	err.text[0] = '\0';
	syslog_setting_table.check(&settings, &err);
	return err.text;
}

#define TAKES(sentence, ...) \
	IS_STR(check((struct syslog_settings){__VA_ARGS__}), "", sentence)
#define REFUSES(needle, sentence, ...) \
	OK(strstr(check((struct syslog_settings){__VA_ARGS__}), needle), \
	    "%s", sentence)

static void
test_settings(void)
{
	struct syslog_settings defaults = {0};

	setting_defaults(&syslog_setting_table, &defaults);
	IS_STR(defaults.url, "unix:/dev/log", "the daemon here is the default");
	IS_INT(defaults.facility, 3, "and its facility is daemon");
	setting_release(&syslog_setting_table, &defaults);
	TAKES("a socket by its path",
	    .url = (char *)"unix:/run/systemd/journal/syslog");
	TAKES("tls", .url = (char *)"tls://logs.example.org");
	TAKES("udp on this machine", .url = (char *)"udp://localhost");
	TAKES("tcp on this machine", .url = (char *)"tcp://[::1]:1514");
	TAKES("clear text by consent", .url = (char *)"udp://logs.example.org",
	    .allow_cleartext = true);
	REFUSES("allow_cleartext", "udp across a network is refused",
	    .url = (char *)"udp://logs.example.org");
	REFUSES("allow_cleartext", "so is tcp",
	    .url = (char *)"tcp://192.0.2.1:601");
	REFUSES("absolute", "a relative path is refused",
	    .url = (char *)"unix:log");
	REFUSES("too long", "a path that no socket can have is refused",
	    .url = (char *)"unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaaaaaaaaa");
	REFUSES("must begin", "another protocol is refused",
	    .url = (char *)"http://logs.example.org");
	REFUSES("must end after", "a path behind the host is refused",
	    .url = (char *)"tls://logs.example.org/x");
	REFUSES("user or password", "a password in the URL is refused",
	    .url = (char *)"tls://u:p@logs.example.org");
	REFUSES("TLS", "keys about TLS without it are refused",
	    .url = (char *)"unix:/dev/log", .trust.ca_file = (char *)"/ca.pem");
	REFUSES("absolute", "a relative ca_file is refused",
	    .url = (char *)"tls://logs", .trust.ca_file = (char *)"ca.pem");
}

static int
port_of(const char *url)
{
	struct syslog_place place;
	struct err err = ERR_INIT;

	return syslog_place_parse(url, &place, &err) ? -1 : place.port;
}

static void
test_ports(void)
{
	IS_INT(port_of("udp://h"), 514, "udp has its port");
	IS_INT(port_of("tcp://h"), 601, "tcp too");
	IS_INT(port_of("tls://h"), 6514, "and tls");
	IS_INT(port_of("tls://h:1"), 1, "one that is written counts");
}

static void
test_needs(void)
{
	struct syslog_settings settings = {
	    .url = (char *)"tls://h",
	    .trust = {.ca_file = (char *)"/ca.pem",
		.key_file = (char *)"/key.pem"},
	};
	struct sink_needs needs;

	sink_needs_find(&syslog_setting_table, &settings, &needs);
	IS_STR(needs.paths[0], "/ca.pem", "the files of a section are found");
	IS_STR(needs.paths[1], "/key.pem", "all of them");
	OK(!needs.paths[2], "and nothing else");
	OK(!needs.runs_commands, "no command is in it");
	sink_needs_release(&needs);
}

/* --- Sockets -------------------------------------------------------------- */

static int
daemon_unix(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    (type == SOCK_STREAM && listen(fd, 5)))
		abort();
	return fd;
}

static int
daemon_udp(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)*port);
	if (bind(fd, (struct sockaddr *)&address, len) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		abort();
	*port = ntohs(address.sin_port);
	return fd;
}

static struct outcome
put(struct syslog_socket *sock, const char *line)
{
	struct outcome outcome = {0};

	syslog_socket_send(sock, span_str(line), NULL, &outcome);
	return outcome;
}

/* What the daemon has got, NULs as `0'; "" for nothing. */
static const char *
got(int fd)
{
	static char text[256];
	ssize_t len = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[len < 0 ? 0 : len] = '\0';
	for (ssize_t i = 0; i < len; i++)
		text[i] = text[i] ? text[i] : '0';
	return text;
}

static void
test_unix(void)
{
	struct syslog_place place = {
	    .transport = SYSLOG_UNIX, .path = xstrdup(files_path("log"))};
	struct syslog_socket sock;

	syslog_socket_init(&sock, &place, 2000);
	struct outcome outcome = put(&sock, "early");
	IS_INT(outcome.class, OUTCOME_RETRY, "without a daemon it waits");
	OK(strstr(outcome.text, place.path) && strstr(outcome.text, "daemon"),
	    "and says so (%s)", outcome.text);
	int fd = daemon_unix(place.path, SOCK_DGRAM);
	outcome = put(&sock, "one");
	IS_INT(outcome.class, OUTCOME_DELIVERED, "a datagram is handed over");
	OK(strstr(outcome.text, "no answer"), "in these words");
	IS_STR(got(fd), "one", "and comes as it is");
	put(&sock, "two");
	IS_STR(got(fd), "two", "the socket is kept");
	close(fd);
	IS_INT(put(&sock, "lost").class, OUTCOME_RETRY,
	    "a daemon that is gone is waited for");
	fd = daemon_unix(place.path, SOCK_DGRAM);
	put(&sock, "three");
	IS_STR(got(fd), "three", "one that is back is found");
	close(fd);
	fd = daemon_unix(place.path, SOCK_DGRAM);
	IS_INT(put(&sock, "four").class, OUTCOME_DELIVERED,
	    "one that was started again between two messages costs nothing");
	IS_STR(got(fd), "four", "not even the message");
	close(fd);
	syslog_socket_release(&sock);

	fd = daemon_unix(place.path, SOCK_STREAM);
	IS_INT(put(&sock, "five").class, OUTCOME_DELIVERED,
	    "a daemon with a stream is served too");
	put(&sock, "six");
	int stream = accept(fd, NULL, NULL);
	IS_STR(got(stream), "five0six0", "with a NUL behind each message");
	close(stream);
	put(&sock, "seven");
	stream = accept(fd, NULL, NULL);
	IS_STR(got(stream), "seven0", "and connected to again");
	close(stream);
	close(fd);
	syslog_socket_release(&sock);
	unlink(place.path);
	files_write("log", "no socket");
	IS_INT(put(&sock, "x").class, OUTCOME_RETRY, "a file is no daemon");
	free((char *)place.path);
}

static void
test_udp(void)
{
	struct syslog_place place = {
	    .transport = SYSLOG_UDP, .url.host = span_str("127.0.0.1")};
	struct syslog_socket sock;
	int fd = daemon_udp(&place.port);

	syslog_socket_init(&sock, &place, 2000);
	struct outcome outcome = put(&sock, "one");
	IS_INT(outcome.class, OUTCOME_DELIVERED, "a datagram is sent");
	OK(strstr(outcome.text, "udp gives no answer"), "and no more claimed");
	IS_STR(got(fd), "one", "it arrives");
	close(fd);
	outcome = put(&sock, "two");
	IS_INT(outcome.class, OUTCOME_RETRY, "a refusal is noticed");
	IS_INT(outcome.scope, OUTCOME_OF_SINK, "and is the sink's");
	OK(strstr(outcome.text, "nobody listens"), "in words");
	fd = daemon_udp(&place.port);
	put(&sock, "three");
	IS_STR(got(fd), "three", "later it goes on");
	close(fd);
	syslog_socket_release(&sock);
	IS_INT(put(&sock, "four").class, OUTCOME_RETRY,
	    "the first datagram of a run waits for the refusal");
	syslog_socket_release(&sock);
	place.url.host = span_str("no.such.host.invalid");
	outcome = put(&sock, "five");
	IS_INT(outcome.class, OUTCOME_RETRY,
	    "a name may have an address later");
	OK(strstr(outcome.text, "no.such.host.invalid"), "it is named");
	syslog_socket_release(&sock);
}

int
main(void)
{
	files_begin();
	test_settings();
	test_ports();
	test_needs();
	test_unix();
	test_udp();
	files_end();
	return tap_done();
}
