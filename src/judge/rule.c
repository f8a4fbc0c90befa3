/*
 * rule: the patterns of one [rule], and what they capture.
 *
 * Hides how they are compiled, and how `match`, `exclude` and `close` are
 * numbered as one list.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/rule_internal.h"

static const char *const list_keys[RULE_LISTS] = {
    [RULE_MATCH] = "match",
    [RULE_EXCLUDE] = "exclude",
    [RULE_CLOSE] = "close",
};

/* Where mistakes go while a rule is made. */
struct rule_reporter {
	void (*report)(void *arg, struct origin origin, const char *text);
	void (*skip)(void *arg, struct origin origin, const char *text);
	void *arg;
	bool failed;
};

/* What one list is made of. */
struct rule_texts {
	const struct setting_list *own;	  /* of the section */
	const struct setting_list *files; /* behind them; or NULL */
	unsigned flags;
};

static void
rule_report(
    struct rule_reporter *reporter, struct origin origin, const char *text)
{
	reporter->failed = true;
	reporter->report(reporter->arg, origin, text);
}

static enum pattern_kind
kind_of(const char *text, unsigned flags)
{
	if (flags & PATTERN_UTF)
		return PATTERN_PLAIN;
	if (!strcmp(text, "."))
		return PATTERN_ANY_BYTE;
	return strcmp(text, "^") ? PATTERN_PLAIN : PATTERN_ANYTHING;
}

/* True when it is in the list now. */
static bool
rule_compile_one(struct pattern_list *list, const struct setting_item *item,
    unsigned flags, struct err *err)
{
	struct pattern *pattern = pattern_new(item->text, flags, err);

	if (pattern)
		list->items[list->count++] =
		    (struct listed_pattern){
			pattern, item->origin, kind_of(item->text, flags)};
	return pattern != NULL;
}

static void
rule_compile_own(struct pattern_list *list, const char *key,
    const struct rule_texts *texts, struct rule_reporter *reporter)
{
	for (size_t i = 0; i < texts->own->count; i++) {
		const struct setting_item *item = &texts->own->items[i];
		struct err err = ERR_INIT;

		if (rule_compile_one(list, item, texts->flags, &err))
			continue;
		err_prefix(&err, "%s", key);
		rule_report(reporter, item->origin, err.text);
	}
}

/* A blank is itself in these files, whatever the flags say. */
static void
rule_compile_files(struct pattern_list *list, bool may_skip,
    const struct rule_texts *texts, struct rule_reporter *reporter)
{
	unsigned flags = texts->flags & ~(unsigned)PATTERN_EXTENDED;

	for (size_t i = 0; texts->files && i < texts->files->count; i++) {
		const struct setting_item *item = &texts->files->items[i];
		struct err err = ERR_INIT;

		if (rule_compile_one(list, item, flags, &err))
			continue;
		err_prefix(&err, "as PCRE2");
		if (may_skip)
			reporter->skip(reporter->arg, item->origin, err.text);
		else
			rule_report(reporter, item->origin, err.text);
	}
}

static void
rule_compile(struct rule *rule, enum rule_list which,
    const struct setting_list *own, const struct setting_list *files,
    struct rule_reporter *reporter)
{
	struct rule_texts texts = {own, files, rule->settings->flags};
	struct pattern_list *list = &rule->lists[which];

	list->items = xcalloc(
	    own->count + (files ? files->count : 0), sizeof(*list->items));
	rule_compile_own(list, list_keys[which], &texts, reporter);
	rule_compile_files(list,
	    which == RULE_EXCLUDE || rule->files.lenient, &texts, reporter);
}

struct rule *
rule_new(const char *name, const struct rule_settings *settings,
    const struct rule_files *files,
    void (*report)(void *arg, struct origin origin, const char *text),
    void (*skip)(void *arg, struct origin origin, const char *text), void *arg)
{
	struct rule_reporter reporter = {report, skip, arg, false};
	struct rule *rule = xcalloc(1, sizeof(*rule));

	rule->name = xstrdup(name);
	rule->settings = settings;
	if (files)
		rule->files = *files;
	rule_compile(
	    rule, RULE_MATCH, &settings->match, &rule->files.match, &reporter);
	rule_compile(rule, RULE_EXCLUDE, &settings->exclude,
	    &rule->files.exclude, &reporter);
	rule_compile(rule, RULE_CLOSE, &settings->close, NULL, &reporter);
	if (reporter.failed) {
		rule_free(rule);
		return NULL;
	}
	return rule;
}

void
rule_free(struct rule *rule)
{
	if (!rule)
		return;
	for (size_t i = 0; i < RULE_LISTS; i++) {
		for (size_t k = 0; k < rule->lists[i].count; k++)
			pattern_free(rule->lists[i].items[k].pattern);
		free(rule->lists[i].items);
	}
	free(rule->name);
	free(rule);
}

const char *
rule_name(const struct rule *rule)
{
	return rule->name;
}

const struct rule_settings *
rule_settings(const struct rule *rule)
{
	return rule->settings;
}

/* The group a name or a decimal number stands for; false when the pattern
 * has none such. */
static bool
pattern_capture(
    const struct pattern *pattern, struct span name, size_t *group_out)
{
	int64_t number;

	if (!name.len)
		return false;
	if (!ascii_is_digit(name.data[0])) {
		*group_out = pattern_group(pattern, name);
		return *group_out > 0;
	}
	if ((name.len > 1 && name.data[0] == '0') ||
	    number_parse(
		name, 0, (int64_t)pattern_group_count(pattern), &number, NULL))
		return false;
	*group_out = (size_t)number;
	return true;
}

static struct span
rule_match_group(const struct rule_match *match, size_t group)
{
	if (group >= match->captures.count ||
	    !match->captures.groups[group].data)
		return span_of("", 0);
	return match->captures.groups[group];
}

bool
rule_capture(const struct rule *rule, const struct rule_match *match,
    struct span name, struct span *out)
{
	size_t group;

	(void)rule;
	if (!match->by || !pattern_capture(match->by, name, &group))
		return false;
	*out = rule_match_group(match, group);
	return true;
}

const char *
rule_capture_name(const struct rule *rule, const struct rule_match *match,
    size_t i, struct span *value_out)
{
	const char *name;
	size_t group;

	(void)rule;
	if (!match->by)
		return NULL;
	name = pattern_group_name(match->by, i, &group);
	if (name)
		*value_out = rule_match_group(match, group);
	return name;
}

static size_t
list_defining_patterns(const struct pattern_list *list, struct span name)
{
	size_t group, count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += pattern_capture(list->items[i].pattern, name, &group);
	return count;
}

static size_t
rule_defining_patterns(const struct rule *rule, struct span name)
{
	return list_defining_patterns(&rule->lists[RULE_MATCH], name) +
	       list_defining_patterns(&rule->lists[RULE_CLOSE], name);
}

bool
rule_defines_everywhere(const struct rule *rule, struct span name)
{
	return rule_defining_patterns(rule, name) ==
	       rule->lists[RULE_MATCH].count + rule->lists[RULE_CLOSE].count;
}

bool
rule_defines_somewhere(const struct rule *rule, struct span name)
{
	return rule_defining_patterns(rule, name) > 0;
}

bool
rule_matches_define(const struct rule *rule, struct span name)
{
	const struct pattern_list *list = &rule->lists[RULE_MATCH];

	return list_defining_patterns(list, name) == list->count;
}

bool
rule_closes(const struct rule *rule)
{
	return rule->lists[RULE_CLOSE].count > 0;
}

bool
rule_stops(const struct rule *rule, const struct rule_match *match)
{
	return match->matched && !match->undecided &&
	       rule_settings(rule)->then == RULE_STOP;
}

size_t
rule_pattern_count(const struct rule *rule)
{
	return rule_list_first(rule, RULE_LISTS);
}

static const struct listed_pattern *
rule_listed(const struct rule *rule, size_t i, enum rule_list *list_out)
{
	for (enum rule_list which = 0; which < RULE_LISTS; which++) {
		const struct pattern_list *list = &rule->lists[which];

		*list_out = which;
		if (i < list->count)
			return &list->items[i];
		i -= list->count;
	}
	return NULL;
}

const struct pattern *
rule_pattern(const struct rule *rule, size_t i, enum rule_list *list_out,
    struct origin *origin_out)
{
	const struct listed_pattern *listed = rule_listed(rule, i, list_out);

	if (!listed)
		return NULL;
	*origin_out = listed->origin;
	return listed->pattern;
}

bool
rule_pattern_takes_all(const struct rule *rule, size_t i)
{
	enum rule_list which;
	const struct listed_pattern *listed = rule_listed(rule, i, &which);

	return listed && which == RULE_MATCH && listed->kind != PATTERN_PLAIN;
}
