/*
 * judge_lint: what is told of rules, and, more, what is not.
 */
#include "config.h"

#include <dirent.h>

#include "base/durable.h"
#include "judge/lint.h"
#include "judge/lint_internal.h"
#include "judge/pattern_file.h"
#include "rule.h"

/* --- Patterns that never match -------------------------------------------- */

static bool
never(const char *pattern)
{
	return lint_never_matches(pattern, 0, true) != NULL;
}

static void
test_never(void)
{
	static const char *const dead[] = {"foo^bar", "foo$bar", "a$b|c^d",
	    "\\d+^x", "[a]^", "x\\Ay", "a\\zb", "$x", "^a$b", "a\\nb", "\\n",
	    "a{2}^b", "x+?^", "(?:a)b^c", "a(b$)c^", "[]^]^"};
	static const char *const alive[] = {"^foo$", "foo|^bar$", "a*^b",
	    "x?^b", "a{0}^b", "a{0,3}^b", "(a|^)b", "a($|b)", "a\\^b", "a\\$b",
	    "[$]a", "[^a]b", "a[]^]b", "a[^]$]b", "a[[:alpha:]^]b", "^^a$$",
	    "a$|b", "(?m)a$b", "a(?m)$\\nb", "\\Qa^b\\E", "(?x)a ^", "a$(b)?",
	    "a$b?", "a$b*", "\\x41?^b", "\\b^a", "(?<=a)^b", "a\\n?", "",
	    "(*ANY)a$b", "a{,3}", "x{a}", "(^a)+", "(?=x$)y?", "\\\\nb"};

	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]); i++)
		OK(never(dead[i]), "%s can never match", dead[i]);
	for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++)
		OK(!never(alive[i]), "nothing is said of %s", alive[i]);
	OK(!lint_never_matches("a\\nb", 0, false),
	    "a newline may be where records have several lines");
	OK(!lint_never_matches("a # $b", PATTERN_EXTENDED, true),
	    "an extended pattern is left alone");
}

static void
test_foreign(void)
{
	static const char *const strange[] = {"from <HOST>", "<ADDR> x",
	    "^<F-USER>\\S+</F-USER>", "%(__prefix_line)sFailed",
	    "^%(_pref)s from", "%(known/failregex)s", "<mdre-<mode>>",
	    "%(mdre-normal)s",
	    "%{IP:client} x", "a %{SYSLOGBASE}", "\\w<SUBNET>"};
	static const char *const wrapped[] = {"/error/i", "/(panic|halt)/",
	    "m/error/", "/disk is full/", "/a\\/b c/", "\"error\"", "'x y'",
	    "\u201Cerror\u201D", "\u2018x y\u2019"};
	static const char *const fine[] = {"(?<HOST>\\S+)", "(?P<HOST>x)\\k<HOST>",
	    "%{a}", "%{}", "100%", "/health/", "/api/v1/", "/srv/(a|b)/", "/",
	    "//", "/i", "mm/", "\"", "\"\"", "\"a\" b\"", "a \"b\"", "<host>",
	    "", "%(", "\u2018.+\u2019: No such file", "the \u201Cx\u201D",
	    "\u2019s failed", "\u201C", "\u201C\u201D", "\u2019\u2019x"};

	for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++)
		OK(lint_foreign(strange[i], true), "%s is another tool's",
		    strange[i]);
	for (size_t i = 0; i < sizeof(wrapped) / sizeof(wrapped[0]); i++) {
		OK(lint_foreign(wrapped[i], false), "%s is wrapped", wrapped[i]);
		OK(!lint_foreign(wrapped[i], true),
		    "nothing is said of %s where a sample shows it",
		    wrapped[i]);
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		OK(!lint_foreign(fine[i], false), "nothing is said of %s",
		    fine[i]);
}

/* --- Rules ---------------------------------------------------------------- */

struct house {
	struct fixture fixtures[3];
	bool logs[3][2];
	struct lint_rule rules[3];
	size_t count;
	char text[4096];
};

static void
house_warn(void *arg, struct origin origin, const char *text)
{
	struct house *house = arg;
	size_t used = strlen(house->text);

	snprintf(house->text + used, sizeof(house->text) - used, "%u: %s\n",
	    origin.line, text);
}

static struct fixture *
house_add(struct house *house, bool first_log, bool second_log)
{
	struct fixture *f = &house->fixtures[house->count];

	house->logs[house->count][0] = first_log;
	house->logs[house->count][1] = second_log;
	fixture_init(f);
	house->count++;
	return f;
}

/* What is said about all of it; the house is empty afterwards. */
static const char *
house_lint(struct house *house)
{
	house->text[0] = '\0';
	for (size_t i = 0; i < house->count; i++) {
		fixture_make(&house->fixtures[i]);
		house->rules[i] = (struct lint_rule){
		    house->fixtures[i].rule, house->logs[i], true};
	}
	lint_rules(house->rules, house->count, 2, house_warn, house);
	for (size_t i = 0; i < house->count; i++)
		fixture_release(&house->fixtures[i]);
	house->count = 0;
	return house->text;
}

static bool
said_of(const char *key, const char *value, const char *sentence)
{
	struct house house = {.count = 0};
	struct fixture *f = house_add(&house, true, false);
	const char *text;

	if (strcmp(key, "match"))
		fixture_set(f, "match", "one");
	fixture_set(f, key, value);
	text = house_lint(&house);
	if (sentence ? strstr(text, sentence) != NULL : !*text)
		return true;
	printf("# %s\n", text);
	return false;
}

static void
test_text(void)
{
	static const char *const copied[] = {"sshd[\\d+]: Failed",
	    "CRON[2938]: ", "sshd[611]: x", "a [0-9]+ b[\\d*]:",
	    "[error] mod_jk", "^[error]", ".*[notice]", "x [ERROR]: y",
	    "(?:a) [client 1.2.3.4] [error] x", "\\[a\\] [preauth]",
	    "\\d [INFO] x", "^[Warn] x", "[worker] x",
	    "port \\\\d+ x", "from \\\\S+", "a\\\\w{3}", "port  # ssh",
	    "port\t# ssh"};
	static const char *const meant[] = {"sshd\\[\\d+\\]: Failed",
	    "x[\\d+]+:", "[aeiou] x", "\\d+ [KMGT]", "[KMGTPE]iB",
	    "[abcdef]+", "[smhd]", "[^error] x", "[Ee]rror", "\\[error\\] x",
	    "\\d+ [VDIWEF] Tag", "^[EWID]: x", " [KMGTPE] ", "[kMGTPE]: ",
	    "[ABCDEFGH] x", "[uaeio] x", "kernel[0]: en0", "eth[01]: x",
	    "slot[10]: x", "port[13579]: x", "node[1234]: x",
	    "port[0123456789]: x", "(?x) a  # one", "(?ix)a # b",
	    "[0-9]: x", "a[0-9]:", "[]error] x", "x[error]y", "[",
	    "a[", "[\\]", "\\\\\\d+", "C:\\\\data", "\\\\d", "issue #12",
	    "# at the start", "a #", "", "\\"};

	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		OK(lint_text(copied[i]), "%s was copied", copied[i]);
	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		OK(!lint_text(meant[i]), "nothing is said of %s", meant[i]);
	OK(said_of("match", "[error] x", "brackets are a set"),
	    "it is told of a rule");
	OK(said_of("close", "a  # b", "close: the comment behind"),
	    "and of its close");
}

static void
test_text_in_rules(void)
{
	struct house house = {.count = 0};
	struct fixture *f = house_add(&house, true, false);

	fixture_set(f, "match", "[error] x");
	fixture_set(f, "should_match", "r x");
	OK(!*house_lint(&house), "nothing is said where a sample shows it");
	f = house_add(&house, true, false);
	fixture_set(f, "match", "a  # b");
	fixture_set(f, "flags", "extended");
	OK(!*house_lint(&house), "extended patterns may have comments");
}

static void
test_one_rule(void)
{
	OK(said_of("match", "foo", NULL), "of most rules nothing is said");
	OK(said_of("exclude", "one", "excluded by the same"),
	    "a match that is excluded is told");
	OK(said_of("match", "foo$bar", "can never match"), "and a dead one");
	OK(said_of("match", "a*", "matches the empty text"),
	    "and one that is everything by mistake");
	OK(said_of("match", "foo|", "matches the empty text"),
	    "as an alternative too many makes it");
	OK(said_of("match", ".*", NULL), "on purpose it may be");
	OK(said_of("match", ".", NULL), "in every way");
	OK(said_of("match", "^$", NULL), "the empty record is one of many");
	OK(said_of("match", "^\\s*$", NULL), "and so are blank ones");
	OK(said_of("match", "^(?!.*ok)", NULL), "a negation is no mistake");
	OK(said_of("match", "\\bx?", NULL), "nor is a word's border");
	OK(said_of("exclude", ".*", "never does"),
	    "an exclude of everything is one in any case");
	OK(said_of("exclude", "x?", "never does"), "however it is written");
	OK(said_of("close", "x?", "close: this pattern matches the empty"),
	    "close is looked at too");
}

static bool
unreachable(const char *first, const char *first_exclude, bool both_logs,
    const char *second, const char *second_exclude, const char *then)
{
	struct house house = {.count = 0};
	struct fixture *f = house_add(&house, true, both_logs);
	const char *text;

	fixture_set(f, "match", first);
	if (first_exclude)
		fixture_set(f, "exclude", first_exclude);
	fixture_set(f, "then", then);
	f = house_add(&house, true, true);
	fixture_set(f, "match", second);
	if (second_exclude)
		fixture_set(f, "exclude", second_exclude);
	text = house_lint(&house);
	return strstr(text, "no record ever comes") != NULL;
}

static void
test_order(void)
{
	struct house house = {.count = 0};
	struct fixture *f = house_add(&house, true, false);

	OK(unreachable("a", NULL, true, "a", NULL, "stop"),
	    "the same pattern behind a stop is never reached");
	OK(!unreachable("a", NULL, true, "a", NULL, "continue"),
	    "without the stop it is");
	OK(!unreachable("a", NULL, false, "a", NULL, "stop"),
	    "in another log it is");
	OK(!unreachable("a", "x", true, "a", NULL, "stop"),
	    "what the first excludes comes through");
	OK(unreachable("a", "x", true, "a", "x", "stop"),
	    "unless both exclude it");
	OK(unreachable("a", NULL, true, "a", "y", "stop"),
	    "what the second excludes does not matter");
	OK(unreachable(".*", NULL, true, "b", NULL, "stop"),
	    "everything takes everything");
	OK(!unreachable(".", NULL, true, "^$", NULL, "stop"),
	    "but for the empty record");
	OK(!unreachable("a", NULL, true, "ab", NULL, "stop"),
	    "other patterns are not compared");
	fixture_set(f, "match", "twice");
	fixture_set(f, "match", "other");
	fixture_set(f, "match", "twice");
	OK(strstr(house_lint(&house), "twice"), "a repeated pattern is told");
}

static const char *
two(const char *key, const char *first, const char *second, bool both_logs)
{
	static struct house house;
	struct fixture *f = house_add(&house, true, false);

	fixture_set(f, "match", "one");
	if (first)
		fixture_set(f, key, first);
	f = house_add(&house, true, both_logs);
	fixture_set(f, "match", "one");
	if (second)
		fixture_set(f, key, second);
	return house_lint(&house);
}

static void
test_duplicates(void)
{
	OK(strstr(two("subject", "a", "b", false), "tells what [rule test] tells"),
	    "a rule that was copied is told, whatever it says");
	OK(strstr(two("sink", "x", "x", false), "remove one"),
	    "with the same sinks too");
	OK(!*two("sink", "x", "y", false), "to another sink it is no copy");
	OK(!*two("sink", "none", "none", false),
	    "nor are two that only count");
	OK(!*two("when", NULL, "2 in 1m", false), "nor with another condition");
	OK(!*two("key", NULL, "${file}", false), "nor with a key");
	OK(!*two("hours", NULL, "08:00-18:00", false), "nor at other times");
	OK(!*two("subject", "a", "b", true), "nor in other logs");
	OK(!strstr(two("then", "stop", "stop", false), "tells what"),
	    "what is never reached is told as that alone");
}

/* --- Debian's own rules --------------------------------------------------- */

struct corpus {
	size_t patterns, alarms;
	struct pattern_scratch *scratch;
};

static void
corpus_line(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct corpus *corpus = arg;
	const char *why =
	    pattern ? lint_never_matches(pattern, 0, true) : mistake;

	corpus->patterns++;
	if (!why)
		return;
	corpus->alarms++;
	printf("# %s:%u: %s\n", origin.file, origin.line, why);
}

static void
corpus_directory(struct corpus *corpus, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct buf bytes = BUF_INIT;
		char file[1024];

		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (pattern_file_name_counts(span_str(entry->d_name)) &&
		    !durable_read(file, PATTERN_FILE_BYTES_MAX, &bytes, NULL))
			pattern_file_each(
			    file, buf_span(&bytes), corpus_line, corpus);
		buf_release(&bytes);
	}
	if (directory)
		closedir(directory);
}

static void
test_corpus(void)
{
	static const char *const names[] = {"cracking.d", "violations.d",
	    "violations.ignore.d", "ignore.d.paranoid", "ignore.d.server",
	    "ignore.d.workstation"};
	const char *root = getenv("CTAIL_LOGCHECK");
	struct corpus corpus = {0};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s",
		    root ? root : "/etc/logcheck", names[i]);
		corpus_directory(&corpus, path);
	}
	if (corpus.patterns < 100)
		tap_skip("nothing is said of logcheck's rules",
		    "logcheck-database is not installed");
	else
		OK(corpus.alarms == 0,
		    "nothing is said of logcheck's %zu rules", corpus.patterns);
}

static void
test_names(void)
{
	OK(pattern_file_name_counts(span_str("sshd-2_x")), "run-parts' names");
	OK(!pattern_file_name_counts(span_str("sshd.dpkg-old")) &&
		!pattern_file_name_counts(span_str("a~")) &&
		!pattern_file_name_counts(span_str(".hidden")) &&
		!pattern_file_name_counts(span_str("a b")) &&
		!pattern_file_name_counts(span_str("")),
	    "and no others");
}

struct lines {
	char text[512];
};

static void
lines_add(
    void *arg, struct origin origin, const char *pattern, const char *mistake)
{
	struct lines *lines = arg;
	size_t used = strlen(lines->text);

	snprintf(lines->text + used, sizeof(lines->text) - used,
	    "%u:%s%s%.9s\n", origin.line, pattern ? pattern : "",
	    mistake ? "!" : "", mistake ? mistake : "");
}

static void
test_file(void)
{
	static const char bytes[] = "# comment\n\n  \t\n#\none\n # two\n(\n"
				    "cr\r\n\0\nCR\r\n\r\nlast";
	struct lines lines = {""};

	pattern_file_each(
	    "x", span_of(bytes, sizeof(bytes) - 1), lines_add, &lines);
	OK(!strncmp(lines.text, "5:one\n6: # two\n7:!", 18),
	    "comments and blank lines are no patterns, an indented # is");
	OK(strstr(lines.text, "8:cr!lines of ") &&
		strstr(lines.text, "10:CR\n"),
	    "a DOS file is read, which is told once");
	OK(strstr(lines.text, "9:\\x00\n") && strstr(lines.text, "12:last\n"),
	    "a NUL is a pattern, and the last line needs no newline");
}

int
main(void)
{
	test_never();
	test_foreign();
	test_text();
	test_text_in_rules();
	test_one_rule();
	test_order();
	test_duplicates();
	test_names();
	test_file();
	test_corpus();
	return tap_done();
}
