/*
 * generation_hole: what writers without O_APPEND leave behind.
 *
 * Hides how a hole's ragged edge is told from NUL bytes that somebody wrote:
 * a writer that goes on where it was before a truncation leaves NUL bytes
 * from the position to a real hole in the file, and behind the hole those
 * that fill up its block.  Sizes are never trusted, SEEK_HOLE is.
 */
#include "config.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/generation.h"

/* A file system block cannot be larger. */
#define EDGE_MAX (64 * 1024)

bool
generation_may_have_holes(const struct generation *generation)
{
	struct stat st;

	return !generation->content.unpack &&
	       fstat(generation->content.fd, &st) == 0 &&
	       (uint64_t)st.st_blocks * 512 < (uint64_t)st.st_size;
}

uint64_t
generation_next_hole(const struct generation *generation)
{
	off_t at = (off_t)generation->position.offset;
	off_t hole = lseek(generation->content.fd, at, SEEK_HOLE);

	return hole < at ? UINT64_MAX : (uint64_t)hole;
}

/* Where the NUL bytes from `at` on end; looks EDGE_MAX far. */
static off_t
behind_nuls(int fd, off_t at)
{
	char block[4096];

	for (int i = 0; i < EDGE_MAX / (int)sizeof(block); i++) {
		ssize_t len = pread(fd, block, sizeof(block), at);
		ssize_t nuls = 0;

		while (nuls < len && block[nuls] == '\0')
			nuls++;
		at += nuls;
		if (nuls < (ssize_t)sizeof(block))
			break;
	}
	return at;
}

enum generation_hole
generation_skip_hole(struct generation *generation)
{
	int fd = generation->content.fd;
	off_t at = (off_t)generation->position.offset;
	off_t hole, data;

	if (generation->content.unpack)
		return GENERATION_NO_HOLE;
	hole = lseek(fd, at, SEEK_HOLE);
	if (hole < at || hole - at > EDGE_MAX || behind_nuls(fd, at) < hole)
		return GENERATION_NO_HOLE;
	data = lseek(fd, hole, SEEK_DATA);
	if (data < 0)
		return errno == ENXIO ? GENERATION_HOLE_TO_THE_END
				      : GENERATION_NO_HOLE;
	if (data <= at)
		return GENERATION_NO_HOLE;
	generation->position.offset = (uint64_t)behind_nuls(fd, data);
	generation->position.tail = (struct fingerprint){0};
	return GENERATION_HOLE_SKIPPED;
}
