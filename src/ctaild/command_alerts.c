/*
 * command_alerts: lists alerts and shows a whole one.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctaild/command_outbox.h"
#include "message/alert.h"
#include "message/mail.h"

static void
print_row(void *arg, const struct outbox_row *row)
{
	outbox_print_row(arg, row);
}

static int
set_state(struct alert_filter *filter, enum outbox_state state, struct err *err)
{
	if (filter->state >= 0)
		return err_set(err,
		    "--due, --dead, --held and --dropped exclude each other");
	filter->state = state;
	return 1;
}

/* One option with its value; how many words it took, or -1. */
static int
parse_option(struct alert_filter *filter, int argc, const char *const *argv,
    struct err *err)
{
	const char *value = argc > 1 ? argv[1] : NULL;

	if (!strcmp(argv[0], "--due"))
		return set_state(filter, OUTBOX_DUE, err);
	if (!strcmp(argv[0], "--dead"))
		return set_state(filter, OUTBOX_DEAD, err);
	if (!strcmp(argv[0], "--held"))
		return set_state(filter, OUTBOX_HELD, err);
	if (!strcmp(argv[0], "--dropped"))
		return set_state(filter, OUTBOX_DROPPED, err);
	if (!value)
		return err_set(err,
		    "%s is no option of alerts, or lacks its "
		    "value",
		    argv[0]);
	if (!strcmp(argv[0], "-n"))
		return outbox_parse_count(value, &filter->limit, err) ? -1 : 2;
	if (!strcmp(argv[0], "--sink"))
		filter->sink = value;
	else if (!strcmp(argv[0], "--rule"))
		filter->rule = value;
	else
		return err_set(err, "alerts has no option %s", argv[0]);
	return 2;
}

static int
parse_filter(struct alert_filter *filter, int argc, const char *const *argv,
    struct err *err)
{
	*filter =
	    (struct alert_filter){.state = -1, .limit = OUTBOX_LIST_DEFAULT};
	for (int i = 0; i < argc;) {
		int used = 1;

		if (*argv[i] != '-' && filter->id)
			return err_set(err,
			    "alerts takes one ID, not %s and "
			    "%s",
			    filter->id, argv[i]);
		if (*argv[i] != '-')
			filter->id = argv[i];
		else
			used = parse_option(filter, argc - i, argv + i, err);
		if (used < 0)
			return -1;
		i += used;
	}
	/* Renewals tell people nothing: only who looks closer sees them. */
	if (!filter->id && !filter->sink && filter->state < 0)
		filter->but_kind = alert_kind_name(ALERT_RENEWAL);
	return 0;
}

struct id_run {
	char id[ALERT_ID_SIZE];
	bool several;
};

static void
take_id(void *arg, const struct outbox_row *row)
{
	struct id_run *run = arg;

	if (row->alert_id.len >= sizeof(run->id))
		return;
	if (*run->id && !span_is(row->alert_id, run->id))
		run->several = true;
	memcpy(run->id, row->alert_id.data, row->alert_id.len);
	run->id[row->alert_id.len] = '\0';
}

/* The whole of an ID that is only begun; itself when there is none. */
static int
complete_id(const struct command_context *context,
    const struct alert_filter *filter, struct id_run *run, struct err *err)
{
	const struct alert_filter all = {
	    .id = filter->id, .state = -1, .limit = -1};

	*run = (struct id_run){0};
	if (store_alert_list(context->store, &all, take_id, run, err))
		return EX_IOERR;
	if (!run->several)
		return EX_OK;
	err_set(err, "several alerts begin with %s; give more of the ID",
	    filter->id);
	return EX_USAGE;
}

static int
print_whole(const struct command_context *context, const char *id,
    struct buf *out, struct err *err)
{
	struct buf fields = BUF_INIT;
	struct alert alert;
	int found = store_alert_get(context->store, span_str(id), &fields, err);
	int status = EX_OK;

	if (found == 0)
		err_set(err, "there is no alert %s", id);
	if (found < 1) {
		status = found < 0 ? EX_IOERR : EX_NOINPUT;
	} else if (alert_decode(buf_span(&fields), &alert, err)) {
		status = EX_DATAERR;
	} else {
		mail_body(&alert, out);
		alert_release(&alert);
	}
	buf_release(&fields);
	return status;
}

static bool
is_own(const char *rule)
{
	return !strcmp(rule, "ctail") || !strcmp(rule, "quiet") ||
	       !strcmp(rule, "test");
}

/* Notices are ctail's own, and those that are gone may have alerts still. */
static int
check_names(const struct command_context *context,
    const struct alert_filter *filter, struct err *err)
{
	const struct plan *plan = context->plan;

	if (filter->sink && !conf_sink(plan->conf, span_str(filter->sink)))
		return command_refuse_sink(
		    plan, filter->sink, ", and nothing for it", err);
	if (filter->rule && !is_own(filter->rule))
		return command_check_rule(plan, filter->rule, err);
	return 0;
}

static int
run_alerts(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct alert_filter filter;
	struct id_run whole;

	if (parse_filter(&filter, argc, argv, err))
		return EX_USAGE;
	if (filter.id) {
		int status = complete_id(context, &filter, &whole, err);

		if (!status && *whole.id)
			filter.id = whole.id;
		if (!status)
			status = print_whole(context, filter.id, out, err);
		if (status)
			return status;
		buf_add_byte(out, '\n');
	}
	if (store_alert_list(context->store, &filter, print_row, out, err))
		return EX_IOERR;
	if (out->len)
		return EX_OK;
	if (check_names(context, &filter, err))
		return EX_NOINPUT;
	buf_add_str(out, "No alerts.\n");
	return EX_OK;
}

const struct command command_alerts = {
    .name = "alerts",
    .usage =
	"[--sink S] [--rule R] [--due|--dead|--held|--dropped] [-n N] [ID]",
    .help = "list alerts, newest first, or show a whole one",
    .run = run_alerts,
};
