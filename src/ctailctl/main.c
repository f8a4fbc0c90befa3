/*
 * ctailctl: the command line of the control program.
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/standard.h"
#include "ctailctl/ctailctl.h"
#include "ctailctl/help.h"
#include "ctaild/command.h"

struct local_command {
	const char *name;
	int (*run)(const struct agent_options *options, int argc,
	    const char *const *argv);
	bool whole; /* run gets the command's name as well */
};

/* What ctailctl does itself; everything else is asked of the state. */
static const struct local_command local_commands[] = {
    {"check", ctailctl_check, false},
    {"show", ctailctl_show, false},
    {"test", ctailctl_test, false},
    {"grep", ctailctl_grep, false},
    {"explain", ctailctl_explain, true},
    {"learn", ctailctl_learn, false},
    {"send-test", ctailctl_send_test, true},
    {NULL, NULL, false},
};

enum option_code {
	OPTION_STATE_DIR = 256,
	OPTION_LIBEXEC,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"state-dir", required_argument, NULL, OPTION_STATE_DIR},
    {"libexec", required_argument, NULL, OPTION_LIBEXEC},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* -1 to go on, else an exit status. */
static int
take_option(int code, struct agent_options *options)
{
	switch (code) {
	case 'c':
		options->config = optarg;
		return -1;
	case OPTION_STATE_DIR:
		options->state_dir = optarg;
		return -1;
	case OPTION_LIBEXEC:
		options->libexec = optarg;
		return -1;
	case OPTION_HELP:
		help_print(stdout);
		return EX_OK;
	case OPTION_VERSION:
		puts("ctailctl " PACKAGE_VERSION);
		return EX_OK;
	default:
		fputs("Try `ctailctl help'.\n", stderr);
		return EX_USAGE;
	}
}

static int
refuse_command(const char *name)
{
	fprintf(stderr,
	    "ctailctl: there is no command `%s'; see `ctailctl help'\n",
	    name);
	return EX_USAGE;
}

static int
help(const char *command)
{
	if (!command)
		help_print(stdout);
	else if (!help_print_command(stdout, command))
		return refuse_command(command);
	return EX_OK;
}

static int
run(const struct agent_options *options, int argc, const char *const *argv)
{
	if (!strcmp(argv[0], "help"))
		return help(argv[1]);
	if (argc == 2 && !strcmp(argv[1], "--help"))
		return help(argv[0]);
	for (size_t i = 0; local_commands[i].name; i++) {
		const struct local_command *command = &local_commands[i];

		if (strcmp(command->name, argv[0]))
			continue;
		return command->whole
			   ? command->run(options, argc, argv)
			   : command->run(options, argc - 1, argv + 1);
	}
	if (!command_find(argv[0]))
		return refuse_command(argv[0]);
	return ctailctl_ask(options, argc, argv);
}

/* What was printed must have arrived, or success would be a lie. */
static int
end(int status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	perror("ctailctl: standard output");
	return status ? status : EX_IOERR;
}

int
main(int argc, char **argv)
{
	struct agent_options options = {.mode = AGENT_OFFLINE};
	int code, status;

	umask(077);
	standard_open();
	/* "+": what follows the command is the command's. */
	while (
	    (code = getopt_long(argc, argv, "+c:", long_options, NULL)) != -1) {
		status = take_option(code, &options);
		if (status >= 0)
			return status;
	}
	if (optind == argc) {
		help_print(stderr);
		return EX_USAGE;
	}
	return end(
	    run(&options, argc - optind, (const char *const *)argv + optind));
}
