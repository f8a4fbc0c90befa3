/*
 * prefilter_vector: the strings in eight buckets, and half-byte tables that
 * say which buckets a place may begin.
 *
 * The idea is Hyperscan's Teddy, and that of buckets carried along a byte at a
 * time (the portable one) its FDR; of both: Wang et al., "Hyperscan: A Fast
 * Multi-pattern Regex Matcher for Modern CPUs", NSDI 2019.  The code is our
 * own.  Hides how strings go into buckets and how a place that passed
 * is confirmed.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "judge/prefilter_vector_internal.h"

struct vector {
	struct vector_tables tables;
	vector_scan *scan;
	bool has_short; /* strings of less than four bytes */
	struct vector_window *windows;
	size_t begins[VECTOR_BUCKETS + 1]; /* where each bucket's do */
};

bool
vector_is_fast(void)
{
	return vector_machine(32) || vector_machine(16);
}

static vector_scan *
choose_scan(enum prefilter_engine engine)
{
	vector_scan *scan = NULL;

	if (engine == PREFILTER_VECTOR_PORTABLE)
		return vector_scan_portable;
	if (engine != PREFILTER_VECTOR_NARROW)
		scan = vector_machine(32);
	if (!scan)
		scan = vector_machine(16);
	return scan ? scan : vector_scan_portable;
}

static size_t
window_width(const struct prefilter_string *string)
{
	return string->len < PREFILTER_WINDOW ? string->len : PREFILTER_WINDOW;
}

static void
make_window(const struct prefilter *filter, const struct rarity *rarity,
    uint32_t which, struct vector_window *out)
{
	const struct prefilter_string *string = &filter->strings[which];
	static const unsigned char ones[] = {0xff, 0xff, 0xff, 0xff};
	size_t width = window_width(string);
	size_t at = prefilter_rarest(string, width, rarity);

	out->string = which;
	out->at = (uint32_t)at;
	out->mask = prefilter_load(ones, width);
	out->value =
	    (prefilter_load(string->bytes + at, width) | PREFILTER_FOLD) &
	    out->mask;
}

/* Neighbours share most of their bytes. */
static int
compare_windows(const void *a, const void *b)
{
	const struct vector_window *one = a, *other = b;

	if (one->mask != other->mask)
		return one->mask < other->mask ? -1 : 1;
	return memcmp(&one->value, &other->value, sizeof(one->value));
}

static void
table_add(struct vector_tables *tables, size_t place, unsigned char byte,
    uint8_t bucket)
{
	tables->low[place][byte & 15] |= bucket;
	tables->high[place][byte >> 4] |= bucket;
	tables->bytes[byte] |= (uint32_t)bucket << 8 * (3 - place);
}

static void
table_add_any(struct vector_tables *tables, size_t place, uint8_t bucket)
{
	for (unsigned byte = 0; byte < 256; byte++)
		table_add(tables, place, (unsigned char)byte, bucket);
}

static void
table_add_window(struct vector_tables *tables,
    const struct prefilter_string *string, size_t at, uint8_t bucket)
{
	for (size_t i = 0; i < PREFILTER_WINDOW; i++) {
		unsigned char byte;

		if (at + i >= string->len) {
			table_add_any(tables, i, bucket);
			continue;
		}
		byte = string->bytes[at + i];
		table_add(tables, i, byte, bucket);
		if (string->nocase && ascii_is_lower(byte))
			table_add(
			    tables, i, (unsigned char)(byte - 0x20), bucket);
	}
}

static void
fill_buckets(
    struct vector *vector, const struct prefilter *filter, size_t count)
{
	for (size_t i = 0; i <= VECTOR_BUCKETS; i++)
		vector->begins[i] = count * i / VECTOR_BUCKETS;
	for (size_t bucket = 0; bucket < VECTOR_BUCKETS; bucket++)
		for (size_t i = vector->begins[bucket];
		     i < vector->begins[bucket + 1]; i++) {
			const struct vector_window *window =
			    &vector->windows[i];

			table_add_window(&vector->tables,
			    &filter->strings[window->string], window->at,
			    (uint8_t)(1U << bucket));
		}
}

struct vector *
vector_new(const struct prefilter *filter, const struct rarity *rarity,
    const uint32_t *which, size_t count, enum prefilter_engine engine)
{
	struct vector *vector = xcalloc(1, sizeof(*vector));

	vector->scan = choose_scan(engine);
	vector->windows = xcalloc(count, sizeof(*vector->windows));
	for (size_t i = 0; i < count; i++) {
		make_window(filter, rarity, which[i], &vector->windows[i]);
		vector->has_short |=
		    filter->strings[which[i]].len < PREFILTER_WINDOW;
	}
	qsort(
	    vector->windows, count, sizeof(*vector->windows), compare_windows);
	fill_buckets(vector, filter, count);
	return vector;
}

void
vector_free(struct vector *vector)
{
	if (!vector)
		return;
	free(vector->windows);
	free(vector);
}

void
vector_search(struct hunt *hunt)
{
	const struct vector *vector = hunt->filter->vector;
	struct vector_search search = {&vector->tables, hunt->text, hunt};

	vector->scan(&search, vector->has_short);
}

static bool
try_bucket(struct hunt *hunt, size_t bucket, size_t at, uint32_t value)
{
	const struct vector *vector = hunt->filter->vector;
	size_t i = vector->begins[bucket], end = vector->begins[bucket + 1];

	for (; i < end; i++) {
		const struct vector_window *window = &vector->windows[i];

		if ((value & window->mask) == window->value &&
		    at >= window->at &&
		    prefilter_confirm(
			hunt, window->string, at - window->at, at))
			return true;
	}
	return false;
}

bool
vector_hit(const struct vector_search *search, size_t at, unsigned buckets)
{
	size_t rest = search->record.len - at;
	uint32_t value =
	    prefilter_load(search->record.data + at,
		rest < PREFILTER_WINDOW ? rest : PREFILTER_WINDOW) |
	    PREFILTER_FOLD;

	while (buckets) {
		if (try_bucket(search->hunt, (size_t)__builtin_ctz(buckets),
			at, value))
			return true;
		buckets &= buckets - 1;
	}
	return false;
}
