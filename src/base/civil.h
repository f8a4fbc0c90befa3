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

struct civil {
	int year;
	int month;		/* 1..12 */
	int day;		/* 1..31 */
	int hour, minute;
	int second;		/* 0..60 */
	int millisecond;
};

/* One must be zeroed before its first use; it forgets when the process's
 * time zone may have changed (civil_zone_forget, after a reload). */
struct civil_zone {
	int64_t hour;		/* wall hour the offset is of, + 1; 0: none */
	int64_t offset_ms;
	int64_t local_hour;	/* the same for the other direction */
	int64_t local_offset_ms;
};

void civil_zone_forget(struct civil_zone *zone);

/* Whether every field is in its range, for that month. */
bool civil_is_valid(const struct civil *civil);

/* 0 is Sunday. */
int civil_weekday(const struct civil *civil);

int64_t civil_utc_ms(const struct civil *civil);
void civil_from_utc_ms(int64_t wall_ms, struct civil *out);

int64_t civil_local_ms(struct civil_zone *zone, const struct civil *civil,
    int64_t hint_ms);
void civil_from_local_ms(struct civil_zone *zone, int64_t wall_ms,
    struct civil *out);

#endif
