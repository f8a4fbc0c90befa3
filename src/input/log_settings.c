/*
 * log_settings: the rows of [log NAME].
 *
 * Knows what a path must look like; whether anything is there is for
 * discover to find out.
 */
#include "config.h"

#include <string.h>

#include "input/log_settings.h"

#define KIB INT64_C(1024)
#define MIB (INT64_C(1024) * KIB)

static const char *const start_choices[] = {"end", "start", NULL};

#define FIELD(name) offsetof(struct log_settings, name)
#define LATER(key, text)                                                       \
	{                                                                      \
		.name = key, .type = SETTING_NOT_BUILT, .help = text           \
	}

static const struct setting rows[] = {
    {
	.name = "path",
	.type = SETTING_LINES,
	.flags = SETTING_REQUIRED,
	.offset = FIELD(path),
	.help = "the log file, or a pattern with * ? [] and **",
    },
    {
	.name = "exclude_path",
	.type = SETTING_LINES,
	.offset = FIELD(exclude_path),
	.help = "files that are not read although path matches them",
    },
    {
	.name = "start",
	.type = SETTING_CHOICE,
	.offset = FIELD(start),
	.fallback = "end",
	.choices = start_choices,
	.help = "where a file begins that was there before its [log]",
    },
    {
	.name = "max_line",
	.type = SETTING_SIZE,
	.offset = FIELD(max_line),
	.fallback = "1m",
	.min = KIB,
	.max = 64 * MIB,
	.help = "the bytes of a line that rules see",
    },
    {
	.name = "offset_file",
	.type = SETTING_TEXT,
	.offset = FIELD(offset_file),
	.help = "beside: export the offset file beside the log",
    },
    LATER("rotated", "further names of rotated files"),
    LATER("record", "how several lines make one record"),
    LATER("record_limit", "the largest record"),
    LATER("timestamp", "how to read the time of a record"),
    LATER("quiet", "alert when nothing is written for this long"),
    LATER("redact", "bytes that must never be kept or sent"),
    LATER("journal", "the systemd journal instead of a file"),
};

static int
check_path(const char *path, struct err *err)
{
	if (path[0] != '/')
		return err_set(err,
		    "path \"%s\" is not absolute; write it from the root "
		    "directory on, like /var/log/%s",
		    path, path);
	if (path[strlen(path) - 1] == '/')
		return err_set(err,
		    "path \"%s\" ends in a slash and so names a directory; "
		    "for the files in it write %s*",
		    path, path);
	return 0;
}

static int
check(const void *settings, struct err *err)
{
	const struct log_settings *log = settings;

	for (size_t i = 0; i < log->path.count; i++) {
		if (check_path(log->path.items[i].text, err) < 0)
			return -1;
	}
	if (log->offset_file && strcmp(log->offset_file, "beside") != 0)
		return err_set(err,
		    "offset_file \"%s\" is not known; the only value is "
		    "\"beside\", which writes LOG.offset beside the log",
		    log->offset_file);
	return 0;
}

const struct setting_table log_setting_table = {
    .section = "log",
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .size = sizeof(struct log_settings),
    .named = true,
    .check = check,
};
