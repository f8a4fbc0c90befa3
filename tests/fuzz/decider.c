/*
 * Fuzzes what a damaged database may hold of deciding: entries and digests of
 * rules, silences, and the cap of a sink.  The first byte says which.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "judge/decider.h"
#include "judge/storm.h"

#define NOW INT64_C(1700000000000)

struct texts {
	const char *when, *batch, *throttle, *hours;
};

static const struct texts rules[] = {
    {"3 in 10m", "30s max 5", "10m double max 4h", "mon-fri 08:00-18:00"},
    {"unless other in 5m", "none", "10m", "sat 09:00-12:00"},
    {"absent 26h", "none", "1h", "mon-sun 00:00-24:00"},
    {"distinct 3 user in 1h", "1m", "none", "mon-fri 08:00-18:00"},
};

static void
drain(struct decider *decider)
{
	struct decision decision;
	int i = 0;

	while (decider_next(decider, &decision))
		if (++i > 1000)
			abort();
}

static void
use(struct decider *decider)
{
	struct decider_match match = {.key = span_str("key"),
	    .line = span_str("line"),
	    .value = span_str("value")};
	int64_t due;
	int i;

	for (i = 0; i < 5; i++) {
		match.time_ms = match.now_ms = NOW + i;
		decider_feed(decider, &match);
		drain(decider);
	}
	decider_close(decider, &match);
	drain(decider);
	for (i = 0; i < 20 && (due = decider_due(decider)); i++) {
		decider_expire(decider, due, true);
		drain(decider);
	}
	decider_flush(decider, 0, NOW);
	drain(decider);
}

static void
try_entry(const struct texts *texts, struct span key, struct span saved)
{
	struct when_spec when = {0};
	struct batch_spec batch = {0};
	struct throttle_spec throttle = {0};
	struct hours_spec hours = {0};
	struct decider_rule rule = {.name = "rule",
	    .when = &when,
	    .hours = &hours,
	    .batch = &batch,
	    .throttle = &throttle,
	    .closes = true,
	    .partner = DECIDER_NO_RULE};
	struct decider *decider;
	struct decider_left left;

	if (when_parse(span_str(texts->when), &when, NULL) ||
	    batch_parse(span_str(texts->batch), &batch, NULL) ||
	    throttle_parse(span_str(texts->throttle), &throttle, NULL) ||
	    hours_parse(span_str(texts->hours), &hours, NULL))
		abort();
	decider = decider_new(&rule, 1, NULL);
	decider_load(decider, 0, key, saved, NOW, NULL);
	if (decider_left(saved, &left) && left.held <= 0)
		abort();
	use(decider);
	decider_free(decider);
}

static void
try_silence(struct span saved)
{
	struct silences *silences = silences_new();
	struct event event = {1, NOW, NOW, span_str("line"), NULL};
	struct silence out;
	bool ended;
	int i;

	silences_load(silences, 0, saved, NOW, NULL);
	silences_load(silences, 1, saved, NOW, NULL);
	silences_hold(silences, "rule", NULL, NULL, NOW, &event);
	for (i = 0; i < 3 && silences_expire(silences, silences_due(silences),
				 &out, &ended);
	     i++)
		silence_release(&out);
	silences_free(silences);
}

static void
ignore_share(void *arg, const struct storm_share *share)
{
	(void)arg;
	if (share->alerts <= 0)
		abort();
}

static void
try_storm(struct span saved)
{
	struct rate rate = {3, 60 * 60 * 1000};
	struct storm *storm = storm_new(&rate);
	struct buf again = BUF_INIT;
	int i;

	storm_load(storm, saved, NOW, NULL);
	for (i = 0; i < 5; i++)
		storm_admit(storm, span_str("rule"), 3, 1, NOW + i);
	storm_save(storm, &again);
	storm_expire(storm, storm_due(storm), ignore_share, NULL);
	if (storm_load(storm, buf_span(&again), NOW + 5, NULL))
		abort();
	buf_release(&again);
	storm_free(storm);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span saved;

	if (!len)
		return 0;
	saved = span_of((const char *)bytes + 1, len - 1);
	switch (bytes[0]) {
	case 's':
		try_silence(saved);
		break;
	case 'c':
		try_storm(saved);
		break;
	case 'r':
		try_entry(&rules[0],
		    span_of(decider_rule_key, DECIDER_RULE_KEY_BYTES), saved);
		break;
	default:
		try_entry(&rules[bytes[0] % 4], span_str("key"), saved);
		break;
	}
	return 0;
}
