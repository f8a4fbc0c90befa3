/*
 * command_send_test: an alert that goes to one sink, and how it fared.
 *
 * send-test puts it into the outbox like any other and prints its id;
 * delivery tells how an alert fared at a sink: a line "STATE ATTEMPTS ANSWER",
 * and behind it the lines of the last attempt's conversation.  ctailctl asks
 * the second until there is an answer.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctaild/alert_build.h"
#include "ctaild/alert_row.h"
#include "ctaild/command.h"
#include "ctaild/command_text.h"
#include "store/store_alert.h"

/* Due before all else that waits there: somebody looks on. */
#define FIRST_OF_ALL 1

/* An incident of its own: no test waits for another one's end. */
static int
put_test(const struct command_context *context, struct alert *alert,
    const char *sink, struct err *err)
{
	if (alert_row_name(context->store, alert, err) < 0)
		return -1;
	memcpy(alert->incident, alert->id, sizeof(alert->incident));
	if (alert_row_put(context->store, alert, err) < 0)
		return -1;
	return store_outbox_put(context->store, span_str(alert->id),
	    span_str(sink), FIRST_OF_ALL, err);
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
	const struct command_context *context;
	const char *sink;
	struct buf *out;
	bool found;
	bool untried;
};

static void
print_delivery(void *arg, const struct outbox_row *row)
{
	struct delivery_run *run = arg;

	run->found = true;
	run->untried = !row->attempts && !row->last_answer.len;
	buf_addf(run->out, "%s %lld ", outbox_state_name(row->state),
	    (long long)row->attempts);
	text_add_clean(run->out, row->last_answer);
}

/* A sink that could not even be opened (a password that cannot be read) has
 * tried nothing, but has said why. */
static void
print_sink_answer(void *arg, const struct courier_sink *sink)
{
	struct delivery_run *run = arg;

	if (strcmp(sink->name, run->sink) != 0 || sink->running)
		return;
	if (sink->failures > 0)
		text_add_clean(run->out, span_str(sink->last_answer));
}

static void
print_trace(const struct delivery_run *run, const char *id)
{
	const char *trace =
	    courier_trace(run->context->courier, run->sink, id);

	buf_add_byte(run->out, '\n');
	if (trace)
		buf_add_str(run->out, trace);
}

static int
run_delivery(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct delivery_run run = {.context = context, .out = out};
	struct alert_filter filter = {.state = -1, .limit = 1};

	if (argc != 2) {
		err_set(err, "usage: ctailctl delivery ID SINK");
		return EX_USAGE;
	}
	filter.id = argv[0];
	filter.sink = run.sink = argv[1];
	if (store_alert_list(context->store, &filter, print_delivery, &run,
		err))
		return EX_IOERR;
	if (!run.found) {
		err_set(err, "no alert %s went to sink %s", argv[0], argv[1]);
		return EX_NOINPUT;
	}
	if (run.untried)
		courier_sinks(context->courier, print_sink_answer, &run);
	print_trace(&run, argv[0]);
	return EX_OK;
}

const struct command command_send_test = {
    .name = "send-test",
    .usage = "SINK",
    .help = "send a test alert to a sink and show how it goes",
    .run = run_send_test,
};

const struct command command_delivery = {
    .name = "delivery",
    .usage = "ID SINK",
    .help = "how an alert fared at a sink, and of a test the conversation",
    .run = run_delivery,
};
