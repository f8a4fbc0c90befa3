/*
 * store_internal: the open database, and one way to ask it something.
 *
 * Private to the store room.  A query's mistakes are kept until query_end,
 * which turns the first one into a sentence, so that binding and stepping
 * need no checks of their own.
 */
#ifndef CTAIL_STORE_STORE_INTERNAL_H
#define CTAIL_STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include "base/buf.h"
#include "store/store.h"

#define STORE_FORMAT 5			/* user_version */
#define STORE_FORMAT_OLDEST 1		/* that can be converted */
#define STORE_APPLICATION 1668571500	/* application_id: "ctal" */
#define STORE_UUID_DIGITS 32
#define STORE_ANSWER_BYTES_MAX 2048	/* longer ones are cut */
#define STORE_MS_MAX 253402300799000	/* the end of the year 9999 */
#define STORE_ATTEMPTS_MAX 1000000000

/* Pragmas take no parameters. */
#define STORE_TEXT_OF_WORD(word) #word
#define STORE_TEXT_OF(macro) STORE_TEXT_OF_WORD(macro)
#define STORE_SET_FORMAT \
	"PRAGMA user_version = " STORE_TEXT_OF(STORE_FORMAT)

struct store_statement {
	const char *sql;	/* compared as a pointer */
	sqlite3_stmt *prepared;
};

struct store {
	sqlite3 *db;
	char *path;		/* for sentences */
	struct store_statement *statements;
	size_t statement_count;
	bool log;		/* write-ahead; not so, every commit is
				 * durable */
	bool unsynced;		/* there were lazy commits */
	enum store_durability durability;
	bool in_transaction;	/* between store_begin and its end */
	int failed;		/* 0, -1 or STORE_FULL: it cannot commit */
	char uuid[STORE_UUID_DIGITS + 1];
};

struct query {
	struct store *store;
	sqlite3_stmt *stmt;
	int parameter;		/* the last one bound */
	int code;		/* SQLite's, of the first failure */
	int system_error;	/* errno of it, or 0 */
};

/* sql must be a constant: prepared once, kept until the store is closed. */
void query_begin(struct query *query, struct store *store, const char *sql);

/* Bind the next parameter; the bytes must live until query_end. */
void query_text(struct query *query, struct span text);
void query_blob(struct query *query, struct span bytes);
void query_number(struct query *query, int64_t number);
void query_null(struct query *query);

/* Text, or NULL for any. */
void query_filter(struct query *query, const char *text);

/* True while there is a row. */
bool query_row(struct query *query);
int64_t query_column_number(const struct query *query, int column);

/* From 0 to max, whatever a damaged database says: nobody who reckons with it
 * has to think of more. */
int64_t query_column_bounded(
    const struct query *query, int column, int64_t max);
struct span query_column(const struct query *query, int column);

/* 0, -1 or STORE_FULL with a sentence. */
int query_end(struct query *query, struct err *err);

/* For a query without rows: step and end. */
int query_run(struct query *query, struct err *err);

/* The first column of the first row; 1, or 0 and nothing when there is no
 * row.  Ends the query. */
int query_one_number(struct query *query, int64_t *out, struct err *err);

/* The same for bytes, which are appended to out. */
int query_one_value(struct query *query, struct buf *out, struct err *err);

/* Hands out one rule and definition after the other, each the first behind the
 * two that the query is asked with. */
int query_owners(struct store *store, const char *sql, owner_call *each,
    void *arg, struct err *err);

/* Hands out the rows of a query of these columns and ends it. */
#define STORE_OUTBOX_COLUMNS \
	"outbox.id, alert.id, sink, state, due_ms, made_ms, attempts," \
	" last_answer, rule, subject, kind, severity, settled"

struct outbox_row;
int query_outbox_rows(struct query *query,
    void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err);

/* Statements that are not kept. */
int store_exec(struct store *store, const char *sql, struct err *err);

/* The sentence for an SQLite code; returns -1 or STORE_FULL. */
int store_fail(struct store *store, int code, int system_error,
    struct err *err);

/* The errno of what failed last with a file; 0: none is known. */
int store_file_error(sqlite3_file *file);

/* Several statements that belong together: joins the caller's transaction or
 * makes one of its own. */
int store_join(struct store *store, bool *own_out, struct err *err);
int store_leave(struct store *store, bool own, int result, struct err *err);

/* Looks whose the database is: 1 ours, 2 ours but of an older format, 0
 * empty, -1 neither. */
int store_schema_check(struct store *store, struct err *err);
int store_schema_create(struct store *store, struct err *err);
int store_schema_upgrade(struct store *store, struct err *err);

/* Make what came with formats 2 to 5. */
extern const char store_sql_position[];
extern const char store_sql_format_3[];
extern const char store_sql_format_4[];
extern const char store_sql_format_5[];

/* The number of an incident; false: the name is empty, it is none. */
bool store_incident(struct span name, int64_t *out);

/* Mends the order behind a change of one row (one transaction with it), or
 * that of everything at a sink (NULL: at all). */
int store_order_row(struct store *store, int64_t row, struct err *err);
int store_order_sink(struct store *store, const char *sink, struct err *err);

/* Fills an open, empty database from the file at path, which is not changed.
 * A file that is not there or may not be read leaves it empty. */
int store_copy_from(struct store *store, const char *path, struct err *err);

/* For the test that looks at their plans. */
extern const char store_sql_outbox_due[];
extern const char store_sql_outbox_sinks[];
extern const char store_sql_outbox_put[];
extern const char store_sql_outbox_totals[];
extern const char store_sql_order_first[];
extern const char store_sql_order_second[];
extern const char store_sql_alert_prune[];
extern const char store_sql_alert_prune_most[];
extern const char store_sql_report_prune[];
extern const char store_sql_alert_list[];

#endif
