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
#include "input/offset_file.h"
#include "input/watch.h"

#define INTERVAL_MS 1000
#define EVENT_BUFFER (16 * 1024)

#define FILE_MASK                                                              \
	(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF)
#define DIRECTORY_MASK                                                         \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |                 \
	    IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR)

/*
 * f_type of the file systems whose every change passes through this kernel,
 * the names as in <linux/magic.h>.  What is not here (NFS, CIFS, FUSE, 9p,
 * procfs, ...) is polled.
 */
static const uint32_t local_types[] = {
    0x0000ef53, /* EXT2, EXT3, EXT4 */
    0x58465342, /* XFS */
    0x9123683e, /* BTRFS */
    0xf2f52010, /* F2FS */
    0x01021994, /* TMPFS */
    0x858458f6, /* RAMFS */
    0x2fc12fc1, /* ZFS */
    0x794c7630, /* OVERLAYFS */
    0xca451a4e, /* BCACHEFS */
    0x00004d44, /* MSDOS */
    0x2011bab0, /* EXFAT */
    0x5346544e, /* NTFS */
    0x7366746e, /* NTFS3 */
    0x73717368, /* SQUASHFS */
    0xe0f5e1e2, /* EROFS */
    0x52654973, /* REISERFS */
    0x3153464a, /* JFS */
    0x00003434, /* NILFS */
    0x00009660, /* ISOFS */
    0x15013346, /* UDF */
    0x0000f15f, /* ECRYPTFS */
};

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

static bool
is_local(uint32_t type)
{
	for (size_t i = 0; i < sizeof(local_types) / sizeof(*local_types);
	     i++) {
		if (local_types[i] == type)
			return true;
	}
	return false;
}

static enum watch_answer
explain_failure(const char *path, struct err *err)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		err_set(err, "cannot watch %s: %s", path, strerror(errno));
		return WATCH_MISSING;
	case ENOSPC:
	case ENOMEM:
		explain_limit(err, "max_user_watches");
		return WATCH_LIMIT;
	default:
		err_set(err, "cannot watch %s: %s", path, strerror(errno));
		return WATCH_UNSUPPORTED;
	}
}

enum watch_answer
watch_add(struct watch *watch, const char *path, enum watch_target target,
    int *id_out, struct err *err)
{
	struct statfs fs;
	int id;

	if (statfs(path, &fs) < 0)
		return explain_failure(path, err);
	if (watch->fd < 0) {
		explain_limit(err, "max_user_instances");
		return WATCH_LIMIT;
	}
	if (!is_local((uint32_t)fs.f_type)) {
		err_set(err,
		    "%s is on a file system that may change without this "
		    "machine being told, so it is polled every second",
		    path);
		return WATCH_UNSUPPORTED;
	}
	id = inotify_add_watch(
	    watch->fd, path, target == WATCH_FILE ? FILE_MASK : DIRECTORY_MASK);
	if (id < 0)
		return explain_failure(path, err);
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
