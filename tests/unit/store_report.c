/*
 * store_report: lines of reports, and databases of format 4, which had none.
 */
#include "config.h"

#include "base/buf.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "store/store_report.h"
#include "store_directory.h"
#include "tap.h"

struct fixture {
	struct directory directory;
	struct store *store;
	struct buf seen;
	struct err err;
};

static void
open_it(struct fixture *f, enum store_mode mode)
{
	store_close(f->store);
	f->store = store_open(f->directory.path, mode, &f->err);
	if (!f->store)
		printf("# %s\n", f->err.text);
}

static void
begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	directory_make(&f->directory);
	open_it(f, STORE_FILE);
}

static void
finish(struct fixture *f)
{
	store_close(f->store);
	buf_release(&f->seen);
	directory_remove(&f->directory);
}

static int
put(struct fixture *f, int64_t n, const char *section, const char *text)
{
	struct stored_report_line line = {n, span_str(section), 2,
	    span_str("su"), span_str("auth.log"), 5, span_str(text)};

	return store_report_put(f->store, &line, &f->err);
}

static void
line_seen(void *arg, const struct stored_report_line *line)
{
	buf_addf(arg, "%lld %.*s %lld %.*s %.*s %lld %.*s;", (long long)line->n,
	    (int)line->section.len, line->section.data, (long long)line->layer,
	    (int)line->part.len, line->part.data, (int)line->log.len,
	    line->log.data, (long long)line->at_ms, (int)line->text.len,
	    line->text.data);
}

static const char *
lines(struct fixture *f)
{
	buf_reset(&f->seen);
	store_report_each(f->store, line_seen, &f->seen, &f->err);
	return buf_str(&f->seen);
}

static void
test_lines(void)
{
	struct fixture f;

	begin(&f);
	IS_STR(lines(&f), "", "there are none");
	put(&f, 2, "main", "two");
	put(&f, 1, "main", "one");
	put(&f, 3, "other", "three");
	put(&f, 4, "main", "four");
	IS_STR(lines(&f),
	    "1 main 2 su auth.log 5 one;2 main 2 su auth.log 5 two;"
	    "3 other 2 su auth.log 5 three;4 main 2 su auth.log 5 four;",
	    "lines come back in their order");
	open_it(&f, STORE_MEMORY);
	OK(strstr(lines(&f), "four;"), "in a copy in memory too");
	open_it(&f, STORE_FILE);
	IS_INT(store_report_forget(f.store, span_str("main"), 3, &f.err), 0,
	    "those that were told are forgotten");
	IS_STR(lines(&f),
	    "3 other 2 su auth.log 5 three;4 main 2 su auth.log 5 four;",
	    "and no others");
	finish(&f);
}

static void
test_transaction(void)
{
	struct fixture f;

	begin(&f);
	put(&f, 1, "main", "one");
	store_begin(f.store, &f.err);
	put(&f, 2, "main", "two");
	store_report_forget(f.store, span_str("main"), 1, &f.err);
	store_rollback(f.store);
	IS_STR(lines(&f), "1 main 2 su auth.log 5 one;",
	    "they belong to the transaction");
	finish(&f);
}

/* --- Those that were told ------------------------------------------------- */

static void
put_alert(struct fixture *f, const char *id, const char *kind, const char *sink)
{
	struct stored_alert alert = {.id = span_str(id),
	    .incident = span_str(""),
	    .rule = span_str("main"),
	    .kind = span_str(kind),
	    .subject = span_str(""),
	    .made_ms = 5,
	    .fields = span_str("ten bytes.")};

	store_alert_put(f->store, &alert, &f->err);
	if (sink)
		store_outbox_put(
		    f->store, alert.id, span_str(sink), 1, &f->err);
}

static void
id_seen(void *arg, const struct outbox_row *row)
{
	buf_addf(arg, "%.*s ", (int)row->alert_id.len,
	    row->alert_id.data);
}

static const char *
alerts(struct fixture *f)
{
	struct alert_filter all = {NULL, NULL, NULL, -1, NULL, 9};

	buf_reset(&f->seen);
	store_alert_list(f->store, &all, id_seen, &f->seen, &f->err);
	return buf_str(&f->seen);
}

static void
test_prune(void)
{
	struct fixture f;

	begin(&f);
	put_alert(&f, "match", "match", NULL);
	put_alert(&f, "waiting", "report", "ops");
	put_alert(&f, "first", "report", NULL);
	put_alert(&f, "second", "report", NULL);
	put_alert(&f, "third", "report", NULL);
	store_report_prune(f.store, 40, &f.err);
	IS_STR(alerts(&f), "third second first waiting match ",
	    "reports that have room stay");
	IS_INT(store_report_prune(f.store, 20, &f.err), 0, "without it");
	IS_STR(alerts(&f), "third second waiting match ",
	    "the oldest go, but for what waits and for other alerts");
	store_report_prune(f.store, 9, &f.err);
	IS_STR(alerts(&f), "waiting match ", "one alone may be too much");
	finish(&f);
}

static void
test_upgrade(void)
{
	struct fixture f;
	struct query query;
	int64_t version = 0;
	sqlite3 *db;

	begin(&f);
	store_meta_put(f.store, span_str("a"), span_str("b"), &f.err);
	store_close(f.store);
	f.store = NULL;
	sqlite3_open(f.directory.database, &db);
	OK(!sqlite3_exec(db,
	       "DROP TABLE report; DROP INDEX alert_report;"
	       " PRAGMA user_version = 4",
	       NULL, NULL, NULL),
	    "there is a database of version 4");
	sqlite3_close(db);
	open_it(&f, STORE_MEMORY);
	IS_STR(lines(&f), "", "a copy of it in memory has no lines");
	open_it(&f, STORE_FILE);
	query_begin(&query, f.store, "PRAGMA user_version");
	query_one_number(&query, &version, &f.err);
	IS_INT(version, 5, "opened it is of version 5");
	IS_INT(put(&f, 1, "main", "one"), 0, "and takes lines");
	OK(store_meta_get(f.store, span_str("a"), &f.seen, &f.err) == 1,
	    "what there was is there");
	finish(&f);
}

int
main(void)
{
	test_lines();
	test_transaction();
	test_prune();
	test_upgrade();
	return tap_done();
}
