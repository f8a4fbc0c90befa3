/*
 * store_outbox: who has still to hear an alert, and what was tried.
 *
 * The rows of the tables outbox and attempt.  The queries below name states
 * by number, as the partial indexes do.
 */
#include "config.h"

#include "base/bug.h"
#include "base/utf8.h"
#include "store/store_alert.h"
#include "store/store_internal.h"

#define ANSWER_BYTES_MAX 2048

_Static_assert(OUTBOX_DUE == 0 && OUTBOX_DELIVERED == 1 && OUTBOX_DEAD == 2 &&
		   OUTBOX_HELD == 3,
    "the database holds these numbers");

static const char *const outbox_state_names[] = {
    "due", "delivered", "dead", "held"};

const char store_sql_outbox_due[] =
    "SELECT outbox.id, alert.id, sink, state, due_ms, made_ms, attempts,"
    " last_answer, rule, subject, kind, severity"
    " FROM outbox JOIN alert ON outbox.alert = alert.n"
    " WHERE state = 0 AND sink = ? AND due_ms <= ?"
    " ORDER BY due_ms, outbox.id LIMIT ?";

const char store_sql_outbox_sinks[] =
    "SELECT sink, min(due_ms), count(*) FROM outbox"
    " WHERE state = 0 GROUP BY sink";

const char *
outbox_state_name(enum outbox_state state)
{
	if (state < OUTBOX_DUE || state > OUTBOX_HELD)
		BUG("%d is no state of an outbox row", (int)state);
	return outbox_state_names[state];
}

/* An alert that nobody is to hear waits for nobody. */
static enum outbox_state
state_of_row(int64_t row, int64_t state)
{
	if (!row)
		return OUTBOX_DELIVERED;
	return state >= OUTBOX_DUE && state <= OUTBOX_HELD
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
		row.due_ms = query_column_number(query, 4);
		row.made_ms = query_column_number(query, 5);
		row.attempts = query_column_number(query, 6);
		row.last_answer = query_column(query, 7);
		row.rule = query_column(query, 8);
		row.subject = query_column(query, 9);
		row.kind = query_column(query, 10);
		row.severity = (int)query_column_number(query, 11);
		each(arg, &row);
	}
	return query_end(query, err);
}

static int
outbox_alert_number(
    struct store *store, struct span alert_id, int64_t *out, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store, "SELECT n FROM alert WHERE id = ?");
	query_text(&query, alert_id);
	result = query_one_number(&query, out, err);
	if (!result)
		return err_set(err, "the alert %.*s is not in the database %s",
		    (int)(alert_id.len < 64 ? alert_id.len : 64), alert_id.data,
		    store->path);
	return result < 0 ? result : 0;
}

static int
outbox_insert(struct store *store, struct span alert_id, struct span sink,
    enum outbox_state state, int64_t due_ms, struct err *err)
{
	struct query query;
	int64_t alert;
	int result = outbox_alert_number(store, alert_id, &alert, err);

	if (result)
		return result;
	query_begin(&query, store,
	    "INSERT INTO outbox (alert, sink, state, due_ms, attempts,"
	    " last_answer) VALUES (?, ?, ?, ?, 0, '')"
	    " ON CONFLICT (alert, sink) DO NOTHING");
	query_number(&query, alert);
	query_text(&query, sink);
	query_number(&query, state);
	query_number(&query, due_ms);
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
    void (*each)(void *arg, struct span sink, int64_t due_ms, int64_t count),
    void *arg, struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_outbox_sinks);
	while (query_row(&query))
		each(arg, query_column(&query, 0),
		    query_column_number(&query, 1),
		    query_column_number(&query, 2));
	return query_end(&query, err);
}

static int
outbox_update(struct store *store, const struct outbox_attempt *attempt,
    struct span answer, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store,
	    "UPDATE outbox SET state = ?, due_ms = ?,"
	    " attempts = attempts + 1, last_answer = ? WHERE id = ?");
	query_number(&query, attempt->state);
	query_number(&query, attempt->due_ms);
	query_text(&query, answer);
	query_number(&query, attempt->row);
	result = query_run(&query, err);
	if (!result && !sqlite3_changes(store->db))
		return err_set(err, "the database %s has no outbox row %lld",
		    store->path, (long long)attempt->row);
	return result;
}

static int
outbox_record(
    struct store *store, const struct outbox_attempt *attempt, struct err *err)
{
	struct span answer = attempt->answer;
	struct query query;
	int result;

	answer.len = utf8_cut(answer, ANSWER_BYTES_MAX);
	result = outbox_update(store, attempt, answer, err);
	if (result)
		return result;
	query_begin(&query, store,
	    "INSERT INTO attempt (outbox, at_ms, outcome, answer)"
	    " VALUES (?, ?, ?, ?)");
	query_number(&query, attempt->row);
	query_number(&query, attempt->at_ms);
	query_text(&query, attempt->outcome);
	query_text(&query, answer);
	return query_run(&query, err);
}

int
store_outbox_attempt(
    struct store *store, const struct outbox_attempt *attempt, struct err *err)
{
	bool own;
	int result = store_join(store, &own, err);

	if (result)
		return result;
	return store_leave(store, own, outbox_record(store, attempt, err), err);
}

/* A row stays behind where the other sink has the alert already: it hears
 * of it, or has heard. */
static int
outbox_drop_moved(struct store *store, struct span from, struct err *err)
{
	struct query query;

	query_begin(
	    &query, store, "DELETE FROM outbox WHERE state = 0 AND sink = ?");
	query_text(&query, from);
	return query_run(&query, err);
}

static int
outbox_move(
    struct store *store, struct span from, struct span to, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store,
	    "UPDATE OR IGNORE outbox SET sink = ?1, moved_from = ?2,"
	    " last_answer = 'was for the sink ' || ?2 || ', which is gone'"
	    " WHERE state = 0 AND sink = ?2");
	query_text(&query, to);
	query_text(&query, from);
	result = query_run(&query, err);
	return result ? result : outbox_drop_moved(store, from, err);
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
	    "UPDATE outbox SET due_ms = ?1 WHERE state = 0 AND due_ms > ?1");
	query_number(&query, latest_ms);
	return query_run(&query, err);
}
