/*
 * output: standard output.
 *
 * Hides what it leads to, and that whoever shares it may have made it
 * non-blocking.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ctail/output.h"

/* Below this the calls that prepare it cost more than they save. */
#define MOVE_MIN ((uint64_t)1024 * 1024)

#define DRAIN_WAIT_MAX_MS 32

#define LAST_LINE_MS 1000

void
output_init(struct output *output, bool no_splice, bool progress)
{
	struct stat st;

	*output = (struct output){0};
	if (fstat(STDOUT_FILENO, &st) == 0) {
		output->is_pipe = S_ISFIFO(st.st_mode);
		output->is_file = S_ISREG(st.st_mode);
	}
	if (!no_splice)
		mover_init(&output->mover, output->is_pipe, output->is_file);
	progress_init(&output->progress, progress);
}

static bool
is_stopped(const struct output *output)
{
	return output->stop && *output->stop;
}

static void
wait_for_room(void)
{
	struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

	poll(&room, 1, -1);
}

/* -1 with errno. */
static ssize_t
write_some(struct output *output, struct span bytes)
{
	ssize_t n = write(STDOUT_FILENO, bytes.data, bytes.len);

	if (n <= 0)
		return n;
	output->written += (uint64_t)n;
	output->inside_line = bytes.data[n - 1] != '\n';
	return n;
}

/* The end of the line that is being written, so that none is torn when all
 * is over.  A reader that does not take it cannot hold us. */
static enum output_answer
end_line(struct output *output, struct span bytes)
{
	const char *newline = memchr(bytes.data, '\n', bytes.len);
	size_t beyond = 0;

	if (newline) {
		beyond = bytes.len;
		bytes.len = (size_t)(newline - bytes.data) + 1;
		beyond -= bytes.len;
	}
	if (output->give_up_ms == 0)
		output->give_up_ms = clock_boot_ms() + LAST_LINE_MS;
	while (output->inside_line && bytes.len > 0) {
		struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};
		int64_t left = output->give_up_ms - clock_boot_ms();
		size_t len = bytes.len < PIPE_BUF ? bytes.len : PIPE_BUF;
		ssize_t n;

		if (left <= 0)
			return OUTPUT_STOPPED;
		if (poll(&room, 1, (int)left) <= 0)
			continue;
		n = write_some(output, span_of(bytes.data, len));
		if (n > 0)
			bytes = span_of(bytes.data + n, bytes.len - (size_t)n);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return OUTPUT_BROKEN;
	}
	return bytes.len + beyond == 0 ? OUTPUT_OK : OUTPUT_STOPPED;
}

/* Full is not broken. */
enum output_answer
output_write(struct output *output, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n;

		if (is_stopped(output))
			return end_line(output, bytes);
		n = write_some(output, bytes);
		if (n >= 0)
			bytes = span_of(bytes.data + n, bytes.len - (size_t)n);
		else if (errno == EAGAIN)
			wait_for_room();
		else if (errno != EINTR)
			return OUTPUT_BROKEN;
	}
	return OUTPUT_OK;
}

/* As far as the kernel does it; the rest is for the caller. */
static enum output_answer
move_in_kernel(struct output *output, struct feed *feed, uint64_t to)
{
	while (feed->at < to) {
		uint64_t before = feed->at;
		enum mover_answer answer = mover_move(
		    &output->mover, feed->content->fd, &feed->at, to);

		output->written += feed->at - before;
		progress_update(&output->progress, feed->at);
		if (is_stopped(output))
			return OUTPUT_OK;
		if (answer == MOVER_UNABLE)
			return OUTPUT_OK;
		if (answer == MOVER_BROKEN)
			return OUTPUT_BROKEN;
		if (answer == MOVER_FULL)
			wait_for_room();
	}
	return OUTPUT_OK;
}

static enum output_answer
write_blocks(struct output *output, struct feed *feed, struct err *err)
{
	struct span block;
	int more;

	while ((more = feed_next(feed, &block, err)) > 0) {
		uint64_t before = output->written;
		enum output_answer answer;

		if (feed->overlap > 0)
			output->inside_line = block.data[-1] != '\n';
		answer = output_write(output, block);

		if (answer != OUTPUT_OK) {
			feed_took(feed, (size_t)(output->written - before));
			return answer;
		}
		feed_took(feed, block.len);
		progress_update(&output->progress, feed->at);
	}
	return more < 0 ? OUTPUT_NO_SOURCE : OUTPUT_OK;
}

enum output_answer
output_feed(struct output *output, struct feed *feed, struct err *err)
{
	enum output_answer answer = OUTPUT_OK;
	uint64_t from = feed->at;

	progress_begin(&output->progress, from, feed->to);
	if (feed_is_movable(feed) && feed->to - from > MOVE_MIN) {
		answer = move_in_kernel(output, feed, feed->to - FEED_OVERLAP);
		feed_moved(feed, from);
	}
	if (answer == OUTPUT_OK)
		answer = write_blocks(output, feed, err);
	progress_end(&output->progress);
	return answer;
}

enum output_answer
output_settle(struct output *output)
{
	int copy;

	if (!output->is_file || output->written == 0)
		return OUTPUT_OK;
	copy = dup(STDOUT_FILENO);
	if (copy >= 0 && close(copy) < 0 && errno != EINTR)
		return OUTPUT_BROKEN;
	return OUTPUT_OK;
}

uint64_t
output_taken(const struct output *output)
{
	int waiting = 0;

	if (ioctl(STDOUT_FILENO, FIONREAD, &waiting) < 0 || waiting < 0)
		return output->written;
	if ((uint64_t)waiting > output->written)
		return 0;
	return output->written - (uint64_t)waiting;
}

/* No event tells that a pipe has become empty, but one tells that nobody will
 * empty it any more. */
enum output_answer
output_drain(struct output *output)
{
	struct pollfd gone = {.fd = STDOUT_FILENO, .events = 0};
	int wait_ms = 0;

	while (output_taken(output) < output->written) {
		if (is_stopped(output))
			return OUTPUT_STOPPED;
		if (poll(&gone, 1, wait_ms) > 0 &&
		    (gone.revents & (POLLERR | POLLHUP))) {
			if (output_taken(output) == output->written)
				break;
			errno = EPIPE;
			return OUTPUT_BROKEN;
		}
		if (wait_ms < DRAIN_WAIT_MAX_MS)
			wait_ms = wait_ms ? 2 * wait_ms : 1;
	}
	return OUTPUT_OK;
}
