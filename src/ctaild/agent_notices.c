/*
 * agent_notices: what the source says, to standard error and to people.
 *
 * What keeps lines from being read is told by an alert as well, and lost lines
 * by one of a kind of its own; at most one of each a log in NOTICE_EVERY_MS: a
 * log that flaps must not storm.  Those that were not told are counted in the
 * next one.
 */
#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/agent_internal.h"
#include "ctaild/alert_build.h"

#define NOTICE_EVERY_MS (60LL * 60 * 1000)

static void
tell_trouble(struct agent *agent, const char *path, const char *text)
{
	(void)path;
	agent_notice(agent, SEVERITY_WARNING, "a log cannot be read", text);
}

static void
tell_cut(struct agent *agent, const char *path, const char *text)
{
	(void)path;
	agent_notice(agent, SEVERITY_WARNING, "a line is too long", text);
}

static void
tell_gap(struct agent *agent, const char *path, const char *text)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(agent->session->conf)};

	alert_from_gap(&alert, &place, path, text);
	ledger_take(agent->ledger, &emission);
	alert_release(&alert);
}

/* How loud each kind is, and whether people hear of it. */
static const struct notice_kind {
	enum diag_level level;
	/* Makes the alert; NULL: none. */
	void (*tell)(struct agent *agent, const char *path, const char *text);
	const char *name;	/* kinds of one name are told as one */
} notice_kinds[] = {
    [SOURCE_MISSING] = {DIAG_WARNING, NULL, NULL},
    [SOURCE_APPEARED] = {DIAG_INFO, NULL, NULL},
    [SOURCE_UNREADABLE] = {DIAG_WARNING, tell_trouble, "trouble"},
    [SOURCE_NOT_A_FILE] = {DIAG_WARNING, tell_trouble, "trouble"},
    [SOURCE_ROTATED] = {DIAG_INFO, NULL, NULL},
    [SOURCE_GAP] = {DIAG_WARNING, tell_gap, "gap"},
    [SOURCE_WAITING] = {DIAG_NOTICE, NULL, NULL},
    [SOURCE_TRUNCATED] = {DIAG_WARNING, NULL, NULL},
    [SOURCE_VANISHED] = {DIAG_WARNING, NULL, NULL},
    [SOURCE_CUT_LINE] = {DIAG_WARNING, tell_cut, "cut"},
    [SOURCE_POLLING] = {DIAG_WARNING, NULL, NULL},
    [SOURCE_COPY] = {DIAG_INFO, NULL, NULL},
    [SOURCE_NO_TIME] = {DIAG_WARNING, NULL, NULL},
};

#define NOTICE_KINDS (sizeof(notice_kinds) / sizeof(notice_kinds[0]))

/* The last alert of a kind about a log. */
struct told {
	int64_t boot_ms;
	unsigned held;			/* notices since then */
};

static struct told *
told_of(struct agent *agent, const struct notice_kind *kind, const char *path)
{
	struct buf key = BUF_INIT;
	struct told *told;

	buf_addf(&key, "%s %s", kind->name, path);
	told = map_get(agent->told, buf_span(&key));
	if (!told) {
		told = xcalloc(1, sizeof(*told));
		told->boot_ms = -NOTICE_EVERY_MS;
		map_put(agent->told, buf_span(&key), told);
	}
	buf_release(&key);
	return told;
}

static void
tell(struct agent *agent, const struct notice_kind *kind, const char *path,
    const char *text)
{
	struct told *told = told_of(agent, kind, path);
	int64_t boot_ms = clock_boot_ms();
	struct buf full = BUF_INIT;

	if (boot_ms - told->boot_ms < NOTICE_EVERY_MS) {
		told->held++;
		return;
	}
	buf_add_str(&full, text);
	if (told->held)
		buf_addf(&full, " (and %u times more since this was told "
		    "last)", told->held);
	told->boot_ms = boot_ms;
	told->held = 0;
	kind->tell(agent, path, buf_str(&full));
	buf_release(&full);
}

void
agent_source_notice(void *arg, enum source_notice kind, const char *path,
    const char *text)
{
	struct agent *agent = arg;
	const struct notice_kind *how = &notice_kinds[kind];

	if (kind >= NOTICE_KINDS)
		BUG("notice of kind %d", (int)kind);
	agent->read_something = true;
	if (agent->options->mode == AGENT_OFFLINE)
		return;
	/* cron mails whatever a run says. */
	if (how->level != DIAG_INFO || agent->options->mode != AGENT_ONCE)
		diag(how->level, "%s", text);
	if (how->tell && agent->session)
		tell(agent, how, path, text);
}
