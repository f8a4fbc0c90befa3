/*
 * judge_quarantine: strikes, and what follows from them.
 */
#include "config.h"

#include "judge/quarantine.h"
#include "tap.h"

static int told;
static const struct pattern *told_last;

static void
tell(void *arg, const struct pattern *pattern)
{
	(void)arg;
	told++;
	told_last = pattern;
}

static bool
strike(struct quarantine *quarantine, const struct pattern *pattern,
    int64_t now_ms)
{
	quarantine_now(quarantine, now_ms);
	return quarantine_strike(quarantine, pattern);
}

static void
test_strikes(const struct pattern *bad, const struct pattern *good)
{
	struct quarantine *quarantine = quarantine_new();
	int64_t now = 1000;

	for (int i = 1; i < QUARANTINE_STRIKES; i++)
		OK(!strike(quarantine, bad, now++), "strike %d is only one", i);
	OK(!quarantine_holds(quarantine, bad), "nothing is held yet");
	OK(strike(quarantine, bad, now), "the last one is too many");
	OK(quarantine_holds(quarantine, bad), "the pattern is held");
	OK(!quarantine_holds(quarantine, good), "another one is not");
	quarantine_news(quarantine, tell, NULL);
	OK(told == 1 && told_last == bad, "it is told");
	quarantine_news(quarantine, tell, NULL);
	IS_INT(told, 1, "once");
	OK(!strike(quarantine, bad, now), "a further strike changes nothing");
	quarantine_now(quarantine, now + QUARANTINE_MS - 1);
	OK(quarantine_holds(quarantine, bad), "it is held for its time");
	quarantine_now(quarantine, now + QUARANTINE_MS);
	OK(!quarantine_holds(quarantine, bad), "then it has another chance");
	now += QUARANTINE_MS;
	for (int i = 1; i < QUARANTINE_STRIKES; i++)
		OK(!strike(quarantine, bad, now++),
		    "the old strikes are forgotten (%d)", i);
	OK(strike(quarantine, bad, now), "the new ones count");
	quarantine_now(quarantine, now + QUARANTINE_MS);
	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		strike(quarantine, bad, now + QUARANTINE_MS);
	quarantine_news(quarantine, tell, NULL);
	IS_INT(told, 2, "twice before anybody asked is told once");
	quarantine_free(quarantine);
}

static void
test_strikes_far_apart(const struct pattern *bad)
{
	struct quarantine *quarantine = quarantine_new();
	int64_t step = QUARANTINE_WATCH_MS / (QUARANTINE_STRIKES - 1);
	bool held = false;

	for (int i = 0; i < 100; i++)
		held |= strike(quarantine, bad, 1 + i * (step + 1));
	OK(!held, "strikes further apart than the watch never add up");
	quarantine_free(quarantine);
	quarantine = quarantine_new();
	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		held = strike(quarantine, bad, 1 + i * step);
	OK(held, "within the watch they do");
	quarantine_free(quarantine);
}

static void
test_clock_set_back(const struct pattern *bad)
{
	const int64_t late = INT64_C(1795352587000);
	struct quarantine *quarantine = quarantine_new();

	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		strike(quarantine, bad, late);
	quarantine_now(quarantine, late - 10 * QUARANTINE_MS);
	OK(quarantine_holds(quarantine, bad),
	    "a clock that is set back frees nothing at once");
	quarantine_now(quarantine, late - 9 * QUARANTINE_MS);
	OK(!quarantine_holds(quarantine, bad),
	    "but the quarantine lasts no longer for it");
	quarantine_free(quarantine);
}

int
main(void)
{
	struct pattern *bad = pattern_new("bad", 0, NULL);
	struct pattern *good = pattern_new("good", 0, NULL);

	test_strikes(bad, good);
	test_strikes_far_apart(bad);
	test_clock_set_back(bad);
	OK(!quarantine_holds(NULL, bad) && !quarantine_strike(NULL, bad),
	    "without a quarantine nothing is held");
	quarantine_free(NULL);
	pattern_free(bad);
	pattern_free(good);
	return tap_done();
}
