/*
 * plan: compiles rules, and keeps what they were made of.
 *
 * Hides the order: logs first, then each rule by itself, then what rules say
 * of one another, then what is merely questionable.
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "judge/decider.h"
#include "judge/lint.h"

/* For rule_new and lint, which know nothing of conf. */
static void
report_mistake(void *arg, struct origin origin, const char *text)
{
	struct plan_builder *builder = arg;

	conf_error(builder->errors, origin, "[%s %s] %s",
	    builder->section->table->section, builder->section->name, text);
}

static void
skip_line(void *arg, struct origin origin, const char *text)
{
	struct plan_builder *builder = arg;

	plan_skip_line(builder, builder->report ? "rules" : "exclude_file",
	    origin, text);
}

static void
plan_warn(void *arg, struct origin origin, const char *text)
{
	struct plan *plan = arg;

	conf_error(&plan->warnings, origin, "%s", text);
}

void
plan_resolve_logs(struct plan *plan, struct plan_rule *rule,
    const struct setting_list *names)
{
	size_t taken = 0, journals = 0;

	rule->logs = xcalloc(plan->log_count + 1, sizeof(*rule->logs));
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct plan_log *log = &plan->logs[i];

		for (size_t k = 0; k < names->count; k++)
			if (!fnmatch(names->items[k].text, log->name, 0))
				rule->logs[i] = true;
		taken += rule->logs[i];
		journals += rule->logs[i] && log->settings->journal.count;
	}
	rule->of_journals = taken && taken == journals;
}

/* A match_file may name files without a single pattern. */
static void
check_has_patterns(const struct plan_builder *builder)
{
	const struct rule_settings *settings = builder->section->settings;

	if (!settings->match.count && !builder->rule->files.match.count)
		conf_error(builder->errors,
		    settings->match_file.items[0].origin,
		    "[rule %s] match_file: there is no pattern in what it "
		    "names, so that the rule would match nothing",
		    builder->section->name);
}

/* `none' is nobody's name, but the absence of all. */
const struct setting_list *
plan_sinks_of(const struct conf *conf, const struct setting_list *sinks)
{
	static const struct setting_list nobody;

	if (!sinks->count)
		return conf_default_sinks(conf);
	return strcmp(sinks->items[0].text, "none") ? sinks : &nobody;
}

struct rule *
plan_compile_patterns(struct plan_builder *builder, const char *name,
    const struct rule_settings *settings)
{
	struct plan_rule *rule = builder->rule;
	struct rule *made = rule_new(name, settings, &rule->files,
	    report_mistake, skip_line, builder);

	if (made)
		rule_definition(made, rule->definition);
	return made;
}

static void
compile_rule(struct plan_builder *builder)
{
	const struct conf_section *section = builder->section;
	const struct rule_settings *settings = section->settings;
	struct plan_rule *rule = builder->rule;
	size_t before = builder->errors->count;

	rule->partner = DECIDER_NO_RULE;
	rule->files.match = plan_read_files(
	    builder, "match_file", &settings->match_file, false);
	rule->files.exclude = plan_read_files(
	    builder, "exclude_file", &settings->exclude_file, true);
	if (builder->errors->count == before)
		check_has_patterns(builder);
	rule->rule = plan_compile_patterns(builder, section->name, settings);
	plan_resolve_logs(builder->plan, rule, &settings->log);
	plan_compile_templates(builder);
	rule->sinks = plan_sinks_of(builder->plan->conf, &settings->sink);
}

/* Calls with every [rule], in order. */
static void
for_each_rule(struct plan *plan, struct conf_errors *errors,
    void (*call)(struct plan_builder *builder))
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		struct plan_builder builder = {.plan = plan,
		    .errors = errors,
		    .section = conf_section(plan->conf, &rule_setting_table, i),
		    .rule = &plan->rules[i]};

		call(&builder);
	}
}

/* A journal's message may have several lines, and so may joined records. */
static bool
reads_lines_only(const struct plan *plan, const struct plan_rule *rule)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		if (rule->logs[i] && (plan->logs[i].record ||
					 plan->logs[i].settings->journal.count))
			return false;
	}
	return true;
}

/* What a [logcheck] reads has a lint of its own. */
static void
lint(struct plan *plan)
{
	size_t count = conf_count(plan->conf, &rule_setting_table);
	struct lint_rule *rules = xcalloc(count, sizeof(*rules));

	for (size_t i = 0; i < count; i++) {
		rules[i].rule = plan->rules[i].rule;
		rules[i].logs = plan->rules[i].logs;
		rules[i].lines = reads_lines_only(plan, &plan->rules[i]);
	}
	lint_rules(rules, count, plan->log_count, plan_warn, plan);
	free(rules);
}

struct plan *
plan_new(const struct conf *conf, struct conf_errors *errors)
{
	size_t before = errors->count;
	struct plan *plan = xcalloc(1, sizeof(*plan));

	plan->conf = conf;
	plan->files = plan_files_new();
	plan_compile_logs(plan, errors);
	plan->rule_count = conf_count(conf, &rule_setting_table);
	plan->rules = xcalloc(plan->rule_count + 1, sizeof(*plan->rules));
	for_each_rule(plan, errors, compile_rule);
	for_each_rule(plan, errors, plan_resolve_names);
	for_each_rule(plan, errors, plan_find_renewed);
	plan_compile_reports(plan, errors);
	if (errors->count > before) {
		plan_free(plan);
		return NULL;
	}
	plan_join_logs(plan);
	plan_make_filters(plan);
	plan_check_sink_variables(plan);
	plan_check_sink_captures(plan);
	lint(plan);
	return plan;
}

void
plan_name_config(struct plan *plan, const char *config)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		plan->rules[i].config = config;
}

static void
rule_release(struct plan_rule *rule)
{
	rule_free(rule->rule);
	template_free(rule->key);
	template_free(rule->subject);
	free(rule->logs);
	free(rule->files.match.items);
	free(rule->files.exclude.items);
	free(rule->elsewhere.items);
	free(rule->renewed.items);
	free(rule->renewed_elsewhere.items);
}

void
plan_drop_last_rule(struct plan *plan)
{
	rule_release(&plan->rules[--plan->rule_count]);
}

void
plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->rule_count; i++)
		rule_release(&plan->rules[i]);
	free(plan->rules);
	plan_reports_release(plan);
	plan_free_filters(plan);
	plan_logs_release(plan);
	plan_files_free(plan->files);
	conf_errors_release(&plan->warnings);
	conf_errors_release(&plan->skipped);
	conf_errors_release(&plan->takes_all);
	free(plan);
}

bool
plan_files_changed(const struct plan *plan)
{
	return plan_files_look(plan->files);
}

const struct buf *
plan_warnings(const struct plan *plan)
{
	return &plan->warnings.text;
}

bool
plan_rule_is_called(const struct plan_rule *rule, const char *glob)
{
	return !fnmatch(glob, rule_name(rule->rule), 0) ||
	       (rule->report && !fnmatch(glob, rule->report->name, 0));
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

bool
plan_key_is_capture(const struct plan_rule *rule, struct span *name_out)
{
	const char *text = rule_settings(rule->rule)->key;
	const char *name = rule->key ? template_variable(rule->key, 0) : NULL;
	struct buf whole = BUF_INIT;
	bool is_name;

	if (!text || !name)
		return false;
	buf_addf(&whole, "${%s}", name);
	is_name = !strcmp(buf_str(&whole), text) &&
		  rule_defines_somewhere(rule->rule, span_str(name));
	buf_release(&whole);
	*name_out = span_str(name);
	return is_name;
}

void
plan_render_key(const struct plan_rule *rule, const struct key_source *source,
    struct buf *out)
{
	buf_reset(out);
	if (rule->key)
		template_render(rule->key, key_lookup, (void *)source, out);
}
