/*
 * prefilter_vector_x86: sixteen places at a time with SSSE3, 32 with AVX2,
 * whichever the processor has.
 *
 * Blocks in a row are looked at once each: what the tables say of a window's
 * first bytes is shifted to its last one, out of the block before where the
 * window began there.
 *
 * Nothing is read outside of the record: its last places are in a last block
 * that overlaps the one before, and what is shorter than a block, or a string
 * at the very end that is shorter than a window, is looked for in a copy with
 * zeros behind it.
 */
#include "config.h"

#include <immintrin.h>

#include "judge/prefilter_vector_internal.h"

enum { TAIL = PREFILTER_WINDOW - 1, NARROW = 16, WIDE = 32 };

/* The places of one block that passed for some bucket: a bit in places and a
 * byte in buckets each.  Those from limit on do not count. */
static bool
report(const struct vector_search *search, size_t at, uint32_t places,
    const uint8_t *buckets, size_t limit)
{
	while (places) {
		size_t place = (size_t)__builtin_ctz(places);

		if (place >= limit)
			return false;
		if (vector_hit(search, at + place, buckets[place]))
			return true;
		places &= places - 1;
	}
	return false;
}

/* --- SSSE3 ---------------------------------------------------------------- */

__attribute__((target("ssse3"))) static inline __m128i
narrow_place(
    const struct vector_tables *tables, size_t place, const char *bytes)
{
	const __m128i nibble = _mm_set1_epi8(15);
	__m128i data = _mm_loadu_si128((const __m128i *)(bytes + place));
	__m128i low = _mm_and_si128(data, nibble);
	__m128i high = _mm_and_si128(_mm_srli_epi16(data, 4), nibble);

	return _mm_and_si128(
	    _mm_shuffle_epi8(
		_mm_loadu_si128((const __m128i *)tables->low[place]), low),
	    _mm_shuffle_epi8(
		_mm_loadu_si128((const __m128i *)tables->high[place]), high));
}

/* The block at bytes, which is that at `at' in the record. */
__attribute__((target("ssse3"))) static inline bool
narrow_block(const struct vector_search *search, const char *bytes, size_t at,
    size_t limit)
{
	const struct vector_tables *tables = search->tables;
	__m128i found =
	    _mm_and_si128(_mm_and_si128(narrow_place(tables, 0, bytes),
			      narrow_place(tables, 1, bytes)),
		_mm_and_si128(narrow_place(tables, 2, bytes),
		    narrow_place(tables, 3, bytes)));
	uint32_t none = (uint32_t)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(found, _mm_setzero_si128()));
	uint8_t buckets[NARROW];

	if (none == 0xffff)
		return false;
	_mm_storeu_si128((__m128i *)buckets, found);
	return report(search, at, ~none & 0xffff, buckets, limit);
}

__attribute__((target("ssse3"))) static void
narrow_copy(const struct vector_search *search, size_t at, bool short_too)
{
	size_t len = search->record.len - at, done;
	size_t places = short_too ? len : len < TAIL ? 0 : len - TAIL;
	char copy[2 * NARROW + PREFILTER_WINDOW] = {0};

	memcpy(copy, search->record.data + at, len);
	for (done = 0; done < places; done += NARROW)
		if (narrow_block(
			search, copy + done, at + done, places - done))
			return;
}

__attribute__((target("ssse3"))) static void
narrow_scan(const struct vector_search *search, bool short_too)
{
	struct span record = search->record;
	size_t at = 0;

	if (record.len < NARROW + TAIL) {
		if (record.len)
			narrow_copy(search, 0, short_too);
		return;
	}
	for (; at + NARROW + TAIL <= record.len; at += NARROW)
		if (narrow_block(search, record.data + at, at, NARROW))
			return;
	if (at + TAIL < record.len) {
		at = record.len - NARROW - TAIL;
		if (narrow_block(search, record.data + at, at, NARROW))
			return;
	}
	if (short_too)
		narrow_copy(search, record.len - TAIL, true);
}

/* --- AVX2 ----------------------------------------------------------------- */

__attribute__((target("avx2"))) static inline __m256i
wide_buckets(const __m256i *tables, size_t place, __m256i low, __m256i high)
{
	return _mm256_and_si256(_mm256_shuffle_epi8(tables[2 * place], low),
	    _mm256_shuffle_epi8(tables[2 * place + 1], high));
}

__attribute__((target("avx2"))) static inline __m256i
wide_place(const __m256i *tables, size_t place, const char *bytes)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i data = _mm256_loadu_si256((const __m256i *)(bytes + place));

	return wide_buckets(tables, place, _mm256_and_si256(data, nibble),
	    _mm256_and_si256(_mm256_srli_epi16(data, 4), nibble));
}

__attribute__((target("avx2"))) static inline bool
wide_report(const struct vector_search *search, __m256i found, size_t at,
    size_t limit)
{
	uint8_t buckets[WIDE];

	_mm256_storeu_si256((__m256i *)buckets, found);
	return report(search, at,
	    ~(uint32_t)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(found, _mm256_setzero_si256())),
	    buckets, limit);
}

__attribute__((target("avx2"))) static inline bool
wide_block(const struct vector_search *search, const __m256i *tables,
    const char *bytes, size_t at, size_t limit)
{
	__m256i found =
	    _mm256_and_si256(_mm256_and_si256(wide_place(tables, 0, bytes),
				 wide_place(tables, 1, bytes)),
		_mm256_and_si256(wide_place(tables, 2, bytes),
		    wide_place(tables, 3, bytes)));

	return !_mm256_testz_si256(found, found) &&
	       wide_report(search, found, at, limit);
}

__attribute__((target("avx2"))) static void
wide_copy(const struct vector_search *search, const __m256i *tables, size_t at,
    bool short_too)
{
	size_t len = search->record.len - at, done;
	size_t places = short_too ? len : len < TAIL ? 0 : len - TAIL;
	char copy[2 * WIDE + PREFILTER_WINDOW] = {0};

	memcpy(copy, search->record.data + at, len);
	for (done = 0; done < places; done += WIDE)
		if (wide_block(search, tables, copy + done, at + done,
			places - done))
			return;
}

__attribute__((target("avx2"))) static inline void
wide_tables(const struct vector_tables *tables, __m256i *out)
{
	for (size_t i = 0; i < PREFILTER_WINDOW; i++) {
		out[2 * i] = _mm256_broadcastsi128_si256(
		    _mm_loadu_si128((const __m128i *)tables->low[i]));
		out[2 * i + 1] = _mm256_broadcastsi128_si256(
		    _mm_loadu_si128((const __m128i *)tables->high[i]));
	}
}

/* Each of the first three bytes of the windows that end in a block: of the
 * block before, and of this one. */
struct wide_carry {
	__m256i before[TAIL];
};

/* This block's buckets, as many bytes later as the window has behind. */
#define WIDE_SHIFT(carry, place, here)                                         \
	_mm256_alignr_epi8(here,                                               \
	    _mm256_permute2x128_si256((carry)->before[place], here, 0x21),     \
	    NARROW - TAIL + (place))

/* The windows that end in the block at bytes, by their last byte. */
__attribute__((target("avx2"), always_inline)) static inline __m256i
wide_ends(
    struct wide_carry *carry, const __m256i *tables, const char *bytes)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i data = _mm256_loadu_si256((const __m256i *)bytes);
	__m256i low = _mm256_and_si256(data, nibble);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(data, 4), nibble);
	__m256i first = wide_buckets(tables, 0, low, high);
	__m256i second = wide_buckets(tables, 1, low, high);
	__m256i third = wide_buckets(tables, 2, low, high);
	__m256i found = _mm256_and_si256(
	    _mm256_and_si256(WIDE_SHIFT(carry, 0, first),
		WIDE_SHIFT(carry, 1, second)),
	    _mm256_and_si256(WIDE_SHIFT(carry, 2, third),
		wide_buckets(tables, 3, low, high)));

	*carry = (struct wide_carry){{first, second, third}};
	return found;
}

/* In whole blocks: the first place that was not looked at, or SIZE_MAX when
 * nothing more has to be found. */
__attribute__((target("avx2"))) static inline size_t
wide_blocks(const struct vector_search *search, const __m256i *tables)
{
	struct wide_carry carry = {{_mm256_setzero_si256(),
	    _mm256_setzero_si256(), _mm256_setzero_si256()}};
	struct span record = search->record;
	size_t at = 0;

	for (; at + WIDE <= record.len; at += WIDE) {
		__m256i found = wide_ends(&carry, tables, record.data + at);

		/* Before the first block there is nothing to be found. */
		if (!_mm256_testz_si256(found, found) &&
		    wide_report(search, found, at - TAIL, WIDE))
			return SIZE_MAX;
	}
	return at - TAIL;
}

__attribute__((target("avx2"))) static void
wide_scan(const struct vector_search *search, bool short_too)
{
	__m256i tables[2 * PREFILTER_WINDOW];
	struct span record = search->record;
	size_t at;

	wide_tables(search->tables, tables);
	if (record.len < WIDE + TAIL) {
		if (record.len)
			wide_copy(search, tables, 0, short_too);
		return;
	}
	at = wide_blocks(search, tables);
	if (at == SIZE_MAX)
		return;
	if (at + TAIL < record.len) {
		at = record.len - WIDE - TAIL;
		if (wide_block(search, tables, record.data + at, at, WIDE))
			return;
	}
	if (short_too)
		wide_copy(search, tables, record.len - TAIL, true);
}

vector_scan *
vector_machine(size_t width)
{
	if (width == WIDE && __builtin_cpu_supports("avx2"))
		return wide_scan;
	if (width == NARROW && __builtin_cpu_supports("ssse3"))
		return narrow_scan;
	return NULL;
}
