/*
 * storm: the cap of one sink.
 *
 * Hides how the alerts that passed are remembered: as runs of (time, count),
 * exact to the millisecond for small caps and, for large ones, in steps of a
 * 4096th of the period, rounded to the later end, so that rounding never lets
 * more through.  Behind it, one row a rule.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "base/words.h"
#include "judge/storm.h"

#define SAVED_VERSION 1
#define RUNS_MAX 4096
#define RULE_BYTES 256
#define CLOCK_STEP_MS 1000
#define OTHERS "others"
#define OWN_NOTICES "ctail"

struct storm_run {
	int64_t time_ms;
	int64_t count;
};

struct storm_rule {
	struct storm_share share; /* its rule is the map's key */
	int64_t passed_ms;	  /* its last alert that went out; 0: none */
	char name[];
};

struct storm {
	struct rate rate;
	struct storm_run *runs; /* oldest first; a front part is unused */
	size_t first, count, cap;
	int64_t passed; /* in all runs */
	struct map *rules;
	int64_t held;	      /* alerts, of all rules */
	int64_t held_from_ms; /* since when; 0: nothing */
	int64_t now_ms;	      /* the latest that was said */
	bool dirty;
};

struct storm *
storm_new(const struct rate *rate)
{
	struct storm *storm = xcalloc(1, sizeof(*storm));

	storm->rate = *rate;
	storm->rules = map_new();
	return storm;
}

void
storm_free(struct storm *storm)
{
	if (!storm)
		return;
	map_free(storm->rules, free);
	free(storm->runs);
	free(storm);
}

static int64_t
storm_earlier(int64_t time_ms, int64_t now_ms)
{
	return time_ms < now_ms ? time_ms : now_ms;
}

/* The clock was set back: nothing has happened later than now. */
static void
storm_step_back(struct storm *storm, int64_t now_ms)
{
	struct storm_rule *rule;
	struct span name;
	size_t i, cursor = 0;
	void *value;

	for (i = storm->first; i < storm->first + storm->count; i++)
		storm->runs[i].time_ms =
		    storm_earlier(storm->runs[i].time_ms, now_ms);
	while (map_next(storm->rules, &cursor, &name, &value)) {
		rule = value;
		rule->passed_ms = storm_earlier(rule->passed_ms, now_ms);
		rule->share.first_ms =
		    storm_earlier(rule->share.first_ms, now_ms);
		rule->share.last_ms =
		    storm_earlier(rule->share.last_ms, now_ms);
	}
	storm->held_from_ms = storm_earlier(storm->held_from_ms, now_ms);
	storm->dirty = true;
}

static void
storm_forget_old(struct storm *storm)
{
	int64_t before = storm->now_ms - storm->rate.period_ms;

	while (storm->count && storm->runs[storm->first].time_ms <= before) {
		storm->passed -= storm->runs[storm->first].count;
		storm->first++;
		storm->count--;
	}
	if (!storm->count)
		storm->first = 0;
}

static void
storm_tick(struct storm *storm, int64_t now_ms)
{
	if (now_ms < storm->now_ms - CLOCK_STEP_MS)
		storm_step_back(storm, now_ms);
	else if (now_ms < storm->now_ms)
		return;
	storm->now_ms = now_ms;
	storm_forget_old(storm);
}

/* Makes room for one more behind the newest. */
static void
storm_grow(struct storm *storm)
{
	if (storm->first + storm->count < storm->cap)
		return;
	if (storm->first > storm->cap / 2) {
		memmove(storm->runs, storm->runs + storm->first,
		    storm->count * sizeof(storm->runs[0]));
		storm->first = 0;
		return;
	}
	storm->cap = storm->cap ? storm->cap * 2 : 8;
	storm->runs =
	    xreallocarray(storm->runs, storm->cap, sizeof(storm->runs[0]));
}

static void
storm_add_run(struct storm *storm, int64_t time_ms, int64_t count)
{
	storm_grow(storm);
	storm->runs[storm->first + storm->count++] =
	    (struct storm_run){time_ms, count};
	storm->passed += count;
}

/* The oldest run becomes part of the next one. */
static void
storm_join_oldest(struct storm *storm)
{
	storm->runs[storm->first + 1].count += storm->runs[storm->first].count;
	storm->first++;
	storm->count--;
}

static int64_t
storm_run_end(const struct storm *storm)
{
	int64_t step = 1;

	if (storm->rate.count > RUNS_MAX)
		step += storm->rate.period_ms / RUNS_MAX;
	return (storm->now_ms + step - 1) / step * step;
}

static void
storm_pass(struct storm *storm)
{
	int64_t end = storm_run_end(storm);
	struct storm_run *newest;

	storm->dirty = true;
	if (storm->count) {
		newest = &storm->runs[storm->first + storm->count - 1];
		if (newest->time_ms >= end) {
			newest->count++;
			storm->passed++;
			return;
		}
	}
	if (storm->count == RUNS_MAX)
		storm_join_oldest(storm);
	storm_add_run(storm, end, 1);
}

static struct storm_rule *
storm_rule_new(struct storm *storm, struct span name)
{
	struct storm_rule *rule = xcalloc(1, sizeof(*rule) + name.len);

	if (name.len)
		memcpy(rule->name, name.data, name.len);
	rule->share.rule = span_of(rule->name, name.len);
	map_put(storm->rules, name, rule);
	return rule;
}

/* Rules that hold nothing and may speak at once need no row. */
static void
storm_prune(struct storm *storm)
{
	struct storm_rule *idle[64], *rule;
	struct span name;
	size_t cursor = 0, i, count = 0;
	void *value;

	while (count < 64 && map_next(storm->rules, &cursor, &name, &value)) {
		rule = value;
		if (!rule->share.alerts &&
		    rule->passed_ms <= storm->now_ms - STORM_GRACE_MS)
			idle[count++] = rule;
	}
	for (i = 0; i < count; i++) {
		map_take(storm->rules, idle[i]->share.rule);
		free(idle[i]);
	}
	if (count == 64)
		storm_prune(storm);
}

static struct storm_rule *
storm_rule_of(struct storm *storm, struct span name)
{
	struct storm_rule *rule;

	name.len = utf8_cut(name, RULE_BYTES);
	rule = map_get(storm->rules, name);
	if (rule)
		return rule;
	if (map_count(storm->rules) >= STORM_RULES_MAX)
		storm_prune(storm);
	if (map_count(storm->rules) >= STORM_RULES_MAX) {
		name = span_str(OTHERS);
		rule = map_get(storm->rules, name);
	}
	return rule ? rule : storm_rule_new(storm, name);
}

static int64_t
storm_sum(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void
storm_hold(
    struct storm *storm, struct storm_rule *rule, int severity, int64_t matches)
{
	struct storm_share *share = &rule->share;

	if (!share->alerts) {
		share->first_ms = storm->now_ms;
		share->severity = severity;
	}
	if (severity > share->severity)
		share->severity = severity;
	share->last_ms = storm->now_ms;
	share->alerts++;
	share->matches = storm_sum(share->matches, matches);
	if (!storm->held++)
		storm->held_from_ms = storm->now_ms;
	storm->dirty = true;
}

bool
storm_admit(struct storm *storm, struct span rule, int severity,
    int64_t matches, int64_t now_ms)
{
	struct storm_rule *row;

	if (!storm->rate.period_ms)
		return true;
	storm_tick(storm, now_ms);
	row = storm_rule_of(storm, rule);
	if (storm->passed >= storm->rate.count && !span_is(rule, OWN_NOTICES) &&
	    row->passed_ms && row->passed_ms > storm->now_ms - STORM_GRACE_MS) {
		storm_hold(storm, row, severity, matches > 0 ? matches : 0);
		return false;
	}
	row->passed_ms = storm->now_ms;
	storm_pass(storm);
	return true;
}

void
storm_settle(struct storm *storm, int64_t now_ms)
{
	storm_tick(storm, now_ms);
}

int64_t
storm_held(const struct storm *storm)
{
	return storm->held;
}

int64_t
storm_due(const struct storm *storm)
{
	return storm->held ? storm->held_from_ms + STORM_GRACE_MS : 0;
}

static int
storm_compare(const void *left, const void *right)
{
	const struct storm_share *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->alerts != b->alerts)
		return a->alerts > b->alerts ? -1 : 1;
	return a->first_ms < b->first_ms ? -1 : a->first_ms > b->first_ms;
}

/* Moves every share that holds something to out. */
static size_t
storm_take(struct storm *storm, struct storm_share *out)
{
	struct storm_rule *rule;
	struct span name;
	size_t cursor = 0, count = 0;
	void *value;

	while (map_next(storm->rules, &cursor, &name, &value)) {
		rule = value;
		if (!rule->share.alerts)
			continue;
		out[count++] = rule->share;
		rule->share = (struct storm_share){.rule = rule->share.rule};
	}
	return count;
}

size_t
storm_expire(struct storm *storm, int64_t now_ms,
    void (*each)(void *arg, const struct storm_share *share), void *arg)
{
	struct storm_share *shares;
	size_t count, i;

	storm_tick(storm, now_ms);
	if (!storm->held || storm_due(storm) > storm->now_ms)
		return 0;
	shares = xcalloc(map_count(storm->rules), sizeof(*shares));
	count = storm_take(storm, shares);
	qsort(shares, count, sizeof(*shares), storm_compare);
	for (i = 0; i < count; i++)
		each(arg, &shares[i]);
	free(shares);
	storm->held = 0;
	storm->held_from_ms = 0;
	storm_pass(storm);
	storm_prune(storm);
	return count;
}

bool
storm_is_dirty(const struct storm *storm)
{
	return storm->dirty;
}

void
storm_saved(struct storm *storm)
{
	storm->dirty = false;
}

static void
storm_save_rule(
    const struct storm_rule *rule, struct buf *part, struct buf *out)
{
	const struct storm_share *share = &rule->share;

	buf_reset(part);
	fields_add(part, "name", share->rule);
	fields_add_number(part, "passed", rule->passed_ms);
	if (share->alerts) {
		fields_add_number(part, "severity", share->severity);
		fields_add_number(part, "alerts", share->alerts);
		fields_add_number(part, "matches", share->matches);
		fields_add_number(part, "first", share->first_ms);
		fields_add_number(part, "last", share->last_ms);
	}
	fields_add(out, "rule", buf_span(part));
}

void
storm_save(struct storm *storm, struct buf *out)
{
	struct buf part = BUF_INIT;
	struct span name;
	size_t i, cursor = 0;
	void *value;

	storm_prune(storm);
	if (!storm->count && !map_count(storm->rules))
		return;
	fields_add_number(out, "v", SAVED_VERSION);
	fields_add_number(out, "held_from", storm->held_from_ms);
	for (i = storm->first; i < storm->first + storm->count; i++)
		buf_addf(&part, "%lld %lld ", (long long)storm->runs[i].time_ms,
		    (long long)storm->runs[i].count);
	fields_add(out, "runs", buf_span(&part));
	while (map_next(storm->rules, &cursor, &name, &value))
		storm_save_rule(value, &part, out);
	buf_release(&part);
}

/* The clock said so once. */
static void
storm_note_time(struct storm *storm, int64_t time_ms)
{
	if (time_ms > storm->now_ms)
		storm->now_ms = time_ms;
}

static int
storm_load_runs(struct storm *storm, struct span runs, struct err *err)
{
	int64_t before = 0, time, count;
	struct span word;

	while ((word = words_next(&runs)).len) {
		if (number_parse(word, 0, INT64_MAX / 2, &time, NULL) ||
		    number_parse(
			words_next(&runs), 1, INT32_MAX, &count, NULL) ||
		    time < before || storm->count == RUNS_MAX)
			return err_set(err, "a stored cap has impossible "
					    "times");
		before = time;
		storm_add_run(storm, time, count);
		storm_note_time(storm, time);
	}
	return 0;
}

static int
storm_load_rule(struct storm *storm, struct span saved, struct err *err)
{
	struct span name = {"", 0};
	struct storm_rule *rule;
	struct storm_share share = {0};
	int64_t severity, passed;

	if (fields_check(saved, err))
		return -1;
	fields_get(saved, "name", &name);
	severity = fields_get_number(saved, "severity", 0);
	passed = fields_get_number(saved, "passed", 0);
	share.alerts = fields_get_number(saved, "alerts", 0);
	share.matches = fields_get_number(saved, "matches", 0);
	share.first_ms = fields_get_number(saved, "first", 0);
	share.last_ms = fields_get_number(saved, "last", 0);
	if (name.len > RULE_BYTES || map_get(storm->rules, name) ||
	    map_count(storm->rules) > STORM_RULES_MAX || severity < 0 ||
	    severity > INT16_MAX || passed < 0 || share.alerts < 0 ||
	    share.alerts > INT64_MAX / (2 * STORM_RULES_MAX) ||
	    share.matches < 0 || share.first_ms < 0 ||
	    share.last_ms < share.first_ms)
		return err_set(err, "a stored cap has an impossible rule");
	rule = storm_rule_new(storm, name);
	share.rule = rule->share.rule;
	share.severity = (int)severity;
	rule->share = share;
	rule->passed_ms = passed;
	storm_note_time(storm, share.last_ms);
	storm_note_time(storm, passed);
	storm->held += share.alerts;
	return 0;
}

static int
storm_load_rules(struct storm *storm, struct span saved, struct err *err)
{
	struct span name, value;
	size_t cursor = 0;

	while (fields_next(saved, &cursor, &name, &value)) {
		if (span_is(name, "rule") &&
		    storm_load_rule(storm, value, err))
			return -1;
	}
	return 0;
}

static void
storm_clear(struct storm *storm)
{
	map_free(storm->rules, free);
	storm->rules = map_new();
	storm->first = storm->count = 0;
	storm->passed = storm->held = storm->held_from_ms = 0;
	storm->now_ms = 0;
}

static int
storm_load_checked(struct storm *storm, struct span saved, struct err *err)
{
	struct span runs = {"", 0};

	if (fields_check(saved, err))
		return err_prefix(err, "a stored cap");
	if (fields_get_number(saved, "v", 0) != SAVED_VERSION)
		return err_set(err, "a stored cap has an unknown version");
	fields_get(saved, "runs", &runs);
	if (storm_load_runs(storm, runs, err) ||
	    storm_load_rules(storm, saved, err))
		return -1;
	storm->held_from_ms = fields_get_number(saved, "held_from", 0);
	if (storm->held && storm->held_from_ms <= 0)
		return err_set(err, "a stored cap has an impossible time");
	if (!storm->held)
		storm->held_from_ms = 0;
	storm_note_time(storm, storm->held_from_ms);
	return 0;
}

int
storm_load(
    struct storm *storm, struct span saved, int64_t now_ms, struct err *err)
{
	storm_clear(storm);
	storm->dirty = false;
	if (!saved.len)
		return 0;
	if (storm_load_checked(storm, saved, err)) {
		storm_clear(storm);
		storm->dirty = true;
		return -1;
	}
	/* Stored, or each pass would put it right anew, and further away. */
	if (storm->now_ms > now_ms)
		storm_step_back(storm, now_ms);
	storm->now_ms = now_ms;
	storm_forget_old(storm);
	return 0;
}
