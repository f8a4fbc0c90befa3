/*
 * store_position: where every file has been read up to.
 *
 * One row per path of a log, with up to two generations in it (the previous
 * one is being drained after a rotation).  The columns mirror
 * input/position.h, which this room must not include.
 */
#ifndef CTAIL_STORE_STORE_POSITION_H
#define CTAIL_STORE_STORE_POSITION_H

#include "store/store.h"

struct stored_generation {
	uint64_t dev, ino;
	int64_t birth_ns;
	uint64_t offset;
	struct span head;	/* opaque fingerprints */
	struct span tail;
	bool skipping;
	struct span incarnation;
};

struct stored_position {
	struct span path;
	struct span log;
	struct stored_generation live;
	bool has_previous;
	struct stored_generation previous;
	/* What the offset file says, or said before the export that follows
	 * this transaction: "inode offset".  Read only: a put keeps them. */
	struct span exported;
	struct span exported_before;
	int64_t changed_ms;
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
