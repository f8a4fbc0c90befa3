/*
 * Fuzzes ctaild's side of a run: whatever a worker answers, every alert that
 * was handed out has exactly one outcome, and the lane ends.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/sock.h"
#include "ctaild/lane.h"
#include "deliver/worker.h"
#include "fuzz/fuzz.h"
#include "message/alert.h"

#define INPUT_MAX 60000		/* what a socket takes at once */
#define TURNS_MAX 1000

struct run {
	int64_t handed;		/* rows given out so far */
	int64_t told;		/* outcomes of rows */
	int traces;		/* since the last outcome */
	bool ended;
};

static bool
next_alert(void *arg, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out)
{
	struct run *run = arg;
	struct alert alert;

	if (run->handed == 3)
		return false;
	alert_init(&alert);
	if (run->handed == 1)
		alert.kind = ALERT_TEST;
	buf_add_str(settled_out, "a@example.org");
	snprintf(alert.id, sizeof(alert.id), "%040d", (int)run->handed);
	alert_encode(&alert, fields_out);
	alert_release(&alert);
	*row_out = ++run->handed;
	return true;
}

static void
take_outcome(void *arg, int64_t row, const struct outcome *outcome)
{
	struct run *run = arg;

	(void)outcome;
	run->traces = 0;
	if (row && row != ++run->told)
		abort();
}

static void
end_run(void *arg)
{
	((struct run *)arg)->ended = true;
}

static void
take_ready(void *arg, const char *confined)
{
	(void)arg;
	if (strlen(confined) >= WORKER_CONFINED_MAX)
		abort();
}

/* Only of the second alert, which is a test. */
static void
take_trace(void *arg, const char *line)
{
	struct run *run = arg;

	if (run->handed != 2 || ++run->traces > TRACE_LINES_MAX ||
	    strlen(line) > TRACE_LINE_BYTES || strchr(line, '\n'))
		abort();
}

static int
listen_somewhere(char *path, size_t size)
{
	struct err err = ERR_INIT;
	int listener;

	snprintf(path, size, "/tmp/ctail-fuzz-lane-%ld.sock", (long)getpid());
	listener = sock_listen(path, 0600, &err);
	if (listener < 0)
		abort();
	return listener;
}

static void
answer(int listener, const uint8_t *bytes, size_t len)
{
	int fd = sock_accept(listener);

	if (fd < 0 || write_all(fd, bytes, len < INPUT_MAX ? len : INPUT_MAX))
		abort();
	shutdown(fd, SHUT_WR);
	/* Closing would turn what the lane still says into an error, which is
	 * another way to end; both happen, by the input's last bit. */
	if (!len || !(bytes[len - 1] & 1))
		dup2(fd, 100);
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct lane_calls calls = {next_alert, take_outcome,
	    end_run, take_ready, take_trace};
	struct lane_spec spec = {.sink = "ops",
	    .hostname = "host",
	    .program = SINK_BY_SEND,
	    .timeout_ms = 1000};
	struct outlet_places places = {0};
	struct run run = {0};
	struct err err = ERR_INIT;
	char path[64];
	int listener = listen_somewhere(path, sizeof(path));
	struct loop *loop = loop_new();

	places.send_socket = path;
	if (!lane_start(loop, &spec, &places, calls, &run, &err))
		abort();
	answer(listener, bytes, len);
	for (int i = 0; !run.ended && i < TURNS_MAX; i++)
		if (loop_turn(loop, 100, &err))
			abort();
	if (!run.ended || run.told != run.handed)
		abort();
	close(100);
	close(listener);
	unlink(path);
	loop_free(loop);
	return 0;
}
