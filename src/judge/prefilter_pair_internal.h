/*
 * prefilter_pair_internal: between the search for pairs of bytes and the
 * machine.
 *
 * One loop over the places of a text per machine; a place passes for a string
 * when one byte of it stands there and another behind it at its distance.
 * configure picks what pair_machine() is.
 */
#ifndef CTAIL_JUDGE_PREFILTER_PAIR_INTERNAL_H
#define CTAIL_JUDGE_PREFILTER_PAIR_INTERNAL_H

#include "judge/prefilter_internal.h"

struct pair_string {
	uint32_t string;
	uint8_t first;	 /* of the string, where the first byte is */
	uint8_t gap;	 /* from there to the second; 0 only for one byte */
	uint8_t fold[2]; /* 0x20 where case does not matter, else 0 */
	uint8_t byte[2]; /* with that */
};

struct pair {
	struct pair_string of[PAIR_STRINGS_MAX];
	size_t count, gap_max;
	bool folds; /* for any of them case does not matter */
	void (*scan)(struct hunt *hunt, const struct pair *pair);
};

typedef void pair_scan(struct hunt *hunt, const struct pair *pair);

/* NULL: this machine has none of that width, in bytes at a time. */
pair_scan *pair_machine(size_t width);
void pair_scan_portable(struct hunt *hunt, const struct pair *pair);

/* The strings that passed: a bit per place from `at' on and string.  True:
 * nothing more has to be found. */
bool pair_hits(struct hunt *hunt, const struct pair *pair, size_t at,
    const uint64_t places[PAIR_STRINGS_MAX]);

#endif
