/*
 * store_position: the rows of the table position.
 *
 * Hides the columns; the order of binding and of reading is the order of the
 * table.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_position.h"

int
store_position_put(struct store *store, const struct stored_position *position,
    struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "INSERT INTO position VALUES (?, ?, ?, '', '', ?, ?)"
	    " ON CONFLICT (path) DO UPDATE SET log = excluded.log,"
	    " checkpoint = excluded.checkpoint,"
	    " changed_ms = excluded.changed_ms,"
	    " newest_ms = excluded.newest_ms");
	query_blob(&query, position->path);
	query_text(&query, position->log);
	query_text(&query, position->checkpoint);
	query_number(&query, position->changed_ms);
	query_number(&query, position->newest_ms);
	return query_run(&query, err);
}

int
store_position_export(struct store *store, struct span path, struct span value,
    enum exported_how how, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    how == EXPORTED_NEXT
		? "UPDATE position SET exported_before = exported,"
		  " exported = ? WHERE path = ?"
		: "UPDATE position SET exported = ? WHERE path = ?");
	query_text(&query, value);
	query_blob(&query, path);
	return query_run(&query, err);
}

int
store_position_each(struct store *store,
    void (*each)(void *arg, const struct stored_position *position), void *arg,
    struct err *err)
{
	struct stored_position position;
	struct query query;

	query_begin(&query, store, "SELECT * FROM position ORDER BY path");
	while (query_row(&query)) {
		position.path = query_column(&query, 0);
		position.log = query_column(&query, 1);
		position.checkpoint = query_column(&query, 2);
		position.exported = query_column(&query, 3);
		position.exported_before = query_column(&query, 4);
		position.changed_ms = query_column_number(&query, 5);
		position.newest_ms = query_column_number(&query, 6);
		each(arg, &position);
	}
	return query_end(&query, err);
}

int
store_position_delete(struct store *store, struct span path, struct err *err)
{
	struct query query;

	query_begin(&query, store, "DELETE FROM position WHERE path = ?");
	query_blob(&query, path);
	return query_run(&query, err);
}
