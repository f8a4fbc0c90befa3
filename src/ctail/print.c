/*
 * print: one log from its stored position to its last full line.
 *
 * Hides where the position may lie: in the log, or in a file that rotation
 * has renamed; that one is printed first, then every newer one.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "ctail/ctail.h"
#include "input/offset_file.h"
#include "input/paths.h"
#include "input/rotation.h"

#define SEARCH_BLOCK (64 * 1024)

struct pass {
	const struct options *options;
	const char *log;
	struct output *output;
	int live; /* the log itself, -1: absent */
	struct stat live_st;
	struct offset_entry stored;
	bool has_stored;
	struct offset_entry reached;
};

#define WARN(pass, ...)                                                        \
	do {                                                                   \
		if (!(pass)->options->quiet)                                   \
			diag(DIAG_WARNING, "WARN: " __VA_ARGS__);              \
	} while (0)

/* Where the last full line in [from, size) ends; from when there is none. */
static uint64_t
last_full_line(int fd, uint64_t from, uint64_t size)
{
	char *block = NULL;
	uint64_t end = size;
	uint64_t found = from;

	while (end > from && found == from) {
		size_t len = end - from < SEARCH_BLOCK ? (size_t)(end - from)
						       : SEARCH_BLOCK;
		const char *newline;
		ssize_t n;

		if (!block)
			block = xmalloc(SEARCH_BLOCK);
		n = pread(fd, block, len, (off_t)(end - len));
		newline = n > 0 ? memrchr(block, '\n', (size_t)n) : NULL;
		if (newline)
			found = end - len + (uint64_t)(newline - block) + 1;
		end -= len;
	}
	free(block);
	return found;
}

static enum exit_status
explain_copy(const struct pass *pass, int result)
{
	const char *reason = strerror(errno);

	if (result == -2) {
		diag(DIAG_ERROR, "cannot read %s: %s", pass->log, reason);
		return STATUS_NO_LOG;
	}
	diag(DIAG_ERROR,
	    "cannot write to standard output: %s; the position in %s is not "
	    "stored",
	    reason, pass->log);
	return STATUS_OUTPUT;
}

/* Prints what fd has from offset on.  A finished file's last line may lack
 * its newline, which it then gets. */
static enum exit_status
print_generation(struct pass *pass, int fd, uint64_t offset, bool finished)
{
	const char *label = pass->options->prefix ? pass->log : NULL;
	uint64_t size, end;
	struct stat st;
	int result;

	if (fstat(fd, &st) < 0)
		return explain_copy(pass, -2);
	size = (uint64_t)st.st_size;
	end = last_full_line(fd, offset, size);
	result = output_copy(
	    pass->output, fd, offset, end, label, &pass->reached.offset);
	if (result == 0 && finished && end < size) {
		result = output_copy(
		    pass->output, fd, end, size, label, &pass->reached.offset);
		if (result == 0)
			result = output_add(pass->output, span_str("\n"));
	}
	pass->reached.inode = st.st_ino;
	return result < 0 ? explain_copy(pass, result) : STATUS_OK;
}

/* The file that comes after the one at position, or -1.  The live one was
 * opened first and may meanwhile be the very one that was just read. */
static int
open_next(struct pass *pass, const struct position *position)
{
	bool skipped;
	char *path = NULL;
	int fd = rotation_next(pass->log, position, &path, &skipped);

	free(path);
	if (skipped)
		WARN(pass,
		    "%s has compressed generations that were not read; their "
		    "lines are lost",
		    pass->log);
	if (fd < 0 && pass->live >= 0 &&
	    pass->live_st.st_ino != position->ino) {
		fd = pass->live;
		pass->live = -1;
	}
	return fd;
}

/* Takes over fd. */
static enum exit_status
print_chain(struct pass *pass, int fd, uint64_t offset)
{
	enum exit_status status = STATUS_OK;

	while (fd >= 0 && status == STATUS_OK) {
		struct position position = {0};
		int next;

		if (position_identify(&position, fd) < 0) {
			status = explain_copy(pass, -2);
			break;
		}
		next = open_next(pass, &position);
		status = print_generation(pass, fd, offset, next >= 0);
		close(fd);
		fd = next;
		offset = 0;
	}
	if (fd >= 0)
		close(fd);
	return status;
}

static int
find_anchor(const struct pass *pass)
{
	struct position position = {.ino = pass->stored.inode};
	struct stat st = pass->live_st;
	char *directory;
	char *path = NULL;
	int fd;

	if (pass->live < 0) {
		directory = path_directory(pass->log);
		if (stat(directory, &st) < 0)
			st.st_dev = 0;
		free(directory);
	}
	position.dev = st.st_dev;
	fd = rotation_find(pass->log, &position, &path);
	free(path);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && (uint64_t)st.st_size >= pass->stored.offset)
		return fd;
	close(fd);
	return -1;
}

static enum exit_status
print_live(struct pass *pass, uint64_t offset)
{
	return print_generation(pass, pass->live, offset, false);
}

static enum exit_status
print_same(struct pass *pass)
{
	uint64_t size = (uint64_t)pass->live_st.st_size;

	if (size >= pass->stored.offset)
		return print_live(pass, pass->stored.offset);
	WARN(pass,
	    "%s shrank from at least %llu bytes to %llu; reading it "
	    "from its start",
	    pass->log, (unsigned long long)pass->stored.offset,
	    (unsigned long long)size);
	return print_live(pass, 0);
}

static enum exit_status
print_new(struct pass *pass, const struct err *missing)
{
	int anchor;

	if (pass->live >= 0 && !pass->has_stored)
		return print_live(pass, 0);
	if (pass->live >= 0 && pass->live_st.st_ino == pass->stored.inode)
		return print_same(pass);
	anchor = pass->has_stored ? find_anchor(pass) : -1;
	if (anchor >= 0)
		return print_chain(pass, anchor, pass->stored.offset);
	if (pass->live < 0) {
		diag(DIAG_ERROR, "%s", missing->text);
		return STATUS_NO_LOG;
	}
	WARN(pass,
	    "%s is another file than before and that was not found; lines may "
	    "be lost.  Resetting to its start",
	    pass->log);
	return print_live(pass, 0);
}

/* -1 where it is absent or unreadable, with the sentence in err. */
static void
open_live(struct pass *pass, struct err *err)
{
	int fd = -1;

	pass->live = -1;
	if (stat(pass->log, &pass->live_st) == 0 &&
	    !S_ISREG(pass->live_st.st_mode)) {
		err_set(err, "%s is %s, not a regular file", pass->log,
		    S_ISDIR(pass->live_st.st_mode) ? "a directory"
						   : "something special");
		return;
	}
	fd = open(pass->log, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		err_set(err, "cannot open %s: %s", pass->log, strerror(errno));
		return;
	}
	if (fstat(fd, &pass->live_st) == 0 && S_ISREG(pass->live_st.st_mode)) {
		pass->live = fd;
		return;
	}
	err_set(err, "%s is not a regular file", pass->log);
	close(fd);
}

static enum exit_status
read_stored(struct pass *pass, const char *path, bool created)
{
	struct err err = ERR_INIT;

	switch (offset_file_read(path, &pass->stored, &err)) {
	case OFFSET_OK:
		pass->has_stored = true;
		return STATUS_OK;
	case OFFSET_EMPTY:
		if (!created)
			WARN(pass,
			    "offset file %s is empty; reading %s from "
			    "its start",
			    path, pass->log);
		return STATUS_OK;
	case OFFSET_ABSENT:
		return STATUS_OK;
	case OFFSET_DAMAGED:
		diag(DIAG_ERROR,
		    "%s; nothing was printed; remove it to read %s from its "
		    "start",
		    err.text, pass->log);
		return STATUS_DAMAGED;
	case OFFSET_UNREADABLE:
		break;
	}
	diag(DIAG_ERROR, "%s", err.text);
	return STATUS_NOT_STORED;
}

static enum exit_status
store_reached(const struct pass *pass, const char *path)
{
	const struct offset_entry *reached = &pass->reached;
	struct err err = ERR_INIT;

	if (pass->has_stored && reached->inode == pass->stored.inode &&
	    reached->offset == pass->stored.offset)
		return STATUS_OK;
	if (!pass->has_stored && reached->offset == 0)
		return STATUS_OK;
	if (offset_file_write(path, reached, OFFSET_SYNC, &err) == 0)
		return STATUS_OK;
	diag(DIAG_ERROR, "%s; the same lines will be printed again", err.text);
	return STATUS_NOT_STORED;
}

static enum exit_status
print_locked(struct pass *pass, const char *path, bool created)
{
	struct err missing = ERR_INIT;
	struct err err = ERR_INIT;
	enum exit_status status = read_stored(pass, path, created);

	if (status != STATUS_OK)
		return status;
	if (offset_file_writable(path, &err) < 0) {
		diag(DIAG_ERROR, "%s", err.text);
		return STATUS_NOT_STORED;
	}
	open_live(pass, &missing);
	status = print_new(pass, &missing);
	if (pass->live >= 0)
		close(pass->live);
	if (status != STATUS_OK)
		return status;
	return store_reached(pass, path);
}

static char *
offset_path(const struct options *options, const char *log)
{
	struct buf path = BUF_INIT;

	if (options->offset_file)
		return xstrdup(options->offset_file);
	buf_add_str(&path, log);
	buf_add_str(&path, ".offset");
	return buf_take(&path);
}

enum exit_status
print_log(const struct options *options, const char *log, struct output *output)
{
	struct pass pass = {
	    .options = options,
	    .log = log,
	    .output = output,
	    .live = -1,
	};
	char *path = offset_path(options, log);
	struct offset_lock lock;
	struct err err;
	enum exit_status status = offset_lock_take(path, &lock, &err);

	if (status == STATUS_OK) {
		status = print_locked(&pass, path, lock.created);
		offset_lock_drop(&lock, path);
	} else {
		diag(DIAG_ERROR, "%s", err.text);
	}
	free(path);
	return status;
}
