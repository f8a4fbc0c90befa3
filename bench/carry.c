/*
 * carry: one worker's run, seen from ctaild's side.
 *
 *   carry ROUNDS WORKER CONFIG SINK
 *
 * Each round starts the worker, gives it one alert for the sink, takes the
 * outcome and waits for the worker's end.  While the outcome is awaited the
 * worker's memory is read, so a sink that takes its time shows the most.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/fields.h"
#include "base/sock.h"
#include "probe.h"
#include "deliver/outcome.h"
#include "deliver/worker.h"
#include "message/alert.h"

#define LOOK_MS 20

struct worker {
	pid_t pid;
	int fd;
	struct buf in;
};

struct totals {
	struct samples ready, sent, whole, memory;
};

static void
start(struct worker *worker, char **argv)
{
	const char *const command[] = {argv[0], "-c", argv[1], NULL};
	struct child_spec spec = {.argv = command, .error = -1};
	struct err err = ERR_INIT;
	int pair[2];

	if (sock_pair(pair, &err))
		probe_die("%s", err.text);
	fd_nonblocking(pair[0], 0);
	spec.in = spec.out = pair[1];
	worker->pid = child_start(&spec, &err);
	if (worker->pid < 0)
		probe_die("%s", err.text);
	close(pair[1]);
	worker->fd = pair[0];
	worker->in = (struct buf)BUF_INIT;
}

static void
say(struct worker *worker, const struct buf *fields)
{
	struct err err = ERR_INIT;

	if (frame_write(worker->fd, buf_span(fields), &err))
		probe_die("%s", err.text);
}

static struct span
hear(struct worker *worker)
{
	struct err err = ERR_INIT;
	struct span fields;

	if (frame_read(worker->fd, &worker->in, &fields, &err) != 1)
		probe_die("the worker ended: %s", err.text);
	return fields;
}

static void
say_hello(struct worker *worker, const char *sink)
{
	struct buf fields = BUF_INIT;
	struct span answer, type;

	fields_add_str(&fields, "type", "hello");
	fields_add_number(&fields, "protocol", WORKER_PROTOCOL);
	fields_add_str(&fields, "sink", sink);
	fields_add_str(&fields, "hostname", "node01");
	say(worker, &fields);
	buf_release(&fields);
	answer = hear(worker);
	if (!fields_get(answer, "type", &type) || !span_is(type, "ready"))
		probe_die("the worker cannot use the sink: %.*s",
		    (int)answer.len, answer.data);
}

static void
say_alert(struct worker *worker)
{
	static const char line[] =
	    "Nov 22 10:00:00 node01 app[42]: ERROR disk is full";
	struct buf fields = BUF_INIT;
	struct span parts[] = {span_str(line)};
	struct alert alert;

	alert_init(&alert);
	alert_make_id(parts, 1, alert.id);
	alert_make_id(parts, 1, alert.incident);
	alert_set(&alert.rule, span_str("bench"));
	alert_set(&alert.subject, span_str(line));
	alert_set(&alert.hostname, span_str("node01"));
	alert_set(&alert.log, span_str("app"));
	alert_set(&alert.file, span_str("/var/log/app.log"));
	alert_add_line(&alert, span_str(line));
	alert.count = 1;
	fields_add_str(&fields, "type", "alert");
	alert_encode(&alert, &fields);
	say(worker, &fields);
	alert_release(&alert);
	buf_release(&fields);
}

/* Proportional set size in KiB, or 0 where the system does not tell. */
static double
memory_of(pid_t pid)
{
	char path[64], line[128];
	FILE *file;
	long kib = 0;

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", (long)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss: %ld", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return (double)kib;
}

static void
await_outcome(struct worker *worker, struct totals *totals)
{
	struct pollfd poll_fd = {worker->fd, POLLIN, 0};
	struct err err = ERR_INIT;
	struct outcome outcome;
	double most = 0;

	while (poll(&poll_fd, 1, LOOK_MS) == 0) {
		double now = memory_of(worker->pid);

		most = now > most ? now : most;
	}
	if (outcome_decode(hear(worker), &outcome, &err))
		probe_die("%s", err.text);
	if (outcome.class != OUTCOME_DELIVERED)
		probe_die("not delivered: %s", outcome.text);
	if (most > 0)
		samples_add(&totals->memory, most);
}

static void
finish(struct worker *worker)
{
	int status;

	shutdown(worker->fd, SHUT_WR);
	if (waitpid(worker->pid, &status, 0) != worker->pid || status != 0)
		probe_die("the worker ended with status %d", status);
	close(worker->fd);
	buf_release(&worker->in);
}

static void
run(char **argv, struct totals *totals)
{
	double started = probe_now(), ready, sent;
	struct worker worker;

	start(&worker, argv);
	say_hello(&worker, argv[2]);
	ready = probe_now();
	say_alert(&worker);
	await_outcome(&worker, totals);
	sent = probe_now();
	finish(&worker);
	samples_add(&totals->ready, ready - started);
	samples_add(&totals->sent, sent - ready);
	samples_add(&totals->whole, probe_now() - started);
}

int
main(int argc, char **argv)
{
	struct totals totals = {0};
	long rounds;

	if (argc != 5)
		probe_die("usage: carry ROUNDS WORKER CONFIG SINK");
	rounds = probe_number(argv[1], 1, 100000);
	for (long i = 0; i < rounds; i++)
		run(argv + 2, &totals);
	samples_print(&totals.ready, "ready");
	samples_print(&totals.sent, "sent");
	samples_print(&totals.whole, "whole");
	if (totals.memory.count)
		samples_print(&totals.memory, "memory");
	samples_free(&totals.ready);
	samples_free(&totals.sent);
	samples_free(&totals.whole);
	samples_free(&totals.memory);
	return 0;
}
