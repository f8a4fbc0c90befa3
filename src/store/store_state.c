/*
 * store_state: the rows of the table state.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_state.h"

static int
state_delete(
    struct store *store, const struct stored_state *state, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "DELETE FROM state WHERE rule = ? AND definition = ? AND key = ?");
	query_text(&query, state->rule);
	query_text(&query, state->definition);
	query_blob(&query, state->key);
	return query_run(&query, err);
}

int
store_state_put(
    struct store *store, const struct stored_state *state, struct err *err)
{
	struct query query;

	if (!state->saved.len)
		return state_delete(store, state, err);
	query_begin(&query, store,
	    "REPLACE INTO state (rule, definition, key, saved)"
	    " VALUES (?, ?, ?, ?)");
	query_text(&query, state->rule);
	query_text(&query, state->definition);
	query_blob(&query, state->key);
	query_blob(&query, state->saved);
	return query_run(&query, err);
}

int
store_state_each(struct store *store,
    void (*each)(void *arg, const struct stored_state *state), void *arg,
    struct err *err)
{
	struct stored_state state;
	struct query query;

	query_begin(
	    &query, store, "SELECT rule, definition, key, saved FROM state");
	while (query_row(&query)) {
		state.rule = query_column(&query, 0);
		state.definition = query_column(&query, 1);
		state.key = query_column(&query, 2);
		state.saved = query_column(&query, 3);
		each(arg, &state);
	}
	return query_end(&query, err);
}

int
store_state_each_of(struct store *store, struct span rule,
    struct span definition,
    void (*each)(void *arg, const struct stored_state *state), void *arg,
    struct err *err)
{
	struct stored_state state = {.rule = rule, .definition = definition};
	struct query query;

	query_begin(&query, store,
	    "SELECT key, saved FROM state WHERE rule = ? AND definition = ?");
	query_text(&query, rule);
	query_text(&query, definition);
	while (query_row(&query)) {
		state.key = query_column(&query, 0);
		state.saved = query_column(&query, 1);
		each(arg, &state);
	}
	return query_end(&query, err);
}

int
store_state_owners(
    struct store *store, owner_call *each, void *arg, struct err *err)
{
	return query_owners(store,
	    "SELECT * FROM (SELECT rule, definition FROM state"
	    " WHERE rule = ?1 AND definition > ?2"
	    " ORDER BY definition LIMIT 1)"
	    " UNION ALL SELECT * FROM (SELECT rule, definition FROM state"
	    " WHERE rule > ?1 ORDER BY rule, definition LIMIT 1) LIMIT 1",
	    each, arg, err);
}

int
store_state_forget(struct store *store, struct span rule,
    const char *keep_definition, struct err *err)
{
	struct query query;

	/* No definition is the empty text. */
	query_begin(&query, store,
	    "DELETE FROM state WHERE rule = ? AND definition <> ?");
	query_text(&query, rule);
	query_text(&query, span_str(keep_definition));
	return query_run(&query, err);
}
