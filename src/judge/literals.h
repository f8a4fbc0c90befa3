/*
 * literals: strings of which at least one occurs in every match of a pattern.
 *
 * Sound or silent: read from the pattern's own syntax, and what the reader
 * does not fully understand yields nothing.  A line in which none of the
 * strings occurs cannot match, also where PCRE2 alone, running into its
 * limits, could not have told (PATTERN_UNDECIDED): the absence of a string is
 * the proof.  The strings occur somewhere in the subject, not necessarily
 * within the match (lookaround, \K).
 *
 * The pattern is taken as pattern_new() takes it, with the same flags;
 * nothing is said of patterns that it refuses.  Work and depth are bounded
 * for hostile patterns.
 */
#ifndef CTAIL_JUDGE_LITERALS_H
#define CTAIL_JUDGE_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define LITERAL_BYTES_MAX 24
#define LITERALS_MAX 64

/* Bytes as they must stand in the subject; never empty. */
struct literal {
	unsigned char bytes[LITERAL_BYTES_MAX];
	unsigned char len;
};

/* With nocase the bytes are lower case, and A to Z in the subject are to be
 * taken as a to z; no other byte has a case.  Also a pattern without
 * PATTERN_NOCASE may yield it: (?i).  No string stands there twice; one may
 * be part of another. */
struct literals {
	bool nocase;
	size_t count; /* 0: nothing can be said, every line may match */
	struct literal of[LITERALS_MAX];
};

/* How often strings are to be expected in log text.  Starts with general
 * knowledge; better with a sample of the log that will be read. */
#define RARITY_SAMPLE_MAX (1024 * 1024)
struct rarity;
struct rarity *rarity_new(void);
void rarity_free(struct rarity *rarity);

/* May be called again with another sample; at most RARITY_SAMPLE_MAX bytes of
 * each are looked at. */
void rarity_learn(struct rarity *rarity, struct span sample);

/* Lower is rarer: about how often in a GiB the rarest four bytes in a row of
 * the string occur, or the whole of a shorter one.  The empty string is
 * everywhere: UINT32_MAX. */
uint32_t rarity_of(const struct rarity *rarity, struct span bytes);

/* The best set there is: no string under four bytes if that can be, then
 * those that are rarest together.  flags are the PATTERN_ ones. */
void literals_find(const char *pattern, unsigned flags,
    const struct rarity *rarity, struct literals *out);

#endif
