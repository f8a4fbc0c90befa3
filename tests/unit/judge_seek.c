/*
 * The search for lines that any pattern matches: where strings stand close
 * together, at the edges of what is searched at a time, in long lines, with
 * patterns that are not tried.  (judge_sweep_random has the random ones.)
 */
#include "config.h"

#include "base/buf.h"
#include "base/mem.h"
#include "judge/seek.h"
#include "jit.h"
#include "tap.h"

#define PATTERNS_MAX 64

struct stage {
	struct pattern *compiled[PATTERNS_MAX];
	struct prefilter_pattern texts[PATTERNS_MAX];
	struct seek_pattern patterns[PATTERNS_MAX];
	size_t count;
	struct prefilter *filter;
	struct pattern_scratch *scratch;
	struct quarantine *quarantine;
	struct seek *seek;
};

static void
add(struct stage *stage, const char *text)
{
	size_t i = stage->count++;

	stage->compiled[i] = pattern_new(text, 0, NULL);
	stage->texts[i] = (struct prefilter_pattern){
	    pattern_text(stage->compiled[i]), 0};
	stage->patterns[i].pattern = stage->compiled[i];
}

static void
start(struct stage *stage, enum prefilter_engine engine)
{
	struct rarity *rarity = rarity_new();

	stage->filter =
	    prefilter_new(stage->texts, stage->count, rarity, engine);
	stage->scratch = pattern_scratch_new();
	stage->quarantine = quarantine_new();
	stage->seek = seek_new(stage->filter, stage->patterns, stage->count,
	    stage->scratch, stage->quarantine);
	rarity_free(rarity);
}

static void
finish(struct stage *stage)
{
	seek_free(stage->seek);
	prefilter_free(stage->filter);
	pattern_scratch_free(stage->scratch);
	quarantine_free(stage->quarantine);
	for (size_t i = 0; i < stage->count; i++)
		pattern_free(stage->compiled[i]);
}

/* "start+" or "start?" of each line that is found. */
static const char *
seek_all(struct stage *stage, struct span lines)
{
	static char out[1000];
	struct seek_line line = {0};
	size_t len = 0;

	seek_begin(stage->seek, lines);
	out[0] = '\0';
	for (;;) {
		seek_next(stage->seek, line.end, &line);
		if (line.start == lines.len || len > sizeof(out) - 30)
			return out;
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%zu%s",
		    line.start, line.surely ? "+" : "?");
	}
}

static const enum prefilter_engine engines[] = {PREFILTER_AUTO,
    PREFILTER_GRAMS, PREFILTER_VECTOR, PREFILTER_VECTOR_PORTABLE,
    PREFILTER_PAIR};
/* Those that few strings are left to. */
static void
add_grams(struct stage *stage)
{
	char text[24];

	for (int i = 10; i < 50; i++) {
		snprintf(text, sizeof(text), "%d~%d", i, i % 7);
		add(stage, text);
	}
}

#define ENGINES (sizeof(engines) / sizeof(*engines))

static void
test_neighbours(void)
{
	for (size_t i = 0; i < 2 * ENGINES; i++) {
		struct stage stage = {.count = 0};

		if (i >= ENGINES)
			add_grams(&stage);

		add(&stage, "wxyz$");
		add(&stage, "xyzq");
		add(&stage, "^yzqwxyz");
		start(&stage, engines[i % ENGINES]);
		IS_STR(seek_all(&stage, span_str("wxyzq\nwxyz\nwxyz \n"
						 "yzqwxyz \nyzqwxy\n")),
		    "0+6+17+", "strings that overlap are all tried");
		finish(&stage);
	}
}

/* Many, so that there are grams, and a short one for the others. */
static void
add_many(struct stage *stage)
{
	char text[32];

	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof(text), "number%d of them!", i);
		add(stage, text);
	}
	add(stage, "qj7");
	add(stage, "a:zzz");
}

static void
test_edges(void)
{
	struct stage stage = {.count = 0};
	struct buf text = BUF_INIT;
	unsigned missed = 0;

	add_many(&stage);
	start(&stage, PREFILTER_AUTO);
	for (size_t before = 16384 - 24; before < 16384 + 8; before++) {
		static const char *const found[] = {
		    "qj7", "a:zzz", "number17 of them!"};

		for (size_t i = 0; i < 3; i++) {
			char is[40];

			buf_reset(&text);
			while (text.len < before - 5)
				buf_add_byte(
				    &text, text.len % 90 == 89 ? '\n' : '-');
			buf_add_str(&text, "----\n");
			buf_addf(&text, "%s\nmore\n", found[i]);
			snprintf(is, sizeof(is), "%zu+", before);
			if (!strcmp(seek_all(&stage, buf_span(&text)), is))
				continue;
			if (!missed++)
				printf("# %s at %zu\n", found[i], before);
		}
	}
	IS_INT(missed, 0, "no string is missed at the edge of a stretch");
	buf_release(&text);
	finish(&stage);
}

static void
test_text(void)
{
	struct stage stage = {.count = 0};
	struct buf text = BUF_INIT;

	add(&stage, "trimmed$");
	add(&stage, "whole$");
	add(&stage, "never");
	add(&stage, "^\\d*$");
	stage.patterns[0].of_logcheck = true;
	stage.patterns[2].pattern = NULL;
	start(&stage, PREFILTER_AUTO);
	IS_STR(seek_all(&stage,
		   span_str("trimmed \t\nwhole \nwhole\r\nnever\n17\nwhole")),
	    "0+17+33+", "lines as each pattern sees them; others are none's");
	buf_add_str(&text, "x\nwhole ");
	for (int i = 0; i < 5000; i++)
		buf_add_byte(&text, ' ');
	buf_add_str(&text, "\nwhole\n");
	IS_STR(seek_all(&stage, buf_span(&text)), "2?5009+",
	    "a long line may match");
	IS_STR(seek_all(&stage, span_str("")), "", "nothing in no lines");
	buf_release(&text);
	finish(&stage);
}

static void
test_quarantine(void)
{
	struct stage stage = {.count = 0};

	add(&stage, "held");
	add(&stage, "held|free");
	start(&stage, PREFILTER_AUTO);
	quarantine_now(stage.quarantine, 1000);
	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		quarantine_strike(stage.quarantine, stage.compiled[1]);
	IS_STR(seek_all(&stage, span_str("free\nheld\n")), "5+",
	    "what is in quarantine is not tried");
	quarantine_strike(stage.quarantine, stage.compiled[1]);
	finish(&stage);
}

static void
test_dear(void)
{
	struct stage stage = {.count = 0};

	add(&stage, "^(?:a|aa|aaa)+b");
	add(&stage, "aaa\\d");
	start(&stage, PREFILTER_AUTO);
	IS_STR(seek_all(&stage,
		   span_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac ab\n"
			    "aaaac\n")),
	    "0?", "what is dear to try may match");
	finish(&stage);
}

/* The numbers of the patterns that the walk over a text tells to be whole. */
static const char *
whole_ones(const char *const *texts, size_t count, unsigned flags,
    const char *text)
{
	static char out[100];
	struct prefilter_pattern patterns[PATTERNS_MAX];
	struct rarity *rarity = rarity_new();
	struct prefilter_walk *walk;
	struct prefilter_hit hit;
	struct prefilter *filter;
	size_t len = 0, from = 0;

	for (size_t i = 0; i < count; i++)
		patterns[i] = (struct prefilter_pattern){texts[i], flags};
	filter = prefilter_new(patterns, count, rarity, PREFILTER_VECTOR);
	walk = prefilter_walk_new(filter);
	prefilter_walk_begin(walk, span_str(text));
	out[0] = '\0';
	for (; prefilter_walk_next(walk, from, &hit); from = hit.place + 1)
		if (hit.whole.len &&
		    !memcmp(text + hit.place, hit.whole.data, hit.whole.len))
			len += (size_t)snprintf(out + len, sizeof(out) - len,
			    "%u ", (unsigned)hit.patterns[0]);
	prefilter_walk_free(walk);
	prefilter_free(filter);
	rarity_free(rarity);
	return out;
}

static void
test_whole(void)
{
	static const char *const texts[] = {"one\\d", "one", "two ",
	    "th.ree", "four$", "(?:five)", "six\tx", "sev(?i)en", "eight|nine",
	    "a string of more than so many bytes", "caf\303\251", "ten#10"};
	static const char *const blank[] = {"blank ", "blank\\r", "line"};
	struct stage stage = {.count = 0};

	IS_STR(whole_ones(texts, sizeof(texts) / sizeof(*texts), 0,
		   "one1 two th.ree four five six\tx seven eight nine a "
		   "string of more than so many bytes caf\303\251 ten#10"),
	    "1 11 ", "a hit is the whole of a pattern only where it is plain");
	IS_STR(whole_ones(texts, 2, PATTERN_NOCASE, "one ONE"), "",
	    "and not where case does not matter");
	IS_STR(whole_ones(texts + 11, 1, PATTERN_EXTENDED, "ten#10"), "",
	    "nor where it may have comments");
	for (size_t i = 0; i < 3; i++)
		add(&stage, blank[i]);
	stage.patterns[0].of_logcheck = stage.patterns[2].of_logcheck = true;
	start(&stage, PREFILTER_VECTOR);
	IS_STR(seek_all(&stage,
		   span_str("blank \nblank x\nblank\r\nblank\rx\nline \nlin")),
	    "7+22+30+", "what stands at the edge of a line is not hastily told");
	finish(&stage);
	stage = (struct stage){.count = 0};
	add(&stage, "plain");
	add(&stage, "plain\\d");
	stage.patterns[0].pattern = NULL;
	start(&stage, PREFILTER_VECTOR);
	IS_STR(seek_all(&stage, span_str("plain\nplain7\n")), "6+",
	    "nor what is the whole of a pattern that nobody asks for");
	finish(&stage);
}

int
main(void)
{
	if (!jit_is_here()) {
		tap_skip("lines that match", "there is no JIT here");
		return tap_done();
	}
	test_whole();
	test_neighbours();
	test_edges();
	test_text();
	test_quarantine();
	test_dear();
	return tap_done();
}
