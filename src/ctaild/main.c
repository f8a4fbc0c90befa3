/*
 * ctaild: the agent's command line.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/standard.h"
#include "ctaild/agent.h"

static const char usage_text[] =
    "usage: ctaild [-c FILE] [--once] [--dry-run] [OPTION...]\n"
    "       ctaild [--once] LOG...\n"
    "\n"
    "Watches logs, applies rules, tells somebody. Stays in the foreground.\n"
    "With LOG operands no configuration is read: built-in rules are applied\n"
    "and what would be mailed is printed; nothing is stored or sent.\n"
    "\n"
    "  -c, --config FILE     configuration (default: see ctail.ini(5))\n"
    "      --once            one pass, deliver, end (for cron); LOG operands\n"
    "                        are then read from their start\n"
    "      --dry-run         decide and print, store and send nothing\n"
    "      --state-dir DIR   instead of state_dir in [agent]\n"
    "      --send-socket P   reach ctail-send at this socket\n"
    "      --exec-socket P   reach ctail-exec at this socket\n"
    "      --journal-socket P  reach ctail-journal at this socket\n"
    "      --journal-directory DIR  journal files to read for `journal ='\n"
    "                        instead of the system's\n"
    "      --unpack-socket P reach ctail-unpack at this socket\n"
    "      --libexec DIR     where ctail-send and the other helpers are\n"
    "      --help, --version\n"
    "\n"
    "Signals: HUP reads the configuration again; TERM and INT stop.\n"
    "Exit: 0 done; 64 usage; 66 a LOG cannot be read; 69 another agent holds\n"
    "the state; 73 the state cannot be made or written; 74 input or output\n"
    "failed; 75 --once left something undelivered; 78 the configuration is\n"
    "refused.\n";

enum option_code {
	OPTION_ONCE = 256,
	OPTION_DRY_RUN,
	OPTION_STATE_DIR,
	OPTION_SEND_SOCKET,
	OPTION_EXEC_SOCKET,
	OPTION_UNPACK_SOCKET,
	OPTION_JOURNAL_SOCKET,
	OPTION_JOURNAL_DIRECTORY,
	OPTION_LIBEXEC,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"once", no_argument, NULL, OPTION_ONCE},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"state-dir", required_argument, NULL, OPTION_STATE_DIR},
    {"send-socket", required_argument, NULL, OPTION_SEND_SOCKET},
    {"exec-socket", required_argument, NULL, OPTION_EXEC_SOCKET},
    {"journal-socket", required_argument, NULL, OPTION_JOURNAL_SOCKET},
    {"journal-directory", required_argument, NULL, OPTION_JOURNAL_DIRECTORY},
    {"unpack-socket", required_argument, NULL, OPTION_UNPACK_SOCKET},
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
	case OPTION_ONCE:
		options->mode = AGENT_ONCE;
		return -1;
	case OPTION_DRY_RUN:
		options->dry_run = true;
		return -1;
	case OPTION_STATE_DIR:
		options->state_dir = optarg;
		return -1;
	case OPTION_SEND_SOCKET:
		options->send_socket = optarg;
		return -1;
	case OPTION_EXEC_SOCKET:
		options->exec_socket = optarg;
		return -1;
	case OPTION_JOURNAL_SOCKET:
		options->journal_socket = optarg;
		return -1;
	case OPTION_JOURNAL_DIRECTORY:
		options->journal_directory = optarg;
		return -1;
	case OPTION_UNPACK_SOCKET:
		options->unpack_socket = optarg;
		return -1;
	case OPTION_LIBEXEC:
		options->libexec = optarg;
		return -1;
	case OPTION_HELP:
		fputs(usage_text, stdout);
		return EX_OK;
	case OPTION_VERSION:
		puts("ctaild " PACKAGE_VERSION);
		return EX_OK;
	default:
		fputs("Try `ctaild --help'.\n", stderr);
		return EX_USAGE;
	}
}

/* The agent may be started anywhere; a log keeps its name. */
static char *
absolute(const char *path)
{
	char *directory;
	struct buf full = BUF_INIT;

	if (*path == '/')
		return xstrdup(path);
	directory = getcwd(NULL, 0);
	if (!directory) {
		perror("ctaild: the current directory");
		exit(EX_OSERR);
	}
	buf_addf(&full, "%s/%s", directory, path);
	free(directory);
	return buf_take(&full);
}

/* One pass has nothing to wait for. */
static int
check_files(const struct agent_options *options)
{
	struct stat status;

	if (options->mode != AGENT_ONCE)
		return EX_OK;
	for (size_t i = 0; i < options->file_count; i++) {
		const char *file = options->files[i];

		if (stat(file, &status) || access(file, R_OK)) {
			fprintf(stderr, "ctaild: cannot read %s: %s\n", file,
			    strerror(errno));
			return EX_NOINPUT;
		}
		if (!S_ISREG(status.st_mode)) {
			fprintf(stderr, "ctaild: %s is not a file that "
			    "grows\n", file);
			return EX_NOINPUT;
		}
	}
	return EX_OK;
}

static char **
take_files(int argc, char **argv, struct agent_options *options)
{
	char **files;

	if (argc == 0)
		return NULL;
	files = xcalloc((size_t)argc, sizeof(*files));
	for (int i = 0; i < argc; i++)
		files[i] = absolute(argv[i]);
	options->files = (const char *const *)files;
	options->file_count = (size_t)argc;
	options->dry_run = true;
	return files;
}

int
main(int argc, char **argv)
{
	struct agent_options options = {.mode = AGENT_DAEMON};
	char **files;
	int code, status;

	agent_hold_signals();
	umask(077);
	standard_open();
	while ((code = getopt_long(argc, argv, "c:", long_options, NULL)) !=
	       -1) {
		status = take_option(code, &options);
		if (status >= 0)
			return status;
	}
	if (optind < argc && options.config) {
		fputs("ctaild: -c and LOG operands exclude each other: the "
		      "operands are read with built-in rules\n", stderr);
		return EX_USAGE;
	}
	files = take_files(argc - optind, argv + optind, &options);
	status = check_files(&options);
	if (!status)
		status = agent_run(&options);
	for (size_t i = 0; files && i < options.file_count; i++)
		free(files[i]);
	free(files);
	return status;
}
