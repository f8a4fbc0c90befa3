/*
 * plan_logcheck_lint: rules of a [logcheck] that leave out everything, or
 * nothing.
 *
 * Hides where each line of the rule files is met just once: those of ignore.d
 * and of what is reported are all in the rule of System Events.
 */
#include "config.h"

#include <string.h>

#include "ctaild/plan_internal.h"
#include "judge/lint_line.h"

struct linting {
	const struct plan_builder *builder;
	struct pattern_scratch *scratch;
};

static void
warn(const struct linting *linting, struct origin origin, const char *what,
    const char *why)
{
	struct plan *plan = linting->builder->plan;
	const char *section = linting->builder->report->name;
	struct buf name = BUF_INIT;

	buf_addf(&name, "lint %s %s:%u", section, origin.file, origin.line);
	if (plan_files_tell_once(plan->files, buf_span(&name)))
		conf_error(&plan->warnings, origin, "[logcheck %s] rules: %s%s",
		    section, what, why);
	buf_release(&name);
}

static void
note_takes_all(
    const struct linting *linting, struct origin origin, const char *why)
{
	struct plan *plan = linting->builder->plan;
	struct buf name = BUF_INIT;

	buf_addf(&name, "takes all %s:%u", origin.file, origin.line);
	if (plan_files_tell_once(plan->files, buf_span(&name)))
		conf_error(&plan->takes_all, origin, "%s", why);
	buf_release(&name);
}

static void
lint_pattern(const struct linting *linting, const struct pattern *pattern,
    struct origin origin)
{
	const char *why = lint_line_takes_all(pattern, linting->scratch);

	if (why) {
		note_takes_all(linting, origin, why);
		warn(linting, origin, "", why);
	} else if ((why = lint_line_never(pattern))) {
		warn(linting, origin, "this rule can never match: ", why);
	}
}

/* Of a file in the directory that takes away from this layer. */
static bool
is_ignored_here(const struct plan_rule *rule, struct origin origin)
{
	const char *root = rule->report->settings->rules;
	const char *name = logcheck_ignore_directory(rule->layer);
	size_t len = strlen(root);

	return name && origin.file && !strncmp(origin.file, root, len) &&
	       origin.file[len] == '/' &&
	       !strncmp(origin.file + len + 1, name, strlen(name)) &&
	       origin.file[len + 1 + strlen(name)] == '/';
}

static void
lint_rule(const struct linting *linting, const struct plan_rule *rule)
{
	const struct pattern *pattern;
	struct origin origin;
	enum rule_list list;

	for (size_t i = 0; rule->rule &&
	     (pattern = rule_pattern(rule->rule, i, &list, &origin)); i++)
		if (rule->layer == LOGCHECK_SYSTEM
			? list == RULE_EXCLUDE
			: is_ignored_here(rule, origin))
			lint_pattern(linting, pattern, origin);
}

void
plan_lint_report(const struct plan_builder *builder)
{
	const struct plan_report *report = builder->report;
	struct linting linting = {builder, pattern_scratch_new()};

	for (size_t i = 0; i < report->rule_count; i++)
		lint_rule(&linting,
		    &builder->plan->rules[report->first_rule + i]);
	pattern_scratch_free(linting.scratch);
}
