/*
 * judge_when_clock: absent and unless, and the clock below.
 */
#include "config.h"

#include <time.h>

#include "base/fields.h"
#include "judge/absence.h"
#include "judge/when.h"
#include "tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
/* A Monday at 00:00 UTC. */
#define MONDAY (INT64_C(1704067200) * 1000)

static const struct hours_spec always;

struct clock_of {
	struct when_spec spec;
	struct when_state *state;
	struct when_met met;
	const struct hours_spec *hours;
};

static struct clock_of
clock_of(const char *text)
{
	struct clock_of clock = {.hours = &always};
	struct err err = ERR_INIT;

	if (when_parse(span_str(text), &clock.spec, &err))
		printf("# %s\n", err.text);
	clock.state = when_state_new(&clock.spec);
	return clock;
}

static void
clock_release(struct clock_of *clock)
{
	when_state_free(&clock->spec, clock->state);
}

static enum when_answer
feed(struct clock_of *clock, int64_t time_ms, int64_t now_ms)
{
	struct when_match match = {
	    .time_ms = time_ms, .now_ms = now_ms, .hours = clock->hours};

	clock->met = (struct when_met){-1, -1, -1};
	return when_feed(&clock->spec, clock->state, &match, &clock->met);
}

static enum when_answer
partner(struct clock_of *clock, int64_t time_ms, int64_t now_ms)
{
	struct when_match match = {
	    .time_ms = time_ms, .now_ms = now_ms, .hours = clock->hours};

	clock->met = (struct when_met){-1, -1, -1};
	return when_partner(&clock->spec, clock->state, &match, &clock->met);
}

static bool
ring(struct clock_of *clock, int64_t now_ms)
{
	clock->met = (struct when_met){-1, -1, -1};
	return when_ring(&clock->spec, clock->state, now_ms, &clock->met);
}

static bool
met(const struct clock_of *clock, int64_t count, int64_t first_ms)
{
	return clock->met.count == count && clock->met.first_ms == first_ms;
}

static int64_t
deadline(const struct clock_of *clock)
{
	return when_deadline(&clock->spec, clock->state);
}

static int64_t
pending(const struct clock_of *clock)
{
	return when_pending(&clock->spec, clock->state);
}

/* As a restart at this time. */
static bool
restart(struct clock_of *clock, int64_t now_ms)
{
	struct when_state *state = when_state_new(&clock->spec);
	struct buf saved = BUF_INIT;
	struct err err = ERR_INIT;
	bool loaded;

	when_save(&clock->spec, clock->state, &saved);
	loaded = !when_load(
	    &clock->spec, state, clock->hours, buf_span(&saved), now_ms, &err);
	if (!loaded)
		printf("# %s\n", err.text);
	buf_release(&saved);
	when_state_free(&clock->spec, clock->state);
	clock->state = state;
	return loaded;
}

static void
test_absent(void)
{
	struct clock_of clock = clock_of("absent 1h");

	OK(!deadline(&clock) && !pending(&clock) && !ring(&clock, INT64_MAX),
	    "without a sign or a start no clock runs");
	when_start(&clock.spec, clock.state, &always, MONDAY);
	OK(deadline(&clock) == MONDAY + HOUR && pending(&clock) == 1,
	    "started, it runs");
	when_start(&clock.spec, clock.state, &always, MONDAY + MINUTE);
	IS_INT(deadline(&clock), MONDAY + HOUR,
	    "starting what runs changes nothing");
	OK(!ring(&clock, MONDAY + HOUR - 1), "it does not ring before");
	OK(ring(&clock, MONDAY + HOUR) && met(&clock, 0, 0),
	    "it rings when it is due, and says that there never was a sign");
	OK(!ring(&clock, MONDAY + 5 * HOUR) && !deadline(&clock),
	    "it rings once");
	IS_INT(pending(&clock), 1, "and waits for the sign");
	OK(feed(&clock, 1, MONDAY + 2 * HOUR) == WHEN_BACK &&
		met(&clock, 0, MONDAY),
	    "which is a recovery, and says since when");
	OK(feed(&clock, 1, MONDAY + 3 * HOUR - 1) == WHEN_COUNTED &&
		deadline(&clock) == MONDAY + 4 * HOUR - 1,
	    "each further one winds it up");
	OK(ring(&clock, MONDAY + 5 * HOUR) &&
		met(&clock, 0, MONDAY + 3 * HOUR - 1),
	    "when it rings then it names the last sign");
	clock_release(&clock);
}

static void
test_absent_kept(void)
{
	struct clock_of clock = clock_of("absent 1h");

	OK(restart(&clock, MONDAY) && !pending(&clock),
	    "what does not run is saved as nothing");
	feed(&clock, 1, MONDAY);
	OK(restart(&clock, MONDAY + 30 * HOUR) &&
		deadline(&clock) == MONDAY + HOUR,
	    "a restart does not move the deadline");
	OK(ring(&clock, MONDAY + 30 * HOUR) && restart(&clock, MONDAY) &&
		!deadline(&clock) &&
		feed(&clock, 1, MONDAY + 31 * HOUR) == WHEN_BACK,
	    "what was told is known after a restart");
	feed(&clock, 1, MONDAY + 40 * HOUR);
	when_settle(&clock.spec, clock.state, &always, MONDAY);
	OK(deadline(&clock) == MONDAY + HOUR,
	    "after the clock was set back it rings no later than its length");
	feed(&clock, 1, MONDAY + 40 * HOUR);
	OK(restart(&clock, MONDAY) && deadline(&clock) == MONDAY + HOUR,
	    "nor when that happened while nobody ran");
	clock_release(&clock);
}

static void
test_hours(void)
{
	struct clock_of clock = clock_of("absent 2h");
	struct hours_spec office = {0};
	struct err err = ERR_INIT;

	setenv("TZ", "UTC", 1);
	tzset();
	if (hours_parse(span_str("mon-fri 08:00-18:00"), &office, &err))
		printf("# %s\n", err.text);
	clock.hours = &office;
	feed(&clock, 1, MONDAY + 17 * HOUR);
	IS_INT(deadline(&clock), MONDAY + 33 * HOUR,
	    "a clock runs in its hours only");
	OK(restart(&clock, MONDAY + 18 * HOUR) &&
		deadline(&clock) == MONDAY + 33 * HOUR,
	    "after a restart too");
	clock_release(&clock);
	clock = clock_of("unless x in 2h");
	clock.hours = &office;
	feed(&clock, MONDAY + 17 * HOUR, MONDAY + 17 * HOUR);
	IS_INT(deadline(&clock), MONDAY + 33 * HOUR, "that of unless, too");
	OK(partner(&clock, MONDAY + 33 * HOUR, MONDAY + 40 * HOUR) ==
		    WHEN_COUNTED &&
		!pending(&clock),
	    "and the other rule has all of that time");
	clock_release(&clock);
}

static void
test_unless_in_time(void)
{
	struct clock_of clock = clock_of("unless done in 1h");

	OK(partner(&clock, 5000, 5000) == WHEN_COUNTED && !pending(&clock),
	    "the other rule alone does nothing");
	OK(feed(&clock, 10000, MONDAY) == WHEN_COUNTED &&
		deadline(&clock) == MONDAY + HOUR,
	    "a match starts the clock, by arrival");
	OK(feed(&clock, 12000, MONDAY + MINUTE) == WHEN_COUNTED &&
		deadline(&clock) == MONDAY + HOUR && pending(&clock) == 2 &&
		when_newest(&clock.spec, clock.state) == 12000,
	    "further ones are only counted");
	OK(partner(&clock, 9999, MONDAY) == WHEN_COUNTED &&
		pending(&clock) == 2,
	    "a match of the other rule that is older does not stop it");
	OK(partner(&clock, 10000, MONDAY) == WHEN_COUNTED && !pending(&clock) &&
		!deadline(&clock) && !ring(&clock, INT64_MAX),
	    "one of the same time does");
	feed(&clock, 10000, MONDAY);
	OK(partner(&clock, 10000 + HOUR, MONDAY + 50 * HOUR) == WHEN_COUNTED &&
		!pending(&clock),
	    "and the last in time, whenever it is read");
	clock_release(&clock);
}

static void
test_unless_late(void)
{
	struct clock_of clock = clock_of("unless done in 1h");

	feed(&clock, 10000, MONDAY);
	feed(&clock, 11000, MONDAY);
	OK(partner(&clock, 10001 + HOUR, MONDAY + 1) == WHEN_MET &&
		met(&clock, 2, 10000),
	    "one that is too late by the records' times meets the condition");
	OK(!pending(&clock) && !deadline(&clock),
	    "and ends it at the same time");
	feed(&clock, 20000, MONDAY);
	feed(&clock, 21000, MONDAY);
	OK(!ring(&clock, MONDAY + HOUR - 1), "the clock rings when it is due");
	OK(ring(&clock, MONDAY + HOUR) && met(&clock, 2, 20000),
	    "with what it counted");
	OK(!ring(&clock, MONDAY + 9 * HOUR) && !deadline(&clock) &&
		pending(&clock) == 1,
	    "once, and then it waits");
	OK(partner(&clock, 19999, MONDAY + 2 * HOUR) == WHEN_COUNTED &&
		pending(&clock) == 1,
	    "an older match of the other rule is no recovery");
	OK(partner(&clock, 30000, MONDAY + 2 * HOUR) == WHEN_BACK &&
		met(&clock, 0, MONDAY + HOUR) && !pending(&clock),
	    "a newer one is, and says since when it was told");
	clock_release(&clock);
}

static void
test_unless_again(void)
{
	struct clock_of clock = clock_of("unless done in 1h");

	feed(&clock, MONDAY, MONDAY);
	ring(&clock, MONDAY + HOUR);
	OK(feed(&clock, MONDAY + 2 * HOUR, MONDAY + 2 * HOUR) == WHEN_COUNTED &&
		deadline(&clock) == MONDAY + 3 * HOUR,
	    "after it rang a match starts it again");
	OK(partner(&clock, MONDAY + HOUR, MONDAY + 2 * HOUR) == WHEN_BACK &&
		deadline(&clock) == MONDAY + 3 * HOUR,
	    "what ends the first does not stop the second if it is older");
	OK(ring(&clock, MONDAY + 3 * HOUR), "it rings for the second, too");
	feed(&clock, MONDAY + 4 * HOUR, MONDAY + 4 * HOUR);
	OK(ring(&clock, MONDAY + 5 * HOUR), "and for the third");
	feed(&clock, MONDAY + 6 * HOUR, MONDAY + 6 * HOUR);
	OK(partner(&clock, MONDAY + 6 * HOUR, MONDAY + 6 * HOUR) == WHEN_BACK &&
		!pending(&clock) && met(&clock, 0, MONDAY + 3 * HOUR),
	    "one that is in time stops the clock and ends all that was told");
	clock_release(&clock);
}

static void
test_unless_kept(void)
{
	struct clock_of clock = clock_of("unless done in 1h");

	OK(restart(&clock, MONDAY) && !pending(&clock),
	    "what does not run is saved as nothing");
	feed(&clock, MONDAY, MONDAY);
	feed(&clock, MONDAY + 1, MONDAY);
	OK(restart(&clock, MONDAY + 5 * HOUR) && pending(&clock) == 2 &&
		deadline(&clock) == MONDAY + HOUR &&
		when_newest(&clock.spec, clock.state) == MONDAY + 1,
	    "a restart changes nothing");
	OK(ring(&clock, MONDAY + 5 * HOUR) && met(&clock, 2, MONDAY),
	    "it rings after it");
	OK(restart(&clock, MONDAY + 6 * HOUR) && pending(&clock) == 1 &&
		partner(&clock, MONDAY - 1, MONDAY) == WHEN_COUNTED &&
		partner(&clock, MONDAY, MONDAY) == WHEN_BACK,
	    "what was told is known after a restart");
	feed(&clock, MONDAY + 40 * HOUR, MONDAY + 40 * HOUR);
	when_settle(&clock.spec, clock.state, &always, MONDAY);
	OK(deadline(&clock) == MONDAY + HOUR &&
		when_newest(&clock.spec, clock.state) == MONDAY,
	    "after the clock was set back nothing lies in the future");
	feed(&clock, 1, MONDAY + 40 * HOUR);
	OK(restart(&clock, MONDAY - HOUR) && deadline(&clock) == MONDAY,
	    "nor when that happened while nobody ran");
	clock_release(&clock);
}

static bool
refuses(const char *text, const struct buf *saved)
{
	struct clock_of clock = clock_of(text);
	struct err err = ERR_INIT;
	bool refused = when_load(&clock.spec, clock.state, &always,
			   buf_span(saved), MONDAY, &err) &&
		       !pending(&clock) && !deadline(&clock) && err.text[0];

	clock_release(&clock);
	return refused;
}

static bool
refuses_numbers(const char *text, const char *name, int64_t value,
    const char *second, int64_t second_value)
{
	struct buf saved = BUF_INIT;
	bool refused;

	fields_add_number(&saved, name, value);
	fields_add_number(&saved, second, second_value);
	refused = refuses(text, &saved);
	buf_release(&saved);
	return refused;
}

static void
test_damaged(void)
{
	const char *unless = "unless x in 1h", *absent = "absent 1h";
	struct buf saved = BUF_INIT;

	buf_add_str(&saved, "\x05nonsense");
	OK(refuses(unless, &saved) && refuses(absent, &saved),
	    "bytes that are no fields are refused");
	buf_release(&saved);
	OK(refuses_numbers(absent, "since", -1, "missing", 1) &&
		refuses_numbers(absent, "since", 5, "missing", 2) &&
		refuses_numbers(absent, "since", 5, "signs", 1),
	    "impossible values of an absence are refused");
	OK(refuses_numbers(unless, "matches", 1, "since", 0) &&
		refuses_numbers(unless, "matches", 0, "since", 5) &&
		refuses_numbers(unless, "matches", -1, "since", 5) &&
		refuses_numbers(unless, "told", INT64_MAX, "first", 0) &&
		refuses_numbers(unless, "told", 5, "first", 7) &&
		refuses_numbers(unless, "told", 0, "told.first", 7),
	    "impossible values of a clock are refused");
}

int
main(void)
{
	test_absent();
	test_absent_kept();
	test_hours();
	test_unless_in_time();
	test_unless_late();
	test_unless_again();
	test_unless_kept();
	test_damaged();
	return tap_done();
}
