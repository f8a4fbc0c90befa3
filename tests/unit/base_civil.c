/* Unit tests of base/civil.h, against brute force with the C library. */
#include "config.h"

#include <limits.h>
#include <time.h>

#include "base/civil.h"
#include "tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const char *const zones[] = {"UTC", "Europe/Berlin", "America/St_Johns",
    "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
    "Antarctica/Troll", "Africa/Casablanca", "America/Caracas",
    "Asia/Pyongyang"};

static void
set_zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static bool
same(const struct civil *civil, const struct tm *date, int ms)
{
	return civil->year == date->tm_year + 1900 &&
	    civil->month == date->tm_mon + 1 && civil->day == date->tm_mday &&
	    civil->hour == date->tm_hour && civil->minute == date->tm_min &&
	    civil->second == date->tm_sec && civil->millisecond == ms;
}

static uint64_t random_state = 88172645463325252u;

static uint64_t
random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* 1900 to 2099. */
static int64_t
random_moment(void)
{
	return (int64_t)(random_next() % (200ull * 365 * DAY)) -
	    70 * 365 * DAY;
}

static void
test_utc(void)
{
	struct civil civil;
	struct tm date;
	bool fields = true, back = true;

	for (int i = 0; i < 20000; i++) {
		int64_t wall = random_moment();
		int ms = (int)(((wall % 1000) + 1000) % 1000);
		time_t seconds = (time_t)((wall - ms) / 1000);

		gmtime_r(&seconds, &date);
		civil_from_utc_ms(wall, &civil);
		fields = fields && same(&civil, &date, ms);
		back = back && civil_utc_ms(&civil) == wall;
	}
	OK(fields, "UTC fields are those of gmtime_r");
	OK(back, "UTC fields give back their moment");
	civil_from_utc_ms(INT64_MAX, &civil);
	IS_INT(civil_utc_ms(&civil), INT64_MAX, "the last moment comes back");
	civil_from_utc_ms(INT64_MIN, &civil);
	IS_INT(civil_utc_ms(&civil), INT64_MIN, "the first moment comes back");
}

static void
test_every_day(void)
{
	struct civil civil, before = {0};
	bool next = true;

	for (int64_t day = -800000; day < 800000; day++) {
		civil_from_utc_ms(day * DAY, &civil);
		if (before.day && !(civil.day == before.day + 1 &&
				      civil.month == before.month &&
				      civil.year == before.year))
			next = next && civil.day == 1 &&
			    before.day ==
				civil_month_days(before.year, before.month);
		next = next && civil_utc_ms(&civil) == day * DAY;
		before = civil;
	}
	OK(next, "over 4,000 years each day follows the one before");
}

/* The same by asking the C library at every quarter of an hour around. */
static int64_t
brute_local(int64_t local, int64_t hint, int *found_out)
{
	struct tm date;
	int64_t best = 0;

	*found_out = 0;
	for (int64_t offset = -26 * HOUR; offset <= 26 * HOUR;
	    offset += 15 * MINUTE) {
		time_t seconds = (time_t)((local - offset) / 1000);

		localtime_r(&seconds, &date);
		if (date.tm_gmtoff * 1000 != offset)
			continue;
		if (!*found_out ||
		    llabs(local - offset - hint) < llabs(best - hint))
			best = local - offset;
		++*found_out;
	}
	return best;
}

struct tally {
	bool shown, found;
	int folds, gaps;
};

static void
try_moment(struct civil_zone *zone, int64_t wall, struct tally *tally)
{
	struct civil civil;
	struct tm date;
	time_t seconds = (time_t)(wall / 1000);
	int64_t hint, want;
	int found;

	localtime_r(&seconds, &date);
	civil_from_local_ms(zone, wall, &civil);
	if (!same(&civil, &date, (int)(wall % 1000)))
		tally->shown = false;
	/* Any local time, also one that is skipped. */
	civil_from_utc_ms(wall, &civil);
	for (int side = -1; side <= 1; side += 2) {
		hint = wall + side * 3 * DAY;
		want = brute_local(wall, hint, &found);
		tally->folds += found > 1;
		tally->gaps += found == 0;
		if (found && civil_local_ms(zone, &civil, hint) != want)
			tally->found = false;
		if (found > 1)
			civil_local_ms(zone, &civil, hint);
	}
}

/* 1990 to 2029, all of whose offsets are quarters of an hour. */
static void
test_zone(const char *name)
{
	struct civil_zone zone = {0};
	struct tally tally = {true, true, 0, 0};
	int64_t begin = 20 * 365 * DAY;

	set_zone(name);
	for (int i = 0; i < 2000; i++)
		try_moment(&zone,
		    begin + (int64_t)(random_next() % (40ull * 365 * DAY)),
		    &tally);
	OK(tally.shown, "%s: local fields are those of localtime_r", name);
	OK(tally.found, "%s: local times are found as by brute force", name);
}

/* Every seven minutes through days in which something happens. */
static void
test_changes(const char *name, int64_t middle, bool fold)
{
	struct civil_zone zone = {0};
	struct tally tally = {true, true, 0, 0};

	set_zone(name);
	for (int64_t at = middle - DAY; at < middle + DAY; at += 7 * MINUTE)
		try_moment(&zone, at, &tally);
	OK(tally.shown && tally.found, "%s: all is right around a change",
	    name);
	OK(fold ? tally.folds > 0 : tally.gaps > 0,
	    "%s: the change %s some times", name, fold ? "repeats" : "skips");
}

static int64_t
local_at(int year, int month, int day, int hour, int minute, int64_t hint)
{
	struct civil_zone zone = {0};
	struct civil civil = {year, month, day, hour, minute, 0, 0};

	return civil_local_ms(&zone, &civil, hint);
}

static int64_t
utc_at(int year, int month, int day, int hour, int minute)
{
	struct civil civil = {year, month, day, hour, minute, 0, 0};

	return civil_utc_ms(&civil);
}

static void
test_named_changes(void)
{
	set_zone("Europe/Berlin");
	IS_INT(local_at(2026, 3, 29, 2, 30, 0), utc_at(2026, 3, 29, 1, 30),
	    "a skipped half past two becomes half past three");
	IS_INT(local_at(2026, 10, 25, 2, 30, 0), utc_at(2026, 10, 25, 0, 30),
	    "a repeated time is the first for a hint before it");
	IS_INT(local_at(2026, 10, 25, 2, 30, INT64_MAX),
	    utc_at(2026, 10, 25, 1, 30), "and the second for one behind it");
	set_zone("Australia/Lord_Howe");
	IS_INT(local_at(2026, 10, 4, 2, 15, 0), utc_at(2026, 10, 3, 15, 45),
	    "half an hour that is skipped moves a time by half an hour");
	IS_INT(local_at(2026, 4, 5, 1, 45, 0), utc_at(2026, 4, 4, 14, 45),
	    "half an hour repeats: the first");
	IS_INT(local_at(2026, 4, 5, 1, 45, INT64_MAX),
	    utc_at(2026, 4, 4, 15, 15), "half an hour repeats: the second");
	set_zone("Pacific/Apia");
	IS_INT(local_at(2011, 12, 30, 12, 0, 0), utc_at(2011, 12, 30, 22, 0),
	    "a time of a day that never was is on the next day");
	test_changes("Europe/Berlin", utc_at(2026, 3, 29, 1, 0), false);
	test_changes("Europe/Berlin", utc_at(2026, 10, 25, 1, 0), true);
	test_changes("America/St_Johns", utc_at(2010, 3, 14, 0, 1), false);
	test_changes("America/St_Johns", utc_at(2010, 11, 7, 0, 1), true);
	test_changes("Australia/Lord_Howe", utc_at(2026, 10, 4, 2, 0), false);
	test_changes("Australia/Lord_Howe", utc_at(2026, 4, 5, 2, 0), true);
	test_changes("Pacific/Apia", utc_at(2011, 12, 30, 12, 0), false);
	test_changes("America/Caracas", utc_at(2007, 12, 9, 3, 0), true);
	test_changes("Asia/Pyongyang", utc_at(2018, 5, 4, 23, 30), false);
}

static void
test_forget(void)
{
	struct civil_zone zone = {0};
	struct civil civil;

	set_zone("UTC");
	civil_from_local_ms(&zone, 1000 * DAY, &civil);
	setenv("TZ", "Asia/Kathmandu", 1);
	civil_zone_forget(&zone);
	civil_from_local_ms(&zone, 1000 * DAY, &civil);
	IS_INT(civil.hour * 60 + civil.minute, 330,
	    "after forgetting the new time zone counts");
	civil = (struct civil){2026, 1, 1, 0, 0, 0, 0};
	IS_INT(civil_local_ms(&zone, &civil, 0), utc_at(2025, 12, 31, 18, 15),
	    "Kathmandu is five and three quarter hours ahead");
	civil_from_local_ms(&zone, INT64_MAX, &civil);
	civil_from_local_ms(&zone, INT64_MIN, &civil);
	OK(civil.month >= 1 && civil.month <= 12,
	    "the first and last moments have dates");
}

static void
test_valid(void)
{
	static const struct {
		struct civil civil;
		bool valid;
	} cases[] = {
	    {{2026, 11, 22, 14, 3, 7, 0}, true},
	    {{2026, 2, 29, 0, 0, 0, 0}, false},
	    {{2024, 2, 29, 0, 0, 0, 0}, true},
	    {{1900, 2, 29, 0, 0, 0, 0}, false},
	    {{2000, 2, 29, 0, 0, 0, 0}, true},
	    {{2026, 4, 31, 0, 0, 0, 0}, false},
	    {{2026, 0, 1, 0, 0, 0, 0}, false},
	    {{2026, 13, 1, 0, 0, 0, 0}, false},
	    {{2026, 1, 0, 0, 0, 0, 0}, false},
	    {{2026, 1, 1, 24, 0, 0, 0}, false},
	    {{2026, 1, 1, 0, 60, 0, 0}, false},
	    {{2026, 1, 1, 0, 0, 60, 0}, true},
	    {{2026, 1, 1, 0, 0, 61, 0}, false},
	    {{2026, 1, 1, 0, 0, 0, 1000}, false},
	    {{2026, 1, 1, -1, 0, 0, 0}, false},
	    {{0, 1, 1, 0, 0, 0, 0}, false},
	    {{10000, 1, 1, 0, 0, 0, 0}, false},
	    {{INT_MAX, INT_MAX, INT_MAX, 0, 0, 0, 0}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		OK(civil_is_valid(&cases[i].civil) == cases[i].valid,
		    "date %zu is %s", i, cases[i].valid ? "valid" : "refused");
}

static void
test_names(void)
{
	IS_INT(civil_day_named(span_str("mOn")), 1, "days in any case");
	IS_INT(civil_day_named(span_str("saturday")), 6, "days in full");
	IS_INT(civil_day_named(span_str("satur")), -1, "no days in part");
	IS_INT(civil_day_named(span_str("")), -1, "nothing is no day");
	IS_INT(civil_month_named(span_str("DEC")), 11, "months in any case");
	IS_INT(civil_month_named(span_str("May")), 4, "May is short and long");
	IS_INT(civil_month_named(span_str("Mai")), -1, "months are English");
}

int
main(void)
{
	test_utc();
	test_every_day();
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		test_zone(zones[i]);
	test_named_changes();
	test_forget();
	test_valid();
	test_names();
	return tap_done();
}
