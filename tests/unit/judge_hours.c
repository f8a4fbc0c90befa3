/* Unit tests of judge/hours.h, against a walk through every minute. */
#include "config.h"

#include <time.h>

#include "base/civil.h"
#include "judge/hours.h"
#include "tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static void
set_zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

static struct hours_spec
spec_of(const char *text)
{
	struct hours_spec spec = {0};
	struct err err = ERR_INIT;

	if (hours_parse(span_str(text), &spec, &err))
		OK(false, "`%s' should be read: %s", text, err.text);
	return spec;
}

static int64_t
local_at(int year, int month, int day, int hour, int minute)
{
	struct civil_zone zone = {0};
	struct civil civil = {year, month, day, hour, minute, 0, 0};

	return civil_local_ms(&zone, &civil, 0);
}

static void
reads(const char *text, const char *written)
{
	struct hours_spec spec = spec_of(text), again = {0};
	struct buf out = BUF_INIT;

	hours_format(&spec, &out);
	IS_STR(buf_str(&out), written, text);
	OK(!hours_parse(buf_span(&out), &again, NULL) &&
		!memcmp(&spec, &again, sizeof(spec)),
	    "what is written is read as the same");
	buf_release(&out);
}

static void
test_text(void)
{
	reads("", "");
	reads("  ", "");
	reads("08:00-18:00", "08:00-18:00");
	reads("mon-fri 08:00-18:00, sat 09:00-12:00 else hold",
	    "mon-fri 08:00-18:00, sat 09:00-12:00");
	reads("Mon-Fri 8:00-18:00 else drop", "mon-fri 08:00-18:00 else drop");
	reads("mon,wed ,fri 08:00-12:00,sat 0:00-24:00 else sink pager",
	    "mon,wed,fri 08:00-12:00, sat 00:00-24:00 else sink pager");
	reads("sunday 22:00-06:00", "sun 22:00-06:00");
	reads("fri-mon 00:00-24:00", "mon,fri-sun 00:00-24:00");
	reads("sat-sun 00:00-24:00", "sat,sun 00:00-24:00");
	reads("08:00-12:00, 13:00-17:00", "08:00-12:00, 13:00-17:00");
	reads("08:00-12:00, sat 13:00-17:00",
	    "mon-sun 08:00-12:00, sat 13:00-17:00");
	reads("mon-sun 08:00-12:00", "08:00-12:00");
	reads("mon-wed,fri,sun 08:00-12:00", "mon-wed,fri,sun 08:00-12:00");
}

static void
refuses(const char *text, const char *part)
{
	struct hours_spec spec = {0};
	struct err err = ERR_INIT;

	OK(hours_parse(span_str(text), &spec, &err) == -1 &&
		strstr(err.text, part),
	    "`%s' is refused: %s", text, err.text);
	OK(!spec.count, "and nothing changes");
}

static void
test_refused(void)
{
	char many[4096] = "00:00-01:00", long_sink[128];

	refuses("mon", "no hours");
	refuses("mon-fri else hold", "no day");
	refuses("mon-fri 08:00", "no range");
	refuses("mon-fri 08:00-25:00", "no range");
	refuses("mon-fri 08:60-12:00", "no range");
	refuses("mon-fri 24:00-12:00", "no range");
	refuses("mon-fri 08:00-24:01", "no range");
	refuses("mon-fri 8-18", "no range");
	refuses("mon-fri 008:00-18:00", "no range");
	refuses("08:00-18:00:00", "no range");
	refuses("08:0a-18:00", "no range");
	refuses("mon-fri 08:00-08:00", "never open");
	refuses("mo-fr 08:00-18:00", "no day");
	refuses("mon- 08:00-18:00", "no day");
	refuses("-fri 08:00-18:00", "no day");
	refuses("mon-fri 08:00 - 18:00", "no range");
	refuses("mon-fri 08:00-12:00 13:00-17:00", "comma");
	refuses("mon-fri 08:00-12:00, 13:00-17:00", "no days");
	refuses("08:00-12:00,", "leave it out");
	refuses("08:00-12:00, else hold", "leave it out");
	refuses(",08:00-12:00", "no day");
	refuses("08:00-12:00,,13:00-14:00", "no day");
	refuses("else hold", "no day");
	refuses("08:00-12:00 else", "comma");
	refuses("08:00-12:00 else wait", "hold, drop");
	refuses("08:00-12:00 else hold on", "hold, drop");
	refuses("08:00-12:00 else sink", "hold, drop");
	refuses("08:00-12:00 else sink a b", "hold, drop");
	refuses("08:00-12:00 else sink a,b", "hold, drop");
	refuses("08:00-12:00 else drop, hold", "hold, drop");
	for (int i = 1; i <= HOURS_RANGES_MAX; i++)
		strcat(many, ", 00:00-01:00");
	refuses(many, "more than 32");
	memset(long_sink, 'a', sizeof(long_sink));
	memcpy(long_sink, "08:00-12:00 else sink ", 22);
	long_sink[22 + HOURS_SINK_MAX] = '\0';
	refuses(long_sink, "too long");
	long_sink[22 + HOURS_SINK_MAX - 1] = '\0';
	IS_INT(strlen(spec_of(long_sink).sink), HOURS_SINK_MAX - 1,
	    "the longest name is kept whole");
}

static void
test_open(void)
{
	struct hours_spec week = spec_of("mon-fri 08:00-18:00"), none = {0};
	struct hours_spec night = spec_of("sat 22:00-06:00");

	set_zone("Europe/Berlin");
	OK(!hours_are_open(&week, local_at(2026, 11, 23, 8, 0) - 1),
	    "closed a millisecond before it opens");
	OK(hours_are_open(&week, local_at(2026, 11, 23, 8, 0)),
	    "open when it opens");
	OK(hours_are_open(&week, local_at(2026, 11, 23, 18, 0) - 1),
	    "open a millisecond before it closes");
	OK(!hours_are_open(&week, local_at(2026, 11, 23, 18, 0)),
	    "closed when it closes");
	OK(!hours_are_open(&week, local_at(2026, 11, 22, 12, 0)),
	    "closed on Sunday");
	OK(hours_are_open(&night, local_at(2026, 11, 22, 5, 59)),
	    "a range that passes midnight goes on into Sunday");
	OK(!hours_are_open(&night, local_at(2026, 11, 21, 5, 59)),
	    "and is Friday's no more on Saturday");
	OK(hours_are_open(&none, 5), "without ranges it is always open");
	IS_INT(hours_next_open(&none, 5), 5, "and opens at once");
	IS_INT(hours_add(&none, 5, 7), 12, "and adds plainly");
	IS_INT(hours_next_open(&week, local_at(2026, 11, 20, 18, 0)),
	    local_at(2026, 11, 23, 8, 0), "Friday evening waits for Monday");
	IS_INT(hours_add(&week, local_at(2026, 11, 20, 17, 0), 2 * HOUR),
	    local_at(2026, 11, 23, 9, 0), "an hour on each side of a weekend");
	IS_INT(hours_add(&week, local_at(2026, 11, 20, 17, 0), HOUR),
	    local_at(2026, 11, 20, 18, 0), "an hour up to the closing");
	IS_INT(hours_add(&week, local_at(2026, 11, 21, 0, 0), 0),
	    local_at(2026, 11, 21, 0, 0), "nothing to add is now");
}

static void
test_always(void)
{
	static const char *const texts[] = {"00:00-24:00",
	    "00:00-12:00, 12:00-24:00", "mon-sun 00:00-24:00",
	    ("mon-wed 06:00-24:00, thu-sun 06:00-05:00, "
	     "mon-sun 00:00-06:00, thu-sun 04:00-24:00"),
	    "08:00-07:00, 06:00-09:00"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct hours_spec spec = spec_of(texts[i]);

		OK(hours_add(&spec, 1000, 500 * DAY) == 1000 + 500 * DAY,
		    "`%s' never closes, and adds plainly", texts[i]);
	}
}

static void
test_ends(void)
{
	static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0,
	    INT64_MAX - DAY, INT64_MAX - 1, INT64_MAX};
	struct hours_spec spec = spec_of("sun 10:00-10:01");

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		hours_are_open(&spec, ends[i]);
		OK(hours_next_open(&spec, ends[i]) >= ends[i],
		    "moment %zu is taken", i);
		OK(hours_add(&spec, ends[i], INT64_MAX) >= ends[i],
		    "and all of time may be added");
	}
	IS_INT(hours_add(&spec, 0, INT64_MAX), INT64_MAX,
	    "the end of time is the end");
}

/* Adds by asking at every minute. */
static int64_t
walk(const struct hours_spec *spec, int64_t at, int64_t minutes)
{
	for (; minutes > 0; at += MINUTE)
		minutes -= hours_are_open(spec, at);
	return at;
}

static void
try_walk(const char *zone, const char *text, int64_t from)
{
	struct hours_spec spec = spec_of(text);
	int64_t opens = from;
	bool same = true;

	set_zone(zone);
	while (!hours_are_open(&spec, opens))
		opens += MINUTE;
	OK(hours_next_open(&spec, from) == opens,
	    "%s, %s: they open as in the walk", zone, text);
	for (int64_t minutes = 1; minutes < 20000; minutes = minutes * 4 + 7)
		if (hours_add(&spec, from, minutes * MINUTE) !=
		    walk(&spec, from, minutes))
			same = false;
	OK(same, "%s, %s: open time adds up as in the walk", zone, text);
}

static void
test_walks(void)
{
	static const char *const texts[] = {"mon-fri 08:00-18:00",
	    "sun 01:30-02:45, mon-sun 02:15-02:20", "22:00-03:00",
	    "sat 22:00-02:30, sun 02:30-24:00"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		set_zone("Europe/Berlin");
		try_walk("Europe/Berlin", texts[i],
		    local_at(2026, 3, 28, 21, 0));
		try_walk("Europe/Berlin", texts[i],
		    local_at(2026, 10, 24, 21, 0));
		set_zone("Australia/Lord_Howe");
		try_walk("Australia/Lord_Howe", texts[i],
		    local_at(2026, 10, 3, 21, 0));
		try_walk("Australia/Lord_Howe", texts[i],
		    local_at(2026, 4, 4, 21, 0));
		set_zone("Pacific/Apia");
		try_walk("Pacific/Apia", texts[i],
		    local_at(2011, 12, 29, 12, 0));
	}
}

/* Half a year by whole weeks is what a year of single days sums up to. */
static void
test_long(void)
{
	struct hours_spec spec = spec_of("mon-fri 08:00-18:00, sun 01:00-04:00");
	int64_t from, once, steps;

	set_zone("Europe/Berlin");
	from = local_at(2026, 1, 1, 0, 0);
	once = hours_add(&spec, from, 1500 * HOUR);
	steps = from;
	for (int i = 0; i < 1500; i++)
		steps = hours_add(&spec, steps, HOUR);
	IS_INT(once, steps, "1,500 hours at once are 1,500 times an hour");
	OK(hours_add(&spec, from, 3650 * DAY) > from + 3650 * DAY,
	    "ten years of open time take longer than ten years");
}

int
main(void)
{
	test_text();
	test_refused();
	test_open();
	test_always();
	test_ends();
	test_walks();
	test_long();
	return tap_done();
}
