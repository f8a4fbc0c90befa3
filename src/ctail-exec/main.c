/*
 * ctail-exec: runs commands for alerts: the mailer, and [exec] sinks.
 *
 * Not hardened like ctail-send: setuid and setgid mailers must gain their
 * rights.  It links no network code.
 */
#include "config.h"

#include "conf/sink_finder.h"
#include "deliver/worker_program.h"

int
main(int argc, char **argv)
{
	static const struct sink_driver *const drivers[] = {
	    &sendmail_driver,
	    &exec_driver,
	    NULL,
	};
	const struct worker_program program = {
	    .name = "ctail-exec",
	    .purpose = "runs the mailer and commands",
	    .drivers = drivers,
	};
	struct worker_options options;
	struct sink_finder finder = {0};
	int status;

	if (!worker_program_options(&program, argc, argv, &options, &status))
		return status;
	finder.path = options.config;
	finder.accepted = options.accepted;
	status = worker_program_run(&program, sink_finder_find, &finder);
	sink_finder_release(&finder);
	return status;
}
