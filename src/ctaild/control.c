/*
 * control: serves requests, one frame in, some frames out.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/sock.h"
#include "ctaild/command.h"
#include "ctaild/control.h"

#define CONNECTION_MS 30000
#define ANSWER_S 5
#define ACCEPT_AGAIN_MS 1000 /* when there is no descriptor left */
#define TEXT_FRAME 65536
#define REQUEST_BYTES_MAX 65536
#define REQUEST_HEAD_MAX 64 /* of its frame */

struct connection {
	struct control *control;
	struct connection *next;
	int fd;
	uid_t peer;
	struct loop_fd *watch;
	struct loop_timer *deadline;
	struct buf in, out;
	bool answered;
};

struct control {
	struct loop *loop;
	char *path;
	int listener;
	struct loop_fd *watch;
	struct loop_timer *accept_again;
	struct connection *connections;
	size_t count;
	control_run *run;
	void *arg;
};

char *
control_path(const char *state_dir)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/control.sock", state_dir);
	return buf_take(&path);
}

static void
hang_up(struct connection *connection)
{
	struct connection **at = &connection->control->connections;

	while (*at != connection)
		at = &(*at)->next;
	*at = connection->next;
	connection->control->count--;
	loop_unwatch(connection->watch);
	loop_timer_free(connection->deadline);
	close(connection->fd);
	buf_release(&connection->in);
	buf_release(&connection->out);
	free(connection);
}

/* False when the connection is gone. */
static bool
flush_out(struct connection *connection)
{
	struct buf *out = &connection->out;

	while (out->len) {
		ssize_t sent =
		    send(connection->fd, out->data, out->len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (sent < 0) {
			hang_up(connection);
			return false;
		}
		buf_drop(out, (size_t)sent);
	}
	if (!out->len && connection->answered) {
		hang_up(connection);
		return false;
	}
	loop_watch_events(
	    connection->watch, LOOP_READ | (out->len ? LOOP_WRITE : 0u));
	return true;
}

static void
add_text(struct buf *out, struct span text)
{
	while (text.len) {
		size_t part = text.len < TEXT_FRAME ? text.len : TEXT_FRAME;
		struct buf fields = BUF_INIT;

		fields_add_str(&fields, "type", "text");
		fields_add(&fields, "text", span_of(text.data, part));
		frame_add(out, buf_span(&fields));
		buf_release(&fields);
		text = span_of(text.data + part, text.len - part);
	}
}

static void
add_end(struct buf *out, int status, const char *error)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", "end");
	fields_add_number(&fields, "status", status);
	fields_add_str(&fields, "error", error);
	frame_add(out, buf_span(&fields));
	buf_release(&fields);
}

/* -1 when the request is not a command with strings for arguments. */
static int
parse_request(struct span fields, char **args)
{
	struct span name, value;
	size_t cursor = 0;
	int count = 0;

	if (!fields_get(fields, "type", &value) || !span_is(value, "command"))
		return -1;
	while (fields_next(fields, &cursor, &name, &value)) {
		if (!span_is(name, "arg"))
			continue;
		if (count == COMMAND_ARGS_MAX ||
		    memchr(value.data, '\0', value.len))
			return -1;
		args[count++] = xstrndup(value.data, value.len);
	}
	return count;
}

static void
answer(struct connection *connection, struct span fields)
{
	struct control *control = connection->control;
	char *args[COMMAND_ARGS_MAX + 1] = {NULL};
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	int count = parse_request(fields, args);
	int status = EX_PROTOCOL;

	if (count < 0)
		err_set(&err, "the request is not understood");
	else
		status = control->run(control->arg, connection->peer, count,
		    (const char *const *)args, &text, &err);
	add_text(&connection->out, buf_span(&text));
	add_end(&connection->out, status, err.text);
	connection->answered = true;
	buf_release(&text);
	for (size_t i = 0; args[i]; i++)
		free(args[i]);
}

static void
read_request(struct connection *connection)
{
	char *room = buf_reserve(&connection->in, 4096);
	ssize_t got = recv(connection->fd, room, 4096, 0);
	struct span fields;
	size_t used;
	int taken;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0 || connection->answered ||
	    connection->in.len > REQUEST_BYTES_MAX) {
		hang_up(connection);
		return;
	}
	connection->in.len += (size_t)got;
	taken = frame_take(buf_span(&connection->in), &fields, &used, NULL);
	if (taken < 0) {
		hang_up(connection);
	} else if (taken > 0) {
		answer(connection, fields);
		flush_out(connection);
	}
}

static void
on_connection(void *arg, unsigned events)
{
	struct connection *connection = arg;

	if ((events & LOOP_WRITE) && !flush_out(connection))
		return;
	if (events & (LOOP_READ | LOOP_HANGUP))
		read_request(connection);
}

static void
on_deadline(void *arg)
{
	hang_up(arg);
}

static void
on_listener(void *arg, unsigned events)
{
	struct control *control = arg;
	struct connection *connection;
	int fd = sock_accept(control->listener);

	(void)events;
	/* The listener stays ready; to be told so all the time helps nobody. */
	if (fd < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		loop_watch_events(control->watch, 0);
		loop_timer_set(
		    control->accept_again, clock_boot_ms() + ACCEPT_AGAIN_MS);
	}
	if (fd < 0)
		return;
	if (control->count == CONTROL_MAX) {
		close(fd);
		return;
	}
	connection = xcalloc(1, sizeof(*connection));
	connection->control = control;
	connection->fd = fd;
	/* Whoever cannot be told apart is nobody. */
	if (sock_peer(fd, &connection->peer))
		connection->peer = (uid_t)-1;
	connection->next = control->connections;
	control->connections = connection;
	control->count++;
	connection->watch =
	    loop_watch(control->loop, fd, LOOP_READ, on_connection, connection);
	connection->deadline =
	    loop_timer_new(control->loop, on_deadline, connection);
	loop_timer_set(connection->deadline, clock_boot_ms() + CONNECTION_MS);
}

static void
on_accept_again(void *arg)
{
	struct control *control = arg;

	loop_watch_events(control->watch, LOOP_READ);
}

struct control *
control_new(struct loop *loop, const char *state_dir, control_run *run,
    void *arg, struct err *err)
{
	struct control *control = xcalloc(1, sizeof(*control));

	control->path = control_path(state_dir);
	control->loop = loop;
	control->run = run;
	control->arg = arg;
	control->listener = sock_listen(control->path, 0600, err);
	if (control->listener < 0) {
		free(control->path);
		free(control);
		return NULL;
	}
	control->watch = loop_watch(
	    loop, control->listener, LOOP_READ, on_listener, control);
	control->accept_again = loop_timer_new(loop, on_accept_again, control);
	return control;
}

void
control_free(struct control *control)
{
	if (!control)
		return;
	while (control->connections)
		hang_up(control->connections);
	loop_unwatch(control->watch);
	loop_timer_free(control->accept_again);
	close(control->listener);
	unlink(control->path);
	free(control->path);
	free(control);
}

/* --- The client's side ---------------------------------------------------- */

static int
send_request(int fd, int argc, const char *const *argv, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result;

	fields_add_str(&fields, "type", "command");
	for (int i = 0; i < argc; i++)
		fields_add_str(&fields, "arg", argv[i]);
	if (fields.len + REQUEST_HEAD_MAX > REQUEST_BYTES_MAX) {
		buf_release(&fields);
		return err_set(err,
		    "that is too long for a running agent: it "
		    "is asked with at most %d bytes",
		    REQUEST_BYTES_MAX);
	}
	result = frame_write(fd, buf_span(&fields), err);
	buf_release(&fields);
	return result;
}

static int
read_answer(int fd, struct buf *out, struct err *err)
{
	struct buf in = BUF_INIT;
	struct span fields, type, text;
	int status = -1;

	while (status < 0 && frame_read(fd, &in, &fields, err) == 1) {
		if (!fields_get(fields, "type", &type))
			break;
		if (span_is(type, "text") && fields_get(fields, "text", &text))
			buf_add_span(out, text);
		if (!span_is(type, "end"))
			continue;
		status = (int)fields_get_number(fields, "status", EX_PROTOCOL);
		if (fields_get(fields, "error", &text) && text.len)
			err_set(err, "%.*s", (int)text.len, text.data);
	}
	buf_release(&in);
	if (status < 0)
		err_set(err, "the agent does not answer");
	return status;
}

/* An agent that is stopped must not stop us as well. */
static void
limit_wait(int fd)
{
	struct timeval limit = {.tv_sec = ANSWER_S};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

int
control_ask(const char *state_dir, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	char *path = control_path(state_dir);
	int fd = sock_connect(path, err);
	int status;

	free(path);
	if (fd < 0)
		return -1;
	fd_nonblocking(fd, 0);
	limit_wait(fd);
	status =
	    send_request(fd, argc, argv, err) ? -1 : read_answer(fd, out, err);
	close(fd);
	return status;
}

bool
control_answers(const char *state_dir)
{
	struct buf out = BUF_INIT;
	bool answered = control_ask(state_dir, 0, NULL, &out, NULL) >= 0;

	buf_release(&out);
	return answered;
}
