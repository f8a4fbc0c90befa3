/*
 * units: numbers with a unit, in both directions.
 *
 * Hides the factors.  Digits saturate instead of overflowing, so the bound
 * is checked in one place.
 */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/units.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Ascending, so that the last that divides is the shortest. */
static const struct unit durations[] = {
    {"ms", 1},
    {"s", 1000},
    {"m", 60 * 1000},
    {"h", 60 * 60 * 1000},
    {"d", 24 * 60 * 60 * 1000},
    {"w", 7 * 24 * 60 * 60 * 1000},
    {NULL, 0},
};

static const struct unit sizes[] = {
    {"", 1},
    {"k", 1024},
    {"m", 1024 * 1024},
    {"g", 1024 * 1024 * 1024},
    {NULL, 0},
};

#define DURATION_MAX (INT64_C(10) * 365 * 24 * 60 * 60 * 1000)
#define SIZE_BYTES_MAX (INT64_C(1) << 40)

/* Cuts the digits off the front; false when there are none. */
static bool
take_digits(struct span *text, uint64_t *out)
{
	uint64_t value = 0, digit;
	size_t i;

	for (i = 0; i < text->len; i++) {
		if (!ascii_is_digit(text->data[i]))
			break;
		digit = (uint64_t)(text->data[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			value = UINT64_MAX;
		else
			value = value * 10 + digit;
	}
	*text = span_of(text->data + i, text->len - i);
	*out = value;
	return i > 0;
}

static const struct unit *
unit_named(const struct unit *units, struct span name)
{
	for (; units->name; units++)
		if (span_is(name, units->name))
			return units;
	return NULL;
}

static int
duration_parse_within(struct span text, int64_t max_ms, const char *most,
    int64_t *ms_out, struct err *err)
{
	struct span rest = text;
	const struct unit *unit = NULL;
	uint64_t value;

	if (take_digits(&rest, &value))
		unit = unit_named(durations, rest);
	if (!unit)
		return err_set(err,
		    "`%.*s' is no duration; write digits and one of ms s m h "
		    "d w, as in 250ms or 10m",
		    span_shown(text), text.data);
	if (value > (uint64_t)(max_ms / unit->factor))
		return err_set(err, "`%.*s' is too long; %s are the most",
		    span_shown(text), text.data, most);
	*ms_out = (int64_t)value * unit->factor;
	return 0;
}

int
duration_parse(struct span text, int64_t *ms_out, struct err *err)
{
	return duration_parse_within(
	    text, DURATION_MAX, "10 years", ms_out, err);
}

int
duration_parse_most(
    struct span text, int64_t max_ms, int64_t *ms_out, struct err *err)
{
	char most[UNITS_TEXT_MAX];

	duration_format(max_ms, most);
	return duration_parse_within(text, max_ms, most, ms_out, err);
}

int
size_parse(struct span text, int64_t *bytes_out, struct err *err)
{
	struct span rest = text;
	const struct unit *unit = NULL;
	uint64_t value;

	if (take_digits(&rest, &value))
		unit = unit_named(sizes, rest);
	if (!unit)
		return err_set(err,
		    "`%.*s' is no size; write digits and perhaps one of k m "
		    "g, as in 64k",
		    span_shown(text), text.data);
	if (value > (uint64_t)(SIZE_BYTES_MAX / unit->factor))
		return err_set(err, "`%.*s' is too big; 1024g are the most",
		    span_shown(text), text.data);
	*bytes_out = (int64_t)value * unit->factor;
	return 0;
}

int
number_parse(
    struct span text, int64_t min, int64_t max, int64_t *out, struct err *err)
{
	struct span rest = text;
	bool negative = min < 0 && text.len && *text.data == '-';
	uint64_t limit = (uint64_t)INT64_MAX + negative, value;
	int64_t number;

	if (negative)
		rest = span_of(text.data + 1, text.len - 1);
	if (!take_digits(&rest, &value) || rest.len)
		return err_set(err, "`%.*s' is no whole number",
		    span_shown(text), text.data);
	number = (int64_t)(negative ? 0 - value : value);
	if (value > limit || number < min || number > max)
		return err_set(err,
		    "%.*s is out of range; write a number from %" PRId64
		    " to %" PRId64,
		    span_shown(text), text.data, min, max);
	*out = number;
	return 0;
}

static void
units_format(const struct unit *units, int64_t value, const char *zero,
    char out[UNITS_TEXT_MAX])
{
	const struct unit *best = units;

	if (!value) {
		snprintf(out, UNITS_TEXT_MAX, "%s", zero);
		return;
	}
	for (; units->name; units++)
		if (value % units->factor == 0)
			best = units;
	snprintf(out, UNITS_TEXT_MAX, "%" PRId64 "%s", value / best->factor,
	    best->name);
}

void
duration_format(int64_t ms, char out[UNITS_TEXT_MAX])
{
	units_format(durations, ms, "0s", out);
}

void
size_format(int64_t bytes, char out[UNITS_TEXT_MAX])
{
	units_format(sizes, bytes, "0", out);
}
