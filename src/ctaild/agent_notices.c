/*
 * agent_notices: what the source says, to standard error and to people.
 *
 * What may have cost lines is told by an alert as well, at most one a log in
 * NOTICE_EVERY_MS: a log that flaps must not storm.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/agent_internal.h"

#define NOTICE_EVERY_MS (60LL * 60 * 1000)

/* How loud each kind is, and whether people hear of it. */
static const struct notice_kind {
	enum diag_level level;
	const char *subject;		/* of the alert; NULL: none */
} notice_kinds[] = {
    [SOURCE_MISSING] = {DIAG_WARNING, NULL},
    [SOURCE_APPEARED] = {DIAG_INFO, NULL},
    [SOURCE_UNREADABLE] = {DIAG_WARNING, "a log cannot be read"},
    [SOURCE_NOT_A_FILE] = {DIAG_WARNING, "a log cannot be read"},
    [SOURCE_ROTATED] = {DIAG_INFO, NULL},
    [SOURCE_LOST] = {DIAG_WARNING, "lines of a log may be lost"},
    [SOURCE_TRUNCATED] = {DIAG_WARNING, NULL},
    [SOURCE_VANISHED] = {DIAG_WARNING, NULL},
    [SOURCE_CUT_LINE] = {DIAG_WARNING, NULL},
    [SOURCE_POLLING] = {DIAG_WARNING, NULL},
};

static bool
told_lately(struct agent *agent, const char *path, int64_t boot_ms)
{
	int64_t *told = map_get(agent->told, span_str(path));

	if (told && boot_ms - *told < NOTICE_EVERY_MS)
		return true;
	if (!told) {
		told = xmalloc(sizeof(*told));
		map_put(agent->told, span_str(path), told);
	}
	*told = boot_ms;
	return false;
}

void
agent_source_notice(void *arg, enum source_notice kind, const char *path,
    const char *text)
{
	struct agent *agent = arg;
	const struct notice_kind *how = &notice_kinds[kind];

	agent->read_something = true;
	if (agent->options->mode == AGENT_OFFLINE)
		return;
	/* cron mails whatever a run says. */
	if (how->level != DIAG_INFO || agent->options->mode != AGENT_ONCE)
		diag(how->level, "%s", text);
	if (how->subject && agent->session &&
	    !told_lately(agent, path, clock_boot_ms()))
		agent_notice(agent, SEVERITY_WARNING, how->subject, text);
}
