/*
 * judge_when: the words of `when`, and sliding windows.
 */
#include "config.h"

#include "base/mem.h"
#include "judge/when.h"
#include "tap.h"

static const struct hours_spec always;

static bool
feed(const struct when_spec *spec, struct when_state *state, int64_t time_ms,
    int64_t *count_out, int64_t *first_out)
{
	struct when_match match = {
	    .time_ms = time_ms, .now_ms = time_ms, .hours = &always};
	struct when_met met = {0};

	if (when_feed(spec, state, &match, &met) != WHEN_MET)
		return false;
	*count_out = met.count;
	*first_out = met.first_ms;
	return true;
}

static struct when_spec
spec_of(const char *text)
{
	struct when_spec spec = {0};
	struct err err = ERR_INIT;

	if (when_parse(span_str(text), &spec, &err))
		printf("# %s: %s\n", text, err.text);
	return spec;
}

static bool
refused(const char *text, const char *because)
{
	struct when_spec spec = {0};
	struct err err = ERR_INIT;

	if (when_parse(span_str(text), &spec, &err) &&
	    strstr(err.text, because) && !spec.kind)
		return true;
	printf("# \"%s\": %s\n", text, err.text);
	return false;
}

static bool
formats_as(const char *text, const char *want)
{
	struct when_spec spec = spec_of(text);
	struct buf out = BUF_INIT;
	bool same;

	when_format(&spec, &out);
	same = !strcmp(buf_str(&out), want);
	if (!same)
		printf("# got: %s\n", buf_str(&out));
	buf_release(&out);
	return same;
}

static void
test_words(void)
{
	OK(formats_as("each", "each"), "each is each");
	OK(formats_as("  5   in\t10m ", "5 in 10m"),
	    "blanks between words do not matter");
	OK(formats_as("10000 in 31d", "10000 in 31d"),
	    "the largest window is accepted");
	OK(formats_as("1 in 90s", "1 in 90s"), "one in a time is accepted");
	OK(refused("", "missing"), "nothing is refused");
	OK(refused("each 5", "nothing can follow"), "each takes no argument");
	OK(refused("5", "needs a time"), "a count alone is refused");
	OK(refused("5 in", "needs a time"), "a count without a time too");
	OK(refused("5 on 10m", "needs a time"), "and a wrong word");
	OK(refused("5 in 10m please", "needs a time"), "and one too many");
	OK(refused("0 in 10m", ""), "zero matches are refused");
	OK(refused("10001 in 10m", ""), "more than 10000 are refused");
	OK(refused("5 in 32d", "31d"), "more than 31 days are refused");
	OK(refused("5 in 0s", "longer than 0"), "no time at all is refused");
	OK(refused("5 in ten", ""), "a time must be one");
	OK(refused("always", "distinct 5 CAPTURE in 10m"),
	    "a word that is no condition is answered with all that are");
	OK(refused("always", "is no condition"), "an unknown word is refused");
	OK(refused("a b c d e f g h i", "too many words"),
	    "many words are refused");
}

static void
test_more_words(void)
{
	OK(formats_as("new", "new"), "new is new");
	OK(refused("new ip", "nothing can follow"), "new takes no argument");
	OK(formats_as("absent  26h", "absent 26h"), "absent has a time");
	OK(formats_as("absent 366d", "absent 366d"), "of up to a leap year");
	OK(refused("absent 367d", "366d"), "and not more");
	OK(refused("absent", "needs a time"), "absent alone is refused");
	OK(refused("absent 1h 2h", "needs a time"), "and with two times");
	OK(refused("absent 0s", "longer than 0"), "and with none");
	OK(formats_as("unless backup-done in 2h", "unless backup-done in 2h"),
	    "unless names a rule and has a time");
	OK(refused("unless backup-done", "needs a rule and a time"),
	    "a rule alone is refused");
	OK(refused("unless x on 5m", "needs a rule"), "a wrong word too");
	OK(refused("unless x in 32d", "31d"), "more than 31 days too");
	OK(refused("unless "
		   "0123456789012345678901234567890123456789012345678901234567"
		   "890123 in 5m",
	       "too long"),
	    "a name of 64 bytes is refused");
	OK(formats_as("distinct 3 ip in 5m", "distinct 3 ip in 5m"),
	    "distinct has a count, a capture and a time");
	OK(formats_as("distinct 10000 1 in 31d", "distinct 10000 1 in 31d"),
	    "the largest is accepted, and a capture's number");
	OK(refused("distinct 3 in 5m", "needs a count"),
	    "without its capture it is refused");
	OK(refused("distinct 10001 ip in 5m", ""), "and with too many");
	OK(refused("distinct ip 3 in 5m", "distinct 5 user in 10m"),
	    "and with the count behind the capture: the order is shown");
	OK(refused("distinct 3 ip in 32d", "31d"), "and with a long time");
}

static void
test_classes(void)
{
	static const struct {
		const char *text;
		enum when_class class;
	} rows[] = {
	    {"each", WHEN_PLAIN},
	    {"3 in 1m", WHEN_PLAIN},
	    {"distinct 3 ip in 1m", WHEN_PLAIN},
	    {"new", WHEN_NEW},
	    {"absent 1h", WHEN_ABSENT},
	    {"unless x in 1h", WHEN_UNLESS},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct when_spec spec = spec_of(rows[i].text);

		OK(when_class(&spec) == rows[i].class, "%s has its class",
		    rows[i].text);
	}
}

static void
test_no_clock(void)
{
	struct when_spec spec = spec_of("3 in 1m");
	struct when_state *state = when_state_new(&spec);
	struct when_match match = {.time_ms = 5, .hours = &always};
	struct when_met met;

	when_start(&spec, state, &always, 1);
	OK(when_partner(&spec, state, &match, &met) == WHEN_COUNTED &&
		!when_deadline(&spec, state) &&
		!when_ring(&spec, state, INT64_MAX, &met) &&
		!when_pending(&spec, state),
	    "a window is no clock");
	OK(!when_deadline(&spec, NULL) && !when_ring(&spec, NULL, 1, &met) &&
		when_partner(&spec, NULL, &match, &met) == WHEN_COUNTED,
	    "no state is none either");
	when_state_free(&spec, state);
}

static void
test_each(void)
{
	struct when_spec spec = spec_of("each");
	struct when_state *state = when_state_new(&spec);
	struct buf saved = BUF_INIT;
	struct err err = ERR_INIT;
	int64_t count = 0, first = 0;

	OK(feed(&spec, state, 77, &count, &first) && count == 1 && first == 77,
	    "each match is an alert of one");
	IS_INT(when_pending(&spec, state), 0, "nothing is pending after it");
	when_save(&spec, state, &saved);
	IS_INT(saved.len, 0, "nothing is to be stored");
	OK(!when_load(&spec, state, &always, span_str(""), 1, &err),
	    "nothing can be loaded");
	OK(when_load(&spec, state, &always, span_str("x"), 1, &err),
	    "something cannot");
	when_state_free(&spec, state);
	buf_release(&saved);
}

static void
test_new(void)
{
	struct when_spec spec = spec_of("new");
	int64_t count = 0, first = 0;

	OK(!when_state_new(&spec), "new has no state of its own");
	OK(feed(&spec, NULL, 7, &count, &first) && count == 1 && first == 7,
	    "what comes to it is new");
}

/* Feeds times until the condition is met; the index, or -1. */
static int
feed_all(const char *text, const int64_t *times, int count, int64_t *count_out,
    int64_t *first_out)
{
	struct when_spec spec = spec_of(text);
	struct when_state *state = when_state_new(&spec);
	int i, met = -1;

	for (i = 0; i < count && met < 0; i++) {
		if (feed(&spec, state, times[i], count_out, first_out))
			met = i;
	}
	when_state_free(&spec, state);
	return met;
}

#define FEED(text, ...)                                                        \
	feed_all(text, (const int64_t[]){__VA_ARGS__},                         \
	    (int)(sizeof((const int64_t[]){__VA_ARGS__}) / 8), &count, &first)

static void
test_window(void)
{
	int64_t count = 0, first = 0;

	IS_INT(FEED("3 in 10s", 1000, 2000, 3000), 2,
	    "the third of three in the time meets the condition");
	OK(count == 3 && first == 1000, "with its count and first time");
	IS_INT(FEED("3 in 10s", 1000, 2000, 11000), 2,
	    "a time exactly the window away still counts");
	IS_INT(FEED("3 in 10s", 1000, 2000, 11001, 11002), 3,
	    "a millisecond more does not: the window slides");
	IS_INT(first, 2000, "and the first is the oldest that counts");
	IS_INT(FEED("2 in 1s", 1000, 3000, 5000, 7000), -1,
	    "matches far apart never meet it");
	IS_INT(FEED("2 in 1s", 5000, 5000), 1, "equal times count");
	IS_INT(FEED("1 in 1s", 5000), 0, "one in a time is each");
	IS_INT(FEED("3 in 10s", 20000, 15000, 17000), 2,
	    "times out of order count");
	IS_INT(first, 15000, "with the oldest as the first");
	IS_INT(FEED("3 in 10s", 20000, 9999, 20001, 20002), 3,
	    "one older than the window does not");
	IS_INT(FEED("3 in 10s", 20000, 11000, 31000, 31001, 14000), -1,
	    "what slid out does not come back");
	IS_INT(FEED("3 in 10s", 20000, 11000, 25000, 15000), 3,
	    "an older one on the edge counts");
}

/* A date that lies between what is read and now. */
static void
test_forged(void)
{
	int64_t count = 0, first = 0;

	IS_INT(FEED("3 in 10s", 1000, 2000, 900000, 3000), 3,
	    "one date far ahead does not empty the window");
	OK(count == 3 && first == 1000, "nor count in it");
	IS_INT(FEED("3 in 10s", 900000, 1000, 2000, 3000), 3,
	    "nor keep out what follows when it comes first");
	IS_INT(FEED("3 in 10s", 1000, 2000, 900000, 11500, 11600), 4,
	    "the window slides on below it");
	IS_INT(first, 2000, "by the times there");
	IS_INT(FEED("3 in 10s", 1000, 2000, 900000, 900001, 3000, 900002), 5,
	    "a second one there says that the time has passed");
	IS_INT(FEED("3 in 10s", 1000, 100000000, 2000, 3000), -1,
	    "what a record may not be behind by is over at once");
}

static void
test_starts_over(void)
{
	struct when_spec spec = spec_of("3 in 1h");
	struct when_state *state = when_state_new(&spec);
	int64_t count, first;
	int i, met = 0;

	for (i = 1; i <= 10; i++)
		met += feed(&spec, state, i, &count, &first);
	IS_INT(met, 3, "ten matches meet `3 in T' three times");
	IS_INT(when_pending(&spec, state), 1, "and one is left over");
	IS_INT(when_newest(&spec, state), 10, "the newest");
	when_state_free(&spec, state);
}

static int
model_count(const int64_t *times, int count, int64_t from, int64_t to)
{
	int i, found = 0;

	for (i = 0; i < count; i++)
		found += times[i] >= from && times[i] <= to;
	return found;
}

/* The newest of the times up to one of them; 0: there is none. */
static int64_t
model_newest(const int64_t *times, int count, int but)
{
	int64_t newest = 0;
	int i;

	for (i = 0; i < count; i++)
		if (i != but && times[i] > newest)
			newest = times[i];
	return newest;
}

static int
model_at(const int64_t *times, int count, int64_t time)
{
	int i;

	for (i = 0; i < count && times[i] != time; i++)
		continue;
	return i;
}

/* A plain model: all times, the window up to the newest and the one up to the
 * newest but one counted anew each time. */
static bool
model_feed(
    int64_t *times, int *count, int64_t limit, int64_t window, int64_t time)
{
	int64_t newest, second;
	int i, kept = 0;

	times[*count] = time;
	newest = model_newest(times, *count + 1, -1);
	second = model_newest(
	    times, *count + 1, model_at(times, *count + 1, newest));
	for (i = 0; i <= *count; i++) {
		if (times[i] >= second - window)
			times[kept++] = times[i];
	}
	*count = kept;
	if (model_count(times, kept, newest - window, newest) < limit &&
	    model_count(times, kept, second - window, second) < limit)
		return false;
	*count = 0;
	return true;
}

static void
test_against_model(void)
{
	struct when_spec spec = spec_of("7 in 1s");
	struct when_state *state = when_state_new(&spec);
	int64_t times[64], count, first, time = 100000;
	int i, kept = 0, met = 0, differ = 0;
	unsigned random = 12345;

	for (i = 0; i < 20000; i++) {
		random = random * 1103515245 + 12345;
		time += (int64_t)(random >> 16 & 511) - 150;
		bool want = model_feed(times, &kept, 7, 1000, time);
		bool got = feed(&spec, state, time, &count, &first);

		met += got;
		differ += got != want ||
			  when_pending(&spec, state) !=
			      model_count(times, kept,
				  model_newest(times, kept, -1) - 1000,
				  INT64_MAX);
	}
	IS_INT(differ, 0, "20000 random times agree with a plain model");
	OK(met > 100, "which met the condition often enough to tell");
	when_state_free(&spec, state);
}

/* The array grows, slides and moves; nothing may be lost on the way. */
static void
test_large(void)
{
	struct when_spec spec = spec_of("10000 in 1s");
	struct when_state *state = when_state_new(&spec);
	int64_t count = 0, first = 0, i;
	int met = 0, wrong = 0;

	for (i = 0; i < 50000; i++) {
		met += feed(&spec, state, i, &count, &first);
		wrong +=
		    when_pending(&spec, state) != (i < 1001 ? i + 1 : 1001);
	}
	OK(!met && !wrong, "a window of 1001 matches slides over 50000");
	for (i = 0; i < 9999 - 1001; i++)
		met += feed(&spec, state, 49999, &count, &first);
	OK(!met && when_pending(&spec, state) == 9999,
	    "it holds one less than it needs");
	OK(feed(&spec, state, 49999, &count, &first) && count == 10000 &&
		first == 48999,
	    "and one more meets the largest condition");
	when_state_free(&spec, state);
}

static bool
load(const struct when_spec *spec, struct span bytes, int64_t now_ms,
    int64_t *pending_out)
{
	struct when_state *state = when_state_new(spec);
	struct err err = ERR_INIT;
	bool loaded = !when_load(spec, state, &always, bytes, now_ms, &err);

	*pending_out = when_pending(spec, state);
	when_state_free(spec, state);
	return loaded;
}

static void
test_saved(void)
{
	struct when_spec spec = spec_of("4 in 10s");
	struct when_state *state = when_state_new(&spec);
	struct when_state *back = when_state_new(&spec);
	struct err err = ERR_INIT;
	struct buf saved = BUF_INIT;
	int64_t count, first, pending = -1;

	when_save(&spec, state, &saved);
	IS_INT(saved.len, 0, "an empty window is saved as nothing");
	OK(load(&spec, buf_span(&saved), 1, &pending) && !pending,
	    "and loaded from it");
	feed(&spec, state, 50000, &count, &first);
	feed(&spec, state, 52000, &count, &first);
	feed(&spec, state, 51000, &count, &first);
	when_save(&spec, state, &saved);
	OK(!when_load(&spec, back, &always, buf_span(&saved), 60000, &err),
	    "a saved window can be loaded");
	OK(feed(&spec, back, 55000, &count, &first) && count == 4 &&
		first == 50000,
	    "and goes on where it was");
	OK(!load(&spec, span_of(saved.data, saved.len - 1), 60000, &pending),
	    "a truncated one is refused");
	OK(!load(&spec, span_of(saved.data, 3), 60000, &pending),
	    "one of three bytes too");
	buf_add(&saved, "\0\0\0\1", 4);
	OK(load(&spec, buf_span(&saved), 60000, &pending),
	    "one with as many times as the condition needs is taken");
	buf_add(&saved, "\0\0\0\1", 4);
	OK(!load(&spec, buf_span(&saved), 60000, &pending),
	    "one with more is not");
	OK(!load(&spec, span_of("\x7f\xff\xff\xff\xff\xff\xff\xff", 8), 60000,
	       &pending),
	    "an impossible time too");
	OK(load(&spec, span_of("\0\0\0\0\0\0\0\1\xff\xff\xff\xff", 12), 60000,
	       &pending) &&
		pending == 1,
	    "what lies outside the window is dropped on loading");
	when_state_free(&spec, state);
	when_state_free(&spec, back);
	buf_release(&saved);
}

static void
test_clock_step(void)
{
	struct when_spec spec = spec_of("3 in 10s");
	struct when_state *state = when_state_new(&spec);
	int64_t count, first, hour = 3600000;

	feed(&spec, state, 2 * hour, &count, &first);
	feed(&spec, state, 2 * hour + 1, &count, &first);
	when_settle(&spec, state, &always, 2 * hour - 60000 + 1);
	IS_INT(when_newest(&spec, state), 2 * hour + 1,
	    "a minute ahead of the clock is allowed");
	when_settle(&spec, state, &always, hour);
	IS_INT(when_newest(&spec, state), hour,
	    "after the clock was set back nothing lies in the future");
	OK(feed(&spec, state, hour + 5, &count, &first) && count == 3,
	    "and new matches count with the old ones");
	when_state_free(&spec, state);
}

int
main(void)
{
	test_words();
	test_more_words();
	test_classes();
	test_no_clock();
	test_each();
	test_new();
	test_large();
	test_window();
	test_forged();
	test_starts_over();
	test_against_model();
	test_saved();
	test_clock_step();
	return tap_done();
}
