/*
 * judge_quarantine: strikes, and what follows from them.
 */
#include "config.h"

#include "base/buf.h"
#include "base/fields.h"
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

/* --- Over the end of a process -------------------------------------------- */

/* What a store would hold of one pattern. */
struct stored {
	struct buf saved;
	int puts, deletes;
};

static void
put(void *arg, const struct pattern *pattern, struct span saved)
{
	struct stored *stored = arg;

	(void)pattern;
	stored->puts += saved.len > 0;
	stored->deletes += !saved.len;
	buf_reset(&stored->saved);
	buf_add_span(&stored->saved, saved);
}

static void
commit(struct quarantine *quarantine, struct stored *stored)
{
	stored->puts = stored->deletes = 0;
	quarantine_changed(quarantine, put, stored);
	quarantine_saved(quarantine);
}

/* Another process, at this time. */
static struct quarantine *
again(struct quarantine *quarantine, const struct pattern *pattern,
    const struct stored *stored, int64_t now_ms)
{
	quarantine_free(quarantine);
	quarantine = quarantine_new();
	OK(!stored->saved.len ||
		!quarantine_load(quarantine, pattern, buf_span(&stored->saved),
		    now_ms, NULL),
	    "what was saved is loaded");
	quarantine_now(quarantine, now_ms);
	return quarantine;
}

static void
test_saved(const struct pattern *bad)
{
	struct quarantine *quarantine = quarantine_new();
	struct stored stored = {0};
	const struct pattern *held;
	int64_t now = 1000000, until = 0;
	size_t cursor = 0;

	quarantine_now(quarantine, now);
	commit(quarantine, &stored);
	OK(!stored.puts && !stored.deletes, "where none struck none is saved");
	for (int i = 1; i < QUARANTINE_STRIKES; i++) {
		OK(!strike(quarantine, bad, now), "run %d has a strike", i);
		commit(quarantine, &stored);
		IS_INT(stored.puts, 1, "which is saved");
		commit(quarantine, &stored);
		IS_INT(stored.puts, 0, "once");
		now += 10000;
		quarantine = again(quarantine, bad, &stored, now);
		commit(quarantine, &stored);
		OK(!stored.puts && !stored.deletes,
		    "what is loaded is saved already");
	}
	OK(strike(quarantine, bad, now), "the strikes of all runs add up");
	told = 0;
	quarantine_news(quarantine, tell, NULL);
	IS_INT(told, 1, "it is told");
	commit(quarantine, &stored);
	now += 1000;
	quarantine = again(quarantine, bad, &stored, now);
	OK(quarantine_holds(quarantine, bad), "the next run does not try it");
	held = quarantine_next(quarantine, &cursor, &until);
	OK(held == bad && until == now - 1000 + QUARANTINE_MS,
	    "and knows until when");
	OK(!quarantine_next(quarantine, &cursor, &until), "and no other");
	quarantine_news(quarantine, tell, NULL);
	IS_INT(told, 1, "nor tells it again");
	quarantine_now(quarantine, now - 1000 + QUARANTINE_MS);
	OK(!quarantine_holds(quarantine, bad), "an hour is an hour");
	commit(quarantine, &stored);
	OK(stored.deletes == 1 && !stored.puts, "then it is forgotten");
	commit(quarantine, &stored);
	OK(!stored.deletes, "once");
	quarantine_free(quarantine);
	buf_release(&stored.saved);
}

static void
test_forgotten(const struct pattern *bad)
{
	struct quarantine *quarantine = quarantine_new();
	struct stored stored = {0};
	int64_t now = 1000000;

	strike(quarantine, bad, now);
	strike(quarantine, bad, now + 10);
	commit(quarantine, &stored);
	quarantine_now(quarantine, now + 10 + QUARANTINE_WATCH_MS);
	commit(quarantine, &stored);
	OK(!stored.deletes, "a strike is remembered as long as it counts");
	quarantine_now(quarantine, now + 11 + QUARANTINE_WATCH_MS);
	commit(quarantine, &stored);
	IS_INT(stored.deletes, 1, "and no longer");
	strike(quarantine, bad, now + 3 * QUARANTINE_WATCH_MS);
	commit(quarantine, &stored);
	IS_INT(stored.puts, 1, "another one is saved again");
	now += 10 * QUARANTINE_WATCH_MS;
	quarantine = again(quarantine, bad, &stored, now);
	commit(quarantine, &stored);
	IS_INT(stored.deletes, 1, "what is too old when it is loaded goes");
	strike(quarantine, bad, now);
	quarantine_now(quarantine, now + 2 * QUARANTINE_WATCH_MS);
	commit(quarantine, &stored);
	OK(!stored.puts && !stored.deletes,
	    "what is over before it was saved is not saved");
	quarantine_free(quarantine);
	buf_release(&stored.saved);
}

static void
test_clock_set_back_between(const struct pattern *bad)
{
	const int64_t late = INT64_C(1795352587000);
	struct quarantine *quarantine = quarantine_new();
	struct stored stored = {0};
	int64_t back = late - 10 * QUARANTINE_MS;

	strike(quarantine, bad, late);
	commit(quarantine, &stored);
	quarantine = again(quarantine, bad, &stored, back);
	for (int i = 1; i < QUARANTINE_STRIKES; i++)
		OK(!strike(quarantine, bad, back),
		    "a strike that lies ahead does not count (%d)", i);
	quarantine = again(quarantine, bad, &stored, late);
	for (int i = 1; i < QUARANTINE_STRIKES; i++)
		strike(quarantine, bad, late);
	commit(quarantine, &stored);
	for (int i = 0; i < 3; i++) {
		quarantine = again(
		    quarantine, bad, &stored, back + i * QUARANTINE_MS / 4);
		OK(quarantine_holds(quarantine, bad),
		    "a clock set back between runs frees nothing at once (%d)",
		    i);
		commit(quarantine, &stored);
		OK(stored.puts == (i ? 0 : 1),
		    "what it is cut to is saved (%d)", i);
	}
	quarantine = again(quarantine, bad, &stored, back + QUARANTINE_MS);
	OK(!quarantine_holds(quarantine, bad),
	    "so that however many runs there are, an hour is an hour");
	quarantine_free(quarantine);
	buf_release(&stored.saved);
}

static void
test_damaged(const struct pattern *bad)
{
	struct quarantine *quarantine = quarantine_new();
	struct stored stored = {0};
	struct buf saved = BUF_INIT;

	buf_add_str(&saved, "\5strik");
	OK(quarantine_load(quarantine, bad, buf_span(&saved), 1000, NULL) < 0,
	    "what is damaged is not loaded");
	commit(quarantine, &stored);
	IS_INT(stored.deletes, 1, "and goes");
	buf_reset(&saved);
	fields_add_number(&saved, "until", INT64_MAX);
	OK(!quarantine_load(quarantine, bad, buf_span(&saved), 1000, NULL) &&
		quarantine_holds(quarantine, bad),
	    "a time far ahead");
	quarantine_now(quarantine, 1000 + QUARANTINE_MS);
	OK(!quarantine_holds(quarantine, bad), "is not waited for");
	buf_reset(&saved);
	for (int i = 0; i < 20; i++)
		fields_add_number(&saved, "strike", 1000);
	OK(!quarantine_load(quarantine, bad, buf_span(&saved), 1000, NULL) &&
		!quarantine_holds(quarantine, bad),
	    "strikes alone hold nothing, however many");
	quarantine_free(quarantine);
	buf_release(&stored.saved);
	buf_release(&saved);
}

int
main(void)
{
	struct pattern *bad = pattern_new("bad", 0, NULL);
	struct pattern *good = pattern_new("good", 0, NULL);

	test_strikes(bad, good);
	test_strikes_far_apart(bad);
	test_clock_set_back(bad);
	test_saved(bad);
	test_forgotten(bad);
	test_clock_set_back_between(bad);
	test_damaged(bad);
	OK(!quarantine_holds(NULL, bad) && !quarantine_strike(NULL, bad),
	    "without a quarantine nothing is held");
	quarantine_free(NULL);
	pattern_free(bad);
	pattern_free(good);
	return tap_done();
}
