/*
 * decider_save: state as bytes for the store, and back.
 *
 * The form is base/fields.h's.  Of an entry, in this order and where there is
 * such: v (1), use (its number in the order of use, and when the last match of
 * what counts or waits came, 0 for none, in 8 bytes each), lingers, when,
 * throttle, batch, payload, told and began (of the incident), renewed, alive,
 * digested, elsewhere, and at (its record's time) and line as often as there
 * are lines.
 * Of a rule, under decider_rule_key: v and what `hours` hold (digest.*).
 * Loading checks everything: the database is hostile too.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/decider_internal.h"
#include "judge/when_internal.h"

#define SAVED_VERSION 1
#define DIGEST_PREFIX "digest."

enum { USE_NUMBER = 8, USE_BYTES = 2 * USE_NUMBER };

/* So far ahead the clock may have been when something was stored. */
#define AHEAD_MAX_MS (INT64_C(50) * 365 * 24 * 60 * 60 * 1000)

static void
save_gate(const struct gate *gate, struct buf *part, struct buf *out)
{
	buf_reset(part);
	throttle_save(&gate->throttle, part);
	fields_add(out, "throttle", buf_span(part));
	if (gate->batch) {
		buf_reset(part);
		batch_save(gate->batch, part);
		fields_add(out, "batch", buf_span(part));
	}
	if (gate->payload.len)
		fields_add(out, "payload", buf_span(&gate->payload));
	if (gate->told_ms)
		fields_add_number(out, "told", gate->told_ms);
	if (gate->began_ms)
		fields_add_number(out, "began", gate->began_ms);
	if (gate->renewed_ms)
		fields_add_number(out, "renewed", gate->renewed_ms);
	if (gate->alive)
		fields_add_number(out, "alive", 1);
	if (gate->digested)
		fields_add_number(out, "digested", 1);
	if (gate->elsewhere)
		fields_add_number(out, "elsewhere", 1);
}

static void
save_entry(const struct decider *decider, const struct entry *entry,
    struct buf *part, struct buf *out)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	struct span line;
	int64_t time_ms;
	size_t at = 0;

	fields_add_number(out, "v", SAVED_VERSION);
	buf_reset(part);
	when_put(part, (uint64_t)entry->used, USE_NUMBER);
	when_put(part, entry->when ? (uint64_t)entry->touched_ms : 0,
	    USE_NUMBER);
	fields_add(out, "use", buf_span(part));
	if (entry->lingers)
		fields_add_number(out, "lingers", 1);
	buf_reset(part);
	when_save(spec->when, entry->when, part);
	fields_add(out, "when", buf_span(part));
	if (entry->gate)
		save_gate(entry->gate, part, out);
	while (kept_lines_next_at(&entry->lines, &at, &line, &time_ms)) {
		fields_add_number(out, "at", time_ms);
		fields_add(out, "line", line);
	}
}

static void
save_rule(const struct rule_state *rule, struct buf *out)
{
	if (!rule->digest.events)
		return;
	fields_add_number(out, "v", SAVED_VERSION);
	held_save(&rule->digest, DIGEST_PREFIX, out);
}

/* By rule and key, as the store has its rows: with very many of them each of
 * its pages is then gone through once. */
static int
dirty_compare(const void *a, const void *b)
{
	const struct entry *one = *(const struct entry *const *)a;
	const struct entry *other = *(const struct entry *const *)b;

	if (one->rule != other->rule)
		return one->rule < other->rule ? -1 : 1;
	return span_order(entry_key_of(one), entry_key_of(other));
}

static struct entry **
dirty_in_order(const struct decider *decider, size_t *count_out)
{
	struct entry **entries, *entry;
	size_t count = 0;

	for (entry = decider->dirty; entry; entry = entry->next_dirty)
		count++;
	entries = xcalloc(count + 1, sizeof(entries[0]));
	*count_out = count;
	for (entry = decider->dirty; entry; entry = entry->next_dirty)
		entries[--count] = entry;
	qsort(entries, *count_out, sizeof(entries[0]), dirty_compare);
	return entries;
}

void
decider_dirty(struct decider *decider,
    void (*each)(void *arg, size_t rule, struct span key, struct span saved),
    void *arg)
{
	struct buf saved = BUF_INIT, part = BUF_INIT;
	struct entry **entries, *entry;
	size_t i, count;

	entries = dirty_in_order(decider, &count);
	for (i = 0; i < count; i++) {
		entry = entries[i];
		buf_reset(&saved);
		if (entry->place != ENTRY_NOWHERE)
			save_entry(decider, entry, &part, &saved);
		each(arg, entry->rule, entry_key_of(entry), buf_span(&saved));
		/* Even if the transaction fails it may turn out to be there. */
		entry->stored = true;
	}
	free(entries);
	for (i = 0; i < decider->count; i++) {
		if (!decider->rules[i].digest_dirty)
			continue;
		buf_reset(&saved);
		save_rule(&decider->rules[i], &saved);
		each(arg, i, span_of(decider_rule_key, DECIDER_RULE_KEY_BYTES),
		    buf_span(&saved));
	}
	buf_release(&saved);
	buf_release(&part);
}

struct shape_call {
	void (*each)(void *arg, size_t rule, uint64_t shape);
	void *arg;
	size_t rule;
};

static void
save_shape(void *arg, uint64_t shape)
{
	const struct shape_call *call = arg;

	call->each(call->arg, call->rule, shape);
}

void
decider_dirty_shapes(struct decider *decider,
    void (*each)(void *arg, size_t rule, uint64_t shape), void *arg)
{
	struct shape_call call = {each, arg, 0};

	for (; call.rule < decider->count; call.rule++) {
		if (decider->rules[call.rule].seen)
			seen_dirty(
			    decider->rules[call.rule].seen, save_shape, &call);
	}
}

void
decider_saved(struct decider *decider)
{
	struct entry *entry;
	size_t i;

	while ((entry = decider->dirty))
		entry_saved(decider, entry);
	for (i = 0; i < decider->count; i++) {
		decider->rules[i].digest_dirty = false;
		if (decider->rules[i].seen)
			seen_saved(decider->rules[i].seen);
	}
}

/* Of an entry, but at and line. */
enum saved_field {
	SAVED_V,
	SAVED_USE,
	SAVED_LINGERS,
	SAVED_WHEN,
	SAVED_THROTTLE,
	SAVED_BATCH,
	SAVED_PAYLOAD,
	SAVED_TOLD,
	SAVED_BEGAN,
	SAVED_RENEWED,
	SAVED_ALIVE,
	SAVED_DIGESTED,
	SAVED_ELSEWHERE,
	SAVED_FIELDS,
};

static const char *const saved_names[SAVED_FIELDS] = {"v", "use", "lingers",
    "when", "throttle", "batch", "payload", "told", "began", "renewed",
    "alive", "digested", "elsewhere"};

/* Where they lie in the saved bytes; data NULL: there is none. */
struct saved_entry {
	struct span all, field[SAVED_FIELDS];
	size_t lines; /* from there on */
};

/* They are nearly always in this order. */
static enum saved_field
saved_field(struct span name, enum saved_field next)
{
	for (; next < SAVED_FIELDS; next++)
		if (span_is(name, saved_names[next]))
			return next;
	return SAVED_FIELDS;
}

/* There may be very many: each field is looked at once. */
static int
saved_read(struct span saved, struct saved_entry *out, struct err *err)
{
	struct span name, value;
	size_t cursor = 0;
	enum saved_field field, next = SAVED_V;

	*out = (struct saved_entry){.all = saved};
	while (next < SAVED_FIELDS &&
	       fields_next(saved, &cursor, &name, &value)) {
		field = saved_field(name, next);
		if (field == SAVED_FIELDS)
			break;
		out->field[field] = value;
		out->lines = cursor;
		next = field + 1;
	}
	if (fields_check(saved, err))
		return err_prefix(err, "a stored state");
	return 0;
}

static struct span
saved_bytes(const struct saved_entry *saved, enum saved_field field)
{
	return saved->field[field].data ? saved->field[field] : span_str("");
}

static int64_t
saved_number(const struct saved_entry *saved, enum saved_field field,
    int64_t otherwise)
{
	int64_t value;

	if (!saved->field[field].data ||
	    number_parse(
		saved->field[field], INT64_MIN, INT64_MAX, &value, NULL))
		return otherwise;
	return value;
}

static int
load_lines(struct decider *decider, struct entry *entry,
    const struct saved_entry *saved, struct err *err)
{
	struct span name, value;
	size_t cursor = saved->lines, count = 0;
	int64_t time_ms = 0;

	while (fields_next(saved->all, &cursor, &name, &value)) {
		if (span_is(name, "at") &&
		    number_parse(value, 0, INT64_MAX / 2, &time_ms, err))
			return -1;
		if (!span_is(name, "line"))
			continue;
		if (value.len > DECIDER_LINE_BYTES ||
		    ++count > DECIDER_KEPT_LINES)
			return err_set(err, "a stored state has too many or "
					    "too long lines");
		entry_add_line(
		    decider, entry, time_ms, value, DECIDER_KEPT_LINES);
	}
	return 0;
}

static int
load_batch(const struct batch_spec *spec, struct gate *gate,
    struct span bytes, int64_t now_ms, struct err *err)
{
	if (!bytes.len)
		return 0;
	gate->batch = xcalloc(1, sizeof(*gate->batch));
	return batch_load(spec, gate->batch, bytes, now_ms, err);
}

static int
load_gate(const struct rule_state *rule, struct gate *gate,
    const struct saved_entry *saved, int64_t now_ms, struct err *err)
{
	struct span payload = saved_bytes(saved, SAVED_PAYLOAD);

	if (throttle_load(rule->spec.throttle, &gate->throttle,
		saved_bytes(saved, SAVED_THROTTLE), now_ms, err) ||
	    load_batch(rule->spec.batch, gate,
		saved_bytes(saved, SAVED_BATCH), now_ms, err))
		return -1;
	gate->told_ms = saved_number(saved, SAVED_TOLD, 0);
	gate->began_ms = saved_number(saved, SAVED_BEGAN, 0);
	gate->renewed_ms = saved_number(saved, SAVED_RENEWED, 0);
	if (gate->told_ms < 0 || gate->began_ms < 0 || gate->renewed_ms < 0 ||
	    payload.len > BATCH_PAYLOAD_BYTES)
		return err_set(err, "a stored state has impossible values");
	if (gate->renewed_ms > now_ms)
		gate->renewed_ms = now_ms;
	if (gate->told_ms > now_ms)
		gate->told_ms = now_ms;
	if (rule->class == WHEN_UNLESS)
		buf_add_span(&gate->payload, payload);
	if (!rule->recovers) {
		gate->told_ms = 0;
		return 0;
	}
	gate->alive = saved_number(saved, SAVED_ALIVE, 0) == 1;
	gate->digested = saved_number(saved, SAVED_DIGESTED, 0) == 1;
	gate->elsewhere = saved_number(saved, SAVED_ELSEWHERE, 0) == 1;
	return 0;
}

/* Older versions stored nothing of it: the last match came now then, but once,
 * or no pass would ever see the window end. */
static int
load_use(struct decider *decider, struct entry *entry,
    const struct saved_entry *saved, int64_t now_ms, struct err *err)
{
	struct span use = saved_bytes(saved, SAVED_USE);
	uint64_t used, touched;

	entry->touched_ms = now_ms;
	entry->used = 0;
	if (!use.len) {
		entry_mark_dirty(decider, entry);
		return 0;
	}
	if (use.len != USE_BYTES)
		return err_set(err, "a stored state has impossible values");
	used = when_get(use.data, USE_NUMBER);
	touched = when_get(use.data + USE_NUMBER, USE_NUMBER);
	if (used > WHEN_TIME_MAX || touched > WHEN_TIME_MAX)
		return err_set(err, "a stored state has impossible values");
	entry->used = (int64_t)used;
	if (touched)
		entry->touched_ms = (int64_t)touched;
	return 0;
}

/* A gate is stored with its throttle, and most keys of a window have none.
 *
 * Read as it was stored, and then put right as if the clock had been set back
 * under our eyes: what that changes is stored, or every pass would put it
 * right anew, and further away each time. */
static int
load_entry(struct decider *decider, struct entry *entry, struct span bytes,
    int64_t now_ms, struct err *err)
{
	const struct rule_state *rule = &decider->rules[entry->rule];
	int64_t then_ms = now_ms + AHEAD_MAX_MS;
	struct saved_entry saved;

	if (saved_read(bytes, &saved, err))
		return -1;
	if (saved_number(&saved, SAVED_V, 0) != SAVED_VERSION)
		return err_set(err, "a stored state has an unknown version");
	if (load_use(decider, entry, &saved, now_ms, err))
		return -1;
	entry->when = when_state_new(rule->spec.when);
	entry->lingers = saved_number(&saved, SAVED_LINGERS, 0) == 1;
	if (when_load(rule->spec.when, entry->when, rule->spec.hours,
		saved_bytes(&saved, SAVED_WHEN), then_ms, err) ||
	    (saved.field[SAVED_THROTTLE].data &&
		load_gate(rule, entry_gate(entry), &saved, then_ms, err)) ||
	    load_lines(decider, entry, &saved, err))
		return -1;
	entry_step_back(decider, entry, now_ms);
	return 0;
}

static int
load_digest(struct held *digest, struct span saved, struct err *err)
{
	if (fields_check(saved, err))
		return err_prefix(err, "a stored digest");
	if (fields_get_number(saved, "v", 0) != SAVED_VERSION)
		return err_set(err, "a stored digest has an unknown version");
	return held_load(digest, DIGEST_PREFIX, saved, err);
}

static int
load_rule(struct decider *decider, struct rule_state *rule, struct span saved,
    struct err *err)
{
	int result;

	held_release(&rule->digest);
	result = load_digest(&rule->digest, saved, err);
	if (result)
		held_release(&rule->digest);
	rule->digest_dirty = !rule->digest.events;
	decider_digest_schedule(decider, rule);
	return result;
}

int
decider_load(struct decider *decider, size_t rule, struct span key,
    struct span saved, int64_t now_ms, struct err *err)
{
	struct rule_state *state = decider_rule_at(decider, rule);
	struct entry *entry;
	int result;

	if (key.len > DECIDER_KEY_BYTES)
		return err_set(err, "a stored key is too long");
	/* Or a step back before the first match would not be seen as one. */
	if (decider->now_ms < now_ms)
		decider->now_ms = now_ms;
	if (span_equal(key, span_of(decider_rule_key, DECIDER_RULE_KEY_BYTES)))
		return load_rule(decider, state, saved, err);
	entry = entry_use(decider, rule, key);
	entry_clear(decider, entry);
	result = load_entry(decider, entry, saved, now_ms, err);
	if (result)
		entry_clear(decider, entry);
	/* What turned out to be bad is empty now, and its row will go. */
	entry_settle_loaded(decider, entry, entry->used);
	return result;
}

static void
left_add(struct decider_left *left, const struct decider_left *part)
{
	if (!left->held || part->first_ms < left->first_ms)
		left->first_ms = part->first_ms;
	if (!left->held || part->last_ms >= left->last_ms) {
		left->last_ms = part->last_ms;
		left->line = part->line;
	}
	left->held = left->held > INT64_MAX - part->held
			 ? INT64_MAX
			 : left->held + part->held;
	if (part->period_ms)
		left->period_ms = part->period_ms;
}

static void
left_in_throttle(struct span saved, struct decider_left *left)
{
	struct decider_left part = {.line = {"", 0}};
	struct span throttle;

	if (fields_get(saved, "throttle", &throttle) &&
	    throttle_left(throttle, &part.held, &part.first_ms, &part.last_ms,
		&part.period_ms, &part.line))
		left_add(left, &part);
}

/* The last of the lines, as it lies in the saved bytes. */
static struct span
left_last_line(struct span saved, const char *field)
{
	struct span name, value, last = {"", 0};
	size_t cursor = 0;

	while (fields_next(saved, &cursor, &name, &value)) {
		if (span_is(name, field))
			last = value;
	}
	return last;
}

static void
left_in_held(struct span saved, const char *prefix, const char *line_field,
    struct decider_left *left)
{
	struct decider_left part;
	struct held held = {0};

	if (held_load(&held, prefix, saved, NULL))
		return;
	part = (struct decider_left){held.matches, held.first_ms, held.last_ms,
	    0, left_last_line(saved, line_field)};
	if (part.held > 0)
		left_add(left, &part);
	held_release(&held);
}

bool
decider_left(struct span saved, struct decider_left *out)
{
	struct span batch;

	*out = (struct decider_left){.line = {"", 0}};
	if (fields_check(saved, NULL) ||
	    fields_get_number(saved, "v", 0) != SAVED_VERSION)
		return false;
	left_in_held(saved, DIGEST_PREFIX, DIGEST_PREFIX "line", out);
	if (fields_get(saved, "batch", &batch) && !fields_check(batch, NULL))
		left_in_held(batch, "", "line", out);
	left_in_throttle(saved, out);
	return out->held > 0;
}
