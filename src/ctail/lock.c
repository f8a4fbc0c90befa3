/*
 * lock: the offset file is its own lock.
 *
 * It is replaced by rename, so the lock counts only when the name still
 * leads to the locked file.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctail/ctail.h"

#define ATTEMPTS 16

static int
open_or_create(const char *path, bool *created_out)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, flags);

	*created_out = false;
	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, flags | O_CREAT | O_EXCL, 0666);
	*created_out = fd >= 0;
	return fd;
}

static bool
is_still_named(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && lstat(path, &named) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* Where the file system has no locks there is none. */
static bool
is_locked_by_other(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static enum exit_status
explain(const char *path, struct err *err)
{
	if (errno == ELOOP)
		err_set(err,
		    "offset file %s is a symbolic link, which is refused; "
		    "name the file itself",
		    path);
	else
		err_set(err, "cannot open offset file %s: %s", path,
		    strerror(errno));
	return STATUS_NOT_STORED;
}

enum exit_status
offset_lock_take(const char *path, struct offset_lock *out, struct err *err)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		out->fd = open_or_create(path, &out->created);
		if (out->fd < 0 && errno == EEXIST)
			continue;
		if (out->fd < 0)
			return explain(path, err);
		if (is_locked_by_other(out->fd)) {
			close(out->fd);
			break;
		}
		if (is_still_named(out->fd, path))
			return STATUS_OK;
		close(out->fd);
	}
	err_set(
	    err, "offset file %s is locked: another ctail is running", path);
	return STATUS_LOCKED;
}

void
offset_lock_drop(struct offset_lock *lock, const char *path)
{
	struct stat st;

	if (lock->created && is_still_named(lock->fd, path) &&
	    fstat(lock->fd, &st) == 0 && st.st_size == 0)
		unlink(path);
	close(lock->fd);
}
