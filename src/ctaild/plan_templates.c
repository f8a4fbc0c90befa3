/*
 * plan_templates: key and subject of a rule, and the captures they use.
 *
 * Hides which variables may stand where: captures must exist, and none may
 * bear the name of a built-in.
 */
#include "config.h"

#include <string.h>

#include "ctaild/plan_internal.h"
#include "input/journal_words.h"
#include "message/variables.h"

static const char default_subject[] =
    "${rule} on ${hostname}: ${line|trunc:120}";

static bool
key_builtin(struct span name)
{
	return span_is(name, "file") || span_is(name, "hostname");
}

/* A field of the journal that every record of this rule brings along. */
static bool
plan_is_journal_capture(const struct plan_rule *rule, struct span name)
{
	return rule->of_journals && journal_capture_is(name);
}

static struct template *
plan_template(
    const struct plan_builder *builder, const char *text, const char *key)
{
	const struct conf_section *section = builder->section;
	struct err err = ERR_INIT;
	struct template *template = template_new(text, TEMPLATE_TEXT, &err);

	if (!template)
		conf_error(builder->errors, conf_origin(section, key),
		    "[%s %s] %s: %s", section->table->section, section->name,
		    key, err.text);
	return template;
}

/* "; there are user, ip": the captures of a rule that has not this one. */
static void
add_captures(const struct rule *rule, struct buf *out)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;
	const char *name;
	size_t group;

	pattern = rule_pattern(rule, 0, &list, &origin);
	for (size_t i = 0;
	     pattern && (name = pattern_group_name(pattern, i, &group)); i++)
		buf_addf(out, "%s%s", i ? ", " : "; the first one defines ",
		    name);
}

/* "; the pattern in line 7 does not": the first that has not this capture. */
static void
add_lacking(const struct rule *rule, struct span name, struct buf *out)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0;
	     (pattern = rule_pattern(rule, i, &list, &origin)); i++) {
		if (list == RULE_EXCLUDE || pattern_group(pattern, name))
			continue;
		buf_addf(out, "; that in line %u does not", origin.line);
		return;
	}
}

static void
refuse_key_variable(const struct plan_builder *builder, const char *name)
{
	const struct rule *rule = builder->rule->rule;
	struct buf more = BUF_INIT;

	if (rule_defines_somewhere(rule, span_str(name)))
		add_lacking(rule, span_str(name), &more);
	else
		add_captures(rule, &more);
	conf_error(builder->errors, conf_origin(builder->section, "key"),
	    "[rule %s] key: every `match'%s must define the capture %s that "
	    "the key uses, as (?<%s>...)%s",
	    builder->section->name, rule_closes(rule) ? " and `close'" : "",
	    name, name, buf_str(&more));
	buf_release(&more);
}

/* `key = ip' means one key for all. */
static void
warn_of_constant_key(const struct plan_builder *builder)
{
	const struct rule_settings *settings = builder->section->settings;
	bool is_name = rule_defines_somewhere(
	    builder->rule->rule, span_str(settings->key));

	if (template_variable(builder->rule->key, 0))
		return;
	conf_error(&builder->plan->warnings,
	    conf_origin(builder->section, "key"),
	    "[rule %s] key: there is no variable in it, so that all matches "
	    "have one key and are counted together; write ${%s}, or leave it "
	    "out",
	    builder->section->name, is_name ? settings->key : "NAME");
}

static void
check_key_variables(const struct plan_builder *builder)
{
	const struct plan_rule *rule = builder->rule;
	const char *name;

	warn_of_constant_key(builder);
	for (size_t i = 0; (name = template_variable(rule->key, i)); i++) {
		struct span span = span_str(name);

		if (key_builtin(span) ||
		    rule_defines_everywhere(rule->rule, span) ||
		    plan_is_journal_capture(rule, span))
			continue;
		refuse_key_variable(builder, name);
	}
}

/* A report has lines of many rules, and so no captures. */
static bool
subject_may_use(const struct plan_rule *rule, struct span name)
{
	return variable_is_builtin(name) ||
	       (rule && (rule_defines_somewhere(rule->rule, name) ||
			    plan_is_journal_capture(rule, name)));
}

static void
check_subject_variables(const struct plan_builder *builder,
    const struct plan_rule *rule, const struct template *subject)
{
	const struct conf_section *section = builder->section;
	const char *kind = section->table->section;
	const char *name;

	for (size_t i = 0; (name = template_variable(subject, i)); i++) {
		/* In a report it is logcheck's. */
		if (rule && !strcmp(name, "subject"))
			conf_error(builder->errors,
			    conf_origin(section, "subject"),
			    "[%s %s] subject: ${subject} would stand for "
			    "itself; leave it out",
			    kind, section->name);
		if (!subject_may_use(rule, span_str(name)))
			conf_error(builder->errors,
			    conf_origin(section, "subject"),
			    "[%s %s] subject: ${%s} is %s",
			    kind, section->name, name,
			    rule ? "neither a variable of ctail nor a capture "
				   "of this rule"
				 : "no variable of ctail");
	}
}

static void
check_capture_names(const struct plan_builder *builder)
{
	for (size_t i = 0; variable_names[i]; i++)
		if (rule_defines_somewhere(
			builder->rule->rule, span_str(variable_names[i])))
			conf_error(builder->errors,
			    conf_origin(builder->section, "match"),
			    "[rule %s] match: the capture %s has the name of "
			    "a built-in variable; call it something else",
			    builder->section->name, variable_names[i]);
}

static void
check_distinct(const struct plan_builder *builder)
{
	const struct rule_settings *settings = builder->section->settings;
	const struct when_spec *when = &settings->when;
	struct span name = span_str(when->name);

	if (when_class(when) != WHEN_PLAIN || !name.len ||
	    rule_matches_define(builder->rule->rule, name) ||
	    plan_is_journal_capture(builder->rule, name))
		return;
	conf_error(builder->errors, conf_origin(builder->section, "when"),
	    "[rule %s] when: every `match' must define the capture %s that "
	    "`distinct' counts, as (?<%s>...)",
	    builder->section->name, when->name, when->name);
}

void
plan_compile_templates(struct plan_builder *builder)
{
	const struct rule_settings *settings = builder->section->settings;
	struct plan_rule *rule = builder->rule;

	if (settings->key)
		rule->key = plan_template(builder, settings->key, "key");
	rule->subject = plan_template(builder,
	    settings->subject ? settings->subject : default_subject, "subject");
	if (!rule->rule)
		return;
	check_capture_names(builder);
	check_distinct(builder);
	if (rule->key)
		check_key_variables(builder);
	if (rule->subject)
		check_subject_variables(builder, rule, rule->subject);
}

void
plan_default_subject(struct plan_rule *rule)
{
	rule->subject = template_new(default_subject, TEMPLATE_TEXT, NULL);
}

void
plan_compile_report_subject(struct plan_builder *builder)
{
	struct plan_report *report = builder->report;

	if (!report->settings->subject)
		return;
	report->subject =
	    plan_template(builder, report->settings->subject, "subject");
	if (report->subject)
		check_subject_variables(builder, NULL, report->subject);
}
