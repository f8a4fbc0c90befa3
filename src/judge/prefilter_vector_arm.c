/*
 * prefilter_vector_arm: sixteen places at a time with NEON, which every
 * 64-bit ARM has.
 *
 * Nothing is read outside of the record: its last places are in a last block
 * that overlaps the one before, and what is shorter than a block, or a string
 * at the very end that is shorter than a window, is looked for in a copy with
 * zeros behind it.
 */
#include "config.h"

#include <arm_neon.h>

#include "judge/prefilter_vector_internal.h"

enum { TAIL = PREFILTER_WINDOW - 1, NARROW = 16 };

static inline uint8x16_t
place_buckets(
    const struct vector_tables *tables, size_t place, const char *bytes)
{
	uint8x16_t data = vld1q_u8((const uint8_t *)bytes + place);

	return vandq_u8(vqtbl1q_u8(vld1q_u8(tables->low[place]),
			    vandq_u8(data, vdupq_n_u8(15))),
	    vqtbl1q_u8(vld1q_u8(tables->high[place]), vshrq_n_u8(data, 4)));
}

/* The block at bytes, which is that at `at' in the record; of its places
 * those before limit. */
static inline bool
scan_block(const struct vector_search *search, const char *bytes, size_t at,
    size_t limit)
{
	const struct vector_tables *tables = search->tables;
	uint8x16_t found =
	    vandq_u8(vandq_u8(place_buckets(tables, 0, bytes),
			 place_buckets(tables, 1, bytes)),
		vandq_u8(place_buckets(tables, 2, bytes),
		    place_buckets(tables, 3, bytes)));
	uint8_t buckets[NARROW];

	if (!vmaxvq_u8(found))
		return false;
	vst1q_u8(buckets, found);
	for (size_t i = 0; i < NARROW && i < limit; i++)
		if (buckets[i] && vector_hit(search, at + i, buckets[i]))
			return true;
	return false;
}

static void
scan_copy(const struct vector_search *search, size_t at, bool short_too)
{
	size_t len = search->record.len - at, done;
	size_t places = short_too ? len : len < TAIL ? 0 : len - TAIL;
	char copy[2 * NARROW + PREFILTER_WINDOW] = {0};

	memcpy(copy, search->record.data + at, len);
	for (done = 0; done < places; done += NARROW)
		if (scan_block(
			search, copy + done, at + done, places - done))
			return;
}

static void
scan(const struct vector_search *search, bool short_too)
{
	struct span record = search->record;
	size_t at = 0;

	if (record.len < NARROW + TAIL) {
		if (record.len)
			scan_copy(search, 0, short_too);
		return;
	}
	for (; at + NARROW + TAIL <= record.len; at += NARROW)
		if (scan_block(search, record.data + at, at, NARROW))
			return;
	if (at + TAIL < record.len) {
		at = record.len - NARROW - TAIL;
		if (scan_block(search, record.data + at, at, NARROW))
			return;
	}
	if (short_too)
		scan_copy(search, record.len - TAIL, true);
}

vector_scan *
vector_machine(size_t width)
{
	return width == NARROW ? scan : NULL;
}
