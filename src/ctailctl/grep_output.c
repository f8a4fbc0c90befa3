/*
 * grep_output: standard output through one large buffer.
 *
 * Hides that what is large goes past the buffer, and that whoever shares
 * standard output may have made it non-blocking.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctailctl/grep.h"

#define BUFFER ((size_t)128 * 1024)
#define DIRECT ((size_t)16 * 1024) /* from here on copying costs more */

void
grep_output_init(struct grep_output *output)
{
	*output = (struct grep_output){
	    .buffer = xmalloc(BUFFER), .is_terminal = isatty(STDOUT_FILENO)};
}

void
grep_output_release(struct grep_output *output)
{
	free(output->buffer);
}

static void
wait_for_room(void)
{
	struct pollfd room = {.fd = STDOUT_FILENO, .events = POLLOUT};

	poll(&room, 1, -1);
}

/* Behind what was written. */
static void
advance(struct iovec pieces[2], size_t written)
{
	for (size_t i = 0; i < 2; i++) {
		size_t done =
		    written < pieces[i].iov_len ? written : pieces[i].iov_len;

		pieces[i].iov_base = (char *)pieces[i].iov_base + done;
		pieces[i].iov_len -= done;
		written -= done;
	}
}

/* What is in the buffer, and this behind it. */
static void
write_out(struct grep_output *output, struct span behind)
{
	struct iovec pieces[2] = {{output->buffer, output->len},
	    {(void *)(uintptr_t)behind.data, behind.len}};

	while (!output->error && pieces[0].iov_len + pieces[1].iov_len) {
		ssize_t n = writev(STDOUT_FILENO, pieces, 2);

		if (n >= 0)
			advance(pieces, (size_t)n);
		else if (errno == EAGAIN)
			wait_for_room();
		else if (errno != EINTR)
			output->error = errno;
	}
	output->len = 0;
}

void
grep_output_put(struct grep_output *output, struct span bytes)
{
	if (bytes.len >= DIRECT) {
		write_out(output, bytes);
		return;
	}
	if (bytes.len > BUFFER - output->len)
		write_out(output, span_of("", 0));
	memcpy(output->buffer + output->len, bytes.data, bytes.len);
	output->len += bytes.len;
}

void
grep_output_flush(struct grep_output *output)
{
	write_out(output, span_of("", 0));
}
