/*
 * prefilter_pair_x86: pairs of bytes at sixteen places at a time with SSE2,
 * at 32 with AVX2, whichever the processor has.
 *
 * Nothing is read outside of the text: its last places are in a last block
 * that overlaps those before; what is shorter than a block is not worth one.
 */
#include "config.h"

#include <immintrin.h>

#include "judge/prefilter_pair_internal.h"

enum { NARROW = 16, WIDE = 32, STRIDE = 64, STRIDES = 2 };

/* --- SSE2 ----------------------------------------------------------------- */

struct narrow {
	__m128i byte[2], fold[2];
};

__attribute__((target("sse2"))) static inline void
narrow_prepare(const struct pair *pair, struct narrow *out)
{
	for (size_t i = 0; i < pair->count; i++)
		for (size_t k = 0; k < 2; k++) {
			out[i].byte[k] =
			    _mm_set1_epi8((char)pair->of[i].byte[k]);
			out[i].fold[k] =
			    _mm_set1_epi8((char)pair->of[i].fold[k]);
		}
}

/* The places at bytes that pass for this string. */
__attribute__((target("sse2"))) static inline uint32_t
narrow_pass(const struct narrow *string, const char *bytes, size_t gap)
{
	__m128i first = _mm_loadu_si128((const __m128i *)bytes);
	__m128i second = _mm_loadu_si128((const __m128i *)(bytes + gap));

	first = _mm_cmpeq_epi8(
	    _mm_or_si128(first, string->fold[0]), string->byte[0]);
	second = _mm_cmpeq_epi8(
	    _mm_or_si128(second, string->fold[1]), string->byte[1]);
	return (uint32_t)_mm_movemask_epi8(_mm_and_si128(first, second));
}

/* The last places, which are more where the gap is small. */
__attribute__((target("sse2"))) static void
narrow_last(struct hunt *hunt, const struct pair *pair,
    const struct narrow *strings, size_t at)
{
	const char *bytes = hunt->text.data + at;
	uint64_t places[PAIR_STRINGS_MAX];

	for (size_t i = 0; i < pair->count; i++) {
		size_t gap = pair->of[i].gap, more = pair->gap_max - gap;

		places[i] =
		    (uint64_t)narrow_pass(&strings[i], bytes + more, gap)
		    << more;
		for (size_t k = 0; k < more; k += NARROW)
			places[i] |=
			    (uint64_t)narrow_pass(&strings[i], bytes + k, gap)
			    << k;
	}
	pair_hits(hunt, pair, at, places);
}

__attribute__((target("sse2"))) static void
narrow_scan(struct hunt *hunt, const struct pair *pair)
{
	struct narrow strings[PAIR_STRINGS_MAX];
	uint64_t places[PAIR_STRINGS_MAX];
	size_t at = 0, behind = pair->gap_max + NARROW;
	struct span text = hunt->text;

	if (text.len < behind) {
		pair_scan_portable(hunt, pair);
		return;
	}
	narrow_prepare(pair, strings);
	for (; at + behind <= text.len; at += NARROW) {
		uint64_t any = 0;

		for (size_t i = 0; i < pair->count; i++)
			any |= places[i] = narrow_pass(&strings[i],
				   text.data + at, pair->of[i].gap);
		if (any && pair_hits(hunt, pair, at, places))
			return;
	}
	narrow_last(hunt, pair, strings, text.len - behind);
}

/* --- AVX2 ----------------------------------------------------------------- */

struct wide {
	__m256i byte[2], fold[2];
};

__attribute__((target("avx2"))) static inline void
wide_prepare(const struct pair *pair, struct wide *out)
{
	for (size_t i = 0; i < pair->count; i++)
		for (size_t k = 0; k < 2; k++) {
			out[i].byte[k] =
			    _mm256_set1_epi8((char)pair->of[i].byte[k]);
			out[i].fold[k] =
			    _mm256_set1_epi8((char)pair->of[i].fold[k]);
		}
}

__attribute__((target("avx2"))) static inline __m256i
wide_pass(
    const struct wide *string, const char *bytes, size_t gap, bool folds)
{
	__m256i first = _mm256_loadu_si256((const __m256i *)bytes);
	__m256i second = _mm256_loadu_si256((const __m256i *)(bytes + gap));

	if (folds) {
		first = _mm256_or_si256(first, string->fold[0]);
		second = _mm256_or_si256(second, string->fold[1]);
	}
	return _mm256_and_si256(_mm256_cmpeq_epi8(first, string->byte[0]),
	    _mm256_cmpeq_epi8(second, string->byte[1]));
}

__attribute__((target("avx2"))) static inline uint32_t
wide_places(
    const struct wide *string, const char *bytes, size_t gap, bool folds)
{
	return (uint32_t)_mm256_movemask_epi8(
	    wide_pass(string, bytes, gap, folds));
}

/* The places of a stride, string by string. */
__attribute__((target("avx2"))) static inline bool
wide_stride(struct hunt *hunt, const struct pair *pair,
    const struct wide *strings, size_t at)
{
	const char *bytes = hunt->text.data + at;
	uint64_t places[PAIR_STRINGS_MAX];

	for (size_t i = 0; i < pair->count; i++) {
		size_t gap = pair->of[i].gap;

		places[i] = wide_places(&strings[i], bytes, gap, true) |
			    (uint64_t)wide_places(
				&strings[i], bytes + WIDE, gap, true)
				<< WIDE;
	}
	return pair_hits(hunt, pair, at, places);
}

/* Whether some place of all strides at bytes passes for some string. */
__attribute__((target("avx2"), always_inline)) static inline bool
wide_any(const struct pair *pair, const struct wide *strings,
    const char *bytes, size_t count, bool folds)
{
	__m256i any = _mm256_setzero_si256();

	for (size_t i = 0; i < count; i++) {
		size_t gap = pair->of[i].gap;

		for (size_t k = 0; k < STRIDES * STRIDE; k += WIDE)
			any = _mm256_or_si256(any,
			    wide_pass(&strings[i], bytes + k, gap, folds));
	}
	return !_mm256_testz_si256(any, any);
}

/* From `from' on in whole strides: where the rest begins, or SIZE_MAX when
 * nothing more has to be found. */
__attribute__((target("avx2"), always_inline)) static inline size_t
wide_strides(struct hunt *hunt, const struct pair *pair,
    const struct wide *strings, size_t count, bool folds)
{
	size_t at = 0, behind = pair->gap_max + STRIDES * STRIDE;

	for (; at + behind <= hunt->text.len; at += STRIDES * STRIDE) {
		if (!wide_any(
			pair, strings, hunt->text.data + at, count, folds))
			continue;
		for (size_t k = 0; k < STRIDES; k++)
			if (wide_stride(
				hunt, pair, strings, at + k * STRIDE))
				return SIZE_MAX;
	}
	return at;
}

/* The most frequent cases without a loop inside. */
__attribute__((target("avx2"))) static size_t
wide_most(
    struct hunt *hunt, const struct pair *pair, const struct wide *strings)
{
	if (pair->count == 1)
		return pair->folds ? wide_strides(hunt, pair, strings, 1, true)
				   : wide_strides(
					 hunt, pair, strings, 1, false);
	return wide_strides(hunt, pair, strings, PAIR_STRINGS_MAX, true);
}

__attribute__((target("avx2"))) static void
wide_last(struct hunt *hunt, const struct pair *pair,
    const struct wide *strings, size_t at)
{
	const char *bytes = hunt->text.data + at;
	uint64_t places[PAIR_STRINGS_MAX];

	for (size_t i = 0; i < pair->count; i++) {
		size_t gap = pair->of[i].gap, more = pair->gap_max - gap;

		places[i] = wide_places(&strings[i], bytes, gap, true) |
			    (uint64_t)wide_places(
				&strings[i], bytes + more, gap, true)
				<< more;
	}
	pair_hits(hunt, pair, at, places);
}

__attribute__((target("avx2"))) static void
wide_scan(struct hunt *hunt, const struct pair *pair)
{
	struct wide strings[PAIR_STRINGS_MAX];
	uint64_t places[PAIR_STRINGS_MAX];
	size_t at, behind = pair->gap_max + WIDE;
	struct span text = hunt->text;

	if (text.len < behind) {
		pair_scan_portable(hunt, pair);
		return;
	}
	wide_prepare(pair, strings);
	at = wide_most(hunt, pair, strings);
	if (at == SIZE_MAX)
		return;
	for (; at + behind <= text.len; at += WIDE) {
		for (size_t i = 0; i < pair->count; i++)
			places[i] = wide_places(&strings[i], text.data + at,
			    pair->of[i].gap, true);
		if (pair_hits(hunt, pair, at, places))
			return;
	}
	wide_last(hunt, pair, strings, text.len - behind);
}

pair_scan *
pair_machine(size_t width)
{
	if (width == WIDE && __builtin_cpu_supports("avx2"))
		return wide_scan;
	if (width == NARROW && __builtin_cpu_supports("sse2"))
		return narrow_scan;
	return NULL;
}
