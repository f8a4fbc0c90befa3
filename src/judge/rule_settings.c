/*
 * rule_settings: the rows of [rule NAME].
 */
#include "config.h"

#include <stddef.h>

#include "base/units.h"
#include "base/words.h"
#include "judge/pattern.h"
#include "judge/rule_settings.h"

static const struct rule_flag {
	const char *word;
	unsigned flag;
} rule_flags[] = {
    {"nocase", PATTERN_NOCASE},
    {"utf", PATTERN_UTF},
    {"extended", PATTERN_EXTENDED},
};

#define RULE_FLAGS (sizeof(rule_flags) / sizeof(rule_flags[0]))

static int
rule_flag_add(struct span word, unsigned *flags, struct err *err)
{
	size_t i;

	for (i = 0; i < RULE_FLAGS; i++) {
		if (span_is(word, rule_flags[i].word)) {
			*flags |= rule_flags[i].flag;
			return 0;
		}
	}
	return err_set(err,
	    "\"%.*s\" is no flag; there are nocase, utf and extended",
	    span_shown(word), word.data);
}

static int
rule_flags_parse(struct span text, void *field, struct err *err)
{
	unsigned flags = 0;
	struct span word;

	while ((word = words_next(&text)).len) {
		if (rule_flag_add(word, &flags, err))
			return -1;
	}
	*(unsigned *)field = flags;
	return 0;
}

static void
rule_flags_format(const void *field, struct buf *out)
{
	const unsigned *flags = field;
	const char *blank = "";
	size_t i;

	for (i = 0; i < RULE_FLAGS; i++) {
		if (!(*flags & rule_flags[i].flag))
			continue;
		buf_addf(out, "%s%s", blank, rule_flags[i].word);
		blank = " ";
	}
}

/* In the order of enum severity and enum rule_then. */
static const char *const rule_severities[] = {
    "debug", "info", "notice", "warning", "error", "critical", NULL};
static const char *const rule_thens[] = {"continue", "stop", NULL};

static int
rule_check_sinks(const struct rule_settings *rule, struct err *err)
{
	for (size_t i = 0; i < rule->sink.count && rule->sink.count > 1; i++) {
		if (span_is(span_str(rule->sink.items[i].text), "none"))
			return err_set(
			    err, "sink: \"none\" stands alone or not at all");
	}
	return 0;
}

static int
rule_check_paths(
    const char *key, const struct setting_list *paths, struct err *err)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->items[i].text[0] != '/')
			return err_set(err,
			    "%s: \"%s\" is not absolute; write it from the "
			    "root directory on",
			    key, paths->items[i].text);
	}
	return 0;
}

static int
rule_check_absent(const struct rule_settings *rule, struct err *err)
{
	if (rule->batch.period_ms)
		return err_set(err,
		    "batch: an absence is one alert for as long as it lasts, "
		    "so that there is nothing to gather; leave it out");
	if (rule->close.count)
		return err_set(err,
		    "close: what ends an absence is the next match of the "
		    "rule itself; leave it out");
	if (rule->context.before || rule->context.after)
		return err_set(err,
		    "context: an absence has no record that anything could "
		    "stand around; leave it out");
	return 0;
}

static int
rule_check_unless(const struct rule_settings *rule, struct err *err)
{
	if (rule->close.count)
		return err_set(err,
		    "close: what ends an \"unless\" is a match of the rule "
		    "it names; leave it out");
	return 0;
}

/* Their clocks run in `hours' only, so they ring at no other time. */
static int
rule_check_clock_hours(const struct rule_settings *rule, struct err *err)
{
	if (rule->hours.count && rule->hours.otherwise != HOURS_HOLD)
		return err_set(err,
		    "hours: the clock of \"absent\" and \"unless\" runs in "
		    "these hours only, so that there is nothing to drop or to "
		    "send elsewhere; leave out what stands behind `else'");
	return 0;
}

static int
rule_check_when(const struct rule_settings *rule, struct err *err)
{
	switch (when_class(&rule->when)) {
	case WHEN_PLAIN:
	case WHEN_NEW:
		return 0;
	case WHEN_ABSENT:
		if (rule_check_absent(rule, err))
			return -1;
		break;
	case WHEN_UNLESS:
		if (rule_check_unless(rule, err))
			return -1;
		break;
	}
	return rule_check_clock_hours(rule, err);
}

static int
rule_settings_check(const void *settings, struct err *err)
{
	const struct rule_settings *rule = settings;

	if (!rule->match.count && !rule->match_file.count)
		return err_set(err, "`match' is missing: patterns (PCRE2), "
				    "one a line; or name a match_file");
	if (rule_check_sinks(rule, err) ||
	    rule_check_paths("match_file", &rule->match_file, err) ||
	    rule_check_paths("exclude_file", &rule->exclude_file, err))
		return -1;
	return rule_check_when(rule, err);
}

/* --- The context key ------------------------------------------------------ */

/* Which side a word names, or NULL. */
static short *
context_side(struct rule_context *context, struct span word)
{
	if (span_is(word, "before"))
		return &context->before;
	if (span_is(word, "after"))
		return &context->after;
	return NULL;
}

static int
context_one(struct span number, struct span word, struct rule_context *context,
    struct err *err)
{
	short *side = context_side(context, word);
	int64_t count;

	if (!side)
		return err_set(err,
		    "write for example \"3 before 5 after\"; either may be "
		    "missing");
	if (*side >= 0)
		return err_set(err, "\"%.*s\" is said twice", span_shown(word),
		    word.data);
	if (number_parse(number, 0, RULE_CONTEXT_MAX, &count, err))
		return -1;
	*side = (short)count;
	return 0;
}

int
rule_context_parse(struct span text, void *context, struct err *err)
{
	struct rule_context parsed = {-1, -1};
	struct span number;

	while ((number = words_next(&text)).len) {
		if (context_one(number, words_next(&text), &parsed, err))
			return -1;
	}
	parsed.before = parsed.before < 0 ? 0 : parsed.before;
	parsed.after = parsed.after < 0 ? 0 : parsed.after;
	*(struct rule_context *)context = parsed;
	return 0;
}

void
rule_context_format(const void *context, struct buf *out)
{
	const struct rule_context *its = context;

	if (its->before)
		buf_addf(out, "%d before", its->before);
	if (its->after)
		buf_addf(out, "%s%d after", its->before ? " " : "", its->after);
}

#define AT(field) offsetof(struct rule_settings, field)

static const struct setting rule_rows[] = {
    {.name = "log",
	.type = SETTING_WORDS,
	.flags = SETTING_REQUIRED,
	.offset = AT(log),
	.help = "names or globs of the [log] sections it reads"},
    {.name = "match",
	.type = SETTING_LINES,
	.offset = AT(match),
	.help = "patterns (PCRE2), one a line; any of them matches"},
    {.name = "exclude",
	.type = SETTING_LINES,
	.offset = AT(exclude),
	.help = "patterns, one a line; none of them may match"},
    {.name = "match_file",
	.type = SETTING_LINES,
	.offset = AT(match_file),
	.help = "files of POSIX expressions that match, as logcheck's"},
    {.name = "exclude_file",
	.type = SETTING_LINES,
	.offset = AT(exclude_file),
	.help = "files of POSIX expressions that exclude, as logcheck's"},
    {.name = "close",
	.type = SETTING_LINES,
	.offset = AT(close),
	.help = "patterns, one a line; any of them ends the incident"},
    {.name = "flags",
	.type = SETTING_CUSTOM,
	.offset = AT(flags),
	.parse = rule_flags_parse,
	.format = rule_flags_format,
	.help = "nocase, utf, extended: for all patterns of the rule"},
    {.name = "when",
	.type = SETTING_CUSTOM,
	.offset = AT(when),
	.fallback = "each",
	.parse = when_parse,
	.format = when_format,
	.help = "each, N in T, distinct N CAPTURE in T, new, "
		"absent T, or unless RULE in T"},
    {.name = "key",
	.type = SETTING_TEXT,
	.offset = AT(key),
	.help = "template; counts and throttles each value by itself"},
    {.name = "batch",
	.type = SETTING_CUSTOM,
	.offset = AT(batch),
	.fallback = "none",
	.parse = batch_parse,
	.format = batch_format,
	.help = "several alerts as one: T, T max N, or none"},
    {.name = "throttle",
	.type = SETTING_CUSTOM,
	.offset = AT(throttle),
	.fallback = "10m double max 4h",
	.parse = throttle_parse,
	.format = throttle_format,
	.help = "how often it may speak: T, T double max T, or none"},
    {.name = "hours",
	.type = SETTING_CUSTOM,
	.offset = AT(hours),
	.parse = hours_parse,
	.format = hours_format,
	.help = "when it may speak: mon-fri 08:00-18:00 else hold"},
    {.name = "context",
	.type = SETTING_CUSTOM,
	.offset = AT(context),
	.parse = rule_context_parse,
	.format = rule_context_format,
	.help = "records around that an alert shows: 3 before 5 after"},
    {.name = "severity",
	.type = SETTING_CHOICE,
	.offset = AT(severity),
	.fallback = "warning",
	.choices = rule_severities,
	.help = "debug, info, notice, warning, error or critical"},
    {.name = "then",
	.type = SETTING_CHOICE,
	.offset = AT(then),
	.fallback = "continue",
	.choices = rule_thens,
	.help = "continue with the next rule, or stop after a match"},
    {.name = "sink",
	.type = SETTING_WORDS,
	.offset = AT(sink),
	.help = "who is told; none: it only counts; else [agent] sink"},
    {.name = "subject",
	.type = SETTING_TEXT,
	.offset = AT(subject),
	.help = "template of the alert's subject"},
    {.name = "should_match",
	.type = SETTING_LINES,
	.offset = AT(should_match),
	.help = "sample lines that it must match"},
    {.name = "should_not",
	.type = SETTING_LINES,
	.offset = AT(should_not),
	.help = "sample lines that it must not match"},
};

const struct setting_table rule_setting_table = {
    .section = "rule",
    .rows = rule_rows,
    .count = sizeof(rule_rows) / sizeof(rule_rows[0]),
    .size = sizeof(struct rule_settings),
    .named = true,
    .check = rule_settings_check,
};
