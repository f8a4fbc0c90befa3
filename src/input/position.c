/*
 * position: identities and fingerprints.
 *
 * Hides how a file system tells when a file was born.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/bug.h"
#include "base/sha256.h"
#include "input/position.h"

void
fingerprint_take(struct fingerprint *print, struct span bytes)
{
	unsigned char sum[SHA256_SIZE];
	struct sha256 sha;

	if (bytes.len > POSITION_PRINT)
		BUG("fingerprint of %zu bytes", bytes.len);
	memset(print, 0, sizeof(*print));
	if (bytes.len == 0)
		return;
	sha256_init(&sha);
	sha256_add(&sha, bytes.data, bytes.len);
	sha256_final(&sha, sum);
	print->len = (uint16_t)bytes.len;
	memcpy(print->hash, sum, sizeof(print->hash));
}

bool
fingerprint_is_blank(const struct fingerprint *print)
{
	static const char nothing[POSITION_PRINT];
	struct fingerprint blank;

	if (print->len > sizeof(nothing))
		return false;
	fingerprint_take(&blank, span_of(nothing, print->len));
	return fingerprint_equal(print, &blank);
}

bool
fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	return a->len == b->len &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

/* Unsigned, so that a date no clock ever had wraps instead of trapping. */
static int64_t
birth_ns(const struct statx *st)
{
	if (!(st->stx_mask & STATX_BTIME))
		return 0;
	return (int64_t)((uint64_t)st->stx_btime.tv_sec * 1000000000u +
			 st->stx_btime.tv_nsec);
}

static int
identify(struct position *position, int fd, const char *path, int flags)
{
	struct statx st;

	if (statx(fd, path, flags, STATX_INO | STATX_BTIME, &st) < 0)
		return -1;
	position->dev = makedev(st.stx_dev_major, st.stx_dev_minor);
	position->ino = st.stx_ino;
	position->birth_ns = birth_ns(&st);
	return 0;
}

int
position_identify(struct position *position, int fd)
{
	return identify(position, fd, "", AT_EMPTY_PATH);
}

int
position_identify_path(struct position *position, const char *path)
{
	return identify(position, AT_FDCWD, path, 0);
}

int64_t
position_stamp_ns(const struct stat *st)
{
	return (int64_t)((uint64_t)st->st_ctim.tv_sec * 1000000000u +
			 (uint64_t)st->st_ctim.tv_nsec);
}

bool
position_is_unchanged(
    const struct position *position, int64_t stamp_ns, const struct stat *st)
{
	return stamp_ns && position_stamp_ns(st) == stamp_ns &&
	       st->st_dev == position->dev && st->st_ino == position->ino &&
	       S_ISREG(st->st_mode) &&
	       (uint64_t)st->st_size == position->offset;
}

bool
position_same_file(const struct position *a, const struct position *b)
{
	if (a->ino != b->ino || (a->dev && b->dev && a->dev != b->dev))
		return false;
	return !a->birth_ns || !b->birth_ns || a->birth_ns == b->birth_ns;
}
