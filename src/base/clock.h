/*
 * clock: the only reader of the system's clocks, and times as text.
 *
 * Times are milliseconds where their names do not say _us or _ns.  Wall time
 * counts from 1970-01-01 UTC and may jump; boot time never goes back and counts
 * suspend too.  Nothing below the programs and the event loop calls the
 * readers: `now` is an argument.
 */
#ifndef CTAIL_BASE_CLOCK_H
#define CTAIL_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_boot_ms(void);

/* For measuring what is short. */
int64_t clock_boot_ns(void);

/* Wall time in nanoseconds by the clock that the kernel stamps files with,
 * which lags a few milliseconds: never ahead of a change made later. */
int64_t clock_stamp_ns(void);

/* Enough for all of them.  A time that has no date (in a year that struct tm
 * cannot hold) is written as "@" and its milliseconds. */
#define CLOCK_TEXT_MAX 48

/* "2026-11-22 14:03:07 +0100", local time. */
void clock_format_local(int64_t wall_ms, char out[CLOCK_TEXT_MAX]);

/* "2026-11-22T13:03:07.123Z" (RFC 3339). */
void clock_format_utc(int64_t wall_ms, char out[CLOCK_TEXT_MAX]);

/* "2026-11-22T14:03:07.123456+01:00", local time (RFC 5424). */
void clock_format_syslog(int64_t wall_us, char out[CLOCK_TEXT_MAX]);

/* "Sun, 22 Nov 2026 14:03:07 +0100" (RFC 5322), independent of the locale. */
void clock_format_mail(int64_t wall_ms, char out[CLOCK_TEXT_MAX]);

#endif
