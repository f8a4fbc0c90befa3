/*
 * store_position: the rows of the table position.
 *
 * Hides the columns; the order of binding and of reading is the order of the
 * table.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_position.h"

static void
position_bind(struct query *query, const struct stored_generation *generation)
{
	query_number(query, (int64_t)generation->dev);
	query_number(query, (int64_t)generation->ino);
	query_number(query, generation->birth_ns);
	query_number(query, (int64_t)generation->offset);
	query_blob(query, generation->head);
	query_blob(query, generation->tail);
	query_number(query, generation->skipping);
	query_text(query, generation->incarnation);
}

static void
position_read(
    const struct query *query, int column, struct stored_generation *out)
{
	out->dev = (uint64_t)query_column_number(query, column);
	out->ino = (uint64_t)query_column_number(query, column + 1);
	out->birth_ns = query_column_number(query, column + 2);
	out->offset = (uint64_t)query_column_number(query, column + 3);
	out->head = query_column(query, column + 4);
	out->tail = query_column(query, column + 5);
	out->skipping = query_column_number(query, column + 6) != 0;
	out->incarnation = query_column(query, column + 7);
}

int
store_position_put(struct store *store, const struct stored_position *position,
    struct err *err)
{
	static const struct stored_generation none;
	struct query query;

	query_begin(&query, store,
	    "INSERT INTO position VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
	    " ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', ?)"
	    " ON CONFLICT (path) DO UPDATE SET log = excluded.log,"
	    " dev = excluded.dev, ino = excluded.ino,"
	    " birth_ns = excluded.birth_ns, offset = excluded.offset,"
	    " head = excluded.head, tail = excluded.tail,"
	    " skipping = excluded.skipping,"
	    " incarnation = excluded.incarnation,"
	    " has_previous = excluded.has_previous,"
	    " previous_dev = excluded.previous_dev,"
	    " previous_ino = excluded.previous_ino,"
	    " previous_birth_ns = excluded.previous_birth_ns,"
	    " previous_offset = excluded.previous_offset,"
	    " previous_head = excluded.previous_head,"
	    " previous_tail = excluded.previous_tail,"
	    " previous_skipping = excluded.previous_skipping,"
	    " previous_incarnation = excluded.previous_incarnation,"
	    " changed_ms = excluded.changed_ms");
	query_blob(&query, position->path);
	query_text(&query, position->log);
	position_bind(&query, &position->live);
	query_number(&query, position->has_previous);
	position_bind(
	    &query, position->has_previous ? &position->previous : &none);
	query_number(&query, position->changed_ms);
	return query_run(&query, err);
}

int
store_position_export(struct store *store, struct span path,
    struct span value, enum exported_how how, struct err *err)
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
		position_read(&query, 2, &position.live);
		position.has_previous = query_column_number(&query, 10) != 0;
		position_read(&query, 11, &position.previous);
		position.exported = query_column(&query, 19);
		position.exported_before = query_column(&query, 20);
		position.changed_ms = query_column_number(&query, 21);
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
