/*
 * ask: commands on the state, wherever it is.
 */
#ifndef CTAIL_CTAILCTL_ASK_H
#define CTAIL_CTAILCTL_ASK_H

#include "base/buf.h"
#include "base/err.h"
#include "ctaild/agent.h"

/* Either connected to an agent, or the state opened by us. */
struct state {
	char *dir;
	struct agent *agent; /* NULL: ask the one that runs */
};

/* An exit status.  What was opened must be closed, also after a failure. */
int state_open(struct state *state, const struct agent_options *options);
void state_close(struct state *state);

/* An exit status with what is to be printed, or err. */
int state_ask(struct state *state, int argc, const char *const *argv,
    struct buf *out, struct err *err);

#endif
