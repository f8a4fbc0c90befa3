/*
 * file_settings: the [file NAME] section.
 */
#ifndef CTAIL_DELIVER_FILE_SETTINGS_H
#define CTAIL_DELIVER_FILE_SETTINGS_H

#include "deliver/sink_kind.h"
#include "deliver/sink_settings.h"

#define FILE_RECIPIENTS_MAX 100

enum file_format { FILE_JSON, FILE_MBOX };

struct file_settings {
	struct sink_settings sink;
	char *path;
	int format;		/* enum file_format */
	char *from;		/* MBOX; NULL: ctail */
	struct setting_list to;	/* MBOX; none: root */
};

#endif
