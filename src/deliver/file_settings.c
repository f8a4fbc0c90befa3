/*
 * file_settings: the [file NAME] section.
 */
#include "config.h"

#include "deliver/address_list.h"
#include "deliver/file_settings.h"

static const char *const file_format_choices[] = {"json", "mbox", NULL};

static const struct setting file_rows[] = {
    SINK_SETTING_ROWS(SINK_STORM_PROGRAMS),
    {.name = "path",
	.type = SETTING_TEXT,
	.flags = SETTING_REQUIRED,
	.offset = offsetof(struct file_settings, path),
	.help = "file that the alerts are appended to"},
    {.name = "format",
	.type = SETTING_CHOICE,
	.offset = offsetof(struct file_settings, format),
	.choices = file_format_choices,
	.fallback = "json",
	.help = "json: one line an alert; mbox: one mail"},
    {.name = "from",
	.type = SETTING_TEXT,
	.offset = offsetof(struct file_settings, from),
	.help = "address that mail in an mbox is from; default: ctail"},
    {.name = "to",
	.type = SETTING_ADDRESSES,
	.offset = offsetof(struct file_settings, to),
	.help = "addresses that mail in an mbox is to; default: root"},
};

static int
file_check_mail(const struct file_settings *file, struct err *err)
{
	bool is_mail = file->format == FILE_MBOX;

	if (file->from && !is_mail)
		return err_set(err, "from needs format = mbox");
	if (file->to.count > 0 && !is_mail)
		return err_set(err, "to needs format = mbox");
	if (file->from &&
	    mail_address(span_str(file->from), MAIL_ADDRESS_LOCAL, err))
		return err_prefix(err, "from");
	return address_list_check(
	    &file->to, MAIL_ADDRESS_LOCAL, FILE_RECIPIENTS_MAX, err);
}

static int
file_check(const void *settings, struct err *err)
{
	const struct file_settings *file = settings;

	if (file_check_mail(file, err))
		return -1;
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
