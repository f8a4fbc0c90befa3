/*
 * rule: the patterns of one [rule], and whether they want a record.
 *
 * Hides how `match` and `exclude` go together, and what happens when a
 * pattern runs into a limit: the rule fails towards alerting.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/units.h"
#include "judge/rule.h"

struct pattern_list {
	struct pattern **patterns;
	size_t count;
};

struct rule {
	char *name;
	const struct rule_settings *settings;
	struct pattern_list match;
	struct pattern_list exclude;
};

/* Where mistakes go while a rule is made. */
struct rule_reporter {
	void (*report)(void *arg, struct origin origin, const char *text);
	void *arg;
	bool failed;
};

static void
rule_report(
    struct rule_reporter *reporter, struct origin origin, const char *text)
{
	reporter->failed = true;
	reporter->report(reporter->arg, origin, text);
}

static void
rule_compile(struct pattern_list *list, const char *key,
    const struct setting_list *texts, unsigned flags,
    struct rule_reporter *reporter)
{
	const struct setting_item *item;
	struct pattern *pattern;
	size_t i;

	list->patterns = xcalloc(texts->count, sizeof(list->patterns[0]));
	for (i = 0; i < texts->count; i++) {
		struct err err = ERR_INIT;

		item = &texts->items[i];
		pattern = pattern_new(item->text, flags, &err);
		if (pattern) {
			list->patterns[list->count++] = pattern;
			continue;
		}
		err_prefix(&err, "%s", key);
		rule_report(reporter, item->origin, err.text);
	}
}

struct rule *
rule_new(const char *name, const struct rule_settings *settings,
    void (*report)(void *arg, struct origin origin, const char *text),
    void *arg)
{
	struct rule_reporter reporter = {report, arg, false};
	struct rule *rule = xcalloc(1, sizeof(*rule));

	rule->name = xstrdup(name);
	rule->settings = settings;
	rule_compile(&rule->match, "match", &settings->match, settings->flags,
	    &reporter);
	rule_compile(&rule->exclude, "exclude", &settings->exclude,
	    settings->flags, &reporter);
	if (reporter.failed) {
		rule_free(rule);
		return NULL;
	}
	return rule;
}

static void
pattern_list_release(struct pattern_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		pattern_free(list->patterns[i]);
	free(list->patterns);
}

void
rule_free(struct rule *rule)
{
	if (!rule)
		return;
	pattern_list_release(&rule->match);
	pattern_list_release(&rule->exclude);
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

static void
rule_definition_list(struct sha256 *sum, const struct setting_list *list)
{
	char count[32];
	size_t i;

	snprintf(count, sizeof(count), "%zu", list->count);
	sha256_add_part(sum, span_str(count));
	for (i = 0; i < list->count; i++)
		sha256_add_part(sum, span_str(list->items[i].text));
}

void
rule_definition(const struct rule *rule, char out[65])
{
	const struct rule_settings *settings = rule->settings;
	unsigned char digest[SHA256_SIZE];
	struct buf text = BUF_INIT;
	struct sha256 sum;

	sha256_init(&sum);
	rule_definition_list(&sum, &settings->match);
	rule_definition_list(&sum, &settings->exclude);
	buf_addf(&text, "%u", settings->flags);
	sha256_add_part(&sum, buf_span(&text));
	buf_reset(&text);
	when_format(&settings->when, &text);
	sha256_add_part(&sum, buf_span(&text));
	sha256_add_part(&sum, span_str(settings->key));
	buf_reset(&text);
	throttle_format(&settings->throttle, &text);
	sha256_add_part(&sum, buf_span(&text));
	sha256_final(&sum, digest);
	hex_encode(digest, sizeof(digest), out);
	buf_release(&text);
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
	if (name.data[0] < '0' || name.data[0] > '9') {
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

	if (!pattern_capture(
		rule->match.patterns[match->pattern], name, &group))
		return false;
	*out = rule_match_group(match, group);
	return true;
}

const char *
rule_capture_name(const struct rule *rule, const struct rule_match *match,
    size_t i, struct span *value_out)
{
	size_t group;
	const char *name =
	    pattern_group_name(rule->match.patterns[match->pattern], i, &group);

	if (name)
		*value_out = rule_match_group(match, group);
	return name;
}

static size_t
rule_defining_patterns(const struct rule *rule, struct span name)
{
	size_t i, group, count = 0;

	for (i = 0; i < rule->match.count; i++)
		count += pattern_capture(rule->match.patterns[i], name, &group);
	return count;
}

bool
rule_defines_everywhere(const struct rule *rule, struct span name)
{
	return rule_defining_patterns(rule, name) == rule->match.count;
}

bool
rule_defines_somewhere(const struct rule *rule, struct span name)
{
	return rule_defining_patterns(rule, name) > 0;
}

/* The first pattern that matches outright, else the first undecided one. */
static void
rule_try_match(const struct rule *rule, struct pattern_scratch *scratch,
    struct span text, struct rule_match *out)
{
	enum pattern_verdict verdict;
	size_t i;

	for (i = 0; i < rule->match.count; i++) {
		verdict = pattern_match(
		    rule->match.patterns[i], scratch, text, &out->captures);
		if (verdict == PATTERN_YES) {
			out->matched = true;
			out->undecided = false;
			out->pattern = i;
			return;
		}
		if (verdict == PATTERN_UNDECIDED && !out->undecided) {
			out->matched = out->undecided = true;
			out->pattern = i;
		}
	}
	out->captures.count = 0;
}

void
rule_try(const struct rule *rule, struct pattern_scratch *scratch,
    struct span text, struct rule_match *out)
{
	enum pattern_verdict verdict;
	size_t i;

	out->matched = out->undecided = false;
	out->pattern = 0;
	rule_try_match(rule, scratch, text, out);
	for (i = 0; out->matched && i < rule->exclude.count; i++) {
		verdict = pattern_match(
		    rule->exclude.patterns[i], scratch, text, NULL);
		if (verdict == PATTERN_YES)
			out->matched = out->undecided = false;
		else if (verdict == PATTERN_UNDECIDED)
			out->undecided = true;
	}
}
