/*
 * distinct_internal: the values that a `distinct N CAPTURE in T` keeps of
 * one key.
 *
 * Private to when_distinct.c, which counts them, and distinct_values.c,
 * which knows where they are.
 */
#ifndef CTAIL_JUDGE_DISTINCT_INTERNAL_H
#define CTAIL_JUDGE_DISTINCT_INTERNAL_H

#include "judge/when_internal.h"

#define NOWHERE UINT16_MAX

struct distinct_value {
	uint64_t hash;
	int64_t last_ms;	/* the newest match */
	uint32_t span_ms;	/* from the first one to it */
	uint32_t matches;
	uint16_t older, newer;	/* in the order of last_ms */
};

/* A place is free when matches is 0; free ones are linked by newer. */
struct when_state {
	struct distinct_value *values;
	uint16_t *table;	/* places by hash, or NULL */
	uint64_t seed;		/* values are hostile, places must not be */
	uint16_t cap;
	uint16_t count;
	uint16_t spare;		/* the first free place */
	uint16_t oldest, newest;
	unsigned char table_bits;
	struct distinct_value before;	/* of the newest value, further back
					 * than T from it; matches 0: nothing */
};

/* Also of what has only been allocated and zeroed. */
void distinct_reset(struct when_state *state);

/* The place of a value, or NOWHERE. */
uint16_t distinct_find(const struct when_state *state, uint64_t hash);

/* One that is not there yet, with one match. */
struct distinct_value *distinct_add(struct when_state *state, uint64_t hash,
    int64_t time_ms);
void distinct_drop(struct when_state *state, uint16_t place);

/* Out of the order of times, and in where its newest time belongs. */
void distinct_unlink(struct when_state *state, uint16_t place);
void distinct_link(struct when_state *state, uint16_t place);

/* The newest time of all; 0: there is none. */
int64_t distinct_newest(const struct when_state *state);

#endif
