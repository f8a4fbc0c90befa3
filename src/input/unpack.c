/*
 * unpack: a helper process behind something that looks like pread(2).
 *
 * Hides the helper's life (started or asked for over a socket, ended, reaped),
 * its protocol, and the window of plain bytes that stands in for seeking.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/sock.h"
#include "input/unpack.h"
#include "input/unpack_protocol.h"

/* What stays in front of the bytes asked for last, and how much more may
 * gather there before it is worth moving the rest: together with a frame they
 * are UNPACK_BLOCK. */
#define WINDOW_MARGIN (UNPACK_BLOCK / 4)
#define WINDOW_SLACK (UNPACK_BLOCK / 2)

struct unpack {
	struct unpacker unpacker;
	int fd;	   /* the packed file; -1: no descriptor left */
	int in;	   /* from the helper; -1: none runs */
	pid_t pid; /* 0: not our child */
	enum unpack_end end;

	char *window; /* the plain bytes before `at` */
	size_t len, cap;
	uint64_t at;

	unsigned char head[UNPACK_LENGTH_BYTES];
	size_t head_len;
	size_t frame_left;
	bool trailer; /* the status comes next */
};

struct unpack *
unpack_new(const struct unpacker *unpacker, int fd)
{
	struct unpack *unpack = xcalloc(1, sizeof(*unpack));

	unpack->unpacker = *unpacker;
	if (!unpack->unpacker.stall_ms)
		unpack->unpacker.stall_ms = UNPACK_STALL_MS;
	unpack->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	unpack->in = -1;
	return unpack;
}

/* Whoever handles SIGCHLD may have reaped the child already; its number
 * belongs to somebody else then. */
static void
helper_end(struct unpack *unpack)
{
	if (unpack->in >= 0)
		close(unpack->in);
	unpack->in = -1;
	if (unpack->pid > 0 && waitpid(unpack->pid, NULL, WNOHANG) == 0) {
		child_signal(unpack->pid, SIGKILL);
		while (waitpid(unpack->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	unpack->pid = 0;
}

void
unpack_free(struct unpack *unpack)
{
	if (!unpack)
		return;
	helper_end(unpack);
	if (unpack->fd >= 0)
		close(unpack->fd);
	free(unpack->window);
	free(unpack);
}

static int
send_descriptor(int to, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec one = {.iov_base = (char[]){'f'}, .iov_len = 1};
	struct msghdr message = {.msg_iov = &one,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t sent;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	do
		sent = sendmsg(to, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == 1 ? 0 : -1;
}

static int
helper_ask(struct unpack *unpack, struct err *err)
{
	unpack->in = sock_connect(unpack->unpacker.socket, err);
	if (unpack->in < 0)
		return -1;
	if (!send_descriptor(unpack->in, unpack->fd))
		return 0;
	return err_set(err, "cannot hand it over to %s: %s",
	    unpack->unpacker.socket, strerror(errno));
}

static int
helper_run(struct unpack *unpack, struct err *err)
{
	const char *argv[] = {unpack->unpacker.program, NULL};
	struct child_spec spec = {
	    .argv = argv, .in = unpack->fd, .error = -1, .with_parent = true};
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return err_set(
		    err, "cannot create a pipe: %s", strerror(errno));
	unpack->in = ends[0];
	spec.out = ends[1];
	unpack->pid = child_start(&spec, err);
	close(ends[1]);
	if (unpack->pid < 0) {
		unpack->pid = 0;
		return -1;
	}
	if (fd_nonblocking(unpack->in, 1))
		return err_set(
		    err, "cannot prepare a pipe: %s", strerror(errno));
	return 0;
}

static int
helper_start(struct unpack *unpack, struct err *err)
{
	helper_end(unpack);
	unpack->end = UNPACK_GOING_ON;
	unpack->len = unpack->head_len = unpack->frame_left = 0;
	unpack->at = 0;
	unpack->trailer = false;
	if (unpack->fd < 0)
		return err_set(err,
		    "cannot be handed to ctail-unpack: no "
		    "more descriptors; raise the limit (ulimit -n)");
	if (unpack->unpacker.socket)
		return helper_ask(unpack, err);
	if (unpack->unpacker.program)
		return helper_run(unpack, err);
	return err_set(err, "is packed, and there is no ctail-unpack to "
			    "read it with");
}

/* One read; what the helper has said by then, or -1. */
static ssize_t
helper_read(struct unpack *unpack, void *to, size_t len, struct err *err)
{
	struct pollfd wait = {.fd = unpack->in, .events = POLLIN};
	ssize_t got;
	int ready;

	while ((got = read_some(unpack->in, to, len)) < 0 && errno == EAGAIN) {
		do
			ready = poll(&wait, 1, unpack->unpacker.stall_ms);
		while (ready < 0 && errno == EINTR);
		if (ready == 0)
			return err_set(err,
			    "ctail-unpack said nothing for "
			    "%d s and was ended",
			    (unpack->unpacker.stall_ms + 999) / 1000);
	}
	if (got > 0)
		return got;
	if (got == 0)
		return err_set(err, "ctail-unpack died on it");
	return err_set(err, "cannot hear ctail-unpack: %s", strerror(errno));
}

static int
take_status(struct unpack *unpack, unsigned char status, struct err *err)
{
	static const struct {
		unsigned char status;
		enum unpack_end end;
	} ends[] = {
	    {UNPACK_STATUS_COMPLETE, UNPACK_COMPLETE},
	    {UNPACK_STATUS_DAMAGED, UNPACK_DAMAGED},
	    {UNPACK_STATUS_NOT_PACKED, UNPACK_UNKNOWN},
	    {UNPACK_STATUS_NOT_BUILT, UNPACK_UNKNOWN},
	    {UNPACK_STATUS_UNFINISHED, UNPACK_UNFINISHED},
	    {UNPACK_STATUS_TOO_LARGE, UNPACK_TOO_LARGE},
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i].status != status)
			continue;
		unpack->end = ends[i].end;
		helper_end(unpack);
		return 0;
	}
	return err_set(err, "ctail-unpack failed on it with status %u", status);
}

static int
take_length(struct unpack *unpack, struct err *err)
{
	const unsigned char *head = unpack->head;
	uint32_t length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 |
			  (uint32_t)head[2] << 8 | head[3];

	unpack->head_len = 0;
	if (length > UNPACK_FRAME_MAX)
		return err_set(err, "ctail-unpack does not speak its protocol; "
				    "is it of the same version?");
	unpack->frame_left = length;
	unpack->trailer = length == 0;
	return 0;
}

/* A length or the status. */
static int
receive_head(struct unpack *unpack, struct err *err)
{
	unsigned char *to = unpack->head + unpack->head_len;
	ssize_t got = helper_read(unpack, to,
	    unpack->trailer ? 1 : sizeof(unpack->head) - unpack->head_len, err);

	if (got < 0)
		return -1;
	if (unpack->trailer)
		return take_status(unpack, *to, err);
	unpack->head_len += (size_t)got;
	if (unpack->head_len < sizeof(unpack->head))
		return 0;
	return take_length(unpack, err);
}

/* Appends what comes next to the window, which has room for it. */
static int
receive(struct unpack *unpack, struct err *err)
{
	size_t room = unpack->cap - unpack->len;
	ssize_t got;

	if (!unpack->frame_left)
		return receive_head(unpack, err);
	got = helper_read(unpack, unpack->window + unpack->len,
	    room < unpack->frame_left ? room : unpack->frame_left, err);
	if (got < 0)
		return -1;
	unpack->frame_left -= (size_t)got;
	unpack->len += (size_t)got;
	unpack->at += (uint64_t)got;
	return 0;
}

static uint64_t
window_start(const struct unpack *unpack)
{
	return unpack->at - unpack->len;
}

/* Lets go of what lies far enough before offset. */
static void
window_trim(struct unpack *unpack, uint64_t offset)
{
	uint64_t start = window_start(unpack), spare;

	if (!unpack->len || offset < start + WINDOW_MARGIN + WINDOW_SLACK)
		return;
	spare = offset - WINDOW_MARGIN - start;
	if (spare > unpack->len)
		spare = unpack->len;
	unpack->len -= (size_t)spare;
	memmove(unpack->window, unpack->window + spare, unpack->len);
}

/* Room for a call; what a larger one needed is given back. */
static void
window_size(struct unpack *unpack, size_t len)
{
	size_t wanted = len + UNPACK_BLOCK;

	if (wanted < unpack->len)
		wanted = unpack->len;
	if (unpack->cap >= wanted && unpack->cap <= 2 * wanted)
		return;
	unpack->window = xreallocarray(unpack->window, wanted, 1);
	unpack->cap = wanted;
}

static int
window_reach(
    struct unpack *unpack, size_t len, uint64_t offset, struct err *err)
{
	uint64_t until = offset > UINT64_MAX - len ? UINT64_MAX : offset + len;

	while (unpack->end == UNPACK_GOING_ON && unpack->at < until) {
		window_trim(unpack, offset);
		if (receive(unpack, err))
			return -1;
	}
	return 0;
}

static int
read_to(struct unpack *unpack, size_t len, uint64_t offset, struct err *err)
{
	bool started = unpack->in >= 0 || unpack->end != UNPACK_GOING_ON;

	if (unpack->end == UNPACK_FAILED || !started ||
	    offset < window_start(unpack)) {
		if (helper_start(unpack, err))
			return -1;
	}
	window_trim(unpack, offset);
	window_size(unpack, len);
	return window_reach(unpack, len, offset, err);
}

ssize_t
unpack_pread(struct unpack *unpack, void *to, size_t len, uint64_t offset,
    struct err *err)
{
	size_t skip;

	if (read_to(unpack, len, offset, err)) {
		helper_end(unpack);
		unpack->end = UNPACK_FAILED;
		return -1;
	}
	if (offset >= unpack->at)
		return 0;
	skip = (size_t)(offset - window_start(unpack));
	if (len > unpack->len - skip)
		len = unpack->len - skip;
	memcpy(to, unpack->window + skip, len);
	return (ssize_t)len;
}

enum unpack_end
unpack_end(const struct unpack *unpack)
{
	return unpack->end;
}

const char *
unpack_end_words(enum unpack_end end)
{
	switch (end) {
	case UNPACK_GOING_ON:
		return "is being read";
	case UNPACK_COMPLETE:
		return "is complete";
	case UNPACK_UNFINISHED:
		return "is not complete";
	case UNPACK_DAMAGED:
		return "is damaged";
	case UNPACK_UNKNOWN:
		return "is in a format that ctail-unpack cannot read";
	case UNPACK_TOO_LARGE:
		return "unpacks to more than any log has";
	case UNPACK_FAILED:
		break;
	}
	return "could not be unpacked";
}
