/*
 * store_report: the rows of the table report, and how much room the alerts
 * have that they became.
 */
#include "config.h"

#include "store/store_internal.h"
#include "store/store_report.h"

/* What still waits for somebody stays, as with all alerts. */
const char store_sql_report_prune[] =
    "DELETE FROM alert WHERE n IN (SELECT n FROM"
    " (SELECT n, sum(length(fields)) OVER (ORDER BY +n DESC) AS bytes"
    "  FROM alert WHERE kind = 'report') WHERE bytes > ?)"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.alert = alert.n"
    "  AND state IN (0, 4))";

int
store_report_put(struct store *store, const struct stored_report_line *line,
    struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "REPLACE INTO report (n, section, layer, part, log, at_ms, text)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?)");
	query_number(&query, line->n);
	query_text(&query, line->section);
	query_number(&query, line->layer);
	query_blob(&query, line->part);
	query_blob(&query, line->log);
	query_number(&query, line->at_ms);
	query_blob(&query, line->text);
	return query_run(&query, err);
}

int
store_report_forget(
    struct store *store, struct span section, int64_t last_n, struct err *err)
{
	struct query query;

	query_begin(
	    &query, store, "DELETE FROM report WHERE section = ? AND n <= ?");
	query_text(&query, section);
	query_number(&query, last_n);
	return query_run(&query, err);
}

int
store_report_each(struct store *store,
    void (*each)(void *arg, const struct stored_report_line *line), void *arg,
    struct err *err)
{
	struct query query;

	query_begin(&query, store,
	    "SELECT n, section, layer, part, log, at_ms, text FROM report"
	    " ORDER BY n");
	while (query_row(&query)) {
		struct stored_report_line line = {
		    .n = query_column_number(&query, 0),
		    .section = query_column(&query, 1),
		    .layer = query_column_number(&query, 2),
		    .part = query_column(&query, 3),
		    .log = query_column(&query, 4),
		    .at_ms = query_column_bounded(&query, 5, STORE_MS_MAX),
		    .text = query_column(&query, 6)};

		each(arg, &line);
	}
	return query_end(&query, err);
}

int
store_report_prune(struct store *store, int64_t max_bytes, struct err *err)
{
	struct query query;

	query_begin(&query, store, store_sql_report_prune);
	query_number(&query, max_bytes);
	return query_run(&query, err);
}
