/*
 * plan: compiles rules and templates, and resolves names.
 *
 * Hides which checks need a compiled pattern: captures that a key or a
 * subject uses must exist, and none may bear the name of a built-in.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/plan.h"
#include "input/journal_words.h"
#include "message/variables.h"

static const char default_subject[] =
    "${rule} on ${hostname}: ${line|trunc:120}";

/* For rule_new, which knows nothing of conf. */
static void
plan_report(void *errors, struct origin origin, const char *text)
{
	conf_error(errors, origin, "%s", text);
}

static bool
key_builtin(struct span name)
{
	return span_is(name, "file") || span_is(name, "hostname");
}

static struct template *
plan_template(const char *text, const struct conf_section *section,
    const char *key, struct conf_errors *errors)
{
	struct err err = ERR_INIT;
	struct template *template = template_new(text, TEMPLATE_TEXT, &err);

	if (!template)
		conf_error(errors, section->origin, "[rule %s] %s: %s",
		    section->name, key, err.text);
	return template;
}

/* A field of the journal that every record of this rule brings along. */
static bool
is_journal_capture(const struct plan_rule *rule, struct span name)
{
	return rule->of_journals && journal_capture_is(name);
}

static void
check_key_variables(const struct plan_rule *rule,
    const struct conf_section *section, struct conf_errors *errors)
{
	const char *name;

	for (size_t i = 0; (name = template_variable(rule->key, i)); i++) {
		struct span span = span_str(name);

		if (key_builtin(span) ||
		    rule_defines_everywhere(rule->rule, span) ||
		    is_journal_capture(rule, span))
			continue;
		conf_error(errors, section->origin,
		    "[rule %s] key: every `match' must define the capture "
		    "%s that the key uses, as (?<%s>...)",
		    section->name, name, name);
	}
}

static void
check_subject_variables(const struct plan_rule *rule,
    const struct conf_section *section, struct conf_errors *errors)
{
	const char *name;

	for (size_t i = 0; (name = template_variable(rule->subject, i)); i++) {
		struct span span = span_str(name);

		if (span_is(span, "subject"))
			conf_error(errors, section->origin,
			    "[rule %s] subject: ${subject} would stand for "
			    "itself; leave it out", section->name);
		if (variable_is_builtin(span) ||
		    rule_defines_somewhere(rule->rule, span) ||
		    is_journal_capture(rule, span))
			continue;
		conf_error(errors, section->origin,
		    "[rule %s] subject: ${%s} is neither a variable of ctail "
		    "nor a capture of this rule", section->name, name);
	}
}

static void
check_capture_names(const struct plan_rule *rule,
    const struct conf_section *section, struct conf_errors *errors)
{
	for (size_t i = 0; variable_names[i]; i++)
		if (rule_defines_somewhere(rule->rule,
			span_str(variable_names[i])))
			conf_error(errors, section->origin,
			    "[rule %s] match: the capture %s has the name of "
			    "a built-in variable; call it something else",
			    section->name, variable_names[i]);
}

static void
compile_templates(struct plan_rule *rule, const struct conf_section *section,
    struct conf_errors *errors)
{
	const struct rule_settings *settings = section->settings;

	if (settings->key)
		rule->key = plan_template(settings->key, section, "key",
		    errors);
	rule->subject = plan_template(
	    settings->subject ? settings->subject : default_subject, section,
	    "subject", errors);
	if (!rule->rule)
		return;
	check_capture_names(rule, section, errors);
	if (rule->key)
		check_key_variables(rule, section, errors);
	if (rule->subject)
		check_subject_variables(rule, section, errors);
}

static void
resolve_logs(struct plan *plan, struct plan_rule *rule,
    const struct rule_settings *settings)
{
	size_t taken = 0, journals = 0;

	rule->logs = xcalloc(plan->log_count + 1, sizeof(*rule->logs));
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct conf_section *log =
		    conf_section(plan->conf, &log_setting_table, i);
		const struct log_settings *its = log->settings;

		for (size_t k = 0; k < settings->log.count; k++)
			if (!fnmatch(settings->log.items[k].text, log->name,
				0))
				rule->logs[i] = true;
		taken += rule->logs[i];
		journals += rule->logs[i] && its->journal.count;
	}
	rule->of_journals = taken && taken == journals;
}

static void
compile_rule(struct plan *plan, const struct conf_section *section,
    struct conf_errors *errors)
{
	struct plan_rule *rule = &plan->rules[plan->rule_count++];
	const struct rule_settings *settings = section->settings;

	rule->rule = rule_new(section->name, settings, plan_report, errors);
	if (rule->rule)
		rule_definition(rule->rule, rule->definition);
	resolve_logs(plan, rule, settings);
	compile_templates(rule, section, errors);
	rule->sinks = settings->sink.count ? &settings->sink
					   : conf_default_sinks(plan->conf);
}

struct plan *
plan_new(const struct conf *conf, struct conf_errors *errors)
{
	size_t before = errors->count;
	size_t count = conf_count(conf, &rule_setting_table);
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->conf = conf;
	plan->log_count = conf_count(conf, &log_setting_table);
	plan->rules = xcalloc(count + 1, sizeof(*plan->rules));
	for (size_t i = 0; i < count; i++)
		compile_rule(plan, conf_section(conf, &rule_setting_table, i),
		    errors);
	if (errors->count == before)
		return plan;
	plan_free(plan);
	return NULL;
}

void
plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->rule_count; i++) {
		rule_free(plan->rules[i].rule);
		template_free(plan->rules[i].key);
		template_free(plan->rules[i].subject);
		free(plan->rules[i].logs);
	}
	free(plan->rules);
	free(plan);
}

static bool
record_field(struct span fields, struct span name, struct span *out)
{
	struct span its;
	size_t cursor = 0;

	while (cursor < fields.len && fields_next(fields, &cursor, &its, out))
		if (span_equal(its, name))
			return true;
	return false;
}

static bool
key_lookup(void *arg, struct span name, struct buf *value_out)
{
	const struct key_source *source = arg;
	struct span value;

	if (span_is(name, "file"))
		value = span_str(source->file);
	else if (span_is(name, "hostname"))
		value = span_str(source->hostname);
	else if (!rule_capture(source->rule, source->match, name, &value) &&
		 !record_field(source->fields, name, &value))
		return false;
	buf_add_span(value_out, value);
	return true;
}

void
plan_render_key(const struct plan_rule *rule, const struct key_source *source,
    struct buf *out)
{
	buf_reset(out);
	if (rule->key)
		template_render(rule->key, key_lookup, (void *)source, out);
}

static void
check_sample_list(const struct rule *rule, struct pattern_scratch *scratch,
    const struct setting_list *samples, bool wanted,
    struct conf_errors *errors)
{
	for (size_t i = 0; i < samples->count; i++) {
		struct rule_match match;

		rule_try(rule, scratch, span_str(samples->items[i].text),
		    &match);
		if (match.matched == wanted)
			continue;
		conf_error(errors, samples->items[i].origin,
		    "[rule %s] %s: the rule %s this line", rule_name(rule),
		    wanted ? "should_match" : "should_not",
		    wanted ? "does not match" : "matches");
	}
}

void
plan_check_samples(const struct plan *plan, struct conf_errors *errors)
{
	struct pattern_scratch *scratch = pattern_scratch_new();

	pattern_scratch_clock(scratch, clock_boot_ms);
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct rule *rule = plan->rules[i].rule;

		check_sample_list(rule, scratch,
		    &rule_settings(rule)->should_match, true, errors);
		check_sample_list(rule, scratch,
		    &rule_settings(rule)->should_not, false, errors);
	}
	pattern_scratch_free(scratch);
}
