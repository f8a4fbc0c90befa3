/*
 * timestamp_tai64: the labels of multilog and svlogd, in hexadecimal.
 *
 * Hides where their seconds begin: 2^62 is ten seconds before 1970, which is
 * how daemontools and runit write the time of a clock that knows no leap
 * seconds.
 */
#include "config.h"

#include "base/ascii.h"
#include "judge/timestamp_internal.h"

#define SECOND_DIGITS 15 /* behind "@4" */
#define NANO_DIGITS 8
#define EPOCH (UINT64_C(0x4000000000000000) + 10)
#define YEARS_9999 UINT64_C(253402300800)

static bool
read_hex(struct span text, size_t from, size_t digits, uint64_t *value)
{
	if (from > text.len || text.len - from < digits)
		return false;
	for (size_t i = from; i < from + digits; i++) {
		int digit = ascii_hex_lower(text.data[i]);

		if (digit < 0)
			return false;
		*value = *value << 4 | (uint64_t)digit;
	}
	return true;
}

size_t
stamp_tai64(struct span text, struct stamp *out)
{
	uint64_t second = 4, nanosecond = 0;

	if (!read_hex(text, 0, SECOND_DIGITS, &second) || second < EPOCH ||
	    second - EPOCH >= YEARS_9999)
		return 0;
	out->epoch_s = (int64_t)(second - EPOCH);
	if (!read_hex(text, SECOND_DIGITS, NANO_DIGITS, &nanosecond) ||
	    nanosecond >= 1000000000)
		return SECOND_DIGITS;
	out->millisecond = (int)(nanosecond / 1000000);
	return SECOND_DIGITS + NANO_DIGITS;
}
