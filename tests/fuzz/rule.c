/*
 * Fuzzes the small languages of a rule (when, throttle, batch, context), and the stored state
 * of windows and throttles, which a damaged database may hold.
 * The first byte says which.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "judge/decider.h"
#include "judge/rule_settings.h"

typedef int parse_words(struct span text, void *spec, struct err *err);
typedef void format_words(const void *spec, struct buf *out);

/* What is accepted is written so that it is accepted again, as the same. */
static void
try_language(struct span text, parse_words *parse, format_words *format)
{
	union {
		struct when_spec when;
		struct throttle_spec throttle;
		struct batch_spec batch;
		struct rule_context context;
	} spec, again;
	struct buf shown = BUF_INIT, shown_again = BUF_INIT;

	memset(&spec, 0, sizeof(spec));
	memset(&again, 0, sizeof(again));
	if (!parse(text, &spec, NULL)) {
		format(&spec, &shown);
		if (parse(buf_span(&shown), &again, NULL))
			abort();
		format(&again, &shown_again);
		if (!span_equal(buf_span(&shown), buf_span(&shown_again)))
			abort();
	}
	buf_release(&shown);
	buf_release(&shown_again);
}

static void
try_words(struct span text)
{
	try_language(text, when_parse, when_format);
	try_language(text, throttle_parse, throttle_format);
	try_language(text, batch_parse, batch_format);
	try_language(text, rule_context_parse, rule_context_format);
}

static void
drain(struct decider *decider)
{
	struct decision decision;

	while (decider_next(decider, &decision))
		continue;
}

static void
try_saved(struct span saved, const char *condition)
{
	struct when_spec when = {0};
	struct throttle_spec throttle = {0};
	struct batch_spec batch = {0};
	struct hours_spec hours = {0};
	struct decider_rule rule = {.name = "r",
	    .when = &when,
	    .hours = &hours,
	    .batch = &batch,
	    .throttle = &throttle,
	    .keyed = true,
	    .partner = DECIDER_NO_RULE};
	struct silences *silences = silences_new();
	struct decider *decider;

	if (when_parse(span_str(condition), &when, NULL) ||
	    throttle_parse(span_str("10m double max 4h"), &throttle, NULL) ||
	    batch_parse(span_str("1m"), &batch, NULL))
		abort();
	decider = decider_new(&rule, 1, silences);
	decider_load(decider, 0, span_str("key"), saved, 1000000, NULL);
	drain(decider);
	for (int i = 0; i < 5; i++) {
		struct decider_match match = {.key = span_str("key"),
		    .time_ms = 1000000 + i,
		    .now_ms = 1000000 + i,
		    .line = span_str("line"),
		    .value = span_str("value")};

		decider_feed(decider, &match);
		drain(decider);
	}
	decider_expire(decider, INT64_C(4000000000000), true);
	drain(decider);
	decider_free(decider);
	silences_free(silences);
}

static void
try_state(struct span saved)
{
	try_saved(saved, "3 in 10m");
	try_saved(saved, "distinct 3 x in 10m");
	try_saved(saved, "absent 10m");
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
