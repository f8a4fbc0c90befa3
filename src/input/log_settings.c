/*
 * log_settings: the rows of [log NAME].
 *
 * Knows what a path must look like; whether anything is there is for
 * discover to find out.
 */
#include "config.h"

#include <string.h>

#include "input/journal_words.h"
#include "input/log_settings.h"
#include "input/rotation.h"

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
    {
	.name = "rotated",
	.type = SETTING_LINES,
	.offset = FIELD(rotated),
	.help = "further names of rotated files, %s is the log's name",
    },
    {
	.name = "journal",
	.type = SETTING_WORDS,
	.offset = FIELD(journal),
	.help = "entries of the systemd journal instead of a file",
    },
    LATER("record", "how several lines make one record"),
    LATER("record_limit", "the largest record"),
    LATER("timestamp", "how to read the time of a record"),
    LATER("quiet", "alert when nothing is written for this long"),
    LATER("redact", "bytes that must never be kept or sent"),
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

/* What is said of files means nothing for a journal. */
static int
check_journal(const struct log_settings *log, struct err *err)
{
	static const char sentence[] =
	    "%s stands beside `journal', which is no file; leave one of the "
	    "two out, or make two [log] sections of them";

	if (log->path.count)
		return err_set(err, sentence, "path");
	if (log->exclude_path.count)
		return err_set(err, sentence, "exclude_path");
	if (log->rotated.count)
		return err_set(err, sentence, "rotated");
	if (log->offset_file)
		return err_set(err, sentence, "offset_file");
	if (!HAVE_JOURNAL)
		return err_set(err, "journal: this ctail was built without "
		    "ctail-journal; build it with libsystemd, or read the "
		    "files that a syslog daemon writes");
	return journal_words_check(&log->journal, err);
}

static int
check_rotated(const struct log_settings *log, struct err *err)
{
	for (size_t i = 0; i < log->rotated.count; i++) {
		if (rotation_pattern_check(log->rotated.items[i].text, err))
			return err_prefix(err, "rotated");
	}
	return 0;
}

static int
check(const void *settings, struct err *err)
{
	const struct log_settings *log = settings;

	if (log->journal.count)
		return check_journal(log, err);
	if (!log->path.count)
		return err_set(err, "`path' is missing: %s", rows[0].help);
	for (size_t i = 0; i < log->path.count; i++) {
		if (check_path(log->path.items[i].text, err) < 0)
			return -1;
	}
	if (log->offset_file && strcmp(log->offset_file, "beside") != 0)
		return err_set(err,
		    "offset_file \"%s\" is not known; the only value is "
		    "\"beside\", which writes LOG.offset beside the log",
		    log->offset_file);
	return check_rotated(log, err);
}

const struct setting_table log_setting_table = {
    .section = "log",
    .rows = rows,
    .count = sizeof(rows) / sizeof(rows[0]),
    .size = sizeof(struct log_settings),
    .named = true,
    .check = check,
};
