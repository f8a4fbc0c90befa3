/*
 * silence: what a person has asked not to be told for a while.
 *
 * Hides the list of silences (by id, the oldest first), when each has to be
 * told, which of them the store has yet to hear of, and the counter of ids,
 * which is stored as if it were a silence with the id 0.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/silence_internal.h"

#define CLOCK_STEP_MS 1000

struct silences *
silences_new(void)
{
	struct silences *silences = xcalloc(1, sizeof(*silences));

	silences->next_id = 1;
	return silences;
}

void
silence_release(struct silence *silence)
{
	size_t i;

	free(silence->rule);
	for (i = 0; i < silence->condition_count; i++) {
		free(silence->conditions[i].name);
		free(silence->conditions[i].value);
	}
	free(silence->who);
	free(silence->why);
	held_release(&silence->held);
	memset(silence, 0, sizeof(*silence));
}

void
silences_free(struct silences *silences)
{
	size_t i;

	if (!silences)
		return;
	for (i = 0; i < silences->count; i++)
		silence_release(&silences->rows[i].silence);
	free(silences->rows);
	free(silences->gone);
	free(silences);
}

static int
silence_check_text(const char *what, const char *text, struct err *err)
{
	if (strlen(text) <= SILENCE_TEXT_MAX)
		return 0;
	return err_set(err,
	    "the %s of a silence has more than %d bytes: shorten it", what,
	    SILENCE_TEXT_MAX);
}

int
silence_check(const struct silence *silence, struct err *err)
{
	size_t i;

	if (silence_check_text("rule", silence->rule, err) ||
	    silence_check_text("author", silence->who, err) ||
	    silence_check_text("reason", silence->why, err))
		return -1;
	for (i = 0; i < silence->condition_count; i++) {
		if (silence_check_text(
			"capture", silence->conditions[i].name, err) ||
		    silence_check_text(
			"value", silence->conditions[i].value, err))
			return -1;
	}
	if (silence->from_ms < 0 || silence->until_ms <= silence->from_ms ||
	    silence->until_ms - silence->from_ms > SILENCE_LENGTH_MAX_MS)
		return err_set(err,
		    "a silence lasts more than nothing and at most 366 days");
	return 0;
}

struct silence_row *
silences_append(struct silences *silences)
{
	struct silence_row *row;

	silences->rows = xreallocarray(
	    silences->rows, silences->count + 1, sizeof(silences->rows[0]));
	row = &silences->rows[silences->count++];
	memset(row, 0, sizeof(*row));
	return row;
}

/* When what it holds is to be told after now. */
static int64_t
silence_next_telling(const struct silence *silence, int64_t now_ms)
{
	int64_t next = now_ms + SILENCE_TELL_MS;

	return next < silence->until_ms ? next : silence->until_ms;
}

int
silences_add(
    struct silences *silences, struct silence *silence, struct err *err)
{
	struct silence_row *row;

	if (silences->count >= SILENCE_MAX)
		return err_set(err,
		    "there are %d silences already: end one first",
		    SILENCE_MAX);
	if (silence->condition_count > SILENCE_CONDITIONS_MAX)
		return err_set(err, "a silence has at most %d conditions",
		    SILENCE_CONDITIONS_MAX);
	if (silence_check(silence, err))
		return -1;
	/* Or a step back before anything is held would not be seen as one. */
	if (silences->now_ms < silence->from_ms)
		silences->now_ms = silence->from_ms;
	silence->id = silences->next_id++;
	silence->tell_ms = silence_next_telling(silence, silence->from_ms);
	row = silences_append(silences);
	row->silence = *silence;
	row->dirty = true;
	silences->counter_dirty = true;
	return 0;
}

static struct silence_row *
silences_row(const struct silences *silences, int64_t id)
{
	size_t i;

	for (i = 0; i < silences->count; i++) {
		if (silences->rows[i].silence.id == id)
			return &silences->rows[i];
	}
	return NULL;
}

const struct silence *
silences_find(const struct silences *silences, int64_t id)
{
	const struct silence_row *row = silences_row(silences, id);

	return row ? &row->silence : NULL;
}

void
silences_each(const struct silences *silences,
    void (*each)(void *arg, const struct silence *silence), void *arg)
{
	size_t i;

	for (i = 0; i < silences->count; i++)
		each(arg, &silences->rows[i].silence);
}

/* The clock was set back behind its beginning: it ends no later than its own
 * length after now. */
void
silence_clamp(struct silence_row *row, int64_t now_ms)
{
	struct silence *silence = &row->silence;
	int64_t length = silence->until_ms - silence->from_ms;

	if (silence->from_ms - CLOCK_STEP_MS > now_ms) {
		silence->from_ms = now_ms;
		silence->until_ms = now_ms + length;
		row->dirty = true;
	}
	if (silence->tell_ms - SILENCE_TELL_MS - CLOCK_STEP_MS > now_ms ||
	    silence->tell_ms > silence->until_ms) {
		silence->tell_ms = silence_next_telling(silence, now_ms);
		row->dirty = true;
	}
}

static void
silences_tick(struct silences *silences, int64_t now_ms)
{
	size_t i;

	if (now_ms < silences->now_ms - CLOCK_STEP_MS) {
		for (i = 0; i < silences->count; i++)
			silence_clamp(&silences->rows[i], now_ms);
	} else if (now_ms < silences->now_ms) {
		return;
	}
	silences->now_ms = now_ms;
}

static bool
silence_covers(const struct silence *silence, const char *rule,
    silence_lookup *lookup, void *arg, int64_t now_ms)
{
	struct span value;
	size_t i;

	if (silence->until_ms <= now_ms || fnmatch(silence->rule, rule, 0))
		return false;
	for (i = 0; i < silence->condition_count; i++) {
		if (!lookup ||
		    !lookup(
			arg, span_str(silence->conditions[i].name), &value) ||
		    !span_is(value, silence->conditions[i].value))
			return false;
	}
	return true;
}

static struct silence_row *
silences_covering(const struct silences *silences, const char *rule,
    silence_lookup *lookup, void *arg, int64_t now_ms)
{
	size_t i;

	for (i = 0; i < silences->count; i++) {
		if (silence_covers(
			&silences->rows[i].silence, rule, lookup, arg, now_ms))
			return &silences->rows[i];
	}
	return NULL;
}

bool
silences_hold(struct silences *silences, const char *rule,
    silence_lookup *lookup, void *arg, int64_t now_ms,
    const struct event *event)
{
	struct silence_row *row;

	if (!silences->count)
		return false;
	silences_tick(silences, now_ms);
	row = silences_covering(silences, rule, lookup, arg, now_ms);
	if (!row)
		return false;
	held_add(&row->silence.held, event, SILENCE_LINES);
	row->dirty = true;
	return true;
}

const struct silence *
silences_match(const struct silences *silences, const char *rule,
    silence_lookup *lookup, void *arg, int64_t now_ms)
{
	const struct silence_row *row =
	    silences_covering(silences, rule, lookup, arg, now_ms);

	return row ? &row->silence : NULL;
}

/* A silence that held nothing has nothing to tell before its end. */
static int64_t
silence_due(const struct silence *silence)
{
	return silence->held.events ? silence->tell_ms : silence->until_ms;
}

int64_t
silences_due(const struct silences *silences)
{
	int64_t due, earliest = 0;
	size_t i;

	for (i = 0; i < silences->count; i++) {
		due = silence_due(&silences->rows[i].silence);
		if (!earliest || due < earliest)
			earliest = due;
	}
	return earliest;
}

/* Takes the row out; what it was moves to *out. */
static void
silences_remove(
    struct silences *silences, struct silence_row *row, struct silence *out)
{
	size_t behind = silences->count - (size_t)(row - silences->rows) - 1;

	*out = row->silence;
	silences->gone = xreallocarray(silences->gone, silences->gone_count + 1,
	    sizeof(silences->gone[0]));
	silences->gone[silences->gone_count++] = out->id;
	memmove(row, row + 1, behind * sizeof(*row));
	silences->count--;
}

/* A copy that owns its strings, and what the silence held. */
static void
silence_tell(struct silence *silence, struct silence *out)
{
	size_t i;

	*out = *silence;
	out->rule = xstrdup(silence->rule);
	out->who = xstrdup(silence->who);
	out->why = xstrdup(silence->why);
	for (i = 0; i < silence->condition_count; i++) {
		out->conditions[i].name = xstrdup(silence->conditions[i].name);
		out->conditions[i].value =
		    xstrdup(silence->conditions[i].value);
	}
	memset(&silence->held, 0, sizeof(silence->held));
}

bool
silences_expire(struct silences *silences, int64_t now_ms, struct silence *out,
    bool *ended_out)
{
	struct silence_row *row;
	size_t i;

	silences_tick(silences, now_ms);
	for (i = 0; i < silences->count; i++) {
		row = &silences->rows[i];
		if (silence_due(&row->silence) > now_ms)
			continue;
		*ended_out = row->silence.until_ms <= now_ms;
		if (*ended_out) {
			silences_remove(silences, row, out);
			return true;
		}
		silence_tell(&row->silence, out);
		row->silence.tell_ms =
		    silence_next_telling(&row->silence, now_ms);
		row->dirty = true;
		return true;
	}
	return false;
}

bool
silences_end(struct silences *silences, int64_t id, struct silence *out)
{
	struct silence_row *row = silences_row(silences, id);

	if (!row)
		return false;
	silences_remove(silences, row, out);
	return true;
}

void
silence_describe(const struct silence *silence, struct buf *out)
{
	size_t i;

	buf_add_str(out, silence->rule);
	for (i = 0; i < silence->condition_count; i++)
		buf_addf(out, " %s=%s", silence->conditions[i].name,
		    silence->conditions[i].value);
}
