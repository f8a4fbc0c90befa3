/*
 * status_json: what `ctailctl status' says, for programs.
 *
 * One object in one line.  Names are added, never changed.
 */
#include "config.h"

#include <stdint.h>
#include <unistd.h>

#include "ctaild/command_json.h"
#include "ctaild/status_counts.h"

struct json_run {
	const struct command_context *context;
	const struct status_facts *facts;
	struct json json;
};

static void
add_rows(struct json *json, const struct status_count *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_add_number(json, rows[i].name,
		    rows[i].value > INT64_MAX ? INT64_MAX
					      : (int64_t)rows[i].value);
}

static void
add_agent(struct json_run *run)
{
	const struct command_context *context = run->context;
	struct json *json = &run->json;

	json_key(json, "agent");
	json_open(json, '{');
	json_key(json, "running");
	json_bool(json, context->started_ms != 0);
	json_add_text(json, "version", PACKAGE_VERSION);
	json_add_text(json, "state_dir", context->state_dir);
	if (context->started_ms) {
		json_add_number(json, "process", (int64_t)getpid());
		json_add_time(json, "since", context->started_ms);
	}
	if (context->counts && context->plan->log_count)
		json_add_time(
		    json, "counted_since", counts_since(context->counts));
	if (context->trouble)
		json_add_text(json, "trouble", context->trouble);
	json_close(json, '}');
}

static void
add_deliveries(struct json_run *run)
{
	const struct store_counts *counts = &run->facts->counts;
	struct json *json = &run->json;

	json_add_number(json, "alerts", counts->alerts);
	json_key(json, "deliveries");
	json_open(json, '{');
	json_add_number(json, "done", counts->delivered);
	json_add_number(json, "waiting", counts->due);
	json_add_number(json, "behind", counts->behind);
	json_add_number(json, "given_up", counts->dead);
	json_add_number(json, "dropped", counts->dropped);
	json_add_number(json, "held", counts->held);
	if (counts->due)
		json_add_time(json, "waiting_since", counts->oldest_due_ms);
	json_close(json, '}');
}

static void
add_file(void *arg, const struct source_file *file)
{
	struct json_run *run = arg;
	struct json *json = &run->json;
	struct status_count rows[STATUS_COUNTS_MAX];
	size_t count = status_file_counts(file, rows);

	json_open(json, '{');
	json_add_text(json, "path", file->path);
	json_add_text(json, "log", file->log);
	json_add_text(json, "state", file->state);
	if (file->why)
		json_add_text(json, "why", file->why);
	if (file->size >= 0) {
		json_add_number(json, "offset", (int64_t)file->offset);
		json_add_number(json, "size", file->size);
	}
	add_rows(json, rows, count);
	json_close(json, '}');
}

static void
add_files(struct json_run *run)
{
	json_key(&run->json, "files");
	json_open(&run->json, '[');
	source_files(run->context->source, add_file, run);
	journals_files(run->context->journals, add_file, run);
	json_close(&run->json, ']');
}

/* Logs, rules, [logcheck] sections: a name and counts. */
static void
add_counted(struct json_run *run, const char *name,
    const struct status_count *rows, size_t count)
{
	json_open(&run->json, '{');
	json_add_text(&run->json, "name", name);
	add_rows(&run->json, rows, count);
	json_close(&run->json, '}');
}

static void
add_logs(struct json_run *run)
{
	const struct plan *plan = run->context->plan;
	struct status_count rows[STATUS_COUNTS_MAX];

	json_key(&run->json, "logs");
	json_open(&run->json, '[');
	for (size_t i = 0; i < plan->log_count; i++)
		add_counted(run, plan->logs[i].name, rows,
		    status_log_counts(run->context, i, rows));
	json_close(&run->json, ']');
}

static void
add_rules(struct json_run *run)
{
	const struct plan *plan = run->context->plan;
	struct status_count rows[STATUS_COUNTS_MAX];

	json_key(&run->json, "rules");
	json_open(&run->json, '[');
	for (size_t i = 0; i < plan->rule_count; i++)
		add_counted(run, rule_name(plan->rules[i].rule), rows,
		    status_rule_counts(run->context, i, rows));
	json_close(&run->json, ']');
}

static void
add_logchecks(struct json_run *run)
{
	const struct plan *plan = run->context->plan;
	struct status_count rows[STATUS_COUNTS_MAX];

	json_key(&run->json, "logchecks");
	json_open(&run->json, '[');
	for (size_t i = 0; i < plan->report_count; i++)
		add_counted(run, plan->reports[i].name, rows,
		    status_report_counts(run->context, i, rows));
	json_close(&run->json, ']');
}

static void
add_report(void *arg, const char *section, size_t lines, int64_t due_ms)
{
	struct json *json = &((struct json_run *)arg)->json;

	json_open(json, '{');
	json_add_text(json, "name", section);
	json_add_number(json, "lines", (int64_t)lines);
	json_add_time(json, "due", due_ms);
	json_close(json, '}');
}

/* Of [logcheck] sections that have lines. */
static void
add_reports(struct json_run *run)
{
	json_key(&run->json, "reports");
	json_open(&run->json, '[');
	reports_waiting(run->context->reports, add_report, run);
	json_close(&run->json, ']');
}

static void
add_cap(struct json *json, const struct ledger_cap *cap)
{
	struct buf rate = BUF_INIT;

	rate_format(&cap->rate, &rate);
	json_add_text(json, "storm", buf_str(&rate));
	buf_release(&rate);
	json_add_number(json, "storm_holds", cap->held);
	if (cap->held)
		json_add_time(json, "storm_until", cap->due_ms);
}

static void
add_sink(void *arg, const struct courier_sink *sink)
{
	struct json_run *run = arg;
	struct json *json = &run->json;
	struct span name = span_str(sink->name);
	const struct ledger_cap *cap = map_get(run->facts->caps, name);

	json_open(json, '{');
	json_add_text(json, "name", sink->name);
	json_add_text(json, "kind", sink->kind);
	json_key(json, "sending");
	json_bool(json, sink->running);
	json_add_number(
	    json, "waiting", (intptr_t)map_get(run->facts->waiting, name));
	json_add_number(json, "failures", sink->failures);
	if (sink->failures) {
		json_add_text(json, "last_answer", sink->last_answer);
		json_add_time(json, "failing_since", sink->failing_since_ms);
	}
	json_key(json, "gone");
	json_bool(json, sink->gone);
	if (sink->open_until_ms > run->context->now_ms)
		json_add_time(json, "waits_until", sink->open_until_ms);
	if (*sink->partly)
		json_add_text(json, "partly", sink->partly);
	if (*sink->confined)
		json_add_text(json, "confined", sink->confined);
	if (cap)
		add_cap(json, cap);
	json_close(json, '}');
}

static void
add_quarantined(void *arg, const struct pipeline_quarantined *what)
{
	struct json *json = arg;

	json_open(json, '{');
	json_add_text(json, "whose", what->whose);
	if (what->text)
		json_add_text(json, "pattern", what->text);
	json_add_time(json, "until", what->until_ms);
	json_close(json, '}');
}

static void
add_quarantine(struct json_run *run)
{
	json_key(&run->json, "quarantine");
	json_open(&run->json, '[');
	pipeline_quarantined(
	    run->context->pipeline, add_quarantined, &run->json);
	json_close(&run->json, ']');
}

static void
add_sinks(struct json_run *run)
{
	json_key(&run->json, "sinks");
	json_open(&run->json, '[');
	courier_sinks(run->context->courier, add_sink, run);
	json_close(&run->json, ']');
}

void
status_json(const struct command_context *context,
    const struct status_facts *facts, struct buf *out)
{
	struct json_run run = {.context = context, .facts = facts};

	json_init(&run.json, out);
	json_open(&run.json, '{');
	add_agent(&run);
	add_deliveries(&run);
	add_files(&run);
	add_logs(&run);
	add_rules(&run);
	add_logchecks(&run);
	add_quarantine(&run);
	json_key(&run.json, "silences");
	silences_json(context->silences, &run.json);
	add_reports(&run);
	add_sinks(&run);
	json_close(&run.json, '}');
	buf_add_byte(out, '\n');
}
