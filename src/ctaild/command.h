/*
 * command: what ctailctl asks of the state.
 *
 * The same code answers in ctaild, over the control socket, and in ctailctl
 * itself when no agent holds the state.  A command is one file with one
 * const entry; command.c lists them.
 */
#ifndef CTAIL_CTAILD_COMMAND_H
#define CTAIL_CTAILD_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buf.h"
#include "base/err.h"
#include "ctaild/counts.h"
#include "ctaild/courier.h"
#include "ctaild/journals.h"
#include "ctaild/ledger.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "input/source.h"
#include "judge/silence.h"
#include "store/store.h"

#define COMMAND_ARGS_MAX 256

struct command_context {
	struct store *store;
	const struct plan *plan;
	struct source *source;
	const struct journals *journals;
	struct pipeline *pipeline;
	struct silences *silences;
	struct ledger *ledger;
	const struct reports *reports;
	const struct counts *counts;	/* NULL: nothing was before */
	struct courier *courier;
	uid_t uid;		/* of the one who asks */
	const char *hostname;
	const char *state_dir;
	const char *trouble;	/* what keeps the agent from working, or NULL */
	int64_t started_ms;	/* 0: no agent runs */
	int64_t now_ms;

	/* What only the agent can do. */
	int (*commit)(void *arg, struct err *err);
	int (*reload)(void *arg, struct err *err);
	void (*sweep)(void *arg);
	void (*deliver)(void *arg);	/* something new is in the outbox */
	void *arg;
};

struct command {
	const char *name;
	const char *usage;		/* arguments, for a person */
	const char *help;		/* one line */

	/* Appends what is to be printed; returns an exit status, 0 or one of
	 * sysexits with err filled. */
	int (*run)(const struct command_context *context, int argc,
	    const char *const *argv, struct buf *out, struct err *err);
};

extern const struct command command_alerts;
extern const struct command command_delivery;
extern const struct command command_drop;
extern const struct command command_explain;
extern const struct command command_queue;
extern const struct command command_reload;
extern const struct command command_retry;
extern const struct command command_seek;
extern const struct command command_send_test;
extern const struct command command_silence;
extern const struct command command_silences;
extern const struct command command_status;
extern const struct command command_sweep;
extern const struct command command_unsilence;

/* NULL-terminated. */
extern const struct command *const commands[];

const struct command *command_find(const char *name);

/* Who asks, by name where the system knows one (caller frees). */
char *command_asker(const struct command_context *context);

/* -1 when the glob means no rule; the nearest one is proposed. */
int command_check_rule(
    const struct plan *plan, const char *glob, struct err *err);

/* Always -1: says that this sink is not configured, what else is known of it
 * (", and ..." or ""), and which one is near. */
int command_refuse_sink(const struct plan *plan, const char *name,
    const char *but, struct err *err);

/* Runs argv[0] with the rest; an unknown name is a usage error. */
int command_run(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err);

#endif
