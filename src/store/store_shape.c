/*
 * store_shape: the rows of the table shape.
 *
 * Hides that SQLite's integers are signed.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_shape.h"

int
store_shape_put(struct store *store, struct span rule, struct span definition,
    uint64_t shape, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "INSERT INTO shape (rule, definition, shape) VALUES (?, ?, ?)"
	    " ON CONFLICT (rule, definition, shape) DO NOTHING");
	query_text(&query, rule);
	query_text(&query, definition);
	query_number(&query, (int64_t)shape);
	return query_run(&query, err);
}

int
store_shape_each(struct store *store,
    void (*each)(
	void *arg, struct span rule, struct span definition, uint64_t shape),
    void *arg, struct err *err)
{
	struct query query;

	query_begin(&query, store, "SELECT rule, definition, shape FROM shape");
	while (query_row(&query))
		each(arg, query_column(&query, 0), query_column(&query, 1),
		    (uint64_t)query_column_number(&query, 2));
	return query_end(&query, err);
}

int
store_shape_owners(
    struct store *store, owner_call *each, void *arg, struct err *err)
{
	return query_owners(store,
	    "SELECT * FROM (SELECT rule, definition FROM shape"
	    " WHERE rule = ?1 AND definition > ?2"
	    " ORDER BY definition LIMIT 1)"
	    " UNION ALL SELECT * FROM (SELECT rule, definition FROM shape"
	    " WHERE rule > ?1 ORDER BY rule, definition LIMIT 1) LIMIT 1",
	    each, arg, err);
}

int
store_shape_forget(struct store *store, struct span rule,
    const char *keep_definition, struct err *err)
{
	struct query query;

	/* No definition is the empty text. */
	query_begin(&query, store,
	    "DELETE FROM shape WHERE rule = ? AND definition <> ?");
	query_text(&query, rule);
	query_text(&query, span_str(keep_definition));
	return query_run(&query, err);
}
