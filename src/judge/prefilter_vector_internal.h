/*
 * prefilter_vector_internal: between the vector search and the machine.
 *
 * One loop over the places of a record per machine; a place passes for a
 * bucket when each of its four bytes has that bucket's bit in both of its
 * tables, by low and by high half-byte.  configure picks what
 * vector_machine() is.
 */
#ifndef CTAIL_JUDGE_PREFILTER_VECTOR_INTERNAL_H
#define CTAIL_JUDGE_PREFILTER_VECTOR_INTERNAL_H

#include "judge/prefilter_internal.h"

enum { VECTOR_BUCKETS = 8 };

struct vector_tables {
	uint8_t low[PREFILTER_WINDOW][16];
	uint8_t high[PREFILTER_WINDOW][16];
	uint32_t bytes[256]; /* both, and exactly: place i in bits 8i to 8i+7,
			      * from the most significant down */
};

/* Where a string is looked for: which four of its bytes. */
struct vector_window {
	uint32_t string;
	uint32_t at;
	uint32_t mask, value; /* of the folded bytes there */
};

struct vector_search {
	const struct vector_tables *tables;
	struct span record;
	struct hunt *hunt;
};

/* Calls vector_hit for each place that passes for any bucket.  Of the last
 * three places, whose four bytes end outside of the record, only those with
 * short set. */
typedef void vector_scan(const struct vector_search *search, bool short_too);

/* NULL: this machine has none of that width, in bytes at a time. */
vector_scan *vector_machine(size_t width);
void vector_scan_portable(const struct vector_search *search, bool short_too);

/* True: nothing more has to be found. */
bool vector_hit(
    const struct vector_search *search, size_t at, unsigned buckets);

#endif
