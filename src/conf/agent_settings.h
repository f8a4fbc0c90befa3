/*
 * agent_settings: the [agent] section of ctail.ini.
 */
#ifndef CTAIL_CONF_AGENT_SETTINGS_H
#define CTAIL_CONF_AGENT_SETTINGS_H

#include "base/setting.h"

struct agent_settings {
	char *state_dir;		/* never NULL after conf_load */
	struct setting_list sink;
	struct setting_list include;
	int64_t reserve;		/* bytes kept for a full disk */
};

extern const struct setting_table agent_setting_table;

#endif
