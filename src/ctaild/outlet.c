/*
 * outlet: starts or reaches a worker.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/sock.h"
#include "ctaild/outlet.h"

static const char *
socket_of(const struct outlet_places *places, enum sink_program program)
{
	return program == SINK_BY_SEND ? places->send_socket
				       : places->exec_socket;
}

static const char *
name_of(enum sink_program program)
{
	return program == SINK_BY_SEND ? "ctail-send" : "ctail-exec";
}

static int
start_worker(const struct outlet_places *places, enum sink_program program,
    struct outlet *out, struct err *err)
{
	int pair[2];
	struct buf path = BUF_INIT;
	const char *argv[6] = {NULL};
	struct child_spec spec = {.argv = argv, .error = -1};
	size_t count = 0;

	if (sock_pair(pair, err))
		return -1;
	buf_addf(&path, "%s/%s", places->libexec, name_of(program));
	argv[count++] = buf_str(&path);
	argv[count++] = "-c";
	argv[count++] = places->config;
	if (places->accepted) {
		argv[count++] = "--accepted";
		argv[count++] = places->accepted;
	}
	spec.in = spec.out = pair[1];
	out->pid = child_start(&spec, err);
	if (out->pid < 0 && errno == ENOENT)
		err_set(err,
		    "%s is not there; install ctail, or say with --libexec "
		    "where its programs are",
		    buf_str(&path));
	close(pair[1]);
	buf_release(&path);
	if (out->pid < 0) {
		close(pair[0]);
		return -1;
	}
	out->fd = pair[0];
	return 0;
}

int
outlet_open(const struct outlet_places *places, enum sink_program program,
    struct outlet *out, struct err *err)
{
	const char *path = socket_of(places, program);

	if (!path)
		return start_worker(places, program, out, err);
	out->pid = 0;
	out->fd = sock_connect(path, err);
	return out->fd < 0 ? -1 : 0;
}

void
outlet_stop(struct outlet *outlet)
{
	if (outlet->pid > 0)
		child_signal(outlet->pid, SIGTERM);
	outlet_close(outlet);
}

void
outlet_kill(struct outlet *outlet)
{
	if (outlet->pid > 0)
		child_signal(outlet->pid, SIGKILL);
	outlet_close(outlet);
}

void
outlet_close(struct outlet *outlet)
{
	if (outlet->fd >= 0)
		close(outlet->fd);
	outlet->fd = -1;
}
