/*
 * clock: reading the clocks and writing times down.
 *
 * Hides the time zone and the locale: names of days and months are civil's,
 * because mail demands English whatever the locale says.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Local time, and how far it is from UTC. */
struct clock_local {
	struct tm date;
	long long year;
	int ms;
	char sign;
	int zone_hours, zone_minutes;
};

/* False: there is no date, and the number was written instead. */
static bool
clock_local(
    int64_t wall_ms, struct clock_local *local, char out[CLOCK_TEXT_MAX])
{
	time_t seconds = clock_seconds(wall_ms, &local->ms);
	long minutes;

	if (!localtime_r(&seconds, &local->date)) {
		clock_format_raw(wall_ms, out);
		return false;
	}
	minutes = local->date.tm_gmtoff / 60;
	local->year = local->date.tm_year + 1900LL;
	local->sign = minutes < 0 ? '-' : '+';
	local->zone_hours = (int)(labs(minutes) / 60);
	local->zone_minutes = (int)(labs(minutes) % 60);
	return true;
}

void
clock_format_local(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	struct clock_local local;

	if (!clock_local(wall_ms, &local, out))
		return;
	snprintf(out, CLOCK_TEXT_MAX,
	    "%04lld-%02d-%02d %02d:%02d:%02d %c%02d%02d", local.year,
	    local.date.tm_mon + 1, local.date.tm_mday, local.date.tm_hour,
	    local.date.tm_min, local.date.tm_sec, local.sign, local.zone_hours,
	    local.zone_minutes);
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
	struct clock_local local;
	int us = (int)(wall_us % 1000);
	int64_t wall_ms = wall_us / 1000 - (us < 0);

	us += us < 0 ? 1000 : 0;
	if (!clock_local(wall_ms, &local, out))
		return;
	/* A year can be longer than a date has room for. */
	if (snprintf(out, CLOCK_TEXT_MAX,
		"%04lld-%02d-%02dT%02d:%02d:%02d.%03d%03d%c%02d:%02d",
		local.year, local.date.tm_mon + 1, local.date.tm_mday,
		local.date.tm_hour, local.date.tm_min, local.date.tm_sec,
		local.ms, us, local.sign, local.zone_hours,
		local.zone_minutes) >= CLOCK_TEXT_MAX)
		clock_format_raw(wall_ms, out);
}

void
clock_format_mail(int64_t wall_ms, char out[CLOCK_TEXT_MAX])
{
	struct clock_local local;

	if (!clock_local(wall_ms, &local, out))
		return;
	snprintf(out, CLOCK_TEXT_MAX,
	    "%s, %d %s %04lld %02d:%02d:%02d %c%02d%02d",
	    civil_day_names[local.date.tm_wday], local.date.tm_mday,
	    civil_month_names[local.date.tm_mon], local.year,
	    local.date.tm_hour, local.date.tm_min, local.date.tm_sec,
	    local.sign, local.zone_hours, local.zone_minutes);
}
