/*
 * literals_check: the one property of literals, for tests.
 *
 * A line that a pattern matches has one of its literals in it.
 */
#ifndef CTAIL_TESTS_LITERALS_CHECK_H
#define CTAIL_TESTS_LITERALS_CHECK_H

#include <stdio.h>

#include "base/buf.h"
#include "judge/literals.h"
#include "judge/pattern.h"

static inline unsigned char
check_fold(unsigned char byte, bool nocase)
{
	return nocase && byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

static inline bool
check_stands_at(const struct literal *literal, bool nocase, const char *at)
{
	for (size_t i = 0; i < literal->len; i++) {
		if (check_fold((unsigned char)at[i], nocase) !=
		    literal->bytes[i])
			return false;
	}
	return true;
}

/* Where the first of them stands; NULL: none does. */
static inline const char *
literals_in(
    const struct literals *literals, struct span line, size_t *len_out)
{
	for (size_t at = 0; at < line.len; at++) {
		for (size_t i = 0; i < literals->count; i++) {
			const struct literal *one = &literals->of[i];

			if (at + one->len > line.len ||
			    !check_stands_at(
				one, literals->nocase, line.data + at))
				continue;
			*len_out = one->len;
			return line.data + at;
		}
	}
	return NULL;
}

/* What holds of any set: no empty string, lower case where case does not
 * matter, none within another. */
static inline bool
literals_well_formed(const struct literals *set)
{
	if (set->count > LITERALS_MAX)
		return false;
	for (size_t i = 0; i < set->count; i++) {
		const struct literal *one = &set->of[i];
		struct literals rest = *set;
		size_t len;

		if (!one->len || one->len > LITERAL_BYTES_MAX)
			return false;
		for (size_t k = 0; set->nocase && k < one->len; k++) {
			if (one->bytes[k] >= 'A' && one->bytes[k] <= 'Z')
				return false;
		}
		rest.of[i] = rest.of[--rest.count];
		if (literals_in(&rest,
			span_of((const char *)one->bytes, one->len), &len))
			return false;
	}
	return true;
}

struct literals_tally {
	unsigned patterns, with, short_ones; /* refused ones are not counted */
	unsigned lines, matched, undecided, wrong;
};

static inline void
literals_show(const char *pattern, unsigned flags,
    const struct literals *literals, struct span line)
{
	printf("# flags %u pattern %s\n# line", flags, pattern);
	for (size_t i = 0; i < line.len && i < 200; i++)
		printf(" %02x", (unsigned char)line.data[i]);
	printf(
	    "\n# %s%zu:", literals->nocase ? "nocase " : "", literals->count);
	for (size_t i = 0; i < literals->count; i++)
		printf(" <%.*s>", (int)literals->of[i].len,
		    (const char *)literals->of[i].bytes);
	printf("\n");
}

/* Asks PCRE2 of one line. */
static inline void
literals_check(const struct pattern *pattern, unsigned flags,
    struct pattern_scratch *scratch, const struct literals *literals,
    struct span line, struct literals_tally *tally)
{
	enum pattern_verdict verdict =
	    pattern_match(pattern, scratch, line, NULL);
	size_t len;

	tally->lines++;
	if (verdict == PATTERN_NO)
		return;
	tally->matched += verdict == PATTERN_YES;
	if (literals_in(literals, line, &len))
		return;
	/* A limit was hit before the missing string was missed. */
	if (verdict == PATTERN_UNDECIDED) {
		tally->undecided++;
		return;
	}
	if (tally->wrong++ < 10)
		literals_show(pattern_text(pattern), flags, literals, line);
}

/* The same line with each literal in it broken. */
static inline void
literals_check_broken(const struct pattern *pattern, unsigned flags,
    struct pattern_scratch *scratch, const struct literals *literals,
    struct span line, uint64_t chance, struct literals_tally *tally)
{
	struct buf broken = BUF_INIT;
	const char *at;
	size_t len, rounds = 0;

	buf_add_span(&broken, line);
	while (rounds++ < 50 &&
	       (at = literals_in(literals, buf_span(&broken), &len))) {
		size_t place = (size_t)(at - broken.data) +
			       (size_t)((chance >> rounds) % len);

		broken.data[place] = "#~k b"[(chance >> (rounds + 3)) % 5];
	}
	literals_check(pattern, flags, scratch, literals, buf_span(&broken),
	    tally);
	buf_release(&broken);
}

#endif
