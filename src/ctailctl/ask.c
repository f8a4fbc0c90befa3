/*
 * ask: commands on the state: the agent's answer, or our own on the database
 * when no agent holds it.
 */
#include "config.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/diag.h"
#include "ctailctl/ask.h"
#include "ctailctl/ctailctl.h"
#include "ctaild/control.h"

/* Behind it are both the agent's socket and the database. */
static bool
is_closed_to_us(const char *dir)
{
	struct stat status;
	const struct passwd *owner;

	if (!access(dir, R_OK | W_OK | X_OK) || errno != EACCES)
		return false;
	owner = stat(dir, &status) ? NULL : getpwuid(status.st_uid);
	diag(DIAG_ERROR,
	    "you may not use the state in %s; run this as root%s%s%s", dir,
	    owner && owner->pw_uid ? ", or with `sudo -u " : "",
	    owner && owner->pw_uid ? owner->pw_name : "",
	    owner && owner->pw_uid ? "'" : "");
	return true;
}

int
state_open(struct state *state, const struct agent_options *options)
{
	int status = EX_OK;

	*state = (struct state){.dir = agent_state_dir(options)};
	if (!state->dir)
		return EX_CONFIG;
	if (control_answers(state->dir))
		return EX_OK;
	if (is_closed_to_us(state->dir))
		return EX_CANTCREAT;
	state->agent = agent_open(options, &status);
	return status;
}

void
state_close(struct state *state)
{
	if (state->agent)
		agent_close(state->agent);
	free(state->dir);
}

int
state_ask(struct state *state, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	int status;

	if (state->agent)
		return agent_command(state->agent, argc, argv, out, err);
	status = control_ask(state->dir, argc, argv, out, err);
	return status < 0 ? EX_UNAVAILABLE : status;
}

int
ctailctl_ask(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct state state;
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	int status = state_open(&state, options);

	if (!status) {
		status = state_ask(&state, argc, argv, &out, &err);
		if (out.len)
			fwrite(out.data, 1, out.len, stdout);
		if (status)
			diag(DIAG_ERROR, "%s", err.text);
	}
	state_close(&state);
	buf_release(&out);
	return status;
}
