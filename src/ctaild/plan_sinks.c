/*
 * plan_sinks: the templates that stand in sinks.
 *
 * Their form was checked by their own sections; whether anything (always) fills
 * their variables in only the rules know.
 */
#include "config.h"

#include <string.h>

#include "ctaild/plan_internal.h"
#include "deliver/exec_settings.h"
#include "deliver/webhook_settings.h"
#include "input/journal_words.h"
#include "message/variables.h"

/* What every call is given. */
struct sink_walk {
	const struct conf_section *sink;
	plan_sink_template *call;
	void *arg;
};

static void
walk_one(const struct sink_walk *walk, const char *key, const char *text,
    enum template_form form)
{
	struct template *template = template_new(text, form, NULL);

	if (template)
		walk->call(walk->arg, walk->sink, key, form, template);
	template_free(template);
}

static void
walk_exec(const struct sink_walk *walk)
{
	const struct exec_settings *exec = walk->sink->settings;

	for (size_t i = 0; i < exec->arg.count; i++)
		walk_one(walk, "arg", exec->arg.items[i].text, TEMPLATE_TEXT);
}

static void
walk_webhook(const struct sink_walk *walk)
{
	const struct webhook_settings *webhook = walk->sink->settings;

	if (webhook->template)
		walk_one(walk, "template", webhook->template,
		    webhook_template_form(webhook));
}

void
plan_each_sink_template(
    const struct conf *conf, plan_sink_template *call, void *arg)
{
	struct sink_walk walk = {NULL, call, arg};

	for (size_t i = 0; (walk.sink = conf_sink_at(conf, i)); i++) {
		if (walk.sink->table == &exec_setting_table)
			walk_exec(&walk);
		else if (walk.sink->table == &webhook_setting_table)
			walk_webhook(&walk);
	}
}

static bool
is_known(const struct plan *plan, struct span name)
{
	if (variable_is_builtin(name) || journal_capture_is(name))
		return true;
	for (size_t i = 0; i < plan->rule_count; i++) {
		if (rule_defines_somewhere(plan->rules[i].rule, name))
			return true;
	}
	return false;
}

static void
check_variables(void *arg, const struct conf_section *sink, const char *key,
    enum template_form form, struct template *template)
{
	struct plan *plan = arg;
	const char *name;

	(void)form;
	for (size_t i = 0; (name = template_variable(template, i)); i++) {
		if (!is_known(plan, span_str(name)))
			conf_error(&plan->warnings, sink->origin,
			    "[%s %s] %s: ${%s} is neither a variable of ctail "
			    "nor a capture of any rule, so it is always empty",
			    sink->table->section, sink->name, key, name);
	}
}

/* --- What a throttle held ------------------------------------------------- */

struct capture_check {
	struct plan *plan;
	const struct conf_section *sink;
	struct span capture;
};

static bool
names_sink(const struct setting_list *sinks, const char *name)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (!strcmp(sinks->items[i].text, name))
			return true;
	return false;
}

/* Whether this rule tells that sink what its throttle held, and its key does
 * not say what the capture was. */
static bool
loses_capture(const struct capture_check *check, const struct plan_rule *rule)
{
	struct span name;

	return rule_settings(rule->rule)->throttle.period_ms &&
	       rule_defines_somewhere(rule->rule, check->capture) &&
	       (names_sink(rule->sinks, check->sink->name) ||
		   names_sink(&rule->elsewhere, check->sink->name)) &&
	       !(plan_key_is_capture(rule, &name) &&
		   span_equal(name, check->capture));
}

static void
check_capture(const struct capture_check *check)
{
	const struct conf_section *sink = check->sink;

	for (size_t i = 0; i < check->plan->rule_count; i++) {
		const struct plan_rule *rule = &check->plan->rules[i];

		if (!loses_capture(check, rule))
			continue;
		conf_error(&check->plan->warnings, sink->origin,
		    "[exec %s] arg: ${%.*s} is empty when the throttle of "
		    "[rule %s] tells what it held; `key = ${%.*s}' would keep "
		    "it, and `throttle = none' runs the command every time",
		    sink->name, span_shown(check->capture),
		    check->capture.data, rule_name(rule->rule),
		    span_shown(check->capture), check->capture.data);
		return;
	}
}

static void
check_captures(void *arg, const struct conf_section *sink, const char *key,
    enum template_form form, struct template *template)
{
	struct capture_check check = {arg, sink, {"", 0}};
	const char *name;

	(void)key;
	(void)form;
	if (sink->table != &exec_setting_table)
		return;
	for (size_t i = 0; (name = template_variable(template, i)); i++) {
		check.capture = span_str(name);
		if (!variable_is_builtin(check.capture))
			check_capture(&check);
	}
}

void
plan_check_sink_captures(struct plan *plan)
{
	plan_each_sink_template(plan->conf, check_captures, plan);
}

void
plan_check_sink_variables(struct plan *plan)
{
	plan_each_sink_template(plan->conf, check_variables, plan);
}
