/*
 * options: the command line of ctail(1).
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/durable.h"
#include "ctail/ctail.h"

static const char help[] =
    "usage: ctail [-q] [--prefix] [-o FILE] LOG...\n"
    "       ctail --agent [CTAILD-OPTION]...\n"
    "Print the full lines that are new in each LOG since the last time.\n"
    "\n"
    "  -o, --offset-file FILE  where one LOG's position is kept\n"
    "                          (default: LOG.offset)\n"
    "      --prefix            put \"LOG: \" before each line\n"
    "  -q, --quiet             no warnings\n"
    "  -h, --help              this text\n"
    "      --version           the version\n"
    "      --agent             become the agent, ctaild(8)\n"
    "\n"
    "Exit status:\n"
    "   0  all is printed and its position is stored\n"
    "  64  wrong usage\n"
    "  65  the offset file is damaged; nothing was printed\n"
    "  66  the log is missing or cannot be read\n"
    "  69  the agent cannot be started\n"
    "  73  the position cannot be stored\n"
    "  74  standard output failed; the position was not stored\n"
    "  75  another ctail is reading this log\n"
    "With several logs it is that of the first failure; the others are\n"
    "printed nevertheless.\n";

enum { OPTION_PREFIX = 256, OPTION_VERSION, OPTION_AGENT };

static const struct option long_options[] = {
    {"offset-file", required_argument, NULL, 'o'},
    {"prefix", no_argument, NULL, OPTION_PREFIX},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"agent", no_argument, NULL, OPTION_AGENT},
    {NULL, 0, NULL, 0},
};

static int
say(const char *text)
{
	if (write_all(STDOUT_FILENO, text, strlen(text)) == 0)
		return STATUS_OK;
	diag(DIAG_ERROR, "cannot write: %s", strerror(errno));
	return STATUS_OUTPUT;
}

static int
misused(const char *what)
{
	diag(DIAG_ERROR, "%s; see ctail --help", what);
	return STATUS_USAGE;
}

/* -1 to go on, else the exit status. */
static int
take_option(int option, struct options *out)
{
	switch (option) {
	case 'o':
		out->offset_file = optarg;
		return *optarg ? -1 : misused("the offset file has no name");
	case 'q':
		out->quiet = true;
		return -1;
	case OPTION_PREFIX:
		out->prefix = true;
		return -1;
	case 'h':
		return say(help);
	case OPTION_VERSION:
		return say("ctail " PACKAGE_VERSION "\n");
	case OPTION_AGENT:
		return misused("--agent must come first");
	default:
		return misused("wrong option");
	}
}

bool
options_parse(int argc, char **argv, struct options *out, int *status_out)
{
	int option;

	*out = (struct options){0};
	while ((option = getopt_long(argc, argv, "o:qh", long_options, NULL)) !=
	       -1) {
		*status_out = take_option(option, out);
		if (*status_out >= 0)
			return false;
	}
	*status_out = STATUS_OK;
	out->logs = argv + optind;
	out->count = argc - optind;
	if (out->count == 0)
		*status_out = misused("no log is named");
	else if (out->count > 1 && out->offset_file)
		*status_out = misused("--offset-file is for one log only");
	return *status_out == STATUS_OK;
}
