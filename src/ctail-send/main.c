/*
 * ctail-send: sends alerts over the network: by SMTP, to web services, to
 * Alertmanager, to syslog.
 *
 * The only program that links libcurl.  It opens no log and no database; it
 * reads its sink's section and secrets itself, gives up what it does not need
 * as soon as it knows the sink, and is gone when the run is over.
 */
#include "config.h"

#include "conf/sink_finder.h"
#include "ctail-send/confine.h"
#include "deliver/sink_needs.h"
#include "deliver/worker_program.h"

struct confined_finder {
	struct sink_finder finder;
	struct buf confined;
};

/* CONFINE_SINK is configure's: 0 under sanitizers, which read and trace what
 * is given up here. */
static void
confine_to(struct confined_finder *self, const struct setting_table *table,
    const void *settings)
{
	struct sink_needs needs;

	if (!CONFINE_SINK) {
		buf_add_str(&self->confined, "no new privileges");
		return;
	}
	sink_needs_find(table, settings, &needs);
	confine_late(
	    &(struct confine_needs){needs.paths, needs.runs_commands},
	    &self->confined);
	sink_needs_release(&needs);
}

/* A worker_find_sink: whoever has the sink's settings is confined. */
static const struct setting_table *
find_confined(
    void *arg, struct span sink, const void **settings_out, struct err *err)
{
	struct confined_finder *self = arg;
	const struct setting_table *table =
	    sink_finder_find(&self->finder, sink, settings_out, err);

	if (table)
		confine_to(self, table, *settings_out);
	return table;
}

int
main(int argc, char **argv)
{
	static const struct sink_driver *const drivers[] = {
	    &smtp_driver,
	    &webhook_driver,
	    &alertmanager_driver,
	    &syslog_driver,
	    NULL,
	};
	struct confined_finder self = {.confined = BUF_INIT};
	const struct worker_program program = {
	    .name = "ctail-send",
	    .purpose = "sends alerts over the network",
	    .drivers = drivers,
	    .confined = &self.confined,
	};
	struct worker_options options;
	int status;

	if (!worker_program_options(&program, argc, argv, &options, &status))
		return status;
	confine_early();
	self.finder.path = options.config;
	self.finder.accepted = options.accepted;
	status = worker_program_run(&program, find_confined, &self);
	sink_finder_release(&self.finder);
	buf_release(&self.confined);
	return status;
}
