/*
 * Fuzzes what looks into a pattern without matching it: a line with the
 * pattern, and behind it the record that it is tried on.  How far it gets is
 * a part of both.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "judge/lint_internal.h"
#include "judge/reach.h"

static bool
is_within(struct span part, const char *begin, size_t len)
{
	return part.data >= begin && part.data + part.len <= begin + len;
}

static void
try_reach(const struct pattern *pattern, struct span record)
{
	const char *text = pattern_text(pattern);
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct reach reach;

	if (pattern_reach(pattern, scratch, record, &reach) &&
	    (!reach.has.len || !is_within(reach.has, text, strlen(text)) ||
		reach.wants.data != reach.has.data + reach.has.len ||
		!is_within(reach.wants, text, strlen(text)) ||
		!is_within(reach.rest, record.data, record.len) ||
		reach.words > reach.has.len))
		abort();
	pattern_scratch_free(scratch);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span record = span_of((const char *)bytes, len);
	const char *newline = len ? memchr(bytes, '\n', len) : NULL;
	struct buf text = BUF_INIT;
	struct pattern *pattern;
	size_t used = newline ? (size_t)(newline - record.data) : len;

	if (len && memchr(bytes, '\0', used))
		return 0;
	buf_add_span(&text, span_of(record.data, used));
	record = span_of(record.data + used, len - used);
	lint_foreign(buf_str(&text), false);
	lint_text(buf_str(&text));
	lint_never_matches(buf_str(&text), 0, true);
	for (unsigned flags = 0; flags <= PATTERN_UTF; flags += PATTERN_UTF) {
		pattern = pattern_new(buf_str(&text), flags, NULL);
		if (pattern)
			try_reach(pattern, record);
		pattern_free(pattern);
	}
	buf_release(&text);
	return 0;
}
