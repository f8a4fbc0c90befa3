/*
 * command_agent: sweep and reload, which only a running agent can do.
 */
#include "config.h"

#include <sysexits.h>

#include "ctaild/command.h"

static int
no_agent(const char *what, struct err *err)
{
	err_set(err, "no agent is running on this state, so there is nothing "
	    "to %s", what);
	return EX_UNAVAILABLE;
}

static int
no_arguments(const char *name, struct err *err)
{
	err_set(err, "usage: ctailctl %s", name);
	return EX_USAGE;
}

static int
run_sweep(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	(void)argv;
	(void)out;
	if (argc)
		return no_arguments("sweep", err);
	if (!context->sweep)
		return no_agent("sweep", err);
	context->sweep(context->arg);
	return EX_OK;
}

static int
run_reload(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	(void)argv;
	if (argc)
		return no_arguments("reload", err);
	if (!context->reload)
		return no_agent("reload", err);
	if (context->reload(context->arg, err))
		return EX_CONFIG;
	buf_add_str(out, "The configuration was reloaded.\n");
	return EX_OK;
}

const struct command command_sweep = {
    .name = "sweep",
    .usage = "",
    .help = "look at every log now",
    .run = run_sweep,
};

const struct command command_reload = {
    .name = "reload",
    .usage = "",
    .help = "read the configuration again, as HUP does",
    .run = run_reload,
};
