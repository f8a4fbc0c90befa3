/*
 * file_sink: alerts as lines of a file.
 *
 * One line is one write, and on the disk before it counts as delivered.  A
 * line that a crash or a full disk cut short is ended first, so that it
 * spoils itself only.  Runs inside ctaild.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "deliver/file_settings.h"
#include "deliver/worker.h"
#include "message/alert_json.h"

struct file_run {
	const struct file_settings *settings;
	int fd;
};

/* What only a person can change; the rest may pass. */
static enum outcome_class
file_class_of(int number)
{
	static const int lasting[] = {EACCES, EPERM, ENOENT, ENOTDIR, ELOOP,
	    EISDIR, EROFS, ENAMETOOLONG, ENXIO};

	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		if (lasting[i] == number)
			return OUTCOME_CONFIG;
	}
	return OUTCOME_RETRY;
}

static void
file_failed(
    const struct file_settings *settings, const char *verb, struct outcome *out)
{
	int number = errno;

	outcome_set(out, file_class_of(number), number, "cannot %s %s: %s%s",
	    verb, settings->path, strerror(number),
	    number == ENOENT  ? " (make its directory)"
	    : number == ELOOP ? " (it is a symbolic link)"
			      : "");
}

/* True when the file does not end with a newline; an empty one does. */
static int
file_is_torn(int fd, bool *torn)
{
	struct stat status;
	char last = '\n';

	if (fstat(fd, &status) ||
	    (status.st_size > 0 && pread(fd, &last, 1, status.st_size - 1) < 0))
		return -1;
	*torn = last != '\n';
	return 0;
}

static void
file_send(
    void *arg, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;
	struct file_run *run = arg;
	struct buf line = BUF_INIT;
	bool torn;

	if (file_is_torn(run->fd, &torn)) {
		file_failed(run->settings, "read", out);
		return;
	}
	if (torn)
		buf_add_byte(&line, '\n');
	alert_json(alert, 0, &line);
	buf_add_byte(&line, '\n');
	if (write_all(run->fd, line.data, line.len))
		file_failed(run->settings, "write", out);
	else if (fsync(run->fd) && errno != EINVAL)
		file_failed(run->settings, "store", out);
	else
		outcome_set(out, OUTCOME_DELIVERED, 0, "written to %s",
		    run->settings->path);
	buf_release(&line);
}

static void
file_close(void *arg)
{
	struct file_run *run = arg;

	if (run->fd >= 0)
		close(run->fd);
	free(run);
}

/* A new file's name must be on the disk too. */
static int
file_sync_directory(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = fd < 0 || (fsync(fd) && errno != EINVAL) ? -1 : 0;

	if (fd >= 0)
		close(fd);
	free(copy);
	return result;
}

static int
file_open_path(struct file_run *run, struct outcome *out)
{
	const char *path = run->settings->path;
	struct stat status;

	run->fd = open(path,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
		O_NONBLOCK,
	    0600);
	if (run->fd < 0 || fstat(run->fd, &status)) {
		file_failed(run->settings, "open", out);
		return -1;
	}
	if (!S_ISREG(status.st_mode)) {
		outcome_set(
		    out, OUTCOME_CONFIG, 0, "%s is not a regular file", path);
		return -1;
	}
	if (status.st_size == 0 && file_sync_directory(path)) {
		file_failed(run->settings, "store the directory of", out);
		return -1;
	}
	return 0;
}

static void *
file_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct file_run *run = xcalloc(1, sizeof(*run));

	(void)name, (void)hostname;
	run->settings = settings;
	if (file_open_path(run, out)) {
		file_close(run);
		return NULL;
	}
	return run;
}

const struct sink_driver file_driver = {
    .table = &file_setting_table,
    .open = file_open,
    .send = file_send,
    .close = file_close,
};
