/*
 * plan_internal: what the files behind plan.h share.
 */
#ifndef CTAIL_CTAILD_PLAN_INTERNAL_H
#define CTAIL_CTAILD_PLAN_INTERNAL_H

#include "ctaild/plan.h"
#include "ctaild/plan_files.h"

/* One [rule], or rule of a [logcheck], while its plan is made. */
struct plan_builder {
	struct plan *plan;
	struct conf_errors *errors;
	const struct conf_section *section;
	struct plan_rule *rule;
	struct plan_report *report;	/* of a [logcheck]; or NULL */
};

/* plan.c: parts of what makes a rule.  A pattern that is skipped is told by
 * plan_skip_line; NULL when another one is bad. */
struct rule *plan_compile_patterns(struct plan_builder *builder,
    const char *name, const struct rule_settings *settings);
void plan_resolve_logs(struct plan *plan, struct plan_rule *rule,
    const struct setting_list *names);
const struct setting_list *plan_sinks_of(const struct conf *conf,
    const struct setting_list *sinks);
void plan_drop_last_rule(struct plan *plan);

/* plan_logcheck.c: behind the rules of all [rule] sections. */
void plan_compile_reports(struct plan *plan, struct conf_errors *errors);
void plan_reports_release(struct plan *plan);

/* plan_logcheck_lint.c: warns of rules of a report, all of which are there. */
void plan_lint_report(const struct plan_builder *builder);

/* plan_rule_files.c: the patterns of these files and directories, one list.
 * The texts stay the files' (plan_files_free); the array is the caller's.
 * What is wrong is reported: a bad line as a mistake, or, with may_skip, as a
 * warning. */
struct setting_list plan_read_files(struct plan_builder *builder,
    const char *key, const struct setting_list *paths, bool may_skip);

/* The same of one file: what was found in it. */
void plan_tell_file(struct plan_builder *builder, const char *key,
    bool may_skip, const struct pattern_file *file);

/* A line of a rule file is left out, or the whole file (line 0); each is told
 * once for a section. */
void plan_skip_line(struct plan_builder *builder, const char *key,
    struct origin origin, const char *text);

/* plan_templates.c: key and subject, and the captures they use. */
void plan_compile_templates(struct plan_builder *builder);

/* The subject of a report, which has no captures; and that of a rule which
 * has none of its own. */
void plan_compile_report_subject(struct plan_builder *builder);
void plan_default_subject(struct plan_rule *rule);

/* plan_logs.c: what [log] sections say to the judge; and, when all rules are
 * there, what the rules want of the logs. */
void plan_compile_logs(struct plan *plan, struct conf_errors *errors);
void plan_join_logs(struct plan *plan);
void plan_logs_release(struct plan *plan);

/* plan_filter.c: when all rules are there. */
void plan_make_filters(struct plan *plan);
void plan_free_filters(struct plan *plan);

/* plan_names.c: `unless RULE' and `hours else sink NAME', when all rules are
 * there. */
void plan_resolve_names(struct plan_builder *builder);

/* plan_names.c: the sinks to which an incident is said again while it goes on,
 * and how often. */
void plan_find_renewed(struct plan_builder *builder);

/* plan_sinks.c: the templates of [webhook] and [exec] sections, one by one;
 * template is of the call only. */
typedef void plan_sink_template(void *arg, const struct conf_section *sink,
    const char *key, enum template_form form, struct template *template);
void plan_each_sink_template(const struct conf *conf,
    plan_sink_template *call, void *arg);

/* Warns of what no rule can ever fill in; and of captures in the arguments of
 * commands, which what a throttle held does not have. */
void plan_check_sink_variables(struct plan *plan);
void plan_check_sink_captures(struct plan *plan);

#endif
