/*
 * sendmail_settings: the [sendmail NAME] section.
 */
#ifndef CTAIL_DELIVER_SENDMAIL_SETTINGS_H
#define CTAIL_DELIVER_SENDMAIL_SETTINGS_H

#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"

#define SENDMAIL_RECIPIENTS_MAX 100

struct sendmail_settings {
	struct sink_settings sink;
	struct setting_list to;
	char *from;
	char *command;		/* NULL: where mailers usually are */
};

#endif
