/*
 * command_status: how the agent, its logs, rules and sinks are.
 */
#include "config.h"

#include <inttypes.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "ctaild/command.h"
#include "input/watch.h"
#include "store/store_alert.h"

/* A rough "3d", "2h", "5m", "12s" for people. */
static void
add_age(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		char unit;
	} units[] = {{86400000, 'd'}, {3600000, 'h'}, {60000, 'm'},
	    {1000, 's'}};
	size_t i = 0;

	if (ms < 0)
		ms = 0;
	while (i < 3 && ms < units[i].ms)
		i++;
	buf_addf(out, "%" PRId64 "%c", ms / units[i].ms, units[i].unit);
}

static void
add_agent(const struct command_context *context, struct buf *out)
{
	if (!context->started_ms) {
		buf_addf(out, "No agent is running on %s.\n",
		    context->state_dir);
		return;
	}
	buf_addf(out, "ctaild %s, process %ld, running for ", PACKAGE_VERSION,
	    (long)getpid());
	add_age(out, context->now_ms - context->started_ms);
	buf_addf(out, ", state in %s, watching by %s\n", context->state_dir,
	    watch_backend());
	if (context->trouble)
		buf_addf(out, "TROUBLE: %s\n", context->trouble);
}

static void
add_gaps(const struct follow_gaps *gaps, struct buf *out)
{
	buf_addf(out, ", %" PRIu64 " gap%s", gaps->count,
	    gaps->count == 1 ? "" : "s");
	if (gaps->bytes)
		buf_addf(out, " (%" PRIu64 " bytes lost, as far as known)",
		    gaps->bytes);
}

static void
add_file(void *arg, const struct source_file *file)
{
	struct buf *out = arg;

	buf_addf(out, "  %s  [%s] %s", file->path, file->log, file->state);
	if (file->why)
		buf_addf(out, ": %s", file->why);
	if (file->size >= 0)
		buf_addf(out, ", at %" PRIu64 " of %" PRId64, file->offset,
		    file->size);
	if (file->lines)
		buf_addf(out, ", %" PRIu64 " lines, %" PRIu64 " bytes",
		    file->lines, file->bytes);
	if (file->cut)
		buf_addf(out, ", %" PRIu64 " lines cut", file->cut);
	if (file->partial)
		buf_addf(out, ", %" PRIu64 " without a newline at the end",
		    file->partial);
	if (file->gaps.count)
		add_gaps(&file->gaps, out);
	buf_add_byte(out, '\n');
}

static void
add_rule(const struct command_context *context, size_t i, struct buf *out)
{
	struct pipeline_totals totals;
	struct decider_totals state;

	pipeline_rule_totals(context->pipeline, i, &totals);
	decider_totals(pipeline_decider(context->pipeline), i, &state);
	buf_addf(out, "  %s  %" PRIu64 " lines seen, %" PRIu64 " matched, %"
	    PRIu64 " alerts, %" PRIu64 " held, %" PRIu64 " keys",
	    rule_name(context->plan->rules[i].rule), totals.records,
	    totals.matched, state.alerts, state.held, state.keys);
	if (totals.undecided)
		buf_addf(out, ", %" PRIu64 " not decided (pattern limit)",
		    totals.undecided);
	if (state.evicted)
		buf_addf(out, ", %" PRIu64 " keys dropped for want of room",
		    state.evicted);
	buf_add_byte(out, '\n');
}

struct sinks_run {
	struct buf *out;
	int64_t now_ms;
	struct map *waiting;		/* sink -> how many, as an integer */
};

static void
note_waiting(void *arg, struct span sink, int64_t due_ms, int64_t count)
{
	struct sinks_run *run = arg;

	(void)due_ms;
	map_put(run->waiting, sink, (void *)(intptr_t)count);
}

static void
add_sink(void *arg, const struct courier_sink *sink)
{
	struct sinks_run *run = arg;
	char until[CLOCK_TEXT_MAX];
	intptr_t waiting =
	    (intptr_t)map_get(run->waiting, span_str(sink->name));

	buf_addf(run->out, "  %s  [%s] %s", sink->name, sink->kind,
	    sink->running ? "sending" : "ready");
	if (waiting)
		buf_addf(run->out, ", %" PRIdPTR " waiting", waiting);
	if (sink->blocked_until_ms > run->now_ms) {
		clock_format_local(sink->blocked_until_ms, until);
		buf_addf(run->out, ", waiting until %s", until);
	}
	if (sink->failures)
		buf_addf(run->out, ", %" PRId64 " failures in a row, last: %s",
		    sink->failures, sink->last_answer);
	buf_add_byte(run->out, '\n');
}

static int
add_counts(const struct command_context *context, struct buf *out,
    struct err *err)
{
	struct store_counts counts;

	if (store_alert_counts(context->store, &counts, err))
		return -1;
	buf_addf(out, "Alerts: %" PRId64 "; deliveries: %" PRId64
	    " done, %" PRId64 " waiting", counts.alerts, counts.delivered,
	    counts.due);
	if (counts.due) {
		buf_add_str(out, " (the oldest for ");
		add_age(out, context->now_ms - counts.oldest_due_ms);
		buf_add_byte(out, ')');
	}
	buf_addf(out, ", %" PRId64 " given up\n", counts.dead);
	return 0;
}

static int
run_status(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct sinks_run sinks = {out, context->now_ms, NULL};
	int result;

	(void)argv;
	if (argc) {
		err_set(err, "usage: ctailctl status");
		return EX_USAGE;
	}
	add_agent(context, out);
	if (add_counts(context, out, err))
		return EX_IOERR;
	buf_add_str(out, "Logs:\n");
	source_files(context->source, add_file, out);
	journals_files(context->journals, add_file, out);
	buf_add_str(out, "Rules:\n");
	for (size_t i = 0; i < context->plan->rule_count; i++)
		add_rule(context, i, out);
	buf_add_str(out, "Sinks:\n");
	sinks.waiting = map_new();
	result = store_outbox_sinks(context->store, note_waiting, &sinks, err);
	courier_sinks(context->courier, add_sink, &sinks);
	map_free(sinks.waiting, NULL);
	return result ? EX_IOERR : EX_OK;
}

const struct command command_status = {
    .name = "status",
    .usage = "",
    .help = "how the agent, its logs, rules and sinks are",
    .run = run_status,
};
