/*
 * logcheck_settings: the rows of [logcheck NAME].
 */
#include "config.h"

#include <stddef.h>

#include "judge/logcheck_settings.h"

/* In the order of enum logcheck_level. */
static const char *const logcheck_levels[] = {
    "paranoid", "server", "workstation", NULL};

static int
logcheck_settings_check(const void *settings, struct err *err)
{
	const struct logcheck_settings *logcheck = settings;

	if (logcheck->rules[0] != '/')
		return err_set(err,
		    "rules: \"%s\" is not absolute; write it from the root "
		    "directory on",
		    logcheck->rules);
	if (!logcheck->batch.period_ms)
		return err_set(err,
		    "batch: a report gathers its lines for a while; write for "
		    "example 1h, or 1h max 1000");
	for (size_t i = 0;
	     i < logcheck->sink.count && logcheck->sink.count > 1; i++) {
		if (span_is(span_str(logcheck->sink.items[i].text), "none"))
			return err_set(
			    err, "sink: \"none\" stands alone or not at all");
	}
	return 0;
}

#define AT(field) offsetof(struct logcheck_settings, field)

static const struct setting logcheck_rows[] = {
    {.name = "log",
	.type = SETTING_WORDS,
	.flags = SETTING_REQUIRED,
	.offset = AT(log),
	.help = "names or globs of the [log] sections it reads"},
    {.name = "level",
	.type = SETTING_CHOICE,
	.offset = AT(level),
	.fallback = "server",
	.choices = logcheck_levels,
	.help = "paranoid, server or workstation: what is too usual to tell"},
    {.name = "rules",
	.type = SETTING_TEXT,
	.offset = AT(rules),
	.fallback = "/etc/logcheck",
	.help = "the directory of cracking.d, violations.d, ignore.d.*"},
    {.name = "cracking_ignore",
	.type = SETTING_BOOL,
	.offset = AT(cracking_ignore),
	.fallback = "no",
	.help = "yes: cracking.ignore.d counts (SUPPORT_CRACKING_IGNORE)"},
    {.name = "batch",
	.type = SETTING_CUSTOM,
	.offset = AT(batch),
	.fallback = "1h",
	.parse = batch_parse,
	.format = batch_format,
	.help = "how long a report gathers its lines: T, or T max N"},
    {.name = "sink",
	.type = SETTING_WORDS,
	.offset = AT(sink),
	.help = "who gets the report; none: nobody; else [agent] sink"},
    {.name = "subject",
	.type = SETTING_TEXT,
	.offset = AT(subject),
	.help = "template of the report's subject; else as logcheck's"},
};

const struct setting_table logcheck_setting_table = {
    .section = "logcheck",
    .rows = logcheck_rows,
    .count = sizeof(logcheck_rows) / sizeof(logcheck_rows[0]),
    .size = sizeof(struct logcheck_settings),
    .named = true,
    .check = logcheck_settings_check,
};
