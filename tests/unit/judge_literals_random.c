/*
 * judge_literals_random: literals of random patterns are never missed.
 *
 * Patterns from a grammar that uses all of PCRE2's syntax, lines written
 * along each of them and then damaged: whenever PCRE2 finds a match, one of
 * the literals stands in the line.
 *
 *	judge_literals_random [SEED [PATTERNS]]
 */
#include "config.h"

#include "base/mem.h"
#include "literals_check.h"
#include "pattern_random.h"
#include "tap.h"

#define LINES_EACH 12

static void
try_lines(struct grammar *grammar, struct pattern *pattern, unsigned flags,
    struct pattern_scratch *scratch, const struct literals *literals,
    struct literals_tally *tally)
{
	struct buf line = BUF_INIT;
	unsigned i;

	for (i = 0; i < LINES_EACH; i++) {
		buf_reset(&line);
		if (grammar_pick(grammar, 2))
			buf_add_str(&line, "ab ");
		pattern_sample(pattern_text(pattern), flags & PATTERN_NOCASE,
		    flags & PATTERN_EXTENDED, &grammar->chance, &line);
		grammar_damage(grammar, &line);
		literals_check(
		    pattern, flags, scratch, literals, buf_span(&line), tally);
		literals_check_broken(pattern, flags, scratch, literals,
		    buf_span(&line), grammar->chance, tally);
	}
	buf_release(&line);
}

static void
try_pattern(struct grammar *grammar, const struct rarity *rarity,
    struct pattern_scratch *scratch, struct literals_tally *tally)
{
	unsigned flags = grammar_pick(grammar, 8);
	struct literals literals;
	struct pattern *pattern;
	struct err err = ERR_INIT;

	buf_reset(grammar->out);
	grammar_branches(grammar);
	literals_find(buf_str(grammar->out), flags, rarity, &literals);
	if (!literals_well_formed(&literals)) {
		literals_show(
		    buf_str(grammar->out), flags, &literals, span_str(""));
		tally->wrong++;
	}
	pattern = pattern_new(
	    buf_str(grammar->out), flags | PATTERN_INTERPRETED, &err);
	if (!pattern)
		return;
	tally->patterns++;
	tally->with += literals.count > 0;
	if (literals.count)
		try_lines(grammar, pattern, flags, scratch, &literals, tally);
	pattern_free(pattern);
}

int
main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 4000;
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct rarity *rarity = rarity_new();
	struct literals_tally tally = {0};
	struct buf text = BUF_INIT;
	struct grammar grammar = {
	    .chance = seed * 0x9e3779b97f4a7c15u + 1, .out = &text};

	while (tally.patterns < count)
		try_pattern(&grammar, rarity, scratch, &tally);
	printf("# seed %lu: %u patterns, %u with literals; %u lines, %u "
	       "matched, %u that only a literal decided\n",
	    seed, tally.patterns, tally.with, tally.lines, tally.matched,
	    tally.undecided);
	OK(tally.wrong == 0, "no match without a literal");
	OK(tally.with > tally.patterns / 4, "many random patterns have some");
	OK(tally.matched > tally.lines / 10, "many lines are matched");
	buf_release(&text);
	rarity_free(rarity);
	pattern_scratch_free(scratch);
	return tap_done();
}
