/*
 * ledger: commits what is gathered, and exports.
 *
 * The order within the transaction does not matter to anybody but the caps:
 * alerts come before what the caps then hold.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/ledger_internal.h"
#include "store/store_note.h"
#include "store/store_shape.h"
#include "store/store_state.h"

struct ledger *
ledger_new(struct store *store, const char *state_dir)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));

	ledger->store = store;
	ledger->state_dir = state_dir;
	ledger->exporter = exporter_new(store, state_dir);
	ledger->known_cursors = map_new();
	ledger->storms = storms_new();
	return ledger;
}

void
ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	ledger_drop_gathered(ledger);
	free(ledger->alerts);
	buf_release(&ledger->patterns);
	buf_release(&ledger->text);
	ledger_forget_cursors(ledger);
	map_free(ledger->known_cursors, NULL);
	storms_free(ledger->storms);
	exporter_free(ledger->exporter);
	free(ledger);
}

void
ledger_attach(struct ledger *ledger, const struct plan *plan,
    struct source *source, struct pipeline *pipeline, struct silences *silences)
{
	ledger->plan = plan;
	ledger->source = source;
	ledger->pipeline = pipeline;
	ledger->silences = silences;
	ledger->cursors = (struct ledger_cursors){0};
	ledger->reports = NULL;
	ledger->counts = NULL;
	ledger->storms_configured = false;
	ledger_forget_cursors(ledger);
}

void
ledger_attach_cursors(
    struct ledger *ledger, const struct ledger_cursors *cursors)
{
	ledger->cursors = *cursors;
}

void
ledger_attach_reports(struct ledger *ledger, struct reports *reports)
{
	ledger->reports = reports;
}

void
ledger_attach_counts(struct ledger *ledger, struct counts *counts)
{
	ledger->counts = counts;
}

bool
ledger_passed(struct ledger *ledger, int result)
{
	if (result < 0 && !ledger->failed)
		ledger->failed = result;
	return !ledger->failed;
}

static void
put_state(void *arg, size_t rule, struct span key, struct span saved)
{
	struct ledger *ledger = arg;
	const struct plan_rule *planned = &ledger->plan->rules[rule];
	struct stored_state row = {.rule = span_str(rule_name(planned->rule)),
	    .definition = span_str(planned->definition),
	    .key = key,
	    .saved = saved};

	if (!ledger->failed)
		ledger_passed(
		    ledger, store_state_put(ledger->store, &row, ledger->err));
}

static void
put_shape(void *arg, size_t rule, uint64_t shape)
{
	struct ledger *ledger = arg;
	const struct plan_rule *planned = &ledger->plan->rules[rule];

	if (!ledger->failed)
		ledger_passed(ledger,
		    store_shape_put(ledger->store,
			span_str(rule_name(planned->rule)),
			span_str(planned->definition), shape, ledger->err));
}

static void
put_decisions(struct ledger *ledger)
{
	struct decider *decider =
	    ledger->pipeline ? pipeline_decider(ledger->pipeline) : NULL;

	if (decider && !ledger->failed)
		decider_dirty(decider, put_state, ledger);
	if (decider && !ledger->failed)
		decider_dirty_shapes(decider, put_shape, ledger);
}

static void
put_silence(void *arg, int64_t id, struct span saved)
{
	struct ledger *ledger = arg;
	char name[24];

	snprintf(name, sizeof(name), "%" PRId64, id);
	if (!ledger->failed)
		ledger_passed(
		    ledger, store_note_put(ledger->store, LEDGER_SILENCE,
				span_str(name), saved, ledger->err));
}

static void
put_note(void *arg, const char *kind, struct span name, struct span saved)
{
	struct ledger *ledger = arg;

	if (!ledger->failed)
		ledger_passed(ledger, store_note_put(ledger->store, kind, name,
					  saved, ledger->err));
}

static void
put_notes(struct ledger *ledger)
{
	if (ledger->pipeline && !ledger->failed)
		pipeline_notes_changed(ledger->pipeline, put_note, ledger);
	if (ledger->silences && !ledger->failed)
		silences_dirty(ledger->silences, put_silence, ledger);
	for (size_t i = 0; i < ledger->note_count && !ledger->failed; i++)
		ledger_passed(ledger,
		    store_note_put(ledger->store, ledger->notes[i].kind,
			buf_span(&ledger->notes[i].name),
			buf_span(&ledger->notes[i].saved), ledger->err));
}

static void
put_patterns(struct ledger *ledger)
{
	size_t at = 0;

	while (at < ledger->patterns.len && !ledger->failed) {
		struct span name = span_str(ledger->patterns.data + at);

		ledger_passed(ledger, store_meta_put(ledger->store, name,
					  span_str("1"), ledger->err));
		at += name.len + 1;
	}
}

static void
put_reports(struct ledger *ledger)
{
	if (ledger->reports && !ledger->failed)
		ledger_passed(ledger, reports_store(ledger->reports,
					  ledger->store, ledger->err));
}

static void
put_counts(struct ledger *ledger)
{
	if (ledger->counts && !ledger->failed)
		ledger_passed(ledger, counts_store(ledger->counts,
					  ledger->store, ledger->err));
}

static void
put_everything(struct ledger *ledger)
{
	ledger_put_alerts(ledger);
	put_decisions(ledger);
	put_notes(ledger);
	put_reports(ledger);
	put_counts(ledger);
	ledger_put_storms(ledger);
	ledger_put_positions(ledger);
	put_patterns(ledger);
}

static void
committed(struct ledger *ledger)
{
	ledger_drop_gathered(ledger);
	if (ledger->pipeline) {
		decider_saved(pipeline_decider(ledger->pipeline));
		pipeline_notes_saved(ledger->pipeline);
	}
	if (ledger->silences)
		silences_saved(ledger->silences);
	storms_saved(ledger->storms);
	if (ledger->reports)
		reports_stored(ledger->reports);
	if (ledger->counts)
		counts_stored(ledger->counts);
	ledger_positions_stored(ledger);
	exporter_write(ledger->exporter, ledger->now_ms);
}

static void
commit(struct ledger *ledger)
{
	if (!ledger_passed(ledger,
		ledger_ready_storms(ledger, ledger->now_ms, ledger->err)) ||
	    !ledger_passed(ledger, store_begin(ledger->store, ledger->err)))
		return;
	put_everything(ledger);
	if (!ledger->failed)
		ledger_passed(ledger, store_commit(ledger->store, ledger->err));
	if (ledger->failed)
		store_rollback(ledger->store);
}

enum ledger_result
ledger_commit(
    struct ledger *ledger, int64_t now_ms, enum ledger_how how, struct err *err)
{
	ledger->now_ms = now_ms;
	ledger->how = how;
	ledger->err = err;
	ledger->failed = 0;
	commit(ledger);
	ledger->err = NULL;
	if (!ledger->failed) {
		committed(ledger);
		return LEDGER_OK;
	}
	exporter_forget(ledger->exporter);
	return ledger->failed == STORE_FULL ? LEDGER_FULL : LEDGER_FAILED;
}

int64_t
ledger_due(const struct ledger *ledger)
{
	return exporter_due(ledger->exporter);
}

struct exporter *
ledger_exporter(struct ledger *ledger)
{
	return ledger->exporter;
}
