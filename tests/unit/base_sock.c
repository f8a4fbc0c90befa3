/* Unit tests of base/sock.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sock.h"
#include "tap.h"

static bool
is_private(int fd)
{
	return fcntl(fd, F_GETFD) & FD_CLOEXEC;
}

static bool
blocks(int fd)
{
	return !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void
pairs(void)
{
	struct err err = ERR_INIT;
	char byte;
	int ends[2];

	OK(!sock_pair(ends, &err), "a pair is made");
	OK(is_private(ends[0]) && is_private(ends[1]), "exec closes both ends");
	OK(!blocks(ends[0]) && blocks(ends[1]),
	    "ours does not block, the child's does");
	OK(read(ends[0], &byte, 1) < 0 && errno == EAGAIN,
	    "reading ours does not wait");
	OK(write(ends[1], "x", 1) == 1 && read(ends[0], &byte, 1) == 1 &&
		byte == 'x',
	    "they are connected");
	OK(!fd_nonblocking(ends[0], 0) && blocks(ends[0]) &&
		!fd_nonblocking(ends[0], 1) && !blocks(ends[0]),
	    "blocking is switched on and off");
	close(ends[0]);
	close(ends[1]);
	OK(fd_nonblocking(ends[0], 1) < 0, "not for a closed descriptor");
}

static void
conversation(void)
{
	struct err err = ERR_INIT;
	int listener, client, server;
	struct stat st;
	mode_t before = umask(0777);
	uid_t uid = (uid_t)-1;
	char byte;

	listener = sock_listen("sock", 0660, &err);
	OK(listener >= 0, "a socket listens");
	OK(umask(before) == 0777, "the umask is as it was");
	OK(!stat("sock", &st) && S_ISSOCK(st.st_mode) &&
		(st.st_mode & 07777) == 0660,
	    "it has the mode, whatever the umask");
	OK(sock_accept(listener) < 0 && errno == EAGAIN,
	    "nobody is there yet, which is no reason to wait");
	client = sock_connect("sock", &err);
	server = sock_accept(listener);
	OK(!sock_peer(server, &uid) && uid == getuid(),
	    "the other end's user is known");
	OK(sock_peer(-1, &uid) < 0, "of what is no socket it is not");
	OK(client >= 0 && server >= 0, "somebody connects and is accepted");
	OK(is_private(listener) && is_private(client) && is_private(server),
	    "exec closes all three");
	OK(!blocks(listener) && !blocks(client) && !blocks(server),
	    "none of them blocks");
	OK(write(client, "x", 1) == 1 && read(server, &byte, 1) == 1,
	    "bytes get through");
	OK(sock_listen("sock", 0600, &err) < 0 &&
		strstr(err.text, "another process listens at sock"),
	    "a socket in use is not taken away");
	close(client);
	close(server);
	close(listener);
}

static void
stale(void)
{
	struct err err = ERR_INIT;
	int fd;

	OK(sock_connect("sock", &err) < 0 && errno == ECONNREFUSED &&
		strstr(err.text, "sock"),
	    "nobody listens any more, says errno");
	fd = sock_listen("sock", 0600, &err);
	OK(fd >= 0, "what a dead process left is replaced");
	close(fd);
	unlink("sock");
	OK(sock_connect("sock", &err) < 0 && errno == ENOENT,
	    "a socket that is not there, says errno");
}

/* Whoever listens may be too busy to answer, and still be alive. */
static void
busy(void)
{
	struct sockaddr_un address = {AF_UNIX, "sock"};
	int clients[16], listener, count = 0;
	struct err err = ERR_INIT;
	struct stat before, after;

	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 0) || stat("sock", &before))
		abort();
	while (count < 16 && (clients[count] = sock_connect("sock", NULL)) >= 0)
		count++;
	OK(count < 16 && errno == EAGAIN, "a full queue is told by errno");
	OK(sock_listen("sock", 0600, &err) < 0 && !stat("sock", &after) &&
		before.st_ino == after.st_ino,
	    "a socket with a full queue is not taken away");
	while (count-- > 0)
		close(clients[count]);
	close(listener);
	unlink("sock");
}

static void
in_the_way(void)
{
	struct err err = ERR_INIT;
	struct stat st;
	char path[200];

	close(open("sock", O_WRONLY | O_CREAT, 0600));
	OK(sock_listen("sock", 0600, &err) < 0 &&
		strstr(err.text, "in the way"),
	    "a file in the way is an error");
	OK(!stat("sock", &st) && S_ISREG(st.st_mode), "and stays");
	unlink("sock");
	OK(!symlink("elsewhere", "sock") &&
		sock_listen("sock", 0600, &err) < 0 &&
		strstr(err.text, "in the way"),
	    "so is a symbolic link");
	unlink("sock");
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	OK(sock_listen(path, 0600, &err) < 0 && strstr(err.text, "too long"),
	    "a path that is too long is refused, not cut");
	OK(sock_connect(path, &err) < 0 && errno == ENAMETOOLONG,
	    "to connect to as well");
	OK(sock_listen("none/sock", 0600, &err) < 0 &&
		strstr(err.text, strerror(ENOENT)),
	    "a missing directory is an error");
}

int
main(void)
{
	char directory[] = "/tmp/ctail-sock-XXXXXX";

	if (!mkdtemp(directory) || chdir(directory))
		return 1;
	pairs();
	conversation();
	stale();
	busy();
	in_the_way();
	OK(!chdir("/") && !rmdir(directory), "nothing was left");
	return tap_done();
}
