/*
 * command_status: how the agent, its logs, rules and sinks are.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/command_text.h"
#include "ctaild/status_counts.h"
#include "input/watch.h"

struct text_run {
	const struct command_context *context;
	const struct status_facts *facts;
	struct buf *out;
};

static void
add_agent(const struct command_context *context, struct buf *out)
{
	if (!context->started_ms) {
		buf_addf(
		    out, "No agent is running on %s.\n", context->state_dir);
		return;
	}
	buf_addf(out, "ctaild %s, process %ld, running for ", PACKAGE_VERSION,
	    (long)getpid());
	text_add_age(out, context->now_ms - context->started_ms);
	text_add_item(out, "state in %s", context->state_dir);
	text_add_item(out, "watching by %s", watch_backend());
	buf_add_byte(out, '\n');
	if (context->trouble)
		buf_addf(out, "TROUBLE: %s\n", context->trouble);
}

static void
add_counts(const struct text_run *run)
{
	const struct store_counts *counts = &run->facts->counts;
	struct buf *out = run->out;

	buf_addf(out,
	    "Alerts: %" PRId64 "; deliveries: %" PRId64 " done, %" PRId64
	    " waiting",
	    counts->alerts, counts->delivered, counts->due);
	if (counts->due) {
		buf_add_str(out, " (the oldest for ");
		text_add_age(out, run->context->now_ms - counts->oldest_due_ms);
		buf_add_byte(out, ')');
	}
	if (counts->behind)
		text_add_item(out,
		    "%" PRId64 " of them behind an older one of their incident",
		    counts->behind);
	buf_addf(out, ", %" PRId64 " given up", counts->dead);
	if (counts->dropped)
		text_add_item(out, "%" PRId64 " dropped", counts->dropped);
	if (counts->held)
		text_add_item(
		    out, "%" PRId64 " held back by caps", counts->held);
	buf_add_byte(out, '\n');
}

static bool
is_shown(const struct status_count *row)
{
	return row->when == STATUS_ALWAYS ||
	       (row->when == STATUS_NONZERO && row->value);
}

/* Behind the name that stands on the line already. */
static void
add_rows(struct buf *out, const struct status_count *rows, size_t count)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (!is_shown(&rows[i]))
			continue;
		if (first)
			buf_addf(out, "%" PRIu64 " %s", rows[i].value,
			    rows[i].words);
		else
			text_add_item(out, "%" PRIu64 " %s", rows[i].value,
			    rows[i].words);
		first = false;
	}
	buf_add_byte(out, '\n');
}

static void
add_file(void *arg, const struct source_file *file)
{
	const struct text_run *run = arg;
	struct status_count rows[STATUS_COUNTS_MAX];
	size_t count = status_file_counts(file, rows);
	struct buf *out = run->out;

	buf_add_str(out, "  ");
	text_add_clean(out, span_str(file->path));
	buf_addf(out, "  [%s] %s", file->log, file->state);
	if (file->why) {
		buf_add_str(out, ": ");
		text_add_clean(out, span_str(file->why));
	}
	if (file->size >= 0)
		text_add_item(out, "at %" PRIu64 " of %" PRId64, file->offset,
		    file->size);
	for (size_t i = 0; i < count; i++)
		if (is_shown(&rows[i]))
			text_add_item(out, "%" PRIu64 " %s", rows[i].value,
			    rows[i].words);
	buf_add_byte(out, '\n');
}

static void
add_log(const struct text_run *run, size_t i)
{
	struct status_count rows[STATUS_COUNTS_MAX];
	size_t count = status_log_counts(run->context, i, rows);

	buf_addf(run->out, "  %s  ", run->context->plan->logs[i].name);
	add_rows(run->out, rows, count);
}

static void
add_rule(const struct text_run *run, size_t i)
{
	struct status_count rows[STATUS_COUNTS_MAX];
	size_t count = status_rule_counts(run->context, i, rows);

	buf_addf(
	    run->out, "  %s  ", rule_name(run->context->plan->rules[i].rule));
	add_rows(run->out, rows, count);
}

/* A section's rules are many, and none of them is anybody's own. */
static void
add_rules(const struct text_run *run)
{
	const struct plan *plan = run->context->plan;
	struct status_count rows[STATUS_COUNTS_MAX];

	for (size_t i = 0; i < plan->rule_count; i++)
		if (!plan->rules[i].report)
			add_rule(run, i);
	for (size_t i = 0; i < plan->report_count; i++) {
		size_t count = status_report_counts(run->context, i, rows);

		buf_addf(run->out, "  %s  [logcheck] ", plan->reports[i].name);
		add_rows(run->out, rows, count);
	}
}

static void
add_silence(void *arg, const struct silence *silence)
{
	const struct text_run *run = arg;
	struct buf words = BUF_INIT;
	char until[CLOCK_TEXT_MAX];

	silence_describe(silence, &words);
	clock_format_local(silence->until_ms, until);
	buf_addf(run->out, "  %" PRId64 "  ", silence->id);
	text_add_clean(run->out, buf_span(&words));
	text_add_item(run->out, "until %s", until);
	if (*silence->who)
		text_add_item(run->out, "by %s%s%s", silence->who,
		    *silence->why ? ": " : "", silence->why);
	text_add_item(run->out, "%" PRId64 " alert%s held",
	    silence->held.events, silence->held.events == 1 ? "" : "s");
	buf_add_byte(run->out, '\n');
	buf_release(&words);
}

static void
add_cap(struct buf *out, const struct ledger_cap *cap)
{
	struct buf rate = BUF_INIT;
	char due[CLOCK_TEXT_MAX];

	rate_format(&cap->rate, &rate);
	text_add_item(out, "cap %s", buf_str(&rate));
	buf_release(&rate);
	if (!cap->held)
		return;
	clock_format_local(cap->due_ms, due);
	text_add_item(out, "which holds %" PRId64 " alert%s until %s",
	    cap->held, cap->held == 1 ? "" : "s", due);
}

/* What keeps alerts from arriving. */
static void
add_health(const struct text_run *run, const struct courier_sink *sink)
{
	struct buf *out = run->out;
	char at[CLOCK_TEXT_MAX];

	if (sink->gone)
		text_add_item(out, "not tried until a reload or `retry'");
	else if (sink->open_until_ms > run->context->now_ms) {
		clock_format_local(sink->open_until_ms, at);
		text_add_item(out, "waiting until %s", at);
	}
	if (sink->failures) {
		clock_format_local(sink->failing_since_ms, at);
		text_add_item(out, "failing since %s", at);
		text_add_item(out, "%" PRId64 " failure%s in a row",
		    sink->failures, sink->failures == 1 ? "" : "s");
		text_add_item(out, "last: %s", sink->last_answer);
	}
	if (*sink->partly)
		text_add_item(
		    out, "not delivered to everybody: %s", sink->partly);
}

static void
add_sink(void *arg, const struct courier_sink *sink)
{
	const struct text_run *run = arg;
	struct span name = span_str(sink->name);
	intptr_t waiting = (intptr_t)map_get(run->facts->waiting, name);
	const struct ledger_cap *cap = map_get(run->facts->caps, name);

	buf_addf(run->out, "  %s  [%s] %s", sink->name, sink->kind,
	    sink->gone	    ? "gone"
	    : sink->running	       ? "sending"
	    : sink->failing_since_ms ? "failing"
				       : "ready");
	if (waiting)
		buf_addf(run->out, ", %" PRIdPTR " waiting", waiting);
	add_health(run, sink);
	if (*sink->confined)
		text_add_item(run->out, "confined: %s", sink->confined);
	if (cap)
		add_cap(run->out, cap);
	buf_add_byte(run->out, '\n');
}

static void
add_silences(struct text_run *run)
{
	size_t before = run->out->len, heading;

	if (!run->context->silences)
		return;
	buf_add_str(run->out, "Silences in force:\n");
	heading = run->out->len;
	silences_each(run->context->silences, add_silence, run);
	if (run->out->len == heading)
		run->out->len = before;
}

static void
add_quarantined(void *arg, const struct pipeline_quarantined *what)
{
	struct buf *out = arg;
	char until[CLOCK_TEXT_MAX];

	clock_format_local(what->until_ms, until);
	buf_add_str(out, "  ");
	text_add_clean(out, span_str(what->whose));
	buf_addf(out, "  until %s", until);
	if (what->text) {
		buf_add_str(out, ": ");
		text_add_clean(out, span_str(what->text));
	}
	buf_add_byte(out, '\n');
}

/* Nothing where every pattern is tried. */
static void
add_quarantine(const struct text_run *run)
{
	struct buf lines = BUF_INIT;

	pipeline_quarantined(run->context->pipeline, add_quarantined, &lines);
	if (lines.len)
		buf_add_str(run->out, "Patterns in quarantine:\n");
	buf_add_span(run->out, buf_span(&lines));
	buf_release(&lines);
}

static void
add_report(void *arg, const char *section, size_t lines, int64_t due_ms)
{
	const struct text_run *run = arg;
	int64_t wait_ms = due_ms - run->context->now_ms;

	buf_addf(run->out, "  logcheck %s: %zu line%s wait%s, due ", section,
	    lines, lines == 1 ? "" : "s", lines == 1 ? "s" : "");
	if (wait_ms > 0) {
		buf_add_str(run->out, "in ");
		text_add_age(run->out, wait_ms);
	} else {
		buf_add_str(run->out, "now");
	}
	buf_add_byte(run->out, '\n');
}

/* Nothing where nothing waits. */
static void
add_reports(struct text_run *run)
{
	if (!reports_due(run->context->reports))
		return;
	buf_add_str(run->out, "Reports:\n");
	reports_waiting(run->context->reports, add_report, run);
}

static void
add_counted_heading(const struct command_context *context, const char *what,
    struct buf *out)
{
	char since[CLOCK_TEXT_MAX];

	buf_add_str(out, what);
	if (context->counts && context->plan->log_count) {
		clock_format_local(counts_since(context->counts), since);
		buf_addf(out, ", counted since %s", since);
	}
	buf_add_str(out, ":\n");
}

static void
add_everything(struct text_run *run)
{
	const struct plan *plan = run->context->plan;
	struct buf *out = run->out;

	add_agent(run->context, out);
	add_counts(run);
	buf_add_str(out, "Logs:\n");
	source_files(run->context->source, add_file, run);
	journals_files(run->context->journals, add_file, run);
	add_counted_heading(run->context, "Records", out);
	for (size_t i = 0; i < plan->log_count; i++)
		add_log(run, i);
	add_counted_heading(run->context, "Rules", out);
	add_rules(run);
	add_quarantine(run);
	add_silences(run);
	add_reports(run);
	buf_add_str(out, "Sinks:\n");
	courier_sinks(run->context->courier, add_sink, run);
}

static void
note_waiting(void *arg, const struct outbox_totals *totals)
{
	struct status_facts *facts = arg;

	map_put(facts->waiting, totals->sink,
	    (void *)(intptr_t)totals->waiting);
}

static void
note_cap(void *arg, const struct ledger_cap *cap)
{
	struct status_facts *facts = arg;
	struct ledger_cap *kept = xmemdup(cap, sizeof(*cap));

	/* Borrowed; the key says it. */
	kept->sink = NULL;
	free(map_put(facts->caps, span_str(cap->sink), kept));
}

static int
gather(const struct command_context *context, struct status_facts *facts,
    struct err *err)
{
	if (context->ledger)
		ledger_caps(context->ledger, context->now_ms, note_cap, facts);
	return store_alert_counts(context->store, &facts->counts, err) ||
	       store_outbox_totals(context->store, note_waiting, facts, err);
}

static int
run_status(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct status_facts facts = {.waiting = map_new(), .caps = map_new()};
	struct text_run run = {context, &facts, out};
	bool json = argc == 1 && !strcmp(argv[0], "--json");
	int status = EX_OK;

	if (argc && !json) {
		err_set(err, "usage: ctailctl status [--json]");
		status = EX_USAGE;
	} else if (gather(context, &facts, err)) {
		status = EX_IOERR;
	} else if (json) {
		status_json(context, &facts, out);
	} else {
		add_everything(&run);
	}
	map_free(facts.waiting, NULL);
	map_free(facts.caps, free);
	return status;
}

const struct command command_status = {
    .name = "status",
    .usage = "[--json]",
    .help = "how the agent, its logs, rules, silences and sinks are",
    .run = run_status,
};
