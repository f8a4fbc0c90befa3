/*
 * decider_reference: what the decider has to say, found out the slow and
 * obvious way.
 *
 * Keeps everything in arrays that it walks from end to end, and writes down
 * each decision as a line of text.  Knows rules whose `when` is each, N in T,
 * distinct or new, with keys, close, hours, batch and throttle, and one
 * silence: on the key k1 of the rule 1.
 */
#ifndef CTAIL_TESTS_DECIDER_REFERENCE_H
#define CTAIL_TESTS_DECIDER_REFERENCE_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "judge/decider.h"

#define RULES 5
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START INT64_C(1700000000000)
#define LINES_MAX 4000

static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (*seed >> 33) % below;
}

/* What was said, as text. */
struct said {
	char *line[LINES_MAX];
	size_t count;
};

static void
said_add(struct said *said, const struct decision *d)
{
	struct buf text = BUF_INIT;
	bool told = d->kind != DECISION_COUNTED;

	buf_addf(&text,
	    "rule %zu key %.*s kind %d reason %d count %" PRId64 " %" PRId64
	    "..%" PRId64,
	    d->rule, (int)d->key.len, d->key.data, (int)d->kind, (int)d->reason,
	    d->count, d->first_ms - START, d->last_ms - START);
	if (told)
		buf_addf(&text,
		    " events %" PRId64 " met %d hand %d elsewhere %d ended %d%d "
		    "since %" PRId64 " period %" PRId64,
		    d->events, d->met, d->at_hand, d->elsewhere, d->ended,
		    d->evicted, d->since_ms, d->period_ms);
	if (said->count < LINES_MAX)
		said->line[said->count++] = buf_take(&text);
	buf_release(&text);
}

static void
said_clear(struct said *said)
{
	while (said->count)
		free(said->line[--said->count]);
}

static int
said_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
said_equal(struct said *want, struct said *got, bool in_order)
{
	bool same = want->count == got->count;
	size_t i;

	if (!in_order) {
		qsort(want->line, want->count, sizeof(char *), said_compare);
		qsort(got->line, got->count, sizeof(char *), said_compare);
	}
	for (i = 0; same && i < want->count; i++)
		same = !strcmp(want->line[i], got->line[i]);
	for (i = 0; !same && i < want->count; i++)
		printf("# want %s\n", want->line[i]);
	for (i = 0; !same && i < got->count; i++)
		printf("#  got %s\n", got->line[i]);
	return same;
}

#define TIMES 64
#define KEYS 64
#define SHAPES 64
#define WORDS 8
#define LOTS (WORDS + 1)

struct held_sum {
	int64_t events, matches, first, last;
};

static void
sum_add(struct held_sum *sum, int64_t matches, int64_t first, int64_t last)
{
	if (!sum->events || first < sum->first)
		sum->first = first;
	if (!sum->events || last > sum->last)
		sum->last = last;
	sum->events++;
	sum->matches += matches;
}

struct ref_key {
	bool used, holding;
	char key[8];
	int64_t order; /* of use */
	int64_t bytes; /* it takes: as the decider says */
	int64_t times[TIMES];
	size_t count;
	struct {
		bool known;
		int64_t first, last, matches;
		int64_t order; /* in which its newest match came */
	} word[LOTS]; /* the last one: of the newest word, further back */
	int64_t matches;
	int64_t touched;
	bool lingers;
	int64_t until, length;
	struct held_sum throttled, batch;
	int64_t batch_due, told, began;
	bool alive, digested, elsewhere;
};

struct ref_rule {
	struct decider_rule spec;
	bool distinct;
	struct ref_key keys[KEYS];
	bool shapes[SHAPES];
	struct held_sum digest;
	int64_t digest_due;
};

struct ref {
	struct ref_rule rules[RULES];
	size_t count, keys_max, lingering_max;
	int64_t bytes_max;
	int64_t now, order;
	bool silent; /* a silence is on key k1 of rules r1* */
	int64_t silenced;
	struct said said;
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline struct decision
ref_decision(
    size_t rule, const char *key, int64_t count, int64_t first, int64_t last)
{
	return (struct decision){.rule = rule,
	    .key = span_str(key),
	    .count = count,
	    .first_ms = first,
	    .last_ms = last};
}

static void
ref_hold(struct ref *ref, struct decision *d, enum decision_reason reason)
{
	d->kind = DECISION_HELD;
	d->reason = reason;
	said_add(&ref->said, d);
}

static bool
ref_silenced(struct ref *ref, struct decision *d)
{
	if (!ref->silent || d->rule != 1 || !span_is(d->key, "k1"))
		return false;
	ref->silenced += d->kind == DECISION_RECOVERY ? 1 : d->count;
	ref_hold(ref, d, REASON_SILENCED);
	return true;
}

/* Silences and hours; true: held. */
static bool
ref_shut(struct ref *ref, struct ref_key *k, struct decision *d)
{
	struct ref_rule *rule = &ref->rules[d->rule];
	const struct hours_spec *hours = rule->spec.hours;

	if (ref_silenced(ref, d))
		return true;
	if (hours_are_open(hours, ref->now))
		return false;
	if (hours->otherwise == HOURS_SINK) {
		d->elsewhere = true;
		return false;
	}
	if (hours->otherwise == HOURS_DROP) {
		ref_hold(ref, d, REASON_DROPPED);
		return true;
	}
	sum_add(&rule->digest, d->count, d->first_ms, d->last_ms);
	rule->digest_due = hours_next_open(hours, ref->now);
	if (rule->spec.closes)
		k->digested = true;
	ref_hold(ref, d, REASON_HOURS);
	return true;
}

static void
ref_told(struct ref *ref, struct ref_key *k, size_t rule, bool elsewhere)
{
	if (!ref->rules[rule].spec.closes || !k->alive || k->told)
		return;
	k->told = ref->now;
	k->elsewhere = elsewhere;
}

static void
ref_throttle(struct ref *ref, struct ref_key *k, struct decision *d)
{
	const struct throttle_spec *spec = ref->rules[d->rule].spec.throttle;

	if (spec->period_ms && (k->until > ref->now || k->throttled.matches)) {
		sum_add(&k->throttled, d->count, d->first_ms, d->last_ms);
		ref_hold(ref, d, REASON_THROTTLE);
		return;
	}
	if (spec->period_ms) {
		k->until = ref->now + spec->period_ms;
		k->length = spec->period_ms;
	}
	d->kind = DECISION_ALERT;
	said_add(&ref->said, d);
	ref_told(ref, k, d->rule, d->elsewhere);
}

static void
ref_batch_out(struct ref_key *k, struct decision *d)
{
	d->count = k->batch.matches;
	d->first_ms = k->batch.first;
	d->last_ms = k->batch.last;
	d->events = k->batch.events;
	k->batch = (struct held_sum){0};
	k->batch_due = 0;
}

static void
ref_met(struct ref *ref, struct ref_key *k, struct decision d)
{
	const struct batch_spec *batch = ref->rules[d.rule].spec.batch;

	d.met = d.at_hand = true;
	if (!k->alive)
		k->began = d.first_ms;
	k->alive = true;
	if (ref_shut(ref, k, &d))
		return;
	if (batch->period_ms) {
		if (!k->batch.events)
			k->batch_due = ref->now + batch->period_ms;
		sum_add(&k->batch, d.count, d.first_ms, d.last_ms);
		if (!batch->max || k->batch.events < batch->max) {
			ref_hold(ref, &d, REASON_BATCH);
			return;
		}
		d.at_hand = false;
		ref_batch_out(k, &d);
	}
	ref_throttle(ref, k, &d);
}

static void
ref_leave_batch(struct ref *ref, struct ref_key *k, size_t rule)
{
	struct decision d = ref_decision(rule, k->key, 0, 0, 0);

	if (!k->batch.events)
		return;
	ref_batch_out(k, &d);
	if (!ref_shut(ref, k, &d))
		ref_throttle(ref, k, &d);
}

static struct decision
ref_summary(struct ref_key *k, size_t rule)
{
	struct decision d = ref_decision(rule, k->key, k->throttled.matches,
	    k->throttled.first, k->throttled.last);

	k->throttled = (struct held_sum){0};
	return d;
}

static void
ref_say_summary(
    struct ref *ref, struct ref_key *k, struct decision *d, int64_t period)
{
	struct decision over = ref_decision(d->rule, k->key, 1, 0, 0);

	d->kind = DECISION_SUMMARY;
	d->period_ms = period;
	said_add(&ref->said, d);
	ref_told(ref, k, d->rule, d->elsewhere);
	if (!ref->rules[d->rule].spec.closes || k->alive)
		return;
	over.kind = DECISION_RECOVERY;
	over.elsewhere = d->elsewhere;
	said_add(&ref->said, &over);
}

static void
ref_leave_throttle(
    struct ref *ref, struct ref_key *k, size_t rule, int64_t period)
{
	struct decision d = ref_summary(k, rule);

	if (!ref_shut(ref, k, &d))
		ref_say_summary(ref, k, &d, period);
}

static void
ref_forget_window(struct ref_key *k)
{
	k->count = 0;
	k->lingers = false;
	memset(k->word, 0, sizeof(k->word));
}

static int64_t
ref_newest(const struct ref_key *k)
{
	int64_t newest = 0;
	size_t i;

	for (i = 0; i < k->count; i++)
		newest = k->times[i] > newest ? k->times[i] : newest;
	for (i = 0; i < LOTS; i++)
		if (k->word[i].known && k->word[i].last > newest)
			newest = k->word[i].last;
	return newest;
}

/* Of the times in the window (or of the values'), the newest but one; 0: there
 * is none. */
static int64_t
ref_second(const struct ref_key *k)
{
	int64_t newest = ref_newest(k), second = 0, last;
	bool seen = false;
	size_t i;

	for (i = 0; i < k->count + LOTS; i++) {
		if (i >= k->count && !k->word[i - k->count].known)
			continue;
		last = i < k->count ? k->times[i] : k->word[i - k->count].last;
		if (last == newest && !seen)
			seen = true;
		else if (last > second)
			second = last;
	}
	return second;
}

/* What is older has slid out, once a match of this time is in. */
static int64_t
ref_start(const struct when_spec *when, const struct ref_key *k, int64_t time)
{
	int64_t newest = ref_newest(k), second = ref_second(k), start;

	if (!newest || time >= newest) {
		second = newest ? newest : time;
		newest = time;
	} else if (time > second) {
		second = time;
	}
	start = newest - when->window_ms - 24 * 60 * MINUTE;
	return second - when->window_ms > start ? second - when->window_ms
						: start;
}

/* How many matches lie between the two times, as values and their matches. */
static size_t
ref_between(
    const struct ref_key *k, int64_t from, int64_t to, struct decision *d)
{
	size_t i, items = 0;

	d->count = 0;
	d->first_ms = INT64_MAX;
	d->last_ms = 0;
	for (i = 0; i < k->count; i++) {
		if (k->times[i] < from || k->times[i] > to)
			continue;
		items++;
		d->count++;
		d->first_ms = least(d->first_ms, k->times[i]);
		d->last_ms = -least(-d->last_ms, -k->times[i]);
	}
	for (i = 0; i < LOTS; i++) {
		if (!k->word[i].known || k->word[i].last < from ||
		    k->word[i].last > to)
			continue;
		items++;
		d->count += k->word[i].matches;
		d->first_ms = least(d->first_ms, k->word[i].first);
		d->last_ms = -least(-d->last_ms, -k->word[i].last);
	}
	return items;
}

/* Of both windows, the one up to the newest and the one up to the newest but
 * one, if the match is in it. */
static bool
ref_enough(const struct when_spec *when, const struct ref_key *k, int64_t time,
    struct decision *d)
{
	int64_t newest = ref_newest(k), second = ref_second(k);

	if ((int64_t)ref_between(k, newest - when->window_ms, newest, d) >=
	    when->count)
		return true;
	return second && second < newest && time <= second &&
	       (int64_t)ref_between(k, second - when->window_ms, second, d) >=
		   when->count;
}

static int64_t
ref_pending(const struct when_spec *when, const struct ref_key *k)
{
	struct decision d;

	ref_between(k, ref_newest(k) - when->window_ms, INT64_MAX, &d);
	return d.count;
}

static bool
ref_is_empty(const struct ref_key *k)
{
	return !ref_newest(k) && !k->until && !k->batch.events && !k->told &&
	       !k->digested;
}

/* Where the key stands in the order of use. */
static void
ref_settle(struct ref *ref, struct ref_key *k, bool used)
{
	bool holding = k->throttled.matches || k->batch.events;

	if (ref_is_empty(k)) {
		*k = (struct ref_key){0};
		return;
	}
	if (used || holding != k->holding)
		k->order = ++ref->order;
	k->holding = holding;
}

static struct ref_key *
ref_find(struct ref *ref, size_t rule, const char *key)
{
	struct ref_key *keys = ref->rules[rule].keys;
	size_t i;

	for (i = 0; i < KEYS; i++)
		if (keys[i].used && !strcmp(keys[i].key, key))
			return &keys[i];
	return NULL;
}

static struct ref_key *
ref_use(struct ref *ref, size_t rule, const char *key)
{
	struct ref_key *k = ref_find(ref, rule, key);

	if (k)
		return k;
	for (k = ref->rules[rule].keys; k->used; k++)
		continue;
	*k = (struct ref_key){.used = true};
	snprintf(k->key, sizeof(k->key), "%s", key);
	return k;
}

static void
ref_end(struct ref *ref, struct ref_key *k, size_t rule, bool evicted)
{
	struct decision d = ref_decision(rule, k->key, 0, 0, 0);
	int64_t period = k->length;

	if (k->batch.events) {
		ref_batch_out(k, &d);
		d.kind = DECISION_ALERT;
		said_add(&ref->said, &d);
	}
	if (!k->throttled.matches)
		return;
	d = ref_summary(k, rule);
	d.ended = !evicted;
	d.evicted = evicted;
	ref_say_summary(ref, k, &d, period);
	k->until = k->length = 0;
}

/* The one that has to go first; false: there is none but the spared one. */
static bool
ref_evict_one(struct ref *ref, size_t rule, const struct ref_key *spared)
{
	struct ref_key *keys = ref->rules[rule].keys, *victim = NULL;
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (!keys[i].used || &keys[i] == spared)
			continue;
		if (!victim || keys[i].holding < victim->holding ||
		    (keys[i].holding == victim->holding &&
			keys[i].order < victim->order))
			victim = &keys[i];
	}
	if (!victim)
		return false;
	ref_end(ref, victim, rule, true);
	*victim = (struct ref_key){0};
	return true;
}

/* How many keys a rule has, and what they take. */
static size_t
ref_keys(const struct ref *ref, size_t rule, int64_t *bytes_out)
{
	const struct ref_key *keys = ref->rules[rule].keys;
	size_t i, count = 0;

	*bytes_out = 0;
	for (i = 0; i < KEYS; i++) {
		if (!keys[i].used)
			continue;
		count++;
		*bytes_out += keys[i].bytes;
	}
	return count;
}

/* The rule that takes the most, the first of them; the sum of all. */
static size_t
ref_biggest(const struct ref *ref, int64_t *sum_out)
{
	int64_t bytes, most = -1;
	size_t i, biggest = 0;

	*sum_out = 0;
	for (i = 0; i < ref->count; i++) {
		ref_keys(ref, i, &bytes);
		*sum_out += bytes;
		if (bytes > most) {
			most = bytes;
			biggest = i;
		}
	}
	return biggest;
}

static void
ref_evict(struct ref *ref, size_t rule, const struct ref_key *spared)
{
	int64_t bytes;
	size_t biggest;

	while (ref_keys(ref, rule, &bytes) > ref->keys_max)
		if (!ref_evict_one(ref, rule, spared))
			break;
	for (;;) {
		biggest = ref_biggest(ref, &bytes);
		if (bytes <= ref->bytes_max ||
		    !ref_evict_one(ref, biggest, spared))
			return;
	}
}

/* The two windows: true when the condition is met, described by d. */
static bool
ref_count(const struct when_spec *when, struct ref_key *k, int64_t time,
    struct decision *d)
{
	int64_t start = ref_start(when, k, time);
	size_t i, kept = 0;

	if (time < start)
		return false;
	for (i = 0; i < k->count; i++)
		if (k->times[i] >= start)
			k->times[kept++] = k->times[i];
	k->times[kept++] = time;
	k->count = kept;
	return ref_enough(when, k, time, d);
}

static bool
ref_distinct(const struct when_spec *when, struct ref_key *k, int64_t time,
    size_t word, struct decision *d)
{
	int64_t start = ref_start(when, k, time);
	size_t i;

	if (time < start)
		return false;
	for (i = 0; i < LOTS; i++)
		if (k->word[i].last < start)
			k->word[i].known = false;
	if (k->word[word].known &&
	    time < k->word[word].last - when->window_ms) {
		word = WORDS;
	} else if (k->word[word].known &&
		   k->word[word].last < time - when->window_ms) {
		k->word[WORDS] = k->word[word];
		k->word[word].known = false;
	}
	if (!k->word[word].known) {
		k->word[word].known = true;
		k->word[word].first = k->word[word].last = time;
		k->word[word].matches = 0;
		k->word[word].order = ++k->matches;
	}
	k->word[word].matches++;
	k->word[word].first = least(k->word[word].first, time);
	if (time > k->word[word].last) {
		k->word[word].last = time;
		k->word[word].order = ++k->matches;
	}
	return ref_enough(when, k, time, d);
}

/* Of the values whose order is at most that, the oldest; -1: there is none. */
static int
ref_oldest_word(const struct ref_key *k, int64_t order)
{
	int word = -1;
	size_t i;

	for (i = 0; i < LOTS; i++)
		if (k->word[i].known && k->word[i].order <= order &&
		    (word < 0 || k->word[i].last < k->word[word].last ||
			(k->word[i].last == k->word[word].last &&
			    k->word[i].order < k->word[word].order)))
			word = (int)i;
	return word;
}

/* Before times become equal: the order that they tell. */
static void
ref_order_words(struct ref_key *k)
{
	int64_t order = k->matches;
	int word;

	while ((word = ref_oldest_word(k, order)) >= 0)
		k->word[word].order = ++k->matches;
}

/* Where a window has as many as it needs, because times became equal. */
static void
ref_forget_oldest(struct ref_key *k)
{
	size_t i, oldest = 0;

	if (!k->count) {
		k->word[ref_oldest_word(k, INT64_MAX)].known = false;
		return;
	}
	for (i = 1; i < k->count; i++)
		if (k->times[i] < k->times[oldest])
			oldest = i;
	k->times[oldest] = k->times[--k->count];
}

static size_t
ref_items(const struct ref_key *k)
{
	size_t i, items = k->count;

	for (i = 0; i < LOTS; i++)
		items += k->word[i].known;
	return items;
}

static void
ref_clip(const struct when_spec *when, struct ref_key *k, int64_t now)
{
	size_t i;

	if (ref_newest(k) - MINUTE <= now)
		return;
	if (k->lingers) {
		ref_forget_window(k);
		return;
	}
	k->word[WORDS].known = false;
	ref_order_words(k);
	for (i = 0; i < k->count; i++)
		k->times[i] = least(k->times[i], now);
	for (i = 0; i < LOTS; i++) {
		k->word[i].last = least(k->word[i].last, now);
		k->word[i].first = least(k->word[i].first, k->word[i].last);
	}
	if (when->window_ms && (int64_t)ref_items(k) >= when->count)
		ref_forget_oldest(k);
}

static void
ref_clamp(struct ref *ref, struct ref_key *k, const struct decider_rule *spec)
{
	if (k->until && k->until - k->length > ref->now)
		k->until = ref->now + k->length;
	if (k->batch.events && k->batch_due - spec->batch->period_ms > ref->now)
		k->batch_due = ref->now + spec->batch->period_ms;
	k->told = least(k->told, ref->now);
	k->touched = least(k->touched, ref->now);
	ref_clip(spec->when, k, ref->now);
}

static void
ref_tick(struct ref *ref, int64_t now)
{
	struct ref_rule *rule;
	size_t i, j;

	if (now >= ref->now - 1000) {
		ref->now = now > ref->now ? now : ref->now;
		return;
	}
	ref->now = now;
	for (i = 0; i < ref->count; i++) {
		rule = &ref->rules[i];
		for (j = 0; j < KEYS; j++)
			if (rule->keys[j].used) {
				ref_clamp(ref, &rule->keys[j], &rule->spec);
				ref_settle(ref, &rule->keys[j], false);
			}
		if (rule->digest.events)
			rule->digest_due =
			    hours_next_open(rule->spec.hours, now);
	}
}

static void
ref_counted(struct ref *ref, size_t rule, const char *key, int64_t pending,
    int64_t time)
{
	struct decision d = ref_decision(rule, key, pending, time, time);

	said_add(&ref->said, &d);
}

/* bytes: what the key takes then. */
static void
ref_feed(struct ref *ref, size_t rule, const char *key, int64_t time,
    int64_t now, size_t word, int64_t bytes)
{
	struct ref_rule *r = &ref->rules[rule];
	const struct when_spec *when = r->spec.when;
	struct decision d = ref_decision(rule, key, 1, time, time);
	struct ref_key *k;
	bool met = true;

	ref_tick(ref, now);
	if (when_class(when) == WHEN_NEW) {
		if (r->shapes[word]) {
			ref_counted(ref, rule, key, 0, time);
			return;
		}
		r->shapes[word] = true;
	}
	k = ref_use(ref, rule, key);
	k->touched = ref->now;
	ref_clip(when, k, ref->now);
	if (k->lingers && time < ref_start(when, k, time))
		ref_forget_window(k);
	k->lingers = false;
	if (when->window_ms)
		met = r->distinct ? ref_distinct(when, k, time, word, &d)
				  : ref_count(when, k, time, &d);
	if (!met) {
		ref_counted(ref, rule, key, ref_pending(when, k), time);
	} else {
		ref_forget_window(k);
		ref_met(ref, k, d);
	}
	ref_settle(ref, k, true);
	k->bytes = bytes;
	ref_evict(ref, rule, k->used ? k : NULL);
}

static void
ref_close(
    struct ref *ref, size_t rule, const char *key, int64_t time, int64_t now)
{
	struct ref_key *k;
	struct decision d = ref_decision(rule, key, 1, time, time);

	ref_tick(ref, now);
	k = ref_find(ref, rule, key);
	if (!k)
		return;
	ref_forget_window(k);
	ref_leave_batch(ref, k, rule);
	if (k->told) {
		if (k->throttled.matches)
			ref_leave_throttle(ref, k, rule, k->length);
		d.at_hand = true;
		d.since_ms = k->began;
		d.elsewhere = k->elsewhere;
		if (!ref_silenced(ref, &d)) {
			d.kind = DECISION_RECOVERY;
			said_add(&ref->said, &d);
		}
	}
	k->told = k->began = 0;
	k->alive = k->digested = k->elsewhere = false;
	ref_settle(ref, k, true);
}

static void
ref_digest(struct ref *ref, size_t rule, bool flushed)
{
	struct ref_rule *r = &ref->rules[rule];
	struct decision d = ref_decision(
	    rule, "", r->digest.matches, r->digest.first, r->digest.last);
	size_t i;

	if (!flushed && !hours_are_open(r->spec.hours, ref->now)) {
		r->digest_due = hours_next_open(r->spec.hours, ref->now);
		return;
	}
	d.kind = DECISION_DIGEST;
	d.events = r->digest.events;
	said_add(&ref->said, &d);
	for (i = 0; i < KEYS; i++) {
		if (!r->keys[i].used || !r->keys[i].digested)
			continue;
		r->keys[i].digested = false;
		ref_told(ref, &r->keys[i], rule, false);
		ref_settle(ref, &r->keys[i], false);
	}
	r->digest = (struct held_sum){0};
}

static int64_t
ref_window_end(const struct ref *ref, size_t rule, const struct ref_key *k)
{
	int64_t lag = k->touched - ref_newest(k);

	if (!ref_newest(k))
		return INT64_MAX;
	lag = k->lingers ? DAY : lag < 0 ? 0 : least(lag, DAY);
	return k->touched + lag + ref->rules[rule].spec.when->window_ms + HOUR;
}

/* Its window is over, and kept for a day where there are few keys. */
static bool
ref_linger(const struct ref *ref, size_t rule, struct ref_key *k)
{
	int64_t bytes;

	if (k->lingers || ref_keys(ref, rule, &bytes) > ref->lingering_max)
		return false;
	k->lingers = true;
	return ref_window_end(ref, rule, k) > ref->now;
}

static int64_t
ref_due(const struct ref *ref, size_t rule, const struct ref_key *k)
{
	int64_t due = ref_window_end(ref, rule, k);

	if (k->until)
		due = least(due, k->until);
	if (k->batch.events)
		due = least(due, k->batch_due);
	return due;
}

static void
ref_expire_throttle(struct ref *ref, size_t rule, struct ref_key *k)
{
	const struct throttle_spec *spec = ref->rules[rule].spec.throttle;
	int64_t period = k->length;

	if (!k->until || k->until > ref->now)
		return;
	if (!k->throttled.matches) {
		k->until = k->length = 0;
		return;
	}
	k->length = spec->max_ms > spec->period_ms
			? least(2 * k->length, spec->max_ms)
			: spec->period_ms;
	k->until = ref->now + k->length;
	ref_leave_throttle(ref, k, rule, period);
}

static void
ref_expire_key(struct ref *ref, size_t rule, struct ref_key *k)
{
	int64_t end = ref_window_end(ref, rule, k);

	if (k->batch.events && k->batch_due <= ref->now &&
	    k->batch_due <= k->until)
		ref_leave_batch(ref, k, rule);
	ref_expire_throttle(ref, rule, k);
	if (k->batch.events && k->batch_due <= ref->now)
		ref_leave_batch(ref, k, rule);
	if (end <= ref->now && !ref_linger(ref, rule, k))
		ref_forget_window(k);
	ref_settle(ref, k, false);
}

/* The one that is due first, of all rules. */
static struct ref_key *
ref_first(struct ref *ref, size_t *rule_out, int64_t *due_out)
{
	struct ref_key *first = NULL, *k;
	size_t i, j;

	*due_out = INT64_MAX;
	for (i = 0; i < ref->count; i++) {
		for (j = 0; j < KEYS; j++) {
			k = &ref->rules[i].keys[j];
			if (!k->used || ref_due(ref, i, k) >= *due_out)
				continue;
			first = k;
			*rule_out = i;
			*due_out = ref_due(ref, i, k);
		}
	}
	return first;
}

static void
ref_expire(struct ref *ref, int64_t now)
{
	struct ref_key *k;
	int64_t due;
	size_t i, rule = 0;

	ref_tick(ref, now);
	for (;;) {
		for (i = 0; i < ref->count; i++)
			if (ref->rules[i].digest.events &&
			    ref->rules[i].digest_due <= ref->now)
				ref_digest(ref, i, false);
		k = ref_first(ref, &rule, &due);
		if (!k || due > ref->now)
			return;
		ref_expire_key(ref, rule, k);
	}
}

static void
ref_flush(struct ref *ref, size_t rule, int64_t now)
{
	struct ref_key *keys = ref->rules[rule].keys;
	size_t i;

	ref_tick(ref, now);
	for (i = 0; i < KEYS; i++) {
		if (!keys[i].used || !keys[i].holding)
			continue;
		ref_end(ref, &keys[i], rule, false);
		ref_settle(ref, &keys[i], false);
	}
	if (ref->rules[rule].digest.events)
		ref_digest(ref, rule, true);
}

static void
ref_flush_batches(struct ref *ref, int64_t now)
{
	struct ref_key *k;
	size_t i, j;

	ref_tick(ref, now);
	for (i = 0; i < ref->count; i++) {
		for (j = 0; j < KEYS; j++) {
			k = &ref->rules[i].keys[j];
			if (!k->used || !k->batch.events)
				continue;
			ref_leave_batch(ref, k, i);
			ref_settle(ref, k, false);
		}
	}
}

#endif
