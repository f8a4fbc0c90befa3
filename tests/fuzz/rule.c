/*
 * Fuzzes the small languages of a rule (when, throttle), and the stored state
 * of windows and throttles, which a damaged database may hold.
 * The first byte says which.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "judge/decider.h"

static void
try_words(struct span text)
{
	struct when_spec when = {0}, when_again = {0};
	struct throttle_spec throttle = {0}, throttle_again = {0};
	struct buf shown = BUF_INIT;

	if (!when_parse(text, &when, NULL)) {
		when_format(&when, &shown);
		if (when_parse(buf_span(&shown), &when_again, NULL))
			abort();
	}
	buf_reset(&shown);
	if (!throttle_parse(text, &throttle, NULL)) {
		throttle_format(&throttle, &shown);
		if (throttle_parse(buf_span(&shown), &throttle_again, NULL))
			abort();
	}
	buf_release(&shown);
}

static void
try_state(struct span saved)
{
	struct when_spec when = {0};
	struct throttle_spec throttle = {0};
	struct decider_rule rule = {&when, &throttle};
	struct decider *decider;
	struct decision decision;

	if (when_parse(span_str("3 in 10m"), &when, NULL) ||
	    throttle_parse(span_str("10m double max 4h"), &throttle, NULL))
		abort();
	decider = decider_new(&rule, 1);
	decider_load(decider, 0, span_str("key"), saved, 1000000, NULL);
	for (int i = 0; i < 5; i++)
		decider_feed(decider, 0, span_str("key"), 1000000 + i,
		    1000000 + i, span_str("line"), &decision);
	while (decider_expire(decider, INT64_C(4000000000000), &decision))
		continue;
	decider_free(decider);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (!len)
		return 0;
	if (bytes[0] == 's')
		try_state(span_of((const char *)bytes + 1, len - 1));
	else
		try_words(span_of((const char *)bytes + 1, len - 1));
	return 0;
}
