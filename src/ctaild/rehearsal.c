/*
 * rehearsal: a pipeline on the clock of its records.
 *
 * Hides how that clock moves: what falls due on the way to a record's time is
 * done at its own time, in order.  `quiet' of logs is looked after as well,
 * with every record as a sign of its log.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/quiet.h"
#include "ctaild/rehearsal.h"
#include "ctaild/reports.h"

#define END_MAX_MS (INT64_C(7) * 24 * 60 * 60 * 1000)

/* Records after which what nobody will store is forgotten, and the patterns in
 * quarantine are looked at. */
#define TIDY_EVERY 1000

struct rehearsal {
	const struct plan *plan;
	const char *hostname;
	struct pipeline_hooks hooks;
	struct pipeline *pipeline;
	struct quiet *quiet;
	struct reports *reports;
	int64_t now_ms;
	unsigned records;
	bool started;
};

struct rehearsal *
rehearsal_new(const struct plan *plan, const char *hostname,
    struct silences *silences, int64_t begin_ms,
    const struct pipeline_hooks *hooks)
{
	struct rehearsal *rehearsal = xcalloc(1, sizeof(*rehearsal));

	rehearsal->plan = plan;
	rehearsal->hostname = hostname;
	rehearsal->hooks = *hooks;
	rehearsal->hooks.rehearses = true;
	rehearsal->pipeline =
	    pipeline_new(plan, hostname, silences, &rehearsal->hooks);
	rehearsal->quiet = quiet_new(plan);
	rehearsal->reports = reports_new(plan);
	rehearsal->now_ms = begin_ms;
	pipeline_set_latest(rehearsal->pipeline, begin_ms);
	return rehearsal;
}

void
rehearsal_free(struct rehearsal *rehearsal)
{
	if (!rehearsal)
		return;
	quiet_free(rehearsal->quiet);
	reports_free(rehearsal->reports);
	pipeline_free(rehearsal->pipeline);
	free(rehearsal);
}

struct pipeline *
rehearsal_pipeline(struct rehearsal *rehearsal)
{
	return rehearsal->pipeline;
}

int64_t
rehearsal_now(const struct rehearsal *rehearsal)
{
	return rehearsal->now_ms;
}

/* --- Logs that say nothing ------------------------------------------------ */

static void
tell_quiet(void *arg, size_t log, struct alert_quiet *what)
{
	struct rehearsal *rehearsal = arg;
	struct alert_place place = {
	    rehearsal->hostname, rehearsal->now_ms, false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(rehearsal->plan->conf)};

	(void)log;
	alert_from_quiet(&alert, &place, what);
	rehearsal->hooks.emit(rehearsal->hooks.arg, &emission);
	alert_release(&alert);
}

static void
forget_note(void *arg, const char *log, struct span saved)
{
	(void)arg;
	(void)log;
	(void)saved;
}

static void
expire_quiet(struct rehearsal *rehearsal)
{
	if (!quiet_is_used(rehearsal->quiet))
		return;
	quiet_expire(
	    rehearsal->quiet, rehearsal->now_ms, true, tell_quiet, rehearsal);
	quiet_changed(rehearsal->quiet, forget_note, NULL);
}

/* --- Reports -------------------------------------------------------------- */

void
rehearsal_report(struct rehearsal *rehearsal, const struct report_line *line)
{
	reports_add(rehearsal->reports, line);
}

static void
tell_reports(struct rehearsal *rehearsal, bool all)
{
	const struct setting_list *sinks;
	struct alert alert;

	while (reports_take(rehearsal->reports, rehearsal->now_ms, all,
	    rehearsal->hostname, &alert, &sinks)) {
		struct emission emission = {.alert = &alert, .sinks = sinks};

		rehearsal->hooks.emit(rehearsal->hooks.arg, &emission);
		alert_release(&alert);
	}
}

/* --- The clock ------------------------------------------------------------ */

static void
start(struct rehearsal *rehearsal, int64_t now_ms)
{
	if (rehearsal->started)
		return;
	rehearsal->started = true;
	rehearsal->now_ms = now_ms;
	pipeline_turn(rehearsal->pipeline, now_ms);
	pipeline_start(rehearsal->pipeline, now_ms);
	expire_quiet(rehearsal);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

static int64_t
next_due(const struct rehearsal *rehearsal)
{
	int64_t due = pipeline_due(rehearsal->pipeline);

	due = sooner(due, quiet_due(rehearsal->quiet));
	return sooner(due, reports_due(rehearsal->reports));
}

static void
expire(struct rehearsal *rehearsal, int64_t now_ms, bool caught_up)
{
	if (now_ms > rehearsal->now_ms)
		rehearsal->now_ms = now_ms;
	pipeline_turn(rehearsal->pipeline, rehearsal->now_ms);
	pipeline_expire(rehearsal->pipeline, rehearsal->now_ms, caught_up);
	if (caught_up)
		expire_quiet(rehearsal);
	tell_reports(rehearsal, false);
}

void
rehearsal_advance(struct rehearsal *rehearsal, int64_t until_ms)
{
	int64_t due, last = 0;

	start(rehearsal, until_ms);
	while ((due = next_due(rehearsal)) && due <= until_ms && due != last) {
		last = due;
		expire(rehearsal, due, true);
	}
	if (until_ms > rehearsal->now_ms)
		rehearsal->now_ms = until_ms;
}

/* --- Records -------------------------------------------------------------- */

static void
tidy(struct rehearsal *rehearsal)
{
	if (++rehearsal->records % TIDY_EVERY)
		return;
	decider_saved(pipeline_decider(rehearsal->pipeline));
	pipeline_turn(rehearsal->pipeline, rehearsal->now_ms);
}

static int64_t
time_of(struct rehearsal *rehearsal, const struct record *record)
{
	if (record->time_ms)
		return record->time_ms > 0 ? record->time_ms : 0;
	return pipeline_stamp(
	    rehearsal->pipeline, record->log, record->log_path, record->text);
}

void
rehearsal_record(struct rehearsal *rehearsal, const struct record *record)
{
	int64_t time_ms = time_of(rehearsal, record);

	start(rehearsal, time_ms ? time_ms : rehearsal->now_ms);
	if (time_ms > rehearsal->now_ms)
		rehearsal_advance(rehearsal, time_ms);
	if (quiet_is_used(rehearsal->quiet))
		quiet_sign(rehearsal->quiet,
		    rehearsal->plan->logs[record->log].name, rehearsal->now_ms,
		    rehearsal->now_ms);
	pipeline_record(rehearsal->pipeline, record, rehearsal->now_ms);
	tidy(rehearsal);
}

/* --- The end -------------------------------------------------------------- */

struct dues {
	int64_t *list;
	size_t count, cap;
	int64_t limit_ms;
};

static void
note_due(void *arg, int64_t due_ms)
{
	struct dues *dues = arg;

	if (due_ms > dues->limit_ms)
		return;
	if (dues->count == dues->cap) {
		dues->cap = dues->cap ? dues->cap * 2 : 64;
		dues->list =
		    xreallocarray(dues->list, dues->cap, sizeof(*dues->list));
	}
	dues->list[dues->count++] = due_ms;
}

static int
compare_dues(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

/* What is held goes out at its time; a batch may end in a throttle, and that
 * in the night, so this is done until nothing is left.  False: nothing is. */
static bool
let_out(struct rehearsal *rehearsal, int64_t limit_ms)
{
	struct dues dues = {.limit_ms = limit_ms};
	bool any;

	decider_held_due(
	    pipeline_decider(rehearsal->pipeline), note_due, &dues);
	any = dues.count > 0;
	if (any)
		qsort(dues.list, dues.count, sizeof(*dues.list), compare_dues);
	for (size_t i = 0; i < dues.count; i++)
		if (!i || dues.list[i] != dues.list[i - 1])
			expire(rehearsal, dues.list[i], false);
	free(dues.list);
	return any;
}

void
rehearsal_end(struct rehearsal *rehearsal)
{
	int64_t limit_ms;

	start(rehearsal, rehearsal->now_ms);
	limit_ms = rehearsal->now_ms + END_MAX_MS;
	expire_quiet(rehearsal);
	for (int i = 0; i < 8 && let_out(rehearsal, limit_ms); i++)
		;
	pipeline_end_context(rehearsal->pipeline);
	tell_reports(rehearsal, true);
}
