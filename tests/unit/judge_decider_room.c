/*
 * judge_decider_room: how much the keys of all rules may take, and which of
 * them go, also behind a restart.
 */
#include "config.h"

#include <malloc.h>

#include "base/fields.h"
#include "base/mem.h"
#include "judge/decider_internal.h"
#include "judge/when_internal.h"
#include "tap.h"

#define MINUTE (60 * 1000)
#define HOUR (60 * MINUTE)
#define START INT64_C(1700000000000)
#define RULES 3
#define ROWS_MAX 1000

struct row {
	size_t rule;
	struct buf key, saved;
};

/* Three rules of the same kind, and a store. */
struct fixture {
	struct when_spec when;
	struct throttle_spec throttle;
	struct hours_spec hours;
	struct batch_spec batch;
	struct decider_rule rules[RULES];
	struct decider *decider;
	int64_t now;
	struct row rows[ROWS_MAX];
	size_t row_count;
	int summaries; /* of evicted keys, in the last call */
};

static void
fixture_start(struct fixture *f, size_t keys_max, int64_t bytes_max)
{
	f->decider =
	    decider_new_bounded(f->rules, RULES, NULL, keys_max, bytes_max);
}

static void
fixture_init(struct fixture *f, const char *when, const char *throttle)
{
	static const char *const names[RULES] = {"a", "b", "c"};

	memset(f, 0, sizeof(*f));
	if (when_parse(span_str(when), &f->when, NULL) ||
	    throttle_parse(span_str(throttle), &f->throttle, NULL))
		OK(false, "the rule is as it should be");
	for (size_t i = 0; i < RULES; i++)
		f->rules[i] = (struct decider_rule){.name = names[i],
		    .when = &f->when,
		    .hours = &f->hours,
		    .batch = &f->batch,
		    .throttle = &f->throttle,
		    .keyed = true,
		    .partner = DECIDER_NO_RULE};
	f->now = START;
}

static void
fixture_release(struct fixture *f)
{
	decider_free(f->decider);
	for (size_t i = 0; i < f->row_count; i++) {
		buf_release(&f->rows[i].key);
		buf_release(&f->rows[i].saved);
	}
}

static void
drain(struct fixture *f)
{
	struct decision got;

	f->summaries = 0;
	while (decider_next(f->decider, &got))
		f->summaries += got.kind == DECISION_SUMMARY && got.evicted;
}

static void
feed_value(struct fixture *f, size_t rule, const char *key, int value)
{
	char text[32];
	struct decider_match match = {.rule = rule,
	    .key = span_str(key),
	    .time_ms = f->now,
	    .now_ms = f->now,
	    .line = span_str("a line of a log, not a long one")};

	snprintf(text, sizeof(text), "value-%d", value);
	match.value = span_str(text);
	decider_feed(f->decider, &match);
	drain(f);
	f->now++;
}

static void
feed(struct fixture *f, size_t rule, const char *key)
{
	feed_value(f, rule, key, 0);
}

static void
flood(struct fixture *f, size_t rule, int from, int to)
{
	char key[32];

	for (; from < to; from++) {
		snprintf(key, sizeof(key), "flood-%d", from * 7919 % 100000);
		feed(f, rule, key);
	}
}

static struct decider_totals
totals(const struct fixture *f, size_t rule)
{
	struct decider_totals totals;

	decider_totals(f->decider, rule, &totals);
	return totals;
}

static bool
has(const struct fixture *f, size_t rule, const char *key)
{
	const struct entry *entry = entry_find(f->decider, rule, span_str(key));

	return entry && entry->place != ENTRY_NOWHERE;
}

static void
put_row(void *arg, size_t rule, struct span key, struct span saved)
{
	struct fixture *f = arg;
	struct row *row = f->rows, *end = row + f->row_count;

	while (row < end &&
	       (row->rule != rule || !span_equal(buf_span(&row->key), key)))
		row++;
	if (row == end) {
		f->row_count++;
		row->rule = rule;
		buf_add_span(&row->key, key);
	}
	buf_reset(&row->saved);
	buf_add_span(&row->saved, saved);
}

static void
save(struct fixture *f)
{
	decider_dirty(f->decider, put_row, f);
	decider_saved(f->decider);
}

static int
row_compare(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	if (one->rule != other->rule)
		return one->rule < other->rule ? -1 : 1;
	return span_order(buf_span(&one->key), buf_span(&other->key));
}

/* As the store has its rows: by rule and key. */
static int
restart(struct fixture *f, size_t keys_max, int64_t bytes_max)
{
	int failed = 0;

	save(f);
	decider_free(f->decider);
	fixture_start(f, keys_max, bytes_max);
	qsort(f->rows, f->row_count, sizeof(f->rows[0]), row_compare);
	for (size_t i = 0; i < f->row_count; i++)
		if (f->rows[i].saved.len)
			failed += decider_load(f->decider, f->rows[i].rule,
				      buf_span(&f->rows[i].key),
				      buf_span(&f->rows[i].saved), f->now,
				      NULL) != 0;
	decider_start(f->decider, f->now);
	drain(f);
	return failed;
}

static size_t
rows_left(const struct fixture *f)
{
	size_t left = 0;

	for (size_t i = 0; i < f->row_count; i++)
		left += f->rows[i].saved.len > 0;
	return left;
}

/* --- Sharing -------------------------------------------------------------- */

static void
test_flooded(void)
{
	const int64_t most = 64 * 1024;
	struct fixture f;

	fixture_init(&f, "20 in 1h", "none");
	fixture_start(&f, DECIDER_KEYS_MAX, most);
	feed(&f, 1, "quiet");
	flood(&f, 0, 0, 2000);
	OK(f.decider->bytes <= most && totals(&f, 0).evicted > 1000,
	    "a flood of keys takes no more than all rules may");
	OK(has(&f, 1, "quiet") && totals(&f, 1).evicted == 0,
	    "a rule under its share loses nothing by it");
	OK(has(&f, 0, "flood-30081") && !has(&f, 0, "flood-0"),
	    "of the flooded one those used last stay");
	flood(&f, 2, 0, 2000);
	OK(f.decider->bytes <= most && has(&f, 1, "quiet"),
	    "nor by two that are flooded");
	OK(totals(&f, 0).keys + 1 >= totals(&f, 2).keys &&
		totals(&f, 0).keys <= totals(&f, 2).keys + 1,
	    "which share what there is (%d and %d keys)",
	    (int)totals(&f, 0).keys, (int)totals(&f, 2).keys);
	OK(has(&f, 2, "flood-30081"), "the key at hand stays");
	fixture_release(&f);
}

static void
test_heavy(void)
{
	struct fixture f;
	int i;

	fixture_init(&f, "distinct 1000 user in 1h", "none");
	fixture_start(&f, DECIDER_KEYS_MAX, 128 * 1024);
	flood(&f, 0, 0, 100);
	for (i = 0; i < 900; i++) {
		feed_value(&f, 1, "one", i);
		feed_value(&f, 1, "other", i);
		feed_value(&f, 1, "third", i);
	}
	OK(f.decider->bytes <= 128 * 1024 && totals(&f, 0).keys == 100,
	    "many values count for more than many keys");
	OK(totals(&f, 1).evicted > 0 && has(&f, 1, "third"),
	    "of the few with many the one used last stays");
	fixture_release(&f);
}

static void
test_held(void)
{
	struct fixture f;

	fixture_init(&f, "each", "1h");
	fixture_start(&f, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
	feed(&f, 0, "held");
	feed(&f, 0, "held");
	feed(&f, 0, "idle");
	f.decider->bytes_max = f.decider->bytes;
	feed(&f, 0, "new");
	OK(has(&f, 0, "held") && !has(&f, 0, "idle"),
	    "what holds something stays as long as others do not");
	feed(&f, 0, "new");
	OK(!has(&f, 0, "held") && has(&f, 0, "new") && f.summaries == 1,
	    "and where all do it is told before it goes");
	fixture_release(&f);
}

/* --- What is counted ------------------------------------------------------ */

static size_t
in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Sanitizers replace malloc, and what it reports is 0 then. */
static void
measure(const char *when, const char *throttle, int keys, int each)
{
	struct fixture f;
	size_t before, taken;
	int i;

	fixture_init(&f, when, throttle);
	before = in_use();
	fixture_start(&f, DECIDER_KEYS_MAX, INT64_MAX);
	for (i = 0; i < each; i++) {
		char key[32];

		for (int k = 0; k < keys; k++) {
			snprintf(key, sizeof(key), "203.0.113.%d", k);
			feed_value(&f, 0, key, i);
		}
	}
	decider_saved(f.decider);
	taken = in_use() - before;
	OK(taken <= (size_t)f.decider->bytes * 5 / 4 &&
		(!taken || (size_t)f.decider->bytes <= taken * 5 / 4),
	    "%s: what is counted is about what is taken (%d and %d a key)",
	    when, (int)(f.decider->bytes / keys), (int)taken / keys);
	fixture_release(&f);
}

/* --- Restarts ------------------------------------------------------------- */

static void
test_order(void)
{
	struct fixture f;

	fixture_init(&f, "each", "1h");
	fixture_start(&f, 5, DECIDER_BYTES_MAX);
	feed(&f, 0, "m");
	feed(&f, 0, "m");
	feed(&f, 0, "d");
	feed(&f, 0, "z");
	feed(&f, 0, "a");
	feed(&f, 0, "k");
	IS_INT(restart(&f, 5, DECIDER_BYTES_MAX), 0, "all rows are loaded");
	feed(&f, 0, "n1");
	OK(!has(&f, 0, "d") && has(&f, 0, "a"),
	    "behind a restart the one used longest ago goes first");
	feed(&f, 0, "z");
	feed(&f, 0, "k");
	restart(&f, 5, DECIDER_BYTES_MAX);
	feed(&f, 0, "n2");
	OK(!has(&f, 0, "a") && has(&f, 0, "z"), "and behind another one");
	feed(&f, 0, "n3");
	OK(!has(&f, 0, "n1") && has(&f, 0, "m"),
	    "what holds something stays behind restarts, too");
	fixture_release(&f);
}

static void
test_too_many(void)
{
	struct fixture f;

	fixture_init(&f, "each", "1h");
	fixture_start(&f, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
	flood(&f, 0, 0, 300);
	flood(&f, 0, 0, 2);
	flood(&f, 1, 0, 20);
	restart(&f, 100, DECIDER_BYTES_MAX);
	OK(totals(&f, 0).keys == 100 && totals(&f, 0).evicted == 200,
	    "more stored keys than a rule may have go at the start");
	OK(has(&f, 0, "flood-0") && !has(&f, 0, "flood-15838"),
	    "those used longest ago that hold nothing");
	restart(&f, DECIDER_KEYS_MAX, 10 * 1024);
	OK(f.decider->bytes <= 10 * 1024 && totals(&f, 1).evicted < 20,
	    "as do those that all rules have no room for");
	save(&f);
	IS_INT(rows_left(&f), totals(&f, 0).keys + totals(&f, 1).keys,
	    "the rows of others are deleted");
	restart(&f, 1, DECIDER_BYTES_MAX);
	OK(totals(&f, 0).keys == 1 && f.summaries == 1,
	    "what one of them held is told");
	fixture_release(&f);
}

static void
pass_each_minute(struct fixture *f, size_t keys_max, int hours)
{
	int i;

	for (i = 0; i < hours * 60; i++) {
		f->now += MINUTE;
		restart(f, keys_max, DECIDER_BYTES_MAX);
		decider_expire(f->decider, f->now, true);
		drain(f);
	}
	save(f);
}

/* A pass each minute is not a match each minute. */
static void
test_window_ends(void)
{
	struct fixture f;

	fixture_init(&f, "20 in 1h", "none");
	fixture_start(&f, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
	feed(&f, 0, "once");
	pass_each_minute(&f, DECIDER_KEYS_MAX, 3);
	IS_INT(rows_left(&f), 1, "where there are few, a window that is over "
				 "waits for what is read late");
	pass_each_minute(&f, DECIDER_KEYS_MAX, 23);
	IS_INT(rows_left(&f), 0, "and is forgotten after a day, however often "
				 "it was loaded");
	/* A hundredth of so many is none. */
	feed(&f, 0, "again");
	pass_each_minute(&f, 99, 3);
	IS_INT(rows_left(&f), 0, "where there are more it does not");
	fixture_release(&f);
}

/* The clock says that it lies ahead: then it is no window of now. */
static void
test_lingering_steps_back(void)
{
	struct fixture f;

	fixture_init(&f, "2 in 10m", "none");
	fixture_start(&f, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
	feed(&f, 0, "once");
	f.now += 5 * HOUR;
	decider_expire(f.decider, f.now, true);
	drain(&f);
	IS_INT(totals(&f, 0).keys, 1, "a window lingers");
	f.now -= 12 * HOUR;
	decider_expire(f.decider, f.now, true);
	drain(&f);
	IS_INT(totals(&f, 0).keys, 0, "until the clock is set back behind it");
	fixture_release(&f);
}

/* A key with these numbers, in so many bytes. */
static int
load(uint64_t used, uint64_t came, int bytes)
{
	struct buf saved = BUF_INIT, use = BUF_INIT;
	struct span name, value;
	struct fixture f;
	size_t cursor = 0;
	char copy[16];
	int result;

	fixture_init(&f, "20 in 1h", "1h");
	fixture_start(&f, DECIDER_KEYS_MAX, DECIDER_BYTES_MAX);
	feed(&f, 0, "k");
	save(&f);
	when_put(&use, used, bytes);
	when_put(&use, came, bytes);
	while (fields_next(
	    buf_span(&f.rows[0].saved), &cursor, &name, &value)) {
		snprintf(copy, sizeof(copy), "%.*s", (int)name.len, name.data);
		fields_add(&saved, copy,
		    strcmp(copy, "use") ? value : buf_span(&use));
	}
	result = decider_load(
	    f.decider, 0, span_str("k"), buf_span(&saved), f.now, NULL);
	buf_release(&saved);
	buf_release(&use);
	fixture_release(&f);
	return result;
}

static void
test_hostile(void)
{
	IS_INT(load(1, START, 8), 0, "a number in the order of use is taken");
	IS_INT(load(INT64_MAX, START, 8), -1,
	    "but none that leaves none behind");
	IS_INT(load(1, UINT64_MAX, 8), -1, "nor a match behind all times");
	IS_INT(load(1, INT64_MAX / 2, 8), 0, "one in the future came now");
	IS_INT(load(1, 1, 4), -1, "nor fewer bytes than there are");
	IS_INT(load(0, 0, 0), 0, "older versions stored none");
}

int
main(void)
{
	test_flooded();
	test_heavy();
	test_held();
	measure("each", "1h", 20000, 1);
	measure("20 in 1h", "1h", 20000, 1);
	measure("20 in 1h", "1h", 20000, 5);
	measure("distinct 1000 user in 1h", "1h", 200, 500);
	test_order();
	test_too_many();
	test_window_ends();
	test_lingering_steps_back();
	test_hostile();
	return tap_done();
}
