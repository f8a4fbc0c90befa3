/*
 * civil: calendar dates and times of day, and what they are in wall ms.
 *
 * Pure arithmetic for UTC and fixed offsets (proleptic Gregorian calendar);
 * for local time the C library is asked, whose answers for one hour at a time
 * are kept in a cache that the caller owns, because asking costs a
 * microsecond.  Local times that a change of the clocks makes ambiguous
 * become the one nearest to a hint; those it skips are moved on by what was
 * skipped.
 */
#ifndef CTAIL_BASE_CIVIL_H
#define CTAIL_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/span.h"

/* English, whatever the locale says; day 0 is Sunday. */
extern const char civil_day_names[7][4];
extern const char civil_month_names[12][4];

struct civil {
	int year;
	int month;		/* 1..12 */
	int day;		/* 1..31 */
	int hour, minute;
	int second;		/* 0..60 */
	int millisecond;
};

/* One must be zeroed before its first use, and forgotten when the process's
 * time zone may have changed, on a reload.  An hour in which the offset
 * changes, at whatever minute, is never kept. */
struct civil_zone {
	int64_t hour;		/* wall hour the offset is of */
	int64_t offset_ms;
	int64_t local_hour;	/* the same for the other direction */
	int64_t local_offset_ms;
	bool known, local_known;
};

/* The C library reads the process's time zone anew too. */
void civil_zone_forget(struct civil_zone *zone);

/* Whether local time bears this name, in summer or in winter. */
bool civil_zone_is_called(struct span name);

/* Whether every field is in its range, for that month; years are 1..9999. */
bool civil_is_valid(const struct civil *civil);

/* How many days the month has. */
int civil_month_days(int year, int month);

/* 0..6 for "Mon" or "monday" (0 is Sunday), 0..11 for "Jan" or "january", in
 * any case; -1 for others.  The word is all of the span. */
int civil_day_named(struct span word);
int civil_month_named(struct span word);

/* Of what civil_is_valid accepts or civil_from_... wrote. */
int64_t civil_utc_ms(const struct civil *civil);
void civil_from_utc_ms(int64_t wall_ms, struct civil *out);

/* On a tie the earlier is nearest.  The result of a civil_from_local_ms at
 * the ends of int64_t stops there. */
int64_t civil_local_ms(struct civil_zone *zone, const struct civil *civil,
    int64_t hint_ms);
void civil_from_local_ms(struct civil_zone *zone, int64_t wall_ms,
    struct civil *out);

#endif
