/*
 * durable: whole files.
 *
 * Hides the order of write, fsync, rename and fsync that makes a file
 * survive a power cut, and how transfers are finished.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "base/platform_internal.h"

#define READ_BYTES 16384

int
write_all(int fd, const void *bytes, size_t len)
{
	const char *from = bytes;
	ssize_t written;

	while (len) {
		written = write(fd, from, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		from += written;
		len -= (size_t)written;
	}
	return 0;
}

ssize_t
read_some(int fd, void *bytes, size_t len)
{
	ssize_t got;

	do
		got = read(fd, bytes, len);
	while (got < 0 && errno == EINTR);
	return got;
}

/* The length of the directory part with its slash; 0: there is none. */
static size_t
directory_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A name in the same directory, cut so that the suffix still fits in. */
static char *
temporary_name(const char *path)
{
	struct buf name = BUF_INIT;
	size_t directory = directory_len(path);

	buf_add(&name, path, directory);
	buf_addf(&name, ".%.200s.XXXXXX", path + directory);
	return buf_take(&name);
}

/* Fills the file, makes it last, and closes it in any case. */
static int
fill_and_close(int fd, struct span bytes, mode_t mode)
{
	int saved = 0;

	if (fchmod(fd, mode) || write_all(fd, bytes.data, bytes.len) ||
	    fsync(fd))
		saved = errno;
	if (close(fd) && !saved)
		saved = errno;
	errno = saved;
	return saved ? -1 : 0;
}

static int
sync_directory(const char *path)
{
	size_t len = directory_len(path);
	char *directory = len ? xstrndup(path, len) : xstrdup(".");
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int saved = 0;

	free(directory);
	/* A directory may be writable but not readable, and some file systems
	 * cannot sync one; neither can be helped. */
	if (fd < 0)
		return errno == EACCES ? 0 : -1;
	if (fsync(fd) && errno != EINVAL && errno != ENOTSUP)
		saved = errno;
	close(fd);
	errno = saved;
	return saved ? -1 : 0;
}

int
durable_replace(
    const char *path, struct span bytes, mode_t mode, struct err *err)
{
	char *temporary = temporary_name(path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int result = 0;

	if (fd < 0) {
		result = err_set(err, "cannot create a file beside %s: %s",
		    path, strerror(errno));
	} else if (fill_and_close(fd, bytes, mode) || rename(temporary, path)) {
		result =
		    err_set(err, "cannot write %s: %s", path, strerror(errno));
		unlink(temporary);
	} else if (sync_directory(path)) {
		result = err_set(err, "cannot make sure that %s lasts: %s",
		    path, strerror(errno));
	}
	free(temporary);
	return result;
}

static int
open_regular(const char *path, struct err *err)
{
	/* O_NONBLOCK: a FIFO must not hold us up before it is refused. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int saved;

	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	saved = errno;
	if (fd < 0) {
		err_set(err, "cannot open %s: %s", path, strerror(saved));
	} else {
		err_set(err, "%s is not a regular file", path);
		saved = EINVAL;
		close(fd);
	}
	errno = saved;
	return -1;
}

/* 0, or the errno of what went wrong. */
static int
read_whole(int fd, size_t max, struct buf *out)
{
	size_t before = out->len, left, want;
	ssize_t got;

	do {
		/* One byte more than allowed tells a file that is too long
		 * from one that just fits. */
		left = max - (out->len - before);
		want = left < READ_BYTES ? left + 1 : READ_BYTES;
		got = read_some(fd, buf_reserve(out, want), want);
		if (got < 0)
			return errno;
		if ((size_t)got > left)
			return EFBIG;
		out->len += (size_t)got;
	} while (got);
	return 0;
}

int
durable_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	size_t before = out->len;
	int fd = open_regular(path, err), failed;

	if (fd < 0)
		return -1;
	failed = read_whole(fd, max, out);
	close(fd);
	if (!failed)
		return 0;
	out->len = before;
	if (failed == EFBIG)
		err_set(err, "%s is longer than %zu bytes", path, max);
	else
		err_set(err, "cannot read %s: %s", path, strerror(failed));
	errno = failed;
	return -1;
}

static int
make_parents(char *path)
{
	char *slash;
	int result;

	for (slash = strchr(path + (*path == '/'), '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		result = mkdir(path, 0755);
		*slash = '/';
		if (result && errno != EEXIST)
			return -1;
	}
	return 0;
}

static int
make_directory(char *path)
{
	struct stat st;

	if (!mkdir(path, 0700))
		return 0;
	if (errno == ENOENT && !make_parents(path) && !mkdir(path, 0700))
		return 0;
	if (errno != EEXIST)
		return -1;
	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return -1;
}

int
durable_mkdir(const char *path, struct err *err)
{
	char *copy = xstrdup(path);
	size_t len = strlen(copy);
	int result = 0;

	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	if (make_directory(copy))
		result = err_set(err, "cannot create the directory %s: %s",
		    path, strerror(errno));
	free(copy);
	return result;
}

int
durable_filesystem(const char *path, uint32_t *type_out)
{
	return platform_filesystem_type(path, type_out);
}
