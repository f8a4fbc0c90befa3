/*
 * store: everything durable, in one SQLite file.
 *
 * The only includer of sqlite3.h.  ctaild (or a ctailctl that holds the
 * state's lock) is the only one that opens the file.  WAL with
 * synchronous=FULL; a rollback journal where WAL cannot work, which the caller
 * knows of a network's disk.  The schema
 * version is in user_version; a newer one is refused.
 *
 * Between store_begin and store_commit everything belongs to one
 * transaction: nothing is sent that is not committed, and no position moves
 * past a match that is not committed.  Calls outside are transactions of
 * their own.  The database is treated as hostile input: every blob handed out
 * is bounded and checked by whoever decodes it.
 *
 * All functions return -1 with err on failure; STORE_FULL when the disk (or
 * quota) is full, so that the caller can give up its reserve.
 */
#ifndef CTAIL_STORE_STORE_H
#define CTAIL_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

#define STORE_FULL (-2)

struct store;

enum store_mode {
	STORE_FILE,		/* read and write state_dir/ctail.db */
	STORE_REMOTE_FILE,	/* the same on a disk that other machines
				 * have too: without a write-ahead log */
	STORE_MEMORY,		/* nothing is kept; a copy of the file's
				 * content where it can be read */
};

struct store *store_open(const char *state_dir, enum store_mode mode,
    struct err *err);
void store_close(struct store *store);

int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);

/* How much a commit survives.  Every one survives the end of the process;
 * STORE_LAZY ones survive a power cut only once store_sync, or a commit after
 * the return to STORE_DURABLE, has come behind them.  For what the world tells
 * again: the outcomes of attempts, of which a lost one costs a second copy
 * with the same id.  Outside of a transaction. */
enum store_durability { STORE_DURABLE, STORE_LAZY };
int store_set_durability(struct store *store,
    enum store_durability durability, struct err *err);

/* Everything committed so far survives a power cut from here on. */
int store_sync(struct store *store, struct err *err);
void store_rollback(struct store *store);

/* Told of a rule and a definition, valid until it returns. */
typedef void owner_call(void *arg, struct span rule, struct span definition);

/* 32 hexadecimal digits made when the database was. */
const char *store_uuid(const struct store *store);

/* A number that grows with every call and is part of the transaction. */
int store_sequence(struct store *store, int64_t *out, struct err *err);

/* Named values: what was seen before, what was exported last. */
int store_meta_put(struct store *store, struct span name, struct span value,
    struct err *err);

/* 1 and the value appended, 0 when absent. */
struct buf;
int store_meta_get(struct store *store, struct span name, struct buf *out,
    struct err *err);

#endif
