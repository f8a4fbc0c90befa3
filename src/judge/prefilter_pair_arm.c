/*
 * prefilter_pair_arm: pairs of bytes at sixteen places at a time with NEON,
 * which every 64-bit ARM has.
 *
 * Nothing is read outside of the text: its last places are in last blocks
 * that overlap those before; what is shorter than a block is not worth one.
 */
#include "config.h"

#include <arm_neon.h>

#include "judge/prefilter_pair_internal.h"

enum { NARROW = 16 };

static inline uint8x16_t
pass(const struct pair_string *string, const char *bytes)
{
	uint8x16_t first = vld1q_u8((const uint8_t *)bytes);
	uint8x16_t second = vld1q_u8((const uint8_t *)bytes + string->gap);

	first = vorrq_u8(first, vdupq_n_u8(string->fold[0]));
	second = vorrq_u8(second, vdupq_n_u8(string->fold[1]));
	return vandq_u8(vceqq_u8(first, vdupq_n_u8(string->byte[0])),
	    vceqq_u8(second, vdupq_n_u8(string->byte[1])));
}

/* A bit per place, of bytes that are all bits or none. */
static inline uint64_t
places_of(uint8x16_t passed)
{
	static const uint8_t bits[16] = {
	    1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	uint8x16_t own = vandq_u8(passed, vld1q_u8(bits));

	return vaddv_u8(vget_low_u8(own)) |
	       (uint64_t)vaddv_u8(vget_high_u8(own)) << 8;
}

/* The last places, which are more where the gap is small. */
static void
scan_last(struct hunt *hunt, const struct pair *pair, size_t at)
{
	const char *bytes = hunt->text.data + at;
	uint64_t places[PAIR_STRINGS_MAX];

	for (size_t i = 0; i < pair->count; i++) {
		const struct pair_string *string = &pair->of[i];
		size_t more = pair->gap_max - string->gap;

		places[i] = places_of(pass(string, bytes + more)) << more;
		for (size_t k = 0; k < more; k += NARROW)
			places[i] |= places_of(pass(string, bytes + k)) << k;
	}
	pair_hits(hunt, pair, at, places);
}

static void
scan(struct hunt *hunt, const struct pair *pair)
{
	size_t at = 0, behind = pair->gap_max + NARROW;
	uint64_t places[PAIR_STRINGS_MAX];
	struct span text = hunt->text;

	if (text.len < behind) {
		pair_scan_portable(hunt, pair);
		return;
	}
	for (; at + behind <= text.len; at += NARROW) {
		uint8x16_t passed[PAIR_STRINGS_MAX], any = vdupq_n_u8(0);

		for (size_t i = 0; i < pair->count; i++) {
			passed[i] = pass(&pair->of[i], text.data + at);
			any = vorrq_u8(any, passed[i]);
		}
		if (!vmaxvq_u8(any))
			continue;
		for (size_t i = 0; i < pair->count; i++)
			places[i] = places_of(passed[i]);
		if (pair_hits(hunt, pair, at, places))
			return;
	}
	scan_last(hunt, pair, text.len - behind);
}

pair_scan *
pair_machine(size_t width)
{
	return width == NARROW ? scan : NULL;
}
