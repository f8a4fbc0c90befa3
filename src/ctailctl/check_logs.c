/*
 * check_logs: files that two [log] sections name, that are not there, may not
 * be read, are no text or no files, and logs without a rule.
 *
 * A file is read once, as the log that comes first; whoever put it under
 * another one as well waits for lines there in vain.  So does who wrote a log
 * and no rule for it, or a name with a slip in it, since a log may appear at
 * any time.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctailctl/ctailctl.h"
#include "ctaild/plan.h"
#include "input/compression.h"
#include "input/discover.h"

__attribute__((format(printf, 4, 5))) static void
say(const char *kind, const struct plan_log *log, struct origin origin,
    const char *format, ...)
{
	va_list args;

	fprintf(stderr, "ctailctl: %s: %s:%u: [log %s] ", kind, origin.file,
	    origin.line, log->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static bool
names(const struct plan_log *log, const char *path)
{
	const struct setting_list *paths = &log->settings->path;

	for (size_t i = 0; i < paths->count; i++)
		if (!strcmp(paths->items[i].text, path))
			return true;
	return false;
}

static void
check_path(
    const struct plan *plan, size_t log, const struct setting_item *path)
{
	for (size_t i = 0; i < log; i++) {
		if (!names(&plan->logs[i], path->text))
			continue;
		say("warning", &plan->logs[log], path->origin,
		    "%s is read as [log %s], which has it too; name both logs "
		    "in the rules, or take it out of one",
		    path->text, plan->logs[i].name);
		return;
	}
}

static bool
has_reader(const struct plan *plan, size_t log)
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		if (plan->rules[i].logs[log])
			return true;
	}
	return false;
}

/* `quiet' needs no rule. */
static void
check_reader(const struct plan *plan, size_t log)
{
	const struct conf_section *section =
	    conf_section(plan->conf, &log_setting_table, log);

	if (plan->logs[log].settings->quiet || has_reader(plan, log))
		return;
	say("warning", &plan->logs[log], conf_origin(section, "path"),
	    "no rule reads this log, so that nothing is told of it; name it "
	    "in the `log' of one");
}

/* --- Names of files ------------------------------------------------------- */

/* What was written behind a name on its line; true when something was. */
static bool
check_line(const struct plan_log *log, const struct setting_item *path)
{
	const char *text = path->text;

	if (strstr(text, " #") || strstr(text, "\t#"))
		say("warning", log, path->origin,
		    "path: the comment behind this name is taken as a part "
		    "of it; give it a line of its own");
	else if (strstr(text, " /") || strstr(text, ",/") ||
		 strstr(text, "\t/"))
		say("warning", log, path->origin,
		    "path: this is taken as one name; write each on a line "
		    "of its own, the further ones indented");
	else
		return false;
	return true;
}

/* It is ctaild's user who has to. */
static void
note_unreadable(const struct plan_log *log, const struct setting_item *path)
{
	say("note", log, path->origin,
	    "you may not read %s (%s); where ctaild runs as the same user, put "
	    "that into the group that may (often adm)",
	    path->text, strerror(errno));
}

/* Compressed files are read, where they are named. */
static void
check_text(const struct plan_log *log, const struct setting_item *path)
{
	if (compression_of(span_str(path->text), NULL) == COMPRESSION_NONE &&
	    discover_is_binary(path->text))
		say("warning", log, path->origin,
		    "path: %s is no text of single bytes, so that hardly a "
		    "pattern matches; one in UTF-16 has to be converted, as by "
		    "iconv(1), and of the journal write `journal = all'",
		    path->text);
}

static bool
is_missing(const struct plan_log *log, const struct setting_item *path)
{
	struct stat st;

	if (strpbrk(path->text, "*?["))
		return false;
	if (stat(path->text, &st)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return true;
		note_unreadable(log, path);
	} else if (S_ISDIR(st.st_mode)) {
		say("warning", log, path->origin,
		    "path: %s is a directory; for the files in it write %s/*",
		    path->text, path->text);
	} else if (access(path->text, R_OK)) {
		note_unreadable(log, path);
	} else if (S_ISREG(st.st_mode)) {
		check_text(log, path);
	}
	return false;
}

/* One of several that is not there is usual: syslog here, messages there. */
static void
check_files(const struct plan_log *log)
{
	const struct setting_list *paths = &log->settings->path;
	bool missing = paths->count > 0;

	for (size_t i = 0; i < paths->count; i++) {
		if (check_line(log, &paths->items[i]) ||
		    !is_missing(log, &paths->items[i]))
			missing = false;
	}
	/* Right where logs come and go, or another machine is meant. */
	if (missing && paths->count == 1)
		say("note", log, paths->items[0].origin,
		    "%s is not there yet; ctaild waits for it",
		    paths->items[0].text);
	else if (missing)
		say("note", log, paths->items[0].origin,
		    "none of its %zu files is there yet, beginning with %s; "
		    "ctaild waits for them",
		    paths->count, paths->items[0].text);
}

void
ctailctl_check_logs(const struct plan *plan)
{
	if (!plan->log_count)
		fputs("ctailctl: warning: there is no [log] section, so that "
		      "nothing is read; ctail.ini(5) begins with an example\n",
		    stderr);
	for (size_t i = 0; i < plan->log_count; i++)
		check_reader(plan, i);
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct setting_list *paths =
		    &plan->logs[i].settings->path;

		check_files(&plan->logs[i]);
		for (size_t k = 0; k < paths->count; k++)
			check_path(plan, i, &paths->items[k]);
	}
}
