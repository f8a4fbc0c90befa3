/*
 * file_sink: alerts as lines of a file, or as mail in a mailbox.
 *
 * One alert is one write; sync puts many on the disk at once.  What a crash or
 * a full disk cut short is ended first, so that it spoils itself only.  Before
 * each write the name is looked at: when logrotate has moved the file away,
 * the next alert begins a new one.  A mailbox is locked against mail programs
 * while it is written.  Runs inside ctaild, so nothing here waits for long.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/mem.h"
#include "deliver/address_list.h"
#include "deliver/file_settings.h"
#include "deliver/worker.h"
#include "message/alert_json.h"
#include "message/mail_mbox.h"

#define LOCK_TRIES 5
#define LOCK_WAIT_MS 10

struct file_run {
	const struct file_settings *settings;
	const char **to;	/* of settings */
	int fd;			/* -1: none */
	bool dirty;		/* written to since the last fsync */
	int lost;		/* errno of what an fsync could not store of a
				 * file that is not ours any more; 0: nothing */
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

/* --- The file ------------------------------------------------------------- */

static void
file_close_fd(struct file_run *run)
{
	if (run->fd < 0)
		return;
	if (run->dirty && fsync(run->fd) && errno != EINVAL)
		run->lost = errno;
	close(run->fd);
	run->fd = -1;
	run->dirty = false;
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

/* True while the name means the file that is open. */
static bool
file_is_named(const struct file_run *run)
{
	struct stat named, opened;

	return run->fd >= 0 && !lstat(run->settings->path, &named) &&
	       !fstat(run->fd, &opened) && named.st_dev == opened.st_dev &&
	       named.st_ino == opened.st_ino;
}

static int
file_follow_name(struct file_run *run, struct outcome *out)
{
	if (file_is_named(run))
		return 0;
	file_close_fd(run);
	if (!file_open_path(run, out))
		return 0;
	file_close_fd(run);
	return -1;
}

/* As mail programs lock a mailbox on every system; theirs are short. */
static int
file_lock(struct file_run *run, struct outcome *out)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!fcntl(run->fd, F_SETLK, &lock))
			return 0;
		if (errno != EAGAIN && errno != EACCES) {
			file_failed(run->settings, "lock", out);
			return -1;
		}
		poll(NULL, 0, LOCK_WAIT_MS);
	}
	outcome_set(out, OUTCOME_RETRY, 0, "%s is locked by another program",
	    run->settings->path);
	return -1;
}

static void
file_unlock(struct file_run *run)
{
	struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

	fcntl(run->fd, F_SETLK, &lock);
}

/* How many newlines the end lacks: a line wants one before it, a mail two.  An
 * empty file lacks none. */
static int
file_end_lacks(int fd, int wanted, int *lacking)
{
	char last[2] = {'\n', '\n'};
	struct stat status;
	off_t from;

	if (fstat(fd, &status))
		return -1;
	from = status.st_size < wanted ? 0 : status.st_size - wanted;
	*lacking = 0;
	if (status.st_size == 0)
		return 0;
	if (pread(fd, last + 2 - (status.st_size - from),
		(size_t)(status.st_size - from), from) < 0)
		return -1;
	if (last[1] != '\n')
		*lacking = wanted;
	else if (wanted == 2 && last[0] != '\n')
		*lacking = 1;
	return 0;
}

/* --- What is written ------------------------------------------------------ */

static void
file_add_json(
    const struct file_run *run, const struct alert *alert, struct buf *out)
{
	(void)run;
	alert_json(alert, 0, out);
	buf_add_byte(out, '\n');
}

static void
file_add_mail(
    const struct file_run *run, const struct alert *alert, struct buf *out)
{
	static const char *const nobody_else[] = {"root", NULL};
	const struct file_settings *settings = run->settings;
	const struct mail_envelope envelope = {
	    .from = settings->from ? settings->from : "ctail",
	    .to = settings->to.count > 0 ? run->to : nobody_else,
	    .to_count = settings->to.count > 0 ? settings->to.count : 1,
	    .date_ms = alert->made_ms,
	};

	mail_mbox(alert, &envelope, out);
}

/* In the order of enum file_format. */
static const struct file_form {
	void (*add)(const struct file_run *run, const struct alert *alert,
	    struct buf *out);
	int newlines;		/* in front of it */
	bool locked;
} file_forms[] = {
    [FILE_JSON] = {file_add_json, 1, false},
    [FILE_MBOX] = {file_add_mail, 2, true},
};

static void
file_write(struct file_run *run, const struct file_form *form,
    const struct alert *alert, struct outcome *out)
{
	struct buf bytes = BUF_INIT;
	int lacking;

	if (file_end_lacks(run->fd, form->newlines, &lacking)) {
		file_failed(run->settings, "read", out);
		return;
	}
	while (lacking-- > 0)
		buf_add_byte(&bytes, '\n');
	form->add(run, alert, &bytes);
	run->dirty = true;
	if (write_all(run->fd, bytes.data, bytes.len))
		file_failed(run->settings, "write", out);
	else
		outcome_set(out, OUTCOME_DELIVERED, 0, "written to %s",
		    run->settings->path);
	buf_release(&bytes);
}

static void
file_send(void *arg, const struct delivery *delivery, struct outcome *out)
{
	struct file_run *run = arg;
	const struct file_form *form = &file_forms[run->settings->format];

	if (file_follow_name(run, out) || (form->locked && file_lock(run, out)))
		return;
	file_write(run, form, delivery->alert, out);
	if (form->locked)
		file_unlock(run);
}

static void
file_sync(void *arg, struct outcome *out)
{
	struct file_run *run = arg;

	if (run->dirty && fsync(run->fd) && errno != EINVAL)
		run->lost = errno;
	run->dirty = false;
	errno = run->lost;
	run->lost = 0;
	if (errno)
		file_failed(run->settings, "store", out);
	else
		outcome_set(out, OUTCOME_DELIVERED, 0, "written to %s",
		    run->settings->path);
}

static void
file_close(void *arg)
{
	struct file_run *run = arg;

	file_close_fd(run);
	free(run->to);
	free(run);
}

static void *
file_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct file_run *run = xcalloc(1, sizeof(*run));

	(void)name, (void)hostname;
	run->settings = settings;
	run->to = address_list_array(&run->settings->to);
	run->fd = -1;
	if (file_follow_name(run, out)) {
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
    .sync = file_sync,
};
