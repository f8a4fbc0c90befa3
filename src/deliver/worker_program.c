/*
 * worker_program: what ctail-send and ctail-exec have in common as programs.
 */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "deliver/worker_program.h"

enum { OPTION_ACCEPTED = 256, OPTION_HELP, OPTION_VERSION };

static const struct option worker_long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"accepted", required_argument, NULL, OPTION_ACCEPTED},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static void
worker_help(const struct worker_program *program)
{
	printf("usage: %s -c FILE [--accepted FILE]\n\n"
	       "%s %s.\n"
	       "ctaild(8) starts it, or systemd does through %s.socket,\n"
	       "with the connection as standard input and output.\n\n"
	       "  -c, --config FILE    the configuration, ctail.ini\n"
	       "      --accepted FILE  the last accepted copy of it, used\n"
	       "                       where the sink's section in FILE is "
	       "bad\n"
	       "      --help           this text\n"
	       "      --version        the version\n\n"
	       "To try a sink out: ctailctl send-test SINK\n",
	    program->name, program->name, program->purpose, program->name);
}

static bool
worker_usage(const struct worker_program *program, int *exit_out)
{
	fprintf(stderr, "usage: %s -c FILE [--accepted FILE]\n", program->name);
	*exit_out = WORKER_EXIT_USAGE;
	return false;
}

/* False when the option was the whole errand. */
static bool
worker_take_option(const struct worker_program *program, int option,
    struct worker_options *out, int *exit_out)
{
	*exit_out = WORKER_EXIT_OK;
	switch (option) {
	case 'c':
		out->config = optarg;
		return true;
	case OPTION_ACCEPTED:
		out->accepted = optarg;
		return true;
	case OPTION_HELP:
		worker_help(program);
		return false;
	case OPTION_VERSION:
		printf("%s %s\n", program->name, PACKAGE_VERSION);
		return false;
	default:
		return worker_usage(program, exit_out);
	}
}

bool
worker_program_options(const struct worker_program *program, int argc,
    char **argv, struct worker_options *out, int *exit_out)
{
	int option;

	*out = (struct worker_options){NULL, NULL};
	while ((option = getopt_long(
		    argc, argv, "c:", worker_long_options, NULL)) != -1) {
		if (!worker_take_option(program, option, out, exit_out))
			return false;
	}
	if (isatty(STDIN_FILENO)) {
		fprintf(stderr,
		    "%s: %s for ctaild, which starts it with a connection as "
		    "standard input; to try a sink out, run `ctailctl "
		    "send-test SINK'\n",
		    program->name, program->purpose);
		*exit_out = WORKER_EXIT_USAGE;
		return false;
	}
	if (!out->config || optind < argc)
		return worker_usage(program, exit_out);
	return true;
}

int
worker_program_run(
    const struct worker_program *program, worker_find_sink *find, void *arg)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	const struct worker_host host = {
	    program->drivers, find, arg, program->confined};
	struct err err = ERR_INIT;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	if (!worker_serve(STDIN_FILENO, STDOUT_FILENO, &host, &err))
		return WORKER_EXIT_OK;
	diag(DIAG_ERROR, "%s", err.text);
	return WORKER_EXIT_PROTOCOL;
}
