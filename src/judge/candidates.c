/*
 * candidates: a two-level bitmap.
 *
 * Hides that clearing looks only at the words that were added to.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/candidates.h"

struct candidates *
candidates_new(size_t count)
{
	struct candidates *candidates = xcalloc(1, sizeof(*candidates));
	size_t words = count / 64 + 1, groups = words / 64 + 1;

	candidates->count = count;
	candidates->words = xcalloc(words, sizeof(uint64_t));
	candidates->always = xcalloc(words, sizeof(uint64_t));
	candidates->full = xcalloc(groups, sizeof(uint64_t));
	candidates->touched = xcalloc(groups, sizeof(uint64_t));
	return candidates;
}

void
candidates_free(struct candidates *candidates)
{
	if (!candidates)
		return;
	free(candidates->words);
	free(candidates->always);
	free(candidates->full);
	free(candidates->touched);
	free(candidates);
}

void
candidates_keep(struct candidates *candidates, size_t pattern)
{
	candidates->always[pattern / 64] |= UINT64_C(1) << pattern % 64;
	candidates_add(candidates, pattern);
}

static void
clear_group(struct candidates *candidates, size_t group)
{
	uint64_t touched = candidates->touched[group];

	while (touched) {
		size_t bit = (size_t)__builtin_ctzll(touched);
		size_t word = group * 64 + bit;

		candidates->words[word] = candidates->always[word];
		if (!candidates->words[word])
			candidates->full[group] &= ~(UINT64_C(1) << bit);
		touched &= touched - 1;
	}
	candidates->touched[group] = 0;
}

void
candidates_clear(struct candidates *candidates)
{
	size_t groups = candidates->count / (64 * 64) + 1;

	for (size_t i = 0; i < groups; i++)
		if (candidates->touched[i])
			clear_group(candidates, i);
}

size_t
candidates_next_word(
    const struct candidates *candidates, size_t word, size_t end)
{
	size_t groups = candidates->count / (64 * 64) + 1;

	for (size_t group = word / 64; group < groups; group++) {
		uint64_t full = candidates->full[group];
		size_t found;

		if (group == word / 64)
			full &= ~UINT64_C(0) << word % 64;
		if (!full)
			continue;
		word = group * 64 + (size_t)__builtin_ctzll(full);
		found = word * 64 +
			(size_t)__builtin_ctzll(candidates->words[word]);
		return found < end ? found : end;
	}
	return end;
}
