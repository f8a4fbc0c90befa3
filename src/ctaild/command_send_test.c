/*
 * command_send_test: an alert that goes to one sink, and how it fared.
 *
 * send-test puts it into the outbox like any other and prints its id;
 * delivery tells how an alert fared at a sink.  ctailctl asks the second
 * until there is an outcome.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctaild/alert_build.h"
#include "ctaild/alert_row.h"
#include "ctaild/command.h"
#include "store/store_alert.h"

static int
put_test(const struct command_context *context, struct alert *alert,
    const char *sink, struct err *err)
{
	if (alert_row_name(context->store, alert, err) < 0 ||
	    alert_row_put(context->store, alert, err) < 0)
		return -1;
	return store_outbox_put(context->store, span_str(alert->id),
	    span_str(sink), context->now_ms, err);
}

static int
store_test(const struct command_context *context, struct alert *alert,
    const char *sink, struct err *err)
{
	if (store_begin(context->store, err))
		return -1;
	if (put_test(context, alert, sink, err) ||
	    store_commit(context->store, err)) {
		store_rollback(context->store);
		return -1;
	}
	return 0;
}

static int
run_send_test(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct alert_place place = {
	    .hostname = context->hostname, .now_ms = context->now_ms};
	struct alert alert;
	int status = EX_OK;

	if (argc != 1) {
		err_set(err, "usage: ctailctl send-test SINK");
		return EX_USAGE;
	}
	if (!conf_sink(context->plan->conf, span_str(argv[0]))) {
		err_set(err, "there is no sink `%s' in the configuration",
		    argv[0]);
		return EX_NOINPUT;
	}
	alert_from_test(&alert, &place, argv[0]);
	if (store_test(context, &alert, argv[0], err))
		status = EX_IOERR;
	else
		buf_add_str(out, alert.id);
	alert_release(&alert);
	courier_unblock(context->courier, argv[0]);
	context->deliver(context->arg);
	return status;
}

struct delivery_run {
	struct buf *out;
	bool found;
};

static void
print_delivery(void *arg, const struct outbox_row *row)
{
	struct delivery_run *run = arg;

	run->found = true;
	buf_addf(run->out, "%s %lld ", outbox_state_name(row->state),
	    (long long)row->attempts);
	buf_add_span(run->out, row->last_answer);
}

static int
run_delivery(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct delivery_run run = {out, false};
	struct alert_filter filter = {.state = -1, .limit = 1};

	if (argc != 2) {
		err_set(err, "usage: ctailctl delivery ID SINK");
		return EX_USAGE;
	}
	filter.id = argv[0];
	filter.sink = argv[1];
	if (store_alert_list(context->store, &filter, print_delivery, &run,
		err))
		return EX_IOERR;
	if (run.found)
		return EX_OK;
	err_set(err, "no alert %s went to sink %s", argv[0], argv[1]);
	return EX_NOINPUT;
}

const struct command command_send_test = {
    .name = "send-test",
    .usage = "SINK",
    .help = "send a test alert to a sink and wait for the outcome",
    .run = run_send_test,
};

const struct command command_delivery = {
    .name = "delivery",
    .usage = "ID SINK",
    .help = "how an alert fared at a sink: state, attempts, last answer",
    .run = run_delivery,
};
