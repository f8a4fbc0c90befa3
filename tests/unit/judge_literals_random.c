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
#include "pattern_sample.h"
#include "tap.h"

#define LINES_EACH 12

struct grammar {
	uint64_t chance;
	unsigned depth, groups;
	struct buf *out;
};

static unsigned
pick(struct grammar *grammar, unsigned below)
{
	return chance_of(&grammar->chance, below);
}

static void
add_one_of(struct grammar *grammar, const char *const *texts, size_t count)
{
	buf_add_str(grammar->out, texts[pick(grammar, (unsigned)count)]);
}

#define ADD_ONE_OF(grammar, texts)                                             \
	add_one_of(grammar, texts, sizeof(texts) / sizeof((texts)[0]))

static void
add_text(struct grammar *grammar)
{
	static const char letters[] = "abcdkKsSxE01 -:/]}";
	unsigned len = 1 + pick(grammar, 6);

	while (len--)
		buf_add_byte(
		    grammar->out, letters[pick(grammar, sizeof(letters) - 1)]);
}

static void
add_rare_text(struct grammar *grammar)
{
	static const char *const texts[] = {"\xc3\xa9", "\xe2\x84\xaa",
	    "\xc5\xbf", "\x85", "\xff", "{", "{,2}", "{ 1,2 }", "{a}", "#",
	    "# x\n", " ", "(?#k)", "(?# ( )", "\\Qab.k\\E", "\\Q\\E", "\\E",
	    "\\Q(\\E", "\\Qk", "foobar", "&", "\\Q[\\E"};

	ADD_ONE_OF(grammar, texts);
}

static void
add_escape(struct grammar *grammar)
{
	static const char *const texts[] = {"\\d", "\\w", "\\s", "\\D", "\\W",
	    "\\S", "\\h", "\\R", "\\X", "\\N", "\\V", "\\.", "\\/", "\\x41",
	    "\\x6b", "\\x{73}", "\\x{212a}", "\\x4", "\\xe9", "\\n", "\\t",
	    "\\e", "\\cA", "\\c[", "\\c\\", "\\c]", "\\0", "\\012", "\\0123",
	    "\\141", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "\\K", "^", "$",
	    ".", "\\1", "\\2", "\\12", "\\g1", "\\g{1}", "\\g{-1}", "\\g<1>",
	    "\\k<n>", "\\k{n}", "\\g'n'", "\\pL", "\\p{Lu}", "\\P{^Nd}",
	    "\\o{141}", "\\N{U+61}", "\\-", "\\]", "\\ ", "\\#", "\\\xc3\xa9",
	    "\\i", "\\08", "\\N{2}", "\\x", "\\C", "\\(", "\\)", "\\["};

	ADD_ONE_OF(grammar, texts);
}

static void
add_class(struct grammar *grammar)
{
	static const char *const members[] = {"a", "b", "k", "S", "]", "^", "-",
	    "a-c", "j-l", "[:digit:]", "[:^alpha:]", "\\d", "\\]", "\\\\",
	    "\\n", "\\x6b", "\\x{53}", "\\Q]\\E", "\\E", "[", "[:", ":]", ".",
	    "\\b", "\\c]", "\\141", "\xc3\xa9", "\xe2\x84\xaa", "\xff", " ",
	    "#", "0-9", "\\pL", "\\p{L}", "(", ")", "|", "\\-", "[.", "=]",
	    "\\Qa-b\\E", "a-\\x63", "\\w-z"};
	unsigned count = 1 + pick(grammar, 4);

	if (!pick(grammar, 50)) {
		buf_add_str(
		    grammar->out, pick(grammar, 2) ? "[[:<:]]" : "[[:>:]]");
		return;
	}
	buf_add_str(grammar->out, pick(grammar, 6) ? "[" : "[^");
	if (!pick(grammar, 10))
		buf_add_str(grammar->out, pick(grammar, 2) ? "]" : "\\E]");
	while (count--)
		ADD_ONE_OF(grammar, members);
	buf_add_byte(grammar->out, ']');
}

static void
add_verb(struct grammar *grammar)
{
	static const char *const texts[] = {"(*ACCEPT)", "(*FAIL)", "(*F)",
	    "(*COMMIT)", "(*PRUNE)", "(*SKIP)", "(*THEN)", "(*MARK:a)", "(*:a)",
	    "(?C)", "(?C1)", "(?C'a)b')", "(?R)", "(?1)", "(?+1)", "(?-1)",
	    "(?&n)", "(?P>n)", "(?P=n)", "(?i)", "(?-i)", "(?x)", "(?xx)",
	    "(?s)", "(?m)", "(?^)", "(?^i)", "(?U)", "(?J)", "(?i-x)", "(?n)",
	    "(?a)", "(?r)"};

	ADD_ONE_OF(grammar, texts);
}

static void add_branches(struct grammar *grammar);

static void
add_group(struct grammar *grammar)
{
	static const char *const opening[] = {"(", "(", "(",
	    "(?:", "(?:", "(?:", "(?>", "(?|", "(?<n>", "(?P<n>", "(?'n'",
	    "(?i:", "(?-i:", "(?x:", "(?x-i:", "(?^:", "(?=", "(?!",
	    "(?<=", "(?<!", "(?*", "(?<*",
	    "(*pla:", "(*atomic:", "(*nlb:", "(?(1)", "(?(<n>)", "(?(R)",
	    "(?(?=a)", "(?(?!k)", "(?(?<=b)", "(?(DEFINE)", "(?(n)",
	    "(?(?C1)(?=a)", "(?(VERSION>=10.0)"};

	ADD_ONE_OF(grammar, opening);
	grammar->depth++;
	add_branches(grammar);
	grammar->depth--;
	buf_add_byte(grammar->out, ')');
}

static void
add_repetition(struct grammar *grammar)
{
	static const char *const texts[] = {"?", "*", "+", "??", "*?", "+?",
	    "?+", "*+", "++", "{2}", "{1}", "{0}", "{0,1}", "{1,3}", "{2,}",
	    "{0,}", "{3}?", "{1,2}+", " +", "(?#c)?", "\\E*", "\\Q\\E?", "{,2}",
	    "{ 2 }", "{1, 2}", "{20}", "{70}", "# c\n?", "? ?", "+ +",
	    "{00002}", "{2}{2}", "\n*"};

	ADD_ONE_OF(grammar, texts);
}

static void
add_item(struct grammar *grammar)
{
	unsigned kind = pick(grammar, 100);

	if (kind < 45)
		add_text(grammar);
	else if (kind < 52)
		add_rare_text(grammar);
	else if (kind < 67)
		add_escape(grammar);
	else if (kind < 79)
		add_class(grammar);
	else if (kind < 84)
		add_verb(grammar);
	else if (grammar->depth < 4)
		add_group(grammar);
	else
		add_text(grammar);
	if (!pick(grammar, 4))
		add_repetition(grammar);
}

static void
add_branches(struct grammar *grammar)
{
	unsigned items = 1 + pick(grammar, grammar->depth ? 3 : 6);

	while (items--) {
		add_item(grammar);
		if (!pick(grammar, grammar->depth ? 3 : 12))
			buf_add_byte(grammar->out, '|');
	}
}

/* A line that nearly is what it was. */
static void
damage(struct grammar *grammar, struct buf *line)
{
	static const char *const texts[] = {"a", "k", "S", "\xe2\x84\xaa",
	    "\xc5\xbf", "\xc3\xa9", "\xff", "\n", " ", "foobar", "ab.k"};
	unsigned rounds = pick(grammar, 3);

	while (rounds-- && line->len) {
		size_t at = pick(grammar, (unsigned)line->len);
		struct buf tail = BUF_INIT;

		buf_add(&tail, line->data + at, line->len - at);
		line->len = at;
		switch (pick(grammar, 4)) {
		case 0:
			buf_add_str(line, texts[pick(grammar, 11)]);
			buf_add_span(line, buf_span(&tail));
			break;
		case 1:
			buf_add(line, tail.data + 1, tail.len - 1);
			break;
		case 2:
			tail.data[0] ^= 0x20;
			buf_add_span(line, buf_span(&tail));
			break;
		case 3:
			buf_add_span(line, buf_span(&tail));
			buf_add_span(line, buf_span(&tail));
			break;
		}
		buf_release(&tail);
	}
}

static void
try_lines(struct grammar *grammar, struct pattern *pattern, unsigned flags,
    struct pattern_scratch *scratch, const struct literals *literals,
    struct literals_tally *tally)
{
	struct buf line = BUF_INIT;
	unsigned i;

	for (i = 0; i < LINES_EACH; i++) {
		buf_reset(&line);
		if (pick(grammar, 2))
			buf_add_str(&line, "ab ");
		pattern_sample(pattern_text(pattern), flags & PATTERN_NOCASE,
		    flags & PATTERN_EXTENDED, &grammar->chance, &line);
		damage(grammar, &line);
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
	unsigned flags = pick(grammar, 8);
	struct literals literals;
	struct pattern *pattern;
	struct err err = ERR_INIT;

	buf_reset(grammar->out);
	add_branches(grammar);
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
