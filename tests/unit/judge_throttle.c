/*
 * judge_throttle: the gate, on a clock in hand.
 */
#include "config.h"

#include "base/fields.h"
#include "base/mem.h"
#include "judge/throttle.h"
#include "tap.h"

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define START INT64_C(1700000000000)

static struct throttle_spec
spec_of(const char *text)
{
	struct throttle_spec spec = {0, 0};
	struct err err = ERR_INIT;

	if (throttle_parse(span_str(text), &spec, &err))
		printf("# %s: %s\n", text, err.text);
	return spec;
}

static bool
formats_as(const char *text, const char *want)
{
	struct throttle_spec spec = spec_of(text);
	struct buf out = BUF_INIT;
	bool same;

	throttle_format(&spec, &out);
	same = !strcmp(buf_str(&out), want);
	if (!same)
		printf("# got: %s\n", buf_str(&out));
	buf_release(&out);
	return same;
}

static bool
refused(const char *text)
{
	struct throttle_spec spec = {42, 43};
	struct err err = ERR_INIT;

	return throttle_parse(span_str(text), &spec, &err) && err.text[0] &&
	       spec.period_ms == 42;
}

static bool
names_none(const char *text)
{
	struct throttle_spec spec;
	struct err err = ERR_INIT;

	return throttle_parse(span_str(text), &spec, &err) &&
	       strstr(err.text, "\"none\"");
}

static void
test_words(void)
{
	OK(formats_as("none", "none"), "none is none");
	OK(formats_as("1h", "1h"), "a time is a time");
	OK(formats_as("10m  double max 4h", "10m double max 4h"),
	    "double max is kept");
	OK(formats_as("1h double", "1h double max 24h") ||
		formats_as("1h double", "1h double max 1d"),
	    "double alone stops at 24 times the time");
	OK(formats_as("10d double", "10d double max 31d"),
	    "and never beyond 31 days");
	OK(formats_as("1h double max 1h", "1h"),
	    "a max equal to the time does not double");
	OK(refused(""), "nothing is refused");
	OK(refused("0s"), "no time is refused");
	OK(refused("32d"), "more than 31 days are refused");
	OK(refused("none 1h"), "none takes no argument");
	OK(refused("1h triple"), "an unknown word is refused");
	OK(refused("1h double 4h"), "double needs the word max");
	OK(refused("1h double max"), "max needs a time");
	OK(refused("1h double max 4h 5"), "nothing may follow");
	OK(refused("1h double max 10m"), "a max below the time is refused");
	OK(refused("double max 4h"), "a time comes first");
	OK(names_none("no") && names_none("off") && names_none("0"),
	    "who wants none is told how it is written");
	OK(!names_none("10 minutes"), "who has a unit too long is told of that");
}

static bool
admit(const struct throttle_spec *spec, struct throttle *throttle,
    int64_t now_ms, int64_t matches, const char *line)
{
	struct throttle_event event = {
	    matches, now_ms - 5, now_ms, span_str(line), NULL};

	return throttle_admit(spec, throttle, now_ms, &event);
}

static int64_t
sum_of(const struct histogram *times)
{
	int64_t sum = 0;

	for (int i = 0; times && i < HISTOGRAM_BINS; i++)
		sum += times->bins[i];
	return sum;
}

static void
test_times(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle throttle = {0};
	struct histogram window = {0};
	struct throttle_event event = {.matches = 3,
	    .first_ms = START,
	    .last_ms = START + 2 * MINUTE,
	    .line = span_str("x"),
	    .times = &window};
	struct throttle_summary summary;

	admit(&spec, &throttle, START, 1, "a");
	admit(&spec, &throttle, START + MINUTE, 1, "b");
	OK(!throttle.times, "of one record the first and last time tell all");
	for (int i = 0; i < 3; i++)
		histogram_add(&window, START + i * MINUTE, 1);
	throttle_admit(&spec, &throttle, START + 2 * MINUTE, &event);
	throttle_take(&throttle, &summary);
	OK(summary.times && sum_of(summary.times) == 4 &&
		summary.times->bins[0] == 1 && !throttle.times,
	    "of more their times are counted, and those of a window are its "
	    "own");
	throttle_summary_release(&summary);
	OK(!summary.times && !summary.last_line, "a summary is released");
	admit(&spec, &throttle, START + 3 * MINUTE, 1, "b");
	OK(!throttle.times, "and what comes then begins anew");
	throttle_release(&throttle);
}

static void
test_gate(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle throttle = {0};
	struct throttle_summary summary;

	OK(admit(&spec, &throttle, START, 1, "first"), "the first one passes");
	IS_INT(throttle_due(&throttle), START + 10 * MINUTE,
	    "the gate is closed for the period");
	OK(!admit(&spec, &throttle, START + 1, 5, "second"),
	    "the second one is held");
	OK(!admit(&spec, &throttle, START + 10 * MINUTE - 1, 1, "third"),
	    "so is one just before the end");
	IS_INT(throttle.held, 6, "the matches held are counted");
	throttle_expire(&spec, &throttle, START + MINUTE, &summary);
	IS_INT(summary.held, 0, "too early, nothing is due");
	OK(!admit(&spec, &throttle, START + 11 * MINUTE, 1, "late"),
	    "what comes before an overdue summary goes with it");
	throttle_expire(&spec, &throttle, START + 12 * MINUTE, &summary);
	IS_INT(summary.held, 7, "the summary counts all matches");
	IS_INT(summary.period_ms, 10 * MINUTE, "it knows its period");
	OK(summary.first_ms == START + 1 - 5 &&
		summary.last_ms == START + 11 * MINUTE,
	    "it knows the first and last time");
	IS_STR(summary.last_line, "late", "and the last line");
	OK(summary.times && sum_of(summary.times) == 7 && !throttle.times,
	    "and when they came");
	throttle_summary_release(&summary);
	IS_INT(throttle_due(&throttle), START + 22 * MINUTE,
	    "the gate closes again");
	throttle_expire(&spec, &throttle, START + 22 * MINUTE, &summary);
	OK(!summary.held && !throttle_due(&throttle),
	    "after a quiet period it opens");
	OK(admit(&spec, &throttle, START + 23 * MINUTE, 1, "x"),
	    "and the next one passes");
	throttle_release(&throttle);
}

static void
test_quiet_end(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle throttle = {0};

	admit(&spec, &throttle, START, 1, "a");
	OK(admit(&spec, &throttle, START + 10 * MINUTE, 1, "b"),
	    "at the end of a quiet period the next passes at once");
	IS_INT(throttle_due(&throttle), START + 20 * MINUTE,
	    "and closes the gate anew");
	throttle_release(&throttle);
}

static void
test_double(void)
{
	struct throttle_spec spec = spec_of("10m double max 35m");
	struct throttle throttle = {0};
	struct throttle_summary summary;
	int64_t want[] = {20, 35, 35};
	int i;

	admit(&spec, &throttle, START, 1, "a");
	for (i = 0; i < 3; i++) {
		int64_t due = throttle_due(&throttle);

		admit(&spec, &throttle, due - 1, 1, "b");
		throttle_expire(&spec, &throttle, due, &summary);
		throttle_summary_release(&summary);
		OK(throttle_due(&throttle) == due + want[i] * MINUTE,
		    "period %d lasts %d minutes", i + 2, (int)want[i]);
	}
	throttle_expire(&spec, &throttle, throttle_due(&throttle), &summary);
	admit(&spec, &throttle, START + 1000 * MINUTE, 1, "c");
	IS_INT(throttle_due(&throttle), START + 1010 * MINUTE,
	    "after a quiet period the length starts over");
	throttle_release(&throttle);
}

static void
test_none(void)
{
	struct throttle_spec spec = spec_of("none");
	struct throttle throttle = {0};
	int i, passed = 0;

	for (i = 0; i < 5; i++)
		passed += admit(&spec, &throttle, START, 1, "a");
	IS_INT(passed, 5, "without a throttle everything passes");
	IS_INT(throttle_due(&throttle), 0, "and nothing is ever due");
}

static void
test_clock_step(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle throttle = {0};

	admit(&spec, &throttle, START, 1, "a");
	OK(!admit(&spec, &throttle, START - 5000 * MINUTE, 1, "b"),
	    "after the clock was set back the gate is still closed");
	IS_INT(throttle_due(&throttle), START - 4990 * MINUTE,
	    "but no longer than its own length");
	throttle_release(&throttle);
}

static void
test_long_line(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle throttle = {0};
	char line[THROTTLE_LINE_MAX + 100];
	struct throttle_event event = {1, 0, 0, {line, sizeof(line)}, NULL};

	memset(line, 'x', sizeof(line));
	line[3] = '\0';
	admit(&spec, &throttle, START, 1, "a");
	throttle_admit(&spec, &throttle, START, &event);
	IS_INT(throttle.last_len, THROTTLE_LINE_MAX,
	    "a long line is cut, a NUL in it does not end it");
	OK(!memcmp(throttle.last_line + THROTTLE_LINE_MAX - 8, "xx [...]", 8),
	    "and says so");
	throttle_release(&throttle);
	admit(&spec, &throttle, START, 1, "a");
	admit(&spec, &throttle, START, INT64_MAX, "a");
	admit(&spec, &throttle, START, INT64_MAX, "a");
	IS_INT(throttle.held, INT64_MAX, "the count cannot overflow");
	throttle_release(&throttle);
}

static int
load(const struct throttle_spec *spec, const struct buf *bytes,
    struct throttle *throttle)
{
	struct err err = ERR_INIT;
	int result =
	    throttle_load(spec, throttle, buf_span(bytes), START, &err);

	if (result)
		printf("# %s\n", err.text);
	return result;
}

static void
test_saved(void)
{
	struct throttle_spec spec = spec_of("10m double max 4h");
	struct throttle throttle = {0}, back = {0};
	struct buf saved = BUF_INIT;

	throttle_save(&throttle, &saved);
	OK(!saved.len && !load(&spec, &saved, &back) && !back.until_ms,
	    "an open gate is saved as nothing");
	admit(&spec, &throttle, START, 1, "a");
	admit(&spec, &throttle, START + 1, 3, "last");
	throttle_save(&throttle, &saved);
	OK(!load(&spec, &saved, &back), "a closed one can be loaded");
	OK(back.until_ms == throttle.until_ms &&
		back.length_ms == throttle.length_ms && back.held == 3 &&
		back.held_first_ms == throttle.held_first_ms &&
		back.held_last_ms == throttle.held_last_ms,
	    "with all its numbers");
	IS_STR(back.last_line, "last", "and its last line");
	OK(back.times && throttle.times && sum_of(back.times) == back.held &&
		!memcmp(back.times, throttle.times, sizeof(*back.times)),
	    "and its times");
	throttle_release(&throttle);
	throttle_release(&back);
	buf_drop(&saved, 1);
	OK(load(&spec, &saved, &back), "damaged bytes are refused");
	buf_release(&saved);
}

static void
saved_numbers(struct buf *out, int64_t until, int64_t length, int64_t held)
{
	buf_reset(out);
	fields_add_number(out, "until", until);
	fields_add_number(out, "length", length);
	fields_add_number(out, "held", held);
}

static void
test_hostile(void)
{
	struct throttle_spec spec = spec_of("10m");
	struct throttle back = {0};
	struct buf saved = BUF_INIT;

	saved_numbers(&saved, INT64_MAX, 10 * MINUTE, 0);
	OK(!load(&spec, &saved, &back) && back.until_ms == START + 10 * MINUTE,
	    "a stored deadline far away is brought back to its length");
	saved_numbers(&saved, START, INT64_MAX, 0);
	OK(load(&spec, &saved, &back), "a length beyond the max is refused");
	saved_numbers(&saved, START, 0, 0);
	OK(load(&spec, &saved, &back), "a length of nothing too");
	saved_numbers(&saved, -5, 10 * MINUTE, 0);
	OK(load(&spec, &saved, &back), "a deadline before time began too");
	saved_numbers(&saved, START, 10 * MINUTE, -1);
	OK(load(&spec, &saved, &back), "a negative count too");
	OK(!back.until_ms, "and what is refused leaves the gate open");
	saved_numbers(&saved, START, 10 * MINUTE, 4);
	OK(!load(&spec, &saved, &back) && back.held == 4 && back.last_line,
	    "a missing line is an empty one");
	admit(&spec, &back, START + MINUTE, 2, "x");
	OK(back.times && sum_of(back.times) == 6,
	    "what an older version saved without times counts all the same");
	throttle_release(&back);
	fields_add_str(&saved, "times", "torn");
	OK(load(&spec, &saved, &back) && !back.until_ms && !back.times,
	    "times that are damaged are refused");
	throttle_release(&back);
	buf_release(&saved);
}

int
main(void)
{
	test_words();
	test_gate();
	test_times();
	test_quiet_end();
	test_double();
	test_none();
	test_clock_step();
	test_long_line();
	test_saved();
	test_hostile();
	return tap_done();
}
