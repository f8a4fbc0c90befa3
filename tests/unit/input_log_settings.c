/*
 * input_log_settings: the rows of [log NAME].
 */
#include "config.h"

#include "input/log_settings.h"
#include "tap.h"

static struct err err;

/* What one value does to a section that is otherwise good. */
static int
try_value(const char *name, const char *value, struct log_settings *log)
{
	const struct setting *row;
	struct origin nowhere = {"test", 1};
	int result;

	memset(log, 0, sizeof(*log));
	setting_defaults(&log_setting_table, log);
	if (strcmp(name, "path") != 0)
		setting_set(setting_find(&log_setting_table, span_str("path")),
		    log, span_str("/var/log/x"), nowhere, &err);
	row = setting_find(&log_setting_table, span_str(name));
	err.text[0] = '\0';
	result = setting_set(row, log, span_str(value), nowhere, &err);
	return result < 0 ? result : log_setting_table.check(log, &err);
}

static void
accepts(const char *name, const char *value)
{
	struct log_settings log;

	OK(try_value(name, value, &log) == 0, "accepted: %s = %s", name, value);
	setting_release(&log_setting_table, &log);
}

static void
refuses(const char *name, const char *value, const char *word)
{
	struct log_settings log;

	OK(try_value(name, value, &log) < 0 && strstr(err.text, word),
	    "refused: %s = %s", name, value);
	setting_release(&log_setting_table, &log);
}

static void
test_defaults(void)
{
	struct log_settings log;

	OK(try_value("path", "/a", &log) == 0, "a path is enough");
	IS_INT(log.start.place, LOG_START_END, "a file begins at its end");
	IS_INT(log.max_line, 1 << 20, "lines are seen up to 1 MiB");
	OK(!log.offset_file, "no offset file is exported beside the log");
	OK(!log.record && log.record_limit.lines == 200 &&
		log.record_limit.bytes == 65536 && log.record_limit.ms == 2000,
	    "a record is a line; one of several is at most 200, 64k, 2s");
	OK(!strcmp(log.timestamp, "auto") && log.quiet == 0 &&
		log.redact.count == 0,
	    "times are found out, a log may be silent, nothing is masked");
	setting_release(&log_setting_table, &log);
}

/* What one value makes of a section whose other key is given, too. */
static bool
takes(const char *first, const char *value, const char *name,
    const char *other, const char *word)
{
	struct log_settings log = {0};
	struct origin nowhere = {"test", 1};
	bool result;

	setting_defaults(&log_setting_table, &log);
	if (first)
		setting_set(setting_find(&log_setting_table, span_str(first)),
		    &log, span_str(value), nowhere, &err);
	if (name)
		setting_set(setting_find(&log_setting_table, span_str(name)),
		    &log, span_str(other), nowhere, &err);
	err.text[0] = '\0';
	result = !log_setting_table.check(&log, &err);
	setting_release(&log_setting_table, &log);
	return word ? !result && strstr(err.text, word) : result;
}

static void
test_journal(void)
{
	OK(takes(NULL, NULL, NULL, NULL, "`path' is missing"),
	    "a log needs a path");
	OK(takes("journal", "all", "rotated", "%s.x", "rotated"),
	    "rotated does not go with journal");
	OK(takes("journal", "all", "exclude_path", "x", "exclude_path"),
	    "nor does exclude_path");
	OK(takes("journal", "all", "offset_file", "beside", "offset_file"),
	    "nor does offset_file");
	if (HAVE_JOURNAL) {
		OK(takes("journal", "unit=a unit=b", "start", "start", NULL),
		    "units of the journal are a log");
		OK(takes("journal", "unit=a all", NULL, NULL, "alone"),
		    "the words are checked");
	} else {
		OK(takes("journal", "all", NULL, NULL, "built without"),
		    "without ctail-journal there is no journal");
	}
}

static void
test_start(void)
{
	struct log_settings log;

	OK(try_value("start", "last 2h", &log) == 0 &&
		log.start.place == LOG_START_LAST &&
		log.start.last_ms == 7200000,
	    "start = last DURATION");
	setting_release(&log_setting_table, &log);
	accepts("start", "start");
	accepts("start", "end");
	refuses("start", "middle", "middle");
	refuses("start", "last", "last 1h");
	refuses("start", "last 0s", "between");
	refuses("start", "last 367d", "between");
	refuses("start", "last 1h 2h", "1h");
	refuses("start", "start now", "not known");
}

static void
record_is(const char *text, enum log_record_kind kind, const char *regex)
{
	struct log_settings log = {.record = (char *)text};
	const char *got;

	OK(log_record(&log, &got) == kind &&
		(!regex || !strcmp(got, regex)),
	    "record: %s", text ? text : "none");
}

static void
test_record(void)
{
	record_is(NULL, LOG_RECORD_LINE, NULL);
	record_is("", LOG_RECORD_LINE, NULL);
	record_is("start ^\\d{4} x", LOG_RECORD_START, "^\\d{4} x");
	record_is("continue \t^\\s", LOG_RECORD_CONTINUE, "^\\s");
	record_is("start", LOG_RECORD_LINE, NULL);
	record_is("begin x", LOG_RECORD_LINE, NULL);
	record_is("startx y", LOG_RECORD_LINE, NULL);
	accepts("record", "start ^x");
	refuses("record", "^x", "start REGEX");
	refuses("record", "start", "start REGEX");
	OK(takes("path", "/x", "record_limit", "3 lines", "record_limit"),
	    "a limit needs records");
	OK(takes("journal", "all", "record", "start x", "record"),
	    "entries of the journal are records already");
	OK(takes("journal", "all", "start", "last 1h", "start"),
	    "and are not searched for a time");
}

/* What a limit is, written again. */
static void
limit_is(const char *text, const char *want)
{
	const struct setting *row =
	    setting_find(&log_setting_table, span_str("record_limit"));
	struct log_settings log = {0};
	struct buf out = BUF_INIT;

	OK(setting_set(row, &log, span_str(text),
	       (struct origin){"test", 1}, &err) == 0,
	    "taken: record_limit = %s", text);
	setting_format(row, &log, &out);
	IS_STR(buf_str(&out), want, "it is that");
	OK(setting_set(row, &log, buf_span(&out),
	       (struct origin){"test", 1}, &err) == 0,
	    "which can be read again");
	buf_reset(&out);
	setting_format(row, &log, &out);
	IS_STR(buf_str(&out), want, "as the same");
	buf_release(&out);
}

static void
test_record_limit(void)
{
	limit_is("200 lines 64k 2s", "200 lines 64k 2s");
	limit_is("2s 3 lines 64k", "3 lines 64k 2s");
	limit_is("1 line", "1 lines 64k 2s");
	limit_is("2048", "200 lines 2k 2s");
	limit_is("100ms", "200 lines 64k 100ms");
	limit_is("10000 lines 16m 1h", "10000 lines 16m 1h");
	limit_is("64k 5m", "200 lines 64k 5m");
	limit_is("5m 1s", "200 lines 5m 1s");
	limit_is("3m 5m", "200 lines 3m 5m");
	refuses("record_limit", "5m", "minutes or mebibytes");
	refuses("record_limit", "0 lines", "lines");
	refuses("record_limit", "10001 lines", "lines");
	refuses("record_limit", "lines", "");
	refuses("record_limit", "x lines", "");
	refuses("record_limit", "1023", "1k and 16m");
	refuses("record_limit", "17m 1s", "1k and 16m");
	refuses("record_limit", "1g", "1k and 16m");
	refuses("record_limit", "99ms", "100ms and 1h");
	refuses("record_limit", "2h", "100ms and 1h");
	refuses("record_limit", "1s 2s", "twice");
	refuses("record_limit", "1k 2k", "twice");
	refuses("record_limit", "1k 1s 5m", "twice");
	refuses("record_limit", "1k 2m 3m 4m", "");
	refuses("record_limit", "1 lines 2 lines", "twice");
	refuses("record_limit", "-1 lines", "");
	refuses("record_limit", "99999999999999999999", "");
}

int
main(void)
{
	test_defaults();
	accepts("path", "/var/log/**/*.log");
	refuses("path", "var/log/x", "absolute");
	refuses("path", "/var/log/", "slash");
	refuses("path", "/", "slash");
	test_start();
	test_record();
	test_record_limit();
	accepts("timestamp", "arrival");
	accepts("quiet", "1m");
	accepts("quiet", "366d");
	refuses("quiet", "59s", "quiet");
	refuses("quiet", "367d", "quiet");
	accepts("redact", "(?<=password=)\\S+");
	accepts("max_line", "1k");
	accepts("max_line", "64m");
	refuses("max_line", "1023", "");
	refuses("max_line", "65m", "");
	accepts("offset_file", "beside");
	refuses("offset_file", "/tmp/x", "beside");
	accepts("rotated", "old/%s.*");
	refuses("rotated", "old/*", "rotated");
	refuses("journal", "all", "path");
	test_journal();
	return tap_done();
}
