/*
 * agent_notices: what ctail has to say of itself and of its logs, to standard
 * error and to people.
 *
 * What keeps lines from being read or rules from being evaluated is told by an
 * alert as well, and lost lines by one of a kind of its own; at most one of
 * each about one thing in NOTICE_EVERY_MS: a log that flaps must not storm,
 * nor must a cron job or a reload repeat what was just told, so the times are
 * stored.  Those that were not told are counted in the next one.
 */
#include "config.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctaild/agent_internal.h"
#include "ctaild/alert_build.h"
#include "store/store_note.h"

#define NOTICE_EVERY_MS (60LL * 60 * 1000)
#define TOLD_NOTE "told"

static void
tell_about(struct agent *agent, const char *path, const char *what,
    const char *text)
{
	struct buf subject = BUF_INIT;

	buf_addf(&subject, "%s %s", path, what);
	agent_notice(agent, SEVERITY_WARNING, buf_str(&subject), text);
	buf_release(&subject);
}

static void
tell_trouble(struct agent *agent, const char *path, const char *text)
{
	tell_about(agent, path, "cannot be read", text);
}

static void
tell_cut(struct agent *agent, const char *path, const char *text)
{
	tell_about(agent, path, "has a line that is too long", text);
}

static void
tell_gap(struct agent *agent, const char *path, const char *text)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(agent->session->conf)};

	alert_from_gap(&alert, &place, path, text);
	agent_emit(agent, &emission);
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

/* --- Once an hour --------------------------------------------------------- */

/* The last alert of a name. */
struct told {
	int64_t at_ms;			/* wall; 0: never */
	unsigned held;			/* since then */
};

static struct told *
told_of(struct agent *agent, struct span name)
{
	struct told *told = map_get(agent->told, name);

	if (!told) {
		told = xcalloc(1, sizeof(*told));
		map_put(agent->told, name, told);
	}
	return told;
}

/* A time to come is of a clock that was set back since. */
static bool
is_recent(int64_t at_ms, int64_t now_ms)
{
	return at_ms && at_ms <= now_ms && now_ms - at_ms < NOTICE_EVERY_MS;
}

static void
note_told(struct agent *agent, struct span name, int64_t at_ms)
{
	struct buf at = BUF_INIT;

	buf_addf(&at, "%lld", (long long)at_ms);
	ledger_note(agent->ledger, TOLD_NOTE, name, buf_span(&at));
	buf_release(&at);
}

bool
agent_may_tell(struct agent *agent, struct span name, struct buf *text)
{
	struct told *told = told_of(agent, name);
	int64_t now_ms = clock_wall_ms();

	if (is_recent(told->at_ms, now_ms)) {
		told->held++;
		return false;
	}
	if (told->held)
		buf_addf(text, " (and %u times more since this was told "
		    "last)", told->held);
	told->at_ms = now_ms;
	told->held = 0;
	note_told(agent, name, now_ms);
	return true;
}

/* What was told long ago is forgotten. */
static void
load_told(void *arg, struct span name, struct span saved)
{
	struct agent *agent = arg;
	int64_t at_ms;

	if (!number_parse(saved, 0, INT64_MAX, &at_ms, NULL) &&
	    is_recent(at_ms, clock_wall_ms()))
		told_of(agent, name)->at_ms = at_ms;
	else if (agent->options->mode != AGENT_OFFLINE)
		ledger_note(agent->ledger, TOLD_NOTE, name, span_str(""));
}

int
agent_notices_load(struct agent *agent, struct err *err)
{
	return store_note_each(
	    agent->store, TOLD_NOTE, load_told, agent, err);
}

static void
tell(struct agent *agent, const struct notice_kind *kind, const char *path,
    const char *text)
{
	struct buf name = BUF_INIT, full = BUF_INIT;

	buf_addf(&name, "%s %s", kind->name, path);
	buf_add_str(&full, text);
	if (agent_may_tell(agent, buf_span(&name), &full))
		kind->tell(agent, path, buf_str(&full));
	buf_release(&name);
	buf_release(&full);
}

/* --- What the source says ------------------------------------------------- */

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
