/*
 * checkpoint_parse: the text form back to a checkpoint.
 *
 * Accepts exactly what checkpoint_format writes: one order of lines, one
 * blank between fields, numbers without leading zeros.  Whatever differs was
 * not written by us, and is damage.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "input/checkpoint.h"
#include "input/decimal.h"

/* What is left of a line.  The first mistake sticks. */
struct fields {
	struct span rest;
	bool begun;
	bool bad;
};

static struct span
take_field(struct fields *fields)
{
	struct span field = fields->rest;
	const char *blank;

	if (fields->begun) {
		if (field.len == 0 || *field.data != ' ') {
			fields->bad = true;
			return span_of("", 0);
		}
		field = span_of(field.data + 1, field.len - 1);
	}
	fields->begun = true;
	blank = field.len ? memchr(field.data, ' ', field.len) : NULL;
	fields->rest = span_of(field.data + field.len, 0);
	if (blank) {
		fields->rest.data = blank;
		fields->rest.len = (size_t)(field.data + field.len - blank);
		field.len = (size_t)(blank - field.data);
	}
	return field;
}

/* Off the front of text; no leading zeros. */
static uint64_t
take_number(struct fields *fields, struct span *text, uint64_t max)
{
	size_t len = text->len;
	bool zero = len && *text->data == '0';
	uint64_t value = 0;

	if (decimal_take(text, max, &value) || (zero && len - text->len > 1))
		fields->bad = true;
	return value;
}

static uint64_t
field_number(struct fields *fields, uint64_t max)
{
	struct span text = take_field(fields);
	uint64_t value = take_number(fields, &text, max);

	if (text.len)
		fields->bad = true;
	return value;
}

static int64_t
field_signed(struct fields *fields)
{
	struct span text = take_field(fields);
	bool negative = text.len && *text.data == '-';
	uint64_t value;

	if (negative)
		text = span_of(text.data + 1, text.len - 1);
	value = take_number(fields, &text, (uint64_t)INT64_MAX + negative);
	if (text.len || (negative && !value))
		fields->bad = true;
	return (int64_t)(negative ? 0 - value : value);
}

static void
take_hash(struct fields *fields, struct span text, struct fingerprint *out)
{
	if (text.len != 2 * sizeof(out->hash)) {
		fields->bad = true;
		return;
	}
	for (size_t i = 0; i < sizeof(out->hash); i++) {
		int high = ascii_hex_lower(text.data[2 * i]);
		int low = ascii_hex_lower(text.data[2 * i + 1]);

		if (high < 0 || low < 0) {
			fields->bad = true;
			return;
		}
		out->hash[i] = (unsigned char)(high * 16 + low);
	}
}

static void
field_print(struct fields *fields, struct fingerprint *out)
{
	struct span text = take_field(fields);

	*out = (struct fingerprint){0};
	out->len = (uint16_t)take_number(fields, &text, POSITION_PRINT);
	if (text.len == 0 || *text.data != ':') {
		fields->bad = true;
		return;
	}
	text = span_of(text.data + 1, text.len - 1);
	if (out->len)
		take_hash(fields, text, out);
	else if (text.len)
		fields->bad = true;
}

static void
field_incarnation(struct fields *fields, struct position *out)
{
	struct span text = take_field(fields);

	if (span_is(text, "-"))
		return;
	if (text.len != sizeof(out->incarnation) - 1) {
		fields->bad = true;
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (ascii_hex_lower(text.data[i]) < 0)
			fields->bad = true;
		out->incarnation[i] = text.data[i];
	}
}

static void
field_position(struct fields *fields, struct position *out)
{
	*out = (struct position){0};
	out->dev = field_number(fields, UINT64_MAX);
	out->ino = field_number(fields, UINT64_MAX);
	out->birth_ns = field_signed(fields);
	out->offset = field_number(fields, INT64_MAX);
	field_print(fields, &out->first);
	field_print(fields, &out->head);
	field_print(fields, &out->tail);
	out->skipping = field_number(fields, 1) != 0;
	field_incarnation(fields, out);
	if (out->tail.len > out->offset)
		fields->bad = true;
}

bool
checkpoint_path_plain(unsigned char byte)
{
	return byte > ' ' && byte < 127 && byte != '%';
}

/* The byte at *at of an encoded path, 0 when it is none. */
static char
take_path_byte(struct span text, size_t *at)
{
	int high, low;

	if (text.data[*at] != '%') {
		char byte = text.data[(*at)++];

		return checkpoint_path_plain((unsigned char)byte) ? byte : 0;
	}
	if (text.len - *at < 3)
		return 0;
	high = ascii_hex_upper(text.data[*at + 1]);
	low = ascii_hex_upper(text.data[*at + 2]);
	*at += 3;
	if (high < 0 || low < 0 ||
	    (checkpoint_path_plain((unsigned char)(high * 16 + low)) &&
		!span_is(text, "%2D")))
		return 0;
	return (char)(high * 16 + low);
}

/* The caller owns it; NULL: none. */
static char *
field_path(struct fields *fields)
{
	struct span text = take_field(fields);
	size_t at = 0, len = 0;
	char *path;

	if (span_is(text, "-"))
		return NULL;
	if (text.len == 0 || text.len > CHECKPOINT_PATH_MAX) {
		fields->bad = true;
		return NULL;
	}
	path = xmalloc(text.len + 1);
	while (at < text.len && !fields->bad) {
		path[len] = take_path_byte(text, &at);
		if (path[len])
			len++;
		else
			fields->bad = true;
	}
	path[len] = '\0';
	return path;
}

static void
parse_position(struct fields *fields, struct checkpoint *out)
{
	field_position(fields, &out->position);
}

static void
parse_settled(struct fields *fields, struct checkpoint *out)
{
	out->settled_ns = field_signed(fields);
}

static void
parse_stamp(struct fields *fields, struct checkpoint *out)
{
	if (out->stamp_ns)
		fields->bad = true;
	out->stamp_ns = field_signed(fields);
	if (!out->stamp_ns)
		fields->bad = true;
}

static void
parse_old(struct fields *fields, struct checkpoint *out)
{
	struct checkpoint_old *old;

	if (out->old_count >= CHECKPOINT_OLD_MAX) {
		fields->bad = true;
		return;
	}
	old = checkpoint_add_old(out);
	field_position(fields, &old->position);
	old->end = field_number(fields, INT64_MAX);
	old->changed_ms = field_signed(fields);
	old->flushed = field_number(fields, 1) != 0;
	old->path = field_path(fields);
}

static void
parse_head(struct fields *fields, struct checkpoint *out)
{
	struct fingerprint head;

	field_print(fields, &head);
	if (head.len == 0 || out->head_count >= CHECKPOINT_HEADS_MAX)
		fields->bad = true;
	else
		checkpoint_add_head(out, &head);
}

/* In the order of their lines. */
static const struct line_kind {
	const char *name;
	void (*parse)(struct fields *fields, struct checkpoint *out);
	bool once;
} line_kinds[] = {
    {"position", parse_position, true},
    {"settled", parse_settled, true},
    {"stamp", parse_stamp, false},
    {"old", parse_old, false},
    {"head", parse_head, false},
};

#define LINE_KINDS (sizeof(line_kinds) / sizeof(line_kinds[0]))

/* kind: the next one that may come; returns the one behind this line, or
 * LINE_KINDS + 1. */
static size_t
parse_line(struct span line, size_t kind, struct checkpoint *out)
{
	struct fields fields = {.rest = line};
	struct span name = take_field(&fields);

	while (kind < LINE_KINDS && !span_is(name, line_kinds[kind].name)) {
		if (line_kinds[kind].once)
			return LINE_KINDS + 1;
		kind++;
	}
	if (kind == LINE_KINDS)
		return LINE_KINDS + 1;
	line_kinds[kind].parse(&fields, out);
	if (fields.bad || fields.rest.len)
		return LINE_KINDS + 1;
	return kind + line_kinds[kind].once;
}

static int
parse_lines(struct span text, struct checkpoint *out, struct err *err)
{
	size_t kind = 0, number = 0;

	while (text.len) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len;

		number++;
		if (!end)
			return err_set(err, "line %zu has no end", number);
		len = (size_t)(end - text.data);
		kind = parse_line(span_of(text.data, len), kind, out);
		if (kind > LINE_KINDS)
			return err_set(err,
			    "line %zu is not what ctail "
			    "writes",
			    number);
		text = span_of(end + 1, text.len - len - 1);
	}
	if (kind < LINE_KINDS && line_kinds[kind].once)
		return err_set(
		    err, "there is no \"%s\" line", line_kinds[kind].name);
	return 0;
}

int
checkpoint_parse(struct span text, struct checkpoint *out, struct err *err)
{
	*out = CHECKPOINT_INIT;
	if (text.len > CHECKPOINT_TEXT_MAX)
		return err_set(
		    err, "it is longer than %d bytes", CHECKPOINT_TEXT_MAX);
	if (parse_lines(text, out, err) == 0)
		return 0;
	checkpoint_release(out);
	return -1;
}
