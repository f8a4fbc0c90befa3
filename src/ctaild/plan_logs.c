/*
 * plan_logs: what is compiled for each [log], and which logs belong together.
 *
 * Hides the search for groups: logs that one rule with a window reads are
 * merged by the time of their records, and so are those that they share a
 * rule with.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "judge/decider.h"
#include "judge/timestamp.h"

struct log_reporter {
	const char *name; /* of the [log] */
	struct conf_errors *errors;
};

static void
log_report(void *arg, struct origin origin, const char *text)
{
	const struct log_reporter *reporter = arg;

	conf_error(reporter->errors, origin, "[log %s] %s", reporter->name,
	    text);
}

static void
compile_record(struct plan_log *log, const struct conf_section *section,
    struct conf_errors *errors)
{
	struct err err = ERR_INIT;
	const char *regex;
	enum log_record_kind kind = log_record(log->settings, &regex);

	if (kind == LOG_RECORD_LINE)
		return;
	log->starts = kind == LOG_RECORD_START;
	log->record = pattern_new(regex, 0, &err);
	if (!log->record)
		conf_error(errors, conf_origin(section, "record"),
		    "[log %s] record: %s", section->name, err.text);
}

static void
check_timestamp(const struct plan_log *log, const struct conf_section *section,
    struct conf_errors *errors)
{
	struct err err = ERR_INIT;
	struct timestamp *timestamp;

	if (!log->settings->timestamp)
		return;
	timestamp = timestamp_new(log->settings->timestamp, &err);
	if (!timestamp)
		conf_error(errors, conf_origin(section, "timestamp"),
		    "[log %s] %s", section->name, err.text);
	timestamp_free(timestamp);
}

void
plan_compile_logs(struct plan *plan, struct conf_errors *errors)
{
	plan->log_count = conf_count(plan->conf, &log_setting_table);
	plan->logs = xcalloc(plan->log_count + 1, sizeof(*plan->logs));
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct conf_section *section =
		    conf_section(plan->conf, &log_setting_table, i);
		struct log_reporter reporter = {section->name, errors};
		struct plan_log *log = &plan->logs[i];

		log->name = section->name;
		log->settings = section->settings;
		compile_record(log, section, errors);
		check_timestamp(log, section, errors);
		log->redact =
		    redact_new(&log->settings->redact, log_report, &reporter);
	}
}

void
plan_logs_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		pattern_free(plan->logs[i].record);
		redact_free(plan->logs[i].redact);
	}
	free(plan->logs);
}

/* --- What rules want of the logs ------------------------------------------ */

static bool
has_window(const struct plan_rule *rule)
{
	const struct when_spec *when = &rule_settings(rule->rule)->when;

	switch (when_class(when)) {
	case WHEN_PLAIN:
		return when->window_ms > 0;
	case WHEN_NEW:
	case WHEN_UNLESS:
		return true;
	case WHEN_ABSENT:
		break;
	}
	return false;
}

/* Several files may be meant. */
static bool
has_many_files(const struct log_settings *settings)
{
	if (settings->path.count > 1)
		return true;
	if (!settings->path.count)
		return false;
	for (const char *at = settings->path.items[0].text; *at; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (strchr("*?[", *at))
			return true;
	}
	return false;
}

static size_t
root_of(const size_t *parents, size_t log)
{
	while (parents[log] != log)
		log = parents[log];
	return log;
}

/* Journals are not files, and are not merged with them. */
static bool
is_merged(const struct plan *plan, const struct plan_rule *rule, size_t log)
{
	return rule->logs[log] && plan->logs[log].settings->path.count;
}

/* Which logs belong together, while that is found out. */
struct family {
	size_t *parents; /* union-find */
	bool *ordered;	 /* some rule wants this log's files in order */
};

/* Joins the rule's logs to the first; *first is SIZE_MAX before there is
 * one. */
static void
join(const struct plan *plan, const struct plan_rule *rule,
    struct family *family, size_t *first)
{
	size_t *parents = family->parents;

	for (size_t i = 0; i < plan->log_count; i++) {
		if (!is_merged(plan, rule, i))
			continue;
		if (*first == SIZE_MAX)
			*first = i;
		parents[root_of(parents, i)] = root_of(parents, *first);
		family->ordered[i] = true;
	}
}

static void
join_rules(const struct plan *plan, struct family *family)
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *rule = &plan->rules[i];
		size_t first = SIZE_MAX;

		/* What `close` ends must have come before it. */
		if (!has_window(rule) && !rule_closes(rule->rule))
			continue;
		join(plan, rule, family, &first);
		if (rule->partner != DECIDER_NO_RULE)
			join(plan, &plan->rules[rule->partner], family, &first);
	}
}

/* A group has several logs, or one that may be several files; what no rule
 * wants in order is read as it comes, which costs less. */
static void
number_groups(struct plan *plan, const struct family *family)
{
	const size_t *parents = family->parents;
	size_t *members = xcalloc(plan->log_count, sizeof(*members));

	for (size_t i = 0; i < plan->log_count; i++)
		members[root_of(parents, i)]++;
	for (size_t i = 0; i < plan->log_count; i++) {
		size_t root = root_of(parents, i);

		if (family->ordered[i] &&
		    (members[root] > 1 ||
			has_many_files(plan->logs[i].settings)))
			plan->logs[i].group = (unsigned)root + 1;
	}
	free(members);
}

static void
find_context(struct plan *plan)
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *rule = &plan->rules[i];
		size_t before =
		    (size_t)rule_settings(rule->rule)->context.before;

		for (size_t k = 0; k < plan->log_count; k++)
			if (rule->logs[k] && plan->logs[k].context < before)
				plan->logs[k].context = before;
	}
}

void
plan_join_logs(struct plan *plan)
{
	struct family family = {
	    xcalloc(plan->log_count + 1, sizeof(*family.parents)),
	    xcalloc(plan->log_count + 1, sizeof(*family.ordered)),
	};

	for (size_t i = 0; i < plan->log_count; i++)
		family.parents[i] = i;
	join_rules(plan, &family);
	number_groups(plan, &family);
	free(family.parents);
	free(family.ordered);
	find_context(plan);
}
