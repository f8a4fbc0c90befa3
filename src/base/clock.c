/*
 * clock: reading the clocks and writing times down.
 *
 * Hides the time zone and the locale: names of days and months are civil's,
 * because mail demands English whatever the locale says.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bug.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/platform_internal.h"

static struct timespec
clock_read(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		BUG("clock_gettime: %s", strerror(errno));
	return now;
}

static int64_t
clock_read_ms(clockid_t clock)
{
	struct timespec now = clock_read(clock);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_wall_ms(void)
{
	return clock_read_ms(CLOCK_REALTIME);
}

int64_t
clock_boot_ms(void)
{
	return clock_read_ms(platform_boot_clock());
}

int64_t
clock_boot_ns(void)
{
	struct timespec now = clock_read(platform_boot_clock());

	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
clock_stamp_ns(void)
{
	struct timespec now = clock_read(platform_stamp_clock());

	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Rounds down for times before 1970 too. */
static time_t
clock_seconds(int64_t wall_ms, int *ms_out)
{
	int64_t seconds = wall_ms / 1000, ms = wall_ms % 1000;

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	*ms_out = (int)ms;
	return (time_t)seconds;
}

/* A year beyond what struct tm holds has no date; the number must do. */
static void
clock_format_raw(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	snprintf(out, CLOCK_TEXT_MAX, "@%lld", (long long)wall_ms);
}

struct zone {
	char sign;
	int hours, minutes;
};

static struct zone
clock_zone(const struct tm *date)
{
	long minutes = date->tm_gmtoff / 60;
	long size = minutes < 0 ? -minutes : minutes;

	return (struct zone){
	    minutes < 0 ? '-' : '+',
	    (int)(size / 60),
	    (int)(size % 60),
	};
}

void
clock_format_local(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	struct tm date;
	struct zone zone;
	int ms;
	time_t seconds = clock_seconds(wall_ms, &ms);

	if (!localtime_r(&seconds, &date)) {
		clock_format_raw(wall_ms, out);
		return;
	}
	zone = clock_zone(&date);
	snprintf(out, CLOCK_TEXT_MAX,
	    "%04lld-%02d-%02d %02d:%02d:%02d %c%02d%02d", date.tm_year + 1900LL,
	    date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min,
	    date.tm_sec, zone.sign, zone.hours, zone.minutes);
}

void
clock_format_utc(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	struct civil date;

	civil_from_utc_ms(wall_ms, &date);
	snprintf(out, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    date.year, date.month, date.day, date.hour, date.minute,
	    date.second, date.millisecond);
}

void
clock_format_syslog(int64_t wall_us, char out[CLOCK_TEXT_MAX])
{
	struct tm date;
	struct zone zone;
	int ms, us = (int)(wall_us % 1000);
	time_t seconds;

	seconds = clock_seconds(wall_us / 1000 - (us < 0), &ms);
	us += us < 0 ? 1000 : 0;
	if (!localtime_r(&seconds, &date)) {
		clock_format_raw(wall_us / 1000, out);
		return;
	}
	zone = clock_zone(&date);
	/* A year can be longer than a date has room for. */
	if (snprintf(out, CLOCK_TEXT_MAX,
		"%04lld-%02d-%02dT%02d:%02d:%02d.%03d%03d%c%02d:%02d",
		date.tm_year + 1900LL, date.tm_mon + 1, date.tm_mday,
		date.tm_hour, date.tm_min, date.tm_sec, ms, us, zone.sign,
		zone.hours, zone.minutes) >= CLOCK_TEXT_MAX)
		clock_format_raw(wall_us / 1000, out);
}

void
clock_format_mail(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	struct tm date;
	struct zone zone;
	int ms;
	time_t seconds = clock_seconds(wall_ms, &ms);

	if (!localtime_r(&seconds, &date)) {
		clock_format_raw(wall_ms, out);
		return;
	}
	zone = clock_zone(&date);
	snprintf(out, CLOCK_TEXT_MAX,
	    "%s, %d %s %04lld %02d:%02d:%02d %c%02d%02d",
	    civil_day_names[date.tm_wday], date.tm_mday,
	    civil_month_names[date.tm_mon], date.tm_year + 1900LL, date.tm_hour,
	    date.tm_min, date.tm_sec, zone.sign, zone.hours, zone.minutes);
}
