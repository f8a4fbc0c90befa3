/*
 * fields: the bytes of named values and of frames.
 *
 * Hides the layout.  field_take is the only place that reads it, so every
 * bound is checked there and nowhere else.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/bug.h"
#include "base/durable.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/units.h"

#define FRAME_HEAD 4
#define FRAME_READ_BYTES 16384

static void
add_length(struct buf *out, size_t length)
{
	char bytes[FRAME_HEAD] = {(char)(length >> 24), (char)(length >> 16),
	    (char)(length >> 8), (char)length};

	buf_add(out, bytes, sizeof(bytes));
}

static size_t
get_length(const char *data)
{
	const unsigned char *bytes = (const unsigned char *)data;

	return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 |
	       (size_t)bytes[2] << 8 | bytes[3];
}

static bool
name_valid(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (!ascii_is_lower(c) && !ascii_is_digit(c) && c != '_' &&
		    c != '.' && c != '-')
			return false;
	}
	return name.len >= 1 && name.len <= FIELD_NAME_MAX;
}

void
fields_add(struct buf *fields, const char *name, struct span value)
{
	struct span key = span_str(name);

	if (!name_valid(key))
		BUG("`%s' cannot name a field", name);
	if (value.len > UINT32_MAX)
		BUG("field %s has %zu bytes", name, value.len);
	buf_add_byte(fields, (char)key.len);
	buf_add_span(fields, key);
	add_length(fields, value.len);
	buf_add_span(fields, value);
}

void
fields_add_str(struct buf *fields, const char *name, const char *value)
{
	fields_add(fields, name, span_str(value));
}

void
fields_add_number(struct buf *fields, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	fields_add_str(fields, name, text);
}

/* 1 and the field at the cursor, 0 at the end, -1 where the bytes are none. */
static int
field_take(struct span fields, size_t *cursor, struct span *name_out,
    struct span *value_out)
{
	size_t left = fields.len - *cursor, name_len, value_len;
	const char *at = fields.data + *cursor;

	if (!left)
		return 0;
	name_len = (unsigned char)*at;
	if (left < 1 + name_len + FRAME_HEAD)
		return -1;
	value_len = get_length(at + 1 + name_len);
	if (value_len > left - (1 + name_len + FRAME_HEAD))
		return -1;
	*name_out = span_of(at + 1, name_len);
	*value_out = span_of(at + 1 + name_len + FRAME_HEAD, value_len);
	if (!name_valid(*name_out))
		return -1;
	*cursor += 1 + name_len + FRAME_HEAD + value_len;
	return 1;
}

int
fields_check(struct span fields, struct err *err)
{
	struct span name, value;
	size_t cursor = 0, count = 0;
	int taken;

	if (fields.len > FRAME_MAX)
		return err_set(err,
		    "a message of %zu bytes is over the %u "
		    "that are allowed",
		    fields.len, FRAME_MAX);
	while ((taken = field_take(fields, &cursor, &name, &value)) == 1)
		if (++count > FIELDS_MAX)
			return err_set(err, "a message has more than %d fields",
			    FIELDS_MAX);
	if (taken < 0)
		return err_set(err, "a message is damaged at byte %zu of %zu",
		    cursor, fields.len);
	return 0;
}

bool
fields_next(struct span fields, size_t *cursor, struct span *name_out,
    struct span *value_out)
{
	return field_take(fields, cursor, name_out, value_out) == 1;
}

bool
fields_get(struct span fields, const char *name, struct span *out)
{
	struct span key, value;
	size_t cursor = 0;

	while (fields_next(fields, &cursor, &key, &value)) {
		if (span_is(key, name)) {
			*out = value;
			return true;
		}
	}
	return false;
}

int64_t
fields_get_number(struct span fields, const char *name, int64_t otherwise)
{
	struct span text;
	int64_t value;

	if (!fields_get(fields, name, &text) ||
	    number_parse(text, INT64_MIN, INT64_MAX, &value, NULL))
		return otherwise;
	return value;
}

char *
fields_get_copy(struct span fields, const char *name)
{
	struct span value;

	if (!fields_get(fields, name, &value) ||
	    memchr(value.data, '\0', value.len))
		return NULL;
	return xstrndup(value.data, value.len);
}

void
frame_add(struct buf *out, struct span fields)
{
	if (fields.len > FRAME_MAX)
		BUG("a frame of %zu bytes", fields.len);
	add_length(out, fields.len);
	buf_add_span(out, fields);
}

int
frame_take(
    struct span in, struct span *fields_out, size_t *used_out, struct err *err)
{
	struct span fields;
	size_t length;

	if (in.len < FRAME_HEAD)
		return 0;
	length = get_length(in.data);
	if (length > FRAME_MAX)
		return err_set(err,
		    "a message of %zu bytes is over the %u "
		    "that are allowed",
		    length, FRAME_MAX);
	if (in.len - FRAME_HEAD < length)
		return 0;
	fields = span_of(in.data + FRAME_HEAD, length);
	if (fields_check(fields, err))
		return -1;
	*fields_out = fields;
	*used_out = FRAME_HEAD + length;
	return 1;
}

int
frame_write(int fd, struct span fields, struct err *err)
{
	struct buf frame = BUF_INIT;
	int result = 0;

	if (fields_check(fields, err))
		return -1;
	frame_add(&frame, fields);
	if (write_all(fd, frame.data, frame.len))
		result =
		    err_set(err, "cannot send a message: %s", strerror(errno));
	buf_release(&frame);
	return result;
}

/* Takes the frame off the front of in and leaves a copy of its fields behind
 * the bytes that stay: room that in owns and nobody else looks at. */
static struct span
frame_set_aside(struct buf *in, struct span fields, size_t used)
{
	size_t offset = (size_t)(fields.data - in->data);
	char *copy = buf_reserve(in, fields.len);

	memcpy(copy, in->data + offset, fields.len);
	buf_drop(in, used);
	return span_of(copy, fields.len);
}

int
frame_read(int fd, struct buf *in, struct span *fields_out, struct err *err)
{
	struct span fields;
	size_t used;
	ssize_t got;
	int taken;

	while (!(taken = frame_take(buf_span(in), &fields, &used, err))) {
		got = read_some(
		    fd, buf_reserve(in, FRAME_READ_BYTES), FRAME_READ_BYTES);
		if (got < 0)
			return err_set(err, "cannot receive a message: %s",
			    strerror(errno));
		if (!got && in->len)
			return err_set(err, "the other side ended in the "
					    "middle of a message");
		if (!got)
			return 0;
		in->len += (size_t)got;
	}
	if (taken == 1)
		*fields_out = frame_set_aside(in, fields, used);
	return taken;
}
