/*
 * variables: the built-in names and what each expands to.
 *
 * A table of names with one function each; captures come after them.
 */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "message/variables.h"

static void
value_severity(const struct alert *alert, struct buf *out)
{
	buf_add_str(out, severity_name(alert->severity));
}

static void
value_count(const struct alert *alert, struct buf *out)
{
	buf_addf(out, "%" PRId64, alert->count);
}

static void
value_time(int64_t wall_ms, struct buf *out)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_local(wall_ms, text);
	buf_add_str(out, text);
}

static void
value_first(const struct alert *alert, struct buf *out)
{
	value_time(alert->first_ms, out);
}

static void
value_last(const struct alert *alert, struct buf *out)
{
	value_time(alert->last_ms, out);
}

static void
value_offset(const struct alert *alert, struct buf *out)
{
	buf_addf(out, "%" PRIu64, alert->offset);
}

static void
join(const struct alert_line *lines, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add_byte(out, '\n');
		buf_add(out, lines[i].text, lines[i].len);
	}
}

static void
value_line(const struct alert *alert, struct buf *out)
{
	if (alert->kind == ALERT_REPORT && alert->line_count > 0)
		join(alert->lines, 1, out);
	else
		buf_add_span(out, alert_last_line(alert));
}

static void
value_lines(const struct alert *alert, struct buf *out)
{
	int64_t more = alert->count - (int64_t)alert->line_count;

	join(alert->lines, alert->line_count, out);
	if (alert->kind == ALERT_REPORT && more > 0)
		buf_addf(out, "\nand %" PRId64 " more", more);
}

static void
value_before(const struct alert *alert, struct buf *out)
{
	join(alert->before, alert->before_count, out);
}

static void
value_after(const struct alert *alert, struct buf *out)
{
	join(alert->after, alert->after_count, out);
}

static void
value_id(const struct alert *alert, struct buf *out)
{
	buf_add_str(out, alert->id);
}

/* A text of the alert as it is, or what a function makes. */
struct variable {
	const char *name;
	size_t text;
	void (*value)(const struct alert *alert, struct buf *out);
	bool number;
};

#define TEXT(name_)                                                            \
	{                                                                      \
#name_, offsetof(struct alert, name_), NULL, false             \
	}
#define MADE(name_, number_)                                                   \
	{                                                                      \
#name_, 0, value_##name_, number_                              \
	}

static const struct variable variables[] = {
    TEXT(subject),
    TEXT(rule),
    MADE(severity, false),
    MADE(count, true),
    MADE(first, false),
    MADE(last, false),
    TEXT(hostname),
    TEXT(file),
    MADE(offset, true),
    MADE(line, false),
    MADE(lines, false),
    MADE(before, false),
    MADE(after, false),
    TEXT(key),
    MADE(id, false),
};

#define VARIABLE_COUNT (sizeof(variables) / sizeof(variables[0]))

const char *const variable_names[] = {"subject", "rule", "severity", "count",
    "first", "last", "hostname", "file", "offset", "line", "lines", "before",
    "after", "key", "id", NULL};

_Static_assert(
    sizeof(variable_names) / sizeof(variable_names[0]) == VARIABLE_COUNT + 1,
    "every variable is named");

static const struct variable *
variable_find(struct span name)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		if (span_is(name, variables[i].name))
			return &variables[i];
	}
	return NULL;
}

bool
variable_is_builtin(struct span name)
{
	return variable_find(name) != NULL;
}

bool
variable_is_number(struct span name)
{
	const struct variable *variable = variable_find(name);

	return variable != NULL && variable->number;
}

bool
variable_lookup(void *arg, struct span name, struct buf *value_out)
{
	const struct alert *alert = arg;
	const struct variable *variable = variable_find(name);

	if (variable != NULL) {
		if (variable->value != NULL)
			variable->value(alert, value_out);
		else
			buf_add_str(
			    value_out, *(char *const *)((const char *)alert +
							variable->text));
		return true;
	}
	for (size_t i = 0; i < alert->capture_count; i++) {
		const struct alert_capture *capture = &alert->captures[i];

		if (span_is(name, capture->name)) {
			buf_add(value_out, capture->value, capture->len);
			return true;
		}
	}
	return false;
}
