/* Unit tests of judge/record_clock.h. */
#include "config.h"

#include "judge/record_clock.h"
#include "tap.h"

#define NOW INT64_C(1795000000000)
#define DAY RECORD_CLOCK_BEHIND_MS

static void
test_bounds(void)
{
	struct record_clock clock = {0};

	IS_INT(record_clock_take(&clock, 0, NOW), NOW,
	    "a record without a time has that of its arrival");
	IS_INT(clock.newest_ms, 0, "and says nothing of the file");
	IS_INT(record_clock_take(&clock, NOW - 400 * DAY, NOW), NOW - 400 * DAY,
	    "the first may be old, as in a log that is read late");
	IS_INT(record_clock_take(&clock, NOW - 402 * DAY, NOW), NOW,
	    "more than a day behind the newest is not believed");
	IS_INT(record_clock_take(&clock, NOW - 401 * DAY, NOW), NOW - 401 * DAY,
	    "a day behind is");
	IS_INT(record_clock_take(&clock, NOW - 401 * DAY - 1, NOW), NOW,
	    "a millisecond more is not");
	IS_INT(clock.newest_ms, NOW - 400 * DAY, "the newest stays");
	IS_INT(record_clock_take(&clock, NOW + 60000, NOW), NOW + 60000,
	    "a minute ahead of now is believed");
	IS_INT(record_clock_take(&clock, NOW + 60001, NOW), NOW,
	    "a millisecond more is not");
	IS_INT(clock.newest_ms, NOW + 60000, "the newest is the believed one");
}

static void
test_set_back(void)
{
	struct record_clock clock = {NOW};
	int64_t before = NOW - 30 * DAY;

	IS_INT(record_clock_take(&clock, before - 10, before), before - 10,
	    "after the clock was set back records are believed again");
	IS_INT(clock.newest_ms, before, "the newest became now");
	clock.newest_ms = before + 60000;
	record_clock_take(&clock, 0, before);
	IS_INT(clock.newest_ms, before + 60000,
	    "a newest within the minute stays");
}

static void
test_hostile(void)
{
	struct record_clock clock = {0};

	IS_INT(record_clock_take(&clock, INT64_MAX, NOW), NOW,
	    "the end of time is not believed");
	IS_INT(record_clock_take(&clock, INT64_MIN, NOW), NOW,
	    "nor the beginning");
	IS_INT(record_clock_take(&clock, -5, NOW), NOW, "nor what was before");
	IS_INT(record_clock_take(&clock, 1, INT64_MAX), 1,
	    "a now at the end of time does not overflow");
	IS_INT(record_clock_take(&clock, 2, INT64_MIN), INT64_MIN,
	    "nor one at the beginning");
}

int
main(void)
{
	test_bounds();
	test_set_back();
	test_hostile();
	return tap_done();
}
