/*
 * log_settings: the [log NAME] section of ctail.ini.
 */
#ifndef CTAIL_INPUT_LOG_SETTINGS_H
#define CTAIL_INPUT_LOG_SETTINGS_H

#include "base/setting.h"

enum log_start_place {
	LOG_START_END,		/* begin at the end of what is there */
	LOG_START_START,	/* begin at the first byte */
	LOG_START_LAST,		/* begin at the first record that is not older
				 * than last_ms */
};

struct log_start {
	int place;		/* enum log_start_place */
	int64_t last_ms;
};

/* `200 lines 64k 2s`, in any order, any may be missing. */
struct log_record_limit {
	int64_t lines;
	int64_t bytes;
	int64_t ms;		/* since its last byte came */
};

enum log_record_kind {
	LOG_RECORD_LINE,	/* no `record` key */
	LOG_RECORD_START,
	LOG_RECORD_CONTINUE,
};

struct log_settings {
	struct setting_list path;	/* empty where journal is given */
	struct setting_list exclude_path;
	struct log_start start;
	int64_t max_line;		/* bytes of a line that rules see */
	char *offset_file;		/* "beside", or NULL: state_dir only */
	struct setting_list rotated;	/* further names of generations */
	struct setting_list journal;	/* match words; given: not a file */
	char *record;			/* "start REGEX", ..., or NULL */
	struct log_record_limit record_limit;
	char *timestamp;		/* as judge/timestamp.h takes it */
	int64_t quiet;			/* ms; 0: may be silent for ever */
	struct setting_list redact;	/* patterns */
};

/* What `record` says, and its regex. */
enum log_record_kind log_record(const struct log_settings *log,
    const char **regex_out);

extern const struct setting_table log_setting_table;

#endif
