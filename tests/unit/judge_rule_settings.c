/*
 * judge_rule_settings: the keys of [rule], and which of them go together.
 */
#include "config.h"

#include "rule.h"

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
	int severity;
	size_t i;

	for (i = 0; i < rule_setting_table.count; i++)
		OK(rule_setting_table.rows[i].type != SETTING_NOT_BUILT,
		    "%s is built", rule_setting_table.rows[i].name);
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
	fixture_set(&f, "match", "x");
	fixture_set(&f, "sink", "ops");
	OK(!rule_setting_table.check(&f.settings, &err), "one sink is allowed");
	fixture_set(&f, "sink", "none");
	OK(rule_setting_table.check(&f.settings, &err) &&
		strstr(err.text, "none"),
	    "none beside another sink is not");
	buf_release(&text);
	fixture_release(&f);
}

/* --- The context key ------------------------------------------------------ */

static bool
context_is(const char *text, int before, int after, const char *shown)
{
	struct rule_context context = {7, 7};
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	bool good = !rule_context_parse(span_str(text), &context, &err) &&
		    context.before == before && context.after == after;

	rule_context_format(&context, &out);
	good = good && !strcmp(buf_str(&out), shown);
	if (!good)
		printf("# %s: %s %s\n", text, buf_str(&out), err.text);
	buf_release(&out);
	return good;
}

static bool
context_refused(const char *text, const char *because)
{
	struct rule_context context = {7, 7};
	struct err err = ERR_INIT;

	return rule_context_parse(span_str(text), &context, &err) == -1 &&
	       strstr(err.text, because) && context.before == 7;
}

static void
test_context(void)
{
	OK(context_is("3 before 5 after", 3, 5, "3 before 5 after"),
	    "context names both sides");
	OK(context_is("5  after\t3 before", 3, 5, "3 before 5 after"),
	    "in any order");
	OK(context_is("2 before", 2, 0, "2 before"), "or one");
	OK(context_is("50 after", 0, 50, "50 after"), "or the other");
	OK(context_is("0 before", 0, 0, ""), "none is nothing");
	OK(context_is("", 0, 0, ""), "and nothing is none");
	OK(context_refused("51 after", "50"), "there is a limit");
	OK(context_refused("-1 after", "-1"), "nothing is less than none");
	OK(context_refused("3", "before"), "a number alone says nothing");
	OK(context_refused("3 behind", "before"), "nor do other words");
	OK(context_refused("3 before 4 before", "twice"), "nor twice the same");
	OK(context_refused("before 3", "before"), "the number comes first");
}

/* --- What goes together --------------------------------------------------- */

/* Up to three pairs; what the check says begins with the key. */
static bool
combination(const char *const pairs[][2], size_t count, const char *begins)
{
	struct err err = ERR_INIT;
	struct fixture f;
	bool good;

	fixture_init(&f);
	for (size_t i = 0; i < count; i++)
		fixture_set(&f, pairs[i][0], pairs[i][1]);
	if (rule_setting_table.check(&f.settings, &err))
		good = begins && !strncmp(err.text, begins, strlen(begins));
	else
		good = !begins;
	if (!good)
		printf("# %s\n", err.text);
	fixture_release(&f);
	return good;
}

#define PAIRS(begins, ...)                                                     \
	combination((const char *const[][2]){__VA_ARGS__},                     \
	    sizeof((const char *const[][2]){__VA_ARGS__}) /                    \
		sizeof(const char *const[2]),                                  \
	    begins)

static void
test_combinations(void)
{
	OK(PAIRS("`match'", {"log", "a"}), "a rule must match something");
	OK(PAIRS(NULL, {"match_file", "/etc/x"}), "a file will do");
	OK(PAIRS("match_file:", {"match_file", "x"}),
	    "which is named from the root on");
	OK(PAIRS("exclude_file:", {"match", "a"}, {"exclude_file", "./x"}),
	    "as one that excludes is");
	OK(PAIRS("batch:", {"match", "a"}, {"when", "absent 1h"},
	       {"batch", "1m"}),
	    "absences are not batched");
	OK(PAIRS(
	       "close:", {"match", "a"}, {"when", "absent 1h"}, {"close", "b"}),
	    "nor closed by others");
	OK(PAIRS("context:", {"match", "a"}, {"when", "absent 1h"},
	       {"context", "1 before"}),
	    "nor have they a context");
	OK(PAIRS("close:", {"match", "a"}, {"when", "unless b in 1h"},
	       {"close", "b"}),
	    "what closes an unless is its rule");
	OK(PAIRS("hours:", {"match", "a"}, {"when", "absent 1h"},
	       {"hours", "08:00-18:00 else drop"}),
	    "a clock that stands still drops nothing");
	OK(PAIRS("hours:", {"match", "a"}, {"when", "unless b in 1h"},
	       {"hours", "08:00-18:00 else sink x"}),
	    "and sends nothing elsewhere");
	OK(PAIRS(NULL, {"match", "a"}, {"when", "absent 1h"},
	       {"hours", "08:00-18:00"}),
	    "its hours are fine");
	OK(PAIRS(NULL, {"match", "a"}, {"when", "unless b in 1h"},
	       {"batch", "1m"}),
	    "an unless may be batched");
	OK(PAIRS(NULL, {"match", "a"}, {"when", "new"}, {"close", "b"}),
	    "what is new may be closed");
	OK(PAIRS(NULL, {"match", "a"}, {"when", "distinct 3 x in 5m"},
	       {"batch", "1m max 3"}, {"close", "b"}, {"context", "1 before"}),
	    "and windows go with everything");
}

int
main(void)
{
	test_defaults();
	test_table();
	test_values();
	test_context();
	test_combinations();
	return tap_done();
}
