/*
 * reserve: the file of blocks, made whole or not at all.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctaild/reserve.h"

#define NEXT_TO_NOTHING (256 * 1024)

struct reserve {
	const char *directory;		/* borrowed */
	char *path;
	int64_t bytes;
};

struct reserve *
reserve_new(const char *state_dir, int64_t bytes)
{
	struct reserve *reserve = xcalloc(1, sizeof(*reserve));
	struct buf path = BUF_INIT;

	reserve->directory = state_dir;
	buf_addf(&path, "%s/reserve", state_dir);
	reserve->path = buf_take(&path);
	reserve->bytes = bytes;
	return reserve;
}

void
reserve_resize(struct reserve *reserve, int64_t bytes)
{
	reserve->bytes = bytes;
}

void
reserve_free(struct reserve *reserve)
{
	if (!reserve)
		return;
	free(reserve->path);
	free(reserve);
}

/* Written, not just allocated: some file systems promise blocks they do not
 * have, and compress zeros away. */
static int
fill(int fd, int64_t bytes)
{
	char block[65536];

	memset(block, 0x5a, sizeof(block));
	while (bytes > 0) {
		size_t part = bytes < (int64_t)sizeof(block)
				  ? (size_t)bytes
				  : sizeof(block);

		if (write_all(fd, block, part))
			return -1;
		bytes -= (int64_t)part;
	}
	return 0;
}

static bool
is_there(const struct reserve *reserve)
{
	struct stat status;

	return !lstat(reserve->path, &status) && S_ISREG(status.st_mode) &&
	       status.st_size == reserve->bytes;
}

/* Asked first: to fill a disk to the brim, if only for a moment, would fail
 * others who write there. */
static bool
has_room(const struct reserve *reserve)
{
	struct statvfs space;

	return statvfs(reserve->directory, &space) ||
	       (uint64_t)space.f_bavail * space.f_frsize >
		   (uint64_t)reserve->bytes;
}

static int
no_room(const struct reserve *reserve, int why, struct err *err)
{
	return err_set(err, "no room for the reserve file %s: %s; free some "
	    "space, or set a smaller `reserve' in [agent] and restart",
	    reserve->path, strerror(why));
}

int
reserve_keep(struct reserve *reserve, struct err *err)
{
	int fd;
	int failed;

	if (reserve->bytes == 0 || is_there(reserve))
		return 0;
	unlink(reserve->path);
	if (!has_room(reserve))
		return no_room(reserve, ENOSPC, err);
	fd = open(reserve->path,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_set(err, "cannot make the reserve file %s: %s",
		    reserve->path, strerror(errno));
	failed = fill(fd, reserve->bytes) || fsync(fd) ? errno : 0;
	close(fd);
	if (!failed)
		return 0;
	unlink(reserve->path);
	return no_room(reserve, failed, err);
}

bool
reserve_is_needed(const struct reserve *reserve)
{
	struct statvfs space;

	return !statvfs(reserve->path, &space) &&
	       (uint64_t)space.f_bavail * space.f_frsize < NEXT_TO_NOTHING;
}

bool
reserve_give_up(struct reserve *reserve)
{
	return reserve->bytes > 0 && !unlink(reserve->path);
}
