/*
 * store_alert: alerts, their outbox, and that both stay fast.
 */
#include "config.h"

#include "base/buf.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "tap.h"
#include "store_directory.h"

struct fixture {
	struct directory directory;
	struct store *store;
	struct err err;
	struct buf seen;
};

static void
fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	directory_make(&f->directory);
	f->store = store_open(f->directory.path, STORE_FILE, &f->err);
	if (!f->store)
		printf("# %s\n", f->err.text);
}

static void
fixture_release(struct fixture *f)
{
	store_close(f->store);
	buf_release(&f->seen);
	directory_remove(&f->directory);
}

static int
put(struct fixture *f, const char *id, const char *rule, int64_t made_ms)
{
	struct stored_alert alert = {
	    .id = span_str(id),
	    .incident = span_str(""),
	    .rule = span_str(rule),
	    .kind = span_str("alert"),
	    .subject = span_of("s\0u", 3),
	    .severity = 4,
	    .made_ms = made_ms,
	    .fields = span_of("\1f\0", 3),
	};

	return store_alert_put(f->store, &alert, &f->err);
}

static int
queue(struct fixture *f, const char *id, const char *sink, int64_t due_ms)
{
	return store_outbox_put(
	    f->store, span_str(id), span_str(sink), due_ms, &f->err);
}

static int
attempt(struct fixture *f, int64_t row, enum outbox_state state, int64_t due_ms,
    const char *answer)
{
	struct outbox_attempt tried = {.row = row,
	    .at_ms = 1000,
	    .outcome = span_str("retry"),
	    .answer = span_str(answer),
	    .state = state,
	    .due_ms = due_ms,
	    .settled = span_str("")};

	return store_outbox_attempt(f->store, &tried, &f->err);
}

static void
row_seen(void *arg, const struct outbox_row *row)
{
	struct fixture *f = arg;

	buf_addf(&f->seen, "%.*s>%.*s:%s:%lld:%.*s ", (int)row->alert_id.len,
	    row->alert_id.data, (int)row->sink.len, row->sink.data,
	    outbox_state_name(row->state), (long long)row->attempts,
	    (int)row->last_answer.len, row->last_answer.data);
}

static bool
seen_is(struct fixture *f, const char *want)
{
	bool same = !strcmp(buf_str(&f->seen), want);

	if (!same)
		printf("# got: %s\n", buf_str(&f->seen));
	buf_reset(&f->seen);
	return same;
}

static bool
due_is(struct fixture *f, const char *sink, int64_t now_ms, int limit,
    const char *want)
{
	store_outbox_due(
	    f->store, span_str(sink), now_ms, limit, row_seen, f, &f->err);
	return seen_is(f, want);
}

static bool
list_is(struct fixture *f, struct alert_filter filter, const char *want)
{
	store_alert_list(f->store, &filter, row_seen, f, &f->err);
	return seen_is(f, want);
}

static void
test_alerts(void)
{
	struct fixture f;
	struct buf fields = BUF_INIT;

	fixture_init(&f);
	IS_INT(put(&f, "a1", "r", 1), 1, "an alert is inserted");
	IS_INT(put(&f, "a1", "other", 2), 0,
	    "the same id again is said, and is no error");
	IS_INT(store_alert_get(f.store, span_str("a1"), &fields, &f.err), 1,
	    "it can be had back");
	OK(span_equal(buf_span(&fields), span_of("\1f\0", 3)),
	    "byte for byte, the first one");
	IS_INT(store_alert_get(f.store, span_str("a2"), &fields, &f.err), 0,
	    "an unknown one is absent");
	OK(queue(&f, "a2", "ops", 1) < 0 && strstr(f.err.text, "a2"),
	    "nothing can be queued for an unknown one");
	buf_release(&fields);
	fixture_release(&f);
}

static void
sink_seen(void *arg, struct span sink, int64_t due_ms)
{
	struct fixture *f = arg;

	buf_addf(&f->seen, "%.*s:%lld ", (int)sink.len, sink.data,
	    (long long)due_ms);
}

static void
test_outbox(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "a1", "r", 1);
	put(&f, "a2", "r", 2);
	put(&f, "a3", "r", 3);
	queue(&f, "a2", "ops", 20);
	queue(&f, "a1", "ops", 10);
	queue(&f, "a3", "ops", 30);
	IS_INT(queue(&f, "a3", "ops", 99), 0, "queued twice is queued once");
	queue(&f, "a1", "phone", 5);
	OK(due_is(&f, "ops", 25, 10, "a1>ops:due:0: a2>ops:due:0: "),
	    "what is due comes oldest first, what is not does not come");
	OK(due_is(&f, "ops", 99, 2, "a1>ops:due:0: a2>ops:due:0: "),
	    "and no more than asked for");
	OK(due_is(&f, "nobody", 99, 2, ""), "an unknown sink has nothing");
	store_outbox_sinks(f.store, sink_seen, &f, &f.err);
	OK(seen_is(&f, "ops:10 phone:5 "),
	    "the sinks that wait are known, and since when");
	IS_INT(attempt(&f, 2, OUTBOX_DUE, 50, "busy"), 0,
	    "an attempt is recorded");
	OK(due_is(&f, "ops", 25, 10, "a2>ops:due:0: "), "it is due later");
	OK(due_is(&f, "ops", 50, 10,
	       "a2>ops:due:0: a3>ops:due:0: a1>ops:due:1:busy "),
	    "and then again, with its count and answer");
	attempt(&f, 2, OUTBOX_DELIVERED, 0, "ok");
	attempt(&f, 1, OUTBOX_DEAD, 0, "no such user");
	OK(due_is(&f, "ops", 99, 10, "a3>ops:due:0: "),
	    "what is delivered or dead is due no more");
	IS_INT(attempt(&f, 77, OUTBOX_DEAD, 0, "x"), 0,
	    "an attempt at a row that is no more is nobody's");
	OK(due_is(&f, "ops", 99, 10, "a3>ops:due:0: "), "and changes nothing");
	fixture_release(&f);
}

static bool
fields_are(struct fixture *f, const char *id, const char *want)
{
	struct buf fields = BUF_INIT;
	bool same;

	store_alert_get(f->store, span_str(id), &fields, &f->err);
	same = !strcmp(buf_str(&fields), want);
	if (!same)
		printf("# got: %s\n", buf_str(&fields));
	buf_release(&fields);
	return same;
}

static int
amend(struct fixture *f, const char *id, const char *fields, int64_t due_ms)
{
	return store_alert_amend(
	    f->store, span_str(id), span_str(fields), due_ms, &f->err);
}

static void
test_amend(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "a", "r", 1);
	queue(&f, "a", "one", 6000);
	queue(&f, "a", "two", 500);
	put(&f, "b", "r", 1);
	queue(&f, "b", "one", 7000);
	IS_INT(amend(&f, "a", "more", 2000), 1, "an alert can be amended");
	OK(fields_are(&f, "a", "more"), "it says more then");
	OK(due_is(&f, "one", 1999, 9, "") &&
		due_is(&f, "one", 2000, 9, "a>one:due:0: "),
	    "and does not wait any longer, others do");
	OK(due_is(&f, "two", 500, 9, "a>two:due:0: "),
	    "a row that is due before stays so");
	attempt(&f, 2, OUTBOX_DUE, 9000, "later");
	IS_INT(amend(&f, "a", "too late", 2000), 0,
	    "what somebody may have been sent cannot be amended");
	OK(fields_are(&f, "a", "more"), "and stays as it was");
	attempt(&f, 3, OUTBOX_DELIVERED, 0, "ok");
	IS_INT(amend(&f, "b", "too late", 2000), 0,
	    "nor what was delivered");
	IS_INT(amend(&f, "c", "none", 2000), 0, "nor what is not there");
	put(&f, "d", "r", 1);
	IS_INT(amend(&f, "d", "history", 1), 1,
	    "what nobody is sent can be amended for the history");
	OK(fields_are(&f, "d", "history"), "and is");
	fixture_release(&f);
}

static void
test_postpone(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "a", "r", 1);
	queue(&f, "a", "one", 500);
	queue(&f, "a", "two", 9000);
	queue(&f, "a", "three", 500);
	attempt(&f, 3, OUTBOX_DUE, 600, "later");
	put(&f, "b", "r", 1);
	queue(&f, "b", "four", 500);
	IS_INT(store_alert_set_due(f.store, span_str("a"), 6000, &f.err), 0,
	    "an alert can be given another time");
	OK(due_is(&f, "one", 5999, 9, "") &&
		due_is(&f, "one", 6000, 9, "a>one:due:0: "),
	    "it is not due before");
	OK(due_is(&f, "two", 5999, 9, "") &&
		due_is(&f, "two", 6000, 9, "a>two:due:0: "),
	    "nor later, where the clock was set back");
	OK(due_is(&f, "three", 600, 9, "a>three:due:1:later "),
	    "a row that was tried is not touched");
	OK(due_is(&f, "four", 500, 9, "b>four:due:0: "),
	    "nor are those of another alert");
	IS_INT(store_alert_set_due(f.store, span_str("c"), 6000, &f.err), 0,
	    "one that is no more is no error");
	fixture_release(&f);
}

static void
test_held(void)
{
	struct store_counts counts;
	struct fixture f;

	fixture_init(&f);
	put(&f, "a", "r", 1);
	queue(&f, "a", "one", 10);
	IS_INT(store_outbox_hold(
		   f.store, span_str("a"), span_str("two"), &f.err),
	    0, "a row can be held by the sink's cap");
	OK(due_is(&f, "two", INT64_MAX, 9, ""), "it is never due");
	store_outbox_hasten(f.store, 5, &f.err);
	store_outbox_move(f.store, span_str("two"), span_str("three"), &f.err);
	OK(list_is(&f, (struct alert_filter){.state = -1, .limit = -1},
		"a>one:due:0: a>two:held:0: "),
	    "it is listed, and stays with its sink");
	OK(list_is(&f, (struct alert_filter){.state = OUTBOX_HELD, .limit = -1},
		"a>two:held:0: "),
	    "and can be asked for");
	store_alert_counts(f.store, &counts, &f.err);
	OK(counts.held == 1 && counts.due == 1 && counts.dead == 0,
	    "it is counted as held");
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "ok");
	store_alert_prune(f.store, 100, &f.err);
	store_alert_counts(f.store, &counts, &f.err);
	IS_INT(counts.alerts, 0, "and keeps no alert from growing old");
	fixture_release(&f);
}

static void
test_long_answer(void)
{
	struct fixture f;
	char answer[100000];

	memset(answer, 'a', sizeof(answer));
	answer[sizeof(answer) - 1] = '\0';
	fixture_init(&f);
	put(&f, "a1", "r", 1);
	queue(&f, "a1", "ops", 1);
	attempt(&f, 1, OUTBOX_DUE, 1, answer);
	store_outbox_due(f.store, span_str("ops"), 1, 1, row_seen, &f, &f.err);
	OK(f.seen.len > 2000 && f.seen.len < 3000, "a long answer is cut");
	fixture_release(&f);
}

static void
numbers_seen(void *arg, const struct outbox_row *row)
{
	struct fixture *f = arg;

	buf_addf(&f->seen, "%lld %lld %lld %d ", (long long)row->made_ms,
	    (long long)row->due_ms, (long long)row->attempts, row->severity);
}

static void
sink_time(void *arg, struct span sink, int64_t due_ms)
{
	(void)sink;
	*(int64_t *)arg = due_ms;
}

/* Times are reckoned with, and severities are names. */
static void
test_impossible_numbers(void)
{
	struct outbox_filter all = {.waiting = true};
	int64_t due_ms = 7;
	struct fixture f;

	fixture_init(&f);
	put(&f, "a1", "r", 1);
	queue(&f, "a1", "ops", 1);
	store_exec(f.store, "UPDATE alert SET made_ms = -9223372036854775808,"
	    " severity = 99; UPDATE outbox SET due_ms = -9223372036854775808,"
	    " attempts = 9223372036854775807", &f.err);
	buf_reset(&f.seen);
	store_outbox_list(f.store, &all, 1, numbers_seen, &f, &f.err);
	OK(seen_is(&f, "0 0 1000000000 5 "),
	    "numbers that cannot be are brought to what can");
	store_outbox_sinks(f.store, sink_time, &due_ms, &f.err);
	IS_INT(due_ms, 0, "also of a sink");
	store_exec(f.store, "UPDATE alert SET made_ms = 9223372036854775807,"
	    " severity = -1; UPDATE outbox SET due_ms = 9223372036854775807,"
	    " attempts = -1", &f.err);
	buf_reset(&f.seen);
	store_outbox_list(f.store, &all, 1, numbers_seen, &f, &f.err);
	OK(seen_is(&f, "253402300799000 253402300799000 0 0 "),
	    "at either end");
	fixture_release(&f);
}

static void
test_list(void)
{
	struct fixture f;
	struct alert_filter all = {NULL, NULL, NULL, -1, NULL, 100};
	struct alert_filter filter = all;
	struct store_counts counts;

	fixture_init(&f);
	put(&f, "abc1", "r", 1);
	put(&f, "abd2", "s", 2);
	put(&f, "xyz3", "r", 3);
	queue(&f, "abc1", "ops", 1);
	queue(&f, "abc1", "phone", 1);
	queue(&f, "abd2", "ops", 1);
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "ok");
	attempt(&f, 2, OUTBOX_DEAD, 0, "gone");
	OK(list_is(&f, all,
	       "xyz3>:delivered:0: abd2>ops:due:0: "
	       "abc1>ops:delivered:1:ok abc1>phone:dead:1:gone "),
	    "all alerts are listed, newest first, also one nobody hears");
	filter.limit = 1;
	OK(list_is(&f, filter, "xyz3>:delivered:0: "), "at most so many");
	filter = all;
	filter.rule = "s";
	OK(list_is(&f, filter, "abd2>ops:due:0: "), "or those of a rule");
	filter = all;
	filter.sink = "phone";
	OK(list_is(&f, filter, "abc1>phone:dead:1:gone "), "of a sink");
	filter = all;
	filter.state = OUTBOX_DEAD;
	OK(list_is(&f, filter, "abc1>phone:dead:1:gone "), "in a state");
	filter = all;
	filter.id = "ab";
	filter.sink = "ops";
	OK(list_is(&f, filter, "abd2>ops:due:0: abc1>ops:delivered:1:ok "),
	    "or whose id begins so");
	filter = all;
	filter.but_kind = "alert";
	OK(list_is(&f, filter, ""), "or all but those of a kind");
	filter.but_kind = "renewal";
	filter.limit = 1;
	OK(list_is(&f, filter, "xyz3>:delivered:0: "),
	    "which others are not");
	store_alert_counts(f.store, &counts, &f.err);
	OK(counts.alerts == 3 && counts.due == 1 && counts.delivered == 1 &&
		counts.dead == 1 && counts.oldest_due_ms == 2,
	    "they are counted, and the oldest that waits is known");
	fixture_release(&f);
}

static void
test_move(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "a1", "r", 1);
	put(&f, "a2", "r", 2);
	put(&f, "a3", "r", 3);
	queue(&f, "a1", "old", 1);
	queue(&f, "a2", "old", 1);
	queue(&f, "a2", "new", 1);
	queue(&f, "a3", "old", 1);
	attempt(&f, 4, OUTBOX_DELIVERED, 0, "ok");
	IS_INT(store_outbox_move(
		   f.store, span_str("old"), span_str("new"), &f.err),
	    0, "rows of a sink that is gone can be moved");
	OK(due_is(&f, "new", 1, 10,
	       "a1>new:due:0:was for the sink old, which is gone "
	       "a2>new:due:0: "),
	    "each alert once, marked");
	OK(due_is(&f, "old", 1, 10, ""), "nothing waits there any more");
	OK(list_is(&f, (struct alert_filter){"a3", NULL, NULL, -1, NULL, 9},
	       "a3>old:delivered:1:ok "),
	    "what was delivered stays as it was");
	fixture_release(&f);
}

static int64_t
rows_in(struct fixture *f, const char *sql)
{
	struct query query;
	int64_t count = -1;

	query_begin(&query, f->store, sql);
	query_one_number(&query, &count, &f->err);
	return count;
}

static void
test_prune(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "done", "r", 10);
	put(&f, "dead", "r", 10);
	put(&f, "half", "r", 10);
	put(&f, "none", "r", 10);
	put(&f, "young", "r", 100);
	queue(&f, "done", "ops", 1);
	queue(&f, "dead", "ops", 1);
	queue(&f, "half", "ops", 1);
	queue(&f, "half", "phone", 1);
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "ok");
	attempt(&f, 2, OUTBOX_DEAD, 0, "ok");
	attempt(&f, 3, OUTBOX_DELIVERED, 0, "ok");
	IS_INT(store_alert_prune(f.store, 50, &f.err), 0, "old alerts go");
	OK(list_is(&f, (struct alert_filter){NULL, NULL, NULL, -1, NULL, 9},
	       "young>:delivered:0: half>ops:delivered:1:ok "
	       "half>phone:due:0: "),
	    "but not one that somebody has still to hear, nor a young one");
	IS_INT(rows_in(&f, "SELECT count(*) FROM outbox"), 2,
	    "their outbox rows go with them");
	IS_INT(rows_in(&f, "SELECT count(*) FROM attempt"), 1,
	    "and the record of the attempts");
	fixture_release(&f);
}

static void
test_prune_most(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "dead", "r", 1);
	put(&f, "due", "r", 1);
	put(&f, "done", "r", 1);
	put(&f, "held", "r", 1);
	put(&f, "none", "r", 1);
	put(&f, "last", "r", 1);
	put(&f, "newest", "r", 1);
	queue(&f, "dead", "ops", 1);
	queue(&f, "due", "ops", 1);
	queue(&f, "done", "ops", 1);
	attempt(&f, 1, OUTBOX_DEAD, 0, "ok");
	attempt(&f, 3, OUTBOX_DELIVERED, 0, "ok");
	store_outbox_hold(f.store, span_str("held"), span_str("ops"), &f.err);
	IS_INT(store_alert_prune_most(f.store, 7, &f.err), 0,
	    "as many as there may be");
	IS_INT(rows_in(&f, "SELECT count(*) FROM alert"), 7, "stay");
	store_alert_prune_most(f.store, 2, &f.err);
	OK(list_is(&f, (struct alert_filter){NULL, NULL, NULL, -1, NULL, 9},
	       "newest>:delivered:0: last>:delivered:0: due>ops:due:0: "
	       "dead>ops:dead:1:ok "),
	    "of more the last stay, and those that wait or were given up");
	fixture_release(&f);
}

static void
test_atomic(void)
{
	struct fixture f;

	fixture_init(&f);
	put(&f, "a1", "r", 1);
	queue(&f, "a1", "ops", 1);
	store_begin(f.store, &f.err);
	put(&f, "a2", "r", 1);
	queue(&f, "a2", "ops", 1);
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "ok");
	store_outbox_move(f.store, span_str("ops"), span_str("new"), &f.err);
	store_rollback(f.store);
	OK(due_is(&f, "ops", 1, 9, "a1>ops:due:0: "),
	    "all of it belongs to the caller's transaction");
	fixture_release(&f);
}

static void
plan(struct fixture *f, const char *sql)
{
	struct buf explain = BUF_INIT;
	sqlite3_stmt *stmt = NULL;

	buf_reset(&f->seen);
	buf_addf(&explain, "EXPLAIN QUERY PLAN %s", sql);
	sqlite3_prepare_v2(f->store->db, buf_str(&explain), -1, &stmt, NULL);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_addf(&f->seen, "%s\n",
		    (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	buf_release(&explain);
	printf("# %s", buf_str(&f->seen));
}

static void
test_plans(void)
{
	struct fixture f;

	fixture_init(&f);
	plan(&f, store_sql_outbox_due);
	OK(strstr(buf_str(&f.seen), "SEARCH outbox USING INDEX outbox_due") &&
		!strstr(buf_str(&f.seen), "SCAN") &&
		!strstr(buf_str(&f.seen), "TEMP B-TREE"),
	    "what is due is found by an index, in order");
	plan(&f, store_sql_outbox_sinks);
	OK(strstr(buf_str(&f.seen), "COVERING INDEX outbox_due (sink>?)") &&
		!strstr(buf_str(&f.seen), "TEMP B-TREE"),
	    "the sinks are found one behind the other in an index");
	plan(&f, store_sql_alert_prune);
	OK(strstr(buf_str(&f.seen), "INDEX alert_made (made_ms<") &&
		strstr(buf_str(&f.seen), "outbox_waiting") &&
		!strstr(buf_str(&f.seen), "SCAN"),
	    "what is old is found by an index");
	plan(&f, store_sql_alert_prune_most);
	OK(strstr(buf_str(&f.seen), "INTEGER PRIMARY KEY (rowid<") &&
		!strstr(buf_str(&f.seen), "SCAN alert"),
	    "and what is too much, by its number");
	plan(&f, store_sql_report_prune);
	OK(strstr(buf_str(&f.seen), "SCAN alert USING INDEX alert_report") &&
		strstr(buf_str(&f.seen), "outbox_waiting"),
	    "reports are found by their own");
	plan(&f, store_sql_alert_list);
	OK(!strstr(buf_str(&f.seen), "USE TEMP B-TREE FOR ORDER BY"),
	    "the list is read in its own order");
	fixture_release(&f);
}

int
main(void)
{
	test_alerts();
	test_outbox();
	test_amend();
	test_postpone();
	test_held();
	test_long_answer();
	test_impossible_numbers();
	test_list();
	test_move();
	test_prune();
	test_prune_most();
	test_atomic();
	test_plans();
	return tap_done();
}
