/*
 * agent_internal: struct agent, for the agent_*.c files only.
 */
#ifndef CTAIL_CTAILD_AGENT_INTERNAL_H
#define CTAIL_CTAILD_AGENT_INTERNAL_H

#include <stdint.h>
#include "base/loop.h"
#include "ctaild/agent.h"
#include "ctaild/control.h"
#include "ctaild/courier.h"
#include "ctaild/emergency.h"
#include "ctaild/ledger.h"
#include "ctaild/outlet.h"
#include "ctaild/reserve.h"
#include "ctaild/session.h"
#include "input/unpack.h"
#include "store/store.h"

#define AGENT_HOSTNAME_MAX 256

struct agent {
	const struct agent_options *options;
	struct conf_places conf_places;
	char *config_path;		/* NULL with built-in rules */
	char *config_named;		/* absolute; NULL: ctailctl finds it
					 * without being told */
	char *state_dir;		/* NULL in a dry run without one */
	char *accepted_path;
	char hostname[AGENT_HOSTNAME_MAX];
	struct outlet_places outlet_places;
	char *journal_program, *unpack_program;
	struct unpacker unpacker;
	int lock;			/* descriptor; -1 */
	int64_t started_ms;		/* 0: offline */

	struct loop *loop;
	struct store *store;
	struct reserve *reserve;
	struct ledger *ledger;
	struct courier *courier;
	struct emergency *emergency;
	struct control *control;
	struct silences *silences;	/* over all sessions */
	struct session *session;

	struct loop_fd *source_watch;
	struct loop_timer *turn_timer;	/* next look at the logs */
	struct loop_timer *commit_timer;	/* lazy commit, storage retry */
	struct loop_timer *stop_timer;	/* next look whether it can stop */
	int64_t turn_ms;		/* wall; arrival of what a turn reads */
	struct map *told;		/* of agent_notices.c; freed by free */
	struct map *waiting;		/* of a dry run: id -> setting_list of
					 * an alert that is still amended */
	int64_t quiet_looked_ms;	/* boot; of agent_quiet.c */
	int64_t quiet_again_ms;		/* boot, or -1 */
	int64_t rules_looked_ms;	/* boot; 0: look at the next turn; of
					 * agent_rules.c */
	bool rules_changed;		/* and not read again yet */
	bool read_something;		/* since the last commit */
	int64_t commit_cost_ms;		/* what the last commit took */
	bool first_look;		/* of a session, still to come */
	bool looked_on;			/* all there was has been read before
					 * this turn */
	int64_t prune_ms;		/* boot; 0: at the next turn */
	bool stopping;
	int64_t stop_ms;		/* boot; when that began */
	bool output_failed;		/* of a dry run */
	uint64_t reported_lines;	/* of [logcheck] sections */

	/* Storage trouble: reading stops until it is over. */
	bool paused;
	bool emergency_told;
	bool reserve_spent;		/* and not made again yet */
	bool full;			/* as opposed to failing otherwise */
	char trouble[ERR_TEXT_MAX];	/* "" when there is none */
};

/* --- agent_open.c --- */

/* Takes the state, opens everything and starts the first session.  NULL with
 * EX_OK: the agent that holds the state answers in its place. */
struct agent *agent_new(const struct agent_options *options,
    int *status_out);

/* A conf by the options, NULL with every mistake printed.  *accepted_out:
 * it is the copy accepted last, because the real one was refused. */
struct conf *agent_load_conf(struct agent *agent, bool *accepted_out);

/* Starts a session on what is stored. */
int agent_start_session(struct agent *agent, struct session *session,
    struct err *err);

/* --- agent_storage.c --- */

/* Commits what is gathered; copes with a full disk.  0 when it is stored. */
int agent_commit(struct agent *agent, enum ledger_how how,
    struct err *err);

/* A commit after trouble, by the clock. */
void agent_try_storage(struct agent *agent);

/* A critical notice to the default sinks of conf, past the ledger. */
void agent_send_emergency(struct agent *agent, const struct conf *conf,
    const char *subject, const char *text);

/* --- agent_refused.c --- */

/* It cannot start: told to the default sinks of the configuration that was
 * accepted last, once an hour. */
void agent_tell_refused(struct agent *agent, const struct conf *conf);

/* It has started: the next time is told at once. */
void agent_forget_refused(const struct agent *agent);

/* ctail about itself, to the default sinks, in the next commit. */
void agent_notice(struct agent *agent, enum severity severity,
    const char *subject, const char *text);

/* --- agent_notices.c --- */

/* A source_handler's notice. */
void agent_source_notice(void *agent, enum source_notice kind,
    const char *path, const char *text);

/* Whether something may be told of by its name now, or was within the last
 * hour, by this process or one before; adds to text how often it was not
 * told meanwhile. */
bool agent_may_tell(struct agent *agent, struct span name, struct buf *text);

/* What was told last, out of the store. */
int agent_notices_load(struct agent *agent, struct err *err);

/* --- agent_reload.c --- */

int agent_reload(struct agent *agent, struct err *err);
int agent_reload_rules(struct agent *agent, struct err *err); /* their files */

/* --- agent_rules.c --- */

/* Reloads when rule files have changed, which it finds out once a minute at
 * most; true when it did. */
bool agent_look_rules(struct agent *agent);

/* What of the rule files is skipped, unless that was told last. */
void agent_tell_skipped(struct agent *agent);

/* --- agent_hooks.c --- */

/* What a pipeline hands its alerts to. */
struct pipeline_hooks agent_hooks(struct agent *agent);

/* Stores an alert for these sinks, or prints it in a dry run. */
void agent_emit(void *agent, const struct emission *emission);

/* Emits the reports that are due, or every one. */
void agent_tell_reports(struct agent *agent, bool all);

/* --- agent_about.c --- */

/* pipeline_hooks.about_log. */
void agent_about_log(void *agent, size_t log, struct buf *out);

/* --- agent_quiet.c --- */

/* Finds out when the logs with `quiet' were written last, where that may
 * matter, or always. */
void agent_look_quiet(struct agent *agent, bool always);

/* Tells what is due, and notes the clocks that changed. */
void agent_tell_quiet(struct agent *agent, bool caught_up);

/* --- agent_rehearsal.c --- */

/* What a run that sends nothing says of itself; nothing in others. */
void agent_rehearsal_begin(const struct agent *agent);

/* What is still held, and the last word. */
void agent_rehearsal_end(struct agent *agent);

/* --- agent_turn.c --- */

/* Reads, decides, commits; true when there is more to read at once. */
bool agent_turn(struct agent *agent);

/* The same by the loop, which is told when the next one is due. */
void agent_turn_now(void *agent);

/* The commit timer: a lazy commit, or another try after trouble. */
void agent_commit_now(void *agent);

/* Behind the last turn of a --once: what waits for a clock or for more. */
void agent_end_pass(struct agent *agent);

/* Finds the logs without reading them. */
void agent_look_once(struct agent *agent);

/* Looks at the logs as soon as the loop turns. */
void agent_wake(struct agent *agent);

/* Watches the session's source and journals, or stops doing so. */
void agent_watch_source(struct agent *agent, bool on);

/* What records and notices of a source are handed to. */
struct source_handler agent_source_handler(struct agent *agent);

#endif
