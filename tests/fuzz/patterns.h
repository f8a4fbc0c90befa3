/*
 * patterns: what a fuzz target makes of patterns, one a line and ended by an
 * empty one.  A pattern that begins with ~ knows no case.
 */
#ifndef CTAIL_TESTS_FUZZ_PATTERNS_H
#define CTAIL_TESTS_FUZZ_PATTERNS_H

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/pattern.h"
#include "judge/prefilter.h"

#define FUZZED_PATTERNS_MAX 64

struct fuzzed {
	struct prefilter_pattern patterns[FUZZED_PATTERNS_MAX];
	struct pattern *compiled[FUZZED_PATTERNS_MAX];
	size_t count;
};

static inline void
fuzzed_add(struct fuzzed *fuzzed, struct span line)
{
	unsigned flags = line.data[0] == '~' ? PATTERN_NOCASE : 0;
	struct err err = ERR_INIT;
	char *text =
	    xstrndup(line.data + (flags != 0), line.len - (flags != 0));
	struct pattern *pattern =
	    pattern_new(text, flags | PATTERN_INTERPRETED, &err);

	if (!pattern || fuzzed->count == FUZZED_PATTERNS_MAX) {
		pattern_free(pattern);
		free(text);
		return;
	}
	fuzzed->compiled[fuzzed->count] = pattern;
	fuzzed->patterns[fuzzed->count++] =
	    (struct prefilter_pattern){text, flags};
}

/* Back comes what is behind the patterns. */
static inline struct span
fuzzed_read(struct fuzzed *fuzzed, struct span bytes)
{
	const char *end;

	while (bytes.len && (end = memchr(bytes.data, '\n', bytes.len))) {
		size_t len = (size_t)(end - bytes.data);

		if (len)
			fuzzed_add(fuzzed, span_of(bytes.data, len));
		bytes = span_of(bytes.data + len + 1, bytes.len - len - 1);
		if (!len)
			break;
	}
	return bytes;
}

static inline void
fuzzed_release(struct fuzzed *fuzzed)
{
	for (size_t i = 0; i < fuzzed->count; i++) {
		pattern_free(fuzzed->compiled[i]);
		free((char *)fuzzed->patterns[i].text);
	}
}

#endif
