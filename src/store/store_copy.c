/*
 * store_copy: what the database says, without touching it.
 *
 * Hides how a file is read that somebody else may be writing.  Without a
 * write-ahead log beside it the file is whole, and is read as one that does
 * not change, so that SQLite makes no file of its own; with one, the log has
 * to be read too, which needs SQLite's shared memory.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "store/store_internal.h"

static bool
store_log_is_empty(const char *path)
{
	struct buf log = BUF_INIT;
	struct stat status;
	bool empty;

	buf_addf(&log, "%s-wal", path);
	empty = stat(buf_str(&log), &status) || !status.st_size;
	buf_release(&log);
	return empty;
}

/* A file: address of the path; every byte but the plain ones is encoded. */
static char *
store_address(const char *path)
{
	struct buf address = BUF_INIT;
	const char *at;

	buf_add_str(&address, "file:");
	for (at = path; *at; at++) {
		if (ascii_is_word(*at) || strchr("/.-", *at))
			buf_add_byte(&address, *at);
		else
			buf_addf(&address, "%%%02x", (unsigned char)*at);
	}
	if (store_log_is_empty(path))
		buf_add_str(&address, "?immutable=1");
	return buf_take(&address);
}

static int
store_copy_all(struct store *store, sqlite3 *source, struct err *err)
{
	sqlite3_backup *backup =
	    sqlite3_backup_init(store->db, "main", source, "main");
	int code;

	if (!backup)
		return store_fail(
		    store, sqlite3_extended_errcode(store->db), 0, err);
	sqlite3_backup_step(backup, -1);
	code = sqlite3_backup_finish(backup);
	return code ? store_fail(store, code, 0, err) : 0;
}

int
store_copy_from(struct store *store, const char *path, struct err *err)
{
	char *address = store_address(path);
	sqlite3 *source = NULL;
	int code, result = 0;

	code = access(path, R_OK)
		   ? SQLITE_CANTOPEN
		   : sqlite3_open_v2(address, &source,
			 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
			     SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
			 NULL);
	if (!code)
		result = store_copy_all(store, source, err);
	sqlite3_close(source);
	free(address);
	return result;
}
