/*
 * agent: the life of an agent: commands, signals, a pass or a daemon.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/accepted.h"
#include "ctaild/agent_internal.h"
#include "ctaild/command.h"
#include "store/store_alert.h"

#define STOP_SEND_MS 500		/* for what is due when stopping */
#define STOP_PATIENCE_MS 1000		/* for deliveries in flight then */
#define STOP_LOOK_MS 20
#define WAITING_STEP_MS 50		/* while an open record waits */

/* --- Commands ------------------------------------------------------------- */

static int
serve_commit(void *arg, struct err *err)
{
	return agent_commit(arg, LEDGER_FINAL, err);
}

static int
serve_reload(void *arg, struct err *err)
{
	return agent_reload(arg, err);
}

static void
serve_sweep(void *arg)
{
	struct agent *agent = arg;

	source_rescan(agent->session->source);
	agent->rules_looked_ms = 0;
	agent_wake(agent);
	courier_kick(agent->courier);
}

static void
serve_deliver(void *arg)
{
	struct agent *agent = arg;

	courier_kick(agent->courier);
}

static int
run_command(struct agent *agent, uid_t uid, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	bool runs = agent->started_ms != 0;
	struct command_context context = {
	    .store = agent->store,
	    .plan = agent->session->plan,
	    .source = agent->session->source,
	    .journals = agent->session->journals,
	    .pipeline = agent->session->pipeline,
	    .silences = agent->silences,
	    .ledger = agent->ledger,
	    .reports = agent->session->reports,
	    .counts = agent->session->counts,
	    .uid = uid,
	    .courier = agent->courier,
	    .hostname = agent->hostname,
	    .state_dir = agent->state_dir,
	    .trouble = *agent->trouble ? agent->trouble : NULL,
	    .started_ms = agent->started_ms,
	    .now_ms = clock_wall_ms(),
	    .commit = serve_commit,
	    .reload = runs ? serve_reload : NULL,
	    .sweep = runs ? serve_sweep : NULL,
	    .deliver = serve_deliver,
	    .arg = agent,
	};

	return command_run(&context, argc, argv, out, err);
}

int
agent_command(struct agent *agent, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	return run_command(agent, getuid(), argc, argv, out, err);
}

/* What a command changed may be due at another time. */
static int
on_command(void *arg, uid_t uid, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	struct agent *agent = arg;
	int status = run_command(agent, uid, argc, argv, out, err);

	if (!agent->stopping && !agent->paused)
		agent_wake(agent);
	return status;
}

/* --- Signals -------------------------------------------------------------- */

/* Whoever is stopped may be away for a week: an alert that waits for records
 * leaves with those it has. */
static void
end_waiting(struct agent *agent)
{
	if (agent->paused || agent->options->dry_run)
		return;
	pipeline_end_context(agent->session->pipeline);
	agent_commit(agent, LEDGER_NORMAL, NULL);
}

static void
on_stopping(void *arg)
{
	struct agent *agent = arg;
	int64_t now = clock_boot_ms();
	int64_t send_until = agent->stop_ms + STOP_SEND_MS;
	bool sends = now < send_until &&
		     courier_has_work(agent->courier, clock_wall_ms());

	if (!sends)
		courier_finish(agent->courier);
	if (sends || (courier_busy(agent->courier) &&
			 now < send_until + STOP_PATIENCE_MS)) {
		loop_timer_set(agent->stop_timer, now + STOP_LOOK_MS);
		return;
	}
	courier_abort(agent->courier);
	loop_stop(agent->loop);
}

static void
on_stop(void *arg, int signal_number)
{
	struct agent *agent = arg;

	(void)signal_number;
	if (agent->stopping)
		return;
	agent->stopping = true;
	agent->stop_ms = clock_boot_ms();
	agent_watch_source(agent, false);
	loop_timer_clear(agent->turn_timer);
	if (agent->options->mode == AGENT_DAEMON)
		end_waiting(agent);
	loop_timer_set(agent->stop_timer, agent->stop_ms);
}

static void
on_hangup(void *arg, int signal_number)
{
	struct err err = ERR_INIT;

	(void)signal_number;
	if (agent_reload(arg, &err))
		diag(DIAG_ERROR, "%s", err.text);
}

static void
on_child(void *arg, int signal_number)
{
	struct agent *agent = arg;
	pid_t pid;

	(void)signal_number;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0 ||
	       (pid < 0 && errno == EINTR)) {
		courier_reaped(agent->courier, pid);
		emergency_reaped(agent->emergency, pid);
	}
}

/* Not INT: who presses ^C at a terminal does not want to wait until all there
 * is to learn is learned. */
static sigset_t
held_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

void
agent_hold_signals(void)
{
	sigset_t set = held_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What came while they were held is obeyed in the first turn. */
static int
take_signals(struct agent *agent, struct err *err)
{
	sigset_t set = held_signals();
	int result;

	signal(SIGPIPE, SIG_IGN);
	result = loop_signal(agent->loop, SIGTERM, on_stop, agent, err) ||
		 loop_signal(agent->loop, SIGINT, on_stop, agent, err) ||
		 loop_signal(agent->loop, SIGHUP, on_hangup, agent, err) ||
		 loop_signal(agent->loop, SIGCHLD, on_child, agent, err);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return result;
}

/* --- Lives ---------------------------------------------------------------- */

static void
make_timers(struct agent *agent)
{
	agent->turn_timer =
	    loop_timer_new(agent->loop, agent_turn_now, agent);
	agent->commit_timer =
	    loop_timer_new(agent->loop, agent_commit_now, agent);
	agent->stop_timer =
	    loop_timer_new(agent->loop, on_stopping, agent);
}

/* Nothing here keeps the agent from running; it says what is missing. */
static void
make_conveniences(struct agent *agent)
{
	struct err err = ERR_INIT;

	if (agent->options->dry_run)
		return;
	if (reserve_keep(agent->reserve, &err))
		diag(DIAG_WARNING, "%s", err.text);
	if (agent->config_path &&
	    accepted_write(agent->state_dir, agent->config_path,
		agent->session->conf, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

static int
run_daemon(struct agent *agent, struct err *err)
{
	if (!agent->options->dry_run) {
		agent->control = control_new(agent->loop, agent->state_dir,
		    on_command, agent, err);
		if (!agent->control)
			return EX_CANTCREAT;
	}
	agent_watch_source(agent, true);
	agent->first_look = true;
	agent_turn_now(agent);	/* who gets an answer knows: it watches */
	agent_rehearsal_begin(agent);
	if (!agent->options->dry_run)
		courier_kick(agent->courier);
	return loop_run(agent->loop, err) ? EX_OSERR : EX_OK;
}

/* How long the last open record may wait for more. */
static int64_t
longest_record_ms(const struct agent *agent)
{
	const struct plan *plan = agent->session->plan;
	int64_t longest = 0;

	for (size_t i = 0; i < plan->log_count; i++) {
		const struct log_settings *log = plan->logs[i].settings;

		if (plan->logs[i].record && log->record_limit.ms > longest)
			longest = log->record_limit.ms;
	}
	return longest;
}

/* What a turn leaves: -1 when all is read, else how long to wait. */
static int
wait_of_pass(const struct agent *agent, bool at_once, int64_t *give_up_ms)
{
	const struct session *session = agent->session;
	int64_t now = clock_boot_ms();

	if (agent->paused)
		return -1;
	if (at_once)
		return 0;
	if (!journals_are_done(session->journals))
		return 1000;
	if (!source_is_waiting(session->source))
		return -1;
	if (!*give_up_ms)
		*give_up_ms =
		    now + longest_record_ms(agent) + 2 * WAITING_STEP_MS;
	return now < *give_up_ms ? WAITING_STEP_MS : -1;
}

static int
read_everything(struct agent *agent, struct err *err)
{
	int64_t give_up_ms = 0;
	int wait = 0;

	source_read_once(agent->session->source);
	while (wait >= 0 && !agent->stopping) {
		bool at_once = agent_turn(agent);

		wait = wait_of_pass(agent, at_once, &give_up_ms);
		if (wait >= 0 && loop_turn(agent->loop, wait, err))
			return -1;
	}
	if (agent->paused)
		return err_set(err, "%s", agent->trouble);
	if (!agent->stopping)
		agent_end_pass(agent);
	return 0;
}

int
agent_deliver(struct agent *agent, struct err *err)
{
	courier_kick(agent->courier);
	while (!agent->stopping &&
	       (courier_has_work(agent->courier, clock_wall_ms()) ||
		   emergency_busy(agent->emergency)))
		if (loop_turn(agent->loop, 1000, err))
			return -1;
	courier_finish(agent->courier);
	return 0;
}

static int
run_once(struct agent *agent, struct err *err)
{
	int failed = read_everything(agent, err);
	struct store_counts counts;

	if (!failed && agent->options->dry_run)
		return EX_OK;
	if (failed || agent_commit(agent, LEDGER_FINAL, err)) {
		agent_deliver(agent, NULL);	/* the word about it */
		return EX_IOERR;
	}
	if (agent_deliver(agent, err) ||
	    store_alert_counts(agent->store, &counts, err))
		return EX_IOERR;
	return counts.due ? EX_TEMPFAIL : EX_OK;
}

int
agent_run(const struct agent_options *options)
{
	struct err err = ERR_INIT;
	int status;
	struct agent *agent = agent_new(options, &status);

	if (!agent)
		return status;
	agent->started_ms = clock_wall_ms();
	make_timers(agent);
	make_conveniences(agent);
	if (take_signals(agent, &err))
		status = EX_OSERR;
	else if (options->mode == AGENT_ONCE)
		status = run_once(agent, &err);
	else
		status = run_daemon(agent, &err);
	if (*err.text)
		diag(DIAG_ERROR, "%s", err.text);
	if (agent->output_failed && !status)
		status = EX_IOERR;
	agent_rehearsal_end(agent);
	agent_close(agent);
	return status;
}

struct agent *
agent_open(const struct agent_options *options, int *status_out)
{
	struct agent *agent = agent_new(options, status_out);
	struct err err = ERR_INIT;

	if (!agent)
		return NULL;
	make_timers(agent);
	if (take_signals(agent, &err))
		diag(DIAG_WARNING, "%s", err.text);
	agent_look_once(agent);
	return agent;
}

/* The last word of a life: what was read is stored, where that works. */
static void
commit_last(struct agent *agent)
{
	struct err err = ERR_INIT;

	if (!agent->started_ms || agent->paused)
		return;
	agent_look_quiet(agent, true);
	agent_tell_quiet(agent, false);
	if (agent->options->dry_run) {
		pipeline_end_context(agent->session->pipeline);
		return;
	}
	if (ledger_commit(agent->ledger, clock_wall_ms(), LEDGER_FINAL,
		&err) != LEDGER_OK)
		diag(DIAG_ERROR, "%s", err.text);
}

static void
free_loop_parts(struct agent *agent)
{
	control_free(agent->control);
	loop_unwatch(agent->source_watch);
	if (agent->session->journals)
		journals_unwatch(agent->session->journals);
	courier_free(agent->courier);
	emergency_free(agent->emergency);
	loop_timer_free(agent->turn_timer);
	loop_timer_free(agent->commit_timer);
	loop_timer_free(agent->stop_timer);
	loop_free(agent->loop);
}

void
agent_close(struct agent *agent)
{
	if (agent->ledger)
		commit_last(agent);
	if (agent->loop)
		free_loop_parts(agent);
	session_free(agent->session);
	ledger_free(agent->ledger);
	silences_free(agent->silences);
	reserve_free(agent->reserve);
	store_close(agent->store);
	if (agent->lock >= 0)
		close(agent->lock);
	conf_places_release(&agent->conf_places);
	map_free(agent->told, free);
	map_free(agent->waiting, NULL);
	free(agent->accepted_path);
	free(agent->journal_program);
	free(agent->unpack_program);
	free(agent->config_path);
	free(agent->config_named);
	free(agent->state_dir);
	free(agent);
}
