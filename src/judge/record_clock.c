/*
 * record_clock: the bounds within which a record's own time is believed, and
 * what it has instead.
 */
#include "config.h"

#include "judge/record_clock.h"

static bool
is_believed(const struct record_clock *clock, int64_t stamp_ms, int64_t latest)
{
	if (stamp_ms <= 0 || stamp_ms > latest)
		return false;
	return clock->newest_ms <= 0 ||
	       stamp_ms >= clock->newest_ms - RECORD_CLOCK_BEHIND_MS;
}

int64_t
record_clock_take(
    struct record_clock *clock, int64_t stamp_ms, int64_t now_ms, bool late)
{
	int64_t latest;
	bool believed;

	if (__builtin_add_overflow(now_ms, RECORD_CLOCK_AHEAD_MS, &latest))
		latest = INT64_MAX;
	if (clock->newest_ms > latest)
		clock->newest_ms = now_ms;
	believed = is_believed(clock, stamp_ms, latest);
	clock->is_timed = clock->begun ? clock->is_timed : believed;
	clock->begun = true;
	if (!believed)
		return late && clock->is_timed && clock->newest_ms < now_ms
			   ? clock->newest_ms
			   : now_ms;
	if (stamp_ms > clock->newest_ms)
		clock->newest_ms = stamp_ms;
	return stamp_ms;
}
