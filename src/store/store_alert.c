/*
 * store_alert: the rows of the table alert, and views over it.
 */
#include "config.h"

#include "store/store_alert.h"
#include "store/store_internal.h"

const char store_sql_alert_list[] =
    "SELECT " STORE_OUTBOX_COLUMNS
    " FROM alert LEFT JOIN outbox ON outbox.alert = alert.n"
    " WHERE (?1 IS NULL OR alert.id BETWEEN ?1 AND ?1 || char(1114111))"
    " AND (?2 IS NULL OR rule = ?2)"
    " AND (?3 IS NULL OR sink = ?3)"
    " AND (?4 < 0 OR state = ?4 OR (?4 = 0 AND state = 4))"
    " AND (?5 IS NULL OR kind <> ?5)"
    " ORDER BY alert.n DESC, outbox.id LIMIT ?6";

/* What still waits for somebody stays, however old. */
const char store_sql_alert_prune[] =
    "DELETE FROM alert WHERE made_ms < ? AND NOT EXISTS"
    " (SELECT 1 FROM outbox WHERE outbox.alert = alert.n"
    "  AND state IN (0, 4))";

/* A dead letter is the only word of what it says. */
const char store_sql_alert_prune_most[] =
    "DELETE FROM alert WHERE n <= (SELECT max(n) FROM alert) - ?"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.alert = alert.n"
    "  AND state IN (0, 2, 4))";

int
store_alert_put(
    struct store *store, const struct stored_alert *alert, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store,
	    "INSERT INTO alert (id, incident, rule, kind, subject, severity,"
	    " made_ms, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT (id) DO NOTHING");
	query_text(&query, alert->id);
	query_text(&query, alert->incident);
	query_text(&query, alert->rule);
	query_text(&query, alert->kind);
	query_text(&query, alert->subject);
	query_number(&query, alert->severity);
	query_number(&query, alert->made_ms);
	query_blob(&query, alert->fields);
	result = query_run(&query, err);
	return result ? result : sqlite3_changes(store->db) > 0;
}

int
store_alert_get(
    struct store *store, struct span id, struct buf *out, struct err *err)
{
	struct query query;

	query_begin(&query, store, "SELECT fields FROM alert WHERE id = ?");
	query_text(&query, id);
	return query_one_value(&query, out, err);
}

/* Rows that were never tried: the alert is nobody's but ours.  One that was
 * dead and is due again counts no attempts, but has them. */
static int
amend_alert(
    struct store *store, struct span id, struct span fields, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store,
	    "UPDATE alert SET fields = ? WHERE id = ? AND NOT EXISTS"
	    " (SELECT 1 FROM outbox WHERE outbox.alert = alert.n"
	    "  AND (attempts > 0 OR EXISTS (SELECT 1 FROM attempt"
	    "   WHERE attempt.outbox = outbox.id)))");
	query_blob(&query, fields);
	query_text(&query, id);
	result = query_run(&query, err);
	return result ? result : sqlite3_changes(store->db) > 0;
}

static int
amend(struct store *store, struct span id, struct span fields, int64_t due_ms,
    struct err *err)
{
	int result = amend_alert(store, id, fields, err);
	struct query query;

	if (result < 1)
		return result;
	query_begin(&query, store,
	    "UPDATE outbox SET due_ms = min(due_ms, ?) WHERE state IN (0, 4)"
	    " AND alert = (SELECT n FROM alert WHERE id = ?)");
	query_number(&query, due_ms);
	query_text(&query, id);
	result = query_run(&query, err);
	return result ? result : 1;
}

int
store_alert_amend(struct store *store, struct span id, struct span fields,
    int64_t due_ms, struct err *err)
{
	bool own;
	int result = store_join(store, &own, err);

	if (result)
		return result;
	return store_leave(
	    store, own, amend(store, id, fields, due_ms, err), err);
}

int
store_alert_set_due(
    struct store *store, struct span id, int64_t due_ms, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "UPDATE outbox SET due_ms = ?1 WHERE state IN (0, 4)"
	    " AND attempts = 0"
	    " AND alert = (SELECT n FROM alert WHERE id = ?2)");
	query_number(&query, due_ms);
	query_text(&query, id);
	return query_run(&query, err);
}

int
store_alert_list(struct store *store, const struct alert_filter *filter,
    void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_alert_list);
	query_filter(&query, filter->id);
	query_filter(&query, filter->rule);
	query_filter(&query, filter->sink);
	query_number(&query, filter->state);
	query_filter(&query, filter->but_kind);
	query_number(&query, filter->limit);
	return query_outbox_rows(&query, each, arg, err);
}

int
store_alert_prune(struct store *store, int64_t before_ms, struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_alert_prune);
	query_number(&query, before_ms);
	return query_run(&query, err);
}

int
store_alert_prune_most(struct store *store, int64_t most, struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_alert_prune_most);
	query_number(&query, most);
	return query_run(&query, err);
}

int
store_alert_counts(
    struct store *store, struct store_counts *out, struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "SELECT (SELECT count(*) FROM alert), waiting, behind, delivered,"
	    " dead, held, dropped,"
	    " (SELECT made_ms FROM outbox JOIN alert ON outbox.alert = alert.n"
	    "  WHERE outbox.id = oldest)"
	    " FROM (SELECT count(*) FILTER (WHERE state IN (0, 4)) AS waiting,"
	    "  count(*) FILTER (WHERE state = 4) AS behind,"
	    "  count(*) FILTER (WHERE state = 1) AS delivered,"
	    "  count(*) FILTER (WHERE state = 2) AS dead,"
	    "  count(*) FILTER (WHERE state = 3) AS held,"
	    "  count(*) FILTER (WHERE state = 5) AS dropped,"
	    "  min(id) FILTER (WHERE state IN (0, 4)) AS oldest FROM outbox)");
	*out = (struct store_counts){0};
	if (query_row(&query)) {
		out->alerts = query_column_number(&query, 0);
		out->due = query_column_number(&query, 1);
		out->behind = query_column_number(&query, 2);
		out->delivered = query_column_number(&query, 3);
		out->dead = query_column_number(&query, 4);
		out->held = query_column_number(&query, 5);
		out->dropped = query_column_number(&query, 6);
		out->oldest_due_ms =
		    query_column_bounded(&query, 7, STORE_MS_MAX);
	}
	return query_end(&query, err);
}
