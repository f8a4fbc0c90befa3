/*
 * judge_pattern: bytes, limits, captures and mistakes of patterns.
 */
#include "config.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "judge/pattern.h"
#include "tap.h"

static enum pattern_verdict
match_flags(const char *text, unsigned flags, struct span subject)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, flags, &err);
	enum pattern_verdict verdict = PATTERN_UNDECIDED;

	if (pattern)
		verdict = pattern_match(pattern, scratch, subject, NULL);
	else
		printf("# %s: %s\n", text, err.text);
	pattern_free(pattern);
	pattern_scratch_free(scratch);
	return verdict;
}

static bool
matches(const char *text, const char *subject)
{
	return match_flags(text, 0, span_str(subject)) == PATTERN_YES;
}

static bool
refused(const char *text, unsigned flags, const char *because)
{
	struct err err = ERR_INIT;
	struct pattern *pattern = pattern_new(text, flags, &err);

	if (!pattern && strstr(err.text, because))
		return true;
	printf("# %s: %s\n", text, pattern ? "was accepted" : err.text);
	pattern_free(pattern);
	return false;
}

static void
test_bytes(void)
{
	OK(matches("foo$", "a foo"), "the dollar sign matches at the end");
	OK(!matches("foo$", "foo\n"),
	    "the dollar sign does not match before a last newline");
	OK(match_flags("a\\x00b", 0, span_of("a\0b", 3)) == PATTERN_YES,
	    "a NUL byte is a byte like any other");
	OK(matches("caf. ERROR.*done$", "caf\xe9 ERROR is done"),
	    "a byte that is no UTF-8 is one character");
	OK(matches("^.{2}$", "\xc3\xa9"), "without utf a letter is two bytes");
	OK(match_flags("^.$", PATTERN_UTF, span_str("\xc3\xa9")) == PATTERN_YES,
	    "with utf it is one");
	OK(match_flags("x$", PATTERN_UTF, span_str("\xff\xfe x")) ==
		PATTERN_YES,
	    "with utf, invalid bytes before a match do no harm");
	OK(match_flags("^\\w$", PATTERN_UTF, span_str("\xc3\xa9")) ==
		PATTERN_YES,
	    "with utf a letter is a letter in every script");
	OK(match_flags("FOO", PATTERN_NOCASE, span_str("foo")) == PATTERN_YES,
	    "nocase ignores case");
	OK(match_flags("f o o", PATTERN_EXTENDED, span_str("foo")) ==
		PATTERN_YES,
	    "extended ignores blanks in the pattern");
	OK(match_flags("^$", 0, span_of(NULL, 0)) == PATTERN_YES,
	    "the empty line can match");
}

static void
test_captures(void)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct err err = ERR_INIT;
	struct pattern *pattern =
	    pattern_new("(?<user>\\w+)@(?<host>\\w+)(:(\\d+))?(!)?", 0, &err);
	struct captures captures;
	size_t number = 0;

	OK(pattern_match(pattern, scratch, span_str("to bob@home now"),
	       &captures) == PATTERN_YES,
	    "a pattern with groups matches");
	IS_INT(captures.count, 6, "all groups are there, the last ones too");
	OK(span_is(captures.groups[0], "bob@home"), "group 0 is the whole");
	OK(span_is(captures.groups[1], "bob"), "group 1 is what it matched");
	OK(!captures.groups[3].data && !captures.groups[5].data,
	    "a group that took no part has no data");
	IS_INT(pattern_group(pattern, span_str("host")), 2,
	    "a name has its number");
	IS_INT(pattern_group(pattern, span_str("hos")), 0,
	    "an unknown name has none");
	IS_INT(pattern_group_count(pattern), 5, "groups are counted");
	IS_STR(pattern_group_name(pattern, 0, &number), "host",
	    "names can be listed");
	IS_INT(number, 2, "with their numbers");
	OK(!pattern_group_name(pattern, 2, NULL), "and the list ends");
	OK(pattern_match(pattern, scratch, span_str("nothing"), &captures) ==
		    PATTERN_NO &&
		captures.count == 0,
	    "no match has no captures");
	pattern_free(pattern);
	pattern = pattern_new("ab\\Kc?", 0, &err);
	OK(pattern_match(pattern, scratch, span_str("ab"), &captures) ==
		    PATTERN_YES &&
		captures.groups[0].data && !captures.groups[0].len,
	    "\\K may leave an empty match, which is not unset");
	pattern_free(pattern);
	pattern = pattern_new("()", 0, &err);
	OK(pattern_match(pattern, scratch, span_of(NULL, 0), &captures) ==
		    PATTERN_YES &&
		captures.groups[1].data,
	    "an empty group in an empty line is not unset");
	pattern_free(pattern);
	pattern_scratch_free(scratch);
}

static void
test_mistakes(void)
{
	struct buf many = BUF_INIT;
	int i;

	OK(refused("a(b", 0, "column 4"), "a mistake names its column");
	OK(refused("a(b", 0, "parenthesis"), "and what is wrong");
	OK(refused("a\\", 0, "column 3: a backslash at the end; write \\\\"),
	    "and what to write");
	OK(refused("*a", 0, "write \\*"), "so for a shell's star");
	OK(refused("(?<a>x)(?<a>y)", 0, "same name"),
	    "and for one name of two groups, in plain words");
	OK(refused("(?z)", 0, "(?"), "a rare mistake is told in PCRE2's");
	OK(refused("(*UTF)a", 0, "flags = utf"), "(*UTF) is refused");
	OK(refused("(*UCP)a", 0, "flags = utf"), "(*UCP) is refused");
	OK(refused("(*LIMIT_HEAP=1)a", 0, "LIMIT_HEAP"),
	    "(*LIMIT_HEAP=) is refused");
	OK(refused("(*LIMIT_MATCH=1)a", 0, "LIMIT_MATCH"),
	    "(*LIMIT_MATCH=) is refused");
	OK(refused("(*ANYCRLF)(*LIMIT_DEPTH=9)a", 0, "column 11"),
	    "also behind another verb");
	OK(refused("(*NO_JIT)a", 0, "NO_JIT"), "(*NO_JIT) is refused");
	OK(matches("(*ANYCRLF)^a", "a"), "a newline convention is allowed");
	OK(refused("a\\Cb", 0, "\\C"), "\\C is refused");
	OK(refused("(?J)(?<a>x)|(?<a>y)", 0, "two groups"),
	    "one name for two groups is refused");
	OK(matches("(?|(?<a>x)|(?<a>y))", "y"),
	    "one name for one number is not");
	OK(refused("\xff", PATTERN_UTF, "UTF-8"),
	    "with utf, a pattern that is no UTF-8 is refused");
	for (i = 0; i < 63; i++)
		buf_add_str(&many, "(a?)");
	OK(matches(buf_str(&many), "a"), "63 groups are possible");
	buf_add_str(&many, "(a?)");
	OK(refused(buf_str(&many), 0, "64 groups"), "64 are not");
	buf_reset(&many);
	for (i = 0; i < 70000; i++)
		buf_add_byte(&many, 'a');
	OK(refused(buf_str(&many), 0, "column"),
	    "a pattern beyond 64 KiB is refused");
	buf_reset(&many);
	for (i = 0; i < 5000; i++)
		buf_add_byte(&many, '(');
	OK(refused(buf_str(&many), 0, "column"),
	    "deeply nested parentheses are refused");
	buf_release(&many);
}

static void
test_limits(void)
{
	char line[4096];
	struct buf large = BUF_INIT;

	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	OK(match_flags("^(a|a|b)+$", 0, span_of(line, sizeof(line))) ==
		PATTERN_UNDECIDED,
	    "what runs into the match limit is not decided");
	OK(match_flags("(*ANY)^(a|a|b)+$", PATTERN_UTF,
	       span_of(line, sizeof(line))) == PATTERN_UNDECIDED,
	    "with utf too");
	memset(buf_reserve(&large, 1 << 20), 'a', 1 << 20);
	large.len = 1 << 20;
	buf_add_byte(&large, 'z');
	OK(match_flags("^(?:a|b)*z", 0, buf_span(&large)) != PATTERN_NO,
	    "what the JIT's stack cannot hold is never a no");
	OK(match_flags("[ab]*z$", 0, buf_span(&large)) == PATTERN_YES,
	    "a megabyte can match");
	buf_release(&large);
}

static void
test_scratch_survives(void)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *bad = pattern_new("^(?:a|b)*y", 0, NULL);
	struct pattern *good = pattern_new("(z)$", 0, NULL);
	struct captures captures;
	struct buf large = BUF_INIT;

	memset(buf_reserve(&large, 1 << 19), 'a', 1 << 19);
	large.len = 1 << 19;
	buf_add_byte(&large, 'z');
	OK(pattern_match(bad, scratch, buf_span(&large), &captures) ==
		PATTERN_UNDECIDED,
	    "a line that is too much is not decided");
	IS_INT(captures.count, 0, "and has no captures");
	OK(pattern_match(good, scratch, buf_span(&large), &captures) ==
		    PATTERN_YES &&
		span_is(captures.groups[1], "z"),
	    "the same scratch decides the next pattern");
	IS_STR(pattern_text(good), "(z)$", "a pattern knows its text");
	pattern_free(bad);
	pattern_free(good);
	pattern_scratch_free(scratch);
	buf_release(&large);
}

/* --- The time limit ------------------------------------------------------- */

static int64_t fake_now;

/* Every look at this clock finds it ten milliseconds later. */
static int64_t
fake_clock(void)
{
	return fake_now += 10;
}

static enum pattern_verdict
match_timed(const char *text, unsigned flags, struct span subject,
    struct captures *captures)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern = pattern_new(text, flags, NULL);
	enum pattern_verdict verdict;

	pattern_scratch_clock(scratch, fake_clock);
	verdict = pattern_match(pattern, scratch, subject, captures);
	pattern_free(pattern);
	pattern_scratch_free(scratch);
	return verdict;
}

static void
test_time_is_limited(void)
{
	size_t len = 32 * 1024;
	char *line = malloc(len);
	int64_t before;

	for (size_t i = 0; i < len; i++)
		line[i] = i % 16 == 15 ? '!' : 'a';
	before = fake_now;
	IS_INT(match_timed("(a+)+$", 0, span_of(line, len), NULL),
	    PATTERN_UNDECIDED, "a search whose time is up is not decided");
	OK((fake_now - before) / 10 <= 8,
	    "and ends one slice later, after %d looks at the clock",
	    (int)((fake_now - before) / 10));
	before = fake_now;
	IS_INT(match_timed("\\Gx|(a+)+$", 0, span_of(line, len), NULL),
	    PATTERN_UNDECIDED, "one that cannot be sliced is not either");
	OK((fake_now - before) / 10 <= 8,
	    "after %d looks at the clock", (int)((fake_now - before) / 10));
	before = fake_now;
	match_timed("ERROR", 0, span_of(line, 200), NULL);
	match_timed("\\GERROR", 0, span_of(line, 200), NULL);
	IS_INT(fake_now, before, "an ordinary line never asks for the time");
	free(line);
}

static void
test_slices_find_what_one_search_finds(void)
{
	static const char *const patterns[] = {"needle", "^needle", "needle$",
	    "(?<=x)needle", "n(.)edle", "\\bneedle\\b", "\\Gneedle",
	    "^.{5000}n", "needle|$"};
	size_t len = 20000, wrong = 0, tried = 0;
	char *line = malloc(len);
	struct pattern_scratch *plain = pattern_scratch_new();

	srand(1);
	for (int round = 0; round < 200; round++) {
		size_t at = (size_t)rand() % (len - 6);
		const char *text = patterns[round % 9];
		struct pattern *pattern = pattern_new(text, 0, NULL);
		struct captures a, b;
		enum pattern_verdict sliced, whole;

		memset(line, 'x', len);
		memcpy(line + at, "needle", 6);
		fake_now = 0;
		sliced = match_timed(text, 0, span_of(line, len), &a);
		whole = pattern_match(pattern, plain, span_of(line, len), &b);
		tried++;
		wrong += sliced != whole ||
			 (sliced == PATTERN_YES &&
			     (a.groups[0].data != b.groups[0].data ||
				 a.groups[0].len != b.groups[0].len));
		pattern_free(pattern);
	}
	OK(wrong == 0, "slices find what one search finds (%zu of %zu differ)",
	    wrong, tried);
	pattern_scratch_free(plain);
	free(line);
}

static void
test_slices_do_not_split_characters(void)
{
	size_t count = 9000, len = count * 2;
	char *line = malloc(len);
	struct captures captures;

	for (size_t i = 0; i < count; i++)
		memcpy(line + 2 * i, "\xc3\xa9", 2);
	line[len - 1] = 'z';
	line[len - 2] = 'z';
	fake_now = 0;
	IS_INT(match_timed("zz", PATTERN_UTF, span_of(line, len), &captures),
	    PATTERN_YES, "a search in UTF-8 passes slice borders");
	memset(line, 0x80, len);
	memcpy(line + len - 2, "zz", 2);
	IS_INT(match_timed("zz", PATTERN_UTF, span_of(line, len), &captures),
	    PATTERN_YES, "also over bytes that are no characters");
	free(line);
}

/* Without flags = utf a byte is a byte, wherever a slice may end. */
static void
test_slices_begin_at_any_byte(void)
{
	size_t len = 8200, missed = 0;
	char *line = malloc(len);
	struct captures captures;

	fake_now = 0;
	for (size_t at = 4000; at < 4200; at++) {
		memset(line, 'a', len);
		memcpy(line + at, "\xa0z", 2);
		missed += match_timed("\\xa0z", 0, span_of(line, len),
			      &captures) != PATTERN_YES;
	}
	IS_INT(missed, 0, "a match may begin with a high byte at a border");
	free(line);
}

/* --- From a place on ------------------------------------------------------ */

static void
test_search_from(void)
{
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern = pattern_new("(?<=a)b|^a", 0, NULL);
	struct span text = span_str("abab");
	struct captures captures;

	OK(pattern_match_from(pattern, scratch, text, 1, &captures) ==
		    PATTERN_YES &&
		captures.groups[0].data == text.data + 1,
	    "a search from a place sees what stands before");
	OK(pattern_match_from(pattern, scratch, text, 2, &captures) ==
		    PATTERN_YES &&
		captures.groups[0].data == text.data + 3,
	    "and takes no place for the beginning");
	OK(pattern_match_from(pattern, scratch, text, 4, &captures) ==
		PATTERN_NO,
	    "there is nothing at the end");
	fake_now = 0;
	pattern_scratch_clock(scratch, fake_clock);
	pattern_match(pattern, scratch, text, NULL);
	while (pattern_match_from(pattern, scratch, text, 1, NULL) !=
		   PATTERN_UNDECIDED &&
	       fake_now < 10000)
		continue;
	OK(fake_now > PATTERN_BUDGET_MS && fake_now < 200,
	    "searches in one text share their time");
	OK(pattern_match(pattern, scratch, text, NULL) == PATTERN_YES,
	    "and one from the beginning has it anew");
	pattern_free(pattern);
	pattern_scratch_free(scratch);
}

/* --- Without JIT ---------------------------------------------------------- */

/* True when from now on this process has no JIT. */
static bool
forbid_executable_memory(void)
{
#ifdef __linux__
	return prctl(65 /* PR_SET_MDWE */, 1UL, 0UL, 0UL, 0UL) == 0;
#else
	return false;
#endif
}

/* What must hold with JIT or without it; flags say which. */
static size_t
wrong_answers(unsigned flags)
{
	char *line = malloc(32 * 1024);
	size_t wrong = 0;

	for (size_t i = 0; i < 32 * 1024; i++)
		line[i] = i % 16 == 15 ? '!' : 'a';
	wrong += match_flags("^(?<a>a+)!", flags, span_of(line, 32 * 1024)) !=
		 PATTERN_YES;
	wrong +=
	    match_flags("b", flags, span_of(line, 32 * 1024)) != PATTERN_NO;
	wrong +=
	    match_flags("^(a|a|!)+$", flags, span_of(line, 1024)) == PATTERN_NO;
	fake_now = 0;
	wrong += match_timed("(a+)+$", flags, span_of(line, 32 * 1024), NULL) !=
		 PATTERN_UNDECIDED;
	wrong += fake_now > 200;
	memset(line, ' ', 10 * 1024);
	line[10 * 1024] = 'x';
	fake_now = 0;
	wrong += match_timed("\\s+$", flags, span_of(line, 10 * 1024 + 1),
		     NULL) == PATTERN_YES;
	wrong += fake_now > 200;
	free(line);
	return wrong;
}

static void
test_without_jit(void)
{
	int status = 0;
	pid_t pid;

	IS_INT(wrong_answers(0), 0, "patterns hold with what there is");
	IS_INT(wrong_answers(PATTERN_INTERPRETED), 0,
	    "and without JIT, by their own switch");
	pid = fork();
	if (!pid)
		_exit(forbid_executable_memory() ? (int)wrong_answers(0) : 77);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		tap_skip("patterns hold where no memory may become executable",
		    "this kernel has no PR_SET_MDWE");
	else
		OK(WIFEXITED(status) && !WEXITSTATUS(status),
		    "patterns hold where no memory may become executable");
}

int
main(void)
{
	test_search_from();
	test_without_jit();
	test_bytes();
	test_captures();
	test_mistakes();
	test_limits();
	test_scratch_survives();
	test_time_is_limited();
	test_slices_find_what_one_search_finds();
	test_slices_do_not_split_characters();
	test_slices_begin_at_any_byte();
	return tap_done();
}
