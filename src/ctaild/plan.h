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
#include "judge/logcheck.h"
#include "judge/logcheck_settings.h"
#include "judge/prefilter.h"
#include "judge/redact.h"
#include "judge/rule.h"
#include "message/template.h"

struct plan_rule {
	struct rule *rule;
	struct rule_files files;
	struct template *key;		/* NULL: one state for all matches */
	struct template *subject;
	bool *logs;			/* per [log] section */
	bool of_journals;		/* all of those are journals */
	const struct setting_list *sinks;	/* names or none; never NULL */
	struct setting_list elsewhere;	/* `hours ... else sink` */
	struct setting_list renewed;	/* those of sinks that forget what is
					 * not said again: [alertmanager] */
	struct setting_list renewed_elsewhere;	/* and of elsewhere */
	int64_t renew_ms;		/* how often; 0: there are none */
	size_t partner;			/* `unless`; else DECIDER_NO_RULE */
	size_t first_pattern;		/* its number in the filters */
	const struct plan_report *report;	/* of a [logcheck], whose rules
					 * decide nothing; or NULL */
	enum logcheck_layer layer;	/* of such a rule */
	const char *group;		/* the rule file that stands in the
					 * heading, "su"; NULL: none */
	const char *config;		/* plan_name_config */
	char definition[65];
};

/* A [logcheck]: its rules are behind those of the [rule] sections.  They are
 * called NAME/cracking.d/FILE, NAME/violations.d/FILE and NAME/system; a
 * silence for NAME is one for all of them (plan_rule_is_called). */
struct plan_report {
	const char *name;
	const struct logcheck_settings *settings;
	const struct setting_list *sinks;	/* as a rule's */
	struct template *subject;	/* NULL: logcheck's */
	size_t first_rule, rule_count;	/* in plan.rules; the last one is that
					 * of System Events */
	size_t file_count, pattern_count;	/* that it reads */
	struct rule_settings as_rule[LOGCHECK_LAYERS];	/* of its rules */
	struct conf_errors skipped;	/* rules that are no expressions:
					 * "FILE:LINE: sentence\n" each */
};

/* What the judge needs to know of a [log]. */
struct plan_log {
	const char *name;
	const struct log_settings *settings;
	struct pattern *record;		/* of the `record` key; or NULL */
	bool starts;			/* it says which lines begin one */
	struct redact *redact;		/* or NULL */
	unsigned group;			/* source_log.group */
	size_t context;			/* records that rules want before */
	size_t filter;			/* index of plan.filters */
};

/* A pattern of a rule, by its number. */
struct plan_pattern {
	const struct pattern *pattern;
	size_t rule;
	bool matches;			/* of `match' or `close': a record that
					 * none of these may match concerns
					 * nobody */
	bool takes_all;			/* rule_pattern_takes_all */
};

/* What rules out patterns for the records of some logs: those that the same
 * rules read.  Both are over all numbers. */
struct plan_filter {
	size_t log;			/* one of them */
	struct prefilter *match;	/* of the patterns that match */
	struct prefilter *every;	/* of all; the same where there are no
					 * others */
};

struct plan_files;

struct plan {
	const struct conf *conf;	/* borrowed */
	struct plan_log *logs;
	struct plan_rule *rules;
	size_t rule_count;
	size_t log_count;
	struct conf_errors warnings;
	struct conf_errors skipped;	/* lines of all rule files that are no
					 * expressions, as in a report */
	struct conf_errors takes_all;	/* lines of a [logcheck]'s rule files
					 * that match every line, likewise */
	struct plan_report *reports;
	size_t report_count;
	struct plan_pattern *patterns;	/* of all rules */
	size_t pattern_count;
	struct plan_filter *filters;
	size_t filter_count;
	struct plan_files *files;	/* the rule files, as they were read */
};

/* Reads the files that match_file, exclude_file and [logcheck] sections name.
 * NULL when a pattern or template is bad; each mistake is reported. */
struct plan *plan_new(const struct conf *conf, struct conf_errors *errors);
void plan_free(struct plan *plan);

/* Where the configuration is, for alerts that say what to run; borrowed.
 * NULL: where ctailctl looks by itself. */
void plan_name_config(struct plan *plan, const char *config);

/* True when a file that match_file, exclude_file or a [logcheck] names, or
 * what is in such a directory, is not any more what was read: then the
 * configuration is to be loaded again.  Asked again it is true only when
 * something changed since.  A few microseconds a file. */
bool plan_files_changed(const struct plan *plan);

/* The filter of a log anew, now that it is known what is rare there. */
void plan_build_filter(const struct plan *plan, size_t log,
    const struct rarity *rarity, struct plan_filter *out);
void plan_free_filter(struct plan_filter *filter);

/* Whether a glob means this rule, by its own name or by that of the [logcheck]
 * it is of. */
bool plan_rule_is_called(const struct plan_rule *rule, const char *glob);

/* What a key may name beside captures: ${file} and ${hostname}, and of a
 * rule for journals alone, what their entries bring along. */
struct key_source {
	const struct rule *rule;
	const struct rule_match *match;
	struct span fields;		/* record.fields */
	const char *file;
	const char *hostname;
};

/* Whether the key is ${NAME} and nothing else, so that it tells what the
 * capture was; name_out is that name. */
bool plan_key_is_capture(const struct plan_rule *rule,
    struct span *name_out);

/* Empties out first. */
void plan_render_key(const struct plan_rule *rule,
    const struct key_source *source, struct buf *out);

/* What is questionable and not refused: lint.h's findings, lines of an
 * exclude_file that were skipped.  "FILE:LINE: sentence\n" each. */
const struct buf *plan_warnings(const struct plan *plan);

/* Renders every template with hostile values; what would break is
 * reported. */
void plan_check_templates(const struct plan *plan,
    struct conf_errors *errors);

/* Runs should_match and should_not of every rule; reports what does not
 * hold. */
void plan_check_samples(const struct plan *plan, struct conf_errors *errors);

#endif
