/*
 * store_position: where every log has been read up to.
 *
 * One row per path of a log; checkpoint is the text form of
 * input/checkpoint.h (for a journal, its cursor), which is opaque here.
 * newest_ms came with schema version 3; older databases are converted when
 * they are opened.
 */
#ifndef CTAIL_STORE_STORE_POSITION_H
#define CTAIL_STORE_STORE_POSITION_H

#include "store/store.h"

struct stored_position {
	struct span path;
	struct span log;
	struct span checkpoint;
	/* What the offset file says, or said before the export that follows
	 * this transaction: "inode offset".  Read only: a put keeps them. */
	struct span exported;
	struct span exported_before;
	int64_t changed_ms;
	int64_t newest_ms;	/* the newest record time (judge/
				 * record_clock.h); 0: none */
};

int store_position_put(struct store *store,
    const struct stored_position *position, struct err *err);
/* Records what the offset file of this path will say after this
 * transaction.  EXPORTED_AGAIN: the last one could not be written, so the
 * value before stays what it was. */
enum exported_how { EXPORTED_NEXT, EXPORTED_AGAIN };

int store_position_export(struct store *store, struct span path,
    struct span value, enum exported_how how, struct err *err);

int store_position_each(struct store *store,
    void (*each)(void *arg, const struct stored_position *position),
    void *arg, struct err *err);
int store_position_delete(struct store *store, struct span path,
    struct err *err);

#endif
