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
#include "input/log_settings_internal.h"
#include "input/rotation.h"

#define KIB INT64_C(1024)
#define MIB (INT64_C(1024) * KIB)
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)

#define FIELD(name) offsetof(struct log_settings, name)

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
	.type = SETTING_CUSTOM,
	.offset = FIELD(start),
	.fallback = "end",
	.parse = log_start_parse,
	.format = log_start_format,
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
    {
	.name = "record",
	.type = SETTING_TEXT,
	.offset = FIELD(record),
	.help = "start REGEX or continue REGEX: how lines make one record",
    },
    {
	.name = "record_limit",
	.type = SETTING_CUSTOM,
	.offset = FIELD(record_limit),
	.fallback = LOG_RECORD_LIMIT,
	.parse = log_record_limit_parse,
	.format = log_record_limit_format,
	.help = "the largest record: lines, bytes, and the time it stays open",
    },
    {
	.name = "timestamp",
	.type = SETTING_TEXT,
	.offset = FIELD(timestamp),
	.fallback = "auto",
	.help = "how to read the time of a record: auto, arrival, a format",
    },
    {
	.name = "quiet",
	.type = SETTING_DURATION,
	.offset = FIELD(quiet),
	.min = MINUTE_MS,
	.max = 366 * DAY_MS,
	.help = "alert when nothing is written for this long",
    },
    {
	.name = "redact",
	.type = SETTING_LINES,
	.offset = FIELD(redact),
	.help = "patterns of bytes that must never be kept or sent",
    },
};

static int
check_path(const char *path, struct err *err)
{
	if (path[0] == '~')
		return err_set(err,
		    "path \"%s\" begins with a tilde, which only shells know; "
		    "write the directory itself, like /home/NAME",
		    path);
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
	if (log->record)
		return err_set(err,
		    "record stands beside `journal', whose "
		    "entries are records already; leave it out");
	if (log->start.place == LOG_START_LAST)
		return err_set(err,
		    "start: `last' does not go with `journal'; "
		    "write end, or start for all that the journal has");
	if (!HAVE_JOURNAL)
		return err_set(err,
		    "journal: this ctail was built without "
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
check_record(const struct log_settings *log, struct err *err)
{
	const char *regex;

	if (!log->record && !log_record_limit_is_default(&log->record_limit))
		return err_set(err,
		    "record_limit stands without `record', so "
		    "that every line is a record; leave it out, or say with "
		    "`record' how lines are joined");
	if (log->record && log_record(log, &regex) == LOG_RECORD_LINE)
		return err_set(err,
		    "record \"%s\" is not known; write "
		    "\"start REGEX\" for the lines that begin a record, or "
		    "\"continue REGEX\" for those that go on with one",
		    log->record);
	return 0;
}

static int
check(const void *settings, struct err *err)
{
	const struct log_settings *log = settings;

	if (check_record(log, err) < 0)
		return -1;
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
