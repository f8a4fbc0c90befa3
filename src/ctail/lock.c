/*
 * lock: the offset file is its own lock.
 *
 * It is replaced by rename, so the lock counts only when the name still
 * leads to the locked file.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctail/lock.h"

#define ATTEMPTS 16
#define STEP_MAX_MS 200

static int
open_or_create(const char *path, struct offset_lock *lock)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd = open(path, flags);

	lock->created = false;
	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, flags | O_CREAT | O_EXCL, 0666);
	lock->created = fd >= 0;
	return fd;
}

static bool
is_still_named(int fd, const char *path, struct stat *held)
{
	struct stat named;

	return fstat(fd, held) == 0 && lstat(path, &named) == 0 &&
	       held->st_dev == named.st_dev && held->st_ino == named.st_ino;
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
	else if (errno == EACCES || errno == EROFS || errno == ENAMETOOLONG)
		err_set(err,
		    "cannot open offset file %s: %s; -o FILE or ctail's "
		    "--state-dir can keep it elsewhere",
		    path, strerror(errno));
	else
		err_set(err, "cannot open offset file %s: %s", path,
		    strerror(errno));
	return STATUS_NOT_STORED;
}

/* STATUS_LOCKED when another has it now. */
static enum exit_status
try_once(const char *path, struct offset_lock *lock, struct err *err)
{
	for (int i = 0; i < ATTEMPTS; i++) {
		lock->fd = open_or_create(path, lock);
		if (lock->fd < 0 && errno == EEXIST)
			continue;
		if (lock->fd < 0)
			return explain(path, err);
		if (is_locked_by_other(lock->fd)) {
			close(lock->fd);
			break;
		}
		if (is_still_named(lock->fd, path, &lock->st))
			return STATUS_OK;
		close(lock->fd);
	}
	lock->fd = -1;
	return STATUS_LOCKED;
}

enum exit_status
offset_lock_take(
    const char *path, int64_t wait_ms, struct offset_lock *out, struct err *err)
{
	int64_t deadline = wait_ms > 0 ? clock_boot_ms() + wait_ms : 0;
	int step_ms = 1;
	enum exit_status status;

	*out = OFFSET_LOCK_NONE;
	while ((status = try_once(path, out, err)) == STATUS_LOCKED &&
	       deadline > 0 && clock_boot_ms() < deadline) {
		poll(NULL, 0, step_ms);
		if (step_ms < STEP_MAX_MS)
			step_ms *= 2;
	}
	if (status == STATUS_LOCKED)
		err_set(err,
		    "offset file %s is locked: another ctail is running", path);
	return status;
}

void
offset_lock_drop(struct offset_lock *lock, const char *path)
{
	struct stat st;

	if (lock->fd < 0)
		return;
	if (lock->created && is_still_named(lock->fd, path, &st) &&
	    st.st_size == 0)
		unlink(path);
	close(lock->fd);
	lock->fd = -1;
}
