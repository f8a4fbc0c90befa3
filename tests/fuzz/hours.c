/*
 * Fuzzes the `hours` key: what is read is written and read back the same, and
 * its moments keep their order.
 */
#include "config.h"

#include <stdlib.h>

#include "base/rate.h"
#include "fuzz/fuzz.h"
#include "judge/hours.h"

#define NOW INT64_C(1795352587000)
#define WEEK (INT64_C(7) * 24 * 60 * 60 * 1000)

static void
try_moments(const struct hours_spec *spec)
{
	int64_t opens = hours_next_open(spec, NOW);

	if (opens < NOW || opens > NOW + 2 * WEEK)
		abort();
	if (hours_are_open(spec, NOW) != (opens == NOW))
		abort();
	if (!hours_are_open(spec, opens))
		abort();
	if (hours_add(spec, NOW, WEEK) < NOW + WEEK)
		abort();
}

static void
try_rate(struct span text)
{
	struct rate rate, again;
	struct buf out = BUF_INIT;

	if (rate_parse(text, &rate, NULL))
		return;
	rate_format(&rate, &out);
	if (rate_parse(buf_span(&out), &again, NULL) ||
	    again.count != rate.count || again.period_ms != rate.period_ms)
		abort();
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	struct hours_spec spec = {0}, again = {0};
	struct buf out = BUF_INIT;

	try_rate(text);
	if (hours_parse(text, &spec, NULL))
		return 0;
	hours_format(&spec, &out);
	if (hours_parse(buf_span(&out), &again, NULL) ||
	    memcmp(&spec, &again, sizeof(spec)) != 0)
		abort();
	buf_release(&out);
	try_moments(&spec);
	return 0;
}
