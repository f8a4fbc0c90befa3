/*
 * rule_settings: the [rule NAME] section of ctail.ini.
 */
#ifndef CTAIL_JUDGE_RULE_SETTINGS_H
#define CTAIL_JUDGE_RULE_SETTINGS_H

#include "base/setting.h"
#include "base/severity.h"
#include "judge/throttle.h"
#include "judge/when.h"

enum rule_then { RULE_CONTINUE, RULE_STOP };

struct rule_settings {
	struct setting_list log;	/* names or globs of [log] sections */
	struct setting_list match;
	struct setting_list exclude;
	unsigned flags;			/* PATTERN_* */
	struct when_spec when;
	char *key;			/* template, or NULL */
	struct throttle_spec throttle;
	int severity;			/* enum severity */
	int then;			/* enum rule_then */
	struct setting_list sink;	/* names; "none"; empty: [agent] */
	char *subject;			/* template, or NULL */
	struct setting_list should_match;
	struct setting_list should_not;
};

extern const struct setting_table rule_setting_table;

#endif
