/*
 * Fuzzes the small values: durations, sizes, numbers, addresses, UTF-8, and
 * the outcome a worker reports.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/units.h"
#include "base/utf8.h"
#include "deliver/outcome.h"
#include "deliver/sink_url.h"
#include "fuzz/fuzz.h"
#include "message/mail.h"

static void
try_units(struct span text)
{
	char shown[UNITS_TEXT_MAX];
	int64_t value, again;

	if (!duration_parse(text, &value, NULL)) {
		duration_format(value, shown);
		if (duration_parse(span_str(shown), &again, NULL) ||
		    again != value)
			abort();
	}
	if (!size_parse(text, &value, NULL)) {
		size_format(value, shown);
		if (size_parse(span_str(shown), &again, NULL) ||
		    again != value)
			abort();
	}
	number_parse(text, -5, 500, &value, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	struct buf clean = BUF_INIT;
	struct outcome outcome;
	struct sink_url url;

	try_units(text);
	utf8_append_clean(&clean, text);
	if (!utf8_valid(buf_span(&clean)))
		abort();
	for (size_t max = 0; max < 8; max++)
		if (utf8_cut(text, max) > max)
			abort();
	buf_release(&clean);
	mail_address(text, MAIL_ADDRESS_LOCAL, NULL);
	sink_url_parse(text, &url, NULL);
	if (!fields_check(text, NULL))
		outcome_decode(text, &outcome, NULL);
	return 0;
}
