/*
 * judge_rule: the settings of [rule], and what a rule makes of a record.
 */
#include "config.h"

#include "base/mem.h"
#include "judge/rule.h"
#include "tap.h"

/* A rule from "key = value" pairs. */
struct fixture {
	struct rule_settings settings;
	struct rule *rule;
	struct pattern_scratch *scratch;
	struct rule_match match;
	char reports[4096];
	int report_count;
};

static void
fixture_set(struct fixture *f, const char *key, const char *value)
{
	const struct setting *row =
	    setting_find(&rule_setting_table, span_str(key));
	struct origin origin = {"test.ini", (unsigned)strlen(value)};
	struct err err = ERR_INIT;

	if (!row ||
	    setting_set(row, &f->settings, span_str(value), origin, &err))
		printf("# cannot set %s: %s\n", key, err.text);
}

static void
fixture_report(void *arg, struct origin origin, const char *text)
{
	struct fixture *f = arg;
	size_t used = strlen(f->reports);

	f->report_count++;
	snprintf(f->reports + used, sizeof(f->reports) - used, "%s:%u:%s\n",
	    origin.file, origin.line, text);
}

static void
fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->scratch = pattern_scratch_new();
	setting_defaults(&rule_setting_table, &f->settings);
}

static bool
fixture_make(struct fixture *f)
{
	f->rule = rule_new("test", &f->settings, fixture_report, f);
	return f->rule != NULL;
}

static bool
fixture_try(struct fixture *f, const char *line)
{
	rule_try(f->rule, f->scratch, span_str(line), &f->match);
	return f->match.matched;
}

static void
fixture_release(struct fixture *f)
{
	rule_free(f->rule);
	pattern_scratch_free(f->scratch);
	setting_release(&rule_setting_table, &f->settings);
}

static void
test_defaults(void)
{
	struct fixture f;
	struct buf text = BUF_INIT;

	fixture_init(&f);
	when_format(&f.settings.when, &text);
	IS_STR(buf_str(&text), "each", "the default of when is each");
	buf_reset(&text);
	throttle_format(&f.settings.throttle, &text);
	IS_STR(
	    buf_str(&text), "10m double max 4h", "the default throttle is on");
	IS_INT(f.settings.severity, SEVERITY_WARNING,
	    "the default severity is warning");
	IS_INT(f.settings.then, RULE_CONTINUE, "the default is to go on");
	IS_INT(f.settings.flags, 0, "there are no flags");
	buf_release(&text);
	fixture_release(&f);
}

static void
test_table(void)
{
	static const char *const later[] = {
	    "match_file", "exclude_file", "batch", "close", "context", "hours"};
	int severity;
	size_t i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		const struct setting *row =
		    setting_find(&rule_setting_table, span_str(later[i]));

		OK(row && row->type == SETTING_NOT_BUILT,
		    "%s is known as not built yet", later[i]);
	}
	for (severity = 0; severity <= SEVERITY_CRITICAL; severity++) {
		const struct setting *row =
		    setting_find(&rule_setting_table, span_str("severity"));

		IS_STR(row->choices[severity],
		    severity_name((enum severity)severity),
		    "the choices of severity are base's words");
	}
}

static void
test_values(void)
{
	struct fixture f;
	struct err err = ERR_INIT;
	const struct setting *row =
	    setting_find(&rule_setting_table, span_str("flags"));
	struct origin origin = {"test.ini", 1};
	struct buf text = BUF_INIT;

	fixture_init(&f);
	fixture_set(&f, "flags", "utf  nocase");
	IS_INT(
	    f.settings.flags, PATTERN_UTF | PATTERN_NOCASE, "flags are words");
	setting_format(row, &f.settings, &text);
	IS_STR(buf_str(&text), "nocase utf", "and come back as words");
	OK(setting_set(row, &f.settings, span_str("dupnames"), origin, &err) &&
		strstr(err.text, "nocase"),
	    "an unknown flag is refused and the known ones named");
	fixture_set(&f, "sink", "ops");
	OK(!rule_setting_table.check(&f.settings, &err), "one sink is allowed");
	fixture_set(&f, "sink", "none");
	OK(rule_setting_table.check(&f.settings, &err) &&
		strstr(err.text, "none"),
	    "none beside another sink is not");
	buf_release(&text);
	fixture_release(&f);
}

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
	IS_INT(f.match.pattern, 1, "and says so");
	OK(rule_capture(f.rule, &f.match, span_str("2"), &value) && !value.len,
	    "a capture that took no part is empty");
	IS_STR(rule_capture_name(f.rule, &f.match, 0, &value), "user",
	    "named captures can be listed");
	OK(span_is(value, "bob"), "with their values");
	OK(!rule_capture_name(f.rule, &f.match, 1, &value),
	    "only those of the pattern that matched");
	OK(!fixture_try(&f, "Failed password for x from 192.0.2.4"),
	    "an exclude excludes");
	OK(!fixture_try(&f, "something else"), "no match is no match");
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
		f.match.pattern == 1 && f.match.captures.count == 2,
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
	    {"key", "${0}"}, {"throttle", "1h"}};
	static const char *const harmless[][2] = {{"subject", "x"},
	    {"sink", "ops"}, {"severity", "error"}, {"then", "stop"},
	    {"should_match", "one"}};
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
}

int
main(void)
{
	test_defaults();
	test_table();
	test_values();
	test_match();
	test_mistakes();
	test_undecided();
	test_definition();
	return tap_done();
}
