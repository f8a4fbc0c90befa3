/*
 * agent_storage: committing, and what happens when that is not possible.
 *
 * A full disk stops the positions, not the machine: the reserve is given up
 * once for the alert that says so and for what was decided with it, then
 * reading pauses until there is room again.  The log is the backlog.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/random.h"
#include "ctaild/agent_internal.h"
#include "ctaild/alert_build.h"

#define STORAGE_RETRY_MS 2000

void
agent_notice(struct agent *agent, enum severity severity,
    const char *subject, const char *text)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(agent->session->conf)};

	alert_from_notice(&alert, &place, severity, subject, text);
	agent_emit(agent, &emission);
	alert_release(&alert);
}

static void
pause_reading(struct agent *agent, bool full, const char *why)
{
	if (!agent->paused)
		diag(DIAG_ERROR, "%s; reading of logs stops until that is "
		    "over, nothing is lost", why);
	agent->paused = true;
	agent->full = full;
	snprintf(agent->trouble, sizeof(agent->trouble), "%s", why);
	agent_watch_source(agent, false);
	if (agent->commit_timer)
		loop_timer_set(agent->commit_timer,
		    clock_boot_ms() + STORAGE_RETRY_MS);
}

static void
resume_reading(struct agent *agent)
{
	diag(DIAG_NOTICE, "the state can be written again; reading goes on");
	agent->paused = agent->full = agent->emergency_told = false;
	*agent->trouble = '\0';
	agent_watch_source(agent, true);
	agent_wake(agent);
}

void
agent_send_emergency(struct agent *agent, const struct conf *conf,
    const char *subject, const char *text)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct span part;
	char uuid[33];

	alert_from_notice(&alert, &place, SEVERITY_CRITICAL, subject, text);
	random_uuid(uuid);
	part = span_str(uuid);
	alert_make_id(&part, 1, alert.id);
	emergency_send(
	    agent->emergency, conf, conf_default_sinks(conf), &alert);
	alert_release(&alert);
}

static void
tell_emergency(struct agent *agent, const char *why)
{
	if (agent->emergency_told)
		return;
	agent->emergency_told = true;
	agent_send_emergency(agent, agent->session->conf,
	    "its state cannot be written", why);
}

/* The reserve makes room for what is gathered and for saying so. */
static int
commit_from_reserve(struct agent *agent, const char *why, struct err *err)
{
	if (agent->options->mode == AGENT_OFFLINE ||
	    !reserve_give_up(agent->reserve))
		return -1;
	agent->reserve_spent = true;
	agent_notice(agent, SEVERITY_CRITICAL, "the disk is full", why);
	return ledger_commit(agent->ledger, clock_wall_ms(), LEDGER_NORMAL,
		   err) == LEDGER_OK
		   ? 0
		   : -1;
}

static int
storage_failed(struct agent *agent, enum ledger_result result,
    struct err *err)
{
	struct err again = ERR_INIT;
	int stored = -1;

	if (result == LEDGER_FULL && !agent->full)
		stored = commit_from_reserve(agent, err->text, &again);
	if (stored)
		tell_emergency(agent, err->text);
	else
		courier_kick(agent->courier);
	pause_reading(agent, result == LEDGER_FULL, err->text);
	return stored;
}

int
agent_commit(struct agent *agent, enum ledger_how how, struct err *err)
{
	struct err local = ERR_INIT;
	bool pending = ledger_pending(agent->ledger) > 0;
	int64_t begun_ms = clock_boot_ms();
	enum ledger_result result =
	    ledger_commit(agent->ledger, clock_wall_ms(), how, &local);

	if (result != LEDGER_OK) {
		if (err)
			*err = local;
		return storage_failed(agent, result, &local);
	}
	agent->read_something = false;
	agent->commit_cost_ms = clock_boot_ms() - begun_ms;
	/* Who only asks does not stay to hear how a delivery went. */
	if (pending && !agent->options->dry_run &&
	    agent->options->mode != AGENT_OFFLINE)
		courier_kick(agent->courier);
	return 0;
}

/* A reserve that was given up is made again first, or the next line would
 * find the disk full again and nothing left to say so with. */
void
agent_try_storage(struct agent *agent)
{
	struct err err = ERR_INIT;

	if (agent_commit(agent, LEDGER_NORMAL, &err))
		return;
	if (agent->reserve_spent && reserve_keep(agent->reserve, &err)) {
		pause_reading(agent, true, err.text);
		return;
	}
	agent->reserve_spent = false;
	resume_reading(agent);
}
