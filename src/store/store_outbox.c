/*
 * store_outbox: who has still to hear an alert, and what was tried.
 *
 * The rows of the tables outbox and attempt.  The queries below name states
 * by number, as the partial indexes do.
 */
#include "config.h"

#include <stdlib.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/severity.h"
#include "base/utf8.h"
#include "store/store_alert.h"
#include "store/store_internal.h"

_Static_assert(OUTBOX_DUE == 0 && OUTBOX_DELIVERED == 1 && OUTBOX_DEAD == 2 &&
		   OUTBOX_HELD == 3 && OUTBOX_BEHIND == 4 &&
		   OUTBOX_DROPPED == 5,
    "the database holds these numbers");

static const char *const outbox_state_names[] = {
    "due", "delivered", "dead", "held", "behind", "dropped"};

const char store_sql_outbox_due[] =
    "SELECT " STORE_OUTBOX_COLUMNS
    " FROM outbox JOIN alert ON outbox.alert = alert.n"
    " WHERE state = 0 AND sink = ? AND due_ms <= ?"
    " ORDER BY due_ms, outbox.id LIMIT ?";

/* From one sink to the next by the index, not from row to row.  Whoever is
 * behind is so behind a due row of the same sink. */
const char store_sql_outbox_sinks[] =
    "WITH RECURSIVE next (name) AS ("
    " SELECT * FROM (SELECT sink FROM outbox WHERE state = 0"
    "  ORDER BY sink LIMIT 1)"
    " UNION ALL"
    " SELECT (SELECT sink FROM outbox WHERE state = 0 AND sink > name"
    "  ORDER BY sink LIMIT 1) FROM next WHERE name IS NOT NULL)"
    " SELECT name, (SELECT due_ms FROM outbox"
    "  WHERE state = 0 AND sink = name ORDER BY due_ms LIMIT 1)"
    " FROM next WHERE name IS NOT NULL";

const char store_sql_outbox_put[] =
    "INSERT INTO outbox (alert, sink, state, due_ms, attempts, last_answer,"
    " incident, settled)"
    " VALUES (?1, ?2, CASE WHEN ?3 = 0 AND EXISTS ("
    "  SELECT 1 FROM outbox INDEXED BY outbox_order"
    "  WHERE sink = ?2 AND incident = ?5 AND state IN (0, 4))"
    " THEN 4 ELSE ?3 END, ?4, 0, '', ?5, '')"
    " ON CONFLICT (alert, sink) DO NOTHING";

const char *
outbox_state_name(enum outbox_state state)
{
	if (state < OUTBOX_DUE || state > OUTBOX_DROPPED)
		BUG("%d is no state of an outbox row", (int)state);
	return outbox_state_names[state];
}

/* An alert that nobody is to hear waits for nobody. */
static enum outbox_state
state_of_row(int64_t row, int64_t state)
{
	if (!row)
		return OUTBOX_DELIVERED;
	return state >= OUTBOX_DUE && state <= OUTBOX_DROPPED
		   ? (enum outbox_state)state
		   : OUTBOX_DEAD;
}

int
query_outbox_rows(struct query *query,
    void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err)
{
	struct outbox_row row;

	while (query_row(query)) {
		row.id = query_column_number(query, 0);
		row.alert_id = query_column(query, 1);
		row.sink = query_column(query, 2);
		row.state = state_of_row(row.id, query_column_number(query, 3));
		row.due_ms = query_column_bounded(query, 4, STORE_MS_MAX);
		row.made_ms = query_column_bounded(query, 5, STORE_MS_MAX);
		row.attempts =
		    query_column_bounded(query, 6, STORE_ATTEMPTS_MAX);
		row.last_answer = query_column(query, 7);
		row.last_answer.len =
		    utf8_cut(row.last_answer, STORE_ANSWER_BYTES_MAX);
		row.rule = query_column(query, 8);
		row.subject = query_column(query, 9);
		row.kind = query_column(query, 10);
		row.severity =
		    (int)query_column_bounded(query, 11, SEVERITY_CRITICAL);
		row.settled = query_column(query, 12);
		each(arg, &row);
	}
	return query_end(query, err);
}

struct outbox_alert {
	int64_t n;
	bool ordered; /* it belongs to an incident */
	int64_t incident;
};

static int
outbox_find_alert(struct store *store, struct span id, struct outbox_alert *out,
    struct err *err)
{
	struct query query;
	bool found;
	int result;

	query_begin(
	    &query, store, "SELECT n, incident FROM alert WHERE id = ?");
	query_text(&query, id);
	found = query_row(&query);
	if (found) {
		out->n = query_column_number(&query, 0);
		out->ordered =
		    store_incident(query_column(&query, 1), &out->incident);
	}
	result = query_end(&query, err);
	if (!result && !found)
		return err_set(err, "the alert %.*s is not in the database %s",
		    (int)(id.len < 64 ? id.len : 64), id.data, store->path);
	return result;
}

static int
outbox_insert(struct store *store, struct span alert_id, struct span sink,
    enum outbox_state state, int64_t due_ms, struct err *err)
{
	struct query query;
	struct outbox_alert alert = {0};
	int result = outbox_find_alert(store, alert_id, &alert, err);

	if (result)
		return result;
	query_begin(&query, store, store_sql_outbox_put);
	query_number(&query, alert.n);
	query_text(&query, sink);
	query_number(&query, state);
	query_number(&query, due_ms);
	if (alert.ordered)
		query_number(&query, alert.incident);
	else
		query_null(&query);
	return query_run(&query, err);
}

int
store_outbox_put(struct store *store, struct span alert_id, struct span sink,
    int64_t due_ms, struct err *err)
{
	return outbox_insert(store, alert_id, sink, OUTBOX_DUE, due_ms, err);
}

int
store_outbox_hold(struct store *store, struct span alert_id, struct span sink,
    struct err *err)
{
	return outbox_insert(store, alert_id, sink, OUTBOX_HELD, 0, err);
}

int
store_outbox_due(struct store *store, struct span sink, int64_t now_ms,
    int limit, void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_outbox_due);
	query_text(&query, sink);
	query_number(&query, now_ms);
	query_number(&query, limit);
	return query_outbox_rows(&query, each, arg, err);
}

int
store_outbox_sinks(struct store *store,
    void (*each)(void *arg, struct span sink, int64_t due_ms), void *arg,
    struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_outbox_sinks);
	while (query_row(&query))
		each(arg, query_column(&query, 0),
		    query_column_bounded(&query, 1, STORE_MS_MAX));
	return query_end(&query, err);
}

/* While an attempt was under way somebody may have changed the order, in which
 * the row then stays; or may have dropped it, which stands unless it arrived
 * after all; or the row is no more, and nobody asks.  1: it is there. */
static int
outbox_update(struct store *store, const struct outbox_attempt *attempt,
    struct span answer, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store,
	    "UPDATE outbox SET state = CASE"
	    "  WHEN state = 5 AND ?1 <> 1 THEN 5"
	    "  WHEN ?1 <> 0 THEN ?1"
	    "  WHEN state IN (0, 4) THEN state"
	    "  WHEN incident IS NULL THEN 0 ELSE 4 END,"
	    " last_answer = CASE"
	    "  WHEN state = 5 AND ?1 <> 1 THEN last_answer ELSE ?3 END,"
	    " due_ms = ?2, attempts = attempts + 1, settled = ?4"
	    " WHERE id = ?5");
	query_number(&query, attempt->state);
	query_number(&query, attempt->due_ms);
	query_text(&query, answer);
	query_text(&query, attempt->settled);
	query_number(&query, attempt->row);
	result = query_run(&query, err);
	return result ? result : sqlite3_changes(store->db) > 0;
}

static int
outbox_record(
    struct store *store, const struct outbox_attempt *attempt, struct err *err)
{
	struct span answer = attempt->answer;
	struct query query;
	int result;

	answer.len = utf8_cut(answer, STORE_ANSWER_BYTES_MAX);
	result = outbox_update(store, attempt, answer, err);
	if (result < 1)
		return result;
	query_begin(&query, store,
	    "INSERT INTO attempt (outbox, at_ms, outcome, answer)"
	    " VALUES (?, ?, ?, ?)");
	query_number(&query, attempt->row);
	query_number(&query, attempt->at_ms);
	query_text(&query, attempt->outcome);
	query_text(&query, answer);
	result = query_run(&query, err);
	return result ? result : store_order_row(store, attempt->row, err);
}

int
store_outbox_attempt(
    struct store *store, const struct outbox_attempt *attempt, struct err *err)
{
	bool own;
	int result;

	if (attempt->state != OUTBOX_DUE &&
	    attempt->state != OUTBOX_DELIVERED && attempt->state != OUTBOX_DEAD)
		BUG("an attempt makes no row %s",
		    outbox_state_name(attempt->state));
	result = store_join(store, &own, err);
	if (result)
		return result;
	return store_leave(store, own, outbox_record(store, attempt, err), err);
}

/* A row stays at the sink that is gone where the other one has the alert
 * already: it hears of it, or has heard. */
static int
outbox_drop_moved(struct store *store, struct span from, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "DELETE FROM outbox WHERE state IN (0, 4) AND sink = ?");
	query_text(&query, from);
	return query_run(&query, err);
}

/* What is settled is settled with the sink that is gone. */
static int
outbox_move_rows(
    struct store *store, struct span from, struct span to, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "UPDATE OR IGNORE outbox SET sink = ?1, moved_from = ?2,"
	    " settled = '',"
	    " last_answer = 'was for the sink ' || ?2 || ', which is gone'"
	    " WHERE state IN (0, 4) AND sink = ?2");
	query_text(&query, to);
	query_text(&query, from);
	return query_run(&query, err);
}

/* What arrives may belong before, between and behind what waits there. */
static int
outbox_move(
    struct store *store, struct span from, struct span to, struct err *err)
{
	int result = outbox_move_rows(store, from, to, err);
	char *sink;

	if (!result)
		result = outbox_drop_moved(store, from, err);
	if (result)
		return result;
	sink = xstrndup(to.data, to.len);
	result = store_order_sink(store, sink, err);
	free(sink);
	return result;
}

int
store_outbox_move(
    struct store *store, struct span from, struct span to, struct err *err)
{
	bool own;
	int result;

	if (span_equal(from, to))
		return 0;
	result = store_join(store, &own, err);
	if (result)
		return result;
	return store_leave(store, own, outbox_move(store, from, to, err), err);
}

int
store_outbox_hasten(struct store *store, int64_t latest_ms, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "UPDATE outbox SET due_ms = ?1"
	    " WHERE state IN (0, 4) AND due_ms > ?1");
	query_number(&query, latest_ms);
	return query_run(&query, err);
}
