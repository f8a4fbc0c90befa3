/*
 * exec_sink: alerts to a command.
 *
 * What log text can reach: an argument, whole and never split, that may not
 * become an option; CTAIL_ variables of the environment; the JSON on
 * standard input.
 */
#include "config.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "deliver/command_outcome.h"
#include "deliver/environment.h"
#include "deliver/exec_settings.h"
#include "deliver/worker.h"
#include "message/alert_json.h"
#include "message/template.h"
#include "message/variables.h"

/* Linux takes 128 KiB in one argument or variable, and 2 MiB in all of them
 * where the stack may be 8 MiB; 64 captures must fit beside the arguments. */
#define ARGUMENT_MAX (64 * 1024)
#define ARGUMENTS_MAX ((size_t)1024 * 1024)
#define VARIABLE_MAX (8 * 1024)
#define VARIABLE_NAME_MAX 64

struct exec_run {
	const struct exec_settings *settings;
	struct template **templates; /* one per arg */
};

static bool
exec_is_from_log(const struct template *template)
{
	return template_variable(template, 0) != NULL;
}

/* One argument into argv[i]; false with a REFUSED outcome. */
static bool
exec_make_argument(const struct exec_run *run, size_t i,
    const struct alert *alert, char **argument, struct outcome *out)
{
	const char *source = run->settings->arg.items[i].text;
	struct buf text = BUF_INIT;
	const char *what = NULL;

	template_render(
	    run->templates[i], variable_lookup, (void *)alert, &text);
	if (text.len > 0 && memchr(text.data, '\0', text.len))
		what = "would hold a NUL byte";
	else if (text.len > ARGUMENT_MAX)
		what = "would be longer than 64 KiB";
	else if (text.len > 0 && text.data[0] == '-' && source[0] != '-' &&
		 exec_is_from_log(run->templates[i]) &&
		 !run->settings->arg_dash)
		what = "would begin with a dash, and so could be an option "
		       "(arg_dash = yes allows it)";
	if (what)
		outcome_set(out, OUTCOME_REFUSED, 0, "arg %zu (%s) %s", i + 1,
		    source, what);
	else
		*argument = buf_take(&text);
	buf_release(&text);
	return !what;
}

static void
exec_free_argv(const struct exec_run *run, char **argv)
{
	/* argv[0] is borrowed from the settings. */
	for (size_t i = 0; i < run->settings->arg.count; i++)
		free(argv[i + 1]);
	free(argv);
}

static bool
exec_fill_argv(const struct exec_run *run, const struct alert *alert,
    char **argv, struct outcome *out)
{
	size_t all = 0;

	for (size_t i = 0; i < run->settings->arg.count; i++) {
		if (!exec_make_argument(run, i, alert, &argv[i + 1], out))
			return false;
		all += strlen(argv[i + 1]) + 1;
	}
	if (all <= ARGUMENTS_MAX)
		return true;
	outcome_set(out, OUTCOME_REFUSED, 0,
	    "the arguments would be longer than 1 MiB; the command finds the "
	    "whole alert on its standard input");
	return false;
}

static char **
exec_make_argv(
    const struct exec_run *run, const struct alert *alert, struct outcome *out)
{
	char **argv = xcalloc(run->settings->arg.count + 2, sizeof(*argv));

	argv[0] = run->settings->command;
	if (exec_fill_argv(run, alert, argv, out))
		return argv;
	exec_free_argv(run, argv);
	return NULL;
}

static void
exec_add_variable(
    struct environment *environment, const char *name, struct span value)
{
	environment_add(environment, name,
	    span_of(value.data, utf8_cut(value, VARIABLE_MAX)));
}

/* CTAIL_VAR_USER from "user"; nothing but letters, digits and underscores
 * can be in a name. */
static void
exec_add_capture(
    struct environment *environment, const struct alert_capture *capture)
{
	char name[sizeof("CTAIL_VAR_") + VARIABLE_NAME_MAX] = "CTAIL_VAR_";
	size_t at = strlen(name);

	if (!capture->name[0] || strlen(capture->name) > VARIABLE_NAME_MAX)
		return;
	for (const char *byte = capture->name; *byte; byte++) {
		if (!ascii_is_word(*byte))
			return;
		name[at++] = ascii_upper(*byte);
	}
	name[at] = '\0';
	exec_add_variable(
	    environment, name, span_of(capture->value, capture->len));
}

static int
exec_make_environment(const struct exec_run *run, const struct alert *alert,
    struct environment *environment, struct err *err)
{
	if (environment_init(environment, run->settings->user, err))
		return -1;
	exec_add_variable(environment, "CTAIL_RULE", span_str(alert->rule));
	exec_add_variable(
	    environment, "CTAIL_SUBJECT", span_str(alert->subject));
	exec_add_variable(environment, "CTAIL_KEY", span_str(alert->key));
	exec_add_variable(environment, "CTAIL_ID", span_str(alert->id));
	exec_add_variable(environment, "CTAIL_SEVERITY",
	    span_str(severity_name(alert->severity)));
	for (size_t i = 0; i < alert->capture_count; i++)
		exec_add_capture(environment, &alert->captures[i]);
	return 0;
}

static void
exec_run_command(const struct exec_run *run, const struct delivery *delivery,
    char **argv, struct outcome *out)
{
	struct environment environment;
	struct buf input = BUF_INIT;
	struct err err = ERR_INIT;

	if (exec_make_environment(run, delivery->alert, &environment, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		return;
	}
	alert_json(delivery->alert, 0, &input);
	buf_add_byte(&input, '\n');
	const struct command_spec spec = {
	    .argv = (const char *const *)argv,
	    .envp = (const char *const *)environment.entries,
	    .user = run->settings->user,
	    .input = buf_span(&input),
	    .timeout_ms = run->settings->sink.timeout,
	    .output_max = COMMAND_OUTCOME_OUTPUT_MAX,
	    .streams = COMMAND_OUTPUT_AND_ERROR,
	};
	command_outcome(&spec, delivery->trace, out);
	buf_release(&input);
	environment_release(&environment);
}

static void
exec_send(void *arg, const struct delivery *delivery, struct outcome *out)
{
	struct exec_run *run = arg;
	char **argv = exec_make_argv(run, delivery->alert, out);

	if (!argv)
		return;
	exec_run_command(run, delivery, argv, out);
	exec_free_argv(run, argv);
}

static void
exec_close(void *arg)
{
	struct exec_run *run = arg;

	for (size_t i = 0; i < run->settings->arg.count; i++)
		template_free(run->templates[i]);
	free(run->templates);
	free(run);
}

static void *
exec_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct exec_run *run = xcalloc(1, sizeof(*run));
	size_t count = ((const struct exec_settings *)settings)->arg.count;
	struct err err = ERR_INIT;

	(void)name, (void)hostname;
	run->settings = settings;
	run->templates = xcalloc(count + 1, sizeof(*run->templates));
	for (size_t i = 0; i < count; i++) {
		run->templates[i] = template_new(
		    run->settings->arg.items[i].text, TEMPLATE_TEXT, &err);
		if (!run->templates[i]) {
			outcome_set(out, OUTCOME_CONFIG, 0, "arg %zu: %s",
			    i + 1, err.text);
			exec_close(run);
			return NULL;
		}
	}
	return run;
}

const struct sink_driver exec_driver = {
    .table = &exec_setting_table,
    .open = exec_open,
    .send = exec_send,
    .close = exec_close,
};
