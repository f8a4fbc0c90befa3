/*
 * store_schema: what the database is made of, and whose it is.
 *
 * The one place where tables are defined.  Times are wall-clock ms.  Bytes
 * that come from outside (paths, keys) are blobs.
 */
#include "config.h"

#include "base/random.h"
#include "store/store_internal.h"

const char store_sql_position[] =
    "CREATE TABLE position ("
    " path BLOB PRIMARY KEY NOT NULL,"
    " log TEXT NOT NULL,"
    " checkpoint TEXT NOT NULL,"
    " exported TEXT NOT NULL, exported_before TEXT NOT NULL,"
    " changed_ms INTEGER NOT NULL,"
    " newest_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;";

const char store_sql_format_3[] =
    "CREATE TABLE note ("
    " kind TEXT NOT NULL,"
    " name BLOB NOT NULL,"
    " saved BLOB NOT NULL,"
    " PRIMARY KEY (kind, name)) WITHOUT ROWID;"

    "CREATE TABLE shape ("
    " rule TEXT NOT NULL,"
    " definition TEXT NOT NULL,"
    " shape INTEGER NOT NULL,"
    " PRIMARY KEY (rule, definition, shape)) WITHOUT ROWID;";

/* Of what waits: per alert, and in its order; of what is dead. */
const char store_sql_format_4[] =
    "CREATE INDEX outbox_waiting ON outbox (alert) WHERE state IN (0, 4);"
    "CREATE INDEX outbox_order ON outbox (sink, incident, id, state)"
    " WHERE state IN (0, 4);"
    "CREATE INDEX outbox_dead ON outbox (sink, id, state) WHERE state = 2;";

/* Lines of reports that are not told yet; and reports that are. */
const char store_sql_format_5[] =
    "CREATE TABLE report ("
    " n INTEGER PRIMARY KEY,"
    " section TEXT NOT NULL,"
    " layer INTEGER NOT NULL,"
    " part BLOB NOT NULL,"
    " log BLOB NOT NULL,"
    " at_ms INTEGER NOT NULL,"
    " text BLOB NOT NULL);"
    "CREATE INDEX report_section ON report (section, n);"
    "CREATE INDEX alert_report ON alert (made_ms) WHERE kind = 'report';";

static const char store_schema[] =
    "CREATE TABLE identity ("
    " uuid TEXT NOT NULL,"
    " sequence INTEGER NOT NULL);"

    "CREATE TABLE meta ("
    " name TEXT PRIMARY KEY NOT NULL,"
    " value BLOB NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE state ("
    " rule TEXT NOT NULL,"
    " definition TEXT NOT NULL,"
    " key BLOB NOT NULL,"
    " saved BLOB NOT NULL,"
    " PRIMARY KEY (rule, definition, key)) WITHOUT ROWID;"

    "CREATE TABLE alert ("
    " n INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " incident TEXT NOT NULL,"
    " rule TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " subject TEXT NOT NULL,"
    " severity INTEGER NOT NULL,"
    " made_ms INTEGER NOT NULL,"
    " fields BLOB NOT NULL);"
    "CREATE INDEX alert_made ON alert (made_ms);"

    /* state: enum outbox_state; incident: store_incident's number. */
    "CREATE TABLE outbox ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " alert INTEGER NOT NULL REFERENCES alert (n) ON DELETE CASCADE,"
    " sink TEXT NOT NULL,"
    " moved_from TEXT,"
    " state INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL,"
    " last_answer TEXT NOT NULL,"
    " incident INTEGER,"
    " settled TEXT NOT NULL DEFAULT '',"
    " UNIQUE (alert, sink));"
    "CREATE INDEX outbox_due ON outbox (sink, due_ms, id, state)"
    " WHERE state = 0;"

    "CREATE TABLE attempt ("
    " outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,"
    " at_ms INTEGER NOT NULL,"
    " outcome TEXT NOT NULL,"
    " answer TEXT NOT NULL);"
    "CREATE INDEX attempt_outbox ON attempt (outbox);";

static int
store_pragma(
    struct store *store, const char *sql, int64_t *out, struct err *err)
{
	struct query query;

	query_begin(&query, store, sql);
	return query_one_number(&query, out, err) < 0 ? -1 : 0;
}

int
store_schema_check(struct store *store, struct err *err)
{
	int64_t version = 0, application = 0, tables = 0;

	if (store_pragma(store, "PRAGMA user_version", &version, err) ||
	    store_pragma(store, "PRAGMA application_id", &application, err) ||
	    store_pragma(
		store, "SELECT count(*) FROM sqlite_master", &tables, err))
		return -1;
	if (!version && !application && !tables)
		return 0;
	if (application != STORE_APPLICATION)
		return store_fail(store, SQLITE_NOTADB, 0, err);
	if (version > STORE_FORMAT)
		return err_set(err,
		    "the database %s was written by a newer ctail (format "
		    "%lld, this one knows %d); install that version, or move "
		    "the file away",
		    store->path, (long long)version, STORE_FORMAT);
	if (version < STORE_FORMAT_OLDEST)
		return store_fail(store, SQLITE_CORRUPT, 0, err);
	return version < STORE_FORMAT ? 2 : 1;
}

static int
store_schema_fill(struct store *store, struct err *err)
{
	char uuid[STORE_UUID_DIGITS + 1];
	struct query query;
	int result;

	result = store_exec(store, store_schema, err);
	if (!result)
		result = store_exec(store, store_sql_position, err);
	if (!result)
		result = store_exec(store, store_sql_format_3, err);
	if (!result)
		result = store_exec(store, store_sql_format_4, err);
	if (!result)
		result = store_exec(store, store_sql_format_5, err);
	if (result)
		return result;
	random_uuid(uuid);
	query_begin(&query, store, "INSERT INTO identity VALUES (?, 0)");
	query_text(&query, span_str(uuid));
	result = query_run(&query, err);
	if (result)
		return result;
	return store_exec(store,
	    "PRAGMA application_id = " STORE_TEXT_OF(
		STORE_APPLICATION) ";" STORE_SET_FORMAT,
	    err);
}

int
store_schema_create(struct store *store, struct err *err)
{
	int result = store_begin(store, err);

	return store_leave(
	    store, true, result ? result : store_schema_fill(store, err), err);
}
