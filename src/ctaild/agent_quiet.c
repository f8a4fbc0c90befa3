/*
 * agent_quiet: finds out when logs with `quiet' were written last.
 *
 * Looking at many files costs, so it is done when a clock is about to ring,
 * and now and then while something is read: so that what is stored is recent
 * when a life ends without a word, and a log that speaks again is told soon.
 */
#include "config.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "ctaild/agent_internal.h"

#define LOOK_EVERY_MS 10000

static void
look_at_file(void *arg, const struct source_file *file)
{
	struct agent *agent = arg;
	struct quiet *quiet = agent->session->quiet;
	int64_t now_ms = clock_wall_ms();
	struct stat status;

	quiet_sign(quiet, file->log, file->read_ms, now_ms);
	if (file->size > 0 && !stat(file->path, &status) &&
	    S_ISREG(status.st_mode))
		quiet_sign(quiet, file->log,
		    (int64_t)status.st_mtim.tv_sec * 1000 +
			status.st_mtim.tv_nsec / 1000000,
		    now_ms);
}

static bool
is_time(struct agent *agent)
{
	int64_t due = quiet_due(agent->session->quiet);
	int64_t boot = clock_boot_ms();

	if (!agent->quiet_looked_ms || (due && clock_wall_ms() >= due))
		return true;
	if (agent->quiet_again_ms >= 0)
		return boot >= agent->quiet_again_ms;
	if (agent->read_something)
		agent->quiet_again_ms = agent->quiet_looked_ms + LOOK_EVERY_MS;
	return false;
}

void
agent_look_quiet(struct agent *agent, bool always)
{
	struct session *session = agent->session;

	if (!quiet_is_used(session->quiet) || (!always && !is_time(agent)))
		return;
	agent->quiet_looked_ms = clock_boot_ms();
	agent->quiet_again_ms = -1;
	source_files(session->source, look_at_file, agent);
	journals_files(session->journals, look_at_file, agent);
}

static void
tell(void *arg, size_t log, struct alert_quiet *what)
{
	struct agent *agent = arg;
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct buf about = BUF_INIT;
	struct alert alert;
	struct emission emission = {
	    .alert = &alert, .sinks = conf_default_sinks(agent->session->conf)};

	if (what->kind == ALERT_ABSENT)
		agent_about_log(agent, log, &about);
	what->about = buf_str(&about);
	alert_from_quiet(&alert, &place, what);
	agent_emit(agent, &emission);
	alert_release(&alert);
	buf_release(&about);
}

static void
note(void *arg, const char *log, struct span saved)
{
	struct agent *agent = arg;

	ledger_note(agent->ledger, QUIET_NOTE, span_str(log), saved);
}

void
agent_tell_quiet(struct agent *agent, bool caught_up)
{
	struct quiet *quiet = agent->session->quiet;

	if (!quiet_is_used(quiet))
		return;
	quiet_expire(quiet, clock_wall_ms(), caught_up, tell, agent);
	quiet_changed(quiet, note, agent);
}
