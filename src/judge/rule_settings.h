/*
 * rule_settings: the [rule NAME] section of ctail.ini.
 */
#ifndef CTAIL_JUDGE_RULE_SETTINGS_H
#define CTAIL_JUDGE_RULE_SETTINGS_H

#include "base/setting.h"
#include "base/severity.h"
#include "judge/batch.h"
#include "judge/hours.h"
#include "judge/throttle.h"
#include "judge/when.h"

enum rule_then { RULE_CONTINUE, RULE_STOP };

#define RULE_CONTEXT_MAX 50

/* `3 before 5 after`, either may be missing. */
struct rule_context {
	short before, after;	/* records; 0..RULE_CONTEXT_MAX */
};

struct rule_settings {
	struct setting_list log;	/* names or globs of [log] sections */
	struct setting_list match;
	struct setting_list exclude;
	struct setting_list match_file;	/* absolute paths */
	struct setting_list exclude_file;
	struct setting_list close;
	unsigned flags;			/* PATTERN_* */
	struct when_spec when;
	char *key;			/* template, or NULL */
	struct batch_spec batch;
	struct throttle_spec throttle;
	struct hours_spec hours;
	struct rule_context context;
	int severity;			/* enum severity */
	int then;			/* enum rule_then */
	struct setting_list sink;	/* names; "none"; empty: [agent] */
	char *subject;			/* template, or NULL */
	struct setting_list should_match;
	struct setting_list should_not;
};

/* Of the `context` key: setting.h's parse and format. */
int rule_context_parse(struct span text, void *context, struct err *err);
void rule_context_format(const void *context, struct buf *out);

extern const struct setting_table rule_setting_table;

#endif
