/*
 * judge_lint_line: what is told of lines of rule files, and what is not.
 */
#include "config.h"

#include "judge/lint_line.h"
#include "judge/posix.h"
#include "tap.h"

static struct pattern_scratch *scratch;

static const char *
ask(const char *extended,
    const char *(*question)(const struct pattern *pattern))
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct pattern *pattern = NULL;
	const char *why = "it is no expression";

	if (!posix_translate(span_str(extended), &text, &err))
		pattern = pattern_new(buf_str(&text), 0, &err);
	if (pattern)
		why = question(pattern);
	pattern_free(pattern);
	buf_release(&text);
	return why;
}

static const char *
takes_all(const struct pattern *pattern)
{
	return lint_line_takes_all(pattern, scratch);
}

static void
test_takes_all(void)
{
	static const char *const all[] = {"", ".*", ".", "^", "$", "x*",
	    "foo|", "|foo", "(foo|)", "^(abc)?", "a{0,3}", "kernel|.*",
	    "sshd*|.", "^.+$", "[^a]", "(failed)*", "fai?l?e?d?|", ".{5}",
	    "[[:print:]]|[^[:print:]]", "(^|x)", "*"};
	static const char *const stamped[] = {"^\\w{3} [ :0-9]{11} ",
	    "^\\w{3} [ :[:digit:]]{11} [._[:alnum:]-]+ ",
	    "^([[:alpha:]]{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) ",
	    "^(\\w{3} [ :0-9]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ .*$",
	    "^[0-9T:.+-]{32} [._[:alnum:]-]+", ":", "[0-9]+ h", " ",
	    "\\w", "[[:alpha:]]"};
	static const char *const some[] = {"foo", "^foo", "x", "kernel: .*",
	    "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ (a|b)\\[[0-9]+\\]: .*$",
	    "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ [^ ]+: ", "(cat|dog)",
	    "[0-9]{40}", "a|b", "fa*iled.*", "^$", "ab{0}",
	    "^\\w{3} [ :0-9]{11} [._[:alnum:]-]+ \\w+: .*$",
	    "(x|)failed", "[abc]+.*|failed", "^[^0-9]*$"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		OK(ask(all[i], takes_all) &&
			!strcmp(ask(all[i], takes_all),
			    "this rule matches every line"),
		    "`%s' matches every line", all[i]);
	for (size_t i = 0; i < sizeof(stamped) / sizeof(stamped[0]); i++)
		OK(ask(stamped[i], takes_all) &&
			strstr(ask(stamped[i], takes_all), "a time and a host"),
		    "`%s' matches whatever a syslog daemon writes",
		    stamped[i]);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		OK(!ask(some[i], takes_all), "`%s' matches some lines only",
		    some[i]);
}

static void
test_never(void)
{
	static const char *const dead[] = {"^foo $", "foo\t$", "foo\\ $",
	    "foo$ ", "\xef\xbb\xbf^foo", "\xef\xbb\xbf# a comment", "/^foo/d",
	    "foo$bar", " $1"};
	static const char *const alive[] = {"^foo$", "foo ", "foo *$", "a\\$",
	    "foo $|bar", "^ foo", "[ $]", "foo[[:space:]]*$"};

	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]); i++)
		OK(ask(dead[i], lint_line_never), "`%s' can never match",
		    dead[i]);
	for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++)
		OK(!ask(alive[i], lint_line_never), "nothing is said of `%s'",
		    alive[i]);
}

int
main(void)
{
	scratch = pattern_scratch_new();
	test_takes_all();
	test_never();
	pattern_scratch_free(scratch);
	return tap_done();
}
