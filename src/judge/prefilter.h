/*
 * prefilter: which of many patterns may match a record, in one pass over it.
 *
 * Every pattern is known by a few literal strings of which one occurs in
 * whatever it matches (literals.h).  All strings of all patterns are searched
 * for at once; the patterns of those that occur are the candidates, and so
 * are always those of which no string is known.  Whoever is not a candidate
 * does not match; a candidate may.
 *
 * Read-only after creation, so that a filter can be shared; the candidates
 * are the caller's.  Nothing outside of the record's bytes is read, also where
 * somebody changes them meanwhile; what is found then is of no worth, and
 * nothing else is wrong.
 */
#ifndef CTAIL_JUDGE_PREFILTER_H
#define CTAIL_JUDGE_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "judge/candidates.h"
#include "judge/literals.h"

/* As pattern_new takes them.  text NULL: not of this filter, and never a
 * candidate; so that several filters can share one numbering. */
struct prefilter_pattern {
	const char *text;
	unsigned flags;
};

enum prefilter_engine {
	PREFILTER_AUTO,	 /* what is fastest for these on this machine */
	PREFILTER_GRAMS, /* hashes of four bytes; others for shorter strings */
	PREFILTER_VECTOR,	 /* many places at a time; for few strings */
	PREFILTER_VECTOR_NARROW, /* the same on smaller machines */
	PREFILTER_VECTOR_PORTABLE,
	PREFILTER_PAIR, /* the two rarest bytes of one string, or of very few */
	PREFILTER_PAIR_NARROW, /* the same on smaller machines */
	PREFILTER_PAIR_PORTABLE,
};

struct prefilter;

/* The patterns are numbered in their order, and are of the call only, as is
 * rarity.  An engine that this machine has not is replaced by the next that
 * it has. */
struct prefilter *prefilter_new(const struct prefilter_pattern *patterns,
    size_t count, const struct rarity *rarity, enum prefilter_engine engine);
void prefilter_free(struct prefilter *filter);

/* The patterns that can be ruled out at all; and whether those are enough for
 * the search to cost less than trying them. */
size_t prefilter_covered(const struct prefilter *filter);
bool prefilter_pays(const struct prefilter *filter);

/* For prefilter_search. */
struct candidates *prefilter_candidates_new(const struct prefilter *filter);

/* Of a text of any length, such as a block of many lines: a place from `from'
 * on that lies within a string, or at its edge, so that no line which ends
 * before it holds one.  text.len: there is none.  With a pattern that is
 * always a candidate it is from itself. */
size_t prefilter_find(const struct prefilter *filter, struct span text,
    size_t from);

/* Whether there is such a pattern. */
bool prefilter_is_open(const struct prefilter *filter);

/* A string that stands in a text, and the patterns that it is of.  The place
 * is within it, or at its edge.  Where the string is the whole of the first of
 * these patterns, so that nothing is left to be confirmed, it may be told: it
 * begins at the place then, has no blank at its end, and no control character
 * or newline. */
struct prefilter_hit {
	size_t place;
	const uint32_t *patterns;
	size_t count;
	struct span whole; /* or empty */
};

/* A walk over the strings that stand in a text of many lines, line by line;
 * one may be told more than once.  Patterns of which no string is known are
 * none of its business.  The filter outlives the walk, the text its use. */
struct prefilter_walk;
struct prefilter_walk *prefilter_walk_new(const struct prefilter *filter);
void prefilter_walk_free(struct prefilter_walk *walk);
void prefilter_walk_begin(struct prefilter_walk *walk, struct span text);

/* The next one; those that end before `from' are passed over.  False: there is
 * none. */
bool prefilter_walk_next(struct prefilter_walk *walk, size_t from,
    struct prefilter_hit *out);

/* Whatever was in out before is gone. */
void prefilter_search(const struct prefilter *filter, struct span record,
    struct candidates *out);

#endif
