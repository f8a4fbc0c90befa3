/*
 * record_clock: the bounds within which a record's own time is believed.
 */
#include "config.h"

#include "judge/record_clock.h"

int64_t
record_clock_take(struct record_clock *clock, int64_t stamp_ms, int64_t now_ms)
{
	int64_t latest;

	if (__builtin_add_overflow(now_ms, RECORD_CLOCK_AHEAD_MS, &latest))
		latest = INT64_MAX;
	if (clock->newest_ms > latest)
		clock->newest_ms = now_ms;
	if (stamp_ms <= 0 || stamp_ms > latest)
		return now_ms;
	if (clock->newest_ms > 0 &&
	    stamp_ms < clock->newest_ms - RECORD_CLOCK_BEHIND_MS)
		return now_ms;
	if (stamp_ms > clock->newest_ms)
		clock->newest_ms = stamp_ms;
	return stamp_ms;
}
