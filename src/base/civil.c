/*
 * civil: calendar arithmetic, and the C library's answers about local time.
 *
 * Hides how a local time is turned back: mktime guesses in the hours that a
 * change of the clocks repeats or skips, so every offset that holds within a
 * day of the asked time is tried instead, and those that prove themselves are
 * the answers.
 */
#include "config.h"

#include <strings.h>
#include <time.h>

#include "base/ascii.h"
#include "base/civil.h"

#define SECOND_MS INT64_C(1000)
#define HOUR_MS (3600 * SECOND_MS)
#define DAY_MS (24 * HOUR_MS)

const char civil_day_names[7][4] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
const char civil_month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char *const long_days[] = {"sunday", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday"};
static const char *const long_months[] = {"january", "february", "march",
    "april", "may", "june", "july", "august", "september", "october",
    "november", "december"};

static int64_t
floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

static int64_t
floor_mod(int64_t value, int64_t by)
{
	return value % by + (value % by < 0 ? by : 0);
}

void
civil_zone_forget(struct civil_zone *zone)
{
	*zone = (struct civil_zone){0};
	tzset();
}

bool
civil_zone_is_called(struct span name)
{
	return span_is(name, tzname[0]) || span_is(name, tzname[1]);
}

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
civil_month_days(int year, int month)
{
	static const signed char days[12] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

bool
civil_is_valid(const struct civil *civil)
{
	return civil->year >= 1 && civil->year <= 9999 && civil->month >= 1 &&
	       civil->month <= 12 && civil->day >= 1 &&
	       civil->day <= civil_month_days(civil->year, civil->month) &&
	       civil->hour >= 0 && civil->hour <= 23 && civil->minute >= 0 &&
	       civil->minute <= 59 && civil->second >= 0 &&
	       civil->second <= 60 && civil->millisecond >= 0 &&
	       civil->millisecond <= 999;
}

static int
name_index(struct span word, const char names[][4],
    const char *const *long_names, int count)
{
	char first = word.len ? ascii_lower(*word.data) : '\0';

	for (int i = 0; i < count; i++) {
		if (first != *long_names[i])
			continue;
		if (word.len == 3 && !strncasecmp(word.data, names[i], 3))
			return i;
		if (word.len == strlen(long_names[i]) &&
		    !strncasecmp(word.data, long_names[i], word.len))
			return i;
	}
	return -1;
}

int
civil_day_named(struct span word)
{
	return name_index(word, civil_day_names, long_days, 7);
}

int
civil_month_named(struct span word)
{
	return name_index(word, civil_month_names, long_months, 12);
}

/* Years begin in March here, so that the leap day is the last of its year:
 * then the days before a month are a straight line, rounded. */
static int64_t
days_since_1970(int64_t year, int month, int day)
{
	int64_t from_march = month > 2 ? month - 3 : month + 9;

	year -= month <= 2;
	return 365 * year + floor_div(year, 4) - floor_div(year, 100) +
	       floor_div(year, 400) + (153 * from_march + 2) / 5 + day - 1 -
	       719468;
}

#define DAYS_400 146097 /* in 400 years */

static void
date_from_days(int64_t days, struct civil *out)
{
	int64_t era, day, year, month;

	days += 719468;
	era = floor_div(days, DAYS_400);
	day = floor_mod(days, DAYS_400);
	/* Take out the leap days before this one, then all years are 365. */
	year = (day - day / 1460 + day / 36524 - day / (DAYS_400 - 1)) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	out->day = (int)(day - (153 * month + 2) / 5 + 1);
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = (int)(year + era * 400 + (out->month <= 2));
}

int64_t
civil_utc_ms(const struct civil *civil)
{
	int64_t days = days_since_1970(civil->year, civil->month, civil->day);
	int64_t seconds =
	    (civil->hour * 60 + civil->minute) * 60 + civil->second;

	/* Unsigned: the first day of all begins before INT64_MIN. */
	return (int64_t)((uint64_t)days * DAY_MS +
			 (uint64_t)(seconds * SECOND_MS + civil->millisecond));
}

void
civil_from_utc_ms(int64_t wall_ms, struct civil *out)
{
	int64_t rest = floor_mod(wall_ms, DAY_MS);

	date_from_days(floor_div(wall_ms, DAY_MS), out);
	out->hour = (int)(rest / HOUR_MS);
	out->minute = (int)(rest / (60 * SECOND_MS) % 60);
	out->second = (int)(rest / SECOND_MS % 60);
	out->millisecond = (int)(rest % SECOND_MS);
}

static int64_t
add_clamped(int64_t value, int64_t add)
{
	int64_t sum;

	if (__builtin_add_overflow(value, add, &sum))
		return add < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

/* What the C library says; 0 for years that it cannot hold. */
static int64_t
ask_offset(int64_t wall_ms)
{
	time_t seconds = (time_t)floor_div(wall_ms, SECOND_MS);
	struct tm local;

	return localtime_r(&seconds, &local) ? local.tm_gmtoff * SECOND_MS : 0;
}

static int64_t
zone_offset(struct civil_zone *zone, int64_t wall_ms)
{
	int64_t hour = floor_div(wall_ms, HOUR_MS), offset;

	if (zone->known && zone->hour == hour)
		return zone->offset_ms;
	offset = ask_offset(wall_ms);
	zone->hour = hour;
	zone->offset_ms = offset;
	zone->known = ask_offset(add_clamped(
			  wall_ms, -floor_mod(wall_ms, HOUR_MS))) == offset &&
		      ask_offset(add_clamped(wall_ms,
			  HOUR_MS - 1 - floor_mod(wall_ms, HOUR_MS))) == offset;
	return offset;
}

void
civil_from_local_ms(struct civil_zone *zone, int64_t wall_ms, struct civil *out)
{
	int64_t offset = zone_offset(zone, wall_ms);

	civil_from_utc_ms(add_clamped(wall_ms, offset), out);
}

#define PROBES 5

/* The offsets that hold from a day before to a day after; no zone lies
 * further than that from UTC. */
struct probes {
	int64_t offsets[PROBES]; /* [0]: the day before */
	int64_t least, most;
};

static void
probe(int64_t local_ms, struct probes *out)
{
	int64_t at = add_clamped(local_ms, -DAY_MS), offset;

	out->least = INT64_MAX;
	out->most = INT64_MIN;
	for (int i = 0; i < PROBES; i++) {
		offset = ask_offset(at);
		out->offsets[i] = offset;
		if (offset < out->least)
			out->least = offset;
		if (offset > out->most)
			out->most = offset;
		at = add_clamped(at, DAY_MS / 2);
	}
}

static uint64_t
distance(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* Whether a is to be preferred. */
static bool
is_nearer(int64_t a, int64_t b, int64_t hint_ms)
{
	uint64_t from_a = distance(a, hint_ms), from_b = distance(b, hint_ms);

	return from_a < from_b || (from_a == from_b && a < b);
}

static int64_t
resolve(const struct probes *probes, int64_t local_ms, int64_t hint_ms)
{
	int64_t best = 0, wall;
	bool found = false;

	for (int i = 0; i < PROBES; i++) {
		wall = add_clamped(local_ms, -probes->offsets[i]);
		if (ask_offset(wall) != probes->offsets[i])
			continue;
		if (!found || is_nearer(wall, best, hint_ms))
			best = wall;
		found = true;
	}
	/* Skipped: the offset before shows a time moved on by the gap. */
	return found ? best : add_clamped(local_ms, -probes->offsets[0]);
}

/* An hour may be kept when no offset that is near changes while it could be
 * shown. */
static bool
is_plain_hour(const struct probes *probes, int64_t hour, int64_t offset)
{
	int64_t begin = hour * HOUR_MS - probes->most;
	int64_t end = (hour + 1) * HOUR_MS - 1 - probes->least;

	return ask_offset(begin) == offset && ask_offset(end) == offset;
}

int64_t
civil_local_ms(
    struct civil_zone *zone, const struct civil *civil, int64_t hint_ms)
{
	int64_t local = civil_utc_ms(civil), hour = floor_div(local, HOUR_MS);
	int64_t wall;
	struct probes probes;

	if (zone->local_known && zone->local_hour == hour)
		return local - zone->local_offset_ms;
	probe(local, &probes);
	wall = resolve(&probes, local, hint_ms);
	zone->local_hour = hour;
	zone->local_offset_ms = local - wall;
	zone->local_known =
	    civil_is_valid(civil) && is_plain_hour(&probes, hour, local - wall);
	return wall;
}
