/*
 * judge_sweep: a line that is passed over matches nothing, and one that is
 * not is worth a look.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "judge/sweep.h"
#include "jit.h"
#include "tap.h"

#define PATTERNS_MAX 80

struct stage {
	struct prefilter_pattern texts[PATTERNS_MAX];
	struct pattern *patterns[PATTERNS_MAX];
	size_t count;
	struct rarity *rarity;
	struct prefilter *filter;
	struct pattern_scratch *scratch;
	struct candidates *candidates;
	struct sweep *sweep;
};

/* NULL: a number that is not of the filter. */
static void
stage_init(struct stage *stage, const char *const *texts, size_t count)
{
	*stage = (struct stage){.count = count};
	for (size_t i = 0; i < count; i++) {
		struct err err = ERR_INIT;

		if (!texts[i])
			continue;
		stage->texts[i].text = texts[i];
		stage->patterns[i] = pattern_new(texts[i], 0, &err);
		if (!stage->patterns[i])
			exit(99);
	}
	stage->rarity = rarity_new();
	stage->filter = prefilter_new(
	    stage->texts, count, stage->rarity, PREFILTER_AUTO);
	stage->candidates = prefilter_candidates_new(stage->filter);
	stage->scratch = pattern_scratch_new();
	stage->sweep = sweep_new(stage->filter,
	    (const struct pattern *const *)stage->patterns, count,
	    stage->scratch);
}

static void
stage_release(struct stage *stage)
{
	sweep_free(stage->sweep);
	candidates_free(stage->candidates);
	prefilter_free(stage->filter);
	rarity_free(stage->rarity);
	pattern_scratch_free(stage->scratch);
	for (size_t i = 0; i < stage->count; i++)
		pattern_free(stage->patterns[i]);
}

static size_t
line_end(struct span lines, size_t at)
{
	const char *newline = memchr(lines.data + at, '\n', lines.len - at);

	return newline ? (size_t)(newline - lines.data) + 1 : lines.len;
}

static struct span
line_text(struct span lines, size_t at)
{
	size_t end = line_end(lines, at);

	if (end > at && lines.data[end - 1] == '\n')
		end--;
	if (end > at && lines.data[end - 1] == '\r')
		end--;
	return span_of(lines.data + at, end - at);
}

/* What of a block is handed out, and whether anything was missed. */
struct outcome {
	size_t lines, handed, missed, mistaken;
};

static bool
matches(const struct stage *stage, struct span text, bool candidates)
{
	for (size_t i = 0; i < stage->count; i++) {
		if (!stage->patterns[i] ||
		    pattern_match(stage->patterns[i], stage->scratch, text,
			NULL) != PATTERN_YES)
			continue;
		if (!candidates || !candidates_has(stage->candidates, i))
			return true;
	}
	return false;
}

static void
check_line(struct stage *stage, struct span lines, size_t at, bool handed,
    struct outcome *out)
{
	struct span text = line_text(lines, at);

	out->lines++;
	out->handed += handed;
	if (!handed) {
		out->missed += matches(stage, text, false);
		return;
	}
	sweep_candidates(stage->sweep, at, text, stage->candidates);
	out->missed += matches(stage, text, true);
	for (size_t i = 0; i < stage->count; i++)
		out->mistaken += !stage->patterns[i] &&
				 candidates_has(stage->candidates, i);
}

static void
sweep_all(struct stage *stage, struct span lines, struct outcome *out)
{
	size_t at = 0;

	sweep_begin(stage->sweep, lines);
	while (at < lines.len) {
		size_t next = sweep_next(stage->sweep, at);

		if (next < at || next > lines.len ||
		    (next && lines.data[next - 1] != '\n')) {
			out->mistaken++;
			return;
		}
		for (; at < next; at = line_end(lines, at))
			check_line(stage, lines, at, false, out);
		if (at == lines.len)
			return;
		check_line(stage, lines, at, true, out);
		at = line_end(lines, at);
	}
}

static struct outcome
outcome_of(const char *const *texts, size_t count, struct span lines)
{
	struct stage stage;
	struct outcome out = {0, 0, 0, 0};

	stage_init(&stage, texts, count);
	sweep_all(&stage, lines, &out);
	stage_release(&stage);
	return out;
}

/* --- Strings -------------------------------------------------------------- */

static const char *const words[] = {"error", "fat(al|e)", NULL, "denied$"};

static void
test_words(void)
{
	struct outcome out = outcome_of(words, 4,
	    span_str("all is well\nan error\n\nerro\nr\r\nfatal: denied\r\n"
		     "no\nfate\ndenied"));

	IS_INT(out.handed, 4, "the lines with a string are handed out");
	IS_INT(out.lines, 9, "and all others are passed over");
	IS_INT(out.missed + out.mistaken, 0, "none is missed");
	out = outcome_of(words, 4, span_of("", 0));
	IS_INT(out.lines, 0, "an empty block has no lines");
	out = outcome_of(words, 4, span_str("\n\n\n"));
	IS_INT(out.handed, 0, "empty lines match nothing");
}

static void
add_lines(struct buf *out, const char *line, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_str(out, line);
}

static void
test_dense(void)
{
	struct buf text = BUF_INIT;
	struct outcome out;

	add_lines(&text, "an error\n", 10000);
	out = outcome_of(words, 4, buf_span(&text));
	OK(out.handed == 10000 && !out.missed,
	    "where every line is a hit, every line is handed out");
	add_lines(&text, "nothing at all\n", 10000);
	out = outcome_of(words, 4, buf_span(&text));
	OK(out.handed < 11000 && !out.missed,
	    "soon after it has ended lines are passed over again");
	buf_reset(&text);
	for (int i = 0; i < 3000; i++)
		add_lines(&text, i % 2 ? "an error\n" : "nothing\n", 1);
	out = outcome_of(words, 4, buf_span(&text));
	OK(out.handed == 1500 && !out.missed,
	    "every second line is no reason to look at all");
	buf_release(&text);
}

/* --- Patterns without a string -------------------------------------------- */

static const char *const numbers[] = {
    "\\d\\d+", "word", NULL, "[A-Z][A-Z]$", "^\\w\\w\\w\\w$"};

static void
test_numbers(void)
{
	struct outcome out = outcome_of(numbers, 5,
	    span_str("one\n22\n3\nAB\r\nCDe\na word\n\nabcd\nabcde\nABe\n"));

	IS_INT(out.handed, 4,
	    "patterns without a string are tried line by line");
	IS_INT(out.missed + out.mistaken, 0, "and none is missed");
}

static void
test_hostile(void)
{
	static const char *const slow[] = {"^(a|a|b)+$", "\\d\\d"};
	struct buf text = BUF_INIT;
	struct outcome out;

	add_lines(&text, "short\n", 10);
	add_lines(&text, "a", 60);
	buf_add_str(&text, "!\n");
	add_lines(&text, "x", 5000);
	buf_add_byte(&text, '\n');
	out = outcome_of(slow, 2, buf_span(&text));
	IS_INT(out.handed, 2, "a line that would be dear is handed out, and a "
			      "long one, untried");
	IS_INT(out.missed, 0, "with every pattern as a candidate");
	buf_release(&text);
}

static void
test_everything(void)
{
	static const char *const all[] = {"[^x]", "error"};
	static const char *const anything = ".";
	struct stage stage;
	struct buf text = BUF_INIT;
	struct outcome out = {0, 0, 0, 0};

	add_lines(&text, "a line of many\n", 100);
	stage_init(&stage, all, 2);
	for (int i = 0; i < 20; i++)
		sweep_all(&stage, buf_span(&text), &out);
	OK(out.handed == 2000 && !out.missed,
	    "what matches everything gets everything");
	buf_reset(&text);
	add_lines(&text, "\n", 100);
	out = (struct outcome){0, 0, 0, 0};
	for (int i = 0; i < 100; i++)
		sweep_all(&stage, buf_span(&text), &out);
	OK(out.handed < 10000 && !out.missed,
	    "it is noticed when that is over");
	stage_release(&stage);
	buf_release(&text);
	stage_init(&stage, &anything, 1);
	OK(!sweep_pays(stage.sweep), "what matches any line is not swept for");
	stage_release(&stage);
}

/* --- At random ------------------------------------------------------------ */

static uint64_t seed = 7;

static size_t
random_below(size_t limit)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)(seed >> 33) % limit;
}

static void
add_random_lines(struct buf *out, size_t bytes, unsigned newlines)
{
	buf_reset(out);
	while (out->len < bytes)
		buf_add_byte(out,
		    random_below(newlines) ? "abcde019AB\r "[random_below(12)]
					   : '\n');
	buf_add_byte(out, '\n');
}

static void
test_random(void)
{
	static const char *const pool[] = {"ab", "abc", "a[bc]d", "e0",
	    "(?i)ba", "\\d\\d\\d", "^[ab]+$", "19|91", "dcba", "c.e", "A B",
	    "$", "B$", "abcde", "[0-9] [a-e]$"};
	enum { POOL = sizeof(pool) / sizeof(*pool) };
	struct outcome out = {0, 0, 0, 0};
	struct buf text = BUF_INIT;

	for (int round = 0; round < 300; round++) {
		const char *texts[6];
		struct stage stage;
		size_t count = 1 + random_below(6);

		for (size_t i = 0; i < count; i++)
			texts[i] = random_below(6) ? pool[random_below(POOL)]
						   : NULL;
		stage_init(&stage, texts, count);
		for (int block = 0; block < 4; block++) {
			add_random_lines(
			    &text, random_below(3000), 2 + random_below(80));
			sweep_all(&stage, buf_span(&text), &out);
		}
		stage_release(&stage);
	}
	OK(!out.missed, "no line is missed, whatever the patterns");
	OK(!out.mistaken, "and bounds are those of lines");
	OK(out.handed < out.lines * 9 / 10, "though many are passed over");
	buf_release(&text);
}

/* A line ends where its last word does, for such a pattern alone. */
static void
test_logcheck(void)
{
	static const char *const texts[] = {"^[a-z ]+[a-z]$", "^[0-9 ]+[0-9]$"};
	struct span lines = span_str("~~~~\nab \n~~~~\n12 \n~~~~\n12\n~~~~\n");
	struct candidates *found;
	struct stage stage;

	stage_init(&stage, texts, 2);
	sweep_set_logcheck(stage.sweep, 0);
	sweep_begin(stage.sweep, lines);
	IS_INT(sweep_next(stage.sweep, 0), 5, "blanks at the end are not seen");
	found = candidates_new(2);
	sweep_candidates(stage.sweep, 5, span_str("ab "), found);
	OK(candidates_has(found, 0) && !candidates_has(found, 1),
	    "by that pattern");
	candidates_free(found);
	IS_INT(sweep_next(stage.sweep, 9), 23, "another sees them");
	stage_release(&stage);
}

int
main(void)
{
	if (!jit_is_here()) {
		tap_skip("lines that match", "there is no JIT here");
		return tap_done();
	}
	test_logcheck();
	test_words();
	test_dense();
	test_numbers();
	test_hostile();
	test_everything();
	test_random();
	return tap_done();
}
