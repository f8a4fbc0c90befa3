/*
 * rule_settings: the rows of [rule NAME].
 */
#include "config.h"

#include <stddef.h>

#include "judge/pattern.h"
#include "judge/rule_settings.h"
#include "judge/words.h"

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
	    words_shown(word), word.data);
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
rule_settings_check(const void *settings, struct err *err)
{
	const struct rule_settings *rule = settings;
	size_t i;

	for (i = 0; i < rule->sink.count && rule->sink.count > 1; i++) {
		if (span_is(span_str(rule->sink.items[i].text), "none"))
			return err_set(
			    err, "sink: \"none\" stands alone or not at all");
	}
	return 0;
}

#define AT(field) offsetof(struct rule_settings, field)
#define NOT_BUILT(key)                                                         \
	{                                                                      \
		.name = key, .type = SETTING_NOT_BUILT,                        \
		.help = "not built yet in this version"                        \
	}

static const struct setting rule_rows[] = {
    {.name = "log",
	.type = SETTING_WORDS,
	.flags = SETTING_REQUIRED,
	.offset = AT(log),
	.help = "names or globs of the [log] sections it reads"},
    {.name = "match",
	.type = SETTING_LINES,
	.flags = SETTING_REQUIRED,
	.offset = AT(match),
	.help = "patterns (PCRE2), one a line; any of them matches"},
    {.name = "exclude",
	.type = SETTING_LINES,
	.offset = AT(exclude),
	.help = "patterns, one a line; none of them may match"},
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
	.help = "what makes an alert of matches: each, or N in T"},
    {.name = "key",
	.type = SETTING_TEXT,
	.offset = AT(key),
	.help = "template; counts and throttles each value by itself"},
    {.name = "throttle",
	.type = SETTING_CUSTOM,
	.offset = AT(throttle),
	.fallback = "10m double max 4h",
	.parse = throttle_parse,
	.format = throttle_format,
	.help = "how often it may speak: T, T double max T, or none"},
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
    NOT_BUILT("match_file"),
    NOT_BUILT("exclude_file"),
    NOT_BUILT("batch"),
    NOT_BUILT("close"),
    NOT_BUILT("context"),
    NOT_BUILT("hours"),
};

const struct setting_table rule_setting_table = {
    .section = "rule",
    .rows = rule_rows,
    .count = sizeof(rule_rows) / sizeof(rule_rows[0]),
    .size = sizeof(struct rule_settings),
    .named = true,
    .check = rule_settings_check,
};
