/*
 * agent_turn: a turn of the agent: reads what is new, lets clocks ring,
 * commits, and finds out when the next one is due.
 */
#include "config.h"

#include "base/clock.h"
#include "base/diag.h"
#include "ctaild/agent_internal.h"
#include "ctaild/restore.h"
#include "store/store_alert.h"
#include "store/store_report.h"

#define TURN_BYTES (512 * 1024)		/* between two commits */
#define LAZY_COMMIT_MS 1000		/* for what told nobody anything */
#define LAZY_COMMIT_MAX_MS 10000
#define LAZY_COMMIT_COSTS 9		/* times what the last one took */
#define OVERDUE_MS 1000			/* what could not be done when due */
#define KEEP_ALERTS_MS (30LL * 24 * 3600 * 1000)
#define KEEP_ALERTS 100000
#define KEEP_REPORTS_BYTES (64LL * 1024 * 1024)
#define PRUNE_EVERY_MS (3600LL * 1000)

/* --- What the source asks and says ---------------------------------------- */

static void
on_record(void *arg, const struct record *record)
{
	struct agent *agent = arg;

	agent->read_something = true;
	pipeline_record(agent->session->pipeline, record, agent->turn_ms);
}

static enum line_place
on_place(void *arg, size_t log, struct span line)
{
	struct agent *agent = arg;

	return pipeline_place(agent->session->pipeline, log, line);
}

static int64_t
on_time(void *arg, size_t log, const char *log_path, struct span text)
{
	struct agent *agent = arg;

	return pipeline_time(agent->session->pipeline, log, log_path, text);
}

static size_t
on_lines(void *arg, size_t log, const char *log_path, struct span lines)
{
	struct agent *agent = arg;

	return pipeline_unwanted(
	    agent->session->pipeline, log, log_path, lines);
}

static void
on_skipped(void *arg, size_t log, uint64_t lines)
{
	struct agent *agent = arg;

	agent->read_something = true;
	pipeline_skipped(agent->session->pipeline, log, lines);
}

struct source_handler
agent_source_handler(struct agent *agent)
{
	return (struct source_handler){.record = on_record,
	    .notice = agent_source_notice,
	    .place = on_place,
	    .time = on_time,
	    .unwanted = on_lines,
	    .skipped = on_skipped,
	    .arg = agent};
}

/* --- A turn --------------------------------------------------------------- */

static void
prune(struct agent *agent)
{
	struct restore restore = {.store = agent->store,
	    .ledger = agent->ledger,
	    .plan = agent->session->plan,
	    .pipeline = agent->session->pipeline,
	    .quiet = agent->session->quiet,
	    .state_dir = agent->state_dir};
	struct err err = ERR_INIT;
	int64_t now_ms = clock_wall_ms();

	agent->prune_ms = clock_boot_ms() + PRUNE_EVERY_MS;
	if (restore_prune(&restore, agent->session->source, now_ms, &err) ||
	    store_alert_prune(agent->store, now_ms - KEEP_ALERTS_MS, &err) ||
	    store_alert_prune_most(agent->store, KEEP_ALERTS, &err) ||
	    store_report_prune(agent->store, KEEP_REPORTS_BYTES, &err))
		diag(DIAG_WARNING, "%s", err.text);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	if (a < 0)
		return b;
	return b >= 0 && b < a ? b : a;
}

/* A wall time (0: none) among boot times.  What is overdue has just been
 * looked at and could not be done yet: clocks of absence wait for the logs to
 * be read. */
static int64_t
earlier_wall(int64_t due, int64_t wall_ms)
{
	int64_t wait = wall_ms - clock_wall_ms();

	if (!wall_ms)
		return due;
	return earlier(due,
	    clock_boot_ms() + (wait > 0 ? wait : OVERDUE_MS));
}

static int64_t
next_turn(const struct agent *agent)
{
	const struct session *session = agent->session;
	int64_t due = source_due(session->source);

	due = earlier(due, journals_due(session->journals));
	due = earlier(due, agent->quiet_again_ms);
	due = earlier_wall(due, pipeline_due(session->pipeline));
	due = earlier_wall(due, quiet_due(session->quiet));
	due = earlier_wall(due, reports_due(session->reports));
	due = earlier_wall(due, ledger_storm_due(agent->ledger));
	return earlier_wall(due, ledger_due(agent->ledger));
}

static void
arm_turn(struct agent *agent, bool more)
{
	int64_t due = more ? clock_boot_ms() : next_turn(agent);

	if (due >= 0)
		loop_timer_set(agent->turn_timer, due);
	else
		loop_timer_clear(agent->turn_timer);
	if (agent->source_watch)
		loop_watch_events(agent->source_watch,
		    source_listening(agent->session->source) ? LOOP_READ : 0);
}

/* Storing is to take a small part of the time only, however many keys have
 * changed.  A pass of --once stores at its end. */
static int64_t
lazy_wait_ms(const struct agent *agent)
{
	int64_t wait = LAZY_COMMIT_COSTS * agent->commit_cost_ms;

	if (agent->options->mode == AGENT_ONCE)
		return LAZY_COMMIT_MAX_MS;
	if (wait < LAZY_COMMIT_MS)
		return LAZY_COMMIT_MS;
	return wait < LAZY_COMMIT_MAX_MS ? wait : LAZY_COMMIT_MAX_MS;
}

/* Nothing depends on it before something is told: a crash reads and counts it
 * again, from where everything was stored together. */
static void
commit_lazily(struct agent *agent)
{
	if (!loop_timer_armed(agent->commit_timer))
		loop_timer_set(agent->commit_timer,
		    clock_boot_ms() + lazy_wait_ms(agent));
}

/* What is to be told is stored at once, and where the logs begin, or a crash
 * would begin them anew, at another end.  All else waits a little for more. */
static void
commit_turn(struct agent *agent)
{
	int64_t export = ledger_due(agent->ledger);
	bool first = agent->first_look;

	agent->first_look = false;
	if (pipeline_has_told(agent->session->pipeline) || first ||
	    ledger_pending(agent->ledger) ||
	    (export && clock_wall_ms() >= export && !agent->read_something))
		agent_commit(agent, LEDGER_NORMAL, NULL);
	else if (agent->read_something)
		commit_lazily(agent);
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

/* Everything in the logs has been fed; the pass of a --once says so itself,
 * at its end. */
static bool
is_caught_up(const struct agent *agent, bool more)
{
	const struct session *session = agent->session;

	return !more && !agent->first_look &&
	       agent->options->mode == AGENT_DAEMON &&
	       source_is_caught_up(session->source) &&
	       journals_are_done(session->journals);
}

static void
let_clocks_ring(struct agent *agent, bool caught_up)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};

	pipeline_expire(agent->session->pipeline, place.now_ms, caught_up);
	agent_look_quiet(agent, false);
	agent_tell_quiet(agent, caught_up);
	agent_tell_reports(agent, false);
	ledger_storm_expire(agent->ledger, &place);
}

bool
agent_turn(struct agent *agent)
{
	bool more, caught_up;

	if (agent->paused) {
		agent->looked_on = false;
		return false;
	}
	agent->turn_ms = clock_wall_ms();
	pipeline_turn(agent->session->pipeline, agent->turn_ms);
	pipeline_set_late(agent->session->pipeline, !agent->looked_on);
	more = turn_source(agent, TURN_BYTES);
	more |= turn_journals(agent, TURN_BYTES);
	caught_up = is_caught_up(agent, more);
	agent->looked_on = !more && (agent->looked_on || caught_up);
	let_clocks_ring(agent, caught_up);
	commit_turn(agent);
	if (!more && !agent->paused && clock_boot_ms() >= agent->prune_ms)
		prune(agent);
	return more && !agent->paused;
}

void
agent_end_pass(struct agent *agent)
{
	agent_look_quiet(agent, true);
	let_clocks_ring(agent, true);
	pipeline_end_pass(agent->session->pipeline, clock_wall_ms());
	agent_tell_reports(agent, true);
}

void
agent_look_once(struct agent *agent)
{
	agent->turn_ms = clock_wall_ms();
	pipeline_turn(agent->session->pipeline, agent->turn_ms);
	turn_source(agent, 0);
}

void
agent_turn_now(void *arg)
{
	struct agent *agent = arg;
	bool more;

	if (agent->stopping || agent->paused)
		return;
	more = agent_turn(agent);
	more |= agent_look_rules(agent);
	if (!agent->paused)
		arm_turn(agent, more);
}

static void
on_source(void *arg, unsigned events)
{
	(void)events;
	agent_turn_now(arg);
}

void
agent_commit_now(void *arg)
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

