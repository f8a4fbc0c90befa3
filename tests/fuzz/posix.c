/*
 * Fuzzes the translation of extended expressions: what it yields compiles, or
 * is refused by PCRE2 for its size; the same bytes as a rule file too.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "judge/pattern.h"
#include "judge/pattern_file.h"
#include "judge/posix.h"
#include "judge/shape.h"

/* Limits that the translation does not know. */
static bool
is_a_limit(const struct err *err)
{
	static const char *const words[] = {"too large", "too long",
	    "too complicated", "too many", "groups", "too big", NULL};

	for (size_t i = 0; words[i]; i++) {
		if (strstr(err->text, words[i]))
			return true;
	}
	return false;
}

static void
try_one(struct span text)
{
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	struct pattern *pattern;

	if (posix_translate(text, &out, &err)) {
		if (out.len || !err.text[0])
			abort();
		buf_release(&out);
		return;
	}
	pattern = pattern_new(buf_str(&out), PATTERN_INTERPRETED, &err);
	if (!pattern && !is_a_limit(&err)) {
		fprintf(stderr, "%s: %s\n", buf_str(&out), err.text);
		abort();
	}
	pattern_free(pattern);
	buf_release(&out);
}

/* What is learned from a line is an expression that matches it. */
static void
try_learned(struct span text)
{
	struct buf shape = BUF_INIT, rule = BUF_INIT, out = BUF_INIT;
	struct pattern_scratch *scratch;
	struct pattern *pattern;
	struct err err = ERR_INIT;

	/* No bracket of such an expression matches a newline. */
	if (text.len && memchr(text.data, '\n', text.len))
		return;
	shape_pattern(text, &shape);
	if (posix_write(buf_span(&shape), &rule)) {
		if (rule.len)
			abort();
		buf_release(&shape);
		return;
	}
	if (posix_translate(buf_span(&rule), &out, &err))
		abort();
	pattern = pattern_new(buf_str(&out), PATTERN_INTERPRETED, &err);
	scratch = pattern_scratch_new();
	if (pattern && pattern_match(pattern, scratch, text, NULL) ==
			   PATTERN_NO) {
		fprintf(stderr, "%s\n", buf_str(&rule));
		abort();
	}
	pattern_scratch_free(scratch);
	pattern_free(pattern);
	buf_release(&shape);
	buf_release(&rule);
	buf_release(&out);
}

static void
each(void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	unsigned *last = arg;

	if (origin.line <= *last || (!pattern && !mistake))
		abort();
	*last = origin.line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	unsigned last = 0;

	if (len > 2000)
		return 0;
	try_one(text);
	try_learned(text);
	pattern_file_each("file", text, each, &last);
	return 0;
}
