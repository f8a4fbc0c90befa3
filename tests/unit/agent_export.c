/*
 * agent_export: where offset files are, what they say, and who wrote them.
 */
#include "config.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/durable.h"
#include "ctaild/export.h"
#include "tap.h"

#define LOG "/var/log/a.log"

static char dir[] = "/tmp/ctail-agent-export-XXXXXX";

static void
is_path(const char *log, bool beside, const char *want, const char *sentence)
{
	char *path = export_path("/s", log, beside);

	IS_STR(path, want, sentence);
	free(path);
}

static void
test_names(void)
{
	char *first, *second;
	struct buf log = BUF_INIT;

	is_path(LOG, true, "/var/log/a.log.offset",
	    "beside: the log's name and .offset");
	is_path(LOG, false, "/s/offsets/var%log%a.log.offset",
	    "in the state directory a slash becomes a percent sign");
	is_path("/var/log%a.log", false, "/s/offsets/var%log=pa.log.offset",
	    "and a percent sign has its own, so that no two logs share a name");

	for (int i = 0; i < 60; i++)
		buf_add_str(&log, "/directory");
	first = export_path("/s", buf_str(&log), false);
	buf_add_byte(&log, '2');
	second = export_path("/s", buf_str(&log), false);
	OK(strlen(first) < sizeof("/s/offsets/") + 220,
	    "a path that is too long for a name is shortened");
	OK(strcmp(first, second), "and still its own");
	free(first);
	free(second);
	buf_release(&log);
}

static void
write_text(const char *text)
{
	char *path = export_path(dir, LOG, false);

	if (durable_replace(path, span_str(text), 0600, NULL))
		exit(99);
	free(path);
}

static enum export_found
look(const char *exported, const char *before, struct offset_entry *entry)
{
	struct err err = ERR_INIT;

	return export_look(
	    dir, LOG, false, span_str(exported), span_str(before), entry, &err);
}

static void
test_look(void)
{
	struct offset_entry entry = {7, 100};
	struct err err = ERR_INIT;
	char value[EXPORT_VALUE_MAX];

	export_value(&entry, value);
	IS_STR(value, "7 100", "a value is inode and offset");
	IS_INT(look("7 100", "7 50", &entry), EXPORT_BEHIND,
	    "no file is to be written anew");
	IS_INT(export_write(dir, LOG, false, &entry, &err), 0,
	    "it can be written");
	IS_INT(look("7 100", "7 50", &entry), EXPORT_OURS,
	    "what was exported last is ours");
	IS_INT(look("7 150", "7 100", &entry), EXPORT_BEHIND,
	    "what was exported before is ours too, and behind: a crash came "
	    "between");
	IS_INT(look("7 150", "7 120", &entry), EXPORT_EDITED,
	    "a third value is somebody's edit");
	OK(entry.inode == 7 && entry.offset == 100, "which is read");
	IS_INT(look("", "", &entry), EXPORT_EDITED,
	    "so is any value where nothing was exported");
	write_text("7\n100");
	IS_INT(look("7 100", "", &entry), EXPORT_OURS,
	    "what another tool wrote with the same meaning is ours");
	write_text("");
	IS_INT(look("7 100", "", &entry), EXPORT_BEHIND,
	    "an empty file counts as none");
	write_text("nonsense\n");
	IS_INT(look("7 100", "", &entry), EXPORT_BAD,
	    "what is no offset file is bad");
	write_text("18446744073709551615\n9223372036854775807\n");
	IS_INT(look("7 100", "", &entry), EXPORT_EDITED,
	    "the largest numbers are numbers");
	export_value(&entry, value);
	IS_STR(value, "18446744073709551615 9223372036854775807",
	    "and fit into a value");
	entry = (struct offset_entry){0, 0};
	OK(!export_parse(span_str(value), &entry) &&
		entry.inode == UINT64_MAX && entry.offset == INT64_MAX,
	    "which reads back to the same");
	OK(export_parse(span_str(""), &entry) &&
		export_parse(span_str("7"), &entry) &&
		export_parse(span_str("seven 8"), &entry),
	    "anything else is no value");
}

static void
test_older(void)
{
	struct timespec times[2] = {{1000, 0}, {1000, 500000000}};
	char *path = export_path(dir, LOG, false);

	write_text("7\n100\n");
	utimensat(AT_FDCWD, path, times, 0);
	OK(export_written_ns(dir, LOG, false) == 1000500000000,
	    "the time of a file's last change is known");
	times[1].tv_sec = -5;
	utimensat(AT_FDCWD, path, times, 0);
	OK(export_written_ns(dir, LOG, false) == 0,
	    "a time before all times is none");
	unlink(path);
	OK(export_written_ns(dir, LOG, false) == 0,
	    "and neither is that of one that is missing");
	free(path);
}

int
main(void)
{
	struct buf offsets = BUF_INIT;
	char *path;

	if (!mkdtemp(dir))
		return 99;
	buf_addf(&offsets, "%s/offsets", dir);
	if (mkdir(buf_str(&offsets), 0700))
		return 99;
	test_names();
	test_look();
	test_older();
	path = export_path(dir, LOG, false);
	unlink(path);
	free(path);
	rmdir(buf_str(&offsets));
	rmdir(dir);
	buf_release(&offsets);
	return tap_done();
}
