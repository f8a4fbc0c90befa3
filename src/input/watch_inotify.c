/*
 * watch: inotify(7), where the file system speaks it.
 *
 * Hides masks, the queue, the limits and the file systems on which changes
 * made elsewhere are never told.  Without an instance (the limit of a user)
 * it answers WATCH_LIMIT to everything and hints like the polling backend.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/filesystem.h"
#include "input/offset_file.h"
#include "input/watch.h"

#define INTERVAL_MS 1000
#define EVENT_BUFFER (16 * 1024)

#define FILE_MASK                                                              \
	(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
#define DIRECTORY_MASK                                                         \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |                 \
	    IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR)

struct watch {
	int fd; /* -1: no instance was to be had */
	bool told;
	size_t at, len; /* unread events */
	_Alignas(struct inotify_event) char events[EVENT_BUFFER];
};

static long
read_limit(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	return len > 0 ? strtol(text, NULL, 10) : -1;
}

static void
explain_limit(struct err *err, const char *name)
{
	char path[] = "/proc/sys/fs/inotify/max_user_instances";
	char *last = strrchr(path, '/') + 1;

	memcpy(last, name, strlen(name) + 1);
	err_set(err,
	    "the limit of the sysctl fs.inotify.%s (%ld) is reached, so files "
	    "are polled every second; raise it to be told of changes at once",
	    name, read_limit(path));
}

struct watch *
watch_new(struct err *err)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0)
		explain_limit(err, "max_user_instances");
	return watch;
}

void
watch_free(struct watch *watch)
{
	if (!watch)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch);
}

const char *
watch_backend(void)
{
	return "inotify";
}

int
watch_fd(const struct watch *watch)
{
	return watch->fd;
}

int64_t
watch_interval(const struct watch *watch)
{
	return watch->fd < 0 ? INTERVAL_MS : -1;
}

static enum watch_answer
explain_failure(const char *path, const char **why_out, struct err *err)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		err_set(err, "cannot watch %s: %s", path, strerror(errno));
		return WATCH_MISSING;
	case ENOSPC:
	case ENOMEM:
		*why_out = "no watches left";
		explain_limit(err, "max_user_watches");
		return WATCH_LIMIT;
	default:
		*why_out = "it cannot be watched";
		err_set(err, "cannot watch %s: %s", path, strerror(errno));
		return WATCH_UNSUPPORTED;
	}
}

static enum watch_answer
explain_silence(const char *path, const struct filesystem *filesystem,
    const char **why_out, struct err *err)
{
	*why_out = filesystem->name;
	err_set(err,
	    "%s is on a file system (%s) that may change without this "
	    "machine being told, so it is polled every second",
	    path, filesystem->name);
	return WATCH_UNSUPPORTED;
}

bool
watch_sees_all(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 &&
	       filesystem_of_type((uint32_t)fs.f_type)->tells;
}

enum watch_answer
watch_add(struct watch *watch, const char *path, enum watch_target target,
    int *id_out, const char **why_out, struct err *err)
{
	const struct filesystem *filesystem;
	struct statfs fs;
	int id;

	if (statfs(path, &fs) < 0)
		return explain_failure(path, why_out, err);
	filesystem = filesystem_of_type((uint32_t)fs.f_type);
	if (!filesystem->tells)
		return explain_silence(path, filesystem, why_out, err);
	if (watch->fd < 0) {
		*why_out = "no inotify instance left";
		explain_limit(err, "max_user_instances");
		return WATCH_LIMIT;
	}
	id = inotify_add_watch(
	    watch->fd, path, target == WATCH_FILE ? FILE_MASK : DIRECTORY_MASK);
	if (id < 0)
		return explain_failure(path, why_out, err);
	*id_out = id;
	return WATCH_OK;
}

void
watch_remove(struct watch *watch, int id)
{
	if (watch->fd >= 0)
		inotify_rm_watch(watch->fd, id);
}

/* What ctail writes beside a log must not wake it. */
static bool
is_own_work(const struct inotify_event *event)
{
	return event->len > 0 && offset_file_is_own(span_of(event->name,
				     strnlen(event->name, event->len)));
}

static bool
make_hint(const struct inotify_event *event, struct watch_hint *out)
{
	if (event->mask & IN_Q_OVERFLOW)
		*out = (struct watch_hint){.kind = WATCH_RESCAN, .id = -1};
	else if (event->mask & IN_IGNORED)
		*out = (struct watch_hint){.kind = WATCH_LOST, .id = event->wd};
	else if (is_own_work(event))
		return false;
	else
		*out =
		    (struct watch_hint){.kind = WATCH_CHANGED, .id = event->wd};
	return true;
}

static bool
fill(struct watch *watch)
{
	ssize_t len = read(watch->fd, watch->events, sizeof(watch->events));

	watch->at = 0;
	watch->len = len > 0 ? (size_t)len : 0;
	return watch->len > 0;
}

bool
watch_next(struct watch *watch, struct watch_hint *out)
{
	if (watch->fd < 0) {
		watch->told = !watch->told;
		*out = (struct watch_hint){.kind = WATCH_RESCAN, .id = -1};
		return watch->told;
	}
	while (watch->at < watch->len || fill(watch)) {
		const struct inotify_event *event =
		    (const void *)(watch->events + watch->at);

		watch->at += sizeof(*event) + event->len;
		if (make_hint(event, out))
			return true;
	}
	return false;
}
