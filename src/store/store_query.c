/*
 * store_query: statements, prepared once, and what their failures mean.
 *
 * Hides SQLite's codes.  A failure inside a transaction spoils it: SQLite
 * itself may have rolled back, and whatever came after would stand alone, so
 * nothing more is done until store_commit or store_rollback.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "store/store_internal.h"

static bool
store_no_room(int code, int system_error)
{
	int primary = code & 0xff;

	if (primary == SQLITE_FULL)
		return true;
	/* EFBIG: the file has reached the limit set for this process. */
	return (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) &&
	       (system_error == ENOSPC || system_error == EDQUOT ||
		   system_error == EFBIG);
}

/* Sentences for what a person can do something about. */
static const struct store_sentence {
	int code;		    /* primary */
	const char *before, *after; /* the path */
} store_sentences[] = {
    {SQLITE_NOTADB, "",
	" is no database of ctail; move it away, and ctail begins a new one"},
    {SQLITE_CORRUPT, "the database ",
	" is damaged; stop ctaild, keep a copy, and move it away: ctail then "
	"begins a new one"},
    /* Every statement is ours: one that does not fit means other tables. */
    {SQLITE_ERROR, "the database ",
	" is not made as its format says, as if it had been changed by hand; "
	"stop ctaild, keep a copy, and move it away: ctail then begins a new "
	"one"},
    {SQLITE_READONLY, "the database ",
	" cannot be written; check its owner and mode, and those of its "
	"directory"},
    {SQLITE_BUSY, "the database ",
	" is in use by another program; close that one"},
    {SQLITE_TOOBIG, "the database ",
	" would hold or holds a value that is too large"},
};

int
store_fail(struct store *store, int code, int system_error, struct err *err)
{
	size_t i, count = sizeof(store_sentences) / sizeof(store_sentences[0]);
	const char *words =
	    system_error ? strerror(system_error) : sqlite3_errstr(code);
	const struct store_sentence *sentence;

	if (store_no_room(code, system_error)) {
		err_set(err,
		    "no room to write the database %s (%s); free some space",
		    store->path, system_error ? words : "disk full");
		return STORE_FULL;
	}
	for (i = 0; i < count; i++) {
		sentence = &store_sentences[i];
		if (sentence->code == (code & 0xff))
			return err_set(err, "%s%s%s", sentence->before,
			    store->path, sentence->after);
	}
	return err_set(
	    err, "the database %s: %s (%d)", store->path, words, code);
}

int
store_file_error(sqlite3_file *file)
{
	int error = 0;

	if (file && file->pMethods)
		file->pMethods->xFileControl(
		    file, SQLITE_FCNTL_LAST_ERRNO, &error);
	return error;
}

/* The errno behind a code that has one; elsewhere it would be an old one.
 * When a commit fails SQLite does not pass it on, and the file that was
 * written, the log or the database, has to be asked. */
static int
store_system_error(struct store *store, int code)
{
	sqlite3_file *file = NULL;
	int error;

	if ((code & 0xff) != SQLITE_IOERR && (code & 0xff) != SQLITE_CANTOPEN)
		return 0;
	error = sqlite3_system_errno(store->db);
	if (error)
		return error;
	sqlite3_file_control(
	    store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
	error = store_file_error(file);
	if (error)
		return error;
	file = NULL;
	sqlite3_file_control(
	    store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
	return store_file_error(file);
}

static void
query_fail(struct query *query, int code)
{
	if (query->code)
		return;
	query->code = code;
	query->system_error = store_system_error(query->store, code);
}

static sqlite3_stmt *
store_statement(struct store *store, const char *sql, int *code_out)
{
	struct store_statement *known;
	sqlite3_stmt *prepared = NULL;
	size_t i;

	for (i = 0; i < store->statement_count; i++) {
		if (store->statements[i].sql == sql)
			return store->statements[i].prepared;
	}
	*code_out = sqlite3_prepare_v3(
	    store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, NULL);
	if (*code_out)
		return NULL;
	store->statements = xreallocarray(store->statements,
	    store->statement_count + 1, sizeof(*store->statements));
	known = &store->statements[store->statement_count++];
	*known = (struct store_statement){sql, prepared};
	return prepared;
}

void
query_begin(struct query *query, struct store *store, const char *sql)
{
	int code = 0;

	*query = (struct query){.store = store};
	if (store->in_transaction && store->failed) {
		query->code = SQLITE_ABORT;
		return;
	}
	query->stmt = store_statement(store, sql, &code);
	if (code)
		query_fail(query, code);
	else if (sqlite3_stmt_busy(query->stmt))
		BUG("a statement is used inside itself: %s", sql);
}

static void
query_bound(struct query *query, int code)
{
	if (code)
		query_fail(query, code);
}

void
query_text(struct query *query, struct span text)
{
	query->parameter++;
	if (!query->code)
		query_bound(
		    query, sqlite3_bind_text64(query->stmt, query->parameter,
			       text.data ? text.data : "", text.len,
			       SQLITE_STATIC, SQLITE_UTF8));
}

void
query_blob(struct query *query, struct span bytes)
{
	query->parameter++;
	/* A NULL pointer would bind NULL, not the empty blob. */
	if (!query->code)
		query_bound(query,
		    sqlite3_bind_blob64(query->stmt, query->parameter,
			bytes.len ? bytes.data : "", bytes.len, SQLITE_STATIC));
}

void
query_number(struct query *query, int64_t number)
{
	query->parameter++;
	if (!query->code)
		query_bound(query,
		    sqlite3_bind_int64(query->stmt, query->parameter, number));
}

void
query_null(struct query *query)
{
	query->parameter++;
	if (!query->code)
		query_bound(
		    query, sqlite3_bind_null(query->stmt, query->parameter));
}

void
query_filter(struct query *query, const char *text)
{
	if (text)
		query_text(query, span_str(text));
	else
		query_null(query);
}

bool
query_row(struct query *query)
{
	int code;

	if (query->code)
		return false;
	code = sqlite3_step(query->stmt);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		query_fail(query, code);
	return false;
}

int64_t
query_column_number(const struct query *query, int column)
{
	return sqlite3_column_int64(query->stmt, column);
}

int64_t
query_column_bounded(const struct query *query, int column, int64_t max)
{
	int64_t number = query_column_number(query, column);

	if (number < 0)
		return 0;
	return number < max ? number : max;
}

struct span
query_column(const struct query *query, int column)
{
	const void *bytes = sqlite3_column_blob(query->stmt, column);
	int len = sqlite3_column_bytes(query->stmt, column);

	return bytes && len > 0 ? span_of(bytes, (size_t)len) : span_of("", 0);
}

int
query_end(struct query *query, struct err *err)
{
	struct store *store = query->store;
	int result;

	if (query->stmt) {
		sqlite3_reset(query->stmt);
		sqlite3_clear_bindings(query->stmt);
	}
	if (!query->code)
		return 0;
	if (!query->stmt && store->failed) {
		err_set(err,
		    "the database %s: the transaction has failed already",
		    store->path);
		return store->failed;
	}
	result = store_fail(store, query->code, query->system_error, err);
	if (store->in_transaction)
		store->failed = result;
	return result;
}

int
query_run(struct query *query, struct err *err)
{
	while (query_row(query))
		;
	return query_end(query, err);
}

int
query_one_number(struct query *query, int64_t *out, struct err *err)
{
	bool found = query_row(query);
	int result;

	if (found)
		*out = query_column_number(query, 0);
	result = query_end(query, err);
	return result ? result : found;
}

int
query_one_value(struct query *query, struct buf *out, struct err *err)
{
	bool found = query_row(query);
	int result;

	if (found)
		buf_add_span(out, query_column(query, 0));
	result = query_end(query, err);
	return result ? result : found;
}

struct owner {
	struct buf rule, definition;
};

/* Sets the owner to the one behind it; false: there is none.  In a file that
 * was tampered with the one behind it may be itself, or one before. */
static bool
owner_follows(struct owner *owner, const struct query *query)
{
	struct span rule = query_column(query, 0);
	struct span definition = query_column(query, 1);
	int order = span_order(rule, buf_span(&owner->rule));

	if (order < 0 ||
	    (!order &&
		span_order(definition, buf_span(&owner->definition)) <= 0))
		return false;
	buf_reset(&owner->rule);
	buf_add_span(&owner->rule, rule);
	buf_reset(&owner->definition);
	buf_add_span(&owner->definition, definition);
	return true;
}

int
query_owners(struct store *store, const char *sql, owner_call *each, void *arg,
    struct err *err)
{
	struct owner owner = {BUF_INIT, BUF_INIT};
	struct query query;
	bool found = true;
	int result = 0;

	while (found && !result) {
		query_begin(&query, store, sql);
		query_text(&query, buf_span(&owner.rule));
		query_text(&query, buf_span(&owner.definition));
		found = query_row(&query) && owner_follows(&owner, &query);
		result = query_end(&query, err);
		if (found)
			each(arg, buf_span(&owner.rule),
			    buf_span(&owner.definition));
	}
	buf_release(&owner.rule);
	buf_release(&owner.definition);
	return result;
}

int
store_exec(struct store *store, const char *sql, struct err *err)
{
	int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return code ? store_fail(
			  store, code, store_system_error(store, code), err)
		    : 0;
}

int
store_join(struct store *store, bool *own_out, struct err *err)
{
	*own_out = !store->in_transaction;
	return *own_out ? store_begin(store, err) : 0;
}

int
store_leave(struct store *store, bool own, int result, struct err *err)
{
	int own_result;

	if (!own)
		return result;
	if (result < 0) {
		store_rollback(store);
		return result;
	}
	own_result = store_commit(store, err);
	return own_result ? own_result : result;
}
