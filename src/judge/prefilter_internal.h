/*
 * prefilter_internal: what the engines behind prefilter.h share.
 */
#ifndef CTAIL_JUDGE_PREFILTER_INTERNAL_H
#define CTAIL_JUDGE_PREFILTER_INTERNAL_H

#include <stdbool.h>
#include <string.h>
#include "judge/prefilter.h"

/* The bytes that the engines look at in one place of a string. */
#define PREFILTER_WINDOW 4

/* A string, and the patterns it stands for. */
struct prefilter_string {
	unsigned char bytes[LITERAL_BYTES_MAX];
	unsigned char len;
	bool nocase;
	bool is_whole; /* it is all there is of the first owner */
	uint32_t owners, owner_count; /* a part of prefilter.owners */
};

/* More strings than that are not for the pairs. */
#define PAIR_STRINGS_MAX 2

struct grams;
struct vector;
struct pair;

struct prefilter {
	struct prefilter_string *strings;
	size_t string_count;
	uint32_t *owners;
	size_t owner_count;
	size_t pattern_count;
	bool *open; /* per pattern: nothing is known of it */
	size_t open_count, covered;
	struct grams *grams;   /* or NULL */
	struct vector *vector; /* or NULL */
	struct pair *pair;     /* or NULL */
};

/* A string, and where it begins. */
struct place {
	uint32_t at, string;
};

struct places {
	struct place *items;
	size_t count, room;
};

/* One search: for all candidates, for all places, or for the first place. */
struct hunt {
	const struct prefilter *filter;
	struct span text;
	struct candidates *out; /* and places NULL: the first will do */
	size_t found;		/* in that case; text.len: not yet */
	struct places *places;
};

/* The patterns of this string are candidates, if it stands there in the
 * text.  True: the place `here', which is within it, was all there was to
 * find. */
bool prefilter_confirm(
    struct hunt *hunt, size_t which, size_t at, size_t here);

/* It has these bytes. */
bool prefilter_stands(const struct prefilter_string *string, const char *bytes);

/* Up to four bytes as a number that has no meaning beyond being the same for
 * the same bytes. */
static inline uint32_t
prefilter_load(const void *bytes, size_t len)
{
	uint32_t value = 0;

	memcpy(&value, bytes, len);
	return value;
}

/* Makes upper and lower case the same, and some other bytes too. */
#define PREFILTER_FOLD UINT32_C(0x20202020)

/* The place of the string with the rarest `width' bytes; 0 when it has not
 * more. */
size_t prefilter_rarest(const struct prefilter_string *string, size_t width,
    const struct rarity *rarity);

/* --- prefilter_grams.c --- */

/* Strings of less than four bytes are left out, and others that are in the
 * way of speed when there are few: the caller looks for those elsewhere.
 * left_out has room for all strings. */
struct grams *grams_new(const struct prefilter *filter,
    const struct rarity *rarity, uint32_t *left_out, size_t *left_count_out);
void grams_free(struct grams *grams);
void grams_search(struct hunt *hunt);

/* Place by place; all 0: from the text's beginning on. */
struct gram_walk {
	size_t at;	      /* the place at hand, */
	uint32_t value;	      /* what stands there, */
	uint32_t chain, end;  /* and what is left to compare with it */
	uint32_t string;      /* the one found last */
};

/* The next string that stands there; what lies before from is passed over. */
bool grams_walk_next(const struct prefilter *filter, struct gram_walk *walk,
    struct span text, size_t from);

/* --- prefilter_vector.c --- */

struct vector *vector_new(const struct prefilter *filter,
    const struct rarity *rarity, const uint32_t *which, size_t count,
    enum prefilter_engine engine);
void vector_free(struct vector *vector);
void vector_search(struct hunt *hunt);

/* --- prefilter_pair.c --- */

/* Of PAIR_STRINGS_MAX at most. */
struct pair *pair_new(const struct prefilter *filter,
    const struct rarity *rarity, const uint32_t *which, size_t count,
    enum prefilter_engine engine);
void pair_free(struct pair *pair);
void pair_search(struct hunt *hunt);

/* Whether the machine has more than the portable one. */
bool vector_is_fast(void);

/* With so many strings the pairs are faster than the vectors. */
static inline bool
pair_is_faster(size_t count)
{
	return count <= (vector_is_fast() ? PAIR_STRINGS_MAX : 1);
}

#endif
