/*
 * follow: which generation of a log is read next.
 *
 * Hides the life of a name: the file under it now (current, which may be an
 * older generation until that is read), those it left behind (old, oldest
 * first, drained until they are quiet), and what to do when there is none.
 * Whether bytes are what they should be is generation's business.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/mem.h"
#include "input/follow_internal.h"
#include "input/rotation.h"

#define DRAIN_LOOK_MS 1000

/* What is in the store may be damaged. */
void
follow_adopt(struct generation *generation, const struct position *position)
{
	struct position *own = &generation->position;

	*own = *position;
	own->incarnation[sizeof(own->incarnation) - 1] = '\0';
	if (own->tail.len > POSITION_PRINT || own->tail.len > own->offset)
		own->tail = (struct fingerprint){0};
	if (own->head.len > POSITION_PRINT)
		own->head = (struct fingerprint){0};
	if (own->offset > INT64_MAX)
		*own = (struct position){0};
}

struct follow *
follow_new(const char *path, const struct position *position)
{
	size_t size = strlen(path) + 1;
	struct follow *follow = xcalloc(1, sizeof(*follow) + size);

	memcpy(follow->path, path, size);
	follow->current.fd = -1;
	follow->absent = FOLLOW_NEVER;
	follow->looked = FOLLOW_NEVER;
	if (position)
		follow_adopt(&follow->current, position);
	return follow;
}

void
follow_free(struct follow *follow)
{
	if (!follow)
		return;
	follow_old_drop(follow);
	generation_close(&follow->current);
	free(follow->current.path);
	free(follow);
}

const char *
follow_path(const struct follow *follow)
{
	return follow->path;
}

const struct position *
follow_position(const struct follow *follow)
{
	return &follow->current.position;
}

enum follow_verdict
follow_hand_out(struct follow *follow, struct generation *generation,
    struct span bytes, bool partial, struct follow_block *out)
{
	follow->handed = generation;
	out->bytes = bytes;
	out->position = generation->position;
	out->path = generation->path ? generation->path : follow->path;
	out->partial = partial;
	return FOLLOW_DATA;
}

/* --- The current one --------------------------------------------------- */

static enum follow_verdict
unreadable(struct follow *follow, struct err *err)
{
	generation_close(&follow->current);
	err_set(err, "cannot look at %s: %s", follow->path, strerror(errno));
	return FOLLOW_UNREADABLE;
}

/* The file under the name, from its first byte. */
static int
begin_live(struct follow *follow, int fd, int64_t now)
{
	struct generation *current = &follow->current;

	free(current->path);
	current->path = NULL;
	current->fd = fd;
	current->changed = now;
	current->hurry = false;
	follow->absent = FOLLOW_NEVER;
	follow->finished = false;
	return generation_begin(current);
}

/* The name leads to another file than the position says: its own file may
 * be among the siblings. */
static bool
open_anchor(struct follow *follow, int64_t now)
{
	struct generation *current = &follow->current;
	char *path = NULL;
	int fd = rotation_find(follow->path, &current->position, &path);

	if (fd < 0)
		return false;
	free(current->path);
	current->path = path;
	current->fd = fd;
	current->changed = now;
	return true;
}

static enum follow_verdict
open_failed(struct follow *follow, int64_t now)
{
	bool absent = errno == ENOENT || errno == ENOTDIR;

	if (absent && follow->current.position.ino != 0 &&
	    open_anchor(follow, now))
		return FOLLOW_DATA;
	return absent ? FOLLOW_GONE : FOLLOW_UNREADABLE;
}

static enum follow_verdict
begin_anew(struct follow *follow, int fd, int64_t now, struct err *err)
{
	if (begin_live(follow, fd, now) < 0)
		return unreadable(follow, err);
	err_set(err,
	    "%s is not the file that was read before, and that is not among "
	    "its rotated ones; lines may be lost; reading it from its start",
	    follow->path);
	return FOLLOW_TRUNCATED;
}

/* FOLLOW_DATA: the current generation is open and can be read. */
static enum follow_verdict
open_current(struct follow *follow, int64_t now, struct err *err)
{
	struct generation *current = &follow->current;
	struct position found;
	int fd = generation_open_file(follow->path, err);

	if (fd < 0)
		return open_failed(follow, now);
	if (current->position.ino == 0)
		return begin_live(follow, fd, now) < 0 ? unreadable(follow, err)
						       : FOLLOW_DATA;
	if (position_identify(&found, fd) < 0) {
		close(fd);
		return unreadable(follow, err);
	}
	/* Device numbers change over a reboot; inodes and bytes do not. */
	current->position.dev = found.dev;
	if (!position_same_file(&found, &current->position)) {
		if (!open_anchor(follow, now))
			return begin_anew(follow, fd, now, err);
		close(fd);
		return FOLLOW_DATA;
	}
	free(current->path);
	current->path = NULL;
	current->fd = fd;
	current->changed = now;
	current->position.birth_ns = found.birth_ns;
	return FOLLOW_DATA;
}

static enum follow_verdict
truncated(struct follow *follow, int64_t now, struct err *err)
{
	uint64_t offset = follow->current.position.offset;

	if (generation_begin(&follow->current) < 0)
		return unreadable(follow, err);
	follow->current.changed = now;
	err_set(err,
	    "%s was truncated or rewritten before offset %llu, which had been "
	    "read; reading it from its start",
	    follow->path, (unsigned long long)offset);
	return FOLLOW_TRUNCATED;
}

/* The current generation joins the old ones and fd takes its place.  hurry:
 * something newer is already full, so nobody writes to it any more. */
static enum follow_verdict
move_on(struct follow *follow, int fd, char *path, bool hurry,
    struct reading *reading)
{
	struct generation *old = follow_old_add(follow);
	struct generation *next = old->next;
	struct position found = {0};

	*old = follow->current;
	old->next = next;
	old->hurry = hurry;
	old->changed = reading->now;
	follow->current = (struct generation){
	    .fd = fd,
	    .path = path,
	    .changed = reading->now,
	};
	follow->absent = FOLLOW_NEVER;
	follow->finished = false;
	if (position_identify(&found, fd) == 0 &&
	    follow_old_take_back(follow, &found, &follow->current))
		return FOLLOW_ROTATED;
	if (generation_begin(&follow->current) < 0)
		return unreadable(follow, reading->err);
	return FOLLOW_ROTATED;
}

/* True when the next generation was written to long after the current one
 * was: then nobody is late in it any more. */
static bool
is_left_behind(const struct generation *current, int next)
{
	struct stat was, is;

	return fstat(current->fd, &was) == 0 && fstat(next, &is) == 0 &&
	       is.st_size > 0 &&
	       is.st_mtime - was.st_mtime >= FOLLOW_ROTATE_WAIT_MS / 1000;
}

/* Everything is read and no file is under the name. */
static enum follow_verdict
absent(struct follow *follow, struct span rest, struct reading *reading)
{
	struct generation *current = &follow->current;
	struct stat st;

	if (follow->absent == FOLLOW_NEVER)
		follow->absent = reading->now;
	if (current->changed < follow->absent)
		current->changed = follow->absent;
	if (!follow_is_quiet(current, reading->now))
		return FOLLOW_EOF;
	if (rest.len > 0)
		return follow_hand_out(
		    follow, current, rest, true, reading->out);
	follow->finished = true;
	if (fstat(current->fd, &st) == 0 && st.st_nlink == 0) {
		generation_close(current);
		current->position = (struct position){0};
	}
	return FOLLOW_GONE;
}

/* At the end of the current generation: is there a newer one?  The file
 * under the name is opened first, so that a rotation meanwhile shows up as a
 * newer sibling. */
static enum follow_verdict
look_ahead(struct follow *follow, struct span rest, struct reading *reading)
{
	const struct position *position = &follow->current.position;
	bool skipped;
	char *path = NULL;
	struct stat st;
	int live = -1;
	int fd;

	if (stat(follow->path, &st) == 0) {
		if (st.st_dev == position->dev && st.st_ino == position->ino) {
			follow->absent = FOLLOW_NEVER;
			return FOLLOW_EOF;
		}
		live = generation_open_file(follow->path, reading->err);
		if (live < 0 && errno != ENOENT)
			return FOLLOW_UNREADABLE;
	} else if (errno != ENOENT && errno != ENOTDIR) {
		return FOLLOW_EOF;
	}
	fd = rotation_next(follow->path, position, &path, &skipped);
	if (fd < 0 && live < 0)
		return absent(follow, rest, reading);
	if (skipped)
		err_set(reading->err,
		    "%s was rotated and there are compressed generations that "
		    "were not read; their lines are lost",
		    follow->path);
	if (fd < 0)
		return move_on(follow, live, NULL, false, reading);
	if (live >= 0)
		close(live);
	return move_on(follow, fd, path, is_left_behind(&follow->current, fd),
	    reading);
}

enum follow_verdict
follow_read(struct follow *follow, struct buf *buffer, size_t max_line,
    int64_t now_boot, struct follow_block *out, struct err *err)
{
	struct reading reading = {buffer, max_line, now_boot, out, err};
	enum follow_verdict verdict;
	struct span bytes;

	follow->handed = NULL;
	follow->looked = now_boot;
	err->text[0] = '\0';
	verdict = follow_old_read(follow, &reading);
	if (verdict != FOLLOW_EOF)
		return verdict;
	if (follow->current.fd < 0) {
		verdict = open_current(follow, now_boot, err);
		if (verdict != FOLLOW_DATA)
			return verdict;
	}
	switch (generation_read(
	    &follow->current, buffer, max_line, now_boot, &bytes, err)) {
	case GENERATION_DATA:
		return follow_hand_out(
		    follow, &follow->current, bytes, false, out);
	case GENERATION_FOREIGN:
		return truncated(follow, now_boot, err);
	case GENERATION_FAILED:
		err_prefix(err, "%s", follow->path);
		return FOLLOW_UNREADABLE;
	case GENERATION_END:
		break;
	}
	return look_ahead(follow, bytes, &reading);
}

void
follow_consume(struct follow *follow, const struct follow_block *block,
    size_t used, bool skipping)
{
	if (!follow->handed)
		BUG("%s: no block is out", follow->path);
	generation_advance(follow->handed, block->bytes, used, skipping);
	follow->handed = NULL;
}

int
follow_seek(struct follow *follow, uint64_t offset, struct err *err)
{
	struct generation *current = &follow->current;
	int fd = generation_open_file(follow->path, err);

	if (fd < 0)
		return -1;
	follow_old_drop(follow);
	generation_close(current);
	free(current->path);
	*current = (struct generation){.fd = fd};
	follow->handed = NULL;
	follow->absent = FOLLOW_NEVER;
	follow->finished = false;
	if (generation_seek(current, offset) < 0) {
		generation_close(current);
		return err_set(err, "cannot move the position in %s: %s",
		    follow->path, strerror(errno));
	}
	return 0;
}

int64_t
follow_due(const struct follow *follow)
{
	bool waits = follow->absent != FOLLOW_NEVER && !follow->finished;

	if (!follow->old && !waits)
		return -1;
	return follow->looked + DRAIN_LOOK_MS;
}

void
follow_close(struct follow *follow)
{
	generation_close(&follow->current);
	for (struct generation *old = follow->old; old; old = old->next)
		generation_close(old);
}

bool
follow_is_open(const struct follow *follow)
{
	return follow->current.fd >= 0;
}
