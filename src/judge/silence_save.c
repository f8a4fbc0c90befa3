/*
 * silence_save: silences as bytes for the store, and back.
 *
 * The form is base/fields.h's; the counter of ids has the id 0 and one field
 * (next).  Loading checks everything: the database is hostile too.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/mem.h"
#include "judge/silence_internal.h"

#define SAVED_VERSION 1
#define COUNTER_ID 0
#define ID_MAX INT32_MAX

static void
silence_save(const struct silence *silence, struct buf *out)
{
	size_t i;

	fields_add_number(out, "v", SAVED_VERSION);
	fields_add_str(out, "rule", silence->rule);
	for (i = 0; i < silence->condition_count; i++) {
		fields_add_str(out, "name", silence->conditions[i].name);
		fields_add_str(out, "value", silence->conditions[i].value);
	}
	fields_add_number(out, "from", silence->from_ms);
	fields_add_number(out, "until", silence->until_ms);
	fields_add_number(out, "tell", silence->tell_ms);
	fields_add_str(out, "who", silence->who);
	fields_add_str(out, "why", silence->why);
	held_save(&silence->held, "held.", out);
}

static void
silences_save_counter(const struct silences *silences, struct buf *out)
{
	fields_add_number(out, "v", SAVED_VERSION);
	fields_add_number(out, "next", silences->next_id);
}

void
silences_dirty(struct silences *silences,
    void (*each)(void *arg, int64_t id, struct span saved), void *arg)
{
	struct buf saved = BUF_INIT;
	size_t i;

	if (silences->counter_dirty) {
		silences_save_counter(silences, &saved);
		each(arg, COUNTER_ID, buf_span(&saved));
	}
	for (i = 0; i < silences->gone_count; i++)
		each(arg, silences->gone[i], span_str(""));
	for (i = 0; i < silences->count; i++) {
		if (!silences->rows[i].dirty)
			continue;
		buf_reset(&saved);
		silence_save(&silences->rows[i].silence, &saved);
		each(arg, silences->rows[i].silence.id, buf_span(&saved));
	}
	buf_release(&saved);
}

void
silences_saved(struct silences *silences)
{
	size_t i;

	silences->counter_dirty = false;
	silences->gone_count = 0;
	for (i = 0; i < silences->count; i++)
		silences->rows[i].dirty = false;
}

/* A text that may be missing; NULL when it is damaged. */
static char *
silence_load_text(struct span saved, const char *name)
{
	struct span value;

	if (!fields_get(saved, name, &value))
		return xstrdup("");
	return fields_get_copy(saved, name);
}

/* The last condition is a name so far. */
static bool
silence_lacks_value(const struct silence *silence)
{
	return silence->condition_count &&
	       !silence->conditions[silence->condition_count - 1].value;
}

static int
silence_load_condition(
    struct silence *out, struct span name, struct span value, struct err *err)
{
	struct silence_condition *condition;
	if (memchr(value.data, '\0', value.len))
		return err_set(err, "a stored silence has a damaged text");
	if (span_is(name, "name")) {
		if (out->condition_count == SILENCE_CONDITIONS_MAX ||
		    silence_lacks_value(out))
			return err_set(err, "a stored silence has impossible "
					    "conditions");
		condition = &out->conditions[out->condition_count++];
		condition->name = xstrndup(value.data, value.len);
		condition->value = NULL;
		return 0;
	}
	if (!silence_lacks_value(out))
		return err_set(
		    err, "a stored silence has a value without a name");
	out->conditions[out->condition_count - 1].value =
	    xstrndup(value.data, value.len);
	return 0;
}

static int
silence_load_conditions(struct silence *out, struct span saved, struct err *err)
{
	struct span name, value;
	size_t cursor = 0;

	while (fields_next(saved, &cursor, &name, &value)) {
		if ((span_is(name, "name") || span_is(name, "value")) &&
		    silence_load_condition(out, name, value, err))
			return -1;
	}
	if (silence_lacks_value(out))
		return err_set(
		    err, "a stored silence has a name without a value");
	return 0;
}

static int
silence_load(struct silence *out, struct span saved, struct err *err)
{
	if (fields_check(saved, err))
		return err_prefix(err, "a stored silence");
	if (fields_get_number(saved, "v", 0) != SAVED_VERSION)
		return err_set(err, "a stored silence has an unknown version");
	out->rule = fields_get_copy(saved, "rule");
	out->who = silence_load_text(saved, "who");
	out->why = silence_load_text(saved, "why");
	if (!out->rule || !out->who || !out->why)
		return err_set(err, "a stored silence has a damaged text");
	if (silence_load_conditions(out, saved, err))
		return -1;
	out->from_ms = fields_get_number(saved, "from", 0);
	out->until_ms = fields_get_number(saved, "until", 0);
	out->tell_ms = fields_get_number(saved, "tell", 0);
	return silence_check(out, err) ||
		       held_load(&out->held, "held.", saved, err)
		   ? -1
		   : 0;
}

static int
silences_load_counter(
    struct silences *silences, struct span saved, struct err *err)
{
	int64_t next;

	if (fields_check(saved, err))
		return err_prefix(err, "the stored counter of silences");
	next = fields_get_number(saved, "next", 0);
	if (next < 1 || next > ID_MAX)
		return err_set(
		    err, "the stored counter of silences is impossible");
	if (next > silences->next_id)
		silences->next_id = next;
	return 0;
}

/* Puts the new last row where its id belongs. */
static void
silences_sort_last(struct silences *silences)
{
	struct silence_row row = silences->rows[silences->count - 1];
	size_t at = silences->count - 1;

	while (at && silences->rows[at - 1].silence.id > row.silence.id) {
		silences->rows[at] = silences->rows[at - 1];
		at--;
	}
	silences->rows[at] = row;
}

static int
silences_load_row(struct silences *silences, int64_t id, struct span saved,
    int64_t now_ms, struct err *err)
{
	struct silence loaded = {0};
	struct silence_row *row;

	if (id < 1 || id >= ID_MAX || silences_find(silences, id) ||
	    silences->count >= SILENCE_MAX)
		return err_set(err, "a stored silence has an impossible id, or "
				    "there are too many");
	if (silence_load(&loaded, saved, err)) {
		silence_release(&loaded);
		return -1;
	}
	loaded.id = id;
	row = silences_append(silences);
	row->silence = loaded;
	silence_clamp(row, now_ms);
	silences_sort_last(silences);
	if (id >= silences->next_id)
		silences->next_id = id + 1;
	return 0;
}

int
silences_load(struct silences *silences, int64_t id, struct span saved,
    int64_t now_ms, struct err *err)
{
	if (silences->now_ms < now_ms)
		silences->now_ms = now_ms;
	if (id == COUNTER_ID)
		return silences_load_counter(silences, saved, err);
	return silences_load_row(silences, id, saved, now_ms, err);
}
