/*
 * ask: commands on the state: the agent's answer, or our own on the database
 * when no agent holds it.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/diag.h"
#include "ctailctl/ctailctl.h"
#include "ctaild/control.h"

#define OUTCOME_PATIENCE_MS 150000
#define OUTCOME_POLL_MS 100

/* Either connected to an agent, or the state opened by us. */
struct state {
	char *dir;
	struct agent *agent; /* NULL: ask the one that runs */
};

static int
state_open(struct state *state, const struct agent_options *options)
{
	int status = EX_OK;

	*state = (struct state){.dir = agent_state_dir(options)};
	if (!state->dir)
		return EX_CONFIG;
	if (!control_answers(state->dir))
		state->agent = agent_open(options, &status);
	return status;
}

static void
state_close(struct state *state)
{
	if (state->agent)
		agent_close(state->agent);
	free(state->dir);
}

static int
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

static void
pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* "STATE ATTEMPTS ANSWER" of the test alert; true once it was tried. */
static bool
outcome_known(const char *delivery)
{
	const char *attempts = strchr(delivery, ' ');

	return attempts && strcmp(attempts, " 0 ") != 0;
}

static int
wait_for_outcome(struct state *state, const char *id, const char *sink,
    struct buf *out, struct err *err)
{
	const char *ask[] = {"delivery", id, sink};
	int64_t until = clock_boot_ms() + OUTCOME_PATIENCE_MS;
	int status;

	if (state->agent && agent_deliver(state->agent, err))
		return EX_IOERR;
	for (;;) {
		buf_reset(out);
		status = state_ask(state, 3, ask, out, err);
		if (status || outcome_known(buf_str(out)) || state->agent ||
		    clock_boot_ms() > until)
			return status;
		pause_ms(OUTCOME_POLL_MS);
	}
}

static int
print_outcome(const char *sink, const char *delivery)
{
	const char *answer = strchr(delivery, ' ');

	if (answer)
		answer = strchr(answer + 1, ' ');
	if (!strncmp(delivery, "delivered", 9)) {
		printf("sink %s: delivered:%s\n", sink, answer ? answer : "");
		return EX_OK;
	}
	if (!outcome_known(delivery)) {
		fprintf(stderr,
		    "ctailctl: sink %s: no outcome yet; see "
		    "`ctailctl status'\n",
		    sink);
		return EX_TEMPFAIL;
	}
	fprintf(stderr, "ctailctl: sink %s: not delivered:%s\n", sink,
	    answer ? answer : "");
	return EX_TEMPFAIL;
}

int
ctailctl_send_test(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct state state;
	struct buf id = BUF_INIT, out = BUF_INIT;
	struct err err = ERR_INIT;
	int status = state_open(&state, options);

	if (!status)
		status = state_ask(&state, argc, argv, &id, &err);
	if (!status)
		status =
		    wait_for_outcome(&state, buf_str(&id), argv[1], &out, &err);
	if (!status)
		status = print_outcome(argv[1], buf_str(&out));
	else if (*err.text)
		diag(DIAG_ERROR, "%s", err.text);
	state_close(&state);
	buf_release(&id);
	buf_release(&out);
	return status;
}
