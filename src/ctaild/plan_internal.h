/*
 * plan_internal: what the files behind plan.h share.
 */
#ifndef CTAIL_CTAILD_PLAN_INTERNAL_H
#define CTAIL_CTAILD_PLAN_INTERNAL_H

#include "ctaild/plan.h"

/* One [rule] while its plan is made. */
struct plan_builder {
	struct plan *plan;
	struct conf_errors *errors;
	const struct conf_section *section;
	struct plan_rule *rule;
};

/* plan_files.c: the patterns of these files and directories, one list.  The
 * texts stay the files' (plan_files_free); the array is the caller's.  What
 * is wrong is reported: a bad line as a mistake, or, with may_skip, as a
 * warning. */
struct plan_files *plan_files_new(void);
void plan_files_free(struct plan_files *files);
struct setting_list plan_files_read(struct plan_builder *builder,
    const char *key, const struct setting_list *paths, bool may_skip);

/* plan_templates.c: key and subject, and the captures they use. */
void plan_compile_templates(struct plan_builder *builder);

/* A field of the journal that every record of this rule brings along. */
bool plan_is_journal_capture(const struct plan_rule *rule, struct span name);

/* plan_logs.c: what [log] sections say to the judge; and, when all rules are
 * there, what the rules want of the logs. */
void plan_compile_logs(struct plan *plan, struct conf_errors *errors);
void plan_join_logs(struct plan *plan);
void plan_logs_release(struct plan *plan);

/* plan_filter.c: when all rules are there. */
void plan_make_filter(struct plan *plan);

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
