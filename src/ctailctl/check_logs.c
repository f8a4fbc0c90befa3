/*
 * check_logs: files that two [log] sections name.
 *
 * A file is read once, as the log that comes first; whoever put it under
 * another one as well waits for lines there in vain.
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

void
ctailctl_check_logs(const struct plan *plan)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		const struct setting_list *paths =
		    &plan->logs[i].settings->path;

		for (size_t k = 0; k < paths->count; k++)
			check_path(plan, i, &paths->items[k]);
	}
}
