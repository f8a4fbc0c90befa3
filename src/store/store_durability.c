/*
 * store_durability: how much a commit survives, and when.
 *
 * What SQLite promises (sqlite.org/pragma.html, synchronous): with a
 * write-ahead log and NORMAL a database stays whole over a power cut, and a
 * commit survives the end of the process; the newest commits may be gone after
 * a power cut, as if they had never been, the order of commits kept.  With
 * FULL each commit waits until the log is on the disk, and with it every
 * commit before.  A checkpoint puts the log on the disk before it takes from
 * it, in both.
 *
 * With a rollback journal NORMAL would put the whole database at stake on some
 * file systems; there it stays FULL, and being lazy saves nothing.
 */
#include "config.h"

#include "base/bug.h"
#include "store/store_internal.h"

int
store_set_durability(
    struct store *store, enum store_durability durability, struct err *err)
{
	int result;

	if (store->in_transaction)
		BUG("durability is changed inside a transaction");
	if (durability == store->durability || !store->log)
		return 0;
	/* Not by query_begin: a pragma acts when it is prepared. */
	result = store_exec(store,
	    durability == STORE_LAZY ? "PRAGMA synchronous = NORMAL"
				     : "PRAGMA synchronous = FULL",
	    err);
	if (result)
		return result;
	store->durability = durability;
	store->unsynced = store->unsynced || durability == STORE_LAZY;
	return 0;
}

/* What a commit with FULL does at its end, without a commit: the log is put on
 * the disk, and its directory's entry with it when it is new. */
int
store_sync(struct store *store, struct err *err)
{
	sqlite3_file *file = NULL;
	int code;

	if (!store->unsynced)
		return 0;
	sqlite3_file_control(
	    store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
	/* Without an open log nothing was committed to it. */
	if (file && file->pMethods) {
		code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
		if (code)
			return store_fail(
			    store, code, store_file_error(file), err);
	}
	store->unsynced = store->durability == STORE_LAZY;
	return 0;
}
