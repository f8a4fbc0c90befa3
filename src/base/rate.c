/*
 * rate: "COUNT in DURATION" and back.
 *
 * Hides nothing but the two words; numbers and durations are units'.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/rate.h"
#include "base/units.h"
#include "base/words.h"

int
rate_parse(struct span text, void *rate, struct err *err)
{
	struct span rest = text, count, in, period;
	struct rate parsed = {0, 0};

	if (span_is(span_trim(text), "none")) {
		*(struct rate *)rate = parsed;
		return 0;
	}
	count = words_next(&rest);
	in = words_next(&rest);
	period = words_next(&rest);
	if (!span_is(in, "in") || !period.len || span_trim(rest).len)
		return err_set(err,
		    "`%.*s' is no rate; write a number, `in' and a duration, "
		    "as in `60 in 1h', or `none'",
		    span_shown(text), text.data);
	if (number_parse(count, 1, RATE_COUNT_MAX, &parsed.count, err) ||
	    duration_parse(period, &parsed.period_ms, err))
		return -1;
	if (!parsed.period_ms)
		return err_set(err,
		    "`%.*s' counts in no time at all; write a duration "
		    "above 0, or `none'",
		    span_shown(text), text.data);
	*(struct rate *)rate = parsed;
	return 0;
}

void
rate_format(const void *rate, struct buf *out)
{
	const struct rate *written = rate;
	char period[UNITS_TEXT_MAX];

	if (!written->period_ms) {
		buf_add_str(out, "none");
		return;
	}
	duration_format(written->period_ms, period);
	buf_addf(out, "%" PRId64 " in %s", written->count, period);
}
