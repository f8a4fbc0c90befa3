/*
 * logcheck_settings: the [logcheck NAME] section of ctail.ini.
 */
#ifndef CTAIL_JUDGE_LOGCHECK_SETTINGS_H
#define CTAIL_JUDGE_LOGCHECK_SETTINGS_H

#include "base/setting.h"
#include "judge/batch.h"

struct logcheck_settings {
	struct setting_list log;	/* names or globs of [log] sections */
	int level;			/* enum logcheck_level; server */
	char *rules;			/* absolute; /etc/logcheck */
	bool cracking_ignore;		/* SUPPORT_CRACKING_IGNORE; no */
	struct batch_spec batch;	/* a report collects for that long, or
					 * that many lines; 1h */
	struct setting_list sink;	/* names; "none"; empty: [agent] */
	char *subject;			/* template, or NULL: logcheck's */
};

extern const struct setting_table logcheck_setting_table;

#endif
