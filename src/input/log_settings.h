/*
 * log_settings: the [log NAME] section of ctail.ini.
 */
#ifndef CTAIL_INPUT_LOG_SETTINGS_H
#define CTAIL_INPUT_LOG_SETTINGS_H

#include "base/setting.h"

enum log_start {
	LOG_START_END,		/* begin at the end of what is there */
	LOG_START_START,	/* begin at the first byte */
};

struct log_settings {
	struct setting_list path;	/* empty where journal is given */
	struct setting_list exclude_path;
	int start;			/* enum log_start */
	int64_t max_line;		/* bytes of a line that rules see */
	char *offset_file;		/* "beside", or NULL: state_dir only */
	struct setting_list rotated;	/* further names of generations */
	struct setting_list journal;	/* match words; given: not a file */
};

extern const struct setting_table log_setting_table;

#endif
