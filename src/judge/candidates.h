/*
 * candidates: which patterns may match the record at hand.
 *
 * A bit per pattern, and one per word of those, so that a set of thousands
 * is cleared and walked at the price of what is in it.  Some patterns are in
 * it always: it starts with them, and clearing leaves them.
 */
#ifndef CTAIL_JUDGE_CANDIDATES_H
#define CTAIL_JUDGE_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct candidates {
	size_t count; /* patterns, in or out */
	uint64_t *words;
	uint64_t *full;	   /* a bit per word that is not 0 */
	uint64_t *touched; /* a bit per word that was added to */
	uint64_t *always;  /* as words begins */
};

/* Empty, of patterns 0 to count - 1. */
struct candidates *candidates_new(size_t count);
void candidates_free(struct candidates *candidates);

/* From now on this one is always in. */
void candidates_keep(struct candidates *candidates, size_t pattern);

void candidates_clear(struct candidates *candidates);

/* The first from `from' on in a word behind the first; for
 * candidates_next. */
size_t candidates_next_word(
    const struct candidates *candidates, size_t word, size_t end);

static inline void
candidates_add(struct candidates *candidates, size_t pattern)
{
	size_t word = pattern / 64;
	uint64_t bit = UINT64_C(1) << word % 64;

	candidates->words[word] |= UINT64_C(1) << pattern % 64;
	candidates->full[word / 64] |= bit;
	candidates->touched[word / 64] |= bit;
}

static inline bool
candidates_has(const struct candidates *candidates, size_t pattern)
{
	return candidates->words[pattern / 64] >> pattern % 64 & 1;
}

/* The first one from `from' to before end (of what there is); end: there is
 * none. */
static inline size_t
candidates_next(const struct candidates *candidates, size_t from, size_t end)
{
	uint64_t rest;

	if (from >= end)
		return end;
	rest = candidates->words[from / 64] >> from % 64;
	if (rest) {
		size_t found = from + (size_t)__builtin_ctzll(rest);

		return found < end ? found : end;
	}
	return candidates_next_word(candidates, from / 64 + 1, end);
}

#endif
