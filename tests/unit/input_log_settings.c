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
	IS_INT(log.start, LOG_START_END, "a file begins at its end");
	IS_INT(log.max_line, 1 << 20, "lines are seen up to 1 MiB");
	OK(!log.offset_file, "no offset file is exported beside the log");
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

int
main(void)
{
	static const char *const later[] = {"record", "record_limit",
	    "timestamp", "quiet", "redact"};

	test_defaults();
	accepts("path", "/var/log/**/*.log");
	refuses("path", "var/log/x", "absolute");
	refuses("path", "/var/log/", "slash");
	refuses("path", "/", "slash");
	accepts("start", "start");
	refuses("start", "middle", "middle");
	accepts("max_line", "1k");
	accepts("max_line", "64m");
	refuses("max_line", "1023", "");
	refuses("max_line", "65m", "");
	accepts("offset_file", "beside");
	refuses("offset_file", "/tmp/x", "beside");
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		IS_INT(
		    setting_find(&log_setting_table, span_str(later[i]))->type,
		    SETTING_NOT_BUILT, later[i]);
	accepts("rotated", "old/%s.*");
	refuses("rotated", "old/*", "rotated");
	refuses("journal", "all", "path");
	test_journal();
	return tap_done();
}
