/*
 * timestamp_scan: reads a text along a pattern.
 *
 * Hides the conversions: one row each, found by its letter.  Everything is
 * bounded: no row reads more than a few dozen bytes, and none behind the end.
 */
#include "config.h"

#include <stddef.h>
#include <strings.h>

#include "base/ascii.h"
#include "judge/timestamp_internal.h"

#define BLANKS_MAX 16
#define WORD_MAX 32

struct reader {
	const char *at, *end;
	struct stamp *stamp;
};

struct conversion {
	bool (*read)(struct reader *, const struct conversion *);
	unsigned char least_digits, most_digits;
	short min, max;
	unsigned short have;
	size_t field;	     /* of struct stamp, an int */
	const char *pattern; /* of a composite */
};

static bool scan(struct reader *reader, const char *pattern);

static bool
peek(const struct reader *reader, char byte)
{
	return reader->at < reader->end && *reader->at == byte;
}

static bool
take(struct reader *reader, char byte)
{
	if (!peek(reader, byte))
		return false;
	reader->at++;
	return true;
}

/* How many digits were taken. */
static int
take_number(struct reader *reader, int most, int64_t *out)
{
	int64_t value = 0;
	int digits = 0;

	for (; digits < most && reader->at < reader->end &&
	       ascii_is_digit(*reader->at);
	     digits++)
		value = value * 10 + (*reader->at++ - '0');
	*out = value;
	return digits;
}

/* A number of two digits may have a blank for its first. */
static bool
read_number(struct reader *reader, const struct conversion *conversion)
{
	int most = conversion->most_digits;
	int64_t value;

	if (most == 2 && conversion->least_digits == 1 && take(reader, ' '))
		most = 1;
	if (take_number(reader, most, &value) < conversion->least_digits)
		return false;
	if (value < conversion->min || value > conversion->max)
		return false;
	*(int *)((char *)reader->stamp + conversion->field) = (int)value;
	reader->stamp->have |= conversion->have;
	return true;
}

static bool
read_ignored_number(struct reader *reader, const struct conversion *conversion)
{
	int64_t value;

	return take_number(reader, conversion->most_digits, &value) > 0 &&
	       value >= conversion->min && value <= conversion->max;
}

static bool
read_short_year(struct reader *reader, const struct conversion *conversion)
{
	if (!read_number(reader, conversion))
		return false;
	reader->stamp->year += reader->stamp->year < 69 ? 2000 : 1900;
	return true;
}

static struct span
take_letters(struct reader *reader)
{
	const char *begin = reader->at;

	while (reader->at < reader->end && reader->at - begin < WORD_MAX &&
	       ascii_is_letter(*reader->at))
		reader->at++;
	return span_of(begin, (size_t)(reader->at - begin));
}

static bool
read_month(struct reader *reader, const struct conversion *conversion)
{
	int month = civil_month_named(take_letters(reader));

	reader->stamp->month = month + 1;
	reader->stamp->have |= conversion->have;
	return month >= 0;
}

static bool
read_day_name(struct reader *reader, const struct conversion *conversion)
{
	(void)conversion;
	return civil_day_named(take_letters(reader)) >= 0;
}

static bool
read_half(struct reader *reader, const struct conversion *conversion)
{
	struct span word = take_letters(reader);

	if (word.len != 2 || ascii_lower(word.data[1]) != 'm')
		return false;
	reader->stamp->after_noon = ascii_lower(word.data[0]) == 'p';
	reader->stamp->have |= conversion->have;
	return reader->stamp->after_noon || ascii_lower(word.data[0]) == 'a';
}

/* Java and .NET put a narrow no-break space before AM and PM. */
static bool
take_blank(struct reader *reader)
{
	if (take(reader, ' ') || take(reader, '\t'))
		return true;
	if (reader->end - reader->at < 3 ||
	    memcmp(reader->at, "\xe2\x80\xaf", 3) != 0)
		return false;
	reader->at += 3;
	return true;
}

static int
take_blanks(struct reader *reader)
{
	int count = 0;

	while (count < BLANKS_MAX && take_blank(reader))
		count++;
	return count;
}

/* What has AM or PM behind it is of the other clock. */
static bool
read_no_half(struct reader *reader, const struct conversion *conversion)
{
	struct reader ahead = *reader;
	struct stamp unused = {0};

	ahead.stamp = &unused;
	return !take_blanks(&ahead) || !read_half(&ahead, conversion);
}

static bool
read_fraction(struct reader *reader, const struct conversion *conversion)
{
	int64_t value;
	int digits = take_number(reader, 9, &value);

	(void)conversion;
	for (int i = digits; i < 3; i++)
		value *= 10;
	for (int i = 3; i < digits; i++)
		value /= 10;
	reader->stamp->millisecond = (int)value;
	return digits > 0;
}

/* Of one with more than nine digits nobody knows what it is. */
static bool
read_maybe_fraction(struct reader *reader, const struct conversion *conversion)
{
	const char *begin = reader->at;

	if (!take(reader, '.') && !take(reader, ','))
		return true;
	if (!read_fraction(reader, conversion) ||
	    (reader->at < reader->end && ascii_is_digit(*reader->at))) {
		reader->at = begin;
		reader->stamp->millisecond = 0;
	}
	return true;
}

static bool
set_zone(struct reader *reader, int minutes)
{
	reader->stamp->zone_minutes = minutes;
	reader->stamp->have |= STAMP_ZONE;
	return true;
}

/* +hh, +hhmm or +hh:mm. */
static bool
read_offset(struct reader *reader, int least_digits)
{
	int64_t hours, minutes = 0;
	bool west = peek(reader, '-');
	int digits;

	if (!west && !peek(reader, '+'))
		return false;
	reader->at++;
	if (take_number(reader, 2, &hours) != 2)
		return false;
	digits = 2;
	if (take(reader, ':')) {
		if (take_number(reader, 2, &minutes) != 2)
			return false;
		digits = 4;
	} else {
		digits += take_number(reader, 2, &minutes);
	}
	if (digits < least_digits || digits == 3 || hours > 15 || minutes > 59)
		return false;
	if (reader->at < reader->end && ascii_is_digit(*reader->at))
		return false;
	minutes += hours * 60;
	return set_zone(reader, (int)(west ? -minutes : minutes));
}

static bool
is_utc(struct span word)
{
	return (word.len == 1 && ascii_lower(*word.data) == 'z') ||
	       (word.len == 3 && (!strncasecmp(word.data, "utc", 3) ||
				     !strncasecmp(word.data, "gmt", 3)));
}

static bool
read_zone(struct reader *reader, const struct conversion *conversion)
{
	(void)conversion;
	if (reader->at < reader->end && ascii_is_letter(*reader->at))
		return is_utc(take_letters(reader)) && set_zone(reader, 0);
	return read_offset(reader, 2);
}

/* It is for stamp_resolve to say whether the name is that of local time. */
static bool
set_named_zone(struct reader *reader, struct span word)
{
	int minutes;

	if (!stamp_zone_named(word, &minutes))
		return false;
	reader->stamp->zone_minutes = minutes;
	reader->stamp->zone_name = word;
	reader->stamp->have |= STAMP_ZONE_NAME;
	return true;
}

static bool
read_zone_name(struct reader *reader, const struct conversion *conversion)
{
	struct span word = take_letters(reader);

	(void)conversion;
	if (is_utc(word))
		set_zone(reader, 0);
	else
		set_named_zone(reader, word);
	return word.len > 0;
}

static bool
try_zone(struct reader *reader, bool behind_blank)
{
	struct span word;

	if (reader->at < reader->end && !ascii_is_letter(*reader->at))
		return read_offset(reader, behind_blank ? 4 : 2);
	word = take_letters(reader);
	if (reader->at < reader->end &&
	    (ascii_is_digit(*reader->at) || *reader->at == '_' ||
		*reader->at == '-'))
		return false;
	if (!is_utc(word))
		return set_named_zone(reader, word);
	return (!behind_blank || word.len > 1) && set_zone(reader, 0);
}

static bool
read_maybe_zone(struct reader *reader, const struct conversion *conversion)
{
	const char *begin = reader->at;
	bool behind_blank = take(reader, ' ');

	(void)conversion;
	if (!try_zone(reader, behind_blank))
		reader->at = begin;
	return true;
}

static bool
read_blanks(struct reader *reader, const struct conversion *conversion)
{
	(void)conversion;
	return take_blanks(reader) > 0;
}

static bool
read_maybe_comma(struct reader *reader, const struct conversion *conversion)
{
	take(reader, ',');
	return read_blanks(reader, conversion);
}

static bool
read_iso_gap(struct reader *reader, const struct conversion *conversion)
{
	return take(reader, 'T') || take(reader, 't') ||
	       read_blanks(reader, conversion);
}

static bool
read_word(struct reader *reader, const struct conversion *conversion)
{
	const char *begin = reader->at;

	(void)conversion;
	while (reader->at < reader->end && reader->at - begin < WORD_MAX &&
	       !span_blank(*reader->at))
		reader->at++;
	return reader->at > begin;
}

static bool
read_klog_level(struct reader *reader, const struct conversion *conversion)
{
	(void)conversion;
	return take(reader, 'I') || take(reader, 'W') || take(reader, 'E') ||
	       take(reader, 'F');
}

#define YEAR_9999_END INT64_C(253402300800)

static bool
read_seconds(struct reader *reader, const struct conversion *conversion)
{
	int64_t value;

	reader->stamp->have |= conversion->have;
	if (!take_number(reader, 12, &value) || value >= YEAR_9999_END)
		return false;
	reader->stamp->epoch_s = value;
	return true;
}

/* Ten digits are seconds, perhaps with a fraction; thirteen milliseconds. */
static bool
read_epoch(struct reader *reader, const struct conversion *conversion)
{
	int64_t value;
	int digits = take_number(reader, 13, &value);

	reader->stamp->have |= conversion->have;
	reader->stamp->epoch_s = digits == 13 ? value / 1000 : value;
	if (digits == 13)
		reader->stamp->millisecond = (int)(value % 1000);
	else if (digits == 10)
		read_maybe_fraction(reader, conversion);
	else
		return false;
	return reader->at == reader->end ||
	       strchr(" \t,;:|)]}\"'", *reader->at);
}

static bool
read_tai64(struct reader *reader, const struct conversion *conversion)
{
	struct span rest =
	    span_of(reader->at, (size_t)(reader->end - reader->at));
	size_t used = stamp_tai64(rest, reader->stamp);

	reader->at += used;
	reader->stamp->have |= conversion->have;
	return used > 0;
}

/* Six digits in pairs; for what a compact pattern of single conversions would
 * also read with fewer. */
static bool
read_six(struct reader *reader, const struct conversion *conversion)
{
	int64_t value;

	if (take_number(reader, 6, &value) != 6 ||
	    (reader->at < reader->end && ascii_is_digit(*reader->at)))
		return false;
	if (conversion->have & STAMP_TIME) {
		reader->stamp->hour = (int)(value / 10000);
		reader->stamp->minute = (int)(value / 100 % 100);
		reader->stamp->second = (int)(value % 100);
	} else {
		reader->stamp->year = (int)(value / 10000);
		reader->stamp->year += value < 690000 ? 2000 : 1900;
		reader->stamp->month = (int)(value / 100 % 100);
		reader->stamp->day = (int)(value % 100);
	}
	reader->stamp->have |= conversion->have;
	return true;
}

static bool
read_percent(struct reader *reader, const struct conversion *conversion)
{
	(void)conversion;
	return take(reader, '%');
}

/* Composites hold no composites, so this goes one deep. */
static bool
read_composite(struct reader *reader, const struct conversion *conversion)
{
	return scan(reader, conversion->pattern);
}

#define FIELD(name) offsetof(struct stamp, name)
#define NUMBER(least, most, min, max, have, name)                              \
	{                                                                      \
		read_number, least, most, min, max, have, FIELD(name), NULL    \
	}
#define IGNORED(digits, min, max)                                              \
	{                                                                      \
		read_ignored_number, 1, digits, min, max, 0, 0, NULL           \
	}
#define READ(read, have)                                                       \
	{                                                                      \
		read, 0, 0, 0, 0, have, 0, NULL                                \
	}
#define COMPOSITE(pattern)                                                     \
	{                                                                      \
		read_composite, 0, 0, 0, 0, 0, 0, pattern                      \
	}

/* Letters are for everybody; the other signs are for the built-in formats. */
static const struct conversion conversions[128] = {
    ['a'] = READ(read_day_name, 0),
    ['A'] = READ(read_day_name, 0),
    ['b'] = READ(read_month, STAMP_MONTH),
    ['B'] = READ(read_month, STAMP_MONTH),
    ['h'] = READ(read_month, STAMP_MONTH),
    ['c'] = COMPOSITE("%a %b %e %H:%M:%S %Y"),
    ['D'] = COMPOSITE("%m/%d/%y"),
    ['d'] = NUMBER(1, 2, 1, 31, STAMP_DAY, day),
    ['e'] = NUMBER(1, 2, 1, 31, STAMP_DAY, day),
    ['F'] = COMPOSITE("%Y-%m-%d"),
    ['f'] = READ(read_fraction, 0),
    ['H'] = NUMBER(1, 2, 0, 23, STAMP_TIME, hour),
    ['k'] = NUMBER(1, 2, 0, 23, STAMP_TIME, hour),
    ['I'] = NUMBER(1, 2, 1, 12, STAMP_TIME, hour),
    ['l'] = NUMBER(1, 2, 1, 12, STAMP_TIME, hour),
    ['j'] = NUMBER(1, 3, 1, 366, STAMP_YEAR_DAY, year_day),
    ['M'] = NUMBER(1, 2, 0, 59, 0, minute),
    ['m'] = NUMBER(1, 2, 1, 12, STAMP_MONTH, month),
    ['p'] = READ(read_half, STAMP_HALF),
    ['R'] = COMPOSITE("%H:%M"),
    ['r'] = COMPOSITE("%I:%M:%S %p"),
    ['S'] = NUMBER(1, 2, 0, 60, 0, second),
    ['s'] = READ(read_seconds, STAMP_EPOCH),
    ['T'] = COMPOSITE("%H:%M:%S"),
    ['U'] = IGNORED(2, 0, 53),
    ['u'] = IGNORED(1, 1, 7),
    ['V'] = IGNORED(2, 1, 53),
    ['W'] = IGNORED(2, 0, 53),
    ['w'] = IGNORED(1, 0, 6),
    ['X'] = COMPOSITE("%H:%M:%S"),
    ['x'] = COMPOSITE("%m/%d/%y"),
    ['Y'] = NUMBER(4, 4, 1, 9999, STAMP_YEAR, year),
    ['y'] = {read_short_year, 2, 2, 0, 99, STAMP_YEAR, FIELD(year), NULL},
    ['Z'] = READ(read_zone_name, 0),
    ['z'] = READ(read_zone, 0),
    ['%'] = READ(read_percent, 0),
    ['_'] = READ(read_blanks, 0),
    ['~'] = READ(read_maybe_comma, 0),
    ['@'] = READ(read_iso_gap, 0),
    [','] = READ(read_maybe_fraction, 0),
    ['+'] = READ(read_maybe_zone, 0),
    ['*'] = READ(read_word, 0),
    ['!'] = READ(read_klog_level, 0),
    ['&'] = READ(read_epoch, STAMP_EPOCH),
    ['$'] = READ(read_tai64, STAMP_EPOCH),
    ['('] = NUMBER(1, 2, 0, 23, STAMP_TIME, hour),
    ['<'] = NUMBER(2, 2, 0, 59, 0, minute),
    ['>'] = NUMBER(2, 2, 0, 60, 0, second),
    [';'] = COMPOSITE("%<:%>"),
    ['^'] = READ(read_no_half, 0),
    ['='] = READ(read_six, STAMP_YEAR | STAMP_MONTH | STAMP_DAY),
    ['#'] = READ(read_six, STAMP_TIME),
    ['1'] = {read_number, 1, 2, 1, 31, STAMP_SLASHED, FIELD(slashed[0]), NULL},
    ['2'] = {read_number, 1, 2, 1, 31, STAMP_SLASHED, FIELD(slashed[1]), NULL},
};

static const struct conversion *
conversion_named(char letter)
{
	return &conversions[letter & 127];
}

static bool
scan(struct reader *reader, const char *pattern)
{
	const struct conversion *conversion;

	for (; *pattern; pattern++) {
		if (*pattern == ' ') {
			take_blanks(reader);
		} else if (*pattern != '%') {
			if (!take(reader, *pattern))
				return false;
		} else {
			conversion = conversion_named(*++pattern);
			if (!conversion->read(reader, conversion))
				return false;
		}
	}
	return true;
}

bool
stamp_scan(
    struct span text, const char *pattern, struct stamp *out, size_t *used_out)
{
	struct reader reader = {text.data, text.data + text.len, out};

	*out = (struct stamp){0};
	if (!scan(&reader, pattern))
		return false;
	/* A number that goes on is another one. */
	if (reader.at < reader.end && ascii_is_digit(*reader.at) &&
	    reader.at > text.data && ascii_is_digit(reader.at[-1]))
		return false;
	*used_out = (size_t)(reader.at - text.data);
	return true;
}

bool
stamp_conversion(char letter, unsigned *have_out)
{
	const struct conversion *conversion = conversion_named(letter);
	unsigned more;

	*have_out = conversion->have;
	if (!conversion->read || (!ascii_is_letter(letter) && letter != '%'))
		return false;
	for (const char *at = conversion->pattern; at && *at; at++)
		if (*at == '%' && stamp_conversion(*++at, &more))
			*have_out |= more;
	return true;
}
