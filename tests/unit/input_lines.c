/*
 * input_lines: cutting blocks into lines.
 */
#include "config.h"

#include <stdint.h>

#include "input/lines.h"
#include "tap.h"

static struct line line;

static bool
next_is(struct lines *lines, const char *text)
{
	return lines_next(lines, &line) && span_is(line.text, text);
}

static void
test_plain(void)
{
	struct lines lines;

	lines_init(&lines, span_str("one\n\ntwo\nrest"), 100, false);
	OK(next_is(&lines, "one") && line.start == 0 && line.end == 4,
	    "a line has no newline and knows where it lies");
	OK(next_is(&lines, "") && line.start == 4 && line.end == 5,
	    "an empty line is a line");
	OK(next_is(&lines, "two") && !line.cut, "the next line follows");
	OK(!lines_next(&lines, &line) && lines.at == 9,
	    "the open rest is not a line and not consumed");
	lines_init(&lines, span_of(NULL, 0), 100, false);
	OK(!lines_next(&lines, &line) && lines.at == 0,
	    "an empty block has none");
	lines_init(&lines, span_of("a\0b\r\n\xff\n", 7), 100, false);
	OK(lines_next(&lines, &line) &&
		span_equal(line.text, span_of("a\0b\r", 4)),
	    "NUL and CR pass unchanged");
	OK(next_is(&lines, "\xff"), "so does invalid UTF-8");
}

static void
test_cut(void)
{
	struct lines lines;

	lines_init(&lines, span_str("12345\n123456\nx\n"), 5, false);
	OK(next_is(&lines, "12345") && !line.cut,
	    "a line of exactly the maximum is whole");
	OK(next_is(&lines, "12345") && line.cut && lines.skipping,
	    "one byte more and it is cut");
	OK(next_is(&lines, "x") && !lines.skipping && line.start == 13,
	    "the rest of it is skipped");
	lines_init(&lines, span_str("12345"), 5, false);
	OK(!lines_next(&lines, &line) && lines.at == 0,
	    "an open line of the maximum may still be whole");
	lines_init(&lines, span_str("123456"), 5, false);
	OK(next_is(&lines, "12345") && line.cut, "a longer one cannot");
	OK(!lines_next(&lines, &line) && lines.at == 6 && lines.skipping,
	    "its rest is consumed to the end of the block");
}

static void
test_skipping(void)
{
	struct lines lines;

	lines_init(&lines, span_str("more of it"), 5, true);
	OK(!lines_next(&lines, &line) && lines.at == 10 && lines.skipping,
	    "skipping goes through a whole block");
	lines_init(&lines, span_str("end\nnew\n"), 5, true);
	OK(next_is(&lines, "new") && line.start == 4 && !lines.skipping,
	    "and ends behind the newline");
	lines_init(&lines, span_str("\n"), 5, true);
	OK(!lines_next(&lines, &line) && lines.at == 1 && !lines.skipping,
	    "which may be the last byte");
}

/* However the bytes come in blocks, the lines are the same. */
static void
test_blocks(void)
{
	static const char text[] = "ab\nabcdefghijkl\n\nabcde\nabcdef\nx\n";
	size_t total = sizeof(text) - 1;
	bool same = true;

	for (size_t step = 1; step <= total; step++) {
		char got[128] = "";
		size_t from = 0, to = 0;
		bool skipping = false;

		while (from < total) {
			struct lines lines;

			to = to + step < total ? to + step : total;
			lines_init(&lines, span_of(text + from, to - from), 5,
			    skipping);
			while (lines_next(&lines, &line)) {
				strncat(got, line.text.data, line.text.len);
				strcat(got, line.cut ? "!" : ".");
			}
			from += lines.at;
			skipping = lines.skipping;
		}
		same = same && !strcmp(got, "ab.abcde!.abcde.abcde!x.");
	}
	OK(same, "where blocks end makes no difference");
}

static size_t
count_slowly(struct span bytes)
{
	size_t count = 0;

	for (size_t i = 0; i < bytes.len; i++)
		count += bytes.data[i] == '\n';
	return count;
}

static void
test_count(void)
{
	enum { BYTES = 100000 };
	static char bytes[BYTES];
	uint32_t seed = 1;
	bool right = true;

	IS_INT(lines_count(span_of(NULL, 0)), 0, "nothing has no newlines");
	memset(bytes, '\n', BYTES);
	IS_INT(lines_count(span_of(bytes, BYTES)), BYTES,
	    "nothing but newlines is counted");
	memset(bytes, '\n' + 0x80, BYTES);
	IS_INT(lines_count(span_of(bytes, BYTES)), 0,
	    "bytes with the eighth bit are no newlines");
	for (size_t i = 0; i < BYTES; i++) {
		seed = seed * 1103515245 + 12345;
		bytes[i] = seed >> 28 ? (char)(seed >> 16) : '\n';
	}
	for (size_t len = 0; len < 400 && right; len++) {
		struct span part = span_of(bytes + len % 7, len);

		right = lines_count(part) == count_slowly(part);
	}
	for (size_t from = 0; from < 300 && right; from++) {
		struct span part = span_of(bytes + from, BYTES - 2 * from);

		right = lines_count(part) == count_slowly(part);
	}
	OK(right, "any part of any length has the newlines it has");
}

int
main(void)
{
	test_plain();
	test_cut();
	test_skipping();
	test_blocks();
	test_count();
	return tap_done();
}
