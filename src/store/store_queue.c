/*
 * store_queue: what a person may do about the outbox: look, try again, give
 * up.
 *
 * Hides how rows are chosen: by an alert's id through that alert, else
 * through the indexes of what waits and what is dead, so that years of
 * delivered alerts cost nothing.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "store/store_alert.h"
#include "store/store_internal.h"

/* Parameters: 1 id, 2 sink, 3 waiting, 4 dead. */
#define BY_ID                                                                  \
	"(SELECT outbox.id FROM alert CROSS JOIN outbox"                       \
	" ON outbox.alert = alert.n"                                           \
	" WHERE alert.id BETWEEN ?1 AND ?1 || char(1114111)"                   \
	" AND (?2 IS NULL OR outbox.sink = ?2)"                                \
	" AND ((?3 AND outbox.state IN (0, 4)) OR (?4 AND outbox.state = 2)))"

#define BY_STATE                                                               \
	"(SELECT id FROM outbox INDEXED BY outbox_order"                       \
	" WHERE ?3 AND state IN (0, 4) AND (?2 IS NULL OR sink = ?2)"          \
	" UNION ALL"                                                           \
	" SELECT id FROM outbox INDEXED BY outbox_dead"                        \
	" WHERE ?4 AND state = 2 AND (?2 IS NULL OR sink = ?2))"

/* The same question of both kinds of choice. */
struct choice {
	const char *by_id, *by_state;
};

static void
choice_begin(struct query *query, struct store *store,
    const struct choice *choice, const struct outbox_filter *filter)
{
	query_begin(
	    query, store, filter->id ? choice->by_id : choice->by_state);
	query_filter(query, filter->id);
	query_filter(query, filter->sink);
	query_number(query, filter->waiting);
	query_number(query, filter->dead);
}

int
store_outbox_list(struct store *store, const struct outbox_filter *filter,
    int limit, void (*each)(void *arg, const struct outbox_row *row), void *arg,
    struct err *err)
{
#define LIST(rows)                                                             \
	"SELECT " STORE_OUTBOX_COLUMNS " FROM outbox"                          \
	" JOIN alert ON outbox.alert = alert.n WHERE outbox.id IN " rows       \
	" ORDER BY outbox.id LIMIT ?5"
	static const struct choice choice = {LIST(BY_ID), LIST(BY_STATE)};
	struct query query;

	choice_begin(&query, store, &choice, filter);
	query_number(&query, limit);
	return query_outbox_rows(&query, each, arg, err);
}

/* --- The rows of an ID ---------------------------------------------------- */

struct rows {
	int64_t *ids;
	size_t count;
};

/* Before anything is done to them. */
static int
rows_choose(struct store *store, const struct outbox_filter *filter,
    struct rows *rows, struct err *err)
{
	static const struct choice choice = {
	    "SELECT id FROM outbox WHERE id IN " BY_ID, NULL};
	size_t room = 0;
	struct query query;

	choice_begin(&query, store, &choice, filter);
	while (query_row(&query)) {
		if (rows->count == room) {
			room = room ? 2 * room : 64;
			rows->ids =
			    xreallocarray(rows->ids, room, sizeof(*rows->ids));
		}
		rows->ids[rows->count++] = query_column_number(&query, 0);
	}
	return query_end(&query, err);
}

/* --- Trying again --------------------------------------------------------- */

static int
hurry_waiting(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, struct err *err)
{
#define HURRY(rows)                                                            \
	"UPDATE outbox SET due_ms = ?5 WHERE state IN (0, 4) AND id IN " rows
	static const struct choice choice = {HURRY(BY_ID), HURRY(BY_STATE)};
	struct query query;

	choice_begin(&query, store, &choice, filter);
	query_number(&query, now_ms);
	return query_run(&query, err);
}

/* Those of an incident are behind until its order is looked at. */
#define REVIVE(due_ms, rows)                                                   \
	"UPDATE outbox SET due_ms = " due_ms ", attempts = 0,"                 \
	" state = CASE WHEN incident IS NULL THEN 0 ELSE 4 END"                \
	" WHERE state = 2 AND id " rows

static int
revive_row(struct store *store, int64_t row, int64_t now_ms, struct err *err)
{
	struct query query;
	int result;

	query_begin(&query, store, REVIVE("?2", "= ?1"));
	query_number(&query, row);
	query_number(&query, now_ms);
	result = query_run(&query, err);
	return result ? result : store_order_row(store, row, err);
}

/* One after the other: several may be of one incident. */
static int
retry_alert(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, int64_t *count, struct err *err)
{
	struct outbox_filter dead = *filter;
	struct rows rows = {NULL, 0};
	int result = hurry_waiting(store, filter, now_ms, err);

	*count = result ? 0 : sqlite3_changes(store->db);
	dead.waiting = false;
	if (!result)
		result = rows_choose(store, &dead, &rows, err);
	for (size_t i = 0; i < rows.count && !result; i++)
		result = revive_row(store, rows.ids[i], now_ms, err);
	*count += (int64_t)rows.count;
	free(rows.ids);
	return result;
}

static int
revive_all(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, struct err *err)
{
	static const struct choice choice = {
	    NULL, REVIVE("?5", "IN " BY_STATE)};
	struct query query;

	choice_begin(&query, store, &choice, filter);
	query_number(&query, now_ms);
	return query_run(&query, err);
}

/* They may be many: one look at the order of all costs less than one at each
 * row's. */
static int
retry_all(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, int64_t *count, struct err *err)
{
	int result = hurry_waiting(store, filter, now_ms, err);

	*count = result ? 0 : sqlite3_changes(store->db);
	if (!result)
		result = revive_all(store, filter, now_ms, err);
	*count += result ? 0 : sqlite3_changes(store->db);
	return result ? result : store_order_sink(store, filter->sink, err);
}

static int
retry(struct store *store, const struct outbox_filter *filter, int64_t now_ms,
    int64_t *count, struct err *err)
{
	return filter->id ? retry_alert(store, filter, now_ms, count, err)
			  : retry_all(store, filter, now_ms, count, err);
}

int
store_outbox_retry(struct store *store, const struct outbox_filter *filter,
    int64_t now_ms, int64_t *count_out, struct err *err)
{
	bool own;
	int result = store_join(store, &own, err);

	if (result)
		return result;
	return store_leave(
	    store, own, retry(store, filter, now_ms, count_out, err), err);
}

/* --- Giving up ------------------------------------------------------------ */

static int
drop_chosen(struct store *store, const struct outbox_filter *filter,
    struct span answer, struct err *err)
{
#define DROP(rows)                                                             \
	"UPDATE outbox SET state = 5, last_answer = ?5 WHERE id IN " rows
	static const struct choice choice = {DROP(BY_ID), DROP(BY_STATE)};
	struct query query;

	answer.len = utf8_cut(answer, STORE_ANSWER_BYTES_MAX);
	choice_begin(&query, store, &choice, filter);
	query_text(&query, answer);
	return query_run(&query, err);
}

/* Behind an alert that is dropped the next one comes forward; behind all of
 * them there is nobody. */
static int
drop(struct store *store, const struct outbox_filter *filter,
    struct span answer, int64_t *count, struct err *err)
{
	struct rows rows = {NULL, 0};
	int result = filter->id ? rows_choose(store, filter, &rows, err) : 0;

	if (!result)
		result = drop_chosen(store, filter, answer, err);
	*count = result ? 0 : sqlite3_changes(store->db);
	for (size_t i = 0; i < rows.count && !result; i++)
		result = store_order_row(store, rows.ids[i], err);
	free(rows.ids);
	return result;
}

int
store_outbox_drop(struct store *store, const struct outbox_filter *filter,
    struct span answer, int64_t *count_out, struct err *err)
{
	bool own;
	int result = store_join(store, &own, err);

	if (result)
		return result;
	return store_leave(
	    store, own, drop(store, filter, answer, count_out, err), err);
}

/* --- Totals --------------------------------------------------------------- */

/* Both indexes hold all that is summed. */
const char store_sql_outbox_totals[] =
    "WITH chosen (sink, state, id) AS ("
    "  SELECT sink, state, id FROM outbox INDEXED BY outbox_order"
    "  WHERE state IN (0, 4) UNION ALL"
    "  SELECT sink, state, id FROM outbox INDEXED BY outbox_dead"
    "  WHERE state = 2),"
    " sums (sink, waiting, behind, dead, oldest) AS ("
    "  SELECT sink, sum(state <> 2), sum(state = 4), sum(state = 2),"
    "  min(id) FILTER (WHERE state <> 2) FROM chosen GROUP BY sink)"
    " SELECT sink, waiting, behind, dead,"
    " (SELECT made_ms FROM outbox JOIN alert ON outbox.alert = alert.n"
    "  WHERE outbox.id = oldest),"
    " (SELECT due_ms FROM outbox WHERE state = 0 AND outbox.sink = sums.sink"
    "  ORDER BY due_ms LIMIT 1)"
    " FROM sums";

int
store_outbox_totals(struct store *store,
    void (*each)(void *arg, const struct outbox_totals *totals), void *arg,
    struct err *err)
{
	struct outbox_totals totals;
	struct query query;

	query_begin(&query, store, store_sql_outbox_totals);
	while (query_row(&query)) {
		totals.sink = query_column(&query, 0);
		totals.waiting = query_column_number(&query, 1);
		totals.behind = query_column_number(&query, 2);
		totals.dead = query_column_number(&query, 3);
		totals.oldest_ms =
		    query_column_bounded(&query, 4, STORE_MS_MAX);
		totals.next_ms =
		    query_column_bounded(&query, 5, STORE_MS_MAX);
		each(arg, &totals);
	}
	return query_end(&query, err);
}
