/*
 * store_order: the alerts of one incident leave a sink one by one.
 *
 * A group is what waits at one sink for one incident; its first row, by id,
 * is due, and all others are behind.  Hides how the first is found: by the
 * index outbox_order, whatever the group's size.  An incident is a number of
 * 64 bits made of its name: two that share one wait for each other now and
 * then, and nothing worse.  Rows of no incident have none, and no group.
 *
 * The conditions on state are spelled as the partial indexes spell them, or
 * SQLite would not see that they hold.
 */
#include "config.h"

#include "base/sha256.h"
#include "store/store_internal.h"

bool
store_incident(struct span name, int64_t *out)
{
	unsigned char hash[SHA256_SIZE];
	struct sha256 sum;
	uint64_t number = 0;

	if (!name.len)
		return false;
	sha256_init(&sum);
	sha256_add(&sum, name.data, name.len);
	sha256_final(&sum, hash);
	for (int i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	*out = (int64_t)number;
	return true;
}

/* The rows of ?1's group, in their order. */
#define GROUP_OF_ROW                                                           \
	"(SELECT other.id FROM outbox AS mine CROSS JOIN outbox AS other"      \
	" INDEXED BY outbox_order"                                             \
	" WHERE mine.id = ?1 AND other.sink = mine.sink"                       \
	" AND other.incident = mine.incident AND other.state IN (0, 4)"        \
	" ORDER BY other.id LIMIT 1"

const char store_sql_order_first[] =
    "UPDATE outbox SET state = 0 WHERE state = 4 AND id = " GROUP_OF_ROW ")";

const char store_sql_order_second[] =
    "UPDATE outbox SET state = 4 WHERE state = 0 AND id = " GROUP_OF_ROW
    " OFFSET 1)";

static int
order_by(struct store *store, const char *sql, int64_t row, struct err *err)
{
	struct query query;

	query_begin(&query, store, sql);
	query_number(&query, row);
	return query_run(&query, err);
}

/* One row came or went: only the first two can be wrong. */
int
store_order_row(struct store *store, int64_t row, struct err *err)
{
	int result = order_by(store, store_sql_order_first, row, err);

	return result ? result
		      : order_by(store, store_sql_order_second, row, err);
}

/* From one state to the other: those whose id IS (">", "=") their first's. */
#define ORDER_AT_SINK(from, to, is) \
	"UPDATE outbox INDEXED BY outbox_order SET state = " to \
	" WHERE state IN (0, 4) AND state = " from \
	" AND (?1 IS NULL OR sink = ?1) AND incident IS NOT NULL" \
	" AND id " is \
	" (SELECT other.id FROM outbox AS other INDEXED BY outbox_order" \
	"  WHERE other.sink = outbox.sink" \
	"  AND other.incident = outbox.incident AND other.state IN (0, 4)" \
	"  ORDER BY other.id LIMIT 1)"

static int
order_all_by(
    struct store *store, const char *sql, const char *sink, struct err *err)
{
	struct query query;

	query_begin(&query, store, sql);
	query_filter(&query, sink);
	return query_run(&query, err);
}

int
store_order_sink(struct store *store, const char *sink, struct err *err)
{
	static const char later[] = ORDER_AT_SINK("0", "4", ">");
	static const char first[] = ORDER_AT_SINK("4", "0", "=");
	int result = order_all_by(store, later, sink, err);

	return result ? result : order_all_by(store, first, sink, err);
}
