/*
 * send_test: a test alert to one sink, and how it went.
 *
 * Shows the conversation that the worker told of, which holds no secret
 * (deliver/transfer_trace.h), then the outcome, then what to check.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/span.h"
#include "ctailctl/ask.h"
#include "ctailctl/ctailctl.h"

#define OUTCOME_PATIENCE_MS 150000
#define OUTCOME_POLL_MS 100

#define ADVICE_MARK "! "

/* What `delivery' answers: "STATE ATTEMPTS ANSWER", lines. */
struct delivery_answer {
	struct span state;
	struct span answer;
	struct span trace;
};

static struct span
take_until(struct span *rest, char end)
{
	const char *found =
	    rest->len ? memchr(rest->data, end, rest->len) : NULL;
	size_t len = found ? (size_t)(found - rest->data) : rest->len;
	struct span taken = span_of(rest->data, len);

	len += found != NULL;
	*rest = span_of(rest->data + len, rest->len - len);
	return taken;
}

static struct delivery_answer
read_answer(struct span text)
{
	struct span line = take_until(&text, '\n');
	struct delivery_answer answer = {.trace = text};

	answer.state = take_until(&line, ' ');
	take_until(&line, ' ');
	answer.answer = line;
	return answer;
}

static int
wait_for_answer(struct state *state, const char *id, const char *sink,
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
		if (status || state->agent || clock_boot_ms() > until ||
		    read_answer(buf_span(out)).answer.len > 0)
			return status;
		poll(NULL, 0, OUTCOME_POLL_MS);
	}
}

/* The conversation; what it ends with in advice_out. */
static void
print_trace(struct span trace, struct span *advice_out)
{
	size_t mark = strlen(ADVICE_MARK);

	*advice_out = span_str("");
	while (trace.len > 0) {
		struct span line = take_until(&trace, '\n');

		if (line.len > mark && !memcmp(line.data, ADVICE_MARK, mark))
			*advice_out =
			    span_of(line.data + mark, line.len - mark);
		else
			printf("%.*s\n", (int)line.len, line.data);
	}
	fflush(stdout);
}

static int
print_answer(const char *sink, const char *id,
    const struct delivery_answer *answer)
{
	struct span advice, said = answer->answer;

	print_trace(answer->trace, &advice);
	if (span_is(answer->state, "delivered")) {
		printf("sink %s: delivered: %.*s\n", sink, (int)said.len,
		    said.data);
		return EX_OK;
	}
	if (!said.len)
		fprintf(stderr,
		    "ctailctl: sink %s: no outcome yet; see "
		    "`ctailctl status'\n",
		    sink);
	else
		fprintf(stderr, "ctailctl: sink %s: not delivered: %.*s\n",
		    sink, (int)said.len, said.data);
	if (advice.len > 0)
		fprintf(stderr, "ctailctl: what to check: %.*s\n",
		    (int)advice.len, advice.data);
	if (span_is(answer->state, "due"))
		fprintf(stderr,
		    "ctailctl: the test goes on waiting, as an alert would; "
		    "`ctailctl drop %s' forgets it\n", id);
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
		    wait_for_answer(&state, buf_str(&id), argv[1], &out, &err);
	if (!status) {
		struct delivery_answer answer = read_answer(buf_span(&out));

		status = print_answer(argv[1], buf_str(&id), &answer);
	} else if (*err.text) {
		diag(DIAG_ERROR, "%s", err.text);
	}
	state_close(&state);
	buf_release(&id);
	buf_release(&out);
	return status;
}
