/*
 * command_queue: what waits for each sink, why, and since when.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/severity.h"
#include "ctaild/command_json.h"
#include "ctaild/command_outbox.h"
#include "ctaild/command_text.h"

/* What the outbox says of a sink. */
struct sink_totals {
	struct outbox_totals sums; /* sink is NULL: the key says it */
	bool configured;
};

struct queue_run {
	const struct command_context *context;
	const struct outbox_request *request;
	struct map *totals; /* sink -> struct sink_totals */
	struct buf *out;    /* text, or */
	struct json *json;
};

static void
note_totals(void *arg, const struct outbox_totals *totals)
{
	struct queue_run *run = arg;
	struct sink_totals *kept = xcalloc(1, sizeof(*kept));

	kept->sums = *totals;
	kept->sums.sink = span_of(NULL, 0);
	free(map_put(run->totals, totals->sink, kept));
}

static bool
is_asked_for(const struct queue_run *run, struct span sink)
{
	const char *only = run->request->filter.sink;

	return !only || span_is(sink, only);
}

static void
add_time(struct buf *out, const char *what, int64_t wall_ms)
{
	char at[CLOCK_TEXT_MAX];

	clock_format_local(wall_ms, at);
	text_add_item(out, "%s %s", what, at);
}

/* --- For people ----------------------------------------------------------- */

static void
add_sums(const struct queue_run *run, const struct outbox_totals *sums)
{
	struct buf *out = run->out, age = BUF_INIT;

	buf_addf(out, " %" PRId64 " waiting", sums->waiting);
	if (sums->behind)
		text_add_item(out,
		    "%" PRId64 " of them behind an older one of their incident",
		    sums->behind);
	if (sums->waiting) {
		text_add_age(&age, run->context->now_ms - sums->oldest_ms);
		text_add_item(out, "the oldest for %s", buf_str(&age));
		add_time(out, "next attempt", sums->next_ms);
	}
	if (sums->dead)
		text_add_item(out, "%" PRId64 " given up", sums->dead);
	buf_release(&age);
}

static void
add_circuit(const struct queue_run *run, const struct courier_sink *sink)
{
	struct buf *out = run->out;

	if (sink->gone)
		text_add_item(
		    out, "gone: not tried until a reload or `ctailctl retry'");
	else if (sink->open_until_ms > run->context->now_ms)
		add_time(out, "not tried until", sink->open_until_ms);
	if (!sink->failures)
		return;
	add_time(out, "failing since", sink->failing_since_ms);
	text_add_item(out, "%" PRId64 " failure%s in a row, last: %s",
	    sink->failures, sink->failures == 1 ? "" : "s", sink->last_answer);
}

static bool
is_worth_a_line(const struct queue_run *run, const struct courier_sink *sink,
    const struct sink_totals *totals)
{
	return run->request->filter.sink || totals || sink->failures ||
	       sink->gone;
}

static void
print_sink(struct queue_run *run, const struct courier_sink *sink,
    const struct sink_totals *totals)
{
	static const struct outbox_totals nothing;

	if (!is_worth_a_line(run, sink, totals))
		return;
	buf_addf(run->out, "%s  [%s]", sink->name, sink->kind);
	add_sums(run, totals ? &totals->sums : &nothing);
	add_circuit(run, sink);
	buf_add_byte(run->out, '\n');
}

static void
print_gone(
    struct queue_run *run, struct span name, const struct sink_totals *totals)
{
	text_add_clean(run->out, name);
	buf_add_str(run->out, "  [not configured]");
	add_sums(run, &totals->sums);
	buf_add_byte(run->out, '\n');
}

static void
print_row(void *arg, const struct outbox_row *row)
{
	struct queue_run *run = arg;

	outbox_print_row(run->out, row);
}

/* --- For programs --------------------------------------------------------- */

static void
json_sums(struct json *json, const struct sink_totals *totals)
{
	static const struct outbox_totals nothing;
	const struct outbox_totals *sums = totals ? &totals->sums : &nothing;

	json_add_number(json, "waiting", sums->waiting);
	json_add_number(json, "behind", sums->behind);
	json_add_number(json, "given_up", sums->dead);
	if (sums->waiting) {
		json_add_time(json, "waiting_since", sums->oldest_ms);
		json_add_time(json, "next_attempt", sums->next_ms);
	}
}

static void
json_sink(struct queue_run *run, const struct courier_sink *sink,
    const struct sink_totals *totals)
{
	struct json *json = run->json;

	json_open(json, '{');
	json_add_text(json, "name", sink->name);
	json_add_text(json, "kind", sink->kind);
	json_sums(json, totals);
	json_key(json, "gone");
	json_bool(json, sink->gone);
	json_add_number(json, "failures", sink->failures);
	if (sink->open_until_ms > run->context->now_ms)
		json_add_time(json, "waits_until", sink->open_until_ms);
	if (sink->failures) {
		json_add_time(json, "failing_since", sink->failing_since_ms);
		json_add_text(json, "last_answer", sink->last_answer);
	}
	json_close(json, '}');
}

static void
json_gone(
    struct queue_run *run, struct span name, const struct sink_totals *totals)
{
	json_open(run->json, '{');
	json_key(run->json, "name");
	json_string(run->json, name);
	json_sums(run->json, totals);
	json_close(run->json, '}');
}

static void
json_text(struct json *json, const char *key, struct span text)
{
	json_key(json, key);
	json_string(json, text);
}

static void
json_row(void *arg, const struct outbox_row *row)
{
	struct queue_run *run = arg;
	struct json *json = run->json;

	json_open(json, '{');
	json_text(json, "id", row->alert_id);
	json_text(json, "sink", row->sink);
	json_add_text(json, "state", outbox_state_name(row->state));
	json_text(json, "rule", row->rule);
	json_text(json, "kind", row->kind);
	json_add_text(
	    json, "severity", severity_name((enum severity)row->severity));
	json_text(json, "subject", row->subject);
	json_add_time(json, "made", row->made_ms);
	json_add_time(json, "due", row->due_ms);
	json_add_number(json, "attempts", row->attempts);
	json_text(json, "last_answer", row->last_answer);
	json_close(json, '}');
}

/* --- Both ----------------------------------------------------------------- */

static void
tell_sink(void *arg, const struct courier_sink *sink)
{
	struct queue_run *run = arg;
	struct span name = span_str(sink->name);
	struct sink_totals *totals = map_get(run->totals, name);

	if (totals)
		totals->configured = true;
	if (!is_asked_for(run, name))
		return;
	if (run->json)
		json_sink(run, sink, totals);
	else
		print_sink(run, sink, totals);
}

static void
tell_sinks(struct queue_run *run)
{
	size_t cursor = 0;
	struct span name;
	void *value;

	courier_sinks(run->context->courier, tell_sink, run);
	while (map_next(run->totals, &cursor, &name, &value)) {
		const struct sink_totals *totals = value;

		if (totals->configured || !is_asked_for(run, name))
			continue;
		if (run->json)
			json_gone(run, name, totals);
		else
			print_gone(run, name, totals);
	}
}

static int
tell_rows(struct queue_run *run, struct err *err)
{
	return store_outbox_list(run->context->store, &run->request->filter,
	    run->request->limit, run->json ? json_row : print_row, run, err);
}

static int
print_queue(struct queue_run *run, struct err *err)
{
	tell_sinks(run);
	if (!run->out->len)
		buf_add_str(run->out, "Nothing waits.\n");
	return tell_rows(run, err);
}

static int
json_queue(struct queue_run *run, struct err *err)
{
	struct json *json = run->json;
	int result;

	json_init(json, run->out);
	json_open(json, '{');
	json_key(json, "sinks");
	json_open(json, '[');
	tell_sinks(run);
	json_close(json, ']');
	json_key(json, "alerts");
	json_open(json, '[');
	result = tell_rows(run, err);
	json_close(json, ']');
	json_close(json, '}');
	buf_add_byte(run->out, '\n');
	return result;
}

static int
run_queue(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct outbox_request request;
	struct json json = {0};
	struct queue_run run = {
	    .context = context, .request = &request, .out = out};
	int status = outbox_parse(context, "queue",
	    OUTBOX_WORD_SINK | OUTBOX_WORD_JSON | OUTBOX_WORD_COUNT, argc, argv,
	    &request, err);
	int failed;

	if (status)
		return status;
	request.filter.waiting = true;
	run.json = request.json ? &json : NULL;
	run.totals = map_new();
	failed =
	    store_outbox_totals(context->store, note_totals, &run, err) ||
	    (run.json ? json_queue(&run, err) : print_queue(&run, err));
	map_free(run.totals, free);
	return failed ? EX_IOERR : EX_OK;
}

const struct command command_queue = {
    .name = "queue",
    .usage = "[--sink S] [--json] [-n N]",
    .help = "what waits for each sink, why, and the oldest of it",
    .run = run_queue,
};
