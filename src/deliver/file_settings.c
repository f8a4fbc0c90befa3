/*
 * file_settings: the [file NAME] section.
 */
#include "config.h"

#include "deliver/file_settings.h"

static const char *const file_format_choices[] = {"json", NULL};

static const struct setting file_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PROGRAMS),
    {.name = "path",
	.type = SETTING_TEXT,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct file_settings, path),
	.help = "file that gets one line an alert"},
    {.name = "format",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct file_settings, format),
	.choices = file_format_choices,
	.fallback = "json",
	.help = "how an alert is written"},
};

static int
file_check(const void *settings, struct err *err)
{
	const struct file_settings *file = settings;

	if (!file->path)
		return 0;
	if (file->path[0] != '/' || file->path[strlen(file->path) - 1] == '/')
		return err_set(err, "path must be the absolute path of a file");
	return 0;
}

const struct setting_table file_setting_table = {
    .section = "file",
    .rows = file_rows,
    .count = sizeof(file_rows) / sizeof(file_rows[0]),
    .size = sizeof(struct file_settings),
    .named = true,
    .check = file_check,
};
