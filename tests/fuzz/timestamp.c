/*
 * Fuzzes the reading of times: the bytes as a record for auto and for fixed
 * formats, and their first line as a format for the rest.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "judge/timestamp.h"

#define NEAR INT64_C(1795352587000)
#define YEAR_10000 INT64_C(253402387200000)

static void
try_format(const char *format, struct span record)
{
	static const int64_t nears[] = {NEAR, 0, INT64_MIN, INT64_MAX};
	struct timestamp *timestamp = timestamp_new(format, NULL);
	int64_t wall;

	if (!timestamp)
		return;
	for (size_t i = 0; i < sizeof(nears) / sizeof(nears[0]); i++) {
		const struct timestamp_near near = {nears[i], nears[i % 3]};

		wall = timestamp_read(timestamp, record, &near);
		if (wall < 0 || wall > YEAR_10000)
			abort();
		if (wall && !timestamp_format_name(timestamp))
			abort();
		/* The same record says the same again. */
		if (wall != timestamp_read(timestamp, record, &near) && wall)
			abort();
	}
	timestamp_free(timestamp);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	const char *end = len ? memchr(text.data, '\n', len) : NULL;
	char *format;

	try_format("auto", text);
	try_format("%F %T.%f %z", text);
	try_format("%a %d %b %j %I:%M %p %s", text);
	try_format("%H:%M", text);
	if (!end)
		return 0;
	format = xstrndup(text.data, (size_t)(end - text.data));
	try_format(
	    format, span_of(end + 1, len - (size_t)(end + 1 - text.data)));
	free(format);
	return 0;
}
