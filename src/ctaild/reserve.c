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
	char *path;
	int64_t bytes;
};

struct reserve *
reserve_new(const char *state_dir, int64_t bytes)
{
	struct reserve *reserve = xcalloc(1, sizeof(*reserve));
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/reserve", state_dir);
	reserve->path = buf_take(&path);
	reserve->bytes = bytes;
	return reserve;
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

int
reserve_keep(struct reserve *reserve, struct err *err)
{
	int fd;
	int failed;

	if (reserve->bytes == 0 || is_there(reserve))
		return 0;
	unlink(reserve->path);
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
	return err_set(err,
	    "no room for the reserve file %s: %s; free some space, or set a "
	    "smaller `reserve' in [agent]", reserve->path, strerror(failed));
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
