/*
 * pattern_random: patterns and lines by chance, for tests.
 *
 * From a grammar that uses all of PCRE2's syntax, so that many are refused;
 * and in the form of rules that people write: words of logs with what varies
 * between them.  Nobody relies on anything: PCRE2 is asked.
 */
#ifndef CTAIL_TESTS_PATTERN_RANDOM_H
#define CTAIL_TESTS_PATTERN_RANDOM_H

#include "base/buf.h"
#include "pattern_sample.h"

struct grammar {
	uint64_t chance;
	unsigned depth, groups;
	struct buf *out;
};

static inline unsigned
grammar_pick(struct grammar *grammar, unsigned below)
{
	return chance_of(&grammar->chance, below);
}

static inline void
grammar_one_of(struct grammar *grammar, const char *const *texts, size_t count)
{
	buf_add_str(
	    grammar->out, texts[grammar_pick(grammar, (unsigned)count)]);
}

#define GRAMMAR_ONE_OF(grammar, texts)                                         \
	grammar_one_of(grammar, texts, sizeof(texts) / sizeof((texts)[0]))

static inline void
grammar_text(struct grammar *grammar)
{
	static const char letters[] = "abcdkKsSxzZE01 -:/]}";
	unsigned len = 1 + grammar_pick(grammar, 6);

	while (len--)
		buf_add_byte(grammar->out,
		    letters[grammar_pick(grammar, sizeof(letters) - 1)]);
}

static inline void
grammar_rare_text(struct grammar *grammar)
{
	static const char *const texts[] = {"\xc3\xa9", "\xe2\x84\xaa",
	    "\xc5\xbf", "\x85", "\xff", "{", "{,2}", "{ 1,2 }", "{a}", "#",
	    "# x\n", " ", "(?#k)", "(?# ( )", "\\Qab.k\\E", "\\Q\\E", "\\E",
	    "\\Q(\\E", "\\Qk", "foobar", "&", "\\Q[\\E"};

	GRAMMAR_ONE_OF(grammar, texts);
}

static inline void
grammar_escape(struct grammar *grammar)
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

	GRAMMAR_ONE_OF(grammar, texts);
}

static inline void
grammar_class(struct grammar *grammar)
{
	static const char *const members[] = {"a", "b", "k", "S", "]", "^", "-",
	    "a-c", "j-l", "[:digit:]", "[:^alpha:]", "\\d", "\\]", "\\\\",
	    "\\n", "\\x6b", "\\x{53}", "\\Q]\\E", "\\E", "[", "[:", ":]", ".",
	    "\\b", "\\c]", "\\141", "\xc3\xa9", "\xe2\x84\xaa", "\xff", " ",
	    "#", "0-9", "\\pL", "\\p{L}", "(", ")", "|", "\\-", "[.", "=]",
	    "\\Qa-b\\E", "a-\\x63", "\\w-z"};
	unsigned count = 1 + grammar_pick(grammar, 4);

	if (!grammar_pick(grammar, 50)) {
		buf_add_str(grammar->out,
		    grammar_pick(grammar, 2) ? "[[:<:]]" : "[[:>:]]");
		return;
	}
	buf_add_str(grammar->out, grammar_pick(grammar, 6) ? "[" : "[^");
	if (!grammar_pick(grammar, 10))
		buf_add_str(
		    grammar->out, grammar_pick(grammar, 2) ? "]" : "\\E]");
	while (count--)
		GRAMMAR_ONE_OF(grammar, members);
	buf_add_byte(grammar->out, ']');
}

static inline void
grammar_verb(struct grammar *grammar)
{
	static const char *const texts[] = {"(*ACCEPT)", "(*FAIL)", "(*F)",
	    "(*COMMIT)", "(*PRUNE)", "(*SKIP)", "(*THEN)", "(*MARK:a)", "(*:a)",
	    "(?C)", "(?C1)", "(?C'a)b')", "(?R)", "(?1)", "(?+1)", "(?-1)",
	    "(?&n)", "(?P>n)", "(?P=n)", "(?i)", "(?-i)", "(?x)", "(?xx)",
	    "(?s)", "(?m)", "(?^)", "(?^i)", "(?U)", "(?J)", "(?i-x)", "(?n)",
	    "(?a)", "(?r)"};

	GRAMMAR_ONE_OF(grammar, texts);
}

static inline void grammar_branches(struct grammar *grammar);

static inline void
grammar_group(struct grammar *grammar)
{
	static const char *const opening[] = {"(", "(", "(",
	    "(?:", "(?:", "(?:", "(?>", "(?|", "(?<n>", "(?P<n>", "(?'n'",
	    "(?i:", "(?-i:", "(?x:", "(?x-i:", "(?^:", "(?=", "(?!",
	    "(?<=", "(?<!", "(?*", "(?<*",
	    "(*pla:", "(*atomic:", "(*nlb:", "(?(1)", "(?(<n>)", "(?(R)",
	    "(?(?=a)", "(?(?!k)", "(?(?<=b)", "(?(DEFINE)", "(?(n)",
	    "(?(?C1)(?=a)", "(?(VERSION>=10.0)"};

	GRAMMAR_ONE_OF(grammar, opening);
	grammar->depth++;
	grammar_branches(grammar);
	grammar->depth--;
	buf_add_byte(grammar->out, ')');
}

static inline void
grammar_repetition(struct grammar *grammar)
{
	static const char *const texts[] = {"?", "*", "+", "??", "*?", "+?",
	    "?+", "*+", "++", "{2}", "{1}", "{0}", "{0,1}", "{1,3}", "{2,}",
	    "{0,}", "{3}?", "{1,2}+", " +", "(?#c)?", "\\E*", "\\Q\\E?", "{,2}",
	    "{ 2 }", "{1, 2}", "{20}", "{70}", "# c\n?", "? ?", "+ +",
	    "{00002}", "{2}{2}", "\n*"};

	GRAMMAR_ONE_OF(grammar, texts);
}

static inline void
grammar_item(struct grammar *grammar)
{
	unsigned kind = grammar_pick(grammar, 100);

	if (kind < 45)
		grammar_text(grammar);
	else if (kind < 52)
		grammar_rare_text(grammar);
	else if (kind < 67)
		grammar_escape(grammar);
	else if (kind < 79)
		grammar_class(grammar);
	else if (kind < 84)
		grammar_verb(grammar);
	else if (grammar->depth < 4)
		grammar_group(grammar);
	else
		grammar_text(grammar);
	if (!grammar_pick(grammar, 4))
		grammar_repetition(grammar);
}

static inline void
grammar_branches(struct grammar *grammar)
{
	unsigned items = 1 + grammar_pick(grammar, grammar->depth ? 3 : 6);

	while (items--) {
		grammar_item(grammar);
		if (!grammar_pick(grammar, grammar->depth ? 3 : 12))
			buf_add_byte(grammar->out, '|');
	}
}

/* A line that nearly is what it was. */
static inline void
grammar_damage(struct grammar *grammar, struct buf *line)
{
	static const char *const texts[] = {"a", "k", "S", "\xe2\x84\xaa",
	    "\xc5\xbf", "\xc3\xa9", "\xff", "\n", " ", "foobar", "ab.k"};
	unsigned rounds = grammar_pick(grammar, 3);

	while (rounds-- && line->len) {
		size_t at = grammar_pick(grammar, (unsigned)line->len);
		struct buf tail = BUF_INIT;

		buf_add(&tail, line->data + at, line->len - at);
		line->len = at;
		switch (grammar_pick(grammar, 4)) {
		case 0:
			buf_add_str(line, texts[grammar_pick(grammar, 11)]);
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
/* Such as rules have: a few words, and what stands between them. */
static inline void
grammar_rule(struct grammar *grammar)
{
	static const char *const words[] = {"error", "Failed", "password for ",
	    "connection", "from", "kernel: ", "sshd\\[", "disk", "at", "I/O",
	    "session opened", "E", "OK", "\xc3\xa9t\xc3\xa9", "timeout",
	    "segfault", "(?:warn|crit|alert)", "(?i)Denied", "[Rr]efused",
	    "(?i:oom)", "(?i)Zzyx", "zone AZ", "reject(?:ed)?", "stat=[0-9]{2}",
	    "aaaa", "ababab", "  ", "<?[0-9]+>", "\\x00", "\\r", "\xff\xfe"};
	static const char *const between[] = {"", " ", ".*", "\\S+", " \\d+ ",
	    "[^:]*: ", "\\b", ".{0,9}", "(?=.*:)", "|", "(?<!x)", "\\w{1,3}"};
	unsigned count = 1 + grammar_pick(grammar, 4);

	if (!grammar_pick(grammar, 4))
		buf_add_byte(grammar->out, '^');
	while (count--) {
		GRAMMAR_ONE_OF(grammar, words);
		if (count)
			GRAMMAR_ONE_OF(grammar, between);
	}
	if (!grammar_pick(grammar, 5))
		buf_add_byte(grammar->out, '$');
}

/* Bytes that stand for themselves, or all but one of them. */
static inline void
grammar_plain(struct grammar *grammar)
{
	static const char *const nearly[] = {"\\", "^", "$", ".", "?", "*", "+",
	    "{1}", "{", "}", "]", "|", "\\b", "\\E", "\\Q", "\t", "\r", " ",
	    "\xc3\xa9", "\x7f", "(?i)", "\\x20", "(?#c)", "\\K", "(?=a)"};
	static const char letters[] = "abkS E01-:/,;#=<>!~@%&'\"_`";
	unsigned len = 1 + grammar_pick(grammar, 28);
	unsigned odd = grammar_pick(grammar, 3 * len + 1);

	for (unsigned i = 0; i <= len; i++) {
		if (i == odd)
			GRAMMAR_ONE_OF(grammar, nearly);
		if (i < len)
			buf_add_byte(grammar->out,
			    letters[grammar_pick(grammar, sizeof(letters) - 1)]);
	}
}

/* Without any string, and seldom a match. */
static inline void
grammar_open(struct grammar *grammar)
{
	static const char *const parts[] = {"\\d", "[a-fx]", "\\s", "[^a-z ]",
	    "[A-Z]", "\\W", "[0-9:]", "[j-t]", ".", "(?:[ab]|\\d)"};
	static const char *const times[] = {"", "", "", "{2}", "{1,3}"};
	unsigned count = 2 + grammar_pick(grammar, 5);

	if (!grammar_pick(grammar, 50)) {
		buf_add_str(grammar->out, "(?:\\w+\\W?)+[^\\x00-\\xf0]");
		return;
	}
	if (grammar_pick(grammar, 2))
		buf_add_byte(grammar->out, '^');
	while (count--) {
		GRAMMAR_ONE_OF(grammar, parts);
		GRAMMAR_ONE_OF(grammar, times);
	}
	if (grammar_pick(grammar, 2))
		buf_add_byte(grammar->out, '$');
}

#endif
