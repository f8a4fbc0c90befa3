/* Unit tests of base/fields.h. */
#include "config.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/fields.h"
#include "tap.h"

static void
sample(struct buf *fields)
{
	fields_add_str(fields, "rule", "ssh-brute");
	fields_add(fields, "line", span_of("a\0b\n", 4));
	fields_add_number(fields, "count", -42);
	fields_add_str(fields, "line", "");
	fields_add_str(fields, "a.b_c-9", NULL);
}

static void
round_trip(void)
{
	struct buf fields = BUF_INIT;
	struct span name, value;
	size_t cursor = 0;
	char *copy;

	sample(&fields);
	OK(!fields_check(buf_span(&fields), NULL), "what was built is valid");
	OK(fields_get(buf_span(&fields), "line", &value) &&
		span_equal(value, span_of("a\0b\n", 4)),
	    "the first field of a name is found, byte for byte");
	OK(!fields_get(buf_span(&fields), "lin", &value),
	    "half a name is not found");
	IS_INT(fields_get_number(buf_span(&fields), "count", 7), -42,
	    "a number comes back");
	IS_INT(fields_get_number(buf_span(&fields), "rule", 7), 7,
	    "what is no number counts as the other value");
	IS_INT(fields_get_number(buf_span(&fields), "none", 7), 7,
	    "and so does what is absent");
	copy = fields_get_copy(buf_span(&fields), "rule");
	IS_STR(copy, "ssh-brute", "a copy ends in a NUL");
	free(copy);
	OK(!fields_get_copy(buf_span(&fields), "line"),
	    "a value with a NUL has no copy");
	OK(fields_next(buf_span(&fields), &cursor, &name, &value) &&
		span_is(name, "rule"),
	    "iteration starts at the first field");
	fields_next(buf_span(&fields), &cursor, &name, &value);
	fields_next(buf_span(&fields), &cursor, &name, &value);
	OK(fields_next(buf_span(&fields), &cursor, &name, &value) &&
		span_is(name, "line") && !value.len,
	    "iteration keeps the order and repeated names");
	OK(fields_next(buf_span(&fields), &cursor, &name, &value) &&
		!fields_next(buf_span(&fields), &cursor, &name, &value),
	    "iteration ends behind the last field");
	OK(!fields_check(span_of("", 0), NULL), "no fields at all are valid");
	buf_release(&fields);
}

static void
numbers(void)
{
	static const int64_t values[] = {0, 1, -1, INT64_MAX, INT64_MIN};
	struct buf fields = BUF_INIT;
	bool same = true;
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		buf_reset(&fields);
		fields_add_number(&fields, "n", values[i]);
		same &=
		    fields_get_number(buf_span(&fields), "n", 5) == values[i];
	}
	OK(same, "the extreme numbers come back");
	buf_reset(&fields);
	fields_add_str(&fields, "n", "9223372036854775808");
	IS_INT(fields_get_number(buf_span(&fields), "n", 5), 5,
	    "a number that is too big counts as malformed");
	buf_release(&fields);
}

static void
truncated(void)
{
	struct buf fields = BUF_INIT, frame = BUF_INIT;
	bool waits = true, right = true, border[256] = {true};
	struct span got, name, value;
	size_t len, used, cursor = 0;

	sample(&fields);
	frame_add(&frame, buf_span(&fields));
	for (len = 0; len < frame.len; len++)
		waits &= frame_take(
			     span_of(frame.data, len), &got, &used, NULL) == 0;
	OK(waits, "a frame cut at any byte waits for more");
	OK(frame_take(buf_span(&frame), &got, &used, NULL) == 1 &&
		used == frame.len && span_equal(got, buf_span(&fields)),
	    "the whole frame is taken");
	while (fields_next(buf_span(&fields), &cursor, &name, &value))
		border[cursor] = true;
	for (len = 0; len <= fields.len; len++)
		right &= border[len] ==
			 !fields_check(span_of(fields.data, len), NULL);
	OK(right, "fields cut anywhere but between two are refused");
	buf_release(&fields);
	buf_release(&frame);
}

/* What passes the check must be readable to its last byte and be the only
 * way to write the same fields. */
static bool
consistent(struct span fields)
{
	struct buf again = BUF_INIT;
	struct span name, value;
	size_t cursor = 0;
	char text[FIELD_NAME_MAX + 1];
	bool same;

	if (fields_check(fields, NULL))
		return true;
	while (fields_next(fields, &cursor, &name, &value)) {
		memcpy(text, name.data, name.len);
		text[name.len] = '\0';
		fields_add(&again, text, value);
	}
	same = cursor == fields.len && span_equal(buf_span(&again), fields);
	buf_release(&again);
	return same;
}

static void
mutated(void)
{
	struct buf fields = BUF_INIT, frame = BUF_INIT;
	bool good = true;
	struct span got;
	size_t i, used;
	int bit;

	sample(&fields);
	frame_add(&frame, buf_span(&fields));
	for (i = 0; i < frame.len; i++) {
		for (bit = 0; bit < 256; bit++) {
			char *copy = malloc(frame.len);

			memcpy(copy, frame.data, frame.len);
			copy[i] = (char)bit;
			if (i >= 4)
				good &= consistent(
				    span_of(copy + 4, frame.len - 4));
			if (frame_take(span_of(copy, frame.len), &got, &used,
				NULL) == 1)
				good &= used <= frame.len && consistent(got);
			free(copy);
		}
	}
	OK(good, "with any one byte changed, fields are refused or whole");
	buf_release(&fields);
	buf_release(&frame);
}

static void
refuse(const char *bytes, size_t len, const char *sentence)
{
	struct err err = ERR_INIT;

	OK(fields_check(span_of(bytes, len), &err) == -1 && *err.text, "%s",
	    sentence);
}

static void
bounds(void)
{
	struct buf many = BUF_INIT, big = BUF_INIT;
	char name[FIELD_NAME_MAX + 2];
	struct err err = ERR_INIT;
	struct span got;
	size_t used;
	int i;

	refuse("\0\0\0\0\0", 5, "a name of no bytes is refused");
	refuse("\1A\0\0\0\0", 6, "a capital in a name is refused");
	refuse("\1a\377\377\377\377", 6, "a value of 4 GiB is refused");
	refuse("\1a\0\0\0\1", 6, "a value that is one byte short is refused");
	refuse("\377", 1, "a name that is not there is refused");
	memset(name, 'a', sizeof(name));
	name[FIELD_NAME_MAX] = '\0';
	fields_add_str(&many, name, "x");
	OK(!fields_check(buf_span(&many), NULL), "64 bytes of name are fine");
	buf_reset(&many);
	buf_add_byte(&many, FIELD_NAME_MAX + 1);
	memset(buf_reserve(&many, 70), 'a', 70);
	many.len += FIELD_NAME_MAX + 1;
	buf_add(&many, "\0\0\0\0", 4);
	OK(fields_check(buf_span(&many), NULL) < 0, "65 are refused");
	buf_reset(&many);
	for (i = 0; i < FIELDS_MAX; i++)
		fields_add_str(&many, "a", "");
	OK(!fields_check(buf_span(&many), NULL), "4,096 fields are fine");
	fields_add_str(&many, "a", "");
	OK(fields_check(buf_span(&many), &err) < 0, "one more is refused");
	memset(buf_reserve(&big, FRAME_MAX), 'x', FRAME_MAX);
	big.len = FRAME_MAX - 6;
	buf_reset(&many);
	fields_add(&many, "a", buf_span(&big));
	OK(!fields_check(buf_span(&many), NULL), "1 MiB of fields is fine");
	buf_add_byte(&many, 'x');
	OK(fields_check(buf_span(&many), NULL) < 0, "a byte more is refused");
	OK(frame_write(-1, buf_span(&many), &err) < 0 &&
		strstr(err.text, "over"),
	    "such a message is refused before it is written");
	OK(frame_take(span_of("\0\20\0\1", 4), &got, &used, NULL) == -1,
	    "a frame that is too long is refused by its head alone");
	OK(frame_take(span_of("\0\20\0\0", 4), &got, &used, NULL) == 0,
	    "one of exactly 1 MiB is waited for");
	OK(frame_take(span_of("\0\0\0\0", 4), &got, &used, NULL) == 1 &&
		used == 4 && !got.len,
	    "an empty frame is a frame");
	buf_release(&many);
	buf_release(&big);
}

static void
over_a_socket(void)
{
	struct buf fields = BUF_INIT, in = BUF_INIT, frame = BUF_INIT;
	struct err err = ERR_INIT;
	struct span got;
	int ends[2];

	OK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "a socket pair is made");
	fields_add_str(&fields, "n", "first");
	OK(!frame_write(ends[0], buf_span(&fields), &err), "one is written");
	buf_reset(&fields);
	fields_add_str(&fields, "n", "second, which is longer");
	OK(!frame_write(ends[0], buf_span(&fields), &err), "two are written");
	frame_add(&frame, buf_span(&fields));
	write_all(ends[0], frame.data, frame.len - 1);
	close(ends[0]);
	OK(frame_read(ends[1], &in, &got, &err) == 1 &&
		!fields_check(got, NULL) && got.len == 11,
	    "the first is read though the second came with it");
	OK(frame_read(ends[1], &in, &got, &err) == 1 &&
		span_equal(got, buf_span(&fields)),
	    "the second is read, byte for byte");
	OK(frame_read(ends[1], &in, &got, &err) == -1 &&
		strstr(err.text, "middle"),
	    "an end in the middle of a frame is an error");
	buf_reset(&in);
	IS_INT(frame_read(ends[1], &in, &got, &err), 0,
	    "an end between frames is an end");
	close(ends[1]);
	IS_INT(frame_read(ends[1], &in, &got, &err), -1,
	    "a descriptor that cannot be read is an error");
	buf_release(&fields);
	buf_release(&frame);
	buf_release(&in);
}

int
main(void)
{
	round_trip();
	numbers();
	truncated();
	mutated();
	bounds();
	over_a_socket();
	return tap_done();
}
