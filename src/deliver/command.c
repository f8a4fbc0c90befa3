/*
 * command: run a program to its end, without a shell.
 *
 * A small event loop of its own: the input pipe, the output pipe, SIGCHLD
 * and one timer.  The child's end, not the end of its output, ends the run:
 * a daemon it started may hold the pipe for ever.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/sock.h"
#include "deliver/command.h"

enum { COMMAND_READ_END, COMMAND_WRITE_END };

struct command {
	const struct command_spec *spec;
	struct buf *output;
	struct loop *loop;
	struct loop_timer *timer;
	struct loop_fd *in_watch, *out_watch;
	int in[2], out[2]; /* -1: closed */
	struct span input; /* what is still to be written */
	pid_t pid;
	bool timed_out;
	int wait_status;
};

static void
command_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
command_close_input(struct command *command)
{
	loop_unwatch(command->in_watch);
	command->in_watch = NULL;
	command_close(&command->in[COMMAND_WRITE_END]);
}

/* A child that stops reading is no failure: its exit status says what is. */
static void
command_on_writable(void *arg, unsigned events)
{
	struct command *command = arg;
	ssize_t wrote = write(command->in[COMMAND_WRITE_END],
	    command->input.data, command->input.len);

	(void)events;
	if (wrote < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (wrote < 0 || (size_t)wrote == command->input.len) {
		command_close_input(command);
		return;
	}
	command->input = span_of(
	    command->input.data + wrote, command->input.len - (size_t)wrote);
}

/* False at the end, or when there is nothing now. */
static bool
command_read_once(struct command *command, bool *ended)
{
	char block[4096];
	ssize_t got =
	    read(command->out[COMMAND_READ_END], block, sizeof(block));

	*ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
	if (got <= 0)
		return got < 0 && errno == EINTR;

	size_t room = command->output->len < command->spec->output_max
			  ? command->spec->output_max - command->output->len
			  : 0;
	buf_add(
	    command->output, block, (size_t)got < room ? (size_t)got : room);
	explicit_bzero(block, (size_t)got);
	return true;
}

static void
command_on_readable(void *arg, unsigned events)
{
	struct command *command = arg;
	bool ended;

	(void)events;
	command_read_once(command, &ended);
	if (!ended)
		return;
	loop_unwatch(command->out_watch);
	command->out_watch = NULL;
	command_close(&command->out[COMMAND_READ_END]);
}

static void
command_on_child(void *arg, int signal_number)
{
	struct command *command = arg;
	siginfo_t info = {0};

	(void)signal_number;
	if (command->pid < 0 || waitid(P_PID, (id_t)command->pid, &info,
				    WEXITED | WNOHANG | WNOWAIT))
		return;
	if (info.si_pid != command->pid)
		return;

	/* Before it is reaped: until then its group's number is its own. */
	if (command->timed_out)
		child_signal(command->pid, SIGKILL);
	if (waitpid(command->pid, &command->wait_status, 0) == command->pid)
		loop_stop(command->loop);
	command->pid = -1;
}

static void
command_on_deadline(void *arg)
{
	struct command *command = arg;
	int64_t grace = command->spec->grace_ms ? command->spec->grace_ms
						: COMMAND_GRACE_MS;

	if (command->pid < 0)
		return;
	if (command->timed_out) {
		child_signal(command->pid, SIGKILL);
		return;
	}
	command->timed_out = true;
	child_signal(command->pid, SIGTERM);
	loop_timer_set(command->timer, clock_boot_ms() + grace);
}

static int
command_open_pipes(struct command *command, struct err *err)
{
	if (pipe2(command->in, O_CLOEXEC) || pipe2(command->out, O_CLOEXEC))
		return err_set(err, "cannot make a pipe: %s", strerror(errno));
	if (fd_nonblocking(command->in[COMMAND_WRITE_END], 1) ||
	    fd_nonblocking(command->out[COMMAND_READ_END], 1))
		return err_set(
		    err, "cannot prepare a pipe: %s", strerror(errno));
	return 0;
}

/* Whoever ends us means the command as well. */
static void
command_on_stop(void *arg, int signal_number)
{
	(void)signal_number;
	command_on_deadline(arg);
}

static int
command_start(struct command *command, struct err *err)
{
	const struct command_spec *spec = command->spec;
	int write_end = command->out[COMMAND_WRITE_END];
	struct child_spec child = {
	    .argv = spec->argv,
	    .envp = spec->envp,
	    .in = command->in[COMMAND_READ_END],
	    .out = write_end,
	    .error = spec->streams == COMMAND_OUTPUT_AND_ERROR ? write_end : -1,
	    .user = spec->user,
	    .with_parent = true,
	};
	int number;

	if (loop_signal(
		command->loop, SIGCHLD, command_on_child, command, err) ||
	    loop_signal(command->loop, SIGTERM, command_on_stop, command, err))
		return -1;
	command->pid = child_start(&child, err);
	number = errno;
	command_close(&command->in[COMMAND_READ_END]);
	command_close(&command->out[COMMAND_WRITE_END]);
	errno = number;
	return command->pid < 0 ? -1 : 0;
}

static int
command_wait(struct command *command, struct err *err)
{
	if (command->input.len == 0)
		command_close_input(command);
	else
		command->in_watch =
		    loop_watch(command->loop, command->in[COMMAND_WRITE_END],
			LOOP_WRITE, command_on_writable, command);
	command->out_watch =
	    loop_watch(command->loop, command->out[COMMAND_READ_END], LOOP_READ,
		command_on_readable, command);
	command->timer =
	    loop_timer_new(command->loop, command_on_deadline, command);
	loop_timer_set(
	    command->timer, clock_boot_ms() + command->spec->timeout_ms);
	return loop_run(command->loop, err);
}

/* What the child wrote just before its end is in the pipe by now. */
static void
command_drain(struct command *command)
{
	bool ended = command->out[COMMAND_READ_END] < 0;

	while (!ended && command->output->len < command->spec->output_max &&
	       command_read_once(command, &ended))
		;
}

/* Keeps errno. */
static void
command_release(struct command *command)
{
	int number = errno;

	loop_unwatch(command->in_watch);
	loop_unwatch(command->out_watch);
	loop_timer_free(command->timer);
	loop_free(command->loop);
	for (int end = 0; end < 2; end++) {
		command_close(&command->in[end]);
		command_close(&command->out[end]);
	}

	/* Only when the loop itself failed. */
	if (command->pid > 0) {
		child_signal(command->pid, SIGKILL);
		waitpid(command->pid, NULL, 0);
	}
	errno = number;
}

static void
command_describe_end(const struct command *command, struct command_end *out)
{
	int status = command->wait_status;

	if (command->timed_out)
		*out = (struct command_end){COMMAND_TIMED_OUT, 0};
	else if (WIFSIGNALED(status))
		*out =
		    (struct command_end){COMMAND_SIGNALLED, WTERMSIG(status)};
	else
		*out =
		    (struct command_end){COMMAND_EXITED, WEXITSTATUS(status)};
}

int
command_run(const struct command_spec *spec, struct buf *output,
    struct command_end *out, struct err *err)
{
	struct command command = {
	    .spec = spec,
	    .output = output,
	    .in = {-1, -1},
	    .out = {-1, -1},
	    .input = spec->input,
	    .pid = -1,
	};
	int result = -1;

	command.loop = loop_new();
	if (!command_open_pipes(&command, err) &&
	    !command_start(&command, err) && !command_wait(&command, err)) {
		command_drain(&command);
		command_describe_end(&command, out);
		result = 0;
	}
	command_release(&command);
	return result;
}
