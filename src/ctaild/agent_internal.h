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
	struct session *session;

	struct loop_fd *source_watch;
	struct loop_timer *turn_timer;	/* next look at the logs */
	struct loop_timer *commit_timer;	/* lazy commit, storage retry */
	struct loop_timer *stop_timer;	/* end of patience when stopping */
	int64_t turn_ms;		/* wall; arrival of what a turn reads */
	struct map *told;		/* of agent_notices.c; freed by free */
	bool read_something;		/* since the last commit */
	bool first_look;		/* of a session, still to come */
	bool pruned;
	bool stopping;
	bool output_failed;		/* of a dry run */

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

/* ctail about itself, to the default sinks, in the next commit. */
void agent_notice(struct agent *agent, enum severity severity,
    const char *subject, const char *text);

/* --- agent_notices.c --- */

/* A source_handler's notice. */
void agent_source_notice(void *agent, enum source_notice kind,
    const char *path, const char *text);

/* --- agent_reload.c --- */

int agent_reload(struct agent *agent, struct err *err);

/* --- agent_rehearsal.c --- */

/* What a run that sends nothing says of itself; nothing in others. */
void agent_rehearsal_begin(const struct agent *agent);
void agent_rehearsal_end(const struct agent *agent);

/* --- agent.c --- */

/* Looks at the logs as soon as the loop turns. */
void agent_wake(struct agent *agent);

/* Watches the session's source and journals, or stops doing so. */
void agent_watch_source(struct agent *agent, bool on);

/* What records and notices of a source are handed to. */
struct source_handler agent_source_handler(struct agent *agent);

/* Prints an alert as it would be mailed (dry run). */
void agent_print_alert(void *agent, const struct alert *alert,
    const struct setting_list *sinks);

#endif
