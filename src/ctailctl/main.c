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
#include "ctaild/command.h"

struct local_command {
	const char *name;
	const char *usage;
	const char *help;
	int (*run)(const struct agent_options *options, int argc,
	    const char *const *argv);
	bool whole; /* run gets the command's name as well */
};

/* What ctailctl does itself; everything else is asked of the state. */
static const struct local_command local_commands[] = {
    {"check", "[FILE]", "say every mistake in the configuration",
	ctailctl_check, false},
    {"show", "", "print the effective settings, secrets hidden", ctailctl_show,
	false},
    {"test",
	"[--json] [--all] [--unused] [--log NAME] SAMPLE... | --last DURATION",
	"say what would have been told about these records", ctailctl_test,
	false},
    {"grep",
	"[-v] [--count] [--with-rule] (-e PATTERN | -f RULES | --rule "
	"NAME)...\n      [LOG...]",
	"print the lines that these match (exit: 0 some, 1 none)",
	ctailctl_grep, false},
    {"explain", NULL, NULL, ctailctl_explain, true},
    {"learn", "LINE... | -", "write a pattern that excludes such lines",
	ctailctl_learn, false},
    {"send-test", NULL, NULL, ctailctl_send_test, true},
    {NULL, NULL, NULL, NULL, false},
};

static void
print_command(FILE *to, const char *name, const char *usage, const char *help)
{
	fprintf(to, "  %s %s\n      %s\n", name, usage, help);
}

static void
print_help(FILE *to)
{
	fputs("usage: ctailctl [-c FILE] [--state-dir DIR] COMMAND\n\n", to);
	for (size_t i = 0; local_commands[i].name; i++)
		if (local_commands[i].help)
			print_command(to, local_commands[i].name,
			    local_commands[i].usage, local_commands[i].help);
	for (size_t i = 0; commands[i]; i++)
		print_command(to, commands[i]->name, commands[i]->usage,
		    commands[i]->help);
	fputs("  help\n      this\n\n"
	      "Options: -c, --config FILE; --state-dir DIR; --libexec DIR;\n"
	      "--help; --version. Exit: 0 done; 64 usage; 65 a sample\n"
	      "cannot be read; 66 no such log, alert or sink; 69 the state\n"
	      "is held by an agent that does not answer; 75 send-test was not\n"
	      "delivered; 78 the configuration is refused.\n",
	    to);
}

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
		print_help(stdout);
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
run(const struct agent_options *options, int argc, const char *const *argv)
{
	if (!strcmp(argv[0], "help")) {
		print_help(stdout);
		return EX_OK;
	}
	for (size_t i = 0; local_commands[i].name; i++) {
		const struct local_command *command = &local_commands[i];

		if (strcmp(command->name, argv[0]))
			continue;
		return command->whole
			   ? command->run(options, argc, argv)
			   : command->run(options, argc - 1, argv + 1);
	}
	if (!command_find(argv[0])) {
		fprintf(stderr,
		    "ctailctl: there is no command `%s'; see "
		    "`ctailctl help'\n",
		    argv[0]);
		return EX_USAGE;
	}
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
		print_help(stderr);
		return EX_USAGE;
	}
	return end(
	    run(&options, argc - optind, (const char *const *)argv + optind));
}
