/*
 * held: counts, times, and the last lines.
 *
 * Hides the stored form: events, matches, first, last, times (histogram.h) and
 * line as often as there are lines, each behind the caller's prefix.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/fields.h"
#include "judge/held.h"

struct held_name {
	char text[FIELD_NAME_MAX + 1];
};

static struct held_name
held_name(const char *prefix, const char *name)
{
	struct held_name out;
	int len = snprintf(out.text, sizeof(out.text), "%s%s", prefix, name);

	if (len < 0 || len > FIELD_NAME_MAX)
		BUG("a field's name is too long: %s%s", prefix, name);
	return out;
}

static int64_t
held_sum(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void
held_count_times(struct held *held, const struct event *event)
{
	struct histogram_lot before = {
	    held->matches, held->first_ms, held->last_ms, NULL};
	struct histogram_lot more = {
	    event->matches, event->first_ms, event->last_ms, event->times};

	histogram_gather(&held->times, &before, &more);
}

void
held_add(struct held *held, const struct event *event, size_t lines_max)
{
	held_count_times(held, event);
	if (!held->events || event->first_ms < held->first_ms)
		held->first_ms = event->first_ms;
	if (!held->events || event->last_ms > held->last_ms)
		held->last_ms = event->last_ms;
	held->events = held_sum(held->events, 1);
	held->matches = held_sum(held->matches, event->matches);
	held_add_line(held, event->line, lines_max);
}

void
held_add_line(struct held *held, struct span line, size_t lines_max)
{
	if (lines_max > HELD_LINES_MAX)
		lines_max = HELD_LINES_MAX;
	/* Before adding, so that the memory need not hold one more. */
	kept_lines_trim(&held->lines, lines_max ? lines_max - 1 : 0);
	if (lines_max)
		kept_lines_add(&held->lines, line, HELD_LINE_BYTES);
}

void
held_release(struct held *held)
{
	kept_lines_release(&held->lines);
	free(held->times);
	*held = (struct held){0};
}

void
held_save(const struct held *held, const char *prefix, struct buf *out)
{
	struct span line;
	size_t at = 0;

	if (!held->events)
		return;
	fields_add_number(out, held_name(prefix, "events").text, held->events);
	fields_add_number(
	    out, held_name(prefix, "matches").text, held->matches);
	fields_add_number(out, held_name(prefix, "first").text, held->first_ms);
	fields_add_number(out, held_name(prefix, "last").text, held->last_ms);
	if (held->times)
		histogram_save(
		    held->times, held_name(prefix, "times").text, out);
	while (kept_lines_next(&held->lines, &at, &line))
		fields_add(out, held_name(prefix, "line").text, line);
}

static int64_t
held_get(struct span fields, const char *prefix, const char *name)
{
	return fields_get_number(fields, held_name(prefix, name).text, 0);
}

static int
held_load_lines(
    struct held *held, const char *prefix, struct span fields, struct err *err)
{
	struct held_name wanted = held_name(prefix, "line");
	struct span name, value;
	size_t cursor = 0;

	while (fields_next(fields, &cursor, &name, &value)) {
		if (!span_is(name, wanted.text))
			continue;
		if (value.len > HELD_LINE_BYTES ||
		    held->lines.count == HELD_LINES_MAX || !held->events)
			return err_set(err, "what was held back has too many "
					    "or too long lines");
		kept_lines_add(&held->lines, value, HELD_LINE_BYTES);
	}
	return 0;
}

static int
held_load_times(
    struct held *held, const char *prefix, struct span fields, struct err *err)
{
	struct histogram times;

	if (histogram_load(
		&times, held_name(prefix, "times").text, fields, err))
		return -1;
	held->times = histogram_kept(&times);
	return 0;
}

int
held_load(
    struct held *held, const char *prefix, struct span fields, struct err *err)
{
	struct held loaded = {
	    .events = held_get(fields, prefix, "events"),
	    .matches = held_get(fields, prefix, "matches"),
	    .first_ms = held_get(fields, prefix, "first"),
	    .last_ms = held_get(fields, prefix, "last"),
	};

	held_release(held);
	/* An absence stands for no record at all. */
	if (loaded.events < 0 || loaded.matches < 0 || loaded.first_ms < 0 ||
	    loaded.last_ms < loaded.first_ms ||
	    (!loaded.events && (loaded.matches || loaded.last_ms)))
		return err_set(err, "what was held back has impossible values");
	if ((loaded.events &&
		held_load_times(&loaded, prefix, fields, err)) ||
	    held_load_lines(&loaded, prefix, fields, err)) {
		held_release(&loaded);
		return -1;
	}
	*held = loaded;
	return 0;
}
