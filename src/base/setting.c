/*
 * setting: tables of settings, applied to structs.
 *
 * Knows rows, defaults and structs; what a value is made of is
 * setting_value.c's.
 */
#include "config.h"

#include <string.h>

#include "base/bug.h"
#include "base/setting.h"
#include "base/setting_internal.h"

static void *
field_of(const struct setting *row, void *settings)
{
	return (char *)settings + row->offset;
}

static const void *
const_field_of(const struct setting *row, const void *settings)
{
	return (const char *)settings + row->offset;
}

const struct setting *
setting_find(const struct setting_table *table, struct span name)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		if (span_is(name, table->rows[i].name))
			return &table->rows[i];
	return NULL;
}

const char *
setting_nearest(const struct setting_table *table, struct span name)
{
	struct nearest nearest = nearest_to(name);
	size_t i;

	for (i = 0; i < table->count; i++)
		if (table->rows[i].type != SETTING_NOT_BUILT)
			nearest_offer(&nearest, table->rows[i].name);
	return nearest.best;
}

/* A default is written as in the file, a line for each item of a list. */
static void
apply_text(const struct setting *row, void *field, struct span text)
{
	static const struct origin nowhere = {NULL, 0};
	struct err err = ERR_INIT;
	const char *end;
	size_t len;

	do {
		end = memchr(text.data, '\n', text.len);
		len = end ? (size_t)(end - text.data) : text.len;
		if (setting_value_parse(
			row, field, span_of(text.data, len), nowhere, &err))
			BUG("default of setting %s: %s", row->name, err.text);
		text = end ? span_of(end + 1, text.len - len - 1)
			   : span_of(text.data + len, 0);
	} while (end);
}

static void
apply_default(const struct setting *row, void *field)
{
	if (row->fallback)
		apply_text(row, field, span_str(row->fallback));
}

void
setting_defaults(const struct setting_table *table, void *settings)
{
	const struct setting *row;

	for (row = table->rows; row < table->rows + table->count; row++)
		apply_default(row, field_of(row, settings));
}

int
setting_set(const struct setting *row, void *settings, struct span text,
    struct origin origin, struct err *err)
{
	return setting_value_parse(
	    row, field_of(row, settings), text, origin, err);
}

void
setting_clear(const struct setting *row, void *settings)
{
	void *field = field_of(row, settings);

	setting_value_release(row, field);
	if (row->type == SETTING_CUSTOM && !row->fallback)
		apply_text(row, field, span_str(""));
	else
		apply_default(row, field);
}

void
setting_format(const struct setting *row, const void *settings, struct buf *out)
{
	setting_value_format(row, const_field_of(row, settings), out);
}

/* How the default looks once it was read and written.  The field of a CUSTOM
 * row is of unknown size, so its default stands in the table that way. */
static void
format_default(const struct setting *row, struct buf *out)
{
	union {
		char *text;
		struct setting_list list;
		int64_t number;
		bool flag;
		int choice;
	} field;

	if (row->type == SETTING_CUSTOM) {
		buf_add_span(out, span_str(row->fallback));
		return;
	}
	memset(&field, 0, sizeof(field));
	apply_default(row, &field);
	setting_value_format(row, &field, out);
	setting_value_release(row, &field);
}

bool
setting_is_default(const struct setting *row, const void *settings)
{
	struct buf now = BUF_INIT, normal = BUF_INIT;
	bool same;

	setting_format(row, settings, &now);
	format_default(row, &normal);
	same = span_equal(buf_span(&now), buf_span(&normal));
	buf_release(&now);
	buf_release(&normal);
	return same;
}

void
setting_release(const struct setting_table *table, void *settings)
{
	const struct setting *row;

	for (row = table->rows; row < table->rows + table->count; row++)
		setting_value_release(row, field_of(row, settings));
}
