/*
 * world: plan, pipeline, ledger and store, without logs and without sinks.
 *
 * Hides that everything is stored after each step, as the agent stores it
 * after each turn, and that what goes out is read back from the store.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "conf/conf.h"
#include "ctaild/command.h"
#include "ctaild/ledger.h"
#include "ctaild/pipeline.h"
#include "ctaild/reports.h"
#include "ctaild/restore.h"
#include "judge/decider_internal.h"
#include "store/store_alert.h"
#include "store/store_note.h"
#include "tests/golden/world.h"

#define HOST "host"

/* A record that was read, for whoever looks back. */
struct past {
	char *path;
	struct buf text;
};

/* The newest time of a file, which the store has with its position. */
struct newest {
	char *path;
	int64_t at_ms;
};

struct world {
	struct store *store;
	struct ledger *ledger;
	struct silences *silences;
	struct conf *conf;
	struct plan *plan;
	struct pipeline *pipeline;
	struct reports *reports;
	struct buf *out;
	struct buf config;		/* the text in force */
	struct map *told;		/* ids of alerts that were printed */
	const char *dir;
	struct past *past;
	size_t past_count;
	struct newest *newest;		/* while nothing runs */
	size_t newest_count;
	int64_t now_ms;
	uint64_t offset;		/* of the next record */
	enum world_show show;
};

/* --- Words ---------------------------------------------------------------- */

static void
add_time(struct world *world, char mark, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_local(wall_ms, text);
	buf_addf(world->out, "%c %.8s", mark, text + strlen("2026-11-22 "));
	if (wall_ms % 1000)
		buf_addf(world->out, ".%03d", (int)(wall_ms % 1000));
	buf_add_byte(world->out, ' ');
}

static void
add_key(struct world *world, struct span key)
{
	if (!key.len)
		return;
	buf_add_str(world->out, " [");
	buf_add_span(world->out, key);
	buf_add_byte(world->out, ']');
}

/* Each line of a record by itself. */
static void
add_shown(struct world *world, const char *mark, const char *text, size_t len)
{
	buf_addf(world->out, ">     %s ", mark);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			buf_addf(world->out, "\n>       ");
		else
			buf_add_byte(world->out, text[i]);
	buf_add_byte(world->out, '\n');
}

static void
add_lines(struct world *world, const char *mark,
    const struct alert_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_shown(world, mark, lines[i].text, lines[i].len);
}

static void
add_matches(struct world *world, const struct alert *alert)
{
	for (size_t i = 0; i < alert->line_count; i++) {
		const struct alert_line *line = &alert->lines[i];
		char mark[32];

		if (!line->match_len)
			continue;
		snprintf(mark, sizeof(mark), "~ %u", line->match_offset);
		add_shown(world, mark, line->text + line->match_offset,
		    line->match_len);
	}
}

static void
add_times(struct world *world, const struct alert_times *times)
{
	char text[CLOCK_TEXT_MAX];
	int used = ALERT_BINS;

	if (!times->width_ms)
		return;
	while (!times->bins[used - 1])
		used--;
	clock_format_local(times->start_ms, text);
	buf_addf(world->out, ">     # %.8s ", text + strlen("2026-11-22 "));
	duration_format(times->width_ms, text);
	buf_addf(world->out, "%s:", text);
	for (int i = 0; i < used; i++)
		buf_addf(world->out, " %u", times->bins[i]);
	buf_add_byte(world->out, '\n');
}

/* As it is, each line behind a bar. */
static void
add_report(struct world *world, const char *report)
{
	buf_add_str(world->out, ">     |");
	for (; *report; report++) {
		buf_add_byte(world->out, *report);
		if (*report == '\n' && report[1])
			buf_add_str(world->out, ">     |");
	}
}

static void
say_alert(struct world *world, const struct alert *alert, const char *what)
{
	add_time(world, '>', alert->made_ms);
	buf_addf(world->out, "%s%s %s", what, alert_kind_name(alert->kind),
	    alert->rule);
	add_key(world, span_str(alert->key));
	buf_addf(world->out, " x%lld%s: %s\n", (long long)alert->count,
	    alert->undecided ? " not decided" : "", alert->subject);
	if (world->show == WORLD_SUBJECTS || world->show == WORLD_SINKS)
		return;
	add_lines(world, "<", alert->before, alert->before_count);
	if (alert->report[0])
		add_report(world, alert->report);
	else
		add_lines(world, "=", alert->lines, alert->line_count);
	if (world->show == WORLD_DETAILS) {
		add_matches(world, alert);
		add_times(world, &alert->times);
	}
	add_lines(world, "+", alert->after, alert->after_count);
}

/* --- What the pipeline says ----------------------------------------------- */

static void
on_emit(void *arg, const struct emission *emission)
{
	struct world *world = arg;

	ledger_take(world->ledger, emission);
}

static void
on_amend(void *arg, const struct alert *alert)
{
	struct world *world = arg;

	ledger_amend(world->ledger, alert);
	say_alert(world, alert, "amended ");
}

static void
on_notice(void *arg, enum severity severity, const char *subject,
    const char *text)
{
	struct world *world = arg;

	(void)severity;
	add_time(world, '!', world->now_ms);
	buf_addf(world->out, "%s: %s\n", subject, text);
}

static void
on_report(void *arg, const struct report_line *line)
{
	struct world *world = arg;

	reports_add(world->reports, line);
}

static void
tell_reports(struct world *world, bool all)
{
	const struct setting_list *sinks;
	struct alert alert;

	while (reports_take(world->reports, world->now_ms, all, HOST, &alert,
	    &sinks)) {
		struct emission emission = {.alert = &alert, .sinks = sinks};

		ledger_take(world->ledger, &emission);
		alert_release(&alert);
	}
}

static void
on_trace(void *arg, const struct pipeline_trace *trace)
{
	const struct decision *decision = trace->decision;
	struct world *world = arg;

	if (decision->kind != DECISION_HELD)
		return;
	add_time(world, '-', world->now_ms);
	buf_addf(world->out, "%s %s",
	    decision_reason_name(decision->reason),
	    rule_name(world->plan->rules[trace->rule].rule));
	add_key(world, decision->key);
	buf_addf(world->out, " x%lld\n", (long long)decision->count);
}

static void
on_earlier(void *arg, const struct record *record,
    void (*each)(void *each_arg, struct span text), void *each_arg)
{
	const struct world *world = arg;
	size_t from = world->past_count, count = 0;

	while (from && count < ALERT_CONTEXT_MAX)
		count += !strcmp(world->past[--from].path, record->log_path);
	for (; from < world->past_count; from++)
		if (!strcmp(world->past[from].path, record->log_path))
			each(each_arg, buf_span(&world->past[from].text));
}

/* --- What is stored ------------------------------------------------------- */

struct listing {
	struct world *world;
	struct buf ids;			/* 40 digits each, newest first */
};

static void
note_row(void *arg, const struct outbox_row *row)
{
	struct listing *listing = arg;
	struct world *world = listing->world;

	if (row->state == OUTBOX_HELD && !map_get(world->told,
		row->alert_id)) {
		add_time(world, '-', row->made_ms);
		buf_add_str(world->out, "cap of ");
		buf_add_span(world->out, row->sink);
		buf_add_byte(world->out, ' ');
		buf_add_span(world->out, row->rule);
		buf_add_byte(world->out, '\n');
	}
	if (map_get(world->told, row->alert_id))
		return;
	map_put(world->told, row->alert_id, world);
	buf_add_span(&listing->ids, row->alert_id);
}

struct hearers {
	struct world *world;
	struct span id;
};

static void
say_hearer(void *arg, const struct outbox_row *row)
{
	const struct hearers *hearers = arg;

	if (!span_equal(row->alert_id, hearers->id))
		return;
	buf_addf(hearers->world->out, ">     to %.*s\n", (int)row->sink.len,
	    row->sink.data);
}

static void
say_hearers(struct world *world, struct span id)
{
	const struct alert_filter filter = {.state = -1, .limit = -1};
	struct hearers hearers = {world, id};

	if (world->show == WORLD_SINKS)
		store_alert_list(
		    world->store, &filter, say_hearer, &hearers, NULL);
}

static void
say_stored(struct world *world, struct span id)
{
	struct buf fields = BUF_INIT;
	struct alert alert;

	if (store_alert_get(world->store, id, &fields, NULL) == 1 &&
	    !alert_decode(buf_span(&fields), &alert, NULL)) {
		say_alert(world, &alert, "");
		say_hearers(world, id);
		alert_release(&alert);
	}
	buf_release(&fields);
}

static void
say_new_alerts(struct world *world)
{
	const struct alert_filter filter = {.state = -1, .limit = -1};
	const size_t digits = ALERT_ID_SIZE - 1;
	struct listing listing = {world, BUF_INIT};

	store_alert_list(world->store, &filter, note_row, &listing, NULL);
	for (size_t at = listing.ids.len; at >= digits; at -= digits)
		say_stored(world,
		    span_of(listing.ids.data + at - digits, digits));
	buf_release(&listing.ids);
}

static int
commit(struct world *world)
{
	struct err err = ERR_INIT;

	if (ledger_commit(world->ledger, world->now_ms, LEDGER_NORMAL, &err)) {
		buf_addf(world->out, "! not stored: %s\n", err.text);
		return -1;
	}
	say_new_alerts(world);
	return 0;
}

/* --- Life ----------------------------------------------------------------- */

static void
load_silence(void *arg, struct span name, struct span saved)
{
	struct world *world = arg;
	char *text = xstrndup(name.data, name.len);

	silences_load(world->silences, atoll(text), saved, world->now_ms,
	    NULL);
	free(text);
}

/* NULL with the mistakes in out. */
static struct plan *
make_plan(struct world *world, const char *config, struct conf **conf_out)
{
	struct conf_places places = {.state_dir = world->dir};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct plan *plan = NULL;

	*conf_out = conf_load_text("config", span_str(config), &places,
	    &errors);
	if (*conf_out)
		plan = plan_new(*conf_out, &errors);
	if (plan)
		plan_check_samples(plan, &errors);
	if (errors.count)
		buf_addf(world->out, "! refused: %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	return plan;
}

static const char *
path_of(const struct world *world, size_t log)
{
	return world->plan->logs[log].settings->path.items[0].text;
}

static void
keep_newest(struct world *world)
{
	size_t count = world->plan ? world->plan->log_count : 0;

	world->newest = xcalloc(count + 1, sizeof(*world->newest));
	world->newest_count = count;
	for (size_t i = 0; i < count; i++)
		world->newest[i] = (struct newest){xstrdup(path_of(world, i)),
		    pipeline_newest(world->pipeline, path_of(world, i))};
}

static void
forget_newest(struct world *world)
{
	for (size_t i = 0; i < world->newest_count; i++)
		free(world->newest[i].path);
	free(world->newest);
	world->newest = NULL;
	world->newest_count = 0;
}

static void
restore_newest(struct world *world)
{
	for (size_t i = 0; i < world->newest_count; i++)
		pipeline_restore_newest(world->pipeline,
		    world->newest[i].path, world->newest[i].at_ms);
	forget_newest(world);
}

static bool
start(struct world *world, const char *config)
{
	struct pipeline_hooks hooks = {.emit = on_emit,
	    .amend = on_amend,
	    .notice = on_notice,
	    .report = on_report,
	    .trace = on_trace,
	    .earlier = on_earlier,
	    .arg = world};
	struct restore restore = {.store = world->store,
	    .ledger = world->ledger};
	char *copy = xstrdup(config);

	buf_reset(&world->config);
	buf_add_str(&world->config, copy);
	free(copy);
	world->plan = make_plan(world, buf_str(&world->config), &world->conf);
	if (!world->plan)
		return false;
	restore.plan = world->plan;
	world->pipeline = pipeline_new(world->plan, HOST, world->silences,
	    &hooks);
	restore.pipeline = world->pipeline;
	world->reports = reports_new(world->plan);
	restore_state(&restore, world->now_ms, NULL);
	restore_newest(world);
	reports_load(world->reports, world->store, world->now_ms, NULL);
	ledger_attach(world->ledger, world->plan, NULL, world->pipeline,
	    world->silences);
	ledger_attach_reports(world->ledger, world->reports);
	pipeline_turn(world->pipeline, world->now_ms);
	pipeline_start(world->pipeline, world->now_ms);
	return commit(world) == 0;
}

static void
stop(struct world *world)
{
	ledger_attach(world->ledger, NULL, NULL, NULL, NULL);
	forget_newest(world);
	keep_newest(world);
	pipeline_free(world->pipeline);
	reports_free(world->reports);
	world->reports = NULL;
	plan_free(world->plan);
	conf_free(world->conf);
	world->pipeline = NULL;
	world->plan = NULL;
	world->conf = NULL;
}

static void
open_state(struct world *world)
{
	struct err err = ERR_INIT;

	world->store = store_open(world->dir, STORE_FILE, &err);
	if (!world->store) {
		buf_addf(world->out, "! %s\n", err.text);
		return;
	}
	world->ledger = ledger_new(world->store, NULL);
	world->silences = silences_new();
	store_note_each(world->store, LEDGER_SILENCE, load_silence, world,
	    NULL);
}

static void
close_state(struct world *world)
{
	silences_free(world->silences);
	ledger_free(world->ledger);
	store_close(world->store);
}

struct world *
world_new(const char *dir, const char *config, int64_t now_ms,
    struct buf *out)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->dir = dir;
	world->out = out;
	world->now_ms = now_ms;
	world->told = map_new();
	open_state(world);
	if (world->store && start(world, config ? config : ""))
		return world;
	world_free(world);
	return NULL;
}

void
world_free(struct world *world)
{
	if (!world)
		return;
	stop(world);
	forget_newest(world);
	close_state(world);
	map_free(world->told, NULL);
	for (size_t i = 0; i < world->past_count; i++) {
		free(world->past[i].path);
		buf_release(&world->past[i].text);
	}
	free(world->past);
	buf_release(&world->config);
	free(world);
}

void
world_show(struct world *world, enum world_show show)
{
	world->show = show;
}

void
world_limit_keys(struct world *world, size_t most)
{
	pipeline_decider(world->pipeline)->keys_max = most;
}

void
world_limit_memory(struct world *world)
{
	struct decider *decider = pipeline_decider(world->pipeline);

	decider->bytes_max = decider->bytes;
}

void
world_limit_shapes(struct world *world, size_t further)
{
	struct decider *decider = pipeline_decider(world->pipeline);
	struct decider_totals totals;

	for (size_t i = 0; i < decider->count; i++) {
		if (!decider->rules[i].seen)
			continue;
		decider_totals(decider, i, &totals);
		for (uint64_t n = totals.shapes + further; n < SEEN_MAX; n++)
			decider_learn(decider, i, n);
	}
	/* They are of no use to the store. */
	decider_saved(decider);
}

int64_t
world_now(const struct world *world)
{
	return world->now_ms;
}

/* --- Steps ---------------------------------------------------------------- */

static int64_t
earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

static int64_t
due(const struct world *world)
{
	int64_t at = earlier(pipeline_due(world->pipeline),
	    ledger_storm_due(world->ledger));

	return earlier(at, reports_due(world->reports));
}

static void
expire(struct world *world)
{
	struct alert_place place = {HOST, world->now_ms, false};

	pipeline_turn(world->pipeline, world->now_ms);
	pipeline_expire(world->pipeline, world->now_ms, true);
	tell_reports(world, false);
	ledger_storm_expire(world->ledger, &place);
	commit(world);
}

void
world_advance(struct world *world, int64_t now_ms)
{
	int64_t at, last = 0;

	while ((at = due(world)) && at <= now_ms && at != last) {
		last = at;
		if (at > world->now_ms)
			world->now_ms = at;
		expire(world);
	}
	world->now_ms = now_ms;
	expire(world);
}

static size_t
log_named(const struct world *world, struct span name)
{
	size_t i = 0;

	while (i < world->plan->log_count &&
	       !span_is(name, world->plan->logs[i].name))
		i++;
	return i;
}

static void
note_past(struct world *world, const char *path, struct span text)
{
	struct past *past;

	world->past = xreallocarray(
	    world->past, world->past_count + 1, sizeof(*world->past));
	past = &world->past[world->past_count++];
	*past = (struct past){xstrdup(path), BUF_INIT};
	buf_add_span(&past->text, text);
}

bool
world_record(struct world *world, struct span log, struct span text)
{
	struct record record = {.text = text,
	    .log = log_named(world, log),
	    .incarnation = "1",
	    .offset = world->offset,
	    .lines = 1};

	if (record.log == world->plan->log_count)
		return false;
	record.path = record.log_path = path_of(world, record.log);
	world->offset += text.len + 1;
	record.end = world->offset;
	pipeline_turn(world->pipeline, world->now_ms);
	pipeline_record(world->pipeline, &record, world->now_ms);
	note_past(world, record.log_path, text);
	expire(world);
	return true;
}

bool
world_restart(struct world *world)
{
	char *config = xstrdup(buf_str(&world->config));
	bool started;

	commit(world);
	stop(world);
	close_state(world);
	open_state(world);
	started = world->store && start(world, config);
	free(config);
	return started;
}

static bool
lives_on(const struct plan *plan, const struct plan_rule *old)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (!strcmp(rule_name(plan->rules[i].rule),
			rule_name(old->rule)) &&
		    !strcmp(plan->rules[i].definition, old->definition))
			return true;
	return false;
}

bool
world_reload(struct world *world, const char *config)
{
	struct conf *conf;
	struct plan *next = make_plan(world, config, &conf);

	for (size_t i = 0; next && i < world->plan->rule_count; i++)
		if (!lives_on(next, &world->plan->rules[i]))
			pipeline_flush(world->pipeline, i, world->now_ms);
	plan_free(next);
	conf_free(conf);
	if (!next)
		return true;
	commit(world);
	stop(world);
	return start(world, config);
}

static int
command_commit(void *arg, struct err *err)
{
	struct world *world = arg;

	return ledger_commit(world->ledger, world->now_ms, LEDGER_NORMAL, err)
		   ? -1
		   : 0;
}

static void
command_deliver(void *arg)
{
	(void)arg;
}

bool
world_command(struct world *world, int argc, const char *const *argv)
{
	struct command_context context = {.store = world->store,
	    .plan = world->plan,
	    .pipeline = world->pipeline,
	    .silences = world->silences,
	    .ledger = world->ledger,
	    .hostname = HOST,
	    .state_dir = world->dir,
	    .now_ms = world->now_ms,
	    .commit = command_commit,
	    .deliver = command_deliver,
	    .arg = world};
	struct buf answer = BUF_INIT;
	struct err err = ERR_INIT;

	if (command_run(&context, argc, argv, &answer, &err))
		buf_addf(world->out, "! %s\n", err.text);
	buf_release(&answer);
	say_new_alerts(world);
	return true;
}

void
world_end_pass(struct world *world)
{
	pipeline_end_pass(world->pipeline, world->now_ms);
	tell_reports(world, true);
	commit(world);
}
