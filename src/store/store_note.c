/*
 * store_note: the rows of the table note.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_note.h"

static int
note_delete(
    struct store *store, const char *kind, struct span name, struct err *err)
{
	struct query query;

	query_begin(
	    &query, store, "DELETE FROM note WHERE kind = ? AND name = ?");
	query_text(&query, span_str(kind));
	query_blob(&query, name);
	return query_run(&query, err);
}

int
store_note_put(struct store *store, const char *kind, struct span name,
    struct span saved, struct err *err)
{
	struct query query;

	if (!saved.len)
		return note_delete(store, kind, name, err);
	query_begin(&query, store,
	    "REPLACE INTO note (kind, name, saved) VALUES (?, ?, ?)");
	query_text(&query, span_str(kind));
	query_blob(&query, name);
	query_blob(&query, saved);
	return query_run(&query, err);
}

int
store_note_each(struct store *store, const char *kind,
    void (*each)(void *arg, struct span name, struct span saved), void *arg,
    struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "SELECT name, saved FROM note WHERE kind = ? ORDER BY name");
	query_text(&query, span_str(kind));
	while (query_row(&query))
		each(arg, query_column(&query, 0), query_column(&query, 1));
	return query_end(&query, err);
}
