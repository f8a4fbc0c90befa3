/*
 * judge_logcheck: which rule files apply to what, and the order of a report,
 * against sort(1) itself.
 */
#include "config.h"

#include <stdint.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/mem.h"
#include "files.h"
#include "hostile.h"
#include "judge/logcheck.h"
#include "judge/logcheck_settings.h"
#include "judge/posix.h"
#include "tap.h"

/* --- Names ---------------------------------------------------------------- */

static void
test_layers(void)
{
	IS_STR(logcheck_heading(LOGCHECK_ALERTS), "Security Alerts",
	    "cracking is a security alert");
	IS_STR(logcheck_heading(LOGCHECK_EVENTS), "Security Events",
	    "a violation is a security event");
	IS_STR(logcheck_heading(LOGCHECK_SYSTEM), "System Events",
	    "all else is a system event");
	IS_STR(logcheck_raise_directory(LOGCHECK_ALERTS), "cracking.d",
	    "cracking.d reports alerts");
	IS_STR(logcheck_ignore_directory(LOGCHECK_ALERTS), "cracking.ignore.d",
	    "and cracking.ignore.d takes away");
	IS_STR(logcheck_raise_directory(LOGCHECK_EVENTS), "violations.d",
	    "violations.d reports events");
	IS_STR(logcheck_ignore_directory(LOGCHECK_EVENTS),
	    "violations.ignore.d", "and violations.ignore.d takes away");
	OK(!logcheck_raise_directory(LOGCHECK_SYSTEM) &&
		!logcheck_ignore_directory(LOGCHECK_SYSTEM),
	    "system events have neither");
}

static void
test_levels(void)
{
	IS_STR(logcheck_level_directory(LOGCHECK_PARANOID, 0),
	    "ignore.d.paranoid", "paranoid ignores its own");
	OK(!logcheck_level_directory(LOGCHECK_PARANOID, 1), "and no others");
	IS_STR(logcheck_level_directory(LOGCHECK_SERVER, 0), "ignore.d.server",
	    "server ignores its own");
	IS_STR(logcheck_level_directory(LOGCHECK_SERVER, 1),
	    "ignore.d.paranoid", "and paranoid's");
	OK(!logcheck_level_directory(LOGCHECK_SERVER, 2),
	    "but not workstation's");
	IS_STR(logcheck_level_directory(LOGCHECK_WORKSTATION, 2),
	    "ignore.d.paranoid", "workstation ignores all");
	OK(!logcheck_level_directory(LOGCHECK_WORKSTATION, 3) &&
		!logcheck_level_directory(LOGCHECK_WORKSTATION, SIZE_MAX),
	    "of which there are three");
}

static void
test_ignores(void)
{
	static const struct {
		const char *raise, *ignore;
		bool applies;
	} cases[] = {
	    {"su", "su", true},
	    {"su", "logcheck-su", true},
	    {"su", "local", true},
	    {"su", "local-", true},
	    {"su", "local-x", true},
	    {"su", "sudo", false},
	    {"su", "logcheck", false},
	    {"su", "logcheck-", false},
	    {"su", "logcheck-sudo", false},
	    {"su", "logcheck-local", false},
	    {"su", "locally", false},
	    {"su", "loca", false},
	    {"su", "", false},
	    {"sudo", "su", false},
	    {"local", "local", true},
	    {"logcheck", "su", true},
	    {"logcheck", "anything", true},
	    {"logcheck", "logcheck", true},
	    {"logcheck-su", "su", false},
	    {"logcheck-su", "logcheck-su", true},
	    {"logcheck-su", "logcheck-logcheck-su", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		OK(logcheck_ignores(span_str(cases[i].raise),
		       span_str(cases[i].ignore)) == cases[i].applies,
		    "%s %s from what %s reports",
		    *cases[i].ignore ? cases[i].ignore : "no name",
		    cases[i].applies ? "takes away" : "takes nothing",
		    cases[i].raise);
}

static void
test_yields(void)
{
	struct span general = span_str("logcheck");

	OK(logcheck_yields_to(general, span_str("su")) &&
		logcheck_yields_to(general, span_str("logche")),
	    "the file logcheck yields to others");
	OK(!logcheck_yields_to(general, general) &&
		!logcheck_yields_to(general, span_str("logcheck-su")) &&
		!logcheck_yields_to(general, span_str("logchec")) &&
		!logcheck_yields_to(general, span_str("logcheckk")),
	    "but to none that begins as the script's ^logcheck* says");
	OK(!logcheck_yields_to(span_str("su"), span_str("sudo")) &&
		!logcheck_yields_to(span_str("logcheck-su"), span_str("su")),
	    "and no other file yields");
	OK(logcheck_is_nameless(general) &&
		!logcheck_is_nameless(span_str("logcheck-su")) &&
		!logcheck_is_nameless(span_str("su")) &&
		!logcheck_is_nameless(span_of("logcheck", 7)),
	    "its heading alone has no name");
}

/* --- Lines ---------------------------------------------------------------- */

static void
test_line(void)
{
	static const char nul[] = "a \0 \t";

	OK(span_is(logcheck_line(span_str(" a b ")), " a b"),
	    "blanks at the end are no part of a line");
	OK(span_is(logcheck_line(span_str("a\r\n\v\f\t ")), "a"),
	    "nor is any other white space");
	OK(logcheck_line(span_str(" \t ")).len == 0 &&
		logcheck_line(span_str("")).len == 0,
	    "a blank line is an empty one");
	OK(logcheck_line(span_of(nul, 5)).len == 3, "a NUL is no blank");
	OK(span_is(logcheck_line(span_str("a\xc2\xa0")), "a\xc2\xa0") &&
		span_is(logcheck_line(span_str("a\x85")), "a\x85") &&
		span_is(logcheck_line(span_str("a\xe2\x80\x83")),
		    "a\xe2\x80\x83"),
	    "nor is what is one in other locales");
}

static int
compare(const char *line, const char *other)
{
	return logcheck_compare(span_str(line), span_str(other));
}

static void
test_compare(void)
{
	OK(compare("Jan 1 00:00:01 a", "Jan 1 00:00:02 b") < 0,
	    "the third field decides");
	OK(compare("Jan 1 00:00:01 b", "Jan 1 00:00:01 a") == 0,
	    "the fourth does not");
	OK(compare("Jan  1 x", "Jan 1 x") < 0, "blanks are part of a field");
	OK(compare("Jan\t1 x", "Jan 1 x") < 0, "a tab is one");
	OK(compare(" a b c", "a b c") < 0, "those before the first, too");
	OK(compare("a b", "a b c") < 0 && compare("a b c", "a b") > 0,
	    "a shorter one is before a longer one");
	OK(compare("a b c d", "a b c") == 0, "what is behind does not count");
	OK(compare("a b c ", "a b c") == 0, "nor do blanks there");
	OK(compare("a b ", "a b") > 0, "but they do where a field is missing");
	OK(compare("", "") == 0 && compare("", "a") < 0,
	    "an empty line is first");
	OK(compare("\x7f", "\x80") < 0 && compare("z", "\xff") < 0,
	    "bytes have no sign");
	OK(logcheck_compare(span_of("a\0b", 3), span_of("a\0c", 3)) < 0 &&
		logcheck_compare(span_of("a\0", 2), span_of("a", 1)) > 0,
	    "a NUL ends nothing");
}

/* --- The same as sort(1) -------------------------------------------------- */

#define LINES 4000
#define LINE_BYTES 9

struct numbered {
	char text[LINE_BYTES];
	size_t len, n;
};

static int
by_compare(const void *a, const void *b)
{
	const struct numbered *one = a, *other = b;
	int order = logcheck_compare(
	    span_of(one->text, one->len), span_of(other->text, other->len));

	return order ? order : (one->n > other->n) - (one->n < other->n);
}

static void
make_lines(struct numbered *lines)
{
	static const char bytes[] = "ab  \t\r\v\x01\xff\x80\0";
	unsigned long long state = 42;

	for (size_t i = 0; i < LINES; i++) {
		lines[i].n = i;
		lines[i].len = hostile_next(&state) % LINE_BYTES;
		for (size_t k = 0; k < lines[i].len; k++)
			lines[i].text[k] =
			    bytes[hostile_next(&state) % sizeof(bytes)];
	}
}

static void
lay_out(const struct numbered *lines, struct buf *out)
{
	for (size_t i = 0; i < LINES; i++) {
		buf_add(out, lines[i].text, lines[i].len);
		buf_add_byte(out, '\n');
	}
}

/* False: there is no such sort. */
static bool
run_sort(const char *in, const char *out)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execlp("env", "env", "LC_ALL=C", "sort", "-k", "1,3", "-s",
		    "-o", out, in, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void
read_back(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "r");
	char block[4096];
	size_t len;

	while (file && (len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, block, len);
	if (file)
		fclose(file);
}

static void
test_sort(void)
{
	static const char sentence[] =
	    "thousands of odd lines are in the order of LC_ALL=C sort -k 1,3 -s";
	struct numbered *lines = xcalloc(LINES, sizeof(*lines));
	struct buf text = BUF_INIT, sorted = BUF_INIT;

	files_begin();
	make_lines(lines);
	lay_out(lines, &text);
	files_put("in", text.data, text.len, O_TRUNC);
	qsort(lines, LINES, sizeof(*lines), by_compare);
	buf_reset(&text);
	lay_out(lines, &text);
	if (run_sort(files_path("in"), files_path("out"))) {
		read_back(files_path("out"), &sorted);
		OK(span_equal(buf_span(&text), buf_span(&sorted)), "%s",
		    sentence);
	} else {
		tap_skip(sentence, "there is no sort with -s");
	}
	files_end();
	buf_release(&text);
	buf_release(&sorted);
	free(lines);
}

/* --- The section ---------------------------------------------------------- */

static bool
is_bad(const char *key, const char *text, const char *sentence)
{
	struct logcheck_settings settings = {0};
	const struct setting *row =
	    setting_find(&logcheck_setting_table, span_str(key));
	struct origin origin = {"test.ini", 1};
	struct err err = ERR_INIT;
	bool bad;

	setting_defaults(&logcheck_setting_table, &settings);
	bad = setting_set(row, &settings, span_str(text), origin, &err) ||
	      logcheck_setting_table.check(&settings, &err);
	setting_release(&logcheck_setting_table, &settings);
	return sentence ? bad && strstr(err.text, sentence) : !bad;
}

static void
test_settings(void)
{
	struct logcheck_settings settings = {0};
	struct err err = ERR_INIT;

	setting_defaults(&logcheck_setting_table, &settings);
	IS_INT(settings.level, LOGCHECK_SERVER, "the default level is server");
	IS_STR(settings.rules, "/etc/logcheck", "the rules are logcheck's");
	OK(!settings.cracking_ignore && !settings.subject, "the rest is off");
	IS_INT(settings.batch.period_ms, 3600 * 1000, "a report takes an hour");
	OK(!logcheck_setting_table.check(&settings, &err),
	    "the defaults are good");
	setting_release(&logcheck_setting_table, &settings);
	OK(is_bad("level", "desktop", "level"), "a level is one of three");
	OK(is_bad("level", "workstation", NULL), "such as workstation");
	OK(is_bad("rules", "logcheck", "rules: \"logcheck\" is not absolute"),
	    "rules are an absolute path");
	OK(is_bad("batch", "none", "batch: "), "a report takes some time");
	OK(is_bad("batch", "10m max 500", NULL), "or a number of lines");
	OK(is_bad("sink", "none other", "sink: "), "none stands alone");
	OK(is_bad("sink", "none", NULL), "which it may");
}

/* --- What a rule begins with ------------------------------------------------ */

static void
test_prefix(void)
{
	static const char *const none[] = {"", "Nov 22 14:00:04",
	    "Nov 22 14:00:04 ", "Nov 22 14:00:04 web1", "Nov 22 14:00:04  web1 x",
	    "2026-11-22T14:00:04+01:00 web1 x", "Nov:22 14:00:04 web1 x",
	    "N1v 22 14:00:04 web1 x", "Nov 22 14:00:04 web1: x", "web1 x",
	    "2026-11-22T14:00:04.123456x01:00 web1 x", "Nov 22 14:00:04 w\xc3 x"};
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;

	IS_INT(logcheck_prefix(span_str("Nov 22 14:00:04 web1 su: x")), 21,
	    "a line begins with a time and a host");
	IS_INT(logcheck_prefix(span_str("Nov  2 14:00:04 a._-Z x")), 22,
	    "whatever they are");
	IS_INT(logcheck_prefix(
		   span_str("2026-11-22T14:00:04.123456+01:00 web1 x")),
	    38, "also a precise time");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		IS_INT(logcheck_prefix(span_str(none[i])), 0, none[i]);
	OK(!posix_translate(span_str(logcheck_prefix_rule), &text, &err),
	    "the rule for it is an expression");
	buf_release(&text);
}

int
main(void)
{
	test_layers();
	test_levels();
	test_ignores();
	test_yields();
	test_line();
	test_compare();
	test_sort();
	test_settings();
	test_prefix();
	return tap_done();
}
