/*
 * store_upgrade: databases of older formats.
 *
 * Version 4 had no reports; they are added empty.  Version 3 knew no order of
 * what waits.  Version 2 had no notes, no shapes and no newest record times;
 * they are added empty.  Version 1 had the columns of two generations of a
 * log where there is now one text, whose form is input/checkpoint.h's; it is
 * spelled out here once more, because this room knows no other and because
 * what version 1 becomes will never change.  All in one transaction: a
 * database is of one format or the other.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/sha256.h"
#include "store/store_internal.h"
#include "store/store_position.h"

#define PRINT_HASH 16
#define PRINT_BYTES (2 + PRINT_HASH) /* length, little-endian; hash */
#define NS_IN_MS 1000000

/* How many columns a generation has, from dev to incarnation. */
#define GENERATION_COLUMNS 8

static void
add_print(struct buf *out, struct span print)
{
	const unsigned char *bytes = (const unsigned char *)print.data;
	char digits[2 * PRINT_HASH + 1];

	if (print.len != PRINT_BYTES) {
		/* None; anything else is damage, and must stay it. */
		buf_add_str(out, print.len ? " damaged" : " 0:");
		return;
	}
	hex_encode(bytes + 2, PRINT_HASH, digits);
	buf_addf(out, " %d:%s", bytes[0] + 256 * bytes[1], digits);
}

static void
add_generation(struct buf *out, const struct query *query, int column)
{
	struct span incarnation =
	    query_column(query, column + GENERATION_COLUMNS - 1);

	buf_addf(out, " %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu64,
	    (uint64_t)query_column_number(query, column),
	    (uint64_t)query_column_number(query, column + 1),
	    query_column_number(query, column + 2),
	    (uint64_t)query_column_number(query, column + 3));
	/* Version 1 had no fingerprint of the first bytes. */
	buf_add_str(out, " 0:");
	add_print(out, query_column(query, column + 4));
	add_print(out, query_column(query, column + 5));
	buf_addf(out, " %d ", query_column_number(query, column + 6) != 0);
	buf_add_span(out, incarnation);
}

/* Whether there is a previous generation worth keeping. */
static bool
is_whole(const struct query *query, int column)
{
	for (int i = 4; i <= 5; i++) {
		size_t len = query_column(query, column + i).len;

		if (len && len != PRINT_BYTES)
			return false;
	}
	return query_column_number(query, column - 1) &&
	       query_column(query, column + GENERATION_COLUMNS - 1).len ==
		   STORE_UUID_DIGITS;
}

/* The columns of put_rows. */
static void
add_checkpoint(struct buf *out, const struct query *query)
{
	int live = 2, previous = live + GENERATION_COLUMNS + 1;
	int64_t changed_ms = query_column_number(query, 21);

	buf_add_str(out, "position");
	add_generation(out, query, live);
	buf_addf(out, "\nsettled %" PRId64 "\n",
	    changed_ms > 0 && changed_ms < INT64_MAX / NS_IN_MS
		? changed_ms * NS_IN_MS
		: 0);
	if (!is_whole(query, previous))
		return;
	buf_add_str(out, "old");
	add_generation(out, query, previous);
	buf_addf(out, " %" PRIu64 " %" PRId64 " 0 -\n",
	    (uint64_t)query_column_number(query, previous + 3), changed_ms);
}

static int
put_row(struct store *store, const struct query *old, struct err *err)
{
	struct buf checkpoint = BUF_INIT;
	struct query query;
	int result;

	add_checkpoint(&checkpoint, old);
	query_begin(
	    &query, store, "INSERT INTO position VALUES (?, ?, ?, ?, ?, ?, 0)");
	query_blob(&query, query_column(old, 0));
	query_text(&query, query_column(old, 1));
	query_text(&query, buf_span(&checkpoint));
	query_text(&query, query_column(old, 19));
	query_text(&query, query_column(old, 20));
	query_number(&query, query_column_number(old, 21));
	result = query_run(&query, err);
	buf_release(&checkpoint);
	return result;
}

static int
put_rows(struct store *store, struct err *err)
{
	struct query query;
	int result = 0, ended;

	query_begin(&query, store,
	    "SELECT path, log, dev, ino, birth_ns, offset, head, tail,"
	    " skipping, incarnation, has_previous, previous_dev,"
	    " previous_ino, previous_birth_ns, previous_offset,"
	    " previous_head, previous_tail, previous_skipping,"
	    " previous_incarnation, exported, exported_before, changed_ms"
	    " FROM position_1");
	while (!result && query_row(&query))
		result = put_row(store, &query, err);
	ended = query_end(&query, result ? NULL : err);
	return result ? result : ended;
}

static int
from_1(struct store *store, struct err *err)
{
	int result =
	    store_exec(store, "ALTER TABLE position RENAME TO position_1", err);

	if (!result)
		result = store_exec(store, store_sql_position, err);
	if (!result)
		result = put_rows(store, err);
	if (!result)
		result = store_exec(store, "DROP TABLE position_1", err);
	return result;
}

static int
from_2(struct store *store, struct err *err)
{
	return store_exec(store,
	    "ALTER TABLE position ADD COLUMN"
	    " newest_ms INTEGER NOT NULL DEFAULT 0",
	    err);
}

static int
put_incident(
    struct store *store, int64_t alert, struct span name, struct err *err)
{
	struct query query;
	int64_t number;

	if (!store_incident(name, &number))
		return 0;
	query_begin(
	    &query, store, "UPDATE outbox SET incident = ? WHERE alert = ?");
	query_number(&query, number);
	query_number(&query, alert);
	return query_run(&query, err);
}

static int
put_incidents(struct store *store, struct err *err)
{
	struct query query;
	int result = 0, ended;

	query_begin(&query, store, "SELECT n, incident FROM alert");
	while (!result && query_row(&query))
		result = put_incident(store, query_column_number(&query, 0),
		    query_column(&query, 1), err);
	ended = query_end(&query, result ? NULL : err);
	return result ? result : ended;
}

static int
from_3(struct store *store, struct err *err)
{
	int result = store_exec(store,
	    "DROP INDEX outbox_waiting;"
	    "ALTER TABLE outbox ADD COLUMN incident INTEGER;"
	    "ALTER TABLE outbox ADD COLUMN settled TEXT NOT NULL DEFAULT ''",
	    err);

	if (!result)
		result = put_incidents(store, err);
	if (!result)
		result = store_exec(store, store_sql_format_4, err);
	return result ? result : store_order_sink(store, NULL, err);
}

static int
upgrade_from(struct store *store, int64_t version, struct err *err)
{
	int result = 0;

	if (version < 3)
		result = version == 1 ? from_1(store, err) : from_2(store, err);
	if (!result && version < 3)
		result = store_exec(store, store_sql_format_3, err);
	if (!result && version < 4)
		result = from_3(store, err);
	return result ? result : store_exec(store, store_sql_format_5, err);
}

static int
upgrade(struct store *store, struct err *err)
{
	int64_t version = 0;
	struct query query;
	int result;

	query_begin(&query, store, "PRAGMA user_version");
	result = query_one_number(&query, &version, err);
	if (result >= 0)
		result = upgrade_from(store, version, err);
	return result ? result : store_exec(store, STORE_SET_FORMAT, err);
}

int
store_schema_upgrade(struct store *store, struct err *err)
{
	int result = store_begin(store, err);

	return store_leave(
	    store, true, result ? result : upgrade(store, err), err);
}
