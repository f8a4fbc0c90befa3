/*
 * ctail-unpack: the plain bytes of a compressed log, for ctail and ctaild.
 *
 * The only program that links compression libraries.  It finds out what it is
 * to read and where to write, gives up all rights, and only then looks at
 * the first byte.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/sock.h"
#include "base/standard.h"
#include "ctail-unpack/confine.h"
#include "ctail-unpack/formats.h"

/* How long whoever connected may take to hand over a file. */
#define HANDOVER_S 10

static const char usage_text[] =
    "usage: ctail-unpack <FILE | READER\n"
    "\n"
    "Unpacks a compressed log for ctail(1) and ctaild(8), which start it; or\n"
    "systemd does through ctail-unpack.socket. Not meant to be run by hand:\n"
    "what it writes are frames that its reader understands. To look into a\n"
    "file, use zcat(1), bzcat(1), xzcat(1) or zstdcat(1).\n"
    "\n"
    "      --help           this text\n"
    "      --version        the version, and the formats it can read\n"
    "\n"
    "Exit: 0 complete; 64 usage; 65 damaged; 66 not a compressed file;\n"
    "69 a format it cannot read; 71 no memory; 74 input or output failed;\n"
    "75 the file ends too soon; 76 too large.\n";

enum option_code { OPTION_HELP = 256, OPTION_VERSION };

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* What the stream's two calls work on. */
struct ends {
	int in, out;
	off_t at;
};

static void
print_version(void)
{
	const struct format *format = formats();
	const char *last = "";

	printf("ctail-unpack " PACKAGE_VERSION "\nreads:");
	for (; format->name; format++) {
		if (!format->codec || !strcmp(format->name, last))
			continue;
		printf(" %s", format->name);
		last = format->name;
	}
	putchar('\n');
}

/* -1 to go on, else an exit status. */
static int
take_options(int argc, char **argv)
{
	switch (getopt_long(argc, argv, "", long_options, NULL)) {
	case -1:
		if (optind == argc)
			return -1;
		break;
	case OPTION_HELP:
		fputs(usage_text, stdout);
		return 0;
	case OPTION_VERSION:
		print_version();
		return 0;
	default:
		break;
	}
	fputs("usage: ctail-unpack <FILE | READER\n"
	      "Try `ctail-unpack --help'.\n",
	    stderr);
	return UNPACK_STATUS_USAGE;
}

static mode_t
kind(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_mode & S_IFMT;
}

/* The descriptor that comes over the connection, or -1. */
static int
receive_descriptor(int from)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec one = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &one,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	const struct timeval patience = {.tv_sec = HANDOVER_S};
	struct cmsghdr *header;
	int fd;

	fd_nonblocking(from, 0);
	setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1 ||
	    message.msg_flags & MSG_CTRUNC)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* -1 to go on, else an exit status. */
static int
find_ends(struct ends *ends)
{
	mode_t out = kind(ends->out);

	if (isatty(ends->in) || (out != S_IFIFO && out != S_IFSOCK)) {
		diag(DIAG_ERROR,
		    "standard output has to be a pipe or a "
		    "socket, and standard input the compressed file; to look "
		    "into a file, use zcat(1) and its kin");
		return UNPACK_STATUS_USAGE;
	}
	if (kind(ends->in) == S_IFSOCK)
		ends->in = receive_descriptor(ends->in);
	if (ends->in < 0) {
		diag(DIAG_ERROR, "no file was handed over");
		return UNPACK_STATUS_USAGE;
	}
	return -1;
}

/* The offset of a descriptor is shared with whoever gave it: it stays
 * unused. */
static ssize_t
read_in(void *arg, void *to, size_t len)
{
	struct ends *ends = arg;
	ssize_t got;

	do
		got = pread(ends->in, to, len, ends->at);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		ends->at += got;
	return got;
}

static int
write_length(int fd, size_t len)
{
	const unsigned char bytes[UNPACK_LENGTH_BYTES] = {
	    (unsigned char)(len >> 24), (unsigned char)(len >> 16),
	    (unsigned char)(len >> 8), (unsigned char)len};

	return write_all(fd, bytes, sizeof(bytes));
}

static int
write_out(void *arg, const void *bytes, size_t len)
{
	const struct ends *ends = arg;

	return write_length(ends->out, len) || write_all(ends->out, bytes, len)
		   ? -1
		   : 0;
}

static enum unpack_status
say_status(int fd, enum unpack_status status)
{
	unsigned char byte = (unsigned char)status;

	/* Half a frame may have been written: nothing fits behind it. */
	if (status == UNPACK_STATUS_IO)
		return status;
	if (write_length(fd, 0) || write_all(fd, &byte, 1))
		return UNPACK_STATUS_IO;
	return status;
}

static enum unpack_status
unpack_file(struct ends *ends, struct stream *stream)
{
	mode_t in = kind(ends->in);

	/* What cannot be looked at now may be in order later. */
	if (!in)
		return UNPACK_STATUS_IO;
	confine();
	stream_init(stream, read_in, write_out, ends);
	/* Reading anything else might wait for ever. */
	return say_status(ends->out,
	    in == S_IFREG ? formats_unpack(stream) : UNPACK_STATUS_NOT_PACKED);
}

int
main(int argc, char **argv)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct ends ends = {.in = STDIN_FILENO, .out = STDOUT_FILENO};
	struct stream *stream;
	int status;

	standard_open();
	status = take_options(argc, argv);
	if (status >= 0)
		return status;
	sigaction(SIGPIPE, &ignore, NULL);
	status = find_ends(&ends);
	if (status >= 0)
		return status;
	stream = xmalloc(sizeof(*stream));
	/* Nothing of the C library's end is needed, or allowed. */
	_exit(unpack_file(&ends, stream));
}
