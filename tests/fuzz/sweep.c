/*
 * Fuzzes the sweep: a block's lines match the same patterns with each engine,
 * by record and by block, as when each pair is tried.  Patterns, one a line
 * and ended by an empty one, then the block.
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "fuzz/patterns.h"
#include "unit/differential.h"

#define LINES_MAX 60

static void
add_lines(struct differential *d, struct span block)
{
	while (block.len && d->line_count < LINES_MAX) {
		const char *end = memchr(block.data, '\n', block.len);
		size_t len = end ? (size_t)(end - block.data) : block.len;
		struct span text = span_of(block.data, len);

		if (text.len && text.data[text.len - 1] == '\r')
			text.len--;
		differential_line(d, text);
		len += end != NULL;
		block = span_of(block.data + len, block.len - len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct fuzzed fuzzed = {.count = 0};
	struct differential d;
	struct span block;

	if (len > 2000)
		return 0;
	differential_init(&d, len * 0x9e3779b97f4a7c15u + 1);
	block = fuzzed_read(&fuzzed, span_of((const char *)bytes, len));
	for (size_t i = 0; i < fuzzed.count; i++)
		differential_pattern(&d, fuzzed.patterns[i].text,
		    fuzzed.patterns[i].flags |
			(len % 2 ? PATTERN_INTERPRETED : 0));
	add_lines(&d, block);
	if (d.line_count)
		differential_run(&d);
	if (d.wrong)
		abort();
	differential_release(&d);
	fuzzed_release(&fuzzed);
	return 0;
}
