/*
 * judge_sweep_random: random patterns match the same with and without filter,
 * by record and by block, with each engine.
 *
 * Sets of random sizes, so that every engine meets its bounds; lines along
 * the patterns, damaged, with CR, NUL and high bytes, empty and long ones.
 *
 *	judge_sweep_random [SEED [PATTERNS]]
 */
#include "config.h"

#include "differential.h"
#include "jit.h"
#include "pattern_random.h"
#include "tap.h"

#define LINES_MAX 120

/* Patterns in a set: one, few, as many as a vector search can tell apart, as
 * have to be hashed, and more than a word of candidates holds. */
static const unsigned sizes[] = {1, 2, 3, 10, 24, 64, 100, 300};

static bool
has_literals(const struct differential *d, const char *text, unsigned flags)
{
	struct literals literals;

	literals_find(text, flags, d->rarity, &literals);
	return literals.count > 0;
}

/* Patterns without a string that are cheap, beside a few others: a sweep finds
 * their lines by trying them, where they are machine code. */
static void
add_open_patterns(struct differential *d, struct grammar *grammar, size_t count)
{
	while (d->count < count) {
		buf_reset(grammar->out);
		if (grammar_pick(grammar, 10))
			grammar_open(grammar);
		else
			grammar_rule(grammar);
		differential_pattern(d, buf_str(grammar->out), 0);
	}
}

/* closed: only patterns of which a string is known. */
static void
add_patterns(
    struct differential *d, struct grammar *grammar, size_t count, bool closed)
{
	unsigned rules = grammar_pick(grammar, 3);
	bool compiles = !grammar_pick(grammar, 10);

	while (d->count < count) {
		unsigned flags = grammar_pick(grammar, 3)
				     ? grammar_pick(grammar, 2)
				     : grammar_pick(grammar, 8);

		buf_reset(grammar->out);
		if (!grammar_pick(grammar, 8))
			grammar_plain(grammar);
		else if (rules > grammar_pick(grammar, 2))
			grammar_rule(grammar);
		else
			grammar_branches(grammar);
		if (closed && !has_literals(d, buf_str(grammar->out), flags))
			continue;
		if (!compiles)
			flags |= PATTERN_INTERPRETED;
		differential_pattern(d, buf_str(grammar->out), flags);
	}
}

static void
add_line(struct differential *d, struct grammar *grammar, struct buf *line)
{
	size_t which = grammar_pick(grammar, (unsigned)d->count);
	unsigned flags = pattern_flags(d->compiled[which]);
	unsigned kind = grammar_pick(grammar, 40);

	buf_reset(line);
	if (kind == 1)
		buf_add_str(line, "ab ");
	if (kind == 2)
		for (unsigned i = grammar_pick(grammar, 3000); i; i--)
			buf_add_byte(line, "abk 0\r"[i % 6]);
	if (kind != 3)
		pattern_sample(pattern_text(d->compiled[which]),
		    flags & PATTERN_NOCASE, flags & PATTERN_EXTENDED,
		    &grammar->chance, line);
	if (kind % 2)
		grammar_damage(grammar, line);
	if (kind == 4)
		buf_add_byte(line, '\r');
	if (kind == 6)
		buf_add(line, "\0\xff\xc3", grammar_pick(grammar, 4));
	/* Most records are lines. */
	for (size_t i = 0; kind != 8 && i < line->len; i++)
		if (line->data[i] == '\n')
			line->data[i] = ' ';
	differential_line(d, buf_span(line));
}

static void
try_set(struct differential *d, struct grammar *grammar)
{
	size_t size =
	    sizes[grammar_pick(grammar, sizeof(sizes) / sizeof(*sizes))];
	unsigned lines =
	    4 + grammar_pick(grammar,
		    size < LINES_MAX / 4 ? (unsigned)size * 4 + 8 : LINES_MAX);
	struct buf line = BUF_INIT;

	differential_clear(d);
	if (grammar_pick(grammar, 5))
		add_patterns(d, grammar, size, grammar_pick(grammar, 3));
	else
		add_open_patterns(d, grammar, size);
	differential_line(d, span_str("~~~~~~~~~~~~~~~~~"));
	while (d->line_count < lines)
		add_line(d, grammar, &line);
	for (size_t i = 0; !grammar_pick(grammar, 6) && i < d->count; i += 2)
		differential_mask(d, i);
	differential_run(d);
	buf_release(&line);
}

int
main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 0) : 4000;
	unsigned long patterns = 0;
	struct buf text = BUF_INIT;
	struct grammar grammar = {
	    .chance = seed * 0x9e3779b97f4a7c15u + 1, .out = &text};
	struct differential d;

	differential_init(&d, seed * 0x9e3779b97f4a7c15u + 7);
	while (patterns < count && !d.wrong) {
		try_set(&d, &grammar);
		patterns += d.count;
	}
	printf("# seed %lu: %lu patterns\n", seed, patterns);
	differential_tell(&d);
	OK(d.wrong == 0, "no match is lost by a filter or a sweep");
	OK(d.matched > d.pairs / 1000, "patterns do match");
	OK(d.ruled_out > d.asked / 4, "filters do rule out");
	if (jit_is_here())
		OK(d.sure > d.sought / 20, "lines are found for sure");
	OK(d.wholes > d.sought / 20, "some strings are whole patterns");
	OK(d.passed > d.swept_lines / 20, "lines are passed over");
	differential_release(&d);
	buf_release(&text);
	return tap_done();
}
