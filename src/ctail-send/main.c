/*
 * ctail-send: sends alerts over the network, by SMTP and to webhooks.
 *
 * The only program that links libcurl.  It opens no log and no database; it
 * reads its sink's section and secrets itself, and is gone when the run is
 * over.
 */
#include "config.h"

#include "conf/sink_finder.h"
#include "ctail-send/harden.h"
#include "deliver/worker_program.h"

int
main(int argc, char **argv)
{
	static const struct sink_driver *const drivers[] = {
	    &smtp_driver,
	    &webhook_driver,
	    NULL,
	};
	const struct worker_program program = {
	    .name = "ctail-send",
	    .purpose = "sends alerts by SMTP and to webhooks",
	    .drivers = drivers,
	};
	struct worker_options options;
	struct sink_finder finder = {0};
	int status;

	if (!worker_program_options(&program, argc, argv, &options, &status))
		return status;
	harden_process();
	finder.path = options.config;
	finder.accepted = options.accepted;
	status = worker_program_run(&program, sink_finder_find, &finder);
	sink_finder_release(&finder);
	return status;
}
