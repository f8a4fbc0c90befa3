/*
 * latency: from write() to what comes of it.
 *
 *   latency LOG ROUNDS GAP_MS COMMAND [ARGUMENT...]
 *   latency LOG ROUNDS GAP_MS --file PATH COMMAND [ARGUMENT...]
 *
 * Starts the command, which watches LOG, and appends one line at a time.  A
 * round lasts from just before write() until the line's own number is read:
 * on the command's standard output, or in the file at PATH, which the
 * command appends to and which exists already.  The next line follows a gap
 * later, so the watcher sleeps when it comes.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/durable.h"
#include "base/sock.h"
#include "probe.h"

#define LOST_MS 10000
#define WARM_MS 200

/* Where the answer shows. */
struct outlet {
	int wake; /* what to poll */
	int text; /* what to read then */
	struct buf seen;
};

static pid_t
start(const char *const *argv, int out)
{
	struct err err = ERR_INIT;
	struct child_spec spec = {
	    .argv = argv, .in = -1, .out = out, .error = -1};
	pid_t pid = child_start(&spec, &err);

	if (pid < 0)
		probe_die("%s", err.text);
	return pid;
}

static pid_t
open_pipe(struct outlet *outlet, const char *const *argv)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		probe_die("pipe: %s", strerror(errno));
	pid = start(argv, ends[1]);
	close(ends[1]);
	fd_nonblocking(ends[0], 1);
	outlet->wake = outlet->text = ends[0];
	return pid;
}

static pid_t
open_file(struct outlet *outlet, const char *path, const char *const *argv)
{
	outlet->wake = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	outlet->text = open(path, O_RDONLY | O_CLOEXEC);
	if (outlet->wake < 0 || outlet->text < 0 ||
	    inotify_add_watch(outlet->wake, path, IN_MODIFY) < 0)
		probe_die("%s: %s", path, strerror(errno));
	return start(argv, -1);
}

static void
drop_events(const struct outlet *outlet)
{
	char events[4096];

	if (outlet->wake != outlet->text)
		while (read(outlet->wake, events, sizeof(events)) > 0)
			continue;
}

static bool
has_seen(struct outlet *outlet, const char *token)
{
	return outlet->seen.len && memmem(outlet->seen.data, outlet->seen.len,
				       token, strlen(token));
}

/* False when the watcher is gone. */
static bool
read_text(struct outlet *outlet)
{
	ssize_t got;

	drop_events(outlet);
	do {
		got = read(
		    outlet->text, buf_reserve(&outlet->seen, 65536), 65536);
		if (got > 0)
			outlet->seen.len += (size_t)got;
	} while (got > 0);
	return got < 0 || outlet->wake != outlet->text;
}

static bool
await(struct outlet *outlet, const char *token, int patience_ms)
{
	double until = probe_now() + patience_ms * 1000.0;
	struct pollfd poll_fd = {outlet->wake, POLLIN, 0};

	buf_reset(&outlet->seen);
	for (;;) {
		int left = (int)((until - probe_now()) / 1000);

		if (left <= 0 || poll(&poll_fd, 1, left) <= 0)
			return false;
		if (!read_text(outlet))
			probe_die("the command ended");
		if (has_seen(outlet, token))
			return true;
	}
}

/* The time just before the write. */
static double
append(int log, const char *token)
{
	char line[128];
	int len = snprintf(line, sizeof(line),
	    "Nov 22 10:00:00 node01 app[42]: probe %s of many\n", token);
	double now = probe_now();

	if (write_all(log, line, (size_t)len))
		probe_die("the log: %s", strerror(errno));
	return now;
}

static void
sleep_ms(long ms)
{
	struct timespec time = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&time, NULL);
}

static void
warm_up(struct outlet *outlet, int log)
{
	char token[32];

	for (int i = 0; i < LOST_MS / WARM_MS; i++) {
		snprintf(token, sizeof(token), "<warm-%d>", i);
		append(log, token);
		if (await(outlet, token, WARM_MS))
			return;
	}
	probe_die("the command does not see what is written");
}

static void
measure(struct outlet *outlet, int log, long rounds, long gap_ms)
{
	struct samples samples = {0};
	char token[32];

	warm_up(outlet, log);
	for (long i = 0; i < rounds; i++) {
		double written;

		sleep_ms(gap_ms);
		snprintf(token, sizeof(token), "<line-%06ld>", i);
		written = append(log, token);
		if (!await(outlet, token, LOST_MS))
			probe_die("%s did not arrive", token);
		samples_add(&samples, probe_now() - written);
	}
	samples_print(&samples, "latency");
	samples_free(&samples);
}

int
main(int argc, char **argv)
{
	struct outlet outlet = {-1, -1, BUF_INIT};
	const char *const *command = (const char *const *)argv + 4;
	pid_t pid;
	int log;

	if (argc < 5)
		probe_die("usage: latency LOG ROUNDS GAP_MS [--file PATH] "
			  "COMMAND...");
	log = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (log < 0)
		probe_die("%s: %s", argv[1], strerror(errno));
	if (strcmp(argv[4], "--file") == 0 && argc > 6)
		pid = open_file(&outlet, argv[5], command + 2);
	else
		pid = open_pipe(&outlet, command);
	measure(&outlet, log, probe_number(argv[2], 1, 1000000),
	    probe_number(argv[3], 1, 10000));
	child_signal(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	buf_release(&outlet.seen);
	return 0;
}
