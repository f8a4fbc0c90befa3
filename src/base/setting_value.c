/*
 * setting_value: one value of each type, between text and field.
 *
 * Hides what the types are made of: a table with one row for each, so that a
 * new type is a new row.  Knows nothing of tables of settings or of defaults.
 */
#include "config.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/mem.h"
#include "base/setting.h"
#include "base/setting_internal.h"
#include "base/units.h"

struct value_type {
	size_t size; /* of the field; 0: not known here */
	int (*parse)(const struct setting *row, void *field, struct span text,
	    struct origin origin, struct err *err);
	void (*format)(
	    const struct setting *row, const void *field, struct buf *out);
	void (*release)(void *field); /* NULL: owns nothing */
};

static int
text_parse(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	char **out = field;

	(void)row, (void)origin, (void)err;
	free(*out);
	*out = xstrndup(text.data, text.len);
	return 0;
}

static void
text_format(const struct setting *row, const void *field, struct buf *out)
{
	const char *const *text = field;

	(void)row;
	if (*text)
		buf_add_str(out, *text);
}

static void
text_release(void *field)
{
	char **text = field;

	free(*text);
}

/* Items without an origin came from the default; the first one that somebody
 * wrote takes their place. */
static void
list_drop_default(struct setting_list *list, struct origin origin)
{
	size_t i;

	if (!list->count || list->items[0].origin.file || !origin.file)
		return;
	for (i = 0; i < list->count; i++)
		free(list->items[i].text);
	list->count = 0;
}

static void
list_add(struct setting_list *list, struct span text, struct origin origin)
{
	text = span_trim(text);
	if (!text.len)
		return;
	list_drop_default(list, origin);
	list->items =
	    xreallocarray(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] =
	    (struct setting_item){xstrndup(text.data, text.len), origin};
}

static int
lines_parse(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	(void)row, (void)err;
	list_add(field, text, origin);
	return 0;
}

static int
words_parse(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	size_t i, start = 0;

	(void)row, (void)err;
	for (i = 0; i <= text.len; i++) {
		if (i < text.len && !span_blank(text.data[i]))
			continue;
		list_add(field, span_of(text.data + start, i - start), origin);
		start = i + 1;
	}
	return 0;
}

/* The end of the address at start: a comma outside "..." and <...>, or the end
 * of the text; SIZE_MAX when a quote is never closed. */
static size_t
address_end(struct span text, size_t start)
{
	bool quoted = false, angled = false;
	size_t i;

	for (i = start; i < text.len; i++) {
		char c = text.data[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '<' || c == '>'))
			angled = c == '<';
		else if (c == ',' && !quoted && !angled)
			return i;
	}
	return quoted ? SIZE_MAX : text.len;
}

static int
addresses_parse(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	size_t start, end;

	for (start = 0; start < text.len; start = end + 1) {
		end = address_end(text, start);
		if (end == SIZE_MAX)
			return err_set(err,
			    "%s: a quote in `%.*s' is not closed", row->name,
			    span_shown(text), text.data);
	}
	for (start = 0; start < text.len; start = end + 1) {
		end = address_end(text, start);
		list_add(
		    field, span_of(text.data + start, end - start), origin);
	}
	return 0;
}

static void
list_format(const struct setting *row, const void *field, struct buf *out)
{
	const struct setting_list *list = field;
	size_t i;

	(void)row;
	for (i = 0; i < list->count; i++) {
		if (i)
			buf_add_byte(out, '\n');
		buf_add_str(out, list->items[i].text);
	}
}

static void
list_release(void *field)
{
	struct setting_list *list = field;
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
}

/* Bounds of a duration or size, in its own units. */
static int
check_bounds(const struct setting *row, int64_t value,
    void (*format)(int64_t, char[UNITS_TEXT_MAX]), struct err *err)
{
	char min[UNITS_TEXT_MAX], max[UNITS_TEXT_MAX];

	if (!row->max || (value >= row->min && value <= row->max))
		return 0;
	format(row->min, min);
	format(row->max, max);
	return err_set(err, "%s must be from %s to %s", row->name, min, max);
}

static int
duration_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	int64_t value;

	(void)origin;
	if (duration_parse(text, &value, err))
		return err_prefix(err, "%s", row->name);
	if (check_bounds(row, value, duration_format, err))
		return -1;
	*(int64_t *)field = value;
	return 0;
}

static void
duration_show(const struct setting *row, const void *field, struct buf *out)
{
	char text[UNITS_TEXT_MAX];

	(void)row;
	duration_format(*(const int64_t *)field, text);
	buf_add_str(out, text);
}

static int
size_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	int64_t value;

	(void)origin;
	if (size_parse(text, &value, err))
		return err_prefix(err, "%s", row->name);
	if (check_bounds(row, value, size_format, err))
		return -1;
	*(int64_t *)field = value;
	return 0;
}

static void
size_show(const struct setting *row, const void *field, struct buf *out)
{
	char text[UNITS_TEXT_MAX];

	(void)row;
	size_format(*(const int64_t *)field, text);
	buf_add_str(out, text);
}

static int
number_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	int64_t max = row->min || row->max ? row->max : INT64_MAX;

	(void)origin;
	if (number_parse(text, row->min, max, field, err))
		return err_prefix(err, "%s", row->name);
	return 0;
}

static void
number_show(const struct setting *row, const void *field, struct buf *out)
{
	(void)row;
	buf_addf(out, "%" PRId64, *(const int64_t *)field);
}

static int
bool_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	(void)origin;
	if (!span_is(text, "yes") && !span_is(text, "no"))
		return err_set(err, "%s: `%.*s' is neither yes nor no",
		    row->name, span_shown(text), text.data);
	*(bool *)field = span_is(text, "yes");
	return 0;
}

static void
bool_show(const struct setting *row, const void *field, struct buf *out)
{
	(void)row;
	buf_add_str(out, *(const bool *)field ? "yes" : "no");
}

/* By its meaning: `no' is but two letters swapped from `on'. */
static const char *
choice_meant(struct span text, const char *const *choices)
{
	static const struct {
		const char *written, *meant;
	} switches[] = {{"no", "off"}, {"false", "off"}, {"yes", "on"},
	    {"true", "on"}};
	const char *word = NULL;

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (span_is(text, switches[i].written))
			word = switches[i].meant;
	for (size_t i = 0; word && choices[i]; i++)
		if (!strcmp(choices[i], word))
			return word;
	return nearest_word(text, choices);
}

static int
choice_refuse(const struct setting *row, struct span text, struct err *err)
{
	const char *near = choice_meant(text, row->choices);
	struct buf all = BUF_INIT;
	size_t i;

	for (i = 0; row->choices[i]; i++)
		buf_addf(&all, "%s%s", i ? ", " : "", row->choices[i]);
	err_set(err, "%s: `%.*s' is not one of %s%s%s%s", row->name,
	    span_shown(text), text.data, buf_str(&all),
	    near ? "; did you mean `" : "", near ? near : "", near ? "'?" : "");
	buf_release(&all);
	return -1;
}

static int
choice_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	int i;

	(void)origin;
	for (i = 0; row->choices[i]; i++) {
		if (span_is(text, row->choices[i])) {
			*(int *)field = i;
			return 0;
		}
	}
	return choice_refuse(row, text, err);
}

static void
choice_show(const struct setting *row, const void *field, struct buf *out)
{
	buf_add_str(out, row->choices[*(const int *)field]);
}

static int
custom_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	(void)origin;
	if (row->parse(text, field, err))
		return err_prefix(err, "%s", row->name);
	return 0;
}

static void
custom_show(const struct setting *row, const void *field, struct buf *out)
{
	row->format(field, out);
}

static int
not_built_set(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	(void)field, (void)text, (void)origin;
	return err_set(err, "`%s' is not built yet (%s); remove the line",
	    row->name, row->help);
}

static void
not_built_show(const struct setting *row, const void *field, struct buf *out)
{
	(void)row, (void)field, (void)out;
}

static const struct value_type value_types[] = {
    [SETTING_TEXT] = {sizeof(char *), text_parse, text_format, text_release},
    [SETTING_LINES] = {sizeof(struct setting_list), lines_parse, list_format,
	list_release},
    [SETTING_WORDS] = {sizeof(struct setting_list), words_parse, list_format,
	list_release},
    [SETTING_ADDRESSES] = {sizeof(struct setting_list), addresses_parse,
	list_format, list_release},
    [SETTING_DURATION] = {sizeof(int64_t), duration_set, duration_show, NULL},
    [SETTING_SIZE] = {sizeof(int64_t), size_set, size_show, NULL},
    [SETTING_NUMBER] = {sizeof(int64_t), number_set, number_show, NULL},
    [SETTING_BOOL] = {sizeof(bool), bool_set, bool_show, NULL},
    [SETTING_CHOICE] = {sizeof(int), choice_set, choice_show, NULL},
    [SETTING_CUSTOM] = {0, custom_set, custom_show, NULL},
    [SETTING_NOT_BUILT] = {0, not_built_set, not_built_show, NULL},
};

static const struct value_type *
type_of(const struct setting *row)
{
	if ((size_t)row->type >= sizeof(value_types) / sizeof(*value_types))
		BUG("setting %s has type %d", row->name, (int)row->type);
	return &value_types[row->type];
}

int
setting_value_parse(const struct setting *row, void *field, struct span text,
    struct origin origin, struct err *err)
{
	if (text.len && memchr(text.data, '\0', text.len))
		return err_set(
		    err, "%s holds a NUL byte; remove it", row->name);
	return type_of(row)->parse(row, field, text, origin, err);
}

void
setting_value_format(
    const struct setting *row, const void *field, struct buf *out)
{
	type_of(row)->format(row, field, out);
}

void
setting_value_release(const struct setting *row, void *field)
{
	const struct value_type *type = type_of(row);

	if (type->release)
		type->release(field);
	if (type->size)
		memset(field, 0, type->size);
}
