/*
 * place: where the position of one log is kept, and the right to move it.
 *
 * The offset file of LOG and the fingerprints beside it.  The offset file is
 * its own lock: at most one ctail at a time.  Fingerprints are written first,
 * with what was in force until now as the previous entry, and the offset file
 * after them, so that one of the two always agrees with it.
 */
#ifndef CTAIL_CTAIL_PLACE_H
#define CTAIL_CTAIL_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctail/lock.h"
#include "ctail/options.h"
#include "ctail/status.h"
#include "input/checkpoint_file.h"
#include "input/offset_file.h"

struct place {
	char *path;		/* of the offset file */
	char *prints_path;	/* of the fingerprints */
	struct offset_lock lock;

	enum offset_read found;	/* what was there */
	struct offset_entry stored;	/* what the offset file says */
	bool has_stored;
	enum checkpoint_agreement agreement;
	enum offset_read prints_found;
	struct err prints_err;

	struct checkpoint in_force;	/* that agrees with stored */
	bool writable_known;
	enum offset_place how;
	int in_place;		/* open to be stored often; -1: it is not */
};

/* Names and locks it.  Nothing is locked or made with --no-store.  It must be
 * closed whatever the answer. */
enum exit_status place_open(struct place *place, const struct options *options,
    const char *log, struct err *err);
void place_close(struct place *place);

/*
 * What is stored.  STATUS_OK and in_force (ino 0: nothing), or
 * STATUS_DAMAGED, STATUS_NOT_STORED with err.  *recovered_out tells that a
 * damaged offset file was replaced by what the fingerprints say; err then
 * holds the damage.
 */
enum exit_status place_read(struct place *place, bool *recovered_out,
    struct err *err);

/* Gives the lock and what is open back while nothing needs to be stored, and
 * takes them again: *moved_out, another program has stored a position
 * meanwhile. */
void place_rest(struct place *place);
enum exit_status place_wake(struct place *place, bool *moved_out,
    struct err *err);

/* As if nothing were stored. */
void place_forget(struct place *place);

/* Before anything is printed; cheap when asked again. */
int place_check_writable(struct place *place, struct err *err);

/* True when storing now would change something. */
bool place_differs(const struct place *place, const struct checkpoint *now);

/* The name does not lead any more to the offset file that is held open. */
bool place_is_displaced(const struct place *place);

/* Stores it for good, safe on the disk.  warning is set when the fingerprints
 * could not be stored, which is no failure. */
int place_store(struct place *place, const struct checkpoint *now,
    struct err *warning, struct err *err);

/*
 * On the way: safe as far as a kill goes, in place, so that the lock stays.
 * place_mark stores everything; place_mark_offset the offset alone, in the
 * generation that was marked last.
 */
int place_mark(struct place *place, const struct checkpoint *now,
    struct err *warning, struct err *err);
int place_mark_offset(struct place *place, uint64_t offset, struct err *err);

#endif
