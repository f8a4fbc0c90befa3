/*
 * ctail: prints what is new in log files since the last time.
 *
 * Only composition: options, one pass a log, the first failure's status.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "ctail/ctail.h"

/* No file of ours may become standard output by having its number. */
static void
hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDONLY) < 0)
			_exit(STATUS_OUTPUT);
	}
}

static int
become_agent(char **argv)
{
	const char *path = getenv("CTAIL_AGENT");

	if (!path || !*path)
		path = CTAIL_SBINDIR "/ctaild";
	execv(path, argv);
	diag(DIAG_ERROR,
	    "cannot start the agent %s: %s (the environment variable "
	    "CTAIL_AGENT can name another)",
	    path, strerror(errno));
	return STATUS_NO_AGENT;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct output output;
	int status = STATUS_OK;

	hold_standard_descriptors();
	if (argc > 1 && strcmp(argv[1], "--agent") == 0)
		return become_agent(argv + 1);
	signal(SIGPIPE, SIG_IGN);
	if (!options_parse(argc, argv, &options, &status))
		return status;
	output_init(&output);
	for (int i = 0; i < options.count; i++) {
		int result = print_log(&options, options.logs[i], &output);

		if (status == STATUS_OK)
			status = result;
		if (result == STATUS_OUTPUT)
			break;
	}
	return status;
}
