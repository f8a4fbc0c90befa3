/*
 * A worker finds its own sink's settings: from the configuration, or from
 * the accepted copy where the section is bad.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/durable.h"
#include "conf/sink_finder.h"
#include "deliver/file_settings.h"
#include "tap.h"

static char directory[64];
static char now[96], accepted[96];

static void
write_text(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	if (durable_replace(path, span_str(text), 0600, &err))
		abort();
}

/* The path of [file audit] as found, or the error. */
static const char *
find(const char *copy, const char *sink)
{
	static char text[ERR_TEXT_MAX + 8];
	struct sink_finder finder = {.path = now, .accepted = copy};
	const void *settings = NULL;
	struct err err = ERR_INIT;
	const struct setting_table *table =
	    sink_finder_find(&finder, span_str(sink), &settings, &err);

	if (table == &file_setting_table)
		snprintf(text, sizeof(text), "%s",
		    ((const struct file_settings *)settings)->path);
	else
		snprintf(text, sizeof(text), "error: %s", err.text);
	sink_finder_release(&finder);
	return text;
}

static void
test_now(void)
{
	write_text(now, "[file audit]\npath = /now\n[rule x]\nbad = 1\n");
	write_text(accepted, "[file audit]\npath = /accepted\n");
	IS_STR(find(NULL, "audit"), "/now",
	    "a sink is found, whatever is wrong elsewhere");
	IS_STR(find(accepted, "audit"), "/now",
	    "the configuration goes before the accepted copy");
	OK(strstr(find(NULL, "nobody"), "nobody"),
	    "a sink that is not there is named");
	OK(strstr(find(NULL, ""), "error: "), "the empty name is no sink");
}

static void
test_accepted(void)
{
	write_text(now, "[file audit]\npath = relative\nsize = 1\n");
	IS_STR(find(accepted, "audit"), "/accepted",
	    "where the section is bad, the accepted copy serves");
	OK(strstr(find(NULL, "audit"), "error: "),
	    "without a copy it is an error");
	OK(!strchr(find(NULL, "audit"), '\n'), "of one line");
	write_text(now, "");
	IS_STR(find(accepted, "audit"), "/accepted",
	    "where the section is gone, too");
	unlink(now);
	IS_STR(find(accepted, "audit"), "/accepted",
	    "and where the file is gone");
	unlink(accepted);
	OK(strstr(find(accepted, "audit"), now),
	    "when both are gone the configuration is what is missed");
}

int
main(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%.32s/ctail-finder-XXXXXX",
	    base && strlen(base) < 32 ? base : "/tmp");
	if (!mkdtemp(directory))
		return EXIT_FAILURE;
	snprintf(now, sizeof(now), "%s/ctail.ini", directory);
	snprintf(accepted, sizeof(accepted), "%s/accepted.ini", directory);
	test_now();
	test_accepted();
	rmdir(directory);
	return tap_done();
}
