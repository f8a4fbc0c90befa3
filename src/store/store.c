/*
 * store: opens the one database, and holds its transaction.
 *
 * Hides how SQLite is set up: no symbolic link followed, 0600, no trust in
 * what the file's schema may contain, WAL where that works.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/mem.h"
#include "store/store_internal.h"

#define CACHE_KEPT (192 * 1024)

enum {
	BUSY_TIMEOUT_MS = 2000,
	/* Nothing ctail stores comes near; a hostile file might. */
	VALUE_BYTES_MAX = 16 * 1024 * 1024,
};

/* SQLite's own NOFOLLOW refuses links anywhere in the path, and a directory
 * may well be reached by one; only the file must not be one.  A store in
 * memory needs no directory. */
static char *
store_path(const char *state_dir, enum store_mode mode, struct err *err)
{
	char *directory = realpath(state_dir, NULL);
	struct buf path = BUF_INIT;

	if (!directory && mode != STORE_MEMORY) {
		err_set(err,
		    "the state directory %s: %s; create it, or name another "
		    "one with state_dir",
		    state_dir, strerror(errno));
		return NULL;
	}
	buf_addf(&path, "%s/ctail.db", directory ? directory : state_dir);
	free(directory);
	return buf_take(&path);
}

static int
store_create_failed(struct store *store, int error, struct err *err)
{
	if (error == ELOOP)
		return err_set(err,
		    "the database %s is a symbolic link, which is not "
		    "followed; put the file itself there",
		    store->path);
	if (error == ENOSPC || error == EDQUOT)
		return store_fail(store, SQLITE_FULL, error, err);
	return err_set(err,
	    "the database %s cannot be opened: %s; check the owner and mode "
	    "of the file and its directory",
	    store->path, strerror(error));
}

/* Makes the file, or its mode, what it should be: log lines are in it. */
static int
store_create_file(struct store *store, struct err *err)
{
	struct stat status;
	int fd, result = 0;

	/* Non-blocking, so that a pipe in its place cannot stop us. */
	fd = open(store->path,
	    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	if (fd < 0)
		return store_create_failed(store, errno, err);
	if (fstat(fd, &status))
		result = store_create_failed(store, errno, err);
	else if (!S_ISREG(status.st_mode))
		result = err_set(err,
		    "the database %s is not a regular file; move it away",
		    store->path);
	else if (status.st_mode & 077 && fchmod(fd, 0600))
		result = store_create_failed(store, errno, err);
	close(fd);
	return result;
}

static int
store_open_database(
    struct store *store, const char *path, int flags, struct err *err)
{
	int code = sqlite3_open_v2(path, &store->db,
	    flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		SQLITE_OPEN_EXRESCODE,
	    NULL);

	if (code)
		return store_fail(
		    store, code, sqlite3_system_errno(store->db), err);
	sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return store_exec(store, "PRAGMA foreign_keys = ON", err);
}

/* WAL needs a directory to write to; where it does not work SQLite answers
 * with the mode it kept. */
static int
store_try_log(struct store *store, struct err *err)
{
	struct query query;

	query_begin(&query, store, "PRAGMA journal_mode = WAL");
	store->log =
	    query_row(&query) && span_is(query_column(&query, 0), "wal");
	return query_end(&query, err);
}

/* WAL needs memory that all who open the file share, which a network's disk
 * does not give, and SQLite does not notice. */
static int
store_set_journal(struct store *store, enum store_mode mode, struct err *err)
{
	int result = 0;

	if (mode != STORE_REMOTE_FILE)
		result = store_try_log(store, err);
	if (result)
		return result;
	if (!store->log) {
		result = store_exec(store, "PRAGMA journal_mode = DELETE", err);
		if (result)
			return result;
	}
	return store_exec(store,
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = 1000;"
	    "PRAGMA journal_size_limit = 4194304",
	    err);
}

/* found is store_schema_check's answer. */
static int
store_make_current(struct store *store, int found, struct err *err)
{
	if (found == 0)
		return store_schema_create(store, err);
	return found == 2 ? store_schema_upgrade(store, err) : 0;
}

/* The schema is looked at before anything is written: a file that is not
 * ours stays as it is. */
static int
store_open_file(struct store *store, enum store_mode mode, struct err *err)
{
	int ours;

	if (store_create_file(store, err) ||
	    store_open_database(store, store->path,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, err))
		return -1;
	ours = store_schema_check(store, err);
	if (ours < 0 || store_set_journal(store, mode, err))
		return -1;
	return store_make_current(store, ours, err);
}

static int
store_open_memory(struct store *store, struct err *err)
{
	int ours;

	if (store_open_database(store,
		":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) ||
	    store_copy_from(store, store->path, err))
		return -1;
	ours = store_schema_check(store, err);
	return ours < 0 ? -1 : store_make_current(store, ours, err);
}

static int
store_read_uuid(struct store *store, struct err *err)
{
	struct query query;
	struct span uuid;
	bool valid = false;

	query_begin(&query, store, "SELECT uuid FROM identity");
	if (query_row(&query)) {
		uuid = query_column(&query, 0);
		memcpy(store->uuid, uuid.data,
		    uuid.len < STORE_UUID_DIGITS ? uuid.len
						 : STORE_UUID_DIGITS);
		valid = uuid.len == STORE_UUID_DIGITS &&
			strspn(store->uuid, "0123456789abcdef") ==
			    STORE_UUID_DIGITS;
	}
	if (query_end(&query, err))
		return -1;
	return valid ? 0 : store_fail(store, SQLITE_CORRUPT, 0, err);
}

struct store *
store_open(const char *state_dir, enum store_mode mode, struct err *err)
{
	struct store *store = xcalloc(1, sizeof(*store));
	int result = -1;

	store->path = store_path(state_dir, mode, err);
	if (store->path)
		result = mode == STORE_MEMORY
			     ? store_open_memory(store, err)
			     : store_open_file(store, mode, err);
	if (result || store_read_uuid(store, err)) {
		store_close(store);
		return NULL;
	}
	return store;
}

void
store_close(struct store *store)
{
	size_t i;

	if (!store)
		return;
	for (i = 0; i < store->statement_count; i++)
		sqlite3_finalize(store->statements[i].prepared);
	if (sqlite3_close(store->db))
		BUG("the database is closed while a statement is in use");
	free(store->statements);
	free(store->path);
	free(store);
}

int
store_begin(struct store *store, struct err *err)
{
	struct query query;
	int result;

	if (store->in_transaction)
		BUG("a transaction is begun inside another one");
	query_begin(&query, store, "BEGIN IMMEDIATE");
	result = query_run(&query, err);
	store->in_transaction = !result;
	store->failed = 0;
	return result;
}

/* The pages of a commit of many positions must not stay for ever. */
static void
shrink_cache(struct store *store)
{
	int used, highest;

	if (sqlite3_db_status(store->db, SQLITE_DBSTATUS_CACHE_USED, &used,
		&highest, 0) == SQLITE_OK &&
	    used > CACHE_KEPT)
		sqlite3_db_release_memory(store->db);
}

int
store_commit(struct store *store, struct err *err)
{
	struct query query;
	int result;

	if (!store->in_transaction)
		BUG("nothing is begun that could be committed");
	query_begin(&query, store, "COMMIT");
	result = query_run(&query, err);
	if (result)
		store_rollback(store);
	store->in_transaction = false;
	store->failed = 0;
	shrink_cache(store);
	return result;
}

void
store_rollback(struct store *store)
{
	/* SQLite may have rolled back by itself. */
	if (store->in_transaction && !sqlite3_get_autocommit(store->db))
		store_exec(store, "ROLLBACK", NULL);
	store->in_transaction = false;
	store->failed = 0;
}

const char *
store_uuid(const struct store *store)
{
	return store->uuid;
}

static int
store_sequence_next(struct store *store, int64_t *out, struct err *err)
{
	struct query query;
	int result;

	query_begin(
	    &query, store, "UPDATE identity SET sequence = sequence + 1");
	result = query_run(&query, err);
	if (result)
		return result;
	query_begin(&query, store, "SELECT sequence FROM identity");
	result = query_one_number(&query, out, err);
	return result < 0 ? result : 0;
}

int
store_sequence(struct store *store, int64_t *out, struct err *err)
{
	bool own;
	int result = store_join(store, &own, err);

	if (result)
		return result;
	return store_leave(
	    store, own, store_sequence_next(store, out, err), err);
}

int
store_meta_put(
    struct store *store, struct span name, struct span value, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "INSERT INTO meta (name, value) VALUES (?, ?)"
	    " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
	query_text(&query, name);
	query_blob(&query, value);
	return query_run(&query, err);
}

int
store_meta_get(
    struct store *store, struct span name, struct buf *out, struct err *err)
{
	struct query query;

	query_begin(&query, store, "SELECT value FROM meta WHERE name = ?");
	query_text(&query, name);
	return query_one_value(&query, out, err);
}
