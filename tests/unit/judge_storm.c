/*
 * judge_storm: the cap of a sink, what it holds, and how that is stored.
 */
#include "config.h"

#include "judge/storm.h"
#include "tap.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define START INT64_C(1700000000000)

static struct storm *
cap(int64_t count, int64_t period_ms)
{
	struct rate rate = {count, period_ms};

	return storm_new(&rate);
}

static bool
admit(struct storm *storm, const char *rule, int64_t now_ms)
{
	return storm_admit(storm, span_str(rule), 3, 2, now_ms);
}

struct shares {
	char text[512];
	size_t len;
};

static void
share(void *arg, const struct storm_share *one)
{
	struct shares *shares = arg;

	shares->len += (size_t)snprintf(shares->text + shares->len,
	    sizeof(shares->text) - shares->len, "%.*s %d %lld/%lld; ",
	    (int)one->rule.len, one->rule.data, one->severity,
	    (long long)one->alerts, (long long)one->matches);
}

static void
count_share(void *arg, const struct storm_share *one)
{
	*(int64_t *)arg += one->alerts;
}

static void
test_cap(void)
{
	struct storm *storm = cap(3, HOUR);
	struct shares shares = {"", 0};

	OK(admit(storm, "a", START) && admit(storm, "a", START + 1) &&
		admit(storm, "a", START + 2),
	    "as many as the cap says go out");
	OK(!admit(storm, "a", START + 3), "one more is held");
	OK(admit(storm, "b", START + 4), "another rule still has its one");
	OK(!admit(storm, "b", START + 5), "but no second one");
	OK(admit(storm, "ctail", START + 6) && admit(storm, "ctail", START + 7),
	    "ctail's own words pass");
	storm_admit(storm, span_str("b"), 5, 1, START + 8);
	admit(storm, "a", START + 9);
	IS_INT(storm_due(storm), START + 3 + STORM_GRACE_MS,
	    "a summary is due an hour after the first was held");
	IS_INT(
	    storm_expire(storm, START + HOUR, share, &shares), 0, "not before");
	IS_INT(storm_expire(storm, START + HOUR + 3, share, &shares), 2,
	    "then it has a share of each rule");
	IS_STR(shares.text, "b 5 2/3; a 3 2/4; ",
	    "the most severe one first, with its alerts and matches");
	OK(!storm_due(storm) &&
		!storm_expire(storm, START + DAY, share, &shares),
	    "once");
	storm_free(storm);
}

static void
test_slides(void)
{
	struct storm *storm = cap(2, HOUR);

	admit(storm, "a", START);
	admit(storm, "a", START + 30 * MINUTE);
	OK(!admit(storm, "a", START + HOUR - 1), "the cap is full for an hour");
	OK(admit(storm, "a", START + HOUR), "then the first no longer counts");
	OK(!admit(storm, "a", START + HOUR + 1), "but the second still does");
	OK(admit(storm, "a", START + 3 * HOUR), "and later none");
	storm_free(storm);
	storm = cap(0, 0);
	for (int i = 0; i < 1000; i++)
		if (!admit(storm, "a", START))
			storm_admit(storm, span_str("never"), 0, 0, START);
	OK(!storm_due(storm) && !storm_is_dirty(storm),
	    "a cap of none holds nothing and keeps nothing");
	storm_free(storm);
}

static void
test_one_an_hour(void)
{
	struct storm *storm = cap(1, DAY);

	admit(storm, "a", START);
	OK(!admit(storm, "a", START + HOUR - 1), "above the cap");
	OK(admit(storm, "a", START + HOUR), "a rule has one alert an hour");
	OK(!admit(storm, "a", START + 2 * HOUR - 1), "not two");
	storm_free(storm);
}

/* However the alerts fall, no window has more than the cap and one a rule. */
static void
test_large_cap(void)
{
	struct storm *storm = cap(100000, HOUR);
	int64_t passed = 0, i;

	for (i = 0; i < 200000; i++)
		passed += admit(storm, "a", START + i * 10);
	OK(passed <= 100000 && passed >= 99900,
	    "a large cap is kept from below (%lld)", (long long)passed);
	storm_free(storm);
}

static void
test_rules_bounded(void)
{
	struct storm *storm = cap(1, HOUR);
	int64_t held = 0;
	char name[32];
	int i;

	for (i = 0; i < 3 * STORM_RULES_MAX; i++) {
		snprintf(
		    name, sizeof(name), "rule-%d", i % (2 * STORM_RULES_MAX));
		admit(storm, name, START + i);
	}
	OK(storm_expire(storm, START + 2 * HOUR, count_share, &held) <=
		    STORM_RULES_MAX + 1 &&
		held == 2 * STORM_RULES_MAX - 1,
	    "so many rules are told apart, the others are one");
	storm_free(storm);
}

static void
test_clock_back(void)
{
	struct storm *storm = cap(1, HOUR);

	admit(storm, "a", START);
	admit(storm, "a", START + 1);
	admit(storm, "a", START - DAY);
	IS_INT(storm_due(storm), START - DAY + STORM_GRACE_MS,
	    "set back, a summary is due an hour later, not a day");
	OK(admit(storm, "a", START - DAY + HOUR), "and the cap slides on");
	storm_free(storm);
}

static void
test_saved(void)
{
	struct storm *storm = cap(3, HOUR), *again = cap(3, HOUR);
	struct buf saved = BUF_INIT;
	struct shares shares = {"", 0};
	struct err err = ERR_INIT;
	size_t i, accepted = 0;

	OK(!storm_is_dirty(storm), "a new one has nothing to store");
	storm_save(storm, &saved);
	IS_INT(saved.len, 0, "and says so");
	for (i = 0; i < 5; i++)
		admit(storm, "a", START + (int64_t)i);
	OK(storm_is_dirty(storm), "then it has");
	storm_save(storm, &saved);
	storm_saved(storm);
	IS_INT(storm_load(again, buf_span(&saved), START + 6, &err), 0,
	    "it is loaded");
	OK(!admit(again, "a", START + 7) &&
		storm_due(again) == START + 3 + STORM_GRACE_MS,
	    "and a restart gives nobody a fresh cap");
	storm_expire(again, START + 2 * HOUR, share, &shares);
	IS_STR(shares.text, "a 3 3/6; ", "nor is anything held forgotten");
	for (i = 0; i < saved.len * 8; i++) {
		saved.data[i / 8] ^= (char)(1 << i % 8);
		accepted +=
		    !storm_load(again, buf_span(&saved), START + 6, &err);
		admit(again, "a", START + 7);
		saved.data[i / 8] ^= (char)(1 << i % 8);
	}
	OK(accepted < saved.len * 8, "no flipped bit does harm");
	OK(storm_load(again, span_str("rubbish"), START, &err) &&
		storm_is_dirty(again),
	    "rubbish is refused, and to be replaced");
	buf_release(&saved);
	storm_free(storm);
	storm_free(again);
}

int
main(void)
{
	test_cap();
	test_slides();
	test_one_an_hour();
	test_large_cap();
	test_rules_bounded();
	test_clock_back();
	test_saved();
	return tap_done();
}
