/*
 * decider_save: an entry as bytes for the store, and back.
 *
 * The form is base/fields.h's: v (1), when, throttle, and line as often as
 * there are lines.  Loading checks everything: the database is hostile too.
 */
#include "config.h"

#include "base/fields.h"
#include "judge/decider_internal.h"

#define SAVED_VERSION 1

static void
entry_save(
    const struct decider *decider, const struct entry *entry, struct buf *out)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	struct buf part = BUF_INIT;
	struct span line;
	size_t at = 0;

	fields_add_number(out, "v", SAVED_VERSION);
	when_save(spec->when, entry->when, &part);
	fields_add(out, "when", buf_span(&part));
	buf_reset(&part);
	throttle_save(&entry->throttle, &part);
	fields_add(out, "throttle", buf_span(&part));
	buf_release(&part);
	while (kept_lines_next(&entry->lines, &at, &line))
		fields_add(out, "line", line);
}

void
decider_dirty(struct decider *decider,
    void (*each)(void *arg, size_t rule, struct span key, struct span saved),
    void *arg)
{
	struct buf saved = BUF_INIT;
	struct entry *entry;

	for (entry = decider->dirty; entry; entry = entry->next_dirty) {
		buf_reset(&saved);
		if (entry->place != ENTRY_NOWHERE)
			entry_save(decider, entry, &saved);
		each(arg, entry->rule, span_of(entry->key, entry->key_len),
		    buf_span(&saved));
	}
	buf_release(&saved);
}

void
decider_saved(struct decider *decider)
{
	struct entry *entry;

	while ((entry = decider->dirty)) {
		decider->dirty = entry->next_dirty;
		entry->next_dirty = NULL;
		entry->dirty = false;
		entry->stored = true;
		if (entry->place == ENTRY_NOWHERE)
			entry_drop(decider, entry);
	}
}

static int
entry_load_lines(struct decider *decider, struct entry *entry,
    struct span saved, struct err *err)
{
	struct span name, value;
	size_t cursor = 0;

	while (fields_next(saved, &cursor, &name, &value)) {
		if (!span_is(name, "line"))
			continue;
		if (value.len > DECIDER_LINE_BYTES ||
		    entry->lines.count == DECIDER_LINES - 1)
			return err_set(err, "a stored state has too many or "
					    "too long lines");
		entry_add_line(decider, entry, value);
	}
	return 0;
}

static int
entry_load(struct decider *decider, struct entry *entry, struct span saved,
    int64_t now_ms, struct err *err)
{
	const struct decider_rule *spec = &decider->rules[entry->rule].spec;
	struct span when = {"", 0}, throttle = {"", 0};

	if (fields_check(saved, err))
		return err_prefix(err, "a stored state");
	if (fields_get_number(saved, "v", 0) != SAVED_VERSION)
		return err_set(err, "a stored state has an unknown version");
	fields_get(saved, "when", &when);
	fields_get(saved, "throttle", &throttle);
	entry->when = when_state_new(spec->when);
	if (when_load(spec->when, entry->when, when, now_ms, err) ||
	    throttle_load(
		spec->throttle, &entry->throttle, throttle, now_ms, err))
		return -1;
	return entry_load_lines(decider, entry, saved, err);
}

int
decider_load(struct decider *decider, size_t rule, struct span key,
    struct span saved, int64_t now_ms, struct err *err)
{
	struct entry *entry;
	int result;

	if (key.len > DECIDER_KEY_BYTES)
		return err_set(err, "a stored key is too long");
	entry = entry_use(decider, rule, key);
	entry_forget_window(decider, entry);
	throttle_release(&entry->throttle);
	entry->touched_ms = now_ms;
	/* Or a step back before the first match would not be seen as one. */
	if (decider->now_ms < now_ms)
		decider->now_ms = now_ms;
	result = entry_load(decider, entry, saved, now_ms, err);
	if (result) {
		entry_forget_window(decider, entry);
		throttle_release(&entry->throttle);
	}
	/* What turned out to be bad is empty now, and its row will go. */
	entry_settle_loaded(decider, entry);
	return result;
}

bool
decider_left(struct span saved, struct decider_left *out)
{
	struct span throttle;

	*out = (struct decider_left){.line = {"", 0}};
	if (fields_check(saved, NULL) ||
	    fields_get_number(saved, "v", 0) != SAVED_VERSION ||
	    !fields_get(saved, "throttle", &throttle))
		return false;
	return throttle_left(throttle, &out->held, &out->first_ms,
	    &out->last_ms, &out->period_ms, &out->line);
}
