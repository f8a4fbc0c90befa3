/*
 * judge_decider_random: random rules and matches, against a slow and obvious
 * reference (decider_reference.h).
 *
 * Every decision must be the same.  In between everything is saved and
 * loaded, the clock is set back, silences begin and end, and keys are
 * evicted, because their rule has too many or because all take too much.
 * What a key takes is not known to the reference, but that it is counted anew
 * with each change, and that the sums are right.
 */
#include "config.h"

#include "base/mem.h"
#include "decider_reference.h"
#include "judge/decider_internal.h"
#include "judge/silence_internal.h"
#include "tap.h"

struct row {
	size_t rule;
	char key[8];
	size_t key_len;
	struct buf saved;
};

struct world {
	struct when_spec when[RULES];
	struct hours_spec hours[RULES];
	struct batch_spec batch[RULES];
	struct throttle_spec throttle[RULES];
	struct decider_rule rules[RULES];
	struct silences *silences;
	struct decider *decider;
	struct ref ref;
	struct said got;
	struct row rows[RULES * KEYS];
	size_t row_count;
	bool shapes[RULES][SHAPES];
	uint64_t seed;
	int64_t now;
	bool steps;		      /* the clock may be set back */
	int64_t renewed[RULES][KEYS]; /* when, at the latest */
	int renewals;
};

static const char *const names[RULES] = {"r0", "r1", "r2", "r3", "r4"};
static const char *const whens[] = {"each", "each", "2 in 5m", "3 in 10m",
    "7 in 1h", "distinct 3 user in 10m", "new", "1 in 1m"};
static const char *const throttles[] = {
    "none", "10m", "5m double max 20m", "1m double", "1h"};
static const char *const batches[] = {
    "none", "none", "30s", "2m max 3", "5m max 1"};
static const char *const hours[] = {"", "", "22:00-23:00 else hold",
    "23:30-01:00 else drop", "22:30-23:30 else sink other",
    "00:00-00:30, 22:20-22:25"};

static const char *
pick(struct world *world, const char *const *texts, size_t count)
{
	return texts[draw(&world->seed, count)];
}

#define PICK(world, texts) pick(world, texts, sizeof(texts) / sizeof(texts[0]))

static void
world_rule(struct world *w, size_t i)
{
	const char *when = PICK(w, whens), *open = PICK(w, hours);
	struct err err = ERR_INIT;

	if (when_parse(span_str(when), &w->when[i], &err) ||
	    throttle_parse(
		span_str(PICK(w, throttles)), &w->throttle[i], &err) ||
	    batch_parse(span_str(PICK(w, batches)), &w->batch[i], &err) ||
	    (*open && hours_parse(span_str(open), &w->hours[i], &err)))
		OK(false, "%s", err.text);
	w->rules[i] = (struct decider_rule){.name = names[i],
	    .when = &w->when[i],
	    .hours = &w->hours[i],
	    .batch = &w->batch[i],
	    .throttle = &w->throttle[i],
	    .keyed = true,
	    .closes = draw(&w->seed, 2),
	    .renew_ms = draw(&w->seed, 2) ? 2 * MINUTE : 0,
	    .partner = DECIDER_NO_RULE};
	w->ref.rules[i].spec = w->rules[i];
	w->ref.rules[i].distinct = !strncmp(when, "distinct", 8);
}

/* More than one key a rule can take.  What batches keep may grow with time,
 * and the reference knows only what a match brings. */
static void
world_limit_bytes(struct world *w)
{
	size_t i;

	w->ref.bytes_max = RULES * 1000 + (int64_t)draw(&w->seed, 8000);
	for (i = 0; i < RULES; i++)
		w->batch[i] = (struct batch_spec){0};
}

static void
world_decider(struct world *w)
{
	w->decider = decider_new_bounded(w->rules, RULES, w->silences,
	    w->ref.keys_max, w->ref.bytes_max);
	w->decider->lingering_max = w->ref.lingering_max;
	w->decider->now_ms = w->now;
}

static void
world_init(struct world *w, uint64_t seed)
{
	size_t i;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->now = w->ref.now = START;
	w->steps = draw(&w->seed, 2);
	for (i = 0; i < RULES; i++)
		world_rule(w, i);
	w->ref.count = RULES;
	w->ref.keys_max = w->steps ? KEYS : 2 + draw(&w->seed, 4);
	w->ref.lingering_max = draw(&w->seed, 2) ? KEYS : 0;
	w->ref.bytes_max = DECIDER_BYTES_MAX;
	if (draw(&w->seed, 3) == 0)
		world_limit_bytes(w);
	w->silences = silences_new();
	world_decider(w);
}

static void
world_release(struct world *w)
{
	size_t i;

	decider_free(w->decider);
	silences_free(w->silences);
	said_clear(&w->ref.said);
	said_clear(&w->got);
	for (i = 0; i < w->row_count; i++)
		buf_release(&w->rows[i].saved);
}

/* Every record that is told is counted at its time, too. */
static bool
times_tell_all(const struct decision *d)
{
	int64_t sum = 0;

	if (d->kind == DECISION_COUNTED)
		return true;
	for (int i = 0; d->times && i < HISTOGRAM_BINS; i++)
		sum += d->times->bins[i];
	return d->times ? sum == d->count : d->count <= 1;
}

/* The reference knows of none: a renewal stands behind what the throttle just
 * held of its key, and no two of them too near. */
static bool
is_renewal_right(
    struct world *w, const struct decision *d, const struct decision *before)
{
	int64_t *last = &w->renewed[d->rule][d->key.data[1] - '0'];
	int64_t since = w->now - *last;
	bool right = w->rules[d->rule].renew_ms &&
		     before->kind == DECISION_HELD &&
		     before->reason == REASON_THROTTLE &&
		     before->rule == d->rule && d->line_count == 1 &&
		     (w->steps || since >= w->rules[d->rule].renew_ms);

	*last = w->now;
	w->renewals++;
	return right;
}

static bool
world_agrees(struct world *w, bool in_order)
{
	struct decision d, before = {.kind = DECISION_COUNTED};
	bool same = true;

	while (decider_next(w->decider, &d)) {
		same = same && times_tell_all(&d);
		if (d.kind == DECISION_RENEWAL) {
			same = same && is_renewal_right(w, &d, &before);
			continue;
		}
		before = d;
		d.line_count = 0;
		said_add(&w->got, &d);
	}
	same = said_equal(&w->ref.said, &w->got, in_order) && same;
	said_clear(&w->ref.said);
	said_clear(&w->got);
	return same;
}

static int64_t
world_bytes(const struct world *w, size_t rule, const char *key)
{
	const struct entry *entry = entry_find(w->decider, rule, span_str(key));

	return entry ? entry->bytes : 0;
}

/* What is counted of each key is what it takes now. */
static bool
world_counts_all(struct world *w)
{
	size_t kept = w->decider->kept_bytes, cursor, i;
	int64_t all = w->decider->bytes;
	struct span key;
	void *entry;

	for (i = 0; i < RULES; i++) {
		cursor = 0;
		while (map_next(
		    w->decider->rules[i].entries, &cursor, &key, &entry))
			room_count(w->decider, entry);
	}
	return w->decider->kept_bytes == kept && w->decider->bytes == all;
}

/* For the next step; false: the sums are wrong. */
static bool
world_take_bytes(struct world *w)
{
	int64_t all = 0, bytes;
	struct ref_key *k;
	size_t i, j;

	for (i = 0; i < RULES; i++) {
		for (j = 0; j < KEYS; j++) {
			k = &w->ref.rules[i].keys[j];
			if (k->used)
				k->bytes = world_bytes(w, i, k->key);
		}
		ref_keys(&w->ref, i, &bytes);
		all += bytes;
		if (bytes != w->decider->rules[i].bytes) {
			printf("# rule %zu takes %" PRId64 ", not %" PRId64
			       "\n", i, bytes, w->decider->rules[i].bytes);
			return false;
		}
	}
	return all == w->decider->bytes;
}

static bool
world_match(struct world *w, bool closes)
{
	size_t rule = draw(&w->seed, RULES), word = draw(&w->seed, WORDS);
	char key[8], value[8];
	struct decider_match match = {.rule = rule, .line = span_str("line")};

	snprintf(key, sizeof(key), "k%d", (int)draw(&w->seed, 9));
	snprintf(value, sizeof(value), "v%zu", word);
	match.key = span_str(key);
	match.value = span_str(value);
	match.shape = word + 100;
	match.now_ms = w->now;
	match.time_ms = w->now;
	/* Late, early, equal, and at the borders of windows. */
	if (draw(&w->seed, 3) == 0)
		match.time_ms -= (int64_t)draw(&w->seed, 4) * 5 * MINUTE;
	else if (draw(&w->seed, 3) == 0)
		match.time_ms += (int64_t)draw(&w->seed, 60000);
	else if (draw(&w->seed, 2))
		match.time_ms = w->now / MINUTE * MINUTE;
	if (closes) {
		ref_close(&w->ref, rule, key, match.time_ms, w->now);
		decider_close(w->decider, &match);
	} else {
		decider_feed(w->decider, &match);
		ref_feed(&w->ref, rule, key, match.time_ms, w->now, word,
		    world_bytes(w, rule, key));
	}
	return world_agrees(w, true);
}

static void
row_put(void *arg, size_t rule, struct span key, struct span saved)
{
	struct world *w = arg;
	struct row *row = w->rows, *end = row + w->row_count;

	while (
	    row < end && (row->rule != rule ||
			     !span_equal(span_of(row->key, row->key_len), key)))
		row++;
	if (row == end) {
		if (!saved.len)
			return;
		w->row_count++;
		row->rule = rule;
		row->key_len = key.len;
		memcpy(row->key, key.data, key.len);
	}
	buf_reset(&row->saved);
	buf_add_span(&row->saved, saved);
	if (saved.len)
		return;
	buf_release(&row->saved);
	memmove(row, row + 1, (size_t)(end - row - 1) * sizeof(*row));
	w->row_count--;
	memset(&w->rows[w->row_count], 0, sizeof(*row));
}

static void
shape_put(void *arg, size_t rule, uint64_t shape)
{
	struct world *w = arg;

	w->shapes[rule][shape - 100] = true;
}

static void
world_save(struct world *w)
{
	decider_dirty(w->decider, row_put, w);
	decider_dirty_shapes(w->decider, shape_put, w);
	decider_saved(w->decider);
}

static void
world_load_row(struct world *w, const struct row *row)
{
	struct err err = ERR_INIT;
	struct ref_key *k;
	char key[8] = "";

	if (decider_load(w->decider, row->rule, span_of(row->key, row->key_len),
		buf_span(&row->saved), w->now, &err))
		OK(false, "%s", err.text);
	if (!row->key[0])
		return;
	memcpy(key, row->key, row->key_len);
	k = ref_find(&w->ref, row->rule, key);
	if (k)
		ref_clamp(&w->ref, k, &w->rules[row->rule]);
}

/* Everything from the store, as a new process does. */
static bool
world_restart(struct world *w)
{
	size_t i, j, used = 0;

	/* What a step of the clock changes while loading is not stored again,
	 * so both come to know of it before. */
	if (w->now < w->ref.now && w->now >= w->ref.now - DECIDER_STEP_MS)
		w->now = w->ref.now;
	ref_tick(&w->ref, w->now);
	decider_tick(w->decider, w->now);
	world_save(w);
	decider_free(w->decider);
	world_decider(w);
	w->ref.now = w->now;
	for (i = 0; i < w->row_count; i++)
		world_load_row(w, &w->rows[i]);
	for (i = 0; i < RULES; i++) {
		for (j = 0; j < SHAPES; j++)
			if (w->shapes[i][j])
				decider_load_shape(w->decider, i, j + 100);
		for (j = 0; j < KEYS; j++)
			used += w->ref.rules[i].keys[j].used;
		used += w->ref.rules[i].digest.events > 0;
		w->ref.rules[i].digest_due =
		    hours_next_open(&w->hours[i], w->now);
	}
	w->decider->now_ms = w->now;
	decider_start(w->decider, w->now);
	if (used != w->row_count)
		printf("# %zu rows, %zu keys\n", w->row_count, used);
	return used == w->row_count && world_agrees(w, true);
}

static void
world_toggle_silence(struct world *w)
{
	struct silence silence = {.rule = xstrdup("r1*"),
	    .from_ms = w->now,
	    .until_ms = w->now + 300 * DAY,
	    .who = xstrdup(""),
	    .why = xstrdup("")};
	struct silence ended;

	if (w->ref.silent) {
		silence_release(&silence);
		silences_end(w->silences, w->silences->next_id - 1, &ended);
		w->ref.silenced -= ended.held.matches;
		silence_release(&ended);
	} else {
		silence.condition_count = 1;
		silence.conditions[0].name = xstrdup("key");
		silence.conditions[0].value = xstrdup("k1");
		if (silences_add(w->silences, &silence, NULL))
			silence_release(&silence);
	}
	w->ref.silent = !w->ref.silent;
}

/* Of several keys that are due in the same millisecond any may come first, and
 * with it in the order of use: that is taken over. */
static void
world_take_order(struct world *w)
{
	const struct entry *entry;
	struct ref_key *k;
	char key[8];
	size_t i;
	int place;

	for (i = 0; i < RULES; i++) {
		for (place = ENTRY_IDLE; place < ENTRY_PLACES; place++) {
			entry = room_oldest(&w->decider->rules[i], place);
			for (; entry; entry = entry->newer) {
				memset(key, 0, sizeof(key));
				memcpy(key, entry->key, entry->key_len);
				k = ref_find(&w->ref, i, key);
				if (k)
					k->order = ++w->ref.order;
			}
		}
	}
}

static bool
world_expire(struct world *w)
{
	int64_t due = INT64_MAX, first;
	size_t i, rule = 0;
	bool same;

	ref_first(&w->ref, &rule, &first);
	for (i = 0; i < RULES; i++)
		if (w->ref.rules[i].digest.events)
			due = least(due, w->ref.rules[i].digest_due);
	due = least(due, first);
	if (decider_due(w->decider) != (due == INT64_MAX ? 0 : due)) {
		printf("# due %" PRId64 ", not %" PRId64 "\n",
		    decider_due(w->decider) - START, due - START);
		return false;
	}
	ref_expire(&w->ref, w->now);
	decider_expire(w->decider, w->now, true);
	same = world_agrees(w, false);
	world_take_order(w);
	return same;
}

static bool
world_flush(struct world *w)
{
	size_t rule = draw(&w->seed, RULES);
	bool same;

	if (draw(&w->seed, 2)) {
		ref_flush(&w->ref, rule, w->now);
		decider_flush(w->decider, rule, w->now);
	} else {
		ref_flush_batches(&w->ref, w->now);
		decider_flush_batches(w->decider, w->now);
	}
	same = world_agrees(w, false);
	world_take_order(w);
	return same;
}

static void
world_pass_time(struct world *w)
{
	static const int64_t lengths[] = {1, 1000, MINUTE, 5 * MINUTE, HOUR};
	int64_t length = lengths[draw(&w->seed, 5)];

	w->now += (int64_t)draw(&w->seed, (uint64_t)length) + 1;
	if (!w->steps || draw(&w->seed, 40) != 0)
		return;
	w->now -= (int64_t)draw(&w->seed, 6 * HOUR);
	if (w->ref.bytes_max == DECIDER_BYTES_MAX)
		return;
	/* What goes then makes room before the next match takes some. */
	ref_tick(&w->ref, w->now);
	decider_tick(w->decider, w->now);
	world_take_bytes(w);
}

static bool
world_step(struct world *w)
{
	uint64_t what = draw(&w->seed, 100);

	if (draw(&w->seed, 3) == 0)
		world_pass_time(w);
	if (what < 70)
		return world_match(w, false);
	if (what < 80)
		return world_match(w, true);
	if (what < 92)
		return world_expire(w);
	if (what < 94 && w->ref.keys_max == KEYS)
		return world_flush(w);
	if (what < 96)
		return world_restart(w);
	if (what < 97 && !w->steps)
		world_toggle_silence(w);
	else
		world_save(w);
	return true;
}

/* Returns how many renewals there were. */
static int
live(uint64_t seed, int steps)
{
	static struct world world;
	bool same = true;
	int i;

	world_init(&world, seed);
	for (i = 0; same && i < steps; i++)
		same = world_step(&world) && world_counts_all(&world) &&
		       world_take_bytes(&world);
	if (world.ref.silent)
		world_toggle_silence(&world);
	OK(same && !world.ref.silenced,
	    "life %" PRIu64 ": every decision is the reference's (%d steps)",
	    seed, i);
	world_release(&world);
	return world.renewals;
}

int
main(int argc, char **argv)
{
	uint64_t seed, from = 1, to = 60;
	int renewals = 0;

	setenv("TZ", "UTC", 1);
	if (argc > 2) {
		from = strtoull(argv[1], NULL, 10);
		to = strtoull(argv[2], NULL, 10);
	}
	for (seed = from; seed <= to; seed++)
		renewals += live(seed, 1500);
	OK(renewals > 0, "%d renewals stood where they may", renewals);
	return tap_done();
}
