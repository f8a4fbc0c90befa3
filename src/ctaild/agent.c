/*
 * agent: the loop that turns hints into records, commits and deliveries.
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
#include "ctaild/restore.h"
#include "message/mail.h"
#include "store/store_alert.h"

#define TURN_BYTES (512 * 1024)		/* between two commits */
#define LAZY_COMMIT_MS 1000		/* for positions without a match */
#define STOP_PATIENCE_MS 1000		/* for deliveries in flight */
#define KEEP_ALERTS_MS (30LL * 24 * 3600 * 1000)

/* --- What the source says ------------------------------------------------- */

static void
on_record(void *arg, const struct record *record)
{
	struct agent *agent = arg;

	agent->read_something = true;
	pipeline_record(agent->session->pipeline, record, agent->turn_ms);
}

struct source_handler
agent_source_handler(struct agent *agent)
{
	return (struct source_handler){on_record, agent_source_notice, agent};
}

void
agent_print_alert(void *arg, const struct alert *alert,
    const struct setting_list *sinks)
{
	struct agent *agent = arg;
	struct buf body = BUF_INIT;

	mail_body(alert, &body);
	fputs("--- alert", stdout);
	for (size_t i = 0; i < sinks->count; i++)
		printf("%s %s", i ? "," : ", to", sinks->items[i].text);
	fputs(" ---\n", stdout);
	fwrite(body.data, 1, body.len, stdout);
	fputs("---\n", stdout);
	buf_release(&body);
	if (!fflush(stdout) || agent->output_failed)
		return;
	diag(DIAG_ERROR, "standard output: %s", strerror(errno));
	agent->output_failed = true;
	loop_stop(agent->loop);
}

/* --- A turn --------------------------------------------------------------- */

static void
prune(struct agent *agent)
{
	struct restore restore = {.store = agent->store,
	    .ledger = agent->ledger,
	    .plan = agent->session->plan,
	    .state_dir = agent->state_dir};
	struct err err = ERR_INIT;
	int64_t now_ms = clock_wall_ms();

	agent->pruned = true;
	if (restore_prune(&restore, agent->session->source, now_ms, &err) ||
	    store_alert_prune(agent->store, now_ms - KEEP_ALERTS_MS, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

static int64_t
wall_to_boot(int64_t wall_ms, int64_t now_wall_ms, int64_t now_boot_ms)
{
	int64_t wait = wall_ms - now_wall_ms;

	return now_boot_ms + (wait > 0 ? wait : 0);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a < 0)
		return b;
	return b >= 0 && b < a ? b : a;
}

static void
arm_turn(struct agent *agent, bool more)
{
	int64_t boot = clock_boot_ms(), wall = clock_wall_ms();
	int64_t due = more ? boot : source_due(agent->session->source);
	int64_t decided = decider_due(pipeline_decider(
	    agent->session->pipeline));
	int64_t export = ledger_due(agent->ledger);

	due = earlier(due, journals_due(agent->session->journals));
	if (decided)
		due = earlier(due, wall_to_boot(decided, wall, boot));
	if (export)
		due = earlier(due, wall_to_boot(export, wall, boot));
	if (due >= 0)
		loop_timer_set(agent->turn_timer, due);
	else
		loop_timer_clear(agent->turn_timer);
	if (agent->source_watch)
		loop_watch_events(agent->source_watch,
		    source_listening(agent->session->source) ? LOOP_READ : 0);
}

/* What matched is stored at once, and where the logs begin, or a crash would
 * begin them anew, at another end.  Mere positions wait a little for more. */
static void
commit_turn(struct agent *agent)
{
	int64_t export = ledger_due(agent->ledger);
	bool first = agent->first_look;

	agent->first_look = false;
	if (pipeline_took_match(agent->session->pipeline) || first ||
	    ledger_pending(agent->ledger) ||
	    (export && clock_wall_ms() >= export))
		agent_commit(agent, LEDGER_NORMAL, NULL);
	else if (agent->read_something &&
		 !loop_timer_armed(agent->commit_timer))
		loop_timer_set(agent->commit_timer,
		    clock_boot_ms() + LAZY_COMMIT_MS);
}

static bool
turn_source(struct agent *agent, size_t budget)
{
	struct follow_now now = {clock_boot_ms(), clock_stamp_ns()};

	return source_turn(agent->session->source, &now, budget);
}

static void on_source(void *arg, unsigned events);

/* Wakes the loop; the pass of a --once looks by itself. */
static void
on_helper(void *arg, unsigned events)
{
	(void)arg;
	(void)events;
}

/* Helpers come and go; a pass of --once waits for them too. */
static void
watch_journals(struct agent *agent)
{
	journals_watch(agent->session->journals, agent->loop,
	    agent->options->mode == AGENT_DAEMON ? on_source : on_helper,
	    agent);
}

static bool
turn_journals(struct agent *agent, size_t budget)
{
	struct journals *journals = agent->session->journals;
	bool more = journals_turn(journals, clock_boot_ms(), budget);

	enum journals_progress progress = journals_progress(journals);

	agent->read_something |= progress != JOURNALS_REST;
	agent->first_look |= progress == JOURNALS_BEGUN;
	watch_journals(agent);
	return more;
}

/* True when there is more to read at once. */
static bool
turn(struct agent *agent)
{
	bool more;

	if (agent->paused)
		return false;
	agent->turn_ms = clock_wall_ms();
	more = turn_source(agent, TURN_BYTES);
	more |= turn_journals(agent, TURN_BYTES);
	pipeline_expire(agent->session->pipeline, clock_wall_ms());
	commit_turn(agent);
	if (!more && !agent->pruned && !agent->paused)
		prune(agent);
	return more && !agent->paused;
}

static void
on_turn(void *arg)
{
	struct agent *agent = arg;
	bool more;

	if (agent->stopping || agent->paused)
		return;
	more = turn(agent);
	if (!agent->paused)
		arm_turn(agent, more);
}

static void
on_source(void *arg, unsigned events)
{
	(void)events;
	on_turn(arg);
}

static void
on_commit(void *arg)
{
	struct agent *agent = arg;

	if (agent->paused)
		agent_try_storage(agent);
	else if (!agent_commit(agent, LEDGER_NORMAL, NULL))
		arm_turn(agent, false);
}

void
agent_wake(struct agent *agent)
{
	if (agent->turn_timer)
		loop_timer_set(agent->turn_timer, clock_boot_ms());
}

void
agent_watch_source(struct agent *agent, bool on)
{
	int fd = source_fd(agent->session->source);

	loop_unwatch(agent->source_watch);
	agent->source_watch = NULL;
	if (on)
		watch_journals(agent);
	else
		journals_unwatch(agent->session->journals);
	if (on && fd >= 0 && agent->options->mode == AGENT_DAEMON)
		agent->source_watch = loop_watch(agent->loop, fd, LOOP_READ,
		    on_source, agent);
}

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
	agent_wake(agent);
	courier_kick(agent->courier);
}

static void
serve_deliver(void *arg)
{
	struct agent *agent = arg;

	courier_kick(agent->courier);
}

int
agent_command(struct agent *agent, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	bool runs = agent->started_ms != 0;
	struct command_context context = {
	    .store = agent->store,
	    .plan = agent->session->plan,
	    .source = agent->session->source,
	    .journals = agent->session->journals,
	    .pipeline = agent->session->pipeline,
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

static int
on_command(void *arg, int argc, const char *const *argv, struct buf *out,
    struct err *err)
{
	return agent_command(arg, argc, argv, out, err);
}

/* --- Signals -------------------------------------------------------------- */

static void
on_patience_over(void *arg)
{
	struct agent *agent = arg;

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
	agent_watch_source(agent, false);
	loop_timer_clear(agent->turn_timer);
	courier_finish(agent->courier);
	loop_timer_set(agent->stop_timer,
	    clock_boot_ms() +
		(courier_busy(agent->courier) ? STOP_PATIENCE_MS : 0));
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
	if (agent->stopping && !courier_busy(agent->courier))
		loop_timer_set(agent->stop_timer, clock_boot_ms());
}

static int
take_signals(struct agent *agent, struct err *err)
{
	signal(SIGPIPE, SIG_IGN);
	return loop_signal(agent->loop, SIGTERM, on_stop, agent, err) ||
	       loop_signal(agent->loop, SIGINT, on_stop, agent, err) ||
	       loop_signal(agent->loop, SIGHUP, on_hangup, agent, err) ||
	       loop_signal(agent->loop, SIGCHLD, on_child, agent, err);
}

/* --- Lives ---------------------------------------------------------------- */

static void
make_timers(struct agent *agent)
{
	agent->turn_timer = loop_timer_new(agent->loop, on_turn, agent);
	agent->commit_timer = loop_timer_new(agent->loop, on_commit, agent);
	agent->stop_timer =
	    loop_timer_new(agent->loop, on_patience_over, agent);
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
	on_turn(agent);		/* who gets an answer knows: it watches */
	if (!agent->options->dry_run)
		courier_kick(agent->courier);
	return loop_run(agent->loop, err) ? EX_OSERR : EX_OK;
}

static int
read_everything(struct agent *agent, struct err *err)
{
	const struct journals *journals = agent->session->journals;
	bool more = true;

	while (more && !agent->stopping) {
		bool at_once = turn(agent);

		more = !agent->paused &&
		       (at_once || !journals_are_done(journals));
		if (more && loop_turn(agent->loop, at_once ? 0 : 1000, err))
			return -1;
	}
	return agent->paused ? err_set(err, "%s", agent->trouble) : 0;
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
	struct store_counts counts;

	if (read_everything(agent, err) ||
	    agent_commit(agent, LEDGER_FINAL, err)) {
		agent_deliver(agent, NULL);	/* the word about it */
		return EX_IOERR;
	}
	if (agent->options->dry_run)
		return EX_OK;
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
	agent_rehearsal_begin(agent);
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
	turn_source(agent, 0);
	return agent;
}

/* The last word of a life: what was read is stored, where that works. */
static void
commit_last(struct agent *agent)
{
	struct err err = ERR_INIT;

	if (!agent->started_ms || agent->paused)
		return;
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
	reserve_free(agent->reserve);
	store_close(agent->store);
	if (agent->lock >= 0)
		close(agent->lock);
	conf_places_release(&agent->conf_places);
	map_free(agent->told, free);
	free(agent->accepted_path);
	free(agent->journal_program);
	free(agent->unpack_program);
	free(agent->config_path);
	free(agent->state_dir);
	free(agent);
}
