/*
 * Unit tests of input/unpack.h.
 *
 * The program is its own helper: with UNPACK_FAKE in the environment it
 * speaks the protocol, rightly or wrongly.  The "packed" file is then a plain
 * one.  The real ctail-unpack is tried in tests/cli/unpack.t.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "base/sock.h"
#include "files.h"
#include "input/unpack.h"
#include "input/unpack_protocol.h"
#include "tap.h"

#define FILE_BYTES (3 * 1024 * 1024 + 12345)

static char self[4096];
static char *plain;

/* --- The helper ------------------------------------------------------------
 */

static void
say_length(int to, size_t len)
{
	unsigned char bytes[] = {(unsigned char)(len >> 24),
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8),
	    (unsigned char)len};

	if (write_all(to, bytes, sizeof(bytes)))
		_exit(9);
}

/* Frames of every size, from one byte on. */
static void
say_file(int from, int to)
{
	static char bytes[UNPACK_FRAME_MAX];
	size_t size = 1;
	off_t at = 0;
	ssize_t got;

	while ((got = pread(from, bytes, size, at)) > 0) {
		say_length(to, (size_t)got);
		if (write_all(to, bytes, (size_t)got))
			_exit(9);
		at += got;
		size = size * 3 % UNPACK_FRAME_MAX + 1;
	}
}

static int
act(const char *part, int from, int to)
{
	const char *starts = getenv("UNPACK_STARTS");
	int log =
	    starts ? open(starts, O_WRONLY | O_APPEND | O_CREAT, 0600) : -1;
	unsigned char status = 0;

	if (log >= 0 && write(log, "x", 1) != 1)
		return 9;
	if (!strcmp(part, "huge")) {
		say_length(to, UNPACK_FRAME_MAX + 1);
		return 0;
	}
	say_file(from, to);
	if (!strcmp(part, "silent"))
		pause();
	if (!strcmp(part, "dying"))
		return 0;
	if (!strcmp(part, "half")) {
		say_length(to, 100);
		return write(to, "x", 1) == 1 ? 0 : 9;
	}
	status = (unsigned char)strtoul(part, NULL, 10);
	say_length(to, 0);
	/* The status may come late. */
	return write(to, &status, 1) == 1 ? status : 9;
}

/* --- The tests -------------------------------------------------------------
 */

static void
make_file(void)
{
	uint32_t number = 1;

	plain = xmalloc(FILE_BYTES);
	for (size_t i = 0; i < FILE_BYTES; i++) {
		number = number * 1664525 + 1013904223;
		plain[i] = (char)(number >> 24);
	}
	files_put("packed", plain, FILE_BYTES, O_TRUNC);
}

static int
open_packed(void)
{
	return open(files_path("packed"), O_RDONLY | O_CLOEXEC);
}

static struct unpack *
with_helper(const char *part)
{
	const struct unpacker unpacker = {.program = self, .stall_ms = 200};
	struct unpack *unpack;
	int fd = open_packed();

	setenv("UNPACK_FAKE", part, 1);
	unpack = unpack_new(&unpacker, fd);
	close(fd);
	return unpack;
}

static size_t
starts(void)
{
	struct stat st;

	return stat(files_path("starts"), &st) ? 0 : (size_t)st.st_size;
}

/* What should come: as much as the file has there. */
static bool
right(struct unpack *unpack, size_t len, uint64_t offset)
{
	char *got = xmalloc(len + 1);
	size_t want = offset >= FILE_BYTES ? 0
		      : len > FILE_BYTES - offset
			  ? (size_t)(FILE_BYTES - offset)
			  : len;
	ssize_t count = unpack_pread(unpack, got, len, offset, NULL);
	bool same = count == (ssize_t)want &&
		    (!want || !memcmp(got, plain + offset, want));

	if (!same)
		printf("# %zu at %llu: %zd instead of %zu\n", len,
		    (unsigned long long)offset, count, want);
	free(got);
	return same;
}

static void
whole(void)
{
	struct unpack *unpack = with_helper("0");

	IS_INT(unpack_end(unpack), UNPACK_GOING_ON, "nothing is read yet");
	IS_INT((long long)starts(), 0, "and nothing is started");
	OK(right(unpack, FILE_BYTES, 0), "the whole file comes in one call");
	OK(right(unpack, FILE_BYTES + 10, 0), "a longer one ends at its end");
	IS_INT(unpack_end(unpack), UNPACK_COMPLETE, "which is then known");
	OK(right(unpack, 10, FILE_BYTES), "there is nothing at the end");
	OK(right(unpack, 10, UINT64_MAX - 5), "nor anywhere behind it");
	IS_INT((long long)starts(), 1, "all by one helper");
	unpack_free(unpack);
	OK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
	    "which is reaped");
	unpack_free(NULL);
}

static void
forward(void)
{
	struct unpack *unpack = with_helper("0");
	uint64_t at = 0;
	size_t before = starts();
	bool good = true;

	/* As a log is read: blocks that overlap by a kilobyte. */
	for (size_t len = 3000; at < FILE_BYTES;
	     len = len * 7 % 300000 + 2000) {
		good = good && right(unpack, len, at);
		at += len - 1024;
	}
	OK(good, "overlapping blocks are right");
	IS_INT((long long)(starts() - before), 1, "and need no second helper");
	unpack_free(unpack);

	unpack = with_helper("0");
	before = starts();
	OK(right(unpack, 1024, 2 * 1024 * 1024), "a far offset is reached");
	OK(right(unpack, 1024, 2 * 1024 * 1024 - 60000),
	    "a little before it is still there");
	IS_INT((long long)(starts() - before), 1, "without a second helper");
	OK(right(unpack, 1024, 0), "the beginning again");
	IS_INT((long long)(starts() - before), 2, "takes one");
	unpack_free(unpack);
}

static void
anywhere(void)
{
	struct unpack *unpack = with_helper("0");
	unsigned long long number = 7;
	bool good = true;

	for (int i = 0; i < 60; i++) {
		number = number * 6364136223846793005u + 1442695040888963407u;
		good = right(unpack, (number >> 33) % 70000,
			   (number >> 20) % (FILE_BYTES + 1000)) &&
		       good;
	}
	OK(good, "any offset in any order is right");
	unpack_free(unpack);
}

static void
ends(void)
{
	static const struct {
		const char *part;
		enum unpack_end end;
	} table[] = {
	    {"65", UNPACK_DAMAGED},
	    {"66", UNPACK_UNKNOWN},
	    {"69", UNPACK_UNKNOWN},
	    {"75", UNPACK_UNFINISHED},
	    {"76", UNPACK_TOO_LARGE},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct unpack *unpack = with_helper(table[i].part);

		OK(right(unpack, FILE_BYTES + 1, 0),
		    "status %s: what came before is delivered", table[i].part);
		OK(unpack_end(unpack) == table[i].end, "status %s: %s",
		    table[i].part, unpack_end_words(table[i].end));
		OK(right(unpack, 10, FILE_BYTES) &&
			unpack_end(unpack) == table[i].end,
		    "status %s: and stays so", table[i].part);
		unpack_free(unpack);
	}
}

static void
failures(void)
{
	static const struct {
		const char *part, *text;
	} table[] = {
	    {"silent", "said nothing for 1 s"},
	    {"dying", "died on it"},
	    {"half", "died on it"},
	    {"huge", "does not speak its protocol"},
	    {"74", "failed on it with status 74"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct unpack *unpack = with_helper(table[i].part);
		struct err err = ERR_INIT;
		char *to = xmalloc(FILE_BYTES + 200);

		OK(unpack_pread(unpack, to, FILE_BYTES + 200, 0, &err) == -1 &&
			strstr(err.text, table[i].text),
		    "a helper that plays \"%s\" is a failure: %s",
		    table[i].part, err.text);
		IS_INT(unpack_end(unpack), UNPACK_FAILED, "which is an end");
		OK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
		    "nothing of it is left");
		setenv("UNPACK_FAKE", "0", 1);
		OK(right(unpack, 5000, 100), "the next call begins anew");
		free(to);
		unpack_free(unpack);
	}
}

static void
no_helper(void)
{
	const struct unpacker lost = {.program = "/nonexistent/ctail-unpack"};
	const struct unpacker none = {.program = NULL};
	struct err err = ERR_INIT;
	int fd = open_packed();
	struct unpack *unpack = unpack_new(&lost, fd);
	char byte;

	OK(unpack_pread(unpack, &byte, 1, 0, &err) == -1 &&
		strstr(err.text, "/nonexistent/ctail-unpack"),
	    "a program that is not there is named: %s", err.text);
	IS_INT(unpack_end(unpack), UNPACK_FAILED, "and is a failure");
	unpack_free(unpack);
	unpack = unpack_new(&none, fd);
	OK(unpack_pread(unpack, &byte, 1, 0, &err) == -1 &&
		strstr(err.text, "no ctail-unpack"),
	    "nobody to ask is one, too");
	unpack_free(unpack);
	close(fd);
	unpack = unpack_new(&lost, fd);
	OK(unpack_pread(unpack, &byte, 1, 0, &err) == -1,
	    "so is a descriptor that is closed");
	unpack_free(unpack);
}

/* The caller's file, its offset, signals and children stay as they are. */
static void
manners(void)
{
	const struct unpacker unpacker = {.program = self};
	int fd = open_packed(), status = 0;
	struct unpack *unpack;
	char byte;
	pid_t other;

	setenv("UNPACK_FAKE", "0", 1);
	lseek(fd, 77, SEEK_SET);
	unpack = unpack_new(&unpacker, fd);
	OK(unpack_pread(unpack, &byte, 1, 5000, NULL) == 1, "a byte is read");
	IS_INT(lseek(fd, 0, SEEK_CUR), 77, "the file's offset stays");
	other = fork();
	if (!other) {
		pause();
		_exit(0);
	}
	unpack_free(unpack);
	IS_INT(waitpid(other, &status, WNOHANG), 0,
	    "a helper in the middle is ended, another child is not");
	kill(other, SIGKILL);
	waitpid(other, &status, 0);

	/* As an agent does that reaps whatever there is. */
	unpack = unpack_new(&unpacker, fd);
	OK(unpack_pread(unpack, &byte, 1, FILE_BYTES, NULL) == 0 &&
		unpack_end(unpack) == UNPACK_COMPLETE,
	    "a helper has come to its end");
	unpack_free(unpack);
	setenv("UNPACK_FAKE", "dying", 1);
	unpack = unpack_new(&unpacker, fd);
	OK(unpack_pread(unpack, &byte, 1, FILE_BYTES - 1, NULL) == 1,
	    "another one says all but its status");
	OK(waitpid(-1, NULL, 0) > 0, "and is reaped by somebody else");
	OK(unpack_pread(unpack, &byte, 1, FILE_BYTES, NULL) == -1,
	    "its death is noticed all the same");
	unpack_free(unpack);
	close(fd);
}

/* What is handed over with the first byte, or -1. */
static int
take_file(int from)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec one = {&byte, 1};
	struct msghdr message = {.msg_iov = &one,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof(control)};
	int fd = -1;

	fd_nonblocking(from, 0);
	if (recvmsg(from, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static _Noreturn void
serve(int listener, int count)
{
	fd_nonblocking(listener, 0);
	for (; count > 0; count--) {
		int fd = sock_accept(listener);

		/* The reader may go away before it has heard all. */
		if (!fork())
			_exit(act("75", take_file(fd), fd));
		close(fd);
	}
	while (wait(NULL) > 0)
		;
	_exit(0);
}

static void
over_socket(void)
{
	const struct unpacker unpacker = {
	    .program = "/nonexistent", .socket = files_path("socket")};
	int listener = sock_listen(unpacker.socket, 0600, NULL);
	int fd = open_packed(), status = 1;
	pid_t server = fork();
	struct err err = ERR_INIT;
	struct unpack *unpack;
	char byte;

	if (!server)
		serve(listener, 2);
	close(listener);
	unpack = unpack_new(&unpacker, fd);
	close(fd);
	OK(right(unpack, 100000, 2000000), "the bytes come over a socket");
	OK(right(unpack, FILE_BYTES, 10), "again from the beginning");
	IS_INT(unpack_end(unpack), UNPACK_UNFINISHED, "and so does the status");
	OK(waitpid(server, &status, 0) == server && status == 0,
	    "each reading was a connection");
	unpack_free(unpack);
	fd = open_packed();
	unpack = unpack_new(&unpacker, fd);
	close(fd);
	OK(unpack_pread(unpack, &byte, 1, 0, &err) == -1 &&
		strstr(err.text, unpacker.socket),
	    "nobody there is a failure: %s", err.text);
	unpack_free(unpack);
}

int
main(void)
{
	const char *part = getenv("UNPACK_FAKE");
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (part)
		return act(part, STDIN_FILENO, STDOUT_FILENO);
	if (len <= 0) {
		printf("1..0 # SKIP no /proc/self/exe here\n");
		return 0;
	}
	files_begin();
	make_file();
	setenv("UNPACK_STARTS", files_path("starts"), 1);
	whole();
	forward();
	anywhere();
	ends();
	failures();
	no_helper();
	manners();
	over_socket();
	free(plain);
	files_end();
	return tap_done();
}
