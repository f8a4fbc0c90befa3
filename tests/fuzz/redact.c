/*
 * Fuzzes masking: a pattern on the first line, the text behind it.  The copy
 * is as long as the text and differs from it in masks only; captures stay
 * where they were.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "judge/redact.h"

static void
report(void *arg, struct origin origin, const char *text)
{
	(void)arg;
	(void)origin;
	if (!*text)
		abort();
}

static void
check(struct span raw, struct span masked, bool undecided)
{
	if (masked.len != raw.len)
		abort();
	for (size_t i = 0; i < raw.len; i++) {
		if (masked.data[i] != '*' &&
		    (undecided || masked.data[i] != raw.data[i]))
			abort();
	}
}

static void
try_text(const char *pattern, struct span raw)
{
	struct setting_item item = {(char *)pattern, {"test", 1}};
	struct setting_list list = {&item, 1};
	struct redact *redact = redact_new(&list, report, NULL);
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct captures captures = {.count = 1};
	struct buf copy = BUF_INIT;
	struct span masked;
	bool undecided;

	masked = redact_text(redact, scratch, NULL, raw, &copy, &undecided);
	check(raw, masked, undecided);
	captures.groups[0] = span_of(raw.data + raw.len / 2, raw.len / 3);
	redact_captures(&captures, raw, masked);
	if (captures.groups[0].data != masked.data + raw.len / 2)
		abort();
	pattern_scratch_free(scratch);
	redact_free(redact);
	buf_release(&copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	const char *end = len ? memchr(text, '\n', len) : NULL;
	struct buf pattern = BUF_INIT;

	if (!end || len > 2000)
		return 0;
	buf_add(&pattern, text, (size_t)(end - text));
	try_text(buf_str(&pattern),
	    span_of(end + 1, len - (size_t)(end + 1 - text)));
	buf_release(&pattern);
	return 0;
}
