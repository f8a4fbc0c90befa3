/*
 * exec_settings: the [exec NAME] section.
 */
#ifndef CTAIL_DELIVER_EXEC_SETTINGS_H
#define CTAIL_DELIVER_EXEC_SETTINGS_H

#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"

#define EXEC_ARGUMENTS_MAX 64

struct exec_settings {
	struct sink_settings sink;
	char *command;
	struct setting_list arg;
	char *user;		/* NULL: the one ctail-exec runs as */
	bool arg_dash;
};

#endif
