/*
 * sidecar: opening, reading and replacing the files beside a log.
 *
 * Hides the temporary file, whose files may be used, and what a directory
 * must allow for a replacement to work.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/durable.h"
#include "base/random.h"
#include "input/paths.h"
#include "input/sidecar.h"

#define TEMPORARY_SUFFIX 6

int
sidecar_fail(const struct sidecar *file, struct err *err)
{
	return err_set(err, "cannot store %s %s: %s", file->what, file->path,
	    strerror(errno));
}

static int
refuse_link(const struct sidecar *file, struct err *err)
{
	return err_set(err,
	    "%s %s is a symbolic link, which is refused; name the file "
	    "itself",
	    file->what, file->path);
}

static int
refuse_owner(const struct sidecar *file, uid_t owner, struct err *err)
{
	return err_set(err,
	    "%s %s belongs to another user (uid %lu), which is refused; give "
	    "it to uid %lu with chown, remove it, or name another file",
	    file->what, file->path, (unsigned long)owner,
	    (unsigned long)geteuid());
}

/* Whoever owns the directory can do there what he likes anyway. */
static bool
owns_directory(const char *path, uid_t owner)
{
	char *directory = path_directory(path);
	struct stat st;
	bool owns = stat(directory, &st) == 0 && st.st_uid == owner;

	free(directory);
	return owns;
}

/* 0 when st is a file that may be used. */
static int
check(const struct sidecar *file, const struct stat *st, struct err *err)
{
	uid_t self = geteuid();

	if (S_ISLNK(st->st_mode))
		return refuse_link(file, err);
	if (!S_ISREG(st->st_mode))
		return err_set(
		    err, "%s %s is not a regular file", file->what, file->path);
	if (st->st_uid == self ||
	    (self == 0 && owns_directory(file->path, st->st_uid)))
		return 0;
	return refuse_owner(file, st->st_uid, err);
}

/* Open and checked; -1 with errno and err, ENOENT: not there. */
static int
open_checked(const struct sidecar *file, int flags, struct stat *st,
    struct err *err)
{
	/* O_NONBLOCK: a FIFO must not hold us up before it is refused. */
	int fd = open(
	    file->path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int saved = errno;

	if (fd < 0 && saved == ELOOP)
		refuse_link(file, err);
	else if (fd < 0)
		err_set(err, "cannot open %s %s: %s", file->what, file->path,
		    strerror(saved));
	else if (fstat(fd, st) == 0 && check(file, st, err) == 0)
		return fd;
	if (fd >= 0) {
		close(fd);
		saved = EINVAL;
	}
	errno = saved;
	return -1;
}

/* Whoever may write to the directory can have made it a further name of a file
 * that is none of his. */
int
sidecar_open(const struct sidecar *file, struct err *err)
{
	struct stat st;
	int fd = open_checked(file, O_RDWR, &st, err);

	if (fd < 0 || st.st_nlink <= 1)
		return fd;
	close(fd);
	errno = EINVAL;
	return err_set(err,
	    "%s %s has further names (hard links) and would be overwritten "
	    "under all of them, which is refused; remove it, or name another "
	    "file",
	    file->what, file->path);
}

/* The bytes read, or -1 with errno.  One call reads a file that has the
 * size it was seen to have. */
static ssize_t
read_up_to(int fd, off_t size, size_t max, struct buf *out)
{
	size_t len = 0, room = size < (off_t)max ? (size_t)size + 1 : max;

	while (len < max) {
		char *to = buf_reserve(out, room);
		ssize_t got = pread(fd, to, room, (off_t)len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		out->len += (size_t)got;
		len += (size_t)got;
		if ((size_t)got < room)
			break;
		room = max - len;
	}
	return (ssize_t)len;
}

static enum offset_read
read_checked(const struct sidecar *file, int fd, off_t size, size_t max,
    struct buf *out, struct err *err)
{
	ssize_t len = read_up_to(fd, size, max, out);

	if (len < 0) {
		err_set(err, "cannot read %s %s: %s", file->what, file->path,
		    strerror(errno));
		return OFFSET_UNREADABLE;
	}
	return len ? OFFSET_OK : OFFSET_EMPTY;
}

enum offset_read
sidecar_read_open(const struct sidecar *file, int fd, const struct stat *st,
    size_t max, struct buf *out, struct err *err)
{
	if (check(file, st, err) < 0)
		return OFFSET_UNREADABLE;
	return read_checked(file, fd, st->st_size, max, out, err);
}

enum offset_read
sidecar_read(
    const struct sidecar *file, size_t max, struct buf *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct stat st;
	int fd = open_checked(file, O_RDONLY, &st, &why);
	enum offset_read answer;

	if (fd < 0 && errno == ENOENT)
		return OFFSET_ABSENT;
	if (fd < 0) {
		err_set(err, "%s", why.text);
		return OFFSET_UNREADABLE;
	}
	answer = read_checked(file, fd, st.st_size, max, out, err);
	close(fd);
	return answer;
}

/* In a sticky directory only its owner may rename over a file. */
static bool
sticky_denies(const char *directory, const struct stat *old)
{
	struct stat st;
	uid_t self = geteuid();

	if (stat(directory, &st) < 0 || !(st.st_mode & S_ISVTX))
		return false;
	return self != 0 && self != st.st_uid && self != old->st_uid;
}

/* 1 when there is a file to replace, 0 when there is none. */
static int
look_at_old(const struct sidecar *file, struct stat *out, struct err *err)
{
	if (lstat(file->path, out) < 0) {
		if (errno == ENOENT)
			return 0;
		return err_set(err, "cannot look at %s %s: %s", file->what,
		    file->path, strerror(errno));
	}
	return check(file, out, err) < 0 ? -1 : 1;
}

int
sidecar_writable(
    const struct sidecar *file, enum offset_place *place_out, struct err *err)
{
	struct stat old;
	int found = look_at_old(file, &old, err);
	char *directory;
	int denied;

	if (found < 0)
		return -1;
	directory = path_directory(file->path);
	*place_out = OFFSET_REPLACE;
	denied = faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) < 0
		     ? errno
		     : 0;
	if (!denied && found && sticky_denies(directory, &old))
		denied = EACCES;
	if (denied && found &&
	    faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) == 0) {
		*place_out = OFFSET_IN_PLACE;
		denied = 0;
	}
	if (denied)
		err_set(err, "cannot store %s %s: directory %s: %s", file->what,
		    file->path, directory, strerror(denied));
	free(directory);
	return denied ? -1 : 0;
}

/* Owner, group and mode as they were, as far as this user may give them. */
static int
keep_rights(int fd, const struct stat *old)
{
	struct stat now;

	if (fstat(fd, &now) < 0)
		return -1;
	if ((now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
	    fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return -1;
	return fchmod(fd, old->st_mode & 0777);
}

static int
fill_temporary(
    int fd, struct span bytes, enum offset_sync sync, const struct stat *old)
{
	if (old && keep_rights(fd, old) < 0)
		return -1;
	if (write_all(fd, bytes.data, bytes.len) < 0)
		return -1;
	return sync == OFFSET_SYNC ? fsync(fd) : 0;
}

static char *
temporary_name(const char *path)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct span directory = path_directory_span(path);
	struct buf name = BUF_INIT;

	buf_add_span(&name, directory);
	buf_add_byte(&name, '.');
	buf_add_str(&name, path + directory.len);
	buf_add_byte(&name, '.');
	for (int i = 0; i < TEMPORARY_SUFFIX; i++)
		buf_add_byte(
		    &name, alphabet[random_below(sizeof(alphabet) - 1)]);
	return buf_take(&name);
}

static int
sync_directory(const char *path)
{
	char *directory = path_directory(path);
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 ? -1 : fsync(fd);
	int saved = errno;

	/* Some file systems cannot, and say so with EINVAL. */
	if (fd >= 0 && result < 0 && saved == EINVAL)
		result = 0;
	if (fd >= 0)
		close(fd);
	free(directory);
	errno = saved;
	return result;
}

/* -1 with errno; the temporary file is gone in either case. */
static int
replace(const struct sidecar *file, const char *temporary, struct span bytes,
    enum offset_sync sync, const struct stat *old)
{
	int fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file->mode);
	int result, saved;

	if (fd < 0)
		return -1;
	result = fill_temporary(fd, bytes, sync, old);
	saved = errno;
	if (close(fd) < 0 && result == 0) {
		result = -1;
		saved = errno;
	}
	if (result == 0 && rename(temporary, file->path) < 0) {
		result = -1;
		saved = errno;
	}
	if (result < 0) {
		unlink(temporary);
		errno = saved;
		return -1;
	}
	return sync == OFFSET_SYNC ? sync_directory(file->path) : 0;
}

int
sidecar_replace(const struct sidecar *file, struct span bytes,
    enum offset_sync sync, struct err *err)
{
	struct stat old;
	char *temporary;
	int found = look_at_old(file, &old, err);
	int result, saved;

	if (found < 0)
		return -1;
	temporary = temporary_name(file->path);
	result = replace(file, temporary, bytes, sync, found ? &old : NULL);
	saved = errno;
	if (result < 0 && errno == EBUSY && found)
		result = 1;
	else if (result < 0)
		sidecar_fail(file, err);
	free(temporary);
	errno = saved;
	return result;
}

int
sidecar_overwrite(const struct sidecar *file,
    int (*fill)(int fd, const void *arg), const void *arg,
    enum offset_sync sync, struct err *err)
{
	int fd = sidecar_open(file, err);
	int result;

	if (fd < 0)
		return -1;
	result = fill(fd, arg);
	if (result == 0 && sync == OFFSET_SYNC)
		result = fdatasync(fd);
	if (result < 0)
		sidecar_fail(file, err);
	close(fd);
	return result;
}

/* ".NAME.XXXXXX" */
bool
sidecar_is_temporary(struct span name)
{
	size_t start;

	if (name.len < TEMPORARY_SUFFIX + 3 || name.data[0] != '.')
		return false;
	start = name.len - TEMPORARY_SUFFIX;
	if (name.data[start - 1] != '.')
		return false;
	for (size_t i = start; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]))
			return false;
	return true;
}
