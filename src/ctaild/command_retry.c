/*
 * command_retry: retry and drop: what a person decides about alerts that
 * wait, or that were given up.
 *
 * What is changed is stored before it is answered, and logged.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/command_outbox.h"

/* --- What is meant -------------------------------------------------------- */

/* The rows that a request takes, before anything is done to them. */
struct taken {
	int64_t count;
	bool several;	  /* alerts */
	char *first;	  /* id */
	struct buf sinks; /* NUL-separated, with repeats */
};

static void
note_row(void *arg, const struct outbox_row *row)
{
	struct taken *taken = arg;

	taken->count++;
	if (!taken->first)
		taken->first = xstrndup(row->alert_id.data, row->alert_id.len);
	else if (!span_is(row->alert_id, taken->first))
		taken->several = true;
	buf_add_span(&taken->sinks, row->sink);
	buf_add_byte(&taken->sinks, '\0');
}

static void
taken_release(struct taken *taken)
{
	free(taken->first);
	buf_release(&taken->sinks);
}

/* Why an ID takes nothing. */
static int
say_nothing(const struct command_context *context,
    const struct outbox_request *request, struct err *err)
{
	struct taken any = {0};
	struct alert_filter filter = {
	    .id = request->filter.id, .state = -1, .limit = 1};
	const char *where = request->filter.sink ? " for that sink" : "";
	int status = EX_NOINPUT;

	if (store_alert_list(context->store, &filter, note_row, &any, err))
		status = EX_IOERR;
	else if (!any.count)
		err_set(err, "there is no alert %s", request->filter.id);
	else if (request->filter.dead)
		err_set(err,
		    "alert %s is not given up%s; see `ctailctl alerts %s'",
		    request->filter.id, where, request->filter.id);
	else
		err_set(err,
		    "alert %s does not wait%s; --dead means what was given "
		    "up; see `ctailctl alerts %s'",
		    request->filter.id, where, request->filter.id);
	taken_release(&any);
	return status;
}

/* The rows of an ID; there must be some. */
static int
take_alert(const struct command_context *context,
    const struct outbox_request *request, struct taken *taken, struct err *err)
{
	if (store_outbox_list(
		context->store, &request->filter, -1, note_row, taken, err))
		return EX_IOERR;
	return taken->count ? EX_OK : say_nothing(context, request, err);
}

static void
add_count(struct buf *out, int64_t count, const char *one, const char *many)
{
	buf_addf(out, "%" PRId64 " alert%s %s.\n", count, count == 1 ? "" : "s",
	    count == 1 ? one : many);
}

static void
add_none(struct buf *out, const struct outbox_request *request)
{
	buf_add_str(out, request->filter.waiting && request->filter.dead
			     ? "Nothing waits, and nothing was given up.\n"
			 : request->filter.dead ? "Nothing was given up.\n"
						: "Nothing waits.\n");
}

static void
log_change(const struct command_context *context, int64_t count,
    const struct outbox_request *request, const char *what)
{
	char *who;

	if (!context->started_ms || !count)
		return;
	who = command_asker(context);
	diag(DIAG_NOTICE, "%" PRId64 " deliver%s (%s%s%s) %s by %s", count,
	    count == 1 ? "y" : "ies",
	    request->filter.id ? request->filter.id : "all",
	    request->filter.sink ? ", sink " : "",
	    request->filter.sink ? request->filter.sink : "", what, who);
	free(who);
}

/* A dead letter's sink may be gone; what waited there went to another one, and
 * so does this. */
static int
move_orphans(const struct command_context *context, struct err *err)
{
	if (!context->started_ms)
		return 0;
	return courier_move_orphans(
	    context->courier, context->plan->conf, err);
}

/* Without an agent the next one finds it. */
static void
go_on(const struct command_context *context)
{
	if (context->started_ms)
		context->deliver(context->arg);
}

/* --- retry ---------------------------------------------------------------- */

static void
unblock(const struct command_context *context,
    const struct outbox_request *request, const struct taken *taken)
{
	size_t at = 0;

	if (!request->filter.id) {
		courier_unblock(context->courier, request->filter.sink);
		return;
	}
	while (at < taken->sinks.len) {
		const char *sink = taken->sinks.data + at;

		courier_unblock(context->courier, sink);
		at += strlen(sink) + 1;
	}
}

static int
retry(const struct command_context *context,
    const struct outbox_request *request, struct buf *out, struct err *err)
{
	struct taken taken = {0};
	int64_t count = 0;
	int status = EX_OK;

	if (request->filter.id)
		status = take_alert(context, request, &taken, err);
	if (!status && store_outbox_retry(context->store, &request->filter,
			   context->now_ms, &count, err))
		status = EX_IOERR;
	if (!status && move_orphans(context, err))
		status = EX_IOERR;
	if (!status) {
		unblock(context, request, &taken);
		log_change(context, count, request, "made due");
		if (count)
			add_count(out, count, "is due again", "are due again");
		else
			add_none(out, request);
		if (count && !context->started_ms)
			buf_add_str(out,
			    "No agent is running: that is for the next one.\n");
		go_on(context);
	}
	taken_release(&taken);
	return status;
}

static int
run_retry(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct outbox_request request;
	int status = outbox_parse(context, "retry",
	    OUTBOX_WORD_SINK | OUTBOX_WORD_DEAD | OUTBOX_WORD_ALL |
		OUTBOX_WORD_ID,
	    argc, argv, &request, err);

	if (status)
		return status;
	if (request.dead && request.all) {
		err_set(err,
		    "--dead and --all exclude each other: --all means what "
		    "waits and what was given up");
		return EX_USAGE;
	}
	request.filter.waiting = !request.dead;
	request.filter.dead = request.dead || request.all;
	return retry(context, &request, out, err);
}

/* --- drop ----------------------------------------------------------------- */

/* The beginning of an ID may be that of several. */
static int
take_one_alert(const struct command_context *context,
    const struct outbox_request *request, struct err *err)
{
	struct taken taken = {0};
	int status = take_alert(context, request, &taken, err);

	if (!status && taken.several) {
		err_set(err,
		    "the ids of several alerts begin with %s; say more of it",
		    request->filter.id);
		status = EX_USAGE;
	}
	taken_release(&taken);
	return status;
}

static int
drop(const struct command_context *context,
    const struct outbox_request *request, struct buf *out, struct err *err)
{
	char *who = command_asker(context);
	struct buf answer = BUF_INIT;
	int64_t count = 0;
	int failed;

	buf_addf(&answer, "dropped by %s", who);
	failed = store_outbox_drop(
	    context->store, &request->filter, buf_span(&answer), &count, err);
	buf_release(&answer);
	free(who);
	if (failed)
		return EX_IOERR;
	log_change(context, count, request, "dropped");
	if (count)
		add_count(out, count, "is dropped", "are dropped");
	else
		add_none(out, request);
	go_on(context);
	return EX_OK;
}

static int
check_target(const struct outbox_request *request, struct err *err)
{
	if (!request->filter.id && !request->all)
		return err_set(err,
		    "drop needs to be told what: an ID, or --all of what "
		    "waits (with --dead, of what was given up)");
	if (request->filter.id && request->all)
		return err_set(err, "drop takes an ID or --all, not both");
	return 0;
}

static int
run_drop(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct outbox_request request;
	int status = outbox_parse(context, "drop",
	    OUTBOX_WORD_SINK | OUTBOX_WORD_DEAD | OUTBOX_WORD_ALL |
		OUTBOX_WORD_ID,
	    argc, argv, &request, err);

	if (status)
		return status;
	if (check_target(&request, err))
		return EX_USAGE;
	request.filter.waiting = !request.dead;
	request.filter.dead = request.dead;
	if (request.filter.id)
		status = take_one_alert(context, &request, err);
	return status ? status : drop(context, &request, out, err);
}

const struct command command_retry = {
    .name = "retry",
    .usage = "[--dead|--all] [--sink S] [ID]",
    .help = "try alerts that wait, or were given up, again now",
    .run = run_retry,
};

const struct command command_drop = {
    .name = "drop",
    .usage = "[--dead] [--sink S] ID|--all",
    .help = "give up alerts that wait, or forget those given up",
    .run = run_drop,
};
