/*
 * Commands: input, output, ends and deadlines, and their environment.
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "deliver/command_outcome.h"
#include "deliver/environment.h"
#include "tap.h"

/* A deadline that no test ever waits for. */
#define LONG_MS 60000

static struct command_spec
shell(const char **argv, const char *script)
{
	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = script;
	argv[3] = NULL;
	return (struct command_spec){
	    .argv = argv,
	    .timeout_ms = LONG_MS,
	    .output_max = 8192,
	    .streams = COMMAND_OUTPUT_AND_ERROR,
	};
}

static void
test_input_and_output(void)
{
	const char *argv[4];
	struct command_spec spec = shell(argv, "cat; echo more >&2");
	struct buf output = BUF_INIT;
	struct command_end end;
	struct err err = ERR_INIT;

	spec.input = span_str("some bytes ");
	OK(!command_run(&spec, &output, &end, &err), "a command runs");
	IS_INT(end.how, COMMAND_EXITED, "to its end");
	IS_INT(end.status, 0, "with success");
	IS_STR(buf_str(&output), "some bytes more\n",
	    "it gets its input, and both its streams come back");
	buf_release(&output);
}

static void
test_large(void)
{
	const size_t size = 1 << 20;
	const char *argv[4];
	struct command_spec spec = shell(argv, "cat");
	struct buf output = BUF_INIT;
	struct command_end end;
	struct err err = ERR_INIT;
	char *input = malloc(size);

	memset(input, 'x', size);
	spec.input = span_of(input, size);
	OK(!command_run(&spec, &output, &end, &err) && end.status == 0,
	    "more than a pipe holds goes in and out without a standstill");
	IS_INT((int)output.len, 8192, "what is kept of the output is bounded");

	buf_reset(&output);
	spec = shell(argv, "exec <&-; echo done");
	spec.input = span_of(input, size);
	OK(!command_run(&spec, &output, &end, &err) && end.status == 0,
	    "a command need not read its input");
	IS_STR(buf_str(&output), "done\n", "and is heard all the same");
	free(input);
	buf_release(&output);
}

static void
end_is(const char *script, enum command_how how, int status,
    const char *sentence)
{
	const char *argv[4];
	struct command_spec spec = shell(argv, script);
	struct buf output = BUF_INIT;
	struct command_end end = {COMMAND_TIMED_OUT, -1};
	struct err err = ERR_INIT;

	command_run(&spec, &output, &end, &err);
	OK(end.how == how && end.status == status, "%s", sentence);
	buf_release(&output);
}

static void
test_ends(void)
{
	end_is("exit 75", COMMAND_EXITED, 75, "an exit status is told");
	end_is("kill -9 $$", COMMAND_SIGNALLED, SIGKILL, "a signal is told");
	end_is("exec >&- 2>&-; exit 3", COMMAND_EXITED, 3,
	    "the end of the output is not the end");
	end_is("sleep 60 & exit 4", COMMAND_EXITED, 4,
	    "who holds the output after the end is not waited for");
}

/* Standard error is a pipe meanwhile, which ends when its last holder did. */
static bool
leaves_nobody(const char *script)
{
	const char *argv[4];
	struct command_spec spec = shell(argv, script);
	struct buf output = BUF_INIT;
	struct command_end end = {COMMAND_EXITED, 0};
	struct err err = ERR_INIT;
	int ends[2], saved = dup(STDERR_FILENO);
	bool gone = false;
	char byte;

	if (saved < 0 || pipe(ends) || dup2(ends[1], STDERR_FILENO) < 0)
		return false;
	close(ends[1]);
	spec.timeout_ms = 100;
	spec.grace_ms = 50;
	spec.streams = COMMAND_OUTPUT_ONLY;
	int result = command_run(&spec, &output, &end, &err);
	dup2(saved, STDERR_FILENO);
	close(saved);

	struct pollfd wait = {.fd = ends[0], .events = POLLIN};
	if (poll(&wait, 1, 20000) == 1)
		gone = read(ends[0], &byte, 1) == 0;
	close(ends[0]);
	buf_release(&output);
	return !result && end.how == COMMAND_TIMED_OUT && gone;
}

static void
test_deadline(void)
{
	OK(leaves_nobody("sleep 60 & sleep 60"),
	    "at its deadline a command and its children are ended");
	OK(leaves_nobody("trap '' TERM; while :; do sleep 60; done"),
	    "also when it ignores TERM");
	OK(leaves_nobody("(trap '' TERM; while :; do sleep 60; done) & wait"),
	    "also when only a child of it does");
}

static void
test_not_startable(void)
{
	const char *const argv[] = {"/nonexistent/program", NULL};
	struct command_spec spec = {.argv = argv, .timeout_ms = LONG_MS};
	struct buf output = BUF_INIT;
	struct command_end end;
	struct err err = ERR_INIT;
	struct outcome outcome = {0};

	OK(command_run(&spec, &output, &end, &err), "what is not there fails");
	OK(strstr(err.text, "/nonexistent/program"), "and is named");
	command_outcome(&spec, NULL, &outcome);
	IS_INT(outcome.class, OUTCOME_CONFIG, "it waits for a person");
	buf_release(&output);
}

static void
outcome_is(const char *script, enum outcome_class class, const char *text,
    const char *sentence)
{
	const char *argv[4];
	struct command_spec spec = shell(argv, script);
	struct outcome outcome = {0};

	spec.grace_ms = 50;
	if (class == OUTCOME_DOUBT)
		spec.timeout_ms = 50;
	command_outcome(&spec, NULL, &outcome);
	OK(outcome.class == class && strstr(outcome.text, text), "%s (%s)",
	    sentence, outcome.text);
}

static void
test_outcomes(void)
{
	outcome_is("echo noise", OUTCOME_DELIVERED, "done by /bin/sh: noise",
	    "exit status 0 is delivered, and what it said is told");
	outcome_is("echo busy; exit 75", OUTCOME_RETRY, "busy",
	    "75 is tried again, with what it said");
	outcome_is("exit 1", OUTCOME_RETRY, "exit status 1",
	    "any other status is tried again");
	outcome_is("exit 126", OUTCOME_CONFIG, "126", "126 is no program");
	outcome_is("exit 127", OUTCOME_CONFIG, "127", "127 is no program");
	outcome_is("kill -SEGV $$", OUTCOME_RETRY, "signal 11",
	    "one that crashes is tried again");
	outcome_is("sleep 60", OUTCOME_DOUBT, "took longer than 50 ms",
	    "one that is too slow may have done its work");
}

static void
test_environment(void)
{
	struct environment environment;
	struct err err = ERR_INIT;

	OK(!environment_init(&environment, NULL, &err),
	    "an environment is made for who we are");
	OK(environment_get(&environment, "PATH") != NULL, "there is a PATH");
	OK(!environment_get(&environment, "LD_PRELOAD"),
	    "nothing is inherited");
	OK(environment_add(&environment, "CTAIL_KEY", span_str("a=b")),
	    "a variable can be added");
	IS_STR(environment_get(&environment, "CTAIL_KEY"), "a=b",
	    "and is there");
	OK(!environment_add(&environment, "CTAIL_KEY", span_str("c")),
	    "but not twice");
	OK(!environment_add(&environment, "CTAIL_X", span_of("a\0b", 3)),
	    "a value with a NUL is left out");
	OK(!environment_get(&environment, "CTAIL_"),
	    "a name that is only begun is not found");
	environment_release(&environment);

	OK(environment_init(&environment, "no-such-user-here", &err),
	    "an unknown user is an error");
	environment_release(&environment);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	setenv("LD_PRELOAD", "", 1);
	test_input_and_output();
	test_large();
	test_ends();
	test_deadline();
	test_not_startable();
	test_outcomes();
	test_environment();
	return tap_done();
}
