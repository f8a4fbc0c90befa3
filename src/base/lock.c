/*
 * lock: fcntl(2) and the file's name.
 *
 * Hides two races: the holder may let go between our attempt and the question
 * who it is, and the file may be replaced under its name between our open
 * and our lock.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lock.h"

#define LOCK_ATTEMPTS 20

enum lock_answer {
	LOCK_TAKEN,
	LOCK_HELD,
	LOCK_AGAIN,
	LOCK_FAILED,
};

static enum lock_answer
lock_holder(int fd, pid_t *holder_out)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_GETLK, &lock))
		return LOCK_FAILED;
	if (lock.l_type == F_UNLCK)
		return LOCK_AGAIN;
	*holder_out = lock.l_pid > 0 ? lock.l_pid : 0;
	return LOCK_HELD;
}

static bool
lock_has_name(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !lstat(path, &named) &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

static enum lock_answer
lock_try(int fd, const char *path, pid_t *holder_out)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (!fcntl(fd, F_SETLK, &lock))
		return lock_has_name(fd, path) ? LOCK_TAKEN : LOCK_AGAIN;
	if (errno == EACCES || errno == EAGAIN)
		return lock_holder(fd, holder_out);
	return errno == EINTR ? LOCK_AGAIN : LOCK_FAILED;
}

static int
lock_held(const char *path, pid_t holder, struct err *err)
{
	if (holder)
		err_set(err, "%s is locked by process %ld", path, (long)holder);
	else
		err_set(err, "%s is locked by another process", path);
	errno = EAGAIN;
	return -1;
}

int
lock_take(const char *path, pid_t *holder_out, struct err *err)
{
	enum lock_answer answer;
	int fd, attempt, saved;

	*holder_out = 0;
	for (attempt = 0; attempt < LOCK_ATTEMPTS; attempt++) {
		fd = open(path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		    0600);
		if (fd < 0)
			return err_set(err, "cannot open the lock %s: %s", path,
			    strerror(errno));
		answer = lock_try(fd, path, holder_out);
		if (answer == LOCK_TAKEN)
			return fd;
		saved = errno;
		close(fd);
		if (answer == LOCK_HELD)
			return lock_held(path, *holder_out, err);
		if (answer == LOCK_FAILED)
			return err_set(
			    err, "cannot lock %s: %s", path, strerror(saved));
	}
	return err_set(
	    err, "cannot lock %s: it is being replaced all the time", path);
}
