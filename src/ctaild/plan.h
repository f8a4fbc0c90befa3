/*
 * plan: a configuration made ready to run.
 *
 * Where the rooms meet for the first time: rules compiled (judge), keys and
 * subjects as templates (message), names resolved to indexes.  Everything
 * here is const after plan_new; a reload makes a new plan.
 */
#ifndef CTAIL_CTAILD_PLAN_H
#define CTAIL_CTAILD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "conf/conf.h"
#include "judge/rule.h"
#include "message/template.h"

struct plan_rule {
	struct rule *rule;
	struct template *key;		/* NULL: one state for all matches */
	struct template *subject;
	bool *logs;			/* per [log] section */
	bool of_journals;		/* all of those are journals */
	const struct setting_list *sinks;	/* names; never NULL */
	char definition[65];
};

struct plan {
	const struct conf *conf;	/* borrowed */
	struct plan_rule *rules;
	size_t rule_count;
	size_t log_count;
};

/* NULL when a pattern or template is bad; each mistake is reported. */
struct plan *plan_new(const struct conf *conf, struct conf_errors *errors);
void plan_free(struct plan *plan);

/* What a key may name beside captures: ${file} and ${hostname}, and of a
 * rule for journals alone, what their entries bring along. */
struct key_source {
	const struct rule *rule;
	const struct rule_match *match;
	struct span fields;		/* record.fields */
	const char *file;
	const char *hostname;
};

/* Empties out first. */
void plan_render_key(const struct plan_rule *rule,
    const struct key_source *source, struct buf *out);

/* Runs should_match and should_not of every rule; reports what does not
 * hold. */
void plan_check_samples(const struct plan *plan, struct conf_errors *errors);

#endif
