/*
 * offset_file: reading and replacing the two decimal lines.
 *
 * Hides the temporary file and what a directory must allow for the
 * replacement to work.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "base/random.h"
#include "input/offset_file.h"
#include "input/paths.h"

/* Two numbers need 42 bytes; what pads them is somebody's taste. */
#define OFFSET_TEXT_MAX 4096
#define TEMPORARY_SUFFIX 6

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* One decimal number and its line's end, off the front of text. */
static int
take_number(struct span *text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	size_t at = 0;

	if (text->len == 0 || !is_digit(text->data[0]))
		return -1;
	for (; at < text->len && is_digit(text->data[at]); at++) {
		uint64_t digit = (uint64_t)(text->data[at] - '0');

		if (value > (max - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	while (
	    at < text->len && strchr(" \t\r", text->data[at]) && text->data[at])
		at++;
	if (at < text->len && text->data[at++] != '\n')
		return -1;
	*out = value;
	*text = span_of(text->data + at, text->len - at);
	return 0;
}

int
offset_parse(struct span text, struct offset_entry *out, struct err *err)
{
	struct offset_entry entry;

	if (take_number(&text, UINT64_MAX, &entry.inode) < 0)
		return err_set(err,
		    "the first line is not an inode number (the file should "
		    "be two lines, inode and offset)");
	if (take_number(&text, INT64_MAX, &entry.offset) < 0)
		return err_set(err,
		    "the second line is not an offset (the file should be "
		    "two lines, inode and offset)");
	*out = entry;
	return 0;
}

static enum offset_read
read_entry(int fd, const char *path, struct offset_entry *out, struct err *err)
{
	char text[OFFSET_TEXT_MAX];
	struct stat st;
	ssize_t len;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		err_set(err, "offset file %s is not a regular file", path);
		return OFFSET_UNREADABLE;
	}
	len = read_some(fd, text, sizeof(text));
	if (len < 0) {
		err_set(err, "cannot read offset file %s: %s", path,
		    strerror(errno));
		return OFFSET_UNREADABLE;
	}
	if (len == 0)
		return OFFSET_EMPTY;
	if (offset_parse(span_of(text, (size_t)len), out, err) < 0) {
		err_prefix(err, "offset file %s is damaged", path);
		return OFFSET_DAMAGED;
	}
	return OFFSET_OK;
}

enum offset_read
offset_file_read(const char *path, struct offset_entry *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum offset_read answer;

	if (fd < 0 && errno == ENOENT)
		return OFFSET_ABSENT;
	if (fd < 0 && errno == ELOOP) {
		err_set(err,
		    "offset file %s is a symbolic link, which is refused; "
		    "name the file itself",
		    path);
		return OFFSET_UNREADABLE;
	}
	if (fd < 0) {
		err_set(err, "cannot open offset file %s: %s", path,
		    strerror(errno));
		return OFFSET_UNREADABLE;
	}
	answer = read_entry(fd, path, out, err);
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

/* 1 when there is a plain file to replace, 0 when there is none. */
static int
look_at_old(const char *path, struct stat *out, struct err *err)
{
	if (lstat(path, out) < 0) {
		if (errno == ENOENT)
			return 0;
		return err_set(err, "cannot look at offset file %s: %s", path,
		    strerror(errno));
	}
	if (S_ISLNK(out->st_mode))
		return err_set(err,
		    "offset file %s is a symbolic link, which is refused; "
		    "name the file itself",
		    path);
	if (!S_ISREG(out->st_mode))
		return err_set(
		    err, "offset file %s is not a regular file", path);
	return 1;
}

int
offset_file_writable(const char *path, struct err *err)
{
	char *directory;
	struct stat old;
	int found = look_at_old(path, &old, err);
	int result = 0;

	if (found < 0)
		return -1;
	directory = path_directory(path);
	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) < 0)
		result = err_set(err,
		    "cannot store offset file %s: directory %s: %s", path,
		    directory, strerror(errno));
	else if (found && sticky_denies(directory, &old))
		result = err_set(err,
		    "cannot store offset file %s: it belongs to another user "
		    "and %s is sticky",
		    path, directory);
	free(directory);
	return result;
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
fill_temporary(int fd, const struct offset_entry *entry, enum offset_sync sync,
    const struct stat *old)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%" PRIu64 "\n%" PRIu64 "\n",
	    entry->inode, entry->offset);

	if (old && keep_rights(fd, old) < 0)
		return -1;
	if (write_all(fd, text, (size_t)len) < 0)
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
replace(const char *path, const char *temporary,
    const struct offset_entry *entry, enum offset_sync sync,
    const struct stat *old)
{
	int fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	int result, saved;

	if (fd < 0)
		return -1;
	result = fill_temporary(fd, entry, sync, old);
	saved = errno;
	if (close(fd) < 0 && result == 0) {
		result = -1;
		saved = errno;
	}
	if (result == 0 && rename(temporary, path) < 0) {
		result = -1;
		saved = errno;
	}
	if (result < 0) {
		unlink(temporary);
		errno = saved;
		return -1;
	}
	return sync == OFFSET_SYNC ? sync_directory(path) : 0;
}

int
offset_file_write(const char *path, const struct offset_entry *entry,
    enum offset_sync sync, struct err *err)
{
	struct stat old;
	char *temporary;
	int found = look_at_old(path, &old, err);
	int result;

	if (found < 0)
		return -1;
	temporary = temporary_name(path);
	result = replace(path, temporary, entry, sync, found ? &old : NULL);
	if (result < 0)
		err_set(err, "cannot store offset file %s: %s", path,
		    strerror(errno));
	free(temporary);
	return result;
}

static bool
ends_with(struct span name, const char *end)
{
	size_t len = strlen(end);

	return name.len >= len &&
	       memcmp(name.data + name.len - len, end, len) == 0;
}

/* ".NAME.XXXXXX" */
static bool
is_temporary(struct span name)
{
	size_t start;

	if (name.len < TEMPORARY_SUFFIX + 3 || name.data[0] != '.')
		return false;
	start = name.len - TEMPORARY_SUFFIX;
	if (name.data[start - 1] != '.')
		return false;
	for (size_t i = start; i < name.len; i++) {
		char byte = name.data[i];

		if (!is_digit(byte) && !(byte >= 'a' && byte <= 'z') &&
		    !(byte >= 'A' && byte <= 'Z'))
			return false;
	}
	return true;
}

bool
offset_file_is_own(struct span name)
{
	return ends_with(name, ".offset") || ends_with(name, ".offset.fp") ||
	       is_temporary(name);
}
