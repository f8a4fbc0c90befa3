/*
 * plan_names: what a rule says of other rules and of sinks, and which of these
 * want to be told again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "deliver/alertmanager_settings.h"
#include "judge/decider.h"

/* Of the time after which a sink takes silence for the end: two renewals may
 * be late. */
#define RENEWALS_WITHIN 3

static const char *
nearest_rule(const struct plan_builder *builder, const char *name)
{
	const struct plan *plan = builder->plan;
	const char **words = xcalloc(plan->rule_count + 1, sizeof(*words));
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < plan->rule_count; i++) {
		if (&plan->rules[i] != builder->rule)
			words[count++] =
			    conf_section(plan->conf, &rule_setting_table, i)
				->name;
	}
	near = nearest_word(span_str(name), words);
	free(words);
	return near;
}

static size_t
find_rule(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		if (!strcmp(
			conf_section(plan->conf, &rule_setting_table, i)->name,
			name))
			return i;
	}
	return DECIDER_NO_RULE;
}

static size_t
key_parts(const struct plan_rule *rule)
{
	size_t count = 0;

	while (rule->key && template_variable(rule->key, count))
		count++;
	return count;
}

/* A value that no filter but `json' changes. */
static bool
any_value(void *arg, struct span name, struct buf *value_out)
{
	(void)arg;
	(void)name;
	buf_add_byte(value_out, '0');
	return true;
}

/* Whether two keys are the same but for what their variables stand for. */
static bool
keys_may_equal(const struct plan_rule *one, const struct plan_rule *other)
{
	struct buf its = BUF_INIT, others = BUF_INIT;
	bool equal;

	if (one->key)
		template_render(one->key, any_value, NULL, &its);
	if (other->key)
		template_render(other->key, any_value, NULL, &others);
	equal = span_equal(buf_span(&its), buf_span(&others));
	buf_release(&its);
	buf_release(&others);
	return equal;
}

static bool
reads_any(const struct plan *plan, const struct plan_rule *rule)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		if (rule->logs[i])
			return true;
	}
	return false;
}

static void
check_partner(const struct plan_builder *builder, const char *name,
    const struct plan_rule *partner)
{
	const struct conf_section *section = builder->section;

	if (partner == builder->rule)
		conf_error(builder->errors, conf_origin(section, "when"),
		    "[rule %s] when: a rule cannot wait for itself; name the "
		    "other one, or write `absent T'",
		    section->name);
	else if (!reads_any(builder->plan, partner))
		conf_error(builder->errors, conf_origin(section, "when"),
		    "[rule %s] when: [rule %s] reads no log, so that it never "
		    "matches",
		    section->name, name);
	else if (key_parts(partner) != key_parts(builder->rule))
		conf_error(builder->errors, conf_origin(section, "when"),
		    "[rule %s] when: its key has %zu variable%s, that of "
		    "[rule %s] has %zu; they are compared, so give both the "
		    "same",
		    section->name, key_parts(builder->rule),
		    key_parts(builder->rule) == 1 ? "" : "s", name,
		    key_parts(partner));
	else if (!keys_may_equal(partner, builder->rule))
		conf_error(builder->errors, conf_origin(section, "when"),
		    "[rule %s] when: its key and that of [rule %s] are "
		    "compared as they are, and the text around their variables "
		    "differs, so that they are never equal; write it the same "
		    "in both",
		    section->name, name);
}

static void
resolve_partner(struct plan_builder *builder, const char *name)
{
	size_t partner = find_rule(builder->plan, name);
	const char *near;

	if (partner != DECIDER_NO_RULE) {
		check_partner(builder, name, &builder->plan->rules[partner]);
		builder->rule->partner = partner;
		return;
	}
	near = nearest_rule(builder, name);
	if (near)
		conf_error(builder->errors,
		    conf_origin(builder->section, "when"),
		    "[rule %s] when: there is no rule `%s'; did you mean `%s'?",
		    builder->section->name, name, near);
	else
		conf_error(builder->errors,
		    conf_origin(builder->section, "when"),
		    "[rule %s] when: there is no rule `%s'",
		    builder->section->name, name);
}

static const char *
nearest_sink(const struct conf *conf, const char *name)
{
	const struct conf_section *sink;
	const char **words;
	const char *near;
	size_t count = 0;

	while (conf_sink_at(conf, count))
		count++;
	words = xcalloc(count + 1, sizeof(*words));
	for (size_t i = 0; (sink = conf_sink_at(conf, i)); i++)
		words[i] = sink->name;
	near = nearest_word(span_str(name), words);
	free(words);
	return near;
}

/* The list is as good as one that stands under `sink'; its text stays the
 * settings'. */
static void
resolve_elsewhere(struct plan_builder *builder, const char *name)
{
	const struct conf *conf = builder->plan->conf;
	const struct conf_section *section = builder->section;
	struct setting_list *list = &builder->rule->elsewhere;
	const char *near;

	if (conf_sink(conf, span_str(name))) {
		list->items = xcalloc(1, sizeof(*list->items));
		list->items[0] = (struct setting_item){
		    (char *)name, conf_origin(section, "hours")};
		list->count = 1;
		return;
	}
	near = nearest_sink(conf, name);
	if (near)
		conf_error(builder->errors, conf_origin(section, "hours"),
		    "[rule %s] hours: there is no sink `%s'; did you mean "
		    "`%s'?",
		    section->name, name, near);
	else
		conf_error(builder->errors, conf_origin(section, "hours"),
		    "[rule %s] hours: there is no sink `%s'", section->name,
		    name);
}

void
plan_resolve_names(struct plan_builder *builder)
{
	const struct rule_settings *settings = builder->section->settings;

	if (when_class(&settings->when) == WHEN_UNLESS)
		resolve_partner(builder, settings->when.name);
	if (settings->hours.count && settings->hours.otherwise == HOURS_SINK)
		resolve_elsewhere(builder, settings->hours.sink);
}

static void
find_renewed(struct plan_builder *builder, const struct setting_list *sinks,
    struct setting_list *out)
{
	struct plan_rule *rule = builder->rule;
	int64_t least;

	for (size_t i = 0; i < sinks->count; i++) {
		const struct conf_section *sink = conf_sink(
		    builder->plan->conf, span_str(sinks->items[i].text));
		const struct alertmanager_settings *settings;

		if (!sink || sink->table != &alertmanager_setting_table)
			continue;
		settings = sink->settings;
		least = settings->resolve_after / RENEWALS_WITHIN;
		if (!rule->renew_ms || least < rule->renew_ms)
			rule->renew_ms = least;
		out->items = xreallocarray(
		    out->items, out->count + 1, sizeof(*out->items));
		out->items[out->count++] = sinks->items[i];
	}
}

void
plan_find_renewed(struct plan_builder *builder)
{
	struct plan_rule *rule = builder->rule;

	find_renewed(builder, rule->sinks, &rule->renewed);
	find_renewed(builder, &rule->elsewhere, &rule->renewed_elsewhere);
}
