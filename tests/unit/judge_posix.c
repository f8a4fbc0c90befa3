/*
 * judge_posix: extended expressions mean what grep -E makes of them.
 *
 * grep itself is the judge: the same expression, the same lines, and the
 * numbers of those that were selected must be the same.  What grep refuses
 * may be refused here or not.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "judge/pattern.h"
#include "judge/posix.h"
#include "judge/shape.h"
#include "tap.h"

#define LINES_MAX 64

static bool
translates(const char *extended, const char *wanted)
{
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	bool same = !posix_translate(span_str(extended), &out, &err) &&
		    !strcmp(buf_str(&out), wanted);

	if (!same)
		printf(
		    "# %s became %s %s\n", extended, buf_str(&out), err.text);
	buf_release(&out);
	return same;
}

static bool
refused(const char *extended, const char *because)
{
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	bool good;

	buf_add_str(&out, "before");
	good = posix_translate(span_str(extended), &out, &err) == -1 &&
	       strstr(err.text, because) && span_is(buf_span(&out), "before");
	if (!good)
		printf("# %s: %s\n", extended, err.text);
	buf_release(&out);
	return good;
}

/* -1 when ctail refuses the expression; else selected says which lines. */
static int
ctail_says(const char *extended, const struct span *lines, size_t count,
    bool *selected)
{
	struct buf text = BUF_INIT;
	struct pattern_scratch *scratch = pattern_scratch_new();
	struct pattern *pattern = NULL;
	struct err err = ERR_INIT;

	if (!posix_translate(span_str(extended), &text, &err)) {
		pattern = pattern_new(buf_str(&text), 0, &err);
		if (!pattern)
			printf("# %s -> %s: %s\n", extended, buf_str(&text),
			    err.text);
	}
	for (size_t i = 0; pattern && i < count; i++)
		selected[i] = pattern_match(pattern, scratch, lines[i], NULL) ==
			      PATTERN_YES;
	pattern_scratch_free(scratch);
	buf_release(&text);
	if (!pattern)
		return -1;
	pattern_free(pattern);
	return 0;
}

static bool
selects(const char *extended, const char *line)
{
	struct span lines[] = {span_str(line)};
	bool selected[] = {false};

	return !ctail_says(extended, lines, 1, selected) && selected[0];
}

/* --- grep ----------------------------------------------------------------- */

static char grep_path[] = "/tmp/ctail-posix-XXXXXX";

static void
grep_write(const struct span *lines, size_t count)
{
	FILE *file = fopen(grep_path, "w");

	for (size_t i = 0; i < count; i++) {
		fwrite(lines[i].data, 1, lines[i].len, file);
		putc('\n', file);
	}
	fclose(file);
}

static void
grep_child(int out, const char *extended)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(out, 1);
	dup2(null, 2);
	setenv("LC_ALL", "C", 1);
	execlp("grep", "grep", "-E", "--text", "-n", "-e", extended, grep_path,
	    (char *)NULL);
	_exit(127);
}

/* -1 when grep refuses the expression; else selected says which lines. */
static int
grep_says(const char *extended, size_t count, bool *selected)
{
	int ends[2], status;
	char line[4096];
	FILE *out;
	pid_t pid;

	memset(selected, 0, count * sizeof(*selected));
	if (pipe(ends))
		return -1;
	pid = fork();
	if (!pid)
		grep_child(ends[1], extended);
	close(ends[1]);
	out = fdopen(ends[0], "r");
	while (fgets(line, sizeof(line), out)) {
		size_t number = strtoul(line, NULL, 10);

		if (number && number <= count)
			selected[number - 1] = true;
	}
	fclose(out);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) < 2 ? 0 : -1;
}

struct comparison {
	size_t compared, differ, refused_by_both, refused_by_us;
};

static void
compare(struct comparison *sum, const char *extended, const struct span *lines,
    size_t count)
{
	bool selected[LINES_MAX], ours[LINES_MAX];
	bool grep_refuses = grep_says(extended, count, selected) < 0;
	bool we_refuse = ctail_says(extended, lines, count, ours) < 0;

	if (grep_refuses || we_refuse) {
		sum->refused_by_both += grep_refuses && we_refuse;
		sum->refused_by_us += !grep_refuses;
		if (!grep_refuses)
			printf("# only refused here: %s\n", extended);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		sum->compared++;
		if (ours[i] == selected[i])
			continue;
		sum->differ++;
		printf("# %s on \"%.*s\": grep %d, here %d\n", extended,
		    (int)lines[i].len, lines[i].data, selected[i], ours[i]);
	}
}

/* --- Random expressions --------------------------------------------------- */

static unsigned long seed;

static size_t
choose(size_t count)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return (seed >> 33) % count;
}

/* Not [[=a=]], [[.a.]] and back references: for those grep asks another
 * engine of its own, which takes misplaced signs in another way. */
static const char *const pieces[] = {"a", "b", "c", "ab", ".", "^", "$", "(",
    ")", "(", ")", "|", "*", "+", "?", "{2}", "{1,2}", "{,1}", "{0,}", "{", "}",
    "{1", "[ab]", "[^ab]", "[a-c]", "[]a]", "[^]a]", "[a-]", "[-a]", "[\\.a]",
    "[[:alpha:]]", "[^[:space:]b]", "[[:digit:]_-]", "\\.", "\\*", "\\<", "\\>",
    "\\b", "\\B", "\\w", "\\W", "\\s", "\\S", "\\`", "\\'", "\\(", "\\)", "\\{",
    "\\|", "\\\\", "\\/", "-", " ", "/", "#", "1", "_", "]", "(ab|c)", "(a*)",
    "\\d"};

static void
make_expression(struct buf *out)
{
	size_t count = 1 + choose(7);

	buf_reset(out);
	while (count--)
		buf_add_str(
		    out, pieces[choose(sizeof(pieces) / sizeof(pieces[0]))]);
}

static void
make_line(char *out, size_t *len)
{
	static const char bytes[] = "aaabbbccc  ..**()[]{}\\|-_/#1^$?+d]\xe9";

	*len = choose(7);
	for (size_t i = 0; i < *len; i++)
		out[i] = bytes[choose(sizeof(bytes) - 1)];
}

static void
test_random(void)
{
	struct comparison sum = {0};
	struct buf expression = BUF_INIT;
	char text[LINES_MAX][8];
	struct span lines[LINES_MAX];

	for (size_t i = 0; i < LINES_MAX; i++) {
		lines[i].data = text[i];
		make_line(text[i], &lines[i].len);
	}
	grep_write(lines, LINES_MAX);
	for (int round = 0; round < 2000; round++) {
		make_expression(&expression);
		compare(&sum, buf_str(&expression), lines, LINES_MAX);
	}
	OK(sum.compared > 50000, "%zu verdicts were compared with grep's",
	    sum.compared);
	IS_INT(sum.differ, 0, "and all are the same");
	IS_INT(sum.refused_by_us, 0, "nothing grep takes is refused");
	buf_release(&expression);
}

/* --- The corners, one by one ---------------------------------------------- */

static void
test_corners_with_grep(void)
{
	static const char *const expressions[] = {"*a", "^*a", "$*a", "(*a)",
	    "a|*b", "{1}a", "(?:a)", "^+a", "^{2}a", "\\<*a", "a)", "a{1",
	    "a{,2}b", "a{,}b", "a{ 1}", "a**", "a+?b", "x{1}{2}y", "a{2}*",
	    "a*{2}", "()", "", "(|a)b", "a^b", "a$b", "\\B", "\\b", "\\<",
	    "[a-]", "[--/]", "[]-a]", "[\\]", "[\\]]", "[[.a.]-z]", "\\n",
	    "\\}", "a}", "(a)\\1", "(a|b)(c)\\2\\1", "(a)\\10", "(a)(b)*\\2",
	    "\\.[[:alnum:]]{1,}$", "[[:upper:][:digit:]]", "[^\\/]*$",
	    "^[[:space:]]*#", "a\\|b", "\\(a\\)", "[.a]", "[=a]", "[[a]",
	    "[a[.].]]"};
	static const char *const texts[] = {"", "a", "b", "aa", "ab", "ba",
	    "*a", "xa", "{1}a", "?:a", ":a", "a)", "a{1", "aab", "aaab",
	    "a{,2}b", "a{ 1}", "xxy", "aaaa", "a^b", "a$b", "-", ".", "/", "]",
	    "\\", "\\]", "n", "}", "a}", "acca", "acb", "aa0", "abb", "x.y1",
	    "A", "  # x", "a|b", "(a)", "=", "["};
	struct comparison sum = {0};
	struct span lines[LINES_MAX];
	size_t count = sizeof(texts) / sizeof(texts[0]);

	for (size_t i = 0; i < count; i++)
		lines[i] = span_str(texts[i]);
	grep_write(lines, count);
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]);
	     i++)
		compare(&sum, expressions[i], lines, count);
	IS_INT(sum.differ, 0, "every known corner is as with grep");
	IS_INT(sum.refused_by_us, 0, "and nothing of it is refused");
}

static void
test_corners(void)
{
	struct buf many = BUF_INIT;

	OK(translates("[\\./[:alnum:]]", "[\\\\./[:alnum:]]"),
	    "a backslash in brackets is itself");
	OK(translates("[::]", "[\\::]") && selects("^[::]$", ":") &&
		selects("^[==]$", "=") && !selects("^[::]$", "a"),
	    "two colons in brackets are no class");
	OK(translates("a+?", "a*"), "two signs are one, not a lazy one");
	OK(translates("a{1}?", "(?:a{1})?"),
	    "nor does an interval become one");
	OK(translates("(?=a)", "(=a)"), "(? begins nothing of PCRE2's");
	OK(translates("(*UTF)a", "(UTF)a"), "nor does (*");
	OK(translates("a#b c", "a#b c"), "the rest stays readable");
	OK(translates("^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ a{2,3}b{4,}\\[",
	       "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ a{2,3}b{4,}\\["),
	    "as it was written");
	OK(translates("(a)\\1", "(a)\\g{1}"), "a reference is one digit");
	OK(!selects("[^a]", "\n"), "no bracket matches a newline");
	OK(!selects("\\W", "\n"), "nor does \\W");
	OK(!selects("a$", "a\nb"), "the dollar sign is the record's end");
	OK(refused("(a", "not closed"), "an open parenthesis is refused");
	OK(refused("[a", "column 1"), "an open bracket too, with its column");
	OK(refused("a[[:alpha:]", "column 2"), "also behind a class");
	OK(refused("a[[.a", "column 2"), "or in the midst of a name");
	OK(refused("[[:foo:]]", "foo"), "an unknown class is named");
	OK(refused("[:space:]", "[[:space:]]"), "a bare class is a mistake");
	OK(refused("[z-a]", "range"), "so is a range that ends first");
	OK(refused("[a-d-z]", "range"), "or one of three");
	OK(refused("a\\", "backslash"), "or a backslash at the end");
	OK(refused("a{2,1}", "before"), "or an interval backwards");
	OK(refused("a{32768}", "32767"), "or one too large");
	OK(refused("a{99999999999999999999}", "32767"), "or beyond numbers");
	OK(refused("\\1(a)", "not complete"), "or a reference ahead");
	OK(refused("(a\\1)", "not complete"), "or to what it stands in");
	for (int i = 0; i < 300; i++)
		buf_add_byte(&many, '(');
	OK(refused(buf_str(&many), "200"), "parentheses have a limit");
	buf_reset(&many);
	buf_add_byte(&many, 'a');
	for (int i = 0; i < 300; i++)
		buf_add_str(&many, "{1}");
	OK(refused(buf_str(&many), "20"), "so have intervals of intervals");
	buf_reset(&many);
	for (int i = 0; i < 40000; i++)
		buf_add_byte(&many, '*');
	OK(refused(buf_str(&many), "bytes"), "and so has the whole");
	buf_release(&many);
}

static void
test_bytes(void)
{
	struct buf out = BUF_INIT;

	OK(!posix_translate(span_of("a\0b\n", 4), &out, NULL) &&
		!strcmp(buf_str(&out), "a\\x00b\\n"),
	    "a NUL and a newline are written out");
	OK(selects("caf[\xe9\xe8]", "caf\xe8"), "other bytes are bytes");
	OK(selects("[\xe0-\xff]", "\xe9"), "also in ranges");
	OK(!selects("[\xe0-\xff]", "a"), "of which they are the ends");
	buf_release(&out);
}

/* --- The other way round --------------------------------------------------- */

static bool
writes(const char *pattern, const char *wanted)
{
	struct buf out = BUF_INIT;
	bool same = !posix_write(span_str(pattern), &out) &&
		    span_is(buf_span(&out), wanted);

	if (!same)
		printf("# %s became %s\n", pattern, buf_str(&out));
	buf_release(&out);
	return same;
}

static bool
is_beyond(const char *pattern)
{
	struct buf out = BUF_INIT;
	bool refused;

	buf_add_str(&out, "before");
	refused = posix_write(span_str(pattern), &out) == -1 &&
		  span_is(buf_span(&out), "before");
	buf_release(&out);
	return refused;
}

static void
test_write(void)
{
	static const char *const beyond[] = {"a\\nb", "(a)", "(?=a)", "\\w",
	    "[\\d]", "[a", "\\x4", "\\xzz", "\\", "(?"};

	OK(writes("^a \\d+ (?:\\d{1,3}\\.){3}\\d{1,3}$",
	       "^a [0-9]+ ([0-9]{1,3}\\.){3}[0-9]{1,3}$"),
	    "a pattern is written as an extended expression");
	OK(writes("\\[x\\]\\{\\}\\#\\\\\\t\\x20", "\\[x\\]\\{\\}#\\\\\t "),
	    "with its escapes");
	OK(writes("\"[^\"\\\\]*(?:\\\\[\\s\\S][^\"\\\\]*)*\"",
	       "\"[^\"\\]*(\\\\.[^\"\\]*)*\""),
	    "in brackets a backslash is itself");
	OK(writes("\\xc3\\xa9\\x1b\\x00", "\xc3\xa9.."),
	    "bytes are themselves, but for control characters");
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++)
		OK(is_beyond(beyond[i]), "%s is beyond it", beyond[i]);
}

/* What is learned from a line matches it: ctail and grep say so. */
static void
test_learned(void)
{
	static const char *const texts[] = {
	    "Nov 22 14:00:04 web1 shop[12]: cannot reach the bank",
	    "2026-11-22T14:00:04.123456+01:00 h k: [ 12.5] a{1}|b*c+d? #x",
	    "a \"quoted \\\" piece\" 'one' `two' and \"open",
	    "from 192.0.2.7 port 22, fe80::1, 52:54:00:12:34:56, joe@a.example",
	    "id=123e4567-e89b-12d3-a456-426614174000 0x1F deadbeef 17%",
	    "\x1b[1mbold\x1b[0m \xc3\xa9 \xff ^$()\\/~ \ttab", "{\"a\": [1]}",
	    "# no comment", "queue 3F2A: gone", "]", "*",
	    "10/Oct/2000:13:55:36 -0700 (x)"};
	struct span lines[LINES_MAX];
	size_t count = sizeof(texts) / sizeof(texts[0]);

	for (size_t i = 0; i < count; i++)
		lines[i] = span_str(texts[i]);
	grep_write(lines, count);
	for (size_t i = 0; i < count; i++) {
		struct buf pattern = BUF_INIT, rule = BUF_INIT;
		bool greps[LINES_MAX], ours[LINES_MAX];

		shape_pattern(lines[i], &pattern);
		OK(!posix_write(buf_span(&pattern), &rule) &&
			!grep_says(buf_str(&rule), count, greps) && greps[i] &&
			!ctail_says(buf_str(&rule), lines, count, ours) &&
			ours[i],
		    "what is learned from \"%s\" matches it", texts[i]);
		printf("# %s\n", buf_str(&rule));
		buf_release(&pattern);
		buf_release(&rule);
	}
}

int
main(void)
{
	int fd = mkstemp(grep_path);

	if (fd < 0)
		return 99;
	close(fd);
	test_corners();
	test_bytes();
	test_corners_with_grep();
	test_random();
	test_write();
	test_learned();
	unlink(grep_path);
	return tap_done();
}
