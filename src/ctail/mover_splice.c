/*
 * mover_splice: splice(2) into pipes, copy_file_range(2) to files.
 *
 * Hides when either does not work (file systems, limits of pipes, sandboxes):
 * then it is not tried again.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "ctail/mover.h"

#define PIPE_SIZE (1024 * 1024)

/* As much in one call as leaves room for a look at signals and progress. */
#define COPY_MAX ((uint64_t)64 * 1024 * 1024)

void
mover_init(struct mover *mover, bool is_pipe, bool is_file)
{
	int flags = is_file ? fcntl(STDOUT_FILENO, F_GETFL) : -1;

	*mover = (struct mover){
	    .can_splice = is_pipe,
	    .can_copy = flags >= 0 && !(flags & O_APPEND),
	};
}

/* The ping-pong over a small pipe is what costs.  A pipe that has room for
 * everything stays as it is, and so does one that may not grow. */
static void
enlarge_pipe(struct mover *mover, uint64_t len)
{
	int size;

	if (mover->enlarged)
		return;
	size = fcntl(STDOUT_FILENO, F_GETPIPE_SZ);
	if (size < 0 || (uint64_t)size >= len)
		return;
	mover->enlarged = true;
	if (size < PIPE_SIZE)
		size = fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_SIZE);
	if (size >= PIPE_SIZE)
		mover->room = (uint64_t)size;
}

/* A reader that takes little at a time wakes us for every bit of room, which
 * costs both more than moving the bytes.  While we sleep it takes a good part
 * of what is in the pipe, and never all of it. */
static void
let_reader_work(const struct mover *mover, uint64_t moved)
{
	static const struct timespec moment = {.tv_nsec = 50000};

	if (moved < mover->room / 2)
		nanosleep(&moment, NULL);
}

static enum mover_answer
explain_splice(struct mover *mover)
{
	if (errno == EINTR)
		return MOVER_OK;
	if (errno == EAGAIN)
		return MOVER_FULL;
	if (errno == EPIPE)
		return MOVER_BROKEN;
	mover->can_splice = false;
	return MOVER_UNABLE;
}

static enum mover_answer
splice_some(struct mover *mover, int fd, uint64_t *at, uint64_t to)
{
	loff_t from = (loff_t)*at;
	uint64_t len = to - *at;
	ssize_t n;

	enlarge_pipe(mover, len);
	n = splice(fd, &from, STDOUT_FILENO, NULL,
	    (size_t)(len < COPY_MAX ? len : COPY_MAX), SPLICE_F_MORE);
	if (n < 0)
		return explain_splice(mover);
	*at += (uint64_t)n;
	if (*at < to)
		let_reader_work(mover, (uint64_t)n);
	return n > 0 ? MOVER_OK : MOVER_UNABLE;
}

static enum mover_answer
copy_some(struct mover *mover, int fd, uint64_t *at, uint64_t to)
{
	loff_t from = (loff_t)*at;
	uint64_t len = to - *at;
	ssize_t n = copy_file_range(fd, &from, STDOUT_FILENO, NULL,
	    (size_t)(len < COPY_MAX ? len : COPY_MAX), 0);

	if (n > 0) {
		*at += (uint64_t)n;
		return MOVER_OK;
	}
	if (n < 0 && errno == EINTR)
		return MOVER_OK;
	if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		return MOVER_BROKEN;
	mover->can_copy = false;
	return MOVER_UNABLE;
}

enum mover_answer
mover_move(struct mover *mover, int fd, uint64_t *at, uint64_t to)
{
	if (*at >= to)
		return MOVER_UNABLE;
	if (mover->can_splice)
		return splice_some(mover, fd, at, to);
	if (mover->can_copy)
		return copy_some(mover, fd, at, to);
	return MOVER_UNABLE;
}
