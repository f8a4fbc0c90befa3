/*
 * sock: local stream sockets and their names.
 *
 * Hides how a socket that a dead process left behind is told from one in use,
 * and how the mode is right from the first moment.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/platform_internal.h"
#include "base/sock.h"

int
fd_nonblocking(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags);
}

int
sock_pair(int out[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out))
		return err_set(
		    err, "cannot create a socket pair: %s", strerror(errno));
	if (fd_nonblocking(out[0], 1)) {
		err_set(
		    err, "cannot prepare a socket pair: %s", strerror(errno));
		close(out[0]);
		close(out[1]);
		return -1;
	}
	return 0;
}

static int
sock_address(const char *path, struct sockaddr_un *out, struct err *err)
{
	size_t len = strlen(path);

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	if (len >= sizeof(out->sun_path)) {
		errno = ENAMETOOLONG;
		return err_set(err,
		    "the socket path %s is too long; it may have %zu bytes",
		    path, sizeof(out->sun_path) - 1);
	}
	memcpy(out->sun_path, path, len + 1);
	return 0;
}

static int
sock_new(struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		err_set(err, "cannot create a socket: %s", strerror(errno));
	return fd;
}

/* Only a socket that nobody listens at may be taken away. */
static int
sock_clear_way(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (lstat(path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(
		    err, "%s is in the way of the socket; move it away", path);
	fd = sock_connect(path, NULL);
	if (fd >= 0) {
		close(fd);
		return err_set(err, "another process listens at %s", path);
	}
	if (errno != ECONNREFUSED)
		return err_set(err, "cannot tell who listens at %s: %s", path,
		    strerror(errno));
	if (unlink(path) && errno != ENOENT)
		return err_set(err, "cannot remove the old socket %s: %s", path,
		    strerror(errno));
	return 0;
}

/* The umask is what bind(2) makes the mode with; a chmod afterwards would
 * leave a gap. */
static int
sock_bind(int fd, const struct sockaddr_un *address, mode_t mode)
{
	mode_t before = umask(0777 & ~mode);
	int result =
	    bind(fd, (const struct sockaddr *)address, sizeof(*address));
	int saved = errno;

	umask(before);
	errno = saved;
	return result;
}

int
sock_listen(const char *path, mode_t mode, struct err *err)
{
	struct sockaddr_un address;
	int fd;

	if (sock_address(path, &address, err) || sock_clear_way(path, err))
		return -1;
	fd = sock_new(err);
	if (fd < 0)
		return -1;
	if (sock_bind(fd, &address, mode) || listen(fd, SOMAXCONN)) {
		err_set(err, "cannot listen at %s: %s", path, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

int
sock_connect(const char *path, struct err *err)
{
	struct sockaddr_un address;
	int fd, saved;

	if (sock_address(path, &address, err))
		return -1;
	fd = sock_new(err);
	if (fd < 0 ||
	    !connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		return fd;
	saved = errno;
	err_set(err, "cannot connect to %s: %s", path, strerror(saved));
	close(fd);
	errno = saved;
	return -1;
}

int
sock_accept(int listener)
{
	int fd;

	do
		fd =
		    accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	return fd;
}

int
sock_peer(int fd, uid_t *uid_out)
{
	return platform_peer(fd, uid_out);
}
