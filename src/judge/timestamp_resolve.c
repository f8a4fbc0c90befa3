/*
 * timestamp_resolve: from the fields that were read to wall ms.
 *
 * Hides how what was left open is filled in: the year, the date, the order of
 * day and month.
 */
#include "config.h"

#include "judge/timestamp_internal.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static uint64_t
distance(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

/* 1..366 to month and day; a day that the year has not stays invalid. */
static void
place_year_day(struct civil *date, int year_day)
{
	date->day = year_day;
	for (date->month = 1; date->month < 12; date->month++) {
		int days = civil_month_days(date->year, date->month);

		if (date->day <= days)
			break;
		date->day -= days;
	}
}

static bool
place_in_year(const struct stamp *stamp, struct civil *date, int year)
{
	date->year = year;
	if (stamp->have & STAMP_YEAR_DAY)
		place_year_day(date, stamp->year_day);
	return civil_is_valid(date);
}

/* 29 February may lie eight years from the next. */
#define LEAP_GAP 8

/* No other year can be nearer. */
#define SURELY_NEAREST_MS (180 * DAY_MS)

/* Logs do not tell of the future; a clock may be a little ahead, or in
 * another zone. */
static bool
is_future(const struct civil *date, const struct timestamp_near *now)
{
	return civil_utc_ms(date) > now->latest_ms + DAY_MS;
}

static bool
nearest_year(const struct stamp *stamp, struct civil *date,
    const struct timestamp_near *now)
{
	int64_t near_ms = now->near_ms;
	bool leap_day =
	    (date->month == 2 && date->day == 29) || stamp->year_day == 366;
	int reach = leap_day ? LEAP_GAP : 1, best = 0;
	uint64_t best_distance = 0, far;
	struct civil near;

	civil_from_utc_ms(near_ms, &near);
	if (place_in_year(stamp, date, near.year) && !is_future(date, now) &&
	    distance(civil_utc_ms(date), near_ms) < SURELY_NEAREST_MS)
		return true;
	for (int year = near.year - reach; year <= near.year + reach; year++) {
		if (!place_in_year(stamp, date, year) || is_future(date, now))
			continue;
		far = distance(civil_utc_ms(date), near_ms);
		if (!best || far < best_distance) {
			best = year;
			best_distance = far;
		}
	}
	return best && place_in_year(stamp, date, best);
}

/* A time of day only: today's, yesterday's or tomorrow's. */
static void
nearest_day(struct civil *date, struct civil_zone *zone, int64_t zone_ms,
    bool has_zone, int64_t near_ms)
{
	struct civil best = *date, day;
	uint64_t best_distance = UINT64_MAX, far;
	int64_t local;

	if (has_zone)
		civil_from_utc_ms(near_ms + zone_ms, &day);
	else
		civil_from_local_ms(zone, near_ms, &day);
	local = civil_utc_ms(&day);
	for (int i = -1; i <= 1; i++) {
		civil_from_utc_ms(local + i * DAY_MS, &day);
		date->year = day.year;
		date->month = day.month;
		date->day = day.day;
		far = distance(civil_utc_ms(date), local);
		if (far < best_distance) {
			best = *date;
			best_distance = far;
		}
	}
	*date = best;
}

static bool
has_zone(const struct stamp *stamp)
{
	if (stamp->have & STAMP_ZONE)
		return true;
	return stamp->have & STAMP_ZONE_NAME &&
	       !civil_zone_is_called(stamp->zone_name);
}

static bool
fill_in(const struct stamp *stamp, struct civil *date, struct civil_zone *zone,
    const struct timestamp_near *now)
{
	unsigned dated =
	    STAMP_MONTH | STAMP_DAY | STAMP_SLASHED | STAMP_YEAR_DAY;

	if (!(stamp->have & dated)) {
		nearest_day(date, zone, stamp->zone_minutes * INT64_C(60000),
		    has_zone(stamp), now->near_ms);
		return civil_is_valid(date);
	}
	if (stamp->have & STAMP_YEAR)
		return place_in_year(stamp, date, stamp->year);
	return nearest_year(stamp, date, now);
}

/* Java's "HH:mm a" writes the hours of the whole day before AM and PM. */
static int
hour_of(const struct stamp *stamp)
{
	if (!(stamp->have & STAMP_HALF))
		return stamp->hour;
	if (stamp->hour > 12)
		return stamp->after_noon ? stamp->hour : -1;
	if (stamp->hour == 0)
		return stamp->after_noon ? -1 : 0;
	return stamp->hour % 12 + (stamp->after_noon ? 12 : 0);
}

static void
place_slashed(
    const struct stamp *stamp, enum stamp_order order, struct civil *date)
{
	bool day_first = order == STAMP_DAY_FIRST;

	date->year = stamp->year;
	date->month = stamp->slashed[day_first];
	date->day = stamp->slashed[!day_first];
}

/* Both are readings of a date whose order was not shown so far: the one that
 * is nearer to what was read before, the month first when they are equal. */
static bool
is_day_first_nearer(const struct civil *month_first,
    const struct civil *day_first, const struct timestamp_near *now)
{
	if (is_future(day_first, now))
		return false;
	return is_future(month_first, now) ||
	       distance(civil_utc_ms(day_first), now->near_ms) <
		   distance(civil_utc_ms(month_first), now->near_ms);
}

/* It can be read one way only. */
static void
learn_slashed(const struct civil *date, enum stamp_order order,
    struct stamp_slashes *slashes, const struct timestamp_near *now)
{
	if (!civil_is_valid(date) || is_future(date, now))
		return;
	if (slashes->shown == order)
		slashes->order = order;
	slashes->shown = order;
}

static void
order_slashed(const struct stamp *stamp, struct stamp_slashes *slashes,
    const struct timestamp_near *now, struct civil *date)
{
	struct civil swapped = *date;

	place_slashed(stamp, STAMP_MONTH_FIRST, date);
	place_slashed(stamp, STAMP_DAY_FIRST, &swapped);
	if (date->month > 12) {
		*date = swapped;
		learn_slashed(date, STAMP_DAY_FIRST, slashes, now);
	} else if (swapped.month > 12) {
		learn_slashed(date, STAMP_MONTH_FIRST, slashes, now);
	} else if (slashes->order == STAMP_DAY_FIRST ||
		   (slashes->order == STAMP_ORDER_OPEN &&
		       is_day_first_nearer(date, &swapped, now))) {
		*date = swapped;
	}
}

/* Far from the ends of int64_t, so that sums need no care. */
#define NEAR_MAX (INT64_C(9999) * 366 * DAY_MS)

static int64_t
bounded(int64_t wall_ms)
{
	if (wall_ms < 0)
		return 0;
	return wall_ms > NEAR_MAX ? NEAR_MAX : wall_ms;
}

/* How long after it was written a record that is looked on at comes. */
#define FRESH_MS (5 * 60 * 1000)

/* In the hour that comes twice, a record that has just been written says so by
 * its arrival; of an older one what was read before it says more. */
static int64_t
local_ms(struct civil_zone *zone, const struct civil *date,
    const struct timestamp_near *now)
{
	int64_t wall = civil_local_ms(zone, date, now->latest_ms);

	if (distance(wall, now->latest_ms) <= FRESH_MS)
		return wall;
	return civil_local_ms(zone, date, now->near_ms);
}

int64_t
stamp_resolve(const struct stamp *stamp, struct stamp_slashes *slashes,
    struct civil_zone *zone, const struct timestamp_near *near)
{
	struct timestamp_near now;
	struct civil date = {stamp->year, stamp->month, stamp->day,
	    hour_of(stamp), stamp->minute, stamp->second, stamp->millisecond};
	int64_t wall;

	if (stamp->have & STAMP_EPOCH)
		return stamp->epoch_s * 1000 + stamp->millisecond;
	now.latest_ms = bounded(near->latest_ms);
	now.near_ms = near->near_ms ? bounded(near->near_ms) : now.latest_ms;
	if (stamp->have & STAMP_SLASHED)
		order_slashed(stamp, slashes, &now, &date);
	if (!fill_in(stamp, &date, zone, &now))
		return 0;
	if (has_zone(stamp))
		wall =
		    civil_utc_ms(&date) - stamp->zone_minutes * INT64_C(60000);
	else
		wall = local_ms(zone, &date, &now);
	return wall > 0 ? wall : 0;
}
