/*
 * command_outcome: how a command's end counts as a delivery.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "deliver/command_outcome.h"
#include "deliver/trace.h"

#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127
#define EXIT_TRY_LATER 75

static void
command_describe_exit(
    const char *path, int status, const char *output, struct outcome *out)
{
	const char *colon = output[0] ? ": " : "";

	if (status == 0)
		outcome_set(out, OUTCOME_DELIVERED, 0, "done by %s%s%s", path,
		    colon, output);
	else if (status == EXIT_NOT_EXECUTABLE || status == EXIT_NOT_FOUND)
		outcome_set(out, OUTCOME_CONFIG, status,
		    "%s cannot run (exit status %d)%s%s", path, status, colon,
		    output);
	else if (status == EXIT_TRY_LATER)
		outcome_set(out, OUTCOME_RETRY, status,
		    "%s wants to be tried again (exit status 75)%s%s", path,
		    colon, output);
	else
		outcome_set(out, OUTCOME_RETRY, status,
		    "%s failed with exit status %d%s%s", path, status, colon,
		    output);
}

/* What keeps a command from starting mostly waits for a person. */
static enum outcome_class
command_class_of(int number)
{
	static const int passing[] = {
	    EAGAIN, EMFILE, ENFILE, ENOMEM, ETXTBSY, EIO, EINTR};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (passing[i] == number)
			return OUTCOME_RETRY;
	}
	return number == E2BIG ? OUTCOME_REFUSED : OUTCOME_CONFIG;
}

static void
command_describe_end(const struct command_spec *spec,
    const struct command_end *end, const char *text, struct outcome *out)
{
	const char *path = spec->argv[0], *colon = text[0] ? ": " : "";

	if (end->how == COMMAND_EXITED)
		command_describe_exit(path, end->status, text, out);
	else if (end->how == COMMAND_TIMED_OUT)
		outcome_set(out, OUTCOME_DOUBT, 0,
		    "%s was ended: it took longer than %lld ms%s%s", path,
		    (long long)spec->timeout_ms, colon, text);
	else
		outcome_set(out, OUTCOME_RETRY, 0,
		    "%s was ended by signal %d (%s)%s%s", path, end->status,
		    strsignal(end->status), colon, text);
}

/* Not the arguments: one of the section's may be a secret. */
static void
command_trace_start(const struct command_spec *spec, const struct trace *trace)
{
	size_t count = 0;

	while (spec->argv[count + 1])
		count++;
	trace_linef(trace, TRACE_NOTE,
	    "running %s with %zu argument%s%s%s, and %zu bytes as its input",
	    spec->argv[0], count, count == 1 ? "" : "s",
	    spec->user ? " as user " : "", spec->user ? spec->user : "",
	    spec->input.len);
}

void
command_outcome(const struct command_spec *spec, const struct trace *trace,
    struct outcome *out)
{
	struct buf output = BUF_INIT;
	struct command_end end;
	struct err err = ERR_INIT;

	command_trace_start(spec, trace);
	if (command_run(spec, &output, &end, &err)) {
		outcome_set(
		    out, command_class_of(errno), errno, "%s", err.text);
	} else {
		trace_lines(trace, TRACE_HEARD, buf_span(&output));
		command_describe_end(spec, &end, buf_str(&output), out);
	}
	buf_release(&output);
}
