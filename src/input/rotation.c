/*
 * rotation: the shapes of rotated names.
 *
 * Hides how names are ordered: numbers count up with age, dates with youth.
 * A row of the table is one family of names; a suffix before the extension
 * ("app.1.log") makes a family of its own, and so does a user's prefix.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "input/rotation.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Decimal digits of a counting number, and what they may amount to. */
#define NUMBER_DIGITS 9
#define NUMBER_LIMIT 1000000000u

enum order { NEWER_IS_SMALLER, NEWER_IS_LARGER };

/* 'D' is one digit, '~' one that the rank has no room for, '#' a number of
 * one to NUMBER_DIGITS digits, everything else itself.  At most 19 digits
 * count, a number for nine. */
struct shape {
	const char *text;
	enum order order;
};

/* Where two shapes fit, the later one holds: ".20240101" is a date. */
static const struct shape shapes[] = {
    {".#", NEWER_IS_SMALLER},
    {".old", NEWER_IS_LARGER},
    {"-DDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDD-#", NEWER_IS_LARGER},
    {"-DDDDDDDD-DDDDDDDDDD", NEWER_IS_LARGER},
    {"-DDDDDDDDTDDDDDD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD-#", NEWER_IS_LARGER},
    {"-DDDD-DD-DD.#", NEWER_IS_LARGER},
    {"-DDDD-DD-DD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD-DD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD_#", NEWER_IS_LARGER},
    {"-DDDD-DD-DD_DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD_DD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DD_DD:DD:DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DDTDD-DD-DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DDTDD:DD:DD", NEWER_IS_LARGER},
    {"-DDDD-DD-DDTDD-DD-DD.DDD", NEWER_IS_LARGER},
    {".DDDDDDDD", NEWER_IS_LARGER},
    {".DDDDDDDDDD", NEWER_IS_LARGER},
    {".DDDDDDDDDDDD", NEWER_IS_LARGER},
    {".DDDDDDDDDDDDDD", NEWER_IS_LARGER},
    {".DDDDDDDD-#", NEWER_IS_LARGER},
    {".DDDDDDDD_#", NEWER_IS_LARGER},
    {".DDDDDDDDTDDDDDD", NEWER_IS_LARGER},
    {".DDDD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD-#", NEWER_IS_LARGER},
    {".DDDD-DD-DD.#", NEWER_IS_LARGER},
    {".DDDD-DD-DD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD-DD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD_#", NEWER_IS_LARGER},
    {".DDDD-DD-DD_DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD_DD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DD_DD-DD-DD_DDDDD~", NEWER_IS_LARGER},
    {".DDDD-DD-DD_DD:DD:DD", NEWER_IS_LARGER},
    {".DDDD-DD-DDTDD-DD-DD", NEWER_IS_LARGER},
    {".DDDD-DD-DDTDD:DD:DD", NEWER_IS_LARGER},
    {"_DDDDDDDD", NEWER_IS_LARGER},
    {"_DDDDDDDDDD", NEWER_IS_LARGER},
    {"_DDDDDDDD-#", NEWER_IS_LARGER},
    {"_DDDDDDDD_#", NEWER_IS_LARGER},
    {"_DDDD-DD-DD", NEWER_IS_LARGER},
    {"_DDDD-DD-DD_#", NEWER_IS_LARGER},
    {"_DDDD-DD-DD_DD-DD-DD", NEWER_IS_LARGER},
};

enum { PLACE_BEHIND, PLACE_INSIDE, PLACE_PREFIXED, PLACES };

static bool
take_digit(struct span *text, uint64_t *value)
{
	if (text->len == 0 || !ascii_is_digit(text->data[0]))
		return false;
	*value = *value * 10 + (uint64_t)(text->data[0] - '0');
	*text = span_of(text->data + 1, text->len - 1);
	return true;
}

static bool
take_byte(struct span *text, char byte)
{
	if (text->len == 0 || text->data[0] != byte)
		return false;
	*text = span_of(text->data + 1, text->len - 1);
	return true;
}

static bool
take_number(struct span *text, uint64_t *value)
{
	uint64_t number = 0;
	int digits = 0;

	while (digits < NUMBER_DIGITS && take_digit(text, &number))
		digits++;
	*value = *value * NUMBER_LIMIT + number;
	return digits > 0;
}

static bool
fits(const struct shape *shape, struct span text, uint64_t *value)
{
	uint64_t ignored = 0;
	bool good = true;

	*value = 0;
	for (const char *want = shape->text; good && *want; want++) {
		if (*want == '#')
			good = take_number(&text, value);
		else if (*want == 'D')
			good = take_digit(&text, value);
		else if (*want == '~')
			good = take_digit(&text, &ignored);
		else
			good = take_byte(&text, *want);
	}
	return good && text.len == 0;
}

static bool
parse_suffix(struct span text, int place, struct rotation_name *out)
{
	uint64_t value;

	if (text.len < 2 || !strchr(".-_", text.data[0]) || !text.data[0])
		return false;
	for (size_t i = COUNT(shapes); i-- > 0;) {
		if (!fits(&shapes[i], text, &value))
			continue;
		out->family = (int)i * PLACES + place;
		out->ranked = true;
		out->rank = shapes[i].order == NEWER_IS_SMALLER
				? UINT64_MAX - value
				: value;
		return true;
	}
	return false;
}

static struct span
span_from(struct span text, size_t from)
{
	return span_of(text.data + from, text.len - from);
}

/* What stands before the extension; empty when there is none. */
static struct span
stem_of(struct span base)
{
	const char *dot = memrchr(base.data, '.', base.len);

	return span_of(base.data, dot ? (size_t)(dot - base.data) : 0);
}

/* Most names of a directory have nothing to do with the log, and it is read
 * often: they are told apart first. */
static bool
is_related(struct span name, struct span base)
{
	struct span stem = stem_of(base);

	return name.len > base.len &&
	       span_begins(name, stem.len > 0 ? stem : base);
}

/* "app.1.log" of "app.log": the suffix stands before the extension. */
static bool
parse_inside(struct span plain, struct span base, struct rotation_name *out)
{
	size_t stem = stem_of(base).len;
	size_t extension = base.len - stem;

	if (stem == 0 || !span_begins(plain, span_of(base.data, stem)) ||
	    memcmp(plain.data + plain.len - extension, base.data + stem,
		extension) != 0)
		return false;
	return parse_suffix(span_of(plain.data + stem, plain.len - base.len),
	    PLACE_INSIDE, out);
}

bool
rotation_parse(struct span name, struct span base, struct rotation_name *out)
{
	struct rotation_name found = {0};
	struct span plain;

	if (base.len == 0 || !is_related(name, base))
		return false;
	found.compression = compression_of(name, &plain);
	if (plain.len <= base.len)
		return false;
	if (!(span_begins(plain, base) &&
		parse_suffix(
		    span_from(plain, base.len), PLACE_BEHIND, &found)) &&
	    !parse_inside(plain, base, &found))
		return false;
	if (out)
		*out = found;
	return true;
}

/* "archive-app.log.1": a known suffix behind the base, wherever that is. */
static void
parse_prefixed(struct span plain, struct span base, struct rotation_name *out)
{
	if (base.len == 0)
		return;
	for (size_t at = 1; at + base.len < plain.len; at++) {
		struct span rest = span_from(plain, at);

		if (span_begins(rest, base) &&
		    parse_suffix(
			span_from(rest, base.len), PLACE_PREFIXED, out))
			return;
	}
}

void
rotation_parse_user(
    struct span name, struct span base, struct rotation_name *out)
{
	struct span plain;

	if (rotation_parse(name, base, out))
		return;
	*out = (struct rotation_name){
	    .family = -1, .compression = compression_of(name, &plain)};
	parse_prefixed(plain, base, out);
}

/* Base names got by taking plain[from, to) out. */
static bool
ask_without(struct span plain, size_t from, size_t to,
    bool (*is)(void *arg, struct span base), void *arg)
{
	struct rotation_name found;
	char *base;
	bool answer;

	if (to < plain.len && plain.data[to] != '.')
		return false;
	if (to < plain.len &&
	    memchr(plain.data + to + 1, '.', plain.len - to - 1))
		return false;
	if (!parse_suffix(
		span_of(plain.data + from, to - from), PLACE_BEHIND, &found))
		return false;
	base = xmalloc(plain.len);
	memcpy(base, plain.data, from);
	memcpy(base + from, plain.data + to, plain.len - to);
	answer = is(arg, span_of(base, from + plain.len - to));
	free(base);
	return answer;
}

bool
rotation_of_any(
    struct span name, bool (*is)(void *arg, struct span base), void *arg)
{
	struct span plain;

	compression_of(name, &plain);
	for (size_t from = 1; from < plain.len; from++) {
		if (!strchr(".-_", plain.data[from]) || !plain.data[from])
			continue;
		for (size_t to = from + 2; to <= plain.len; to++) {
			if (ask_without(plain, from, to, is, arg))
				return true;
		}
	}
	return false;
}
