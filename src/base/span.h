/*
 * span: a borrowed view of bytes.
 *
 * The bytes belong to somebody else, may hold NULs, and end without one.  A
 * span is passed by value and is valid as long as its owner says.
 */
#ifndef CTAIL_BASE_SPAN_H
#define CTAIL_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *data;
	size_t len;
};

static inline struct span
span_of(const char *data, size_t len)
{
	return (struct span){data, len};
}

/* The bytes of a C string; NULL is the empty span. */
static inline struct span
span_str(const char *text)
{
	return (struct span){text ? text : "", text ? strlen(text) : 0};
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.data, b.data, a.len));
}

static inline bool
span_begins(struct span a, struct span start)
{
	return a.len >= start.len &&
	       span_equal(span_of(a.data, start.len), start);
}

/* As memcmp: a beginning comes before what goes on. */
static inline int
span_order(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.data, b.data, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool
span_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Without the blanks at both ends. */
static inline struct span
span_trim(struct span text)
{
	while (text.len && span_blank(text.data[text.len - 1]))
		text.len--;
	while (text.len && span_blank(text.data[0])) {
		text.data++;
		text.len--;
	}
	return text;
}

static inline bool
span_is(struct span a, const char *text)
{
	return span_equal(a, span_str(text));
}

/* How much of hostile bytes an error quotes: with "%.*s". */
static inline int
span_shown(struct span a)
{
	return a.len > 80 ? 80 : (int)a.len;
}

#endif
