/*
 * output: bytes of a log to standard output, as cheaply as it takes them.
 *
 * Hides that a regular file can be filled by the kernel.  Pipes are written
 * to: pages spliced into a pipe would show what the log is overwritten with
 * later.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ctail/ctail.h"

#define BLOCK (256 * 1024)

void
output_init(struct output *output)
{
	struct stat st;
	int flags;

	output->kernel_copies = false;
	if (fstat(STDOUT_FILENO, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	flags = fcntl(STDOUT_FILENO, F_GETFL);
	output->kernel_copies = flags >= 0 && !(flags & O_APPEND);
}

/* Whoever shares the pipe or terminal with us may have made it non-blocking;
 * full is not broken. */
static int
output_write(struct span bytes)
{
	struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

	while (bytes.len > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes.data, bytes.len);

		if (n >= 0)
			bytes = span_of(bytes.data + n, bytes.len - (size_t)n);
		else if (errno == EAGAIN)
			poll(&room, 1, -1);
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

int
output_add(struct output *output, struct span bytes)
{
	(void)output;
	return output_write(bytes);
}

/* As far as the kernel does it; what is left is for the caller.  -1 when the
 * output is full or broken. */
static int
copy_in_kernel(struct output *output, int fd, uint64_t to, uint64_t *at)
{
	while (output->kernel_copies && *at < to) {
		off_t from = (off_t)*at;
		ssize_t n = copy_file_range(
		    fd, &from, STDOUT_FILENO, NULL, (size_t)(to - *at), 0);

		if (n > 0)
			*at += (uint64_t)n;
		else if (n < 0 &&
			 (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
			return -1;
		else if (n == 0 || errno != EINTR)
			output->kernel_copies = false;
	}
	return 0;
}

/* Where a line starts within the whole copy. */
struct labels {
	const char *text;
	bool inside_line;
};

static void
add_labelled(struct buf *out, struct labels *labels, struct span bytes)
{
	while (bytes.len > 0) {
		const char *newline = memchr(bytes.data, '\n', bytes.len);
		size_t len =
		    newline ? (size_t)(newline - bytes.data) + 1 : bytes.len;

		if (!labels->inside_line) {
			buf_add_str(out, labels->text);
			buf_add_str(out, ": ");
		}
		buf_add(out, bytes.data, len);
		labels->inside_line = !newline;
		bytes = span_of(bytes.data + len, bytes.len - len);
	}
}

static int
write_block(struct buf *out, struct labels *labels, struct span bytes)
{
	if (!labels->text)
		return output_write(bytes);
	buf_reset(out);
	add_labelled(out, labels, bytes);
	return output_write(buf_span(out));
}

static int
copy_blocks(int fd, char *block, uint64_t to, const char *label, uint64_t *at)
{
	struct labels labels = {.text = label};
	struct buf out = BUF_INIT;
	int result = 0;

	while (result == 0 && *at < to) {
		size_t want = to - *at < BLOCK ? (size_t)(to - *at) : BLOCK;
		ssize_t n = pread(fd, block, want, (off_t)*at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			break;
		if (n < 0)
			result = -2;
		else
			result = write_block(
			    &out, &labels, span_of(block, (size_t)n));
		if (result == 0)
			*at += (uint64_t)n;
	}
	buf_release(&out);
	return result;
}

int
output_copy(struct output *output, int fd, uint64_t from, uint64_t to,
    const char *label, uint64_t *reached_out)
{
	char *block;
	int result;

	*reached_out = from;
	if (!label && copy_in_kernel(output, fd, to, reached_out) < 0)
		return -1;
	if (*reached_out >= to)
		return 0;
	block = xmalloc(BLOCK);
	result = copy_blocks(fd, block, to, label, reached_out);
	free(block);
	return result;
}
