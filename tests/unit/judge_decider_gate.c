/*
 * judge_decider_gate: silences, hours, batches, recoveries, clocks: what is
 * held and what is told of it, with its lines and payload.
 */
#include "config.h"

#include "base/mem.h"
#include "judge/decider_internal.h"
#include "tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Tuesday 2023-11-14, 12:00:00 UTC. */
#define NOON INT64_C(1699963200000)

struct texts {
	const char *when, *batch, *throttle, *hours;
	bool closes;
};

/* Rule 0 as the texts say; rule 1 is `each`, and the partner of rule 0. */
struct fixture {
	struct when_spec when[2];
	struct batch_spec batch[2];
	struct throttle_spec throttle[2];
	struct hours_spec hours[2];
	struct decider_rule rules[2];
	struct silences *silences;
	struct decider *decider;
	struct decision got;
};

static void
fixture_rule(struct fixture *f, size_t i, const struct texts *texts)
{
	struct err err = ERR_INIT;

	if (when_parse(span_str(texts->when), &f->when[i], &err) ||
	    batch_parse(span_str(texts->batch), &f->batch[i], &err) ||
	    throttle_parse(span_str(texts->throttle), &f->throttle[i], &err) ||
	    (texts->hours &&
		hours_parse(span_str(texts->hours), &f->hours[i], &err)))
		OK(false, "%s", err.text);
	f->rules[i] = (struct decider_rule){.name = i ? "partner" : "rule",
	    .when = &f->when[i],
	    .hours = &f->hours[i],
	    .batch = &f->batch[i],
	    .throttle = &f->throttle[i],
	    .closes = texts->closes,
	    .partner = i || when_class(&f->when[0]) != WHEN_UNLESS
			   ? DECIDER_NO_RULE
			   : 1};
}

static void
fixture_init(struct fixture *f, const struct texts *texts)
{
	static const struct texts plain = {"each", "none", "none", NULL, false};

	memset(f, 0, sizeof(*f));
	fixture_rule(f, 0, texts);
	fixture_rule(f, 1, &plain);
	f->silences = silences_new();
	f->decider = decider_new(f->rules, 2, f->silences);
}

static void
fixture_release(struct fixture *f)
{
	decider_free(f->decider);
	silences_free(f->silences);
}

static void
describe(void *arg, struct buf *out)
{
	(void)arg;
	buf_add_str(out, "payload");
}

static struct decider_match
match_of(size_t rule, const char *key, int64_t at_ms, const char *line)
{
	return (struct decider_match){.rule = rule,
	    .key = span_str(key),
	    .time_ms = at_ms,
	    .now_ms = at_ms,
	    .line = span_str(line),
	    .describe = describe};
}

static bool
next(struct fixture *f, enum decision_kind kind)
{
	return decider_next(f->decider, &f->got) && f->got.kind == kind;
}

static bool
feed(
    struct fixture *f, int64_t at_ms, const char *line, enum decision_kind kind)
{
	struct decider_match match = match_of(0, "k", at_ms, line);

	decider_feed(f->decider, &match);
	return next(f, kind);
}

static bool
held(struct fixture *f, int64_t at_ms, enum decision_reason reason)
{
	return feed(f, at_ms, "held", DECISION_HELD) &&
	       f->got.reason == reason && f->got.met;
}

static void
close_at(struct fixture *f, int64_t at_ms)
{
	struct decider_match match = match_of(0, "k", at_ms, "closed");

	decider_close(f->decider, &match);
}

static void
partner_at(struct fixture *f, int64_t at_ms)
{
	struct decider_match match = match_of(1, "k", at_ms, "partner");

	decider_feed(f->decider, &match);
}

static bool
expire(struct fixture *f, int64_t now_ms, enum decision_kind kind)
{
	decider_expire(f->decider, now_ms, true);
	return next(f, kind);
}

static bool
nothing(struct fixture *f)
{
	return !decider_next(f->decider, &f->got);
}

static bool
line_is(const struct fixture *f, size_t i, const char *text)
{
	return i < f->got.line_count && span_is(f->got.lines[i], text);
}

static void
test_hours(void)
{
	struct texts hold = {"each", "none", "none", "08:00-11:00", false};
	struct texts drop = {
	    "each", "none", "none", "08:00-11:00 else drop", false};
	struct texts sink = {
	    "each", "none", "none", "08:00-11:00 else sink night", false};
	struct fixture f;

	fixture_init(&f, &hold);
	OK(held(&f, NOON, REASON_HOURS), "outside of hours it is held");
	held(&f, NOON + 1, REASON_HOURS);
	IS_INT(decider_due(f.decider), NOON + 20 * HOUR,
	    "a digest is due when they begin");
	OK(!expire(&f, NOON + 20 * HOUR - 1, DECISION_DIGEST), "not before");
	OK(expire(&f, NOON + 20 * HOUR, DECISION_DIGEST) && f.got.count == 2 &&
		f.got.events == 2 && f.got.first_ms == NOON &&
		f.got.last_ms == NOON + 1 && f.got.line_count == 2 &&
		!f.got.key.len,
	    "with the count, times and lines of all");
	OK(nothing(&f), "one");
	held(&f, NOON + DAY, REASON_HOURS);
	OK(!expire(&f, NOON + 2 * DAY, DECISION_DIGEST) &&
		decider_due(f.decider) == NOON + 2 * DAY + 20 * HOUR,
	    "who slept through the hours waits for the next ones");
	fixture_release(&f);
	fixture_init(&f, &drop);
	OK(held(&f, NOON, REASON_DROPPED) && !decider_due(f.decider),
	    "or dropped, as asked for");
	fixture_release(&f);
	fixture_init(&f, &sink);
	OK(feed(&f, NOON, "a", DECISION_ALERT) && f.got.elsewhere &&
		f.got.at_hand,
	    "or goes to another sink");
	OK(feed(&f, NOON - 2 * HOUR, "a", DECISION_ALERT) && !f.got.elsewhere,
	    "which hours do not need");
	fixture_release(&f);
}

static void
test_summary_outside_hours(void)
{
	struct texts texts = {"each", "none", "2h", "08:00-13:00", false};
	struct fixture f;

	fixture_init(&f, &texts);
	feed(&f, NOON, "a", DECISION_ALERT);
	OK(held(&f, NOON + 1, REASON_THROTTLE), "the throttle holds one");
	OK(expire(&f, NOON + 2 * HOUR, DECISION_HELD) &&
		f.got.reason == REASON_HOURS && f.got.count == 1 && !f.got.met,
	    "whose summary comes outside of hours: it is held again");
	OK(!expire(&f, NOON + 5 * HOUR, DECISION_SUMMARY), "not told twice");
	OK(expire(&f, NOON + 20 * HOUR, DECISION_DIGEST) && f.got.count == 1,
	    "nor lost");
	fixture_release(&f);
}

static void
silence_all(struct fixture *f, int64_t from_ms, int64_t length_ms)
{
	struct silence silence = {.rule = xstrdup("ru*"),
	    .from_ms = from_ms,
	    .until_ms = from_ms + length_ms,
	    .who = xstrdup(""),
	    .why = xstrdup("")};

	if (silences_add(f->silences, &silence, NULL))
		silence_release(&silence);
}

static void
test_silence(void)
{
	struct texts texts = {"each", "none", "10m", NULL, true};
	struct fixture f;
	struct silence out;
	struct decider_look look;
	bool ended;

	fixture_init(&f, &texts);
	feed(&f, NOON, "a", DECISION_ALERT);
	held(&f, NOON + 1, REASON_THROTTLE);
	silence_all(&f, NOON + 2, HOUR);
	OK(held(&f, NOON + 3, REASON_SILENCED), "a silence holds");
	OK(expire(&f, NOON + 10 * MINUTE, DECISION_HELD) &&
		f.got.reason == REASON_SILENCED,
	    "a summary too");
	OK(decider_look(
	       f.decider, 0, span_str("k"), NULL, NULL, NOON + 4, &look) &&
		look.silenced && look.incident && look.open,
	    "which a person can see");
	close_at(&f, NOON + 20 * MINUTE);
	OK(next(&f, DECISION_HELD) && f.got.reason == REASON_SILENCED,
	    "and a recovery");
	OK(silences_expire(f.silences, NOON + 2 + HOUR, &out, &ended) &&
		ended && out.held.events == 3 && out.held.matches == 3,
	    "all of it is told when it ends");
	silence_release(&out);
	fixture_release(&f);
}

static void
test_batch(void)
{
	struct texts texts = {"each", "30s max 3", "10m", NULL, false};
	struct fixture f;

	fixture_init(&f, &texts);
	OK(held(&f, NOON, REASON_BATCH), "the first opens a batch");
	feed(&f, NOON + 1, "second", DECISION_HELD);
	IS_INT(decider_due(f.decider), NOON + 30000, "which is due");
	OK(expire(&f, NOON + 30000, DECISION_ALERT) && f.got.count == 2 &&
		f.got.events == 2 && !f.got.at_hand &&
		span_is(f.got.payload, "payload") && line_is(&f, 0, "held") &&
		line_is(&f, 1, "second"),
	    "and leaves as what its first was, with the lines of all");
	held(&f, NOON + 40000, REASON_BATCH);
	held(&f, NOON + 40001, REASON_BATCH);
	OK(held(&f, NOON + 40002, REASON_THROTTLE) && f.got.count == 3,
	    "a full one leaves at once, and asks the throttle with all");
	held(&f, NOON + 50000, REASON_BATCH);
	decider_flush_batches(f.decider, NOON + 50001);
	OK(next(&f, DECISION_HELD) && f.got.reason == REASON_THROTTLE,
	    "the end of a pass sends every batch on");
	OK(nothing(&f), "once");
	held(&f, NOON + 60000, REASON_BATCH);
	decider_flush(f.decider, 0, NOON + 60001);
	OK(next(&f, DECISION_ALERT) && f.got.count == 1 &&
		next(&f, DECISION_SUMMARY) && f.got.count == 4 && f.got.ended,
	    "the end of the rule tells batch and throttle");
	OK(nothing(&f) && !decider_due(f.decider), "and nothing is left");
	fixture_release(&f);
}

/* What a batch shows of events that stand for several records. */
static void
test_batch_lines(void)
{
	struct texts window = {"3 in 1m", "30s", "none", NULL, false};
	struct texts unless = {
	    "unless partner in 5m", "30s", "none", NULL, false};
	struct fixture f;

	fixture_init(&f, &window);
	feed(&f, NOON, "one", DECISION_HELD);
	feed(&f, NOON + 1, "two", DECISION_HELD);
	feed(&f, NOON + 2, "three", DECISION_HELD);
	OK(expire(&f, NOON + 30002, DECISION_ALERT) && f.got.events == 1 &&
		f.got.count == 3 && f.got.line_count == 3 &&
		line_is(&f, 0, "one") && line_is(&f, 1, "two") &&
		line_is(&f, 2, "three"),
	    "a batch shows all lines of its events");
	for (int i = 0; i < 60; i++)
		feed(&f, NOON + 50000 + i, i < 59 ? "more" : "last",
		    DECISION_HELD);
	OK(expire(&f, NOON + 90000, DECISION_ALERT) && f.got.count == 60 &&
		f.got.line_count == DECIDER_LINES &&
		line_is(&f, 0, "more") &&
		line_is(&f, DECIDER_LINES - 1, "last"),
	    "the last fifty of many");
	fixture_release(&f);
	fixture_init(&f, &unless);
	feed(&f, NOON, "begun", DECISION_COUNTED);
	OK(expire(&f, NOON + 5 * MINUTE, DECISION_HELD), "unless, in a batch");
	OK(expire(&f, NOON + 6 * MINUTE, DECISION_ALERT) &&
		f.got.line_count == 1 && line_is(&f, 0, "begun"),
	    "what was waited for in vain once");
	fixture_release(&f);
}

static void
test_close(void)
{
	struct texts texts = {"3 in 10m", "none", "10m", NULL, true};
	struct fixture f;
	int i;

	fixture_init(&f, &texts);
	feed(&f, NOON, "a", DECISION_COUNTED);
	feed(&f, NOON, "a", DECISION_COUNTED);
	close_at(&f, NOON);
	OK(nothing(&f), "what was not told needs no recovery");
	feed(&f, NOON, "a", DECISION_COUNTED);
	OK(feed(&f, NOON, "b", DECISION_COUNTED), "but the count starts over");
	OK(feed(&f, NOON + 1, "c", DECISION_ALERT), "an incident");
	for (i = 0; i < 3; i++)
		feed(&f, NOON + 2, "d", DECISION_COUNTED);
	close_at(&f, NOON + 3);
	OK(next(&f, DECISION_SUMMARY) && f.got.count == 3 &&
		next(&f, DECISION_RECOVERY) && f.got.since_ms == NOON &&
		f.got.at_hand && line_is(&f, 0, "closed"),
	    "what the throttle held is told, and then the recovery");
	for (i = 0; i < 3; i++)
		feed(&f, NOON + 4, "d", DECISION_COUNTED);
	OK(f.got.kind == DECISION_HELD, "the gate stays as it was");
	close_at(&f, NOON + 5);
	OK(nothing(&f), "a key that flaps does not storm");
	OK(expire(&f, NOON + 1 + 10 * MINUTE, DECISION_SUMMARY) && !f.got.open,
	    "what was held of it is told in its time");
	OK(next(&f, DECISION_RECOVERY) && !f.got.at_hand && nothing(&f),
	    "and that it is over");
	close_at(&f, NOON + HOUR);
	OK(nothing(&f), "and opens no incident, since it was over");
	fixture_release(&f);
}

static void
test_absent(void)
{
	struct texts texts = {
	    "absent 2h", "none", "none", "08:00-18:00", false};
	struct fixture f;

	fixture_init(&f, &texts);
	f.decider->rules[0].spec.keyed = false;
	decider_start(f.decider, NOON);
	IS_INT(decider_due(f.decider), NOON + 2 * HOUR, "the clock runs");
	decider_expire(f.decider, NOON + 2 * HOUR, false);
	OK(nothing(&f) && decider_due(f.decider) > NOON + 2 * HOUR,
	    "it rings only when everything was read, and nobody has to spin");
	OK(expire(&f, NOON + 2 * HOUR + 1, DECISION_ABSENT) &&
		!f.got.since_ms && f.got.period_ms == 2 * HOUR &&
		!f.got.line_count,
	    "then it rings");
	OK(nothing(&f), "once");
	{
		struct decider_match match =
		    match_of(0, "", NOON + 3 * HOUR, "sign");

		decider_feed(f.decider, &match);
	}
	OK(next(&f, DECISION_RECOVERY) && f.got.since_ms == NOON,
	    "the next sign is a recovery");
	IS_INT(decider_due(f.decider), NOON + 5 * HOUR, "it is wound up");
	OK(!expire(&f, NOON + 12 * HOUR, DECISION_ABSENT),
	    "who slept through the hours does not ring in the night");
	OK(expire(&f, NOON + 20 * HOUR, DECISION_ABSENT) &&
		f.got.since_ms == NOON + 3 * HOUR && line_is(&f, 0, "sign"),
	    "but when they begin, with the last sign");
	fixture_release(&f);
}

static void
test_unless(void)
{
	struct texts texts = {
	    "unless partner in 5m", "none", "none", NULL, false};
	struct fixture f;

	fixture_init(&f, &texts);
	OK(feed(&f, NOON, "begun", DECISION_COUNTED),
	    "a match starts the clock");
	partner_at(&f, NOON + MINUTE);
	OK(next(&f, DECISION_ALERT) && f.got.rule == 1 && nothing(&f),
	    "what it waits for stops it");
	IS_INT(decider_due(f.decider), 0, "then nothing is due");
	feed(&f, NOON + HOUR, "begun", DECISION_COUNTED);
	OK(expire(&f, NOON + HOUR + 5 * MINUTE, DECISION_ALERT) &&
		!f.got.at_hand && span_is(f.got.payload, "payload") &&
		line_is(&f, 0, "begun") && f.got.count == 1,
	    "else it rings, with the first match");
	partner_at(&f, NOON + 2 * HOUR);
	OK(next(&f, DECISION_ALERT) && next(&f, DECISION_RECOVERY) &&
		f.got.rule == 0 && f.got.since_ms == NOON + HOUR,
	    "and what comes late is a recovery");
	feed(&f, NOON + 3 * HOUR, "begun", DECISION_COUNTED);
	partner_at(&f, NOON + 3 * HOUR + 6 * MINUTE);
	OK(next(&f, DECISION_ALERT) && f.got.rule == 1 &&
		next(&f, DECISION_ALERT) && f.got.rule == 0 &&
		span_is(f.got.payload, "payload") && f.got.met &&
		next(&f, DECISION_RECOVERY) && nothing(&f),
	    "too late by the records' own time: both");
	fixture_release(&f);
}

struct row {
	char key[16];
	size_t key_len;
	struct buf saved;
};

struct rows {
	struct row row[4];
	size_t count;
};

static void
put(void *arg, size_t rule, struct span key, struct span saved)
{
	struct rows *rows = arg;
	struct row *row = &rows->row[rows->count];

	(void)rule;
	if (rows->count == 4 || key.len > sizeof(row->key))
		return;
	rows->count++;
	memcpy(row->key, key.data, key.len);
	row->key_len = key.len;
	buf_add_span(&row->saved, saved);
}

static void
test_saved(void)
{
	struct texts texts = {"each", "30s", "10m", "08:00-13:00", true};
	struct fixture f, g;
	struct rows rows = {.count = 0};
	struct decider_left left;
	struct err err = ERR_INIT;
	int64_t found = 0;
	size_t i;

	fixture_init(&f, &texts);
	fixture_init(&g, &texts);
	held(&f, NOON, REASON_BATCH);
	expire(&f, NOON + 30000, DECISION_ALERT);
	held(&f, NOON + 40000, REASON_BATCH);
	expire(&f, NOON + 70000, DECISION_HELD);
	held(&f, NOON + 80000, REASON_BATCH);
	held(&f, NOON + 2 * HOUR, REASON_HOURS);
	decider_dirty(f.decider, put, &rows);
	decider_saved(f.decider);
	IS_INT(rows.count, 2, "a key and what hours hold of the rule");
	for (i = 0; i < rows.count; i++) {
		found += decider_left(buf_span(&rows.row[i].saved), &left)
			     ? left.held
			     : 0;
		IS_INT(decider_load(g.decider, 0,
			   span_of(rows.row[i].key, rows.row[i].key_len),
			   buf_span(&rows.row[i].saved), NOON + 2 * HOUR, &err),
		    0, "loaded");
	}
	IS_INT(found, 3, "whoever knows only the bytes finds all that is held");
	decider_flush(g.decider, 0, NOON + 2 * HOUR);
	OK(next(&g, DECISION_ALERT) && span_is(g.got.payload, "payload") &&
		next(&g, DECISION_SUMMARY) && g.got.count == 1 &&
		next(&g, DECISION_DIGEST) && g.got.count == 1 && nothing(&g),
	    "and so does the next process");
	close_at(&g, NOON + 2 * HOUR);
	OK(next(&g, DECISION_RECOVERY) && g.got.since_ms == NOON,
	    "which knows of the incident");
	for (i = 0; i < rows.count; i++)
		buf_release(&rows.row[i].saved);
	fixture_release(&f);
	fixture_release(&g);
}

static void
test_new(void)
{
	struct texts texts = {"new", "none", "none", NULL, false};
	struct fixture f;
	struct decider_match match = match_of(0, "", NOON, "line");
	struct decider_totals totals;

	fixture_init(&f, &texts);
	decider_learn(f.decider, 0, 1);
	match.shape = 1;
	decider_feed(f.decider, &match);
	OK(next(&f, DECISION_COUNTED), "a shape that was learned is not new");
	match.shape = 2;
	decider_feed(f.decider, &match);
	OK(next(&f, DECISION_ALERT), "another one is");
	decider_feed(f.decider, &match);
	OK(next(&f, DECISION_COUNTED), "once");
	decider_totals(f.decider, 0, &totals);
	OK(totals.shapes == 2 && !totals.shapes_full && !totals.keys,
	    "the shapes are counted, and need no keys");
	fixture_release(&f);
}

static void
test_eviction(void)
{
	struct texts texts = {"each", "1m", "10m", NULL, false};
	struct fixture f;
	struct decider_match match;
	struct decider_totals totals;

	fixture_init(&f, &texts);
	decider_free(f.decider);
	f.decider = decider_new_bounded(f.rules, 2, NULL, 2, DECIDER_BYTES_MAX);
	held(&f, NOON, REASON_BATCH);
	match = match_of(0, "a", NOON + 1, "a");
	decider_feed(f.decider, &match);
	match = match_of(0, "b", NOON + 2, "b");
	decider_feed(f.decider, &match);
	OK(next(&f, DECISION_HELD) && span_is(f.got.key, "b") &&
		next(&f, DECISION_ALERT) && span_is(f.got.key, "k"),
	    "the first decision is about the match, then what was evicted");
	decider_totals(f.decider, 0, &totals);
	OK(totals.evicted == 1 && totals.keys == 2, "which is counted");
	fixture_release(&f);
}

static int64_t
times_sum(const struct histogram *times)
{
	int64_t sum = 0;

	for (int i = 0; times && i < HISTOGRAM_BINS; i++)
		sum += times->bins[i];
	return sum;
}

static void
test_times(void)
{
	struct texts window = {"3 in 1h", "none", "1h", NULL, false};
	struct texts batch = {"each", "10m", "none", NULL, false};
	struct fixture f;

	fixture_init(&f, &window);
	feed(&f, NOON, "a", DECISION_COUNTED);
	feed(&f, NOON + 10 * MINUTE, "b", DECISION_COUNTED);
	OK(feed(&f, NOON + 5 * MINUTE, "c", DECISION_ALERT) && f.got.times &&
		times_sum(f.got.times) == 3 && f.got.times->bins[0] == 1 &&
		f.got.times->start_ms <= NOON,
	    "an alert knows when what counted came");
	for (int i = 1; i <= 6; i++)
		feed(&f, NOON + i * 6 * MINUTE, "d",
		    i % 3 ? DECISION_COUNTED : DECISION_HELD);
	OK(expire(&f, NOON + 70 * MINUTE, DECISION_SUMMARY) &&
		f.got.count == 6 && times_sum(f.got.times) == 6,
	    "a summary when what was held did");
	fixture_release(&f);
	fixture_init(&f, &batch);
	held(&f, NOON, REASON_BATCH);
	OK(expire(&f, NOON + 10 * MINUTE, DECISION_ALERT) && !f.got.times,
	    "a batch of one tells its one time without them");
	held(&f, NOON + HOUR, REASON_BATCH);
	held(&f, NOON + HOUR + MINUTE, REASON_BATCH);
	OK(expire(&f, NOON + HOUR + 10 * MINUTE, DECISION_ALERT) &&
		times_sum(f.got.times) == 2,
	    "a batch of two with them");
	fixture_release(&f);
}

/* Everything saved goes into another decider. */
static void
move_entry(void *arg, size_t rule, struct span key, struct span saved)
{
	struct decider *to = arg;

	if (saved.len)
		decider_load(to, rule, key, saved, NOON + 6 * MINUTE, NULL);
}

static void
restart(struct fixture *f)
{
	struct decider *next = decider_new(f->rules, 2, f->silences);

	decider_dirty(f->decider, move_entry, next);
	decider_free(f->decider);
	f->decider = next;
}

static void
test_renewals(void)
{
	struct texts texts = {"each", "none", "1h", NULL, false};
	struct silence silence = {.rule = xstrdup("rule"),
	    .who = xstrdup(""),
	    .why = xstrdup(""),
	    .from_ms = NOON + 25 * MINUTE,
	    .until_ms = NOON + 35 * MINUTE};
	struct fixture f;

	fixture_init(&f, &texts);
	decider_free(f.decider);
	f.rules[0].renew_ms = 5 * MINUTE;
	f.decider = decider_new(f.rules, 2, f.silences);
	feed(&f, NOON, "a", DECISION_ALERT);
	OK(held(&f, NOON + 5 * MINUTE - 1, REASON_THROTTLE) && nothing(&f),
	    "too early nothing is renewed");
	OK(held(&f, NOON + 5 * MINUTE, REASON_THROTTLE) &&
		next(&f, DECISION_RENEWAL) && f.got.count == 2 &&
		f.got.first_ms == NOON + 5 * MINUTE - 1 &&
		f.got.last_ms == NOON + 5 * MINUTE && f.got.at_hand &&
		!f.got.met && span_is(f.got.key, "k") &&
		f.got.line_count == 1 && line_is(&f, 0, "held") &&
		times_sum(f.got.times) == 2 && nothing(&f),
	    "then it is, beside what the throttle holds, with the count so "
	    "far");
	OK(held(&f, NOON + 6 * MINUTE, REASON_THROTTLE) && nothing(&f),
	    "and not again at once");
	restart(&f);
	OK(held(&f, NOON + 9 * MINUTE, REASON_THROTTLE) && nothing(&f),
	    "a restart does not forget it");
	OK(held(&f, NOON + 10 * MINUTE, REASON_THROTTLE) &&
		next(&f, DECISION_RENEWAL) && f.got.count == 5,
	    "and nothing that was counted");
	silences_add(f.silences, &silence, NULL);
	OK(held(&f, NOON + 30 * MINUTE, REASON_SILENCED) && nothing(&f),
	    "what is silenced is not renewed");
	OK(expire(&f, NOON + HOUR, DECISION_SUMMARY) && f.got.count == 5,
	    "a renewal takes nothing from the summary");
	OK(held(&f, NOON + HOUR + 4 * MINUTE, REASON_THROTTLE) && nothing(&f),
	    "which is a sign as good");
	OK(held(&f, NOON + HOUR + 5 * MINUTE, REASON_THROTTLE) &&
		next(&f, DECISION_RENEWAL) && f.got.count == 2,
	    "behind it the count is that of its period");
	fixture_release(&f);
}

static void
test_renewed_incident(void)
{
	struct texts texts = {"each", "none", "1h", NULL, true};
	struct texts batch = {"each", "1m", "1h", NULL, false};
	struct fixture f;

	fixture_init(&f, &texts);
	decider_free(f.decider);
	f.rules[0].renew_ms = 5 * MINUTE;
	f.decider = decider_new(f.rules, 2, f.silences);
	feed(&f, NOON, "a", DECISION_ALERT);
	close_at(&f, NOON + MINUTE);
	OK(next(&f, DECISION_RECOVERY), "an incident ends");
	OK(held(&f, NOON + 30 * MINUTE, REASON_THROTTLE) && nothing(&f),
	    "what is over, and was not told anew, is not renewed");
	fixture_release(&f);
	fixture_init(&f, &batch);
	decider_free(f.decider);
	f.rules[0].renew_ms = 5 * MINUTE;
	f.decider = decider_new(f.rules, 2, f.silences);
	held(&f, NOON, REASON_BATCH);
	expire(&f, NOON + MINUTE, DECISION_ALERT);
	held(&f, NOON + 10 * MINUTE, REASON_BATCH);
	OK(expire(&f, NOON + 11 * MINUTE, DECISION_HELD) &&
		next(&f, DECISION_RENEWAL) && !f.got.at_hand &&
		span_is(f.got.payload, "payload"),
	    "a batch that the throttle holds renews with what it was of");
	fixture_release(&f);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_hours();
	test_summary_outside_hours();
	test_silence();
	test_batch();
	test_batch_lines();
	test_close();
	test_absent();
	test_unless();
	test_saved();
	test_new();
	test_eviction();
	test_times();
	test_renewals();
	test_renewed_incident();
	return tap_done();
}
