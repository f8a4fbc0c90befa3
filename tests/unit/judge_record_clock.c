/* Unit tests of judge/record_clock.h. */
#include "config.h"

#include "judge/record_clock.h"
#include "tap.h"

#define NOW INT64_C(1795000000000)
#define DAY RECORD_CLOCK_BEHIND_MS

static int64_t
take(struct record_clock *clock, int64_t stamp_ms, int64_t now_ms)
{
	return record_clock_take(clock, stamp_ms, now_ms, false);
}

static int64_t
take_late(struct record_clock *clock, int64_t stamp_ms)
{
	return record_clock_take(clock, stamp_ms, NOW, true);
}

static void
test_bounds(void)
{
	struct record_clock clock = {0};

	IS_INT(take(&clock, 0, NOW), NOW,
	    "a record without a time has that of its arrival");
	IS_INT(clock.newest_ms, 0, "and says nothing of the file");
	IS_INT(take(&clock, NOW - 400 * DAY, NOW), NOW - 400 * DAY,
	    "the first may be old, as in a log that is read late");
	IS_INT(take(&clock, NOW - 402 * DAY, NOW), NOW,
	    "more than a day behind the newest is not believed");
	IS_INT(take(&clock, NOW - 401 * DAY, NOW), NOW - 401 * DAY,
	    "a day behind is");
	IS_INT(take(&clock, NOW - 401 * DAY - 1, NOW), NOW,
	    "a millisecond more is not");
	IS_INT(clock.newest_ms, NOW - 400 * DAY, "the newest stays");
	IS_INT(take(&clock, NOW + 60000, NOW), NOW + 60000,
	    "a minute ahead of now is believed");
	IS_INT(take(&clock, NOW + 60001, NOW), NOW,
	    "a millisecond more is not");
	IS_INT(clock.newest_ms, NOW + 60000, "the newest is the believed one");
}

static void
test_set_back(void)
{
	struct record_clock clock = {.newest_ms = NOW};
	int64_t before = NOW - 30 * DAY;

	IS_INT(take(&clock, before - 10, before), before - 10,
	    "after the clock was set back records are believed again");
	IS_INT(clock.newest_ms, before, "the newest became now");
	clock.newest_ms = before + 60000;
	take(&clock, 0, before);
	IS_INT(clock.newest_ms, before + 60000,
	    "a newest within the minute stays");
}

/* A backlog, an hour old. */
static void
test_late(void)
{
	const int64_t then = NOW - 60 * 60 * 1000;
	struct record_clock clock = {0}, bare = {0}, restored = {.newest_ms = then};

	take_late(&clock, then);
	IS_INT(take_late(&clock, 0), then,
	    "one without a time is as old as the newest before it");
	IS_INT(take_late(&clock, NOW + 400 * DAY), then, "a forged one too");
	IS_INT(take_late(&clock, then - 2 * DAY), then, "or one long past");
	IS_INT(take_late(&clock, then + 1000), then + 1000,
	    "the next that has one has its own");
	IS_INT(take(&clock, 0, NOW), NOW,
	    "what is read as it is written has that of its arrival");
	take_late(&clock, NOW + 60000);
	IS_INT(take_late(&clock, 0), NOW, "none is later than now");
	IS_INT(take_late(&bare, 0), NOW,
	    "without any time before, arrival counts");
	take_late(&bare, then);
	IS_INT(take_late(&bare, 0), NOW,
	    "and a date in the midst of a log without times moves nothing");
	IS_INT(take_late(&restored, 0), NOW,
	    "what was read by another process says nothing");
}

static void
test_hostile(void)
{
	struct record_clock clock = {0};

	IS_INT(take(&clock, INT64_MAX, NOW), NOW,
	    "the end of time is not believed");
	IS_INT(take(&clock, INT64_MIN, NOW), NOW,
	    "nor the beginning");
	IS_INT(take(&clock, -5, NOW), NOW, "nor what was before");
	IS_INT(take(&clock, 1, INT64_MAX), 1,
	    "a now at the end of time does not overflow");
	IS_INT(take(&clock, 2, INT64_MIN), INT64_MIN,
	    "nor one at the beginning");
}

int
main(void)
{
	test_bounds();
	test_set_back();
	test_late();
	test_hostile();
	return tap_done();
}
