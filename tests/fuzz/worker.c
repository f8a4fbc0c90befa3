/*
 * Fuzzes the worker's side of a run: whatever a connection says, the worker
 * answers or ends, and delivers nothing that is not a checked alert.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/durable.h"
#include "deliver/outcome.h"
#include "deliver/sink_kind.h"
#include "deliver/worker.h"
#include "fuzz/fuzz.h"

static void *
fuzz_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	(void)name;
	(void)hostname;
	(void)out;
	return (void *)settings;
}

static void
fuzz_send(void *run, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;

	(void)run;
	if (outcome_check_settled(delivery->settled, NULL) ||
	    (delivery->trace && alert->kind != ALERT_TEST))
		abort();
	if (delivery->trace)
		delivery->trace->line(delivery->trace->arg, alert->subject);
	if (alert->line_count > ALERT_LINES_MAX ||
	    alert->capture_count > ALERT_CAPTURES_MAX)
		abort();
	outcome_set(out, OUTCOME_DELIVERED, 0, "taken");
}

static void
fuzz_close(void *run)
{
	(void)run;
}

static const struct sink_driver fuzz_driver = {
    .table = &file_setting_table,
    .open = fuzz_open,
    .send = fuzz_send,
    .close = fuzz_close};
static const struct sink_driver *const fuzz_drivers[] = {&fuzz_driver, NULL};

static const struct setting_table *
fuzz_find(void *arg, struct span sink, const void **settings_out,
    struct err *err)
{
	(void)sink;
	(void)err;
	*settings_out = arg;
	return &file_setting_table;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	FILE *in = tmpfile();
	int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int settings = 0;
	struct err err = ERR_INIT;

	if (!in || out < 0)
		abort();
	if (write_all(fileno(in), bytes, len) ||
	    lseek(fileno(in), 0, SEEK_SET))
		abort();
	const struct worker_host host = {
	    fuzz_drivers, fuzz_find, &settings, NULL};
	worker_serve(fileno(in), out, &host, &err);
	fclose(in);
	close(out);
	return 0;
}
