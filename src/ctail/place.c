/*
 * place: names, locks and stores the position of one log.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "base/mem.h"
#include "ctail/place.h"
#include "input/offset_name.h"
#include "input/paths.h"

/* Without links and dots where its directory is there, so that all names of
 * it lead to one position. */
static void
add_absolute(struct buf *out, const char *log)
{
	char *directory = path_directory(log);
	char *resolved = realpath(directory, NULL);

	if (resolved) {
		buf_add_str(out, resolved);
		if (out->data[out->len - 1] != '/')
			buf_add_byte(out, '/');
		buf_add_span(out, path_name(log));
	} else {
		buf_add_str(out, log);
	}
	free(resolved);
	free(directory);
}

static int
add_state_path(
    struct buf *path, const char *state_dir, const char *log, struct err *err)
{
	struct buf absolute = BUF_INIT;

	if (durable_mkdir(state_dir, err) < 0)
		return -1;
	add_absolute(&absolute, log);
	buf_addf(path, "%s/", state_dir);
	offset_name_add(path, buf_str(&absolute));
	buf_release(&absolute);
	return 0;
}

/* NULL with err. */
static char *
name_offset_file(
    const struct options *options, const char *log, struct err *err)
{
	struct buf path = BUF_INIT;

	if (options->offset_file)
		return xstrdup(options->offset_file);
	if (!options->state_dir) {
		buf_add_str(&path, log);
		buf_add_str(&path, ".offset");
	} else if (add_state_path(&path, options->state_dir, log, err) < 0) {
		buf_release(&path);
		return NULL;
	}
	return buf_take(&path);
}

/* With the directory that both lie in, say. */
static bool
are_gone(const struct place *place, const char *log)
{
	char *directory = path_directory(place->path);
	struct stat st;
	bool gone = stat(directory, &st) < 0 && errno == ENOENT &&
		    stat(log, &st) < 0 && errno == ENOENT;

	free(directory);
	return gone;
}

/* Where the log is gone, too, the offset file is not what is wrong. */
static enum exit_status
take_lock(struct place *place, const struct options *options, const char *log,
    struct err *err)
{
	enum exit_status status = offset_lock_take(
	    place->path, options->wait_lock_ms, &place->lock, err);

	if (status != STATUS_NOT_STORED || !are_gone(place, log))
		return status;
	err_set(err, "cannot open %s: %s", log, strerror(ENOENT));
	return STATUS_NO_LOG;
}

enum exit_status
place_open(struct place *place, const struct options *options, const char *log,
    struct err *err)
{
	enum exit_status status;

	*place = (struct place){.lock = OFFSET_LOCK_NONE, .in_place = -1};
	place->path = name_offset_file(options, log, err);
	if (!place->path)
		return STATUS_NOT_STORED;
	place->prints_path = checkpoint_file_path(place->path);
	if (options->no_store)
		return STATUS_OK;
	status = take_lock(place, options, log, err);
	if (status != STATUS_OK || !(options->every_n || options->follow))
		return status;
	place->in_place = offset_file_open(place->path, err);
	return place->in_place < 0 ? STATUS_NOT_STORED : STATUS_OK;
}

void
place_close(struct place *place)
{
	if (place->in_place >= 0)
		close(place->in_place);
	if (place->path)
		offset_lock_drop(&place->lock, place->path);
	checkpoint_release(&place->in_force);
	free(place->path);
	free(place->prints_path);
}

static int64_t
written_ns(const struct place *place)
{
	struct stat st = place->lock.st;

	if (place->lock.fd < 0 && lstat(place->path, &st) < 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

static enum exit_status
read_numbers(struct place *place, struct err *err)
{
	const struct offset_lock *lock = &place->lock;

	place->found =
	    lock->fd < 0
		? offset_file_read(place->path, &place->stored, err)
		: offset_file_read_open(lock->fd, &lock->st, place->path,
		      &place->stored, err);
	place->has_stored = place->found == OFFSET_OK;
	if (place->found == OFFSET_UNREADABLE)
		return STATUS_NOT_STORED;
	if (place->found == OFFSET_EMPTY && place->lock.created)
		place->found = OFFSET_ABSENT;
	return STATUS_OK;
}

enum exit_status
place_read(struct place *place, bool *recovered_out, struct err *err)
{
	struct checkpoint_pair pair = CHECKPOINT_PAIR_INIT;
	enum exit_status status = read_numbers(place, err);
	bool use;

	*recovered_out = false;
	if (status != STATUS_OK || place->found == OFFSET_ABSENT ||
	    place->found == OFFSET_EMPTY)
		return status;
	place->prints_found =
	    checkpoint_file_read(place->prints_path, &pair, &place->prints_err);
	use = place->has_stored;
	if (place->found == OFFSET_DAMAGED) {
		use = checkpoint_recover(&pair, &place->stored);
		*recovered_out = use;
		status = use ? STATUS_OK : STATUS_DAMAGED;
	}
	if (use)
		place->agreement = checkpoint_resume(
		    &place->stored, written_ns(place), &pair, &place->in_force);
	checkpoint_pair_release(&pair);
	return status;
}

void
place_rest(struct place *place)
{
	if (place->in_place >= 0)
		close(place->in_place);
	place->in_place = -1;
	offset_lock_drop(&place->lock, place->path);
}

enum exit_status
place_wake(struct place *place, bool *moved_out, struct err *err)
{
	const struct offset_entry *stored = &place->stored;
	struct offset_entry entry;
	enum exit_status status =
	    offset_lock_take(place->path, 0, &place->lock, err);

	if (status != STATUS_OK)
		return status;
	place->in_place = offset_file_open(place->path, err);
	if (place->in_place < 0) {
		offset_lock_drop(&place->lock, place->path);
		return STATUS_NOT_STORED;
	}
	*moved_out = offset_file_read_open(place->lock.fd, &place->lock.st,
			 place->path, &entry, NULL) == OFFSET_OK &&
		     (!place->has_stored || entry.inode != stored->inode ||
			 entry.offset != stored->offset);
	return STATUS_OK;
}

void
place_forget(struct place *place)
{
	checkpoint_release(&place->in_force);
	place->in_force = CHECKPOINT_INIT;
	place->has_stored = false;
	place->agreement = CHECKPOINT_NONE;
}

int
place_check_writable(struct place *place, struct err *err)
{
	if (place->writable_known || place->lock.fd < 0)
		return 0;
	if (offset_file_writable(place->path, &place->how, err) < 0)
		return -1;
	place->writable_known = true;
	return 0;
}

static bool
same_position(const struct position *a, const struct position *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       a->birth_ns == b->birth_ns && a->offset == b->offset &&
	       fingerprint_equal(&a->head, &b->head) &&
	       fingerprint_equal(&a->first, &b->first) &&
	       fingerprint_equal(&a->tail, &b->tail);
}

static bool
same_old(const struct checkpoint_old *a, const struct checkpoint_old *b)
{
	return same_position(&a->position, &b->position) && a->end == b->end &&
	       a->changed_ms == b->changed_ms && a->flushed == b->flushed &&
	       span_equal(span_str(a->path), span_str(b->path));
}

/* When the file was last looked at does not count: a run with nothing new
 * writes nothing. */
static bool
same_checkpoint(const struct checkpoint *a, const struct checkpoint *b)
{
	if (!same_position(&a->position, &b->position) ||
	    a->old_count != b->old_count || a->head_count != b->head_count)
		return false;
	for (size_t i = 0; i < a->old_count; i++) {
		if (!same_old(&a->old[i], &b->old[i]))
			return false;
	}
	for (size_t i = 0; i < a->head_count; i++) {
		if (!fingerprint_equal(&a->heads[i], &b->heads[i]))
			return false;
	}
	return true;
}

static bool
offset_differs(const struct place *place, const struct checkpoint *now)
{
	return !place->has_stored || place->stored.inode != now->position.ino ||
	       place->stored.offset != now->position.offset;
}

bool
place_differs(const struct place *place, const struct checkpoint *now)
{
	if (now->position.ino == 0)
		return false;
	return offset_differs(place, now) ||
	       place->agreement != CHECKPOINT_AGREES ||
	       !same_checkpoint(&place->in_force, now);
}

static int
store_prints(struct place *place, const struct checkpoint *now,
    enum offset_sync sync, struct err *warning)
{
	struct checkpoint_pair pair = {
	    .current = *now,
	    .has_current = true,
	    .previous = place->in_force,
	    .has_previous = place->has_stored && place->in_force.position.ino,
	};

	return checkpoint_file_write(place->prints_path, &pair, sync, warning);
}

static struct offset_entry
entry_of(const struct checkpoint *now)
{
	return (struct offset_entry){
	    .inode = now->position.ino,
	    .offset = now->position.offset,
	};
}

static void
set_in_force(struct place *place, const struct checkpoint *now)
{
	checkpoint_release(&place->in_force);
	place->in_force = CHECKPOINT_INIT;
	checkpoint_copy(&place->in_force, now);
	place->agreement = CHECKPOINT_AGREES;
	place->has_stored = true;
	place->stored = entry_of(now);
}

int
place_store(struct place *place, const struct checkpoint *now,
    struct err *warning, struct err *err)
{
	struct offset_entry entry = entry_of(now);

	if (place_check_writable(place, err) < 0)
		return -1;
	(void)store_prints(place, now, OFFSET_SYNC, warning);
	if ((place->in_place >= 0 || offset_differs(place, now)) &&
	    offset_file_write(
		place->path, &entry, place->how, OFFSET_SYNC, err) < 0)
		return -1;
	set_in_force(place, now);
	return 0;
}

bool
place_is_displaced(const struct place *place)
{
	struct stat held, named;
	char *directory;
	bool writable;

	if (place->in_place < 0 || fstat(place->in_place, &held) < 0)
		return false;
	if (lstat(place->path, &named) == 0)
		return held.st_dev != named.st_dev ||
		       held.st_ino != named.st_ino;
	directory = path_directory(place->path);
	writable = errno == ENOENT && access(directory, W_OK | X_OK) == 0;
	free(directory);
	return writable;
}

/* The directory was moved or removed and is there anew: so is the offset
 * file, with its lock.  Where that fails, what is held is written on to. */
static void
take_new_place(struct place *place)
{
	struct offset_lock lock;
	struct err err = ERR_INIT;
	int fd;

	if (offset_lock_take(place->path, 0, &lock, &err) != STATUS_OK)
		return;
	fd = offset_file_open(place->path, &err);
	if (fd < 0) {
		offset_lock_drop(&lock, place->path);
		return;
	}
	close(place->in_place);
	close(place->lock.fd);
	place->in_place = fd;
	place->lock = lock;
}

int
place_mark(struct place *place, const struct checkpoint *now,
    struct err *warning, struct err *err)
{
	struct offset_entry entry = entry_of(now);

	if (place_is_displaced(place))
		take_new_place(place);
	(void)store_prints(place, now, OFFSET_NO_SYNC, warning);
	if (offset_file_pwrite(place->in_place, place->path, &entry, err) < 0)
		return -1;
	set_in_force(place, now);
	return 0;
}

int
place_mark_offset(struct place *place, uint64_t offset, struct err *err)
{
	struct offset_entry entry = {
	    .inode = place->in_force.position.ino,
	    .offset = offset,
	};

	if (offset_file_pwrite(place->in_place, place->path, &entry, err) < 0)
		return -1;
	place->stored = entry;
	return 0;
}
