/*
 * command_outcome: how a command's end counts as a delivery.
 */
#include "config.h"

#include <string.h>

#include "deliver/command_outcome.h"

#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127
#define EXIT_TRY_LATER 75

static void
command_describe_exit(
    const char *path, int status, const char *output, struct outcome *out)
{
	const char *colon = output[0] ? ": " : "";

	if (status == 0)
		outcome_set(out, OUTCOME_DELIVERED, 0, "done by %s", path);
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

void
command_outcome(const struct command_spec *spec, struct outcome *out)
{
	const char *path = spec->argv[0];
	struct buf output = BUF_INIT;
	struct command_end end;
	struct err err = ERR_INIT;

	if (command_run(spec, &output, &end, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		buf_release(&output);
		return;
	}

	const char *text = buf_str(&output);
	if (end.how == COMMAND_EXITED)
		command_describe_exit(path, end.status, text, out);
	else if (end.how == COMMAND_TIMED_OUT)
		outcome_set(out, OUTCOME_DOUBT, 0,
		    "%s was ended: it took longer than %lld ms%s%s", path,
		    (long long)spec->timeout_ms, text[0] ? ": " : "", text);
	else
		outcome_set(out, OUTCOME_RETRY, 0,
		    "%s was ended by signal %d (%s)%s%s", path, end.status,
		    strsignal(end.status), text[0] ? ": " : "", text);
	buf_release(&output);
}
