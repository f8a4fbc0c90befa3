/*
 * agent: owns lifetimes and the loop; everything else is borrowed from it.
 */
#ifndef CTAIL_CTAILD_AGENT_H
#define CTAIL_CTAILD_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

enum agent_mode {
	AGENT_DAEMON,		/* until told to stop */
	AGENT_ONCE,		/* one pass, one attempt for what is due */
	AGENT_OFFLINE,		/* ctailctl: answers commands, reads nothing */
};

struct agent_options {
	enum agent_mode mode;
	bool dry_run;			/* print, store and send nothing */
	const char *config;		/* file; NULL: the default one */
	const char *state_dir;		/* NULL: as configured */
	const char *send_socket, *exec_socket;	/* NULL: start workers */
	const char *journal_socket;	/* NULL: start ctail-journal */
	const char *journal_directory;	/* NULL: the system's journal */
	const char *unpack_socket;	/* NULL: start ctail-unpack */
	const char *libexec;		/* NULL: as installed */
	const char *const *files;	/* with built-in rules, or NULL */
	size_t file_count;
};

/* From the first line of main on, so that a signal that comes before an agent
 * can obey it waits for it: HUP must not end it, nor TERM in the middle. */
void agent_hold_signals(void);

/* Runs to the end; the exit status (sysexits). */
int agent_run(const struct agent_options *options);

/* --- For ctailctl, when no agent runs --- */

struct agent;

/* NULL with an exit status in *status_out; what kept it from opening has then
 * been printed.  NULL with EX_OK: there is an agent that answers by now. */
struct agent *agent_open(const struct agent_options *options,
    int *status_out);
void agent_close(struct agent *agent);

int agent_command(struct agent *agent, int argc, const char *const *argv,
    struct buf *out, struct err *err);

/* Delivers what is due now, one attempt each. */
int agent_deliver(struct agent *agent, struct err *err);

/* Where the state is, by options and configuration, without opening it
 * (caller frees); NULL when the configuration is refused (printed)
 * and no agent answers either. */
char *agent_state_dir(const struct agent_options *options);

#endif
