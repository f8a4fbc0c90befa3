/*
 * judge_rule: what a rule makes of a record.
 */
#include "config.h"

#include "base/mem.h"
#include "rule.h"

static void
test_match(void)
{
	struct fixture f;
	struct span value;

	fixture_init(&f);
	fixture_set(
	    &f, "match", "Failed \\w+ for (?<user>\\S+) from (?<ip>\\S+)");
	fixture_set(&f, "match", "Invalid user (?<user>\\S+)( \\w+)?");
	fixture_set(&f, "exclude", "from 192\\.0\\.2\\.");
	OK(fixture_make(&f), "a rule can be made");
	OK(fixture_try(&f, "Failed password for root from 203.0.113.9"),
	    "any match is a match");
	OK(rule_capture(f.rule, &f.match, span_str("ip"), &value) &&
		span_is(value, "203.0.113.9"),
	    "a capture can be had by name");
	OK(rule_capture(f.rule, &f.match, span_str("1"), &value) &&
		span_is(value, "root"),
	    "and by number");
	OK(rule_capture(f.rule, &f.match, span_str("0"), &value) &&
		value.len == 41,
	    "0 is the whole match");
	OK(!rule_capture(f.rule, &f.match, span_str("3"), &value) &&
		!rule_capture(f.rule, &f.match, span_str("01"), &value) &&
		!rule_capture(f.rule, &f.match, span_str("nobody"), &value) &&
		!rule_capture(f.rule, &f.match, span_str(""), &value),
	    "unknown ones are unknown");
	OK(fixture_try(&f, "Invalid user bob"), "the second pattern matches");
	IS_STR(pattern_text(f.match.by), "Invalid user (?<user>\\S+)( \\w+)?",
	    "and says so");
	IS_INT(f.match.origin.line, 32, "and where it is written");
	OK(rule_capture(f.rule, &f.match, span_str("2"), &value) && !value.len,
	    "a capture that took no part is empty");
	IS_STR(rule_capture_name(f.rule, &f.match, 0, &value), "user",
	    "named captures can be listed");
	OK(span_is(value, "bob"), "with their values");
	OK(!rule_capture_name(f.rule, &f.match, 1, &value),
	    "only those of the pattern that matched");
	OK(!fixture_try(&f, "Failed password for x from 192.0.2.4"),
	    "an exclude excludes");
	OK(f.match.excluded && f.match.excluded_by && f.match.by &&
		f.match.excluded_origin.line == 16,
	    "and it is known by what");
	OK(!fixture_try(&f, "something else"), "no match is no match");
	OK(!f.match.excluded && !f.match.by &&
		!rule_capture(f.rule, &f.match, span_str("1"), &value) &&
		!rule_capture_name(f.rule, &f.match, 0, &value),
	    "of which nothing is known");
	OK(rule_defines_everywhere(f.rule, span_str("user")) &&
		!rule_defines_everywhere(f.rule, span_str("ip")) &&
		rule_defines_somewhere(f.rule, span_str("ip")) &&
		!rule_defines_somewhere(f.rule, span_str("x")) &&
		rule_defines_everywhere(f.rule, span_str("2")) &&
		!rule_defines_somewhere(f.rule, span_str("3")),
	    "it is known which patterns define a capture");
	IS_STR(rule_name(f.rule), "test", "a rule knows its name");
	OK(rule_settings(f.rule) == &f.settings, "and its settings");
	fixture_release(&f);
}

static void
test_mistakes(void)
{
	struct fixture f;

	fixture_init(&f);
	fixture_set(&f, "match", "good");
	fixture_set(&f, "match", "bad(");
	fixture_set(&f, "exclude", "*");
	OK(!fixture_make(&f), "a rule with mistakes is refused");
	IS_INT(f.report_count, 2, "all mistakes are reported at once");
	OK(strstr(f.reports, "test.ini:4:match: column 5") &&
		strstr(f.reports, "test.ini:1:exclude: column 1"),
	    "with their place and key");
	fixture_release(&f);
}

static void
test_undecided(void)
{
	struct fixture f;
	char line[4096];
	struct span value;

	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 5, "!end", 5);
	fixture_init(&f);
	fixture_set(&f, "match", "^(?<x>a|a|b)+$");
	fixture_set(&f, "match", "nothing");
	fixture_make(&f);
	OK(fixture_try(&f, line) && f.match.undecided,
	    "what cannot be decided counts as matched and says so");
	OK(rule_capture(f.rule, &f.match, span_str("x"), &value) && !value.len,
	    "its captures are empty");
	fixture_release(&f);
	fixture_init(&f);
	fixture_set(&f, "match", "^(a|a|b)+$");
	fixture_set(&f, "match", "(end)");
	fixture_make(&f);
	OK(fixture_try(&f, line) && !f.match.undecided &&
		!strcmp(pattern_text(f.match.by), "(end)") &&
		f.match.captures.count == 2,
	    "another pattern that matches outright comes first");
	fixture_release(&f);
	fixture_init(&f);
	fixture_set(&f, "match", "end");
	fixture_set(&f, "exclude", "^(a|a|b)+$");
	fixture_make(&f);
	OK(fixture_try(&f, line) && f.match.undecided,
	    "an exclude that cannot be decided does not exclude, and says so");
	fixture_release(&f);
	fixture_init(&f);
	fixture_set(&f, "match", "end");
	fixture_set(&f, "exclude", "^(a|a|b)+$");
	fixture_set(&f, "exclude", "!");
	fixture_make(&f);
	OK(!fixture_try(&f, line) && !f.match.undecided,
	    "unless another one excludes");
	fixture_release(&f);
}

/* --- Patterns from files -------------------------------------------------- */

static struct setting_item file_items[] = {
    {(char *)"^from file (?<n>\\d+)$", {"rules", 3}},
    {(char *)"a b", {"rules", 4}},
};
static struct setting_item bad_items[] = {
    {(char *)"(", {"rules", 7}},
    {(char *)"quiet", {"rules", 8}},
};

static void
test_files(void)
{
	struct fixture f;

	fixture_init(&f);
	fixture_set(&f, "match", "own");
	fixture_set(&f, "flags", "extended nocase");
	f.files.match = (struct setting_list){file_items, 2};
	f.files.exclude = (struct setting_list){bad_items, 2};
	OK(fixture_make(&f), "a bad line of an exclude_file is no mistake");
	IS_INT(f.skip_count, 1, "and is told");
	OK(fixture_try(&f, "FROM FILE 7") && f.match.origin.line == 3 &&
		!strcmp(f.match.origin.file, "rules"),
	    "patterns of files match as those of the section do");
	OK(fixture_try(&f, "A B"), "extended is not for them");
	OK(!fixture_try(&f, "own quiet") && f.match.excluded_origin.line == 8,
	    "and exclude");
	OK(!rule_defines_everywhere(f.rule, span_str("n")),
	    "captures must be everywhere, in files too");
	fixture_release(&f);
	fixture_init(&f);
	f.files.match = (struct setting_list){bad_items, 2};
	OK(!fixture_make(&f) && strstr(f.reports, "rules:7:as PCRE2: column"),
	    "a bad line of a match_file is a mistake");
	fixture_release(&f);
	fixture_init(&f);
	f.files.match = (struct setting_list){bad_items, 2};
	f.files.lenient = true;
	OK(fixture_make(&f) && f.skip_count == 1,
	    "unless the files are to be taken as they are");
	OK(fixture_try(&f, "quiet") && !fixture_try(&f, "("),
	    "then the others match");
	fixture_release(&f);
}

static void
test_close(void)
{
	struct fixture f;
	char line[4096];
	struct span value;

	fixture_init(&f);
	fixture_set(&f, "match", "down (?<host>\\w+)");
	fixture_set(&f, "exclude", "up");
	OK(fixture_make(&f) && !rule_closes(f.rule), "most rules do not close");
	rule_try_close(f.rule, f.scratch, NULL, span_str("up x"), &f.match);
	OK(!f.match.matched, "and nothing closes them");
	rule_free(f.rule);
	fixture_set(&f, "close", "up (?<host>\\w+)");
	fixture_set(&f, "close", "^(a|a|b)+$");
	OK(fixture_make(&f) && rule_closes(f.rule), "some do");
	rule_try_close(f.rule, f.scratch, NULL, span_str("up x"), &f.match);
	OK(f.match.matched &&
		rule_capture(f.rule, &f.match, span_str("host"), &value) &&
		span_is(value, "x"),
	    "an exclude does not keep a rule from closing");
	OK(rule_matches_define(f.rule, span_str("host")) &&
		!rule_defines_everywhere(f.rule, span_str("host")),
	    "what match defines, close need not");
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	rule_try_close(
	    f.rule, f.scratch, NULL, span_of(line, sizeof(line)), &f.match);
	OK(!f.match.matched && !f.match.undecided && !f.match.by,
	    "what cannot be decided does not close");
	fixture_release(&f);
}

static void
test_quarantine(void)
{
	struct fixture f;
	char line[4096];

	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 4, "!x", 3);
	fixture_init(&f);
	fixture_set(&f, "match", "^(a|a|b)+$");
	fixture_set(&f, "match", "x");
	fixture_set(&f, "exclude", "^(a|a|c)+$");
	fixture_make(&f);
	f.quarantine = quarantine_new();
	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		fixture_try(&f, line);
	OK(f.match.matched && f.match.undecided, "an overrun is undecided");
	OK(fixture_try(&f, line) && !f.match.undecided,
	    "the other pattern still matches, and nothing excludes");
	OK(!fixture_try(&f, "aaa"), "one in quarantine finds nothing");
	quarantine_free(f.quarantine);
	f.quarantine = NULL;
	OK(!fixture_try(&f, "aaa") && f.match.excluded,
	    "which it would without");
	fixture_release(&f);
}

static void
test_patterns(void)
{
	struct fixture f;
	enum rule_list list;
	struct origin origin;

	fixture_init(&f);
	fixture_set(&f, "close", "c");
	fixture_set(&f, "match", "m");
	fixture_set(&f, "exclude", "e");
	f.files.match = (struct setting_list){file_items, 2};
	fixture_make(&f);
	IS_STR(pattern_text(rule_pattern(f.rule, 0, &list, &origin)), "m",
	    "the section's own patterns come first");
	OK(rule_pattern(f.rule, 2, &list, &origin) && list == RULE_MATCH &&
		origin.line == 4,
	    "those of files behind them");
	OK(rule_pattern(f.rule, 3, &list, &origin) && list == RULE_EXCLUDE,
	    "then what excludes");
	OK(rule_pattern(f.rule, 4, &list, &origin) && list == RULE_CLOSE,
	    "then what closes");
	OK(!rule_pattern(f.rule, 5, &list, &origin), "and the list ends");
	fixture_release(&f);
}

static void
definition(char out[65], const char *key, const char *value)
{
	struct fixture f;

	fixture_init(&f);
	fixture_set(&f, "match", "one");
	if (key)
		fixture_set(&f, key, value);
	fixture_make(&f);
	rule_definition(f.rule, out);
	fixture_release(&f);
}

static void
test_definition(void)
{
	static const char *const changes[][2] = {{"match", "two"},
	    {"exclude", "two"}, {"flags", "nocase"}, {"when", "5 in 10m"},
	    {"key", "${0}"}, {"throttle", "1h"}, {"close", "two"},
	    {"batch", "1m"}, {"hours", "08:00-18:00"}};
	static const char *const harmless[][2] = {{"subject", "x"},
	    {"sink", "ops"}, {"severity", "error"}, {"then", "stop"},
	    {"should_match", "one"}, {"context", "3 before"}};
	char base[65], other[65];
	size_t i;

	definition(base, NULL, NULL);
	IS_INT(strlen(base), 64, "a definition is 64 digits");
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		definition(other, changes[i][0], changes[i][1]);
		OK(strcmp(base, other), "a change of %s changes it",
		    changes[i][0]);
	}
	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		definition(other, harmless[i][0], harmless[i][1]);
		OK(!strcmp(base, other), "a change of %s does not",
		    harmless[i][0]);
	}
	definition(base, "exclude", "two");
	definition(other, "match", "two");
	OK(strcmp(base, other), "a match is not an exclude");
	definition(other, "close", "two");
	OK(strcmp(base, other), "nor a close");
}

static void
file_definition(char out[65], bool exclude, size_t count)
{
	struct setting_list list = {file_items, count};
	struct fixture f;

	fixture_init(&f);
	fixture_set(&f, "match", "one");
	if (exclude)
		f.files.exclude = list;
	else
		f.files.match = list;
	fixture_make(&f);
	rule_definition(f.rule, out);
	fixture_release(&f);
}

static void
test_file_definition(void)
{
	char none[65], match[65], exclude[65], one[65];

	file_definition(none, false, 0);
	file_definition(match, false, 2);
	file_definition(exclude, true, 2);
	file_definition(one, true, 1);
	OK(strcmp(none, match) && strcmp(none, exclude) &&
		strcmp(match, exclude) && strcmp(exclude, one),
	    "what stands in files is part of the definition");
}

int
main(void)
{
	test_match();
	test_mistakes();
	test_undecided();
	test_files();
	test_close();
	test_quarantine();
	test_patterns();
	test_definition();
	test_file_definition();
	return tap_done();
}
