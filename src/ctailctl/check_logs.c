/*
 * check_logs: files that two [log] sections name, and logs without a rule.
 *
 * A file is read once, as the log that comes first; whoever put it under
 * another one as well waits for lines there in vain.  So does who wrote a log
 * and no rule for it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ctailctl/ctailctl.h"
#include "ctaild/plan.h"

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
		fprintf(stderr,
		    "ctailctl: warning: %s:%u: [log %s] %s is read as [log "
		    "%s], which has it too; name both logs in the rules, or "
		    "take it out of one\n",
		    path->origin.file, path->origin.line, plan->logs[log].name,
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
	const struct log_settings *settings = plan->logs[log].settings;
	struct origin origin = conf_origin(section, "path");

	if (settings->quiet || has_reader(plan, log))
		return;
	fprintf(stderr,
	    "ctailctl: warning: %s:%u: [log %s] no rule reads this log, so "
	    "that nothing is told of it; name it in the `log' of one\n",
	    origin.file, origin.line, section->name);
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

		for (size_t k = 0; k < paths->count; k++)
			check_path(plan, i, &paths->items[k]);
	}
}
