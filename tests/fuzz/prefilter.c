/*
 * Fuzzes the prefilter: under each engine, no pattern is ruled out that
 * matches, and all engines say the same.  Patterns, one a line and ended by
 * an empty one, then the record.  A pattern that begins with ~ knows no case.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "fuzz/patterns.h"

static void
try_engine(struct fuzzed *fuzzed, struct prefilter *filter, struct span record,
    bool may[FUZZED_PATTERNS_MAX], bool first)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct candidates *found = prefilter_candidates_new(filter);

	prefilter_search(filter, record, found);
	for (size_t i = 0; i < fuzzed->count; i++) {
		bool its = candidates_has(found, i);

		if (first && !its &&
		    pattern_match(fuzzed->compiled[i], scratch, record, NULL) ==
			PATTERN_YES)
			abort();
		if (!first && its != may[i])
			abort();
		may[i] = its;
	}
	candidates_free(found);
	pattern_scratch_free(scratch);
}

static void
try_engines(struct fuzzed *fuzzed, struct span record)
{
	static const enum prefilter_engine engines[] = {PREFILTER_AUTO,
	    PREFILTER_GRAMS, PREFILTER_VECTOR, PREFILTER_VECTOR_NARROW,
	    PREFILTER_VECTOR_PORTABLE, PREFILTER_PAIR,
	    PREFILTER_PAIR_NARROW, PREFILTER_PAIR_PORTABLE};
	struct rarity *rarity = rarity_new();
	bool may[FUZZED_PATTERNS_MAX] = {false};

	for (size_t i = 0; i < sizeof(engines) / sizeof(*engines); i++) {
		struct prefilter *filter = prefilter_new(
		    fuzzed->patterns, fuzzed->count, rarity, engines[i]);

		try_engine(fuzzed, filter, record, may, i == 0);
		prefilter_free(filter);
	}
	rarity_free(rarity);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fuzzed fuzzed = {.count = 0};
	struct span record;
	char *copy;

	if (len > 2000)
		return 0;
	record = fuzzed_read(&fuzzed, span_of((const char *)bytes, len));
	copy = xmemdup(record.data, record.len);
	try_engines(&fuzzed, span_of(copy, record.len));
	free(copy);
	fuzzed_release(&fuzzed);
	return 0;
}
