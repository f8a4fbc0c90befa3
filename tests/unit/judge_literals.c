/*
 * judge_literals: which strings are found in which patterns.
 *
 * That they are sound is shown by judge_literals_random and
 * judge_literals_rules; here is what a reader can check by eye.
 */
#include "config.h"

#include "base/mem.h"
#include "literals_check.h"
#include "tap.h"

/* The strings with | between them, bytes that cannot be shown as \xHH, and ~
 * before all where case does not matter. */
static const struct row {
	const char *pattern;
	unsigned flags;
	const char *wanted;
} rows[] = {
    {"foo|foo", 0, "foo"},
    {"foobar|foobar", 0, "foobar"},
    {"foo bar baz|", 0, ""},
    {"abcd|abce", 0, "abcd|abce"},
    {"a(b|c)d", 0, "abd|acd"},
    {"abc(def|xyz)ghi", 0, "abcdefghi|abcxyzghi"},
    {"(?:error|warning): disk", 0, "error: disk|warning: disk"},
    {"(?:error|warning)", 0, "error|warning"},
    {"foo.*barbaz", 0, "barbaz"},
    {"foobar.*q", 0, "foobar"},
    {"x?foobar", 0, "foobar"},
    {"xfoobar?", 0, "xfooba"},
    {"xfooba(r|z)?", 0, "xfooba"},
    {" su(\\[\\d+\\])?: .*", 0, " su[| su: "},
    {" su(\\[\\d+\\]){0,2}: .*", 0, " su[| su: "},
    {" su(\\[\\d+\\])*: .*", 0, " su"},
    {" su(\\d+\\])?: .*", 0, " su"},
    {" su(\\[.|[(].)?: .*", 0, " su[| su(| su: "},
    {"(?i) su(Z\\d+\\])?: .*", 0, "~ suz| su: "},
    {"^(?:sshd|su)(z.)?(?=: )$", 0, "sshd|su"},
    {" su(z.)?[z]wq.*", 0, " suz"},
    {"( suz| su)(z.)?wq.*", 0, " suz| suwq"},
    {"(.( su(z.)?q))+", 0, " suz| suq"},
    {"a*", 0, ""},
    {"a*foobar", 0, "foobar"},
    {"foobar+", 0, "fooba"},
    {"fo+bar", 0, "obar"},
    {"foo{2}bar", 0, "fooobar"},
    {"(foo){2}", 0, "foofoo"},
    {"(foo){2,}", 0, "foofoo"},
    {"(foo){2,3}x", 0, "foofoox"},
    {"(foo){0}bar", 0, "bar"},
    {"(foo){0,1}barx", 0, "barx"},
    {"fo{0,2}bar", 0, "bar"},
    {"ab{3}c", 0, "abbbc"},
    {"(ab|cd){2}", 0, "abab|abcd|cdab|cdcd"},
    {"(a.b|c){2}", 0, "ba|bc|ca|cc"},
    {"foo(?#comment)bar", 0, "foobar"},
    {"foo(?#comment)?bar", 0, "foobar|fobar"},
    {"foo\\Q.*\\Ebar", 0, "foo.*bar"},
    {"foo\\Q\\E?bar", 0, "foobar|fobar"},
    {"fo\\Qo\\E?bar", 0, "foobar|fobar"},
    {"\\Qa.b.c", 0, "a.b.c"},
    {"\\.\\/\\-\\x41\\x{42}\\n\\t", 0, "./-AB\\x0a\\x09"},
    {"a\\x2ebcd", 0, "a.bcd"},
    {"\\101bcd", 0, "bcd"},
    {"\\0bcde", 0, "\\x00bcde"},
    {"\\0123bc", 0, "\\x0a3bc"},
    {"a\\cAbc", 0, "a\\x01bc"},
    {"a\\ebcd", 0, "a\\x1bbcd"},
    {"abcd\\defgh", 0, "efgh"},
    {"abcd\\wefgh", 0, "efgh"},
    {"abcd\\pLefgh", 0, "efgh"},
    {"abcd\\p{Lu}efgh", 0, "efgh"},
    {"abcd\\P{^Nd}efgh", 0, "efgh"},
    {"abcd\\Refgh", 0, "efgh"},
    {"abcd\\Xefgh", 0, "efgh"},
    {"abcd\\Nefgh", 0, "efgh"},
    {"abcd\\N{2}efgh", 0, "efgh"},
    {"abcd\\Kefgh", 0, "abcdefgh"},
    {"\\Aabcd\\b\\Befgh\\z", 0, "abcdefgh"},
    {"^abcd$", 0, "abcd"},
    {"\\Gabcd\\Z", 0, "abcd"},
    {"abcd\\1efgh", 0, "efgh"},
    {"(ab)cd\\1efgh", 0, "efgh"},
    {"(ab)cd\\g{1}efgh", 0, "efgh"},
    {"(ab)cd\\g1efgh", 0, "efgh"},
    {"(ab)cd\\g{-1}efgh", 0, "efgh"},
    {"(?<n>ab)cd\\k<n>efgh", 0, "efgh"},
    {"(?<n>ab)cd\\k{n}efgh", 0, "efgh"},
    {"(?<n>ab)cd(?P=n)efgh", 0, "efgh"},
    {"(?<n>ab)cd(?P>n)efgh", 0, "efgh"},
    {"(?<n>ab)cd(?&n)efgh", 0, "efgh"},
    {"(ab)cd(?1)efgh", 0, "efgh"},
    {"(ab)cd(?-1)efgh", 0, "efgh"},
    {"ab(?R)?cdefg", 0, "cdefg"},
    {"[ab]cdef", 0, "acdef|bcdef"},
    {"[abc][def]ghi", 0,
	"adghi|aeghi|afghi|bdghi|beghi|bfghi|cdghi|ceghi|cfghi"},
    {"[a-c]xyz", 0, "axyz|bxyz|cxyz"},
    {"[a-z]xyz0", 0, "xyz0"},
    {"[0-9]foobar", 0, "foobar"},
    {"[^a]foobar", 0, "foobar"},
    {"[a]foobar", 0, "afoobar"},
    {"[]a]foobar", 0, "]foobar|afoobar"},
    {"[^]a]foobar", 0, "foobar"},
    {"[\\]]foobar", 0, "]foobar"},
    {"[\\\\]foobar", 0, "\\foobar"},
    {"[a\\-b]foobar", 0, "-foobar|afoobar|bfoobar"},
    {"[-a]foobar", 0, "-foobar|afoobar"},
    {"[a-]foobar", 0, "-foobar|afoobar"},
    {"[\\x41]foobar", 0, "Afoobar"},
    {"[\\n]foobar", 0, "\\x0afoobar"},
    {"[\\b]foobar", 0, "\\x08foobar"},
    {"[[:digit:]]foobar", 0, "foobar"},
    {"[[:alpha:]a]foobar", 0, "foobar"},
    {"[[:<:]]foobar[[:>:]]", 0, "foobar"},
    {"[\\Qa]\\E]foobar", 0, "foobar"},
    {"[\\E]a]foobar", 0, "]foobar|afoobar"},
    {"[a\\c]]foobar", 0, "\\x1dfoobar|afoobar"},
    {"[[a]foobar", 0, "[foobar|afoobar"},
    {"[[.]foobar", 0, ".foobar|[foobar"},
    {"[\303\251]foobar", 0, "\\xa9foobar|\\xc3foobar"},
    {"(?i)foobar", 0, "~foobar"},
    {"foo(?i)bar", 0, "~foobar"},
    {"foo(?i:bar)baz", 0, "~foobarbaz"},
    {"(?i)foo(?-i)BAR", 0, "~foobar"},
    {"(?i:abcd)|EFGH", 0, "~abcd|efgh"},
    {"a(?i)bcd|EFGH", 0, "~abcd|efgh"},
    {"(a(?i)bcd|EFGH)IJKL", 0, "~abcdijkl|efghijkl"},
    {"(?^:foobar)", 0, "foobar"},
    {"(?i)1234", 0, "1234"},
    {"(?x)foo bar # baz", 0, "foobar"},
    {"(?x: foo bar )baz q", 0, "foobarbaz q"},
    {"(?x) foo + bar", 0, "obar"},
    {"(?x) foo ? bar", 0, "foobar|fobar"},
    {"(?x)foo\\ bar", 0, "foo bar"},
    {"(?x)[ a]bcd", 0, " bcd|abcd"},
    {"(?xx)foobar", 0, ""},
    {"(?s)foo.bar", 0, "bar"},
    {"(?m)^foobar$", 0, "foobar"},
    {"(?U)foo+bar", 0, "obar"},
    {"(?J)foobar", 0, "foobar"},
    {"(?a)foobar", 0, ""},
    {"(?=foobar)", 0, "foobar"},
    {"(?=.*foobar)abc", 0, "foobar"},
    {"(?!foobar)abcdef", 0, "abcdef"},
    {"(?<=foobar)abc", 0, "foobar"},
    {"(?<!foobar)abcdef", 0, "abcdef"},
    {"(?=foobar)?abc", 0, "abc"},
    {"(?>foobar)baz", 0, "foobarbaz"},
    {"(?|foo|bar)baz", 0, "foobaz|barbaz"},
    {"(?<name>foo)bar", 0, "foobar"},
    {"(?'name'foo)bar", 0, "foobar"},
    {"(?P<name>foo)bar", 0, "foobar"},
    {"(?(?=foo)foobar|barbaz)abc", 0, "abc"},
    {"(a)?(?(1)foobar|barbaz)abc", 0, "abc"},
    {"(?(DEFINE)(?<n>foobar))abcdef", 0, "abcdef"},
    {"foobar(*ACCEPT)baz", 0, ""},
    {"(*UTF)foobar", 0, ""},
    {"(*LF)foobar", 0, ""},
    {"foo(*FAIL)|barbaz", 0, ""},
    {"foobar(?C)baz", 0, "foobarbaz"},
    {"foobar(?C12)baz", 0, "foobarbaz"},
    {"foobar(?C'x')baz", 0, ""},
    {"foo{,3}bar", 0, "bar"},
    {"foo{ 2}bar", 0, "bar"},
    {"foo{a}bar", 0, "foo{a}bar"},
    {"foo{", 0, "foo{"},
    {"foo{2", 0, "foo{2"},
    {"{foo}", 0, "{foo}"},
    {"foo]bar}", 0, "foo]bar}"},
    {"foo|", 0, ""},
    {"|foo", 0, ""},
    {"()", 0, ""},
    {"(|foo)bar", 0, "bar"},
    {"(foo|)bar", 0, "bar"},
    {"((((foobar))))", 0, "foobar"},
    {"(foo(bar(baz)?)+)qux", 0, "barbazqux|barqux"},
    {"(?:a|b|c|d)(?:e|f|g|h)(?:i|j|k|l)(?:m|n|o|p)xyzw", 0,
	"mxyzw|nxyzw|oxyzw|pxyzw"},
    {"(?:aa|b.b)ccdd", 0, "aaccdd|bccdd"},
    {"(?:aaaa|b.b)", 0, "aaaa|b"},
    {"foo(?:.*bar|baz)qux", 0, "barqux|bazqux"},
    {"(?:foo\\d+bar)baz\\d", 0, "barbaz"},
    {"(?:foo\\d+bar){3}", 0, "barfoo"},
    {"a+b+c+", 0, "bc"},
    {"(?:ab)+c", 0, "abc"},
    {"ab?\?cdef", 0, "abcdef|acdef"},
    {"ab*+cdef", 0, "cdef"},
    {"ab{2}+cdef", 0, "abbcdef"},
    {"ab{2}{2}c", 0, "abbbbc"},
    {".", 0, ""},
    {".*", 0, ""},
    {"^$", 0, ""},
    {"\\d+", 0, ""},
    {"[a-z]+ \\d+ foobar \\S+", 0, " foobar "},
    {"^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ sshd\\[[0-9]+\\]: Accept"
     "ed (?:password|publickey) for",
	0, "]: Accepted "},
    {"a{70}b", 0, "aaaaaaaaaaaaaaaaaaaaaaaa"},
    {"(?:abcdefghijklmnopqrstuvwxyz0123456789){2}ZQXJ", 0,
	"abcdefghijklmnopqrstuvwx"},
    {"\303\251+foobar", 0, "\\xa9foobar"},
    {"foobar", PATTERN_NOCASE, "~foobar"},
    {"FooBar42", PATTERN_NOCASE, "~foobar42"},
    {"task", PATTERN_NOCASE, "~task"},
    {"mask", PATTERN_NOCASE, "~mask"},
    {"disc", PATTERN_NOCASE, "~disc"},
    {"[a-d]bcd", PATTERN_NOCASE, "~abcd|bbcd|cbcd|dbcd"},
    {"[k]bcde", PATTERN_NOCASE, "~kbcde"},
    {"foo(?-i)BAR", PATTERN_NOCASE, "~foobar"},
    {"\303\251bcde", PATTERN_NOCASE, "~bcde"},
    {"\303\251bcd", PATTERN_UTF, "\\xc3\\xa9bcd"},
    {"\303\251?bcde", PATTERN_UTF, "bcde"},
    {"bcde\303\251+f", PATTERN_UTF, "bcde\\xc3\\xa9"},
    {"[\303\251]bcde", PATTERN_UTF, "bcde"},
    {"\\x{e9}bcd", PATTERN_UTF, "\\xc3\\xa9bcd"},
    {"\\x{20ac}bc", PATTERN_UTF, "\\xe2\\x82\\xacbc"},
    {"\\x{1f600}z", PATTERN_UTF, "\\xf0\\x9f\\x98\\x80z"},
    {"\\N{U+e9}bcde", PATTERN_UTF, "bcde"},
    {"(?i)kbcdefg", PATTERN_UTF, "~kbcdefg|\\xe2\\x84\\xaabcdefg"},
    {"(?i)\303\251foobar", PATTERN_UTF, "~foobar"},
    {"bcd\\Q\303\251\\E{2}", PATTERN_UTF, "bcd\\xc3\\xa9\\xc3\\xa9"},
    {"disk", PATTERN_UTF | PATTERN_NOCASE,
	"~disk|dis\\xe2\\x84\\xaa|di\\xc5\\xbfk|di\\xc5\\xbf\\xe2\\x8"
	"4\\xaa"},
    {"kelvin", PATTERN_UTF | PATTERN_NOCASE, "~kelvin|\\xe2\\x84\\xaaelvin"},
    {"mount", PATTERN_UTF | PATTERN_NOCASE, "~mount"},
    {"[k]bcde", PATTERN_UTF | PATTERN_NOCASE, "~kbcde|\\xe2\\x84\\xaabcde"},
    {"\\x{212a}bcde", PATTERN_UTF | PATTERN_NOCASE, "~bcde"},
    {"bcde\\x{17f}", PATTERN_UTF | PATTERN_NOCASE, "~bcde"},
    {"tests", PATTERN_UTF | PATTERN_NOCASE,
	"~tests|test\\xc5\\xbf|te\\xc5\\xbfts|te\\xc5\\xbft\\xc5\\xbf"},
    {"foo bar", PATTERN_EXTENDED, "foobar"},
    {"foo # x", PATTERN_EXTENDED, "foo"},
    {"foo bar#baz", PATTERN_EXTENDED, "foobar"},
    {"[ #]bcd", PATTERN_EXTENDED, " bcd|#bcd"},
    {"foo\\ bar", PATTERN_EXTENDED, "foo bar"},
    {"foo\\#bar", PATTERN_EXTENDED, "foo#bar"},
    {"foo (?-x) bar", PATTERN_EXTENDED, "foo bar"},
    {"foo {2} bar", PATTERN_EXTENDED, "fooobar"},
    {"foo + ? bar", PATTERN_EXTENDED, "obar"},
    {"\\Qfoo bar\\E baz", PATTERN_EXTENDED, "foo barbaz"},
    {"(?#x)foo(?-x:a b)", PATTERN_EXTENDED, "fooa b"},
    {"foo\303\251 bar", PATTERN_EXTENDED, ""},
    {"foo\303\251?bar", PATTERN_EXTENDED, ""},
};

static void
add_shown(struct buf *out, const struct literals *literals)
{
	size_t i, k;

	if (literals->nocase)
		buf_add_byte(out, '~');
	for (i = 0; i < literals->count; i++) {
		if (i)
			buf_add_byte(out, '|');
		for (k = 0; k < literals->of[i].len; k++) {
			unsigned char byte = literals->of[i].bytes[k];

			if (byte < ' ' || byte > '~')
				buf_addf(out, "\\x%02x", byte);
			else
				buf_add_byte(out, (char)byte);
		}
	}
}

static void
test_table(const struct rarity *rarity)
{
	size_t i, wrong = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct literals literals;
		struct buf shown = BUF_INIT;

		literals_find(
		    rows[i].pattern, rows[i].flags, rarity, &literals);
		add_shown(&shown, &literals);
		if (!literals_well_formed(&literals) ||
		    strcmp(buf_str(&shown), rows[i].wanted)) {
			wrong++;
			printf("# %s: %s, not %s\n", rows[i].pattern,
			    buf_str(&shown), rows[i].wanted);
		}
		buf_release(&shown);
	}
	OK(wrong == 0, "the literals of %zu patterns are the expected ones", i);
}

static size_t
count_of(const struct rarity *rarity, struct buf *pattern)
{
	struct literals literals;

	literals_find(buf_str(pattern), 0, rarity, &literals);
	buf_release(pattern);
	return literals_well_formed(&literals) ? literals.count : 9999;
}

static void
add_times(struct buf *out, const char *text, size_t times)
{
	while (times--)
		buf_add_str(out, text);
}

static void
test_hostile(const struct rarity *rarity)
{
	struct buf pattern = BUF_INIT;

	add_times(&pattern, "(", 65000);
	IS_INT(count_of(rarity, &pattern), 0, "65,000 parentheses in another");
	add_times(&pattern, "(", 240);
	buf_add_str(&pattern, "foobar");
	add_times(&pattern, ")", 240);
	IS_INT(count_of(rarity, &pattern), 1, "240 are read");
	add_times(&pattern, "(?(?=", 13000);
	IS_INT(count_of(rarity, &pattern), 0, "conditions in one another");
	add_times(&pattern, "[ab]", 16000);
	OK(count_of(rarity, &pattern) > 0, "16,000 classes of two");
	add_times(&pattern, "foobar|", 9000);
	buf_add_str(&pattern, "x");
	IS_INT(count_of(rarity, &pattern), 2, "9,000 equal alternatives");
	add_times(&pattern, "(a{65535}){65535}", 3800);
	IS_INT(count_of(rarity, &pattern), 1, "repetitions of repetitions");
	add_times(&pattern, "x", 70000);
	IS_INT(count_of(rarity, &pattern), 0, "what is too long to compile");
	for (size_t i = 0; i < 65; i++)
		buf_addf(&pattern, "%sword%zu.", i ? "|" : "", i);
	IS_INT(count_of(rarity, &pattern), 0, "more alternatives than room");
}

/* Each byte alone and each end of a pattern: nothing is read beyond. */
static void
test_cut(const struct rarity *rarity)
{
	static const char whole[] =
	    "(?<n>a\\x{41}[[:digit:]\\Q]\\E-]{1,2})\\g{1}(?(?=b)c|d)"
	    "\\p{Lu}\\cA(?i-x:k)(?#c)\\N{U+41}(?C1)(?P>n)\\o{101}$";
	size_t len, wrong = 0;

	for (len = 0; len < sizeof(whole); len++) {
		struct literals literals;
		/* Of its own, so that a checker sees its end. */
		char *cut = xstrndup(whole, len);

		literals_find(cut, PATTERN_UTF, rarity, &literals);
		wrong += !literals_well_formed(&literals);
		free(cut);
	}
	OK(wrong == 0, "patterns that end in the middle of anything");
}

static void
test_rarity(void)
{
	struct rarity *rarity = rarity_new();
	struct span rare = span_str("zqxjvk"), often = span_str("error");
	struct literals literals;
	struct buf sample = BUF_INIT;

	OK(rarity_of(rarity, rare) < rarity_of(rarity, often),
	    "unusual letters are rare");
	OK(rarity_of(rarity, span_str("e")) > rarity_of(rarity, often),
	    "a single letter is more frequent than a word");
	OK(rarity_of(rarity, span_str("")) == UINT32_MAX,
	    "nothing is everywhere");
	literals_find("error.*zqxjvk", 0, rarity, &literals);
	OK(literals.of[0].bytes[0] == 'z', "the rarer string is chosen");
	add_times(&sample, "zqxjvk ", 10000);
	rarity_learn(rarity, buf_span(&sample));
	OK(rarity_of(rarity, rare) > rarity_of(rarity, often),
	    "what the log is full of is frequent");
	literals_find("error.*zqxjvk", 0, rarity, &literals);
	OK(literals.of[0].bytes[0] == 'e', "and the other one is chosen");
	buf_release(&sample);
	rarity_free(rarity);
}

int
main(void)
{
	struct rarity *rarity = rarity_new();

	test_table(rarity);
	test_hostile(rarity);
	test_cut(rarity);
	test_rarity();
	rarity_free(rarity);
	return tap_done();
}
