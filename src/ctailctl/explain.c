/*
 * explain: asked of the agent or of the stored state; where there is neither,
 * of the configuration alone, so that nothing is made by asking.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "ctailctl/ctailctl.h"
#include "ctailctl/loaded.h"
#include "ctaild/command.h"
#include "ctaild/control.h"

#define HOSTNAME_MAX 256

static void
on_emit(void *arg, const struct emission *emission)
{
	(void)arg;
	(void)emission;
}

static bool
has_state(const char *dir)
{
	struct buf path = BUF_INIT;
	bool there;

	buf_addf(&path, "%s/ctail.db", dir);
	there = !access(buf_str(&path), R_OK);
	buf_release(&path);
	return there;
}

static int
explain_plan(const struct plan *plan, int argc, const char *const *argv)
{
	const struct pipeline_hooks hooks = {.emit = on_emit};
	char hostname[HOSTNAME_MAX] = "localhost";
	struct silences *silences = silences_new();
	struct command_context context = {.plan = plan,
	    .silences = silences,
	    .hostname = hostname,
	    .now_ms = clock_wall_ms()};
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	int status;

	gethostname(hostname, sizeof(hostname) - 1);
	context.pipeline = pipeline_new(plan, hostname, silences, &hooks);
	pipeline_turn(context.pipeline, context.now_ms);
	status = command_run(&context, argc, argv, &out, &err);
	if (status)
		diag(DIAG_ERROR, "%s", err.text);
	else
		printf("Nothing is stored yet, or it cannot be read: this is "
		       "as if nothing had been read.\n%s",
		    buf_str(&out));
	buf_release(&out);
	pipeline_free(context.pipeline);
	silences_free(silences);
	return status;
}

static int
explain_configuration(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct loaded loaded;
	int status = EX_CONFIG;

	loaded_read(&loaded, options, NULL);
	if (loaded_compile(&loaded))
		loaded_print_errors(&loaded);
	else
		status = explain_plan(loaded.plan, argc, argv);
	loaded_release(&loaded);
	return status;
}

int
ctailctl_explain(
    const struct agent_options *options, int argc, const char *const *argv)
{
	char *dir = agent_state_dir(options);
	int status;

	if (!dir)
		return EX_CONFIG;
	status = control_answers(dir) || has_state(dir)
		     ? ctailctl_ask(options, argc, argv)
		     : explain_configuration(options, argc, argv);
	free(dir);
	return status;
}
