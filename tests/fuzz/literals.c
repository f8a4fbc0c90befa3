/*
 * Fuzzes the reader of patterns: a line that a pattern matches has one of its
 * literals in it.  A byte of flags, the pattern, a NUL, the line.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "unit/literals_check.h"

static void
try_line(const char *text, unsigned flags, const struct literals *literals,
    struct span line)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct literals_tally tally = {0};
	struct err err = ERR_INIT;
	struct pattern *pattern =
	    pattern_new(text, flags | PATTERN_INTERPRETED, &err);

	if (pattern) {
		literals_check(pattern, flags, scratch, literals, line, &tally);
		literals_check_broken(pattern, flags, scratch, literals, line,
		    line.len * 7919, &tally);
		/* The pattern itself is often not far from what it matches. */
		literals_check(
		    pattern, flags, scratch, literals, span_str(text), &tally);
		literals_check_broken(pattern, flags, scratch, literals,
		    span_str(text), line.len * 7919, &tally);
	}
	if (tally.wrong)
		abort();
	pattern_free(pattern);
	pattern_scratch_free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rarity *rarity;
	struct literals literals;
	unsigned flags;
	size_t at;
	char *text;

	if (len < 2 || len > 500)
		return 0;
	rarity = rarity_new();
	flags = bytes[0] % 8;
	text = xstrndup((const char *)bytes + 1, len - 1);
	at = 1 + strlen(text);
	literals_find(text, flags, rarity, &literals);
	if (!literals_well_formed(&literals))
		abort();
	if (literals.count)
		try_line(text, flags, &literals,
		    span_of((const char *)bytes + at, len - at));
	free(text);
	rarity_free(rarity);
	return 0;
}
