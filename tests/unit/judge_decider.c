/*
 * judge_decider: decisions, what is held, what is kept, what is stored.
 */
#include "config.h"

#include <malloc.h>

#include "base/fields.h"
#include "base/map.h"
#include "base/mem.h"
#include "judge/decider_internal.h"
#include "tap.h"

#define MINUTE (60 * 1000)
#define HOUR (60 * MINUTE)
#define START INT64_C(1700000000000)

/* Two rules: 0 as the texts say, 1 each without a throttle. */
struct fixture {
	struct when_spec when, each;
	struct throttle_spec throttle, none;
	struct hours_spec hours;
	struct batch_spec batch;
	struct decider_rule rules[2];
	struct decider *decider;
	struct decision got; /* the first one of the last call */
};

static void
fixture_init(struct fixture *f, const char *when, const char *throttle)
{
	struct err err = ERR_INIT;

	memset(f, 0, sizeof(*f));
	if (when_parse(span_str(when), &f->when, &err) ||
	    throttle_parse(span_str(throttle), &f->throttle, &err) ||
	    when_parse(span_str("each"), &f->each, &err) ||
	    throttle_parse(span_str("none"), &f->none, &err))
		printf("# %s\n", err.text);
	f->rules[0] = (struct decider_rule){.name = "as-said",
	    .when = &f->when,
	    .hours = &f->hours,
	    .batch = &f->batch,
	    .throttle = &f->throttle,
	    .keyed = true,
	    .partner = DECIDER_NO_RULE};
	f->rules[1] = f->rules[0];
	f->rules[1].name = "each";
	f->rules[1].when = &f->each;
	f->rules[1].throttle = &f->none;
	f->decider = decider_new(f->rules, 2, NULL);
}

static void
feed_at(struct fixture *f, size_t rule, struct span key, int64_t time_ms,
    int64_t now_ms, struct span line)
{
	struct decider_match match = {.rule = rule,
	    .key = key,
	    .time_ms = time_ms,
	    .now_ms = now_ms,
	    .line = line};

	decider_feed(f->decider, &match);
	if (!decider_next(f->decider, &f->got))
		OK(false, "a match leads to a decision");
}

static enum decision_kind
feed(struct fixture *f, const char *key, int64_t at_ms, const char *line)
{
	feed_at(f, 0, span_str(key), at_ms, at_ms, span_str(line));
	return f->got.kind;
}

static bool
expire(struct fixture *f, int64_t now_ms)
{
	decider_expire(f->decider, now_ms, true);
	if (!decider_next(f->decider, &f->got))
		return false;
	return true;
}

static uint64_t
keys(struct fixture *f)
{
	struct decider_totals totals;

	decider_totals(f->decider, 0, &totals);
	return totals.keys;
}

/* A store: saved bytes by key, of rule 0. */
struct shelf {
	struct map *rows;
	int puts, deletes;
};

static void
shelf_put(void *arg, size_t rule, struct span key, struct span saved)
{
	struct shelf *shelf = arg;
	struct buf *row;

	(void)rule;
	row = map_take(shelf->rows, key);
	if (!saved.len) {
		shelf->deletes++;
	} else {
		shelf->puts++;
		if (!row)
			row = xcalloc(1, sizeof(*row));
		buf_reset(row);
		buf_add_span(row, saved);
		map_put(shelf->rows, key, row);
		return;
	}
	if (row) {
		buf_release(row);
		free(row);
	}
}

static void
shelf_save(struct shelf *shelf, struct fixture *f)
{
	shelf->puts = shelf->deletes = 0;
	decider_dirty(f->decider, shelf_put, shelf);
	decider_saved(f->decider);
}

static int
shelf_load(struct shelf *shelf, struct fixture *f, int64_t now_ms)
{
	struct span key;
	struct err err = ERR_INIT;
	size_t cursor = 0;
	void *row;
	int failed = 0;

	while (map_next(shelf->rows, &cursor, &key, &row)) {
		if (decider_load(
			f->decider, 0, key, buf_span(row), now_ms, &err)) {
			printf("# %s\n", err.text);
			failed++;
		}
	}
	return failed;
}

static void
shelf_row_free(void *row)
{
	buf_release(row);
	free(row);
}

static void
test_each(void)
{
	struct fixture f;

	fixture_init(&f, "each", "10m");
	IS_INT(feed(&f, "k", START, "one"), DECISION_ALERT,
	    "the first match of a key is an alert");
	OK(f.got.count == 1 && f.got.first_ms == START &&
		f.got.last_ms == START && f.got.line_count == 1 &&
		span_is(f.got.lines[0], "one") && span_is(f.got.key, "k"),
	    "with its line, times and key");
	IS_INT(feed(&f, "k", START + 1, "two"), DECISION_HELD,
	    "the second is held");
	IS_INT(f.got.count, 1, "and counts as one match");
	IS_INT(feed(&f, "j", START + 2, "three"), DECISION_ALERT,
	    "another key has a throttle of its own");
	feed(&f, "k", START + 3, "four");
	IS_INT(decider_due(f.decider), START + 10 * MINUTE,
	    "the summary is due when the period is over");
	OK(!expire(&f, START + 10 * MINUTE - 1), "not before");
	OK(expire(&f, START + 10 * MINUTE), "but then");
	OK(f.got.kind == DECISION_SUMMARY && f.got.count == 2 &&
		f.got.first_ms == START + 1 && f.got.last_ms == START + 3 &&
		f.got.line_count == 1 && span_is(f.got.lines[0], "four") &&
		span_is(f.got.key, "k") && f.got.period_ms == 10 * MINUTE,
	    "with the count, the times and the last line of what was held");
	OK(!expire(&f, START + 10 * MINUTE), "once");
	OK(!expire(&f, START + 10 * MINUTE + 2) && keys(&f) == 1,
	    "a key that held nothing goes when its period is over");
	OK(!expire(&f, START + HOUR) && keys(&f) == 0,
	    "and so does the other after a quiet one");
	IS_INT(decider_due(f.decider), 0, "then nothing is due");
	decider_free(f.decider);
}

static void
test_no_throttle(void)
{
	struct fixture f;
	struct decider_totals totals;
	struct shelf shelf = {map_new(), 0, 0};
	int i;

	fixture_init(&f, "each", "10m");
	for (i = 0; i < 3; i++)
		feed_at(&f, 1, span_str("k"), START, START, span_str("line"));
	decider_totals(f.decider, 1, &totals);
	OK(totals.alerts == 3 && !totals.keys,
	    "each without a throttle keeps nothing");
	shelf_save(&shelf, &f);
	OK(!shelf.puts && !shelf.deletes, "and has nothing to store");
	IS_INT(decider_due(f.decider), 0, "nor to wait for");
	decider_free(f.decider);
	map_free(shelf.rows, shelf_row_free);
}

static void
test_count(void)
{
	struct fixture f;
	char line[32];
	int i;

	fixture_init(&f, "3 in 10m", "1h");
	IS_INT(feed(&f, "", START, "a"), DECISION_COUNTED,
	    "the first of three is counted");
	IS_INT(f.got.count, 1, "as one");
	IS_INT(f.got.line_count, 0, "and shows no lines");
	feed(&f, "", START + 1, "b");
	IS_INT(feed(&f, "", START + 2, "c"), DECISION_ALERT,
	    "the third is an alert");
	OK(f.got.count == 3 && f.got.first_ms == START &&
		f.got.last_ms == START + 2 && f.got.line_count == 3 &&
		span_is(f.got.lines[0], "a") && span_is(f.got.lines[2], "c"),
	    "with all three lines, oldest first");
	for (i = 0; i < 6; i++)
		feed(&f, "", START + 10 + i, "d");
	OK(f.got.kind == DECISION_HELD && f.got.count == 3,
	    "the throttle holds matches by threes");
	expire(&f, START + HOUR + 2);
	OK(f.got.kind == DECISION_SUMMARY && f.got.count == 6,
	    "and its summary counts matches");
	decider_free(f.decider);
	fixture_init(&f, "100 in 10m", "none");
	for (i = 0; i < 100; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		feed(&f, "", START + i, line);
	}
	OK(f.got.kind == DECISION_ALERT && f.got.count == 100 &&
		f.got.line_count == DECIDER_KEPT_LINES &&
		span_is(f.got.lines[0], "line 90") &&
		span_is(f.got.lines[9], "line 99"),
	    "of many lines the last ones are shown");
	decider_free(f.decider);
}

static void
test_window_slides(void)
{
	struct fixture f;

	fixture_init(&f, "3 in 10m", "none");
	feed(&f, "", START, "old");
	feed(&f, "", START + 9 * MINUTE, "a");
	feed(&f, "", START + 11 * MINUTE, "b");
	IS_INT(f.got.count, 2, "what slid out of the window is not pending");
	feed_at(&f, 0, span_str(""), START - 5 * MINUTE, START + 11 * MINUTE,
	    span_str("too old to count"));
	feed(&f, "", START + 12 * MINUTE, "c");
	OK(f.got.kind == DECISION_ALERT && f.got.line_count == 3 &&
		span_is(f.got.lines[0], "a"),
	    "and its line is not shown, nor that of one too old to count");
	decider_free(f.decider);
	fixture_init(&f, "3 in 10m", "none");
	feed(&f, "", START + 5, "a");
	feed(&f, "", START + 9, "b");
	feed(&f, "", START + 7, "c");
	OK(f.got.kind == DECISION_ALERT && f.got.first_ms == START + 5 &&
		f.got.last_ms == START + 9,
	    "the times are the first and last, in whatever order they came");
	decider_free(f.decider);
}

/* What is asked is what then happens; asked at every step of a feed. */
static void
check_asking(const char *when, const char *values, const int *minutes)
{
	struct fixture f;
	struct when_met met;
	int wrong = 0;

	fixture_init(&f, when, "none");
	for (size_t i = 0; values[i]; i++) {
		int64_t at = START + minutes[i] * MINUTE;
		struct span value = span_of(values + i, 1);
		struct when_match asking = {
		    .time_ms = at, .now_ms = at, .value = value};
		struct decider_match match = {.key = span_str("k"),
		    .time_ms = at,
		    .now_ms = at,
		    .line = value,
		    .value = value};
		bool would = decider_would_meet(
		    f.decider, 0, span_str("k"), &asking, &met);

		would &= decider_would_meet(
		    f.decider, 0, span_str("k"), &asking, &met);
		decider_feed(f.decider, &match);
		wrong += !decider_next(f.decider, &f.got) ||
			 would != (f.got.kind == DECISION_ALERT) ||
			 met.count != f.got.count;
	}
	OK(!wrong, "what \"%s\" would say is what it says", when);
	decider_free(f.decider);
}

static void
test_asking(void)
{
	static const int even[] = {0, 1, 2, 3, 4, 5, 6, 7};
	static const int slides[] = {0, 9, 11, 12, 30, 31, 32, 33};

	check_asking("each", "aaaaaaaa", even);
	check_asking("3 in 10m", "aaaaaaaa", even);
	check_asking("3 in 10m", "aaaaaaaa", slides);
	check_asking("distinct 3 v in 10m", "aaabbbcd", even);
	check_asking("distinct 3 v in 10m", "abcabcab", slides);
}

static void
test_window_expires(void)
{
	struct fixture f;

	fixture_init(&f, "3 in 10m", "none");
	feed(&f, "", START, "a");
	IS_INT(decider_due(f.decider), START + 10 * MINUTE + HOUR,
	    "a window is due an hour after it has passed");
	/* The last of three came late, with its own time. */
	feed(&f, "", START + 5 * MINUTE, "b");
	expire(&f, START + 10 * MINUTE + 400);
	feed_at(&f, 0, span_str(""), START + 10 * MINUTE,
	    START + 10 * MINUTE + 400, span_str("c"));
	IS_INT(f.got.kind, DECISION_ALERT,
	    "since a record may come later than those before it did");
	feed(&f, "", START + HOUR, "a");
	decider_expire(f.decider, START + 3 * HOUR, false);
	OK(!decider_next(f.decider, &f.got), "a window is not told of");
	IS_INT(keys(&f), 1, "while there is more to read it is kept");
	expire(&f, START + 3 * HOUR);
	IS_INT(decider_due(f.decider), START + 26 * HOUR + 10 * MINUTE,
	    "and a day longer where there are few");
	expire(&f, START + 26 * HOUR + 10 * MINUTE);
	IS_INT(keys(&f), 0, "and then it is forgotten");
	decider_free(f.decider);
	/* A backlog: records of an hour ago, read now. */
	fixture_init(&f, "3 in 10m", "none");
	feed_at(&f, 0, span_str(""), START - HOUR, START, span_str("a"));
	expire(&f, START + HOUR + 10 * MINUTE);
	IS_INT(keys(&f), 1,
	    "a window of old records waits as long as they are late");
	feed_at(&f, 0, span_str(""), START - HOUR + 1, START + 80 * MINUTE,
	    span_str("b"));
	feed_at(&f, 0, span_str(""), START - HOUR + 2, START + 100 * MINUTE,
	    span_str("c"));
	IS_INT(f.got.kind, DECISION_ALERT,
	    "so that a backlog is judged by its own times");
	decider_free(f.decider);
}

static void
test_clock_back(void)
{
	struct fixture f;

	fixture_init(&f, "each", "10m");
	feed(&f, "k", START, "a");
	feed(&f, "k", START + 1, "b");
	OK(!expire(&f, START - 24 * HOUR), "the clock was set back a day");
	IS_INT(decider_due(f.decider), START - 24 * HOUR + 10 * MINUTE,
	    "the summary is due after one period, not after a day");
	OK(!expire(&f, START - 24 * HOUR - 500) &&
		decider_due(f.decider) == START - 24 * HOUR + 10 * MINUTE,
	    "half a second back is no step");
	OK(expire(&f, START - 23 * HOUR) && f.got.count == 1, "and it comes");
	decider_free(f.decider);
}

static void
test_saved(void)
{
	struct fixture f, g;
	struct shelf shelf = {map_new(), 0, 0};

	fixture_init(&f, "3 in 10m", "1h double max 4h");
	fixture_init(&g, "3 in 10m", "1h double max 4h");
	feed(&f, "x", START, "a");
	feed(&f, "x", START + 1, "b");
	feed(&f, "y", START + 1, "a");
	feed(&f, "y", START + 1, "b");
	feed(&f, "y", START + 1, "c");
	feed(&f, "y", START + 2, "d");
	shelf_save(&shelf, &f);
	IS_INT(shelf.puts, 2, "what changed is stored");
	shelf_save(&shelf, &f);
	IS_INT(shelf.puts, 0, "what did not change is not stored again");
	IS_INT(shelf_load(&shelf, &g, START + 5), 0, "it can be loaded");
	shelf_save(&shelf, &g);
	IS_INT(shelf.puts + shelf.deletes, 0,
	    "what was loaded need not be stored");
	IS_INT(feed(&g, "x", START + 6, "c"), DECISION_ALERT,
	    "a window goes on after a restart");
	OK(f.got.rule == 0 && g.got.line_count == 3 &&
		span_is(g.got.lines[0], "a"),
	    "with its lines");
	feed(&g, "y", START + 7, "e");
	IS_INT(feed(&g, "y", START + 8, "f"), DECISION_HELD,
	    "and so does a throttle");
	shelf_save(&shelf, &g);
	OK(expire(&g, START + 2 * HOUR), "the summary comes");
	while (expire(&g, START + 20 * HOUR))
		;
	shelf_save(&shelf, &g);
	OK(shelf.deletes == 2 && !map_count(shelf.rows),
	    "what has become empty is deleted");
	shelf_save(&shelf, &g);
	IS_INT(shelf.deletes, 0, "once");
	decider_free(f.decider);
	decider_free(g.decider);
	map_free(shelf.rows, shelf_row_free);
}

/* An alert shows what it counts, however the clock goes. */
static void
test_window_lines(void)
{
	struct fixture f, g;
	struct shelf shelf = {map_new(), 0, 0};

	fixture_init(&f, "3 in 10m", "none");
	fixture_init(&g, "3 in 10m", "none");
	feed(&f, "", START + HOUR, "a");
	shelf_save(&shelf, &f);
	feed(&f, "", START, "b");
	feed(&f, "", START + 1, "c");
	OK(f.got.kind == DECISION_ALERT && f.got.line_count == 3 &&
		span_is(f.got.lines[0], "a"),
	    "what was ahead when the clock was set back is shown");
	IS_INT(shelf_load(&shelf, &g, START), 0, "loaded with the clock back");
	feed(&g, "", START + 1, "b");
	feed(&g, "", START + 2, "c");
	OK(g.got.kind == DECISION_ALERT && g.got.line_count == 3 &&
		span_is(g.got.lines[0], "a"),
	    "it is shown as well");
	decider_free(f.decider);
	decider_free(g.decider);
	map_free(shelf.rows, shelf_row_free);
}

static void
test_clock_back_after_load(void)
{
	struct fixture f, g;
	struct shelf shelf = {map_new(), 0, 0};

	fixture_init(&f, "each", "10m");
	fixture_init(&g, "each", "10m");
	feed(&f, "k", START, "a");
	feed(&f, "k", START + 1, "b");
	shelf_save(&shelf, &f);
	IS_INT(shelf_load(&shelf, &g, START + 2), 0, "loaded, with the clock");
	OK(!expire(&g, START - 24 * HOUR),
	    "which is set back before anything else happens");
	IS_INT(decider_due(g.decider), START - 24 * HOUR + 10 * MINUTE,
	    "the summary is due after one period all the same");
	decider_free(f.decider);
	decider_free(g.decider);
	map_free(shelf.rows, shelf_row_free);
}

static void
test_deleted_and_used_again(void)
{
	struct fixture f;
	struct shelf shelf = {map_new(), 0, 0};

	fixture_init(&f, "each", "10m");
	feed(&f, "k", START, "a");
	shelf_save(&shelf, &f);
	expire(&f, START + HOUR);
	IS_INT(feed(&f, "k", START + HOUR, "b"), DECISION_ALERT,
	    "a key that has become empty can be used again");
	shelf_save(&shelf, &f);
	OK(shelf.puts == 1 && !shelf.deletes && map_count(shelf.rows) == 1,
	    "before its deletion was stored, too");
	decider_free(f.decider);
	map_free(shelf.rows, shelf_row_free);
}

static int
load(struct fixture *f, struct span saved)
{
	struct err err = ERR_INIT;
	int result =
	    decider_load(f->decider, 0, span_str("k"), saved, START, &err);

	if (result)
		printf("# %s\n", err.text);
	return result;
}

static void
test_hostile(void)
{
	struct fixture f;
	struct shelf shelf = {map_new(), 0, 0};
	struct buf bytes = BUF_INIT, *row;
	struct err err = ERR_INIT;
	char key[DECIDER_KEY_BYTES + 1] = "";
	size_t i, accepted = 0;

	fixture_init(&f, "3 in 10m", "1h");
	OK(load(&f, span_str("")), "no state at all is refused");
	OK(load(&f, span_str("rubbish")), "rubbish is refused");
	fields_add_number(&bytes, "v", 2);
	OK(load(&f, buf_span(&bytes)), "an unknown version is refused");
	buf_reset(&bytes);
	fields_add_number(&bytes, "v", 1);
	fields_add_str(&bytes, "when", "12");
	OK(load(&f, buf_span(&bytes)), "a damaged window is refused");
	OK(decider_load(f.decider, 0, span_of(key, sizeof(key)),
	       buf_span(&bytes), START, &err),
	    "a key that is too long is refused");
	shelf_save(&shelf, &f);
	OK(shelf.deletes == 1 && keys(&f) == 0,
	    "what was refused is deleted from the store");
	feed(&f, "k", START, "a");
	feed(&f, "k", START, "b");
	shelf_save(&shelf, &f);
	row = map_get(shelf.rows, span_str("k"));
	for (i = 0; i < row->len * 8; i++) {
		row->data[i / 8] ^= (char)(1 << i % 8);
		accepted += !decider_load(
		    f.decider, 0, span_str("k"), buf_span(row), START, &err);
		row->data[i / 8] ^= (char)(1 << i % 8);
	}
	OK(accepted < row->len * 8,
	    "no flipped bit in a stored state does harm");
	IS_INT(load(&f, buf_span(row)), 0, "and the whole one is loaded");
	IS_INT(feed(&f, "k", START, "c"), DECISION_ALERT, "and goes on");
	decider_free(f.decider);
	map_free(shelf.rows, shelf_row_free);
	buf_release(&bytes);
}

static void
test_flush(void)
{
	struct fixture f;
	int flushed = 0;
	int64_t matches = 0;

	fixture_init(&f, "each", "10m");
	feed(&f, "a", START, "1");
	feed(&f, "a", START, "2");
	feed(&f, "b", START, "1");
	feed(&f, "c", START, "1");
	feed(&f, "c", START, "2");
	feed(&f, "c", START, "3");
	decider_flush(f.decider, 0, START + 1);
	while (decider_next(f.decider, &f.got)) {
		flushed += f.got.kind == DECISION_SUMMARY;
		matches += f.got.count;
	}
	OK(flushed == 2 && matches == 3, "a flush yields all that is held");
	IS_INT(feed(&f, "c", START + 2, "4"), DECISION_ALERT,
	    "and leaves those throttles open");
	IS_INT(
	    feed(&f, "b", START + 2, "4"), DECISION_HELD, "but not the others");
	decider_free(f.decider);
}

static void
test_long_key(void)
{
	struct fixture f;
	char key[5000], other[5000];

	memset(key, 'k', sizeof(key));
	memset(other, 'k', sizeof(other));
	other[4999] = 'x';
	fixture_init(&f, "each", "10m");
	feed_at(&f, 0, span_of(key, sizeof(key)), START, START, span_str("a"));
	OK(f.got.key.len <= DECIDER_KEY_BYTES, "a long key is cut");
	feed_at(
	    &f, 0, span_of(other, sizeof(other)), START, START, span_str("a"));
	IS_INT(f.got.kind, DECISION_ALERT,
	    "two that differ behind the cut stay two");
	feed_at(&f, 0, span_of(key, sizeof(key)), START, START, span_str("a"));
	IS_INT(f.got.kind, DECISION_HELD, "and each is found again");
	decider_free(f.decider);
}

static void
feed_number(struct fixture *f, int number)
{
	char key[32];

	snprintf(key, sizeof(key), "key-%d", number);
	feed(f, key, START + number, "a line of a log, not a long one");
}

static void
test_eviction(void)
{
	struct fixture f;
	struct decider_totals totals;
	struct shelf shelf = {map_new(), 0, 0};
	int i;

	fixture_init(&f, "each", "1h");
	feed_number(&f, 0);
	feed_number(&f, 0);
	for (i = 1; i < DECIDER_KEYS_MAX; i++)
		feed_number(&f, i);
	decider_saved(f.decider);
	IS_INT(keys(&f), DECIDER_KEYS_MAX, "as many keys as may be");
	feed_number(&f, 1);
	feed_number(&f, 2);
	feed_number(&f, DECIDER_KEYS_MAX);
	decider_totals(f.decider, 0, &totals);
	OK(totals.keys == DECIDER_KEYS_MAX && totals.evicted == 1,
	    "one more evicts one, and that is counted");
	shelf_save(&shelf, &f);
	IS_INT(shelf.deletes, 1, "its row is deleted");
	feed_number(&f, 0);
	OK(f.got.kind == DECISION_HELD,
	    "the oldest of all holds something and has stayed");
	feed_number(&f, 3);
	OK(f.got.kind == DECISION_ALERT,
	    "the oldest one without anything held is gone");
	decider_free(f.decider);
	map_free(shelf.rows, shelf_row_free);
}

/* What a flood of keys leaves behind must not wait for a commit. */
static void
test_flood(void)
{
	struct fixture f;
	struct shelf shelf = {map_new(), 0, 0};

	fixture_init(&f, "20 in 1h", "none");
	decider_free(f.decider);
	f.decider = decider_new_bounded(f.rules, 2, NULL, 3, DECIDER_BYTES_MAX);
	for (int i = 0; i < 3; i++)
		feed_number(&f, i);
	shelf_save(&shelf, &f);
	for (int i = 3; i < 100; i++)
		feed_number(&f, i);
	IS_INT(keys(&f), 3, "of a flood of keys as many stay as may be");
	IS_INT(map_count(f.decider->rules[0].entries), 6,
	    "of the others, those only whose rows have to go");
	decider_dirty(f.decider, shelf_put, &shelf);
	for (int i = 100; i < 200; i++)
		feed_number(&f, i);
	IS_INT(map_count(f.decider->rules[0].entries), 9,
	    "and what a commit that did not end may have left");
	shelf_save(&shelf, &f);
	OK(shelf.puts == 3 && map_count(shelf.rows) == 3,
	    "the store has the rows of those that stay");
	IS_INT(map_count(f.decider->rules[0].entries), 3,
	    "then nothing else is kept");
	decider_free(f.decider);
	map_free(shelf.rows, shelf_row_free);
}

static void
test_all_hold(void)
{
	struct fixture f;
	struct decider_totals totals;
	int i;

	fixture_init(&f, "each", "1h");
	for (i = 0; i < DECIDER_KEYS_MAX; i++) {
		feed_number(&f, i);
		feed_number(&f, i);
	}
	feed_number(&f, DECIDER_KEYS_MAX);
	decider_totals(f.decider, 0, &totals);
	OK(totals.keys == DECIDER_KEYS_MAX && totals.evicted == 1,
	    "where all hold something the oldest must go, counted");
	feed_number(&f, 0);
	IS_INT(f.got.kind, DECISION_ALERT, "it is the oldest");
	decider_free(f.decider);
}

/* Sanitizers replace malloc, and what it reports is 0 then. */
static void
test_memory(void)
{
	struct fixture f;
	struct mallinfo2 before = mallinfo2(), after;
	size_t each, count;
	int i;

	fixture_init(&f, "each", "1h");
	for (i = 0; i < DECIDER_KEYS_MAX; i++)
		feed_number(&f, i);
	decider_saved(f.decider);
	after = mallinfo2();
	each =
	    (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) /
	    DECIDER_KEYS_MAX;
	decider_free(f.decider);
	before = mallinfo2();
	fixture_init(&f, "5 in 1h", "1h");
	for (i = 0; i < DECIDER_KEYS_MAX; i++)
		feed_number(&f, i);
	decider_saved(f.decider);
	after = mallinfo2();
	count =
	    (after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) /
	    DECIDER_KEYS_MAX;
	decider_free(f.decider);
	OK(each <= 400 && count <= 600,
	    "a key costs %zu bytes with each, %zu with a count and one line",
	    each, count);
}

static void
test_line_budget(void)
{
	struct fixture f;
	char line[DECIDER_LINE_BYTES], key[32];
	int i;

	memset(line, 'x', sizeof(line));
	fixture_init(&f, "5 in 1h", "1h");
	for (i = 0; i < 40000; i++) {
		snprintf(key, sizeof(key), "%d", i / 2);
		feed_at(&f, 0, span_str(key), START, START,
		    span_of(line, sizeof(line)));
	}
	for (i = 0; i < 3; i++)
		feed_at(
		    &f, 0, span_str("19999"), START, START, span_str("short"));
	OK(f.got.kind == DECISION_ALERT && f.got.line_count == 2,
	    "when lines take too much memory, a key keeps only the last");
	decider_free(f.decider);
}

int
main(void)
{
	test_each();
	test_no_throttle();
	test_count();
	test_window_slides();
	test_asking();
	test_window_expires();
	test_clock_back();
	test_saved();
	test_clock_back_after_load();
	test_window_lines();
	test_deleted_and_used_again();
	test_hostile();
	test_flush();
	test_long_key();
	test_eviction();
	test_flood();
	test_all_hold();
	test_memory();
	test_line_budget();
	return tap_done();
}
