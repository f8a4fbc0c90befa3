/* Unit tests of base/rate.h. */
#include "config.h"

#include "base/rate.h"
#include "tap.h"

static void
reads(const char *text, int64_t count, int64_t period_ms, const char *written)
{
	struct rate rate = {-1, -1};
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;

	OK(!rate_parse(span_str(text), &rate, &err), "`%s' is a rate", text);
	OK(rate.count == count && rate.period_ms == period_ms,
	    "`%s' has its values", text);
	rate_format(&rate, &out);
	IS_STR(buf_str(&out), written, "it is written in one way");
	buf_release(&out);
}

static void
refuses(const char *text, const char *part)
{
	struct rate rate = {7, 8};
	struct err err = ERR_INIT;

	OK(rate_parse(span_str(text), &rate, &err) == -1 &&
		strstr(err.text, part),
	    "`%s' is refused: %s", text, err.text);
	OK(rate.count == 7 && rate.period_ms == 8, "and nothing changes");
}

int
main(void)
{
	reads("60 in 1h", 60, 3600000, "60 in 1h");
	reads("1  in\t60s ", 1, 60000, "1 in 1m");
	reads("1000000 in 1ms", 1000000, 1, "1000000 in 1ms");
	reads("none", 0, 0, "none");
	reads(" none ", 0, 0, "none");
	refuses("", "is no rate");
	refuses("60", "is no rate");
	refuses("60 in", "is no rate");
	refuses("60 per 1h", "is no rate");
	refuses("60 in 1h now", "is no rate");
	refuses("60in1h", "is no rate");
	refuses("none in 1h", "whole number");
	refuses("0 in 1h", "out of range");
	refuses("-1 in 1h", "whole number");
	refuses("1000001 in 1h", "out of range");
	refuses("99999999999999999999 in 1h", "out of range");
	refuses("5 in 0s", "no time at all");
	refuses("5 in 1 h", "is no rate");
	refuses("5 in 1y", "no duration");
	return tap_done();
}
