/*
 * ledger: gathers, commits, exports.
 *
 * Hides how the rooms' structs become rows: input's checkpoint and the
 * store's columns never meet elsewhere but here and in restore_positions.c.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/alert_row.h"
#include "ctaild/exporter.h"
#include "ctaild/ledger.h"
#include "ctaild/log_lookup.h"
#include "store/store_alert.h"
#include "store/store_position.h"
#include "store/store_state.h"

/* So many alerts in one turn are one. */
#define BURST 512

struct pending_alert {
	struct buf fields;		/* message/alert.h's encoding */
	const struct setting_list *sinks;
	bool needs_id;			/* it comes from the transaction */
};

/* What is known of a position that is no file's. */
struct cursor {
	struct buf stored;		/* by the last commit */
	struct buf taken;		/* by the one that runs; or empty */
};

struct ledger {
	struct store *store;
	const char *state_dir;
	const struct plan *plan;
	struct source *source;
	struct decider *decider;
	struct ledger_cursors cursors;	/* each NULL: there are none */
	struct map *known_cursors;	/* path -> struct cursor */
	struct pending_alert *alerts;
	size_t alert_count, alert_cap;
	struct buf patterns;		/* names of meta rows, NUL-separated */
	struct buf text;		/* of one checkpoint */
	struct exporter *exporter;
	int64_t now_ms;			/* of the commit that runs */
	enum ledger_how how;
	int failed;			/* first error of this commit */
	struct err *err;
};

struct ledger *
ledger_new(struct store *store, const char *state_dir)
{
	struct ledger *ledger = xcalloc(1, sizeof(*ledger));

	ledger->store = store;
	ledger->state_dir = state_dir;
	ledger->exporter = exporter_new(store, state_dir);
	ledger->known_cursors = map_new();
	return ledger;
}

static void
cursor_free(void *arg)
{
	struct cursor *cursor = arg;

	buf_release(&cursor->stored);
	buf_release(&cursor->taken);
	free(cursor);
}

static void
drop_alerts(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->alert_count; i++)
		buf_release(&ledger->alerts[i].fields);
	ledger->alert_count = 0;
}

void
ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	drop_alerts(ledger);
	free(ledger->alerts);
	buf_release(&ledger->patterns);
	buf_release(&ledger->text);
	map_free(ledger->known_cursors, cursor_free);
	exporter_free(ledger->exporter);
	free(ledger);
}

void
ledger_attach(struct ledger *ledger, const struct plan *plan,
    struct source *source, struct decider *decider)
{
	ledger->plan = plan;
	ledger->source = source;
	ledger->decider = decider;
	ledger->cursors = (struct ledger_cursors){0};
	map_free(ledger->known_cursors, cursor_free);
	ledger->known_cursors = map_new();
}

void
ledger_attach_cursors(
    struct ledger *ledger, const struct ledger_cursors *cursors)
{
	ledger->cursors = *cursors;
}

/* Every encoded alert has an id; one that is still to come is all zeros. */
static void
encode_pending(const struct alert *alert, struct buf *out)
{
	struct alert copy = *alert;

	if (!*copy.id)
		snprintf(copy.id, sizeof(copy.id), "%040d", 0);
	alert_encode(&copy, out);
}

void
ledger_take(void *arg, const struct alert *alert,
    const struct setting_list *sinks)
{
	struct ledger *ledger = arg;
	struct pending_alert *pending;

	if (ledger->alert_count == ledger->alert_cap) {
		ledger->alert_cap = ledger->alert_cap * 2 + 16;
		ledger->alerts = xreallocarray(ledger->alerts,
		    ledger->alert_cap, sizeof(*ledger->alerts));
	}
	pending = &ledger->alerts[ledger->alert_count++];
	*pending = (struct pending_alert){.sinks = sinks,
	    .needs_id = !*alert->id};
	encode_pending(alert, &pending->fields);
}

static void
add_pattern_name(struct buf *out, const char *log, const char *pattern)
{
	buf_addf(out, "seen %s %s", log, pattern);
}

void
ledger_take_pattern(struct ledger *ledger, const char *log,
    const char *pattern)
{
	add_pattern_name(&ledger->patterns, log, pattern);
	buf_add_byte(&ledger->patterns, '\0');
}

bool
ledger_pattern_known(struct ledger *ledger, const char *log,
    const char *pattern)
{
	struct buf name = BUF_INIT, value = BUF_INIT;
	int known;

	add_pattern_name(&name, log, pattern);
	known = store_meta_get(ledger->store, buf_span(&name), &value, NULL);
	buf_release(&name);
	buf_release(&value);
	return known == 1;
}

void
ledger_discard(struct ledger *ledger)
{
	drop_alerts(ledger);
	buf_reset(&ledger->patterns);
}

size_t
ledger_pending(const struct ledger *ledger)
{
	return ledger->alert_count;
}

/* Keeps the first failure; the rest of the transaction is then pointless. */
static bool
note(struct ledger *ledger, int result)
{
	if (result < 0 && !ledger->failed)
		ledger->failed = result;
	return !ledger->failed;
}

static void
put_outbox(struct ledger *ledger, const struct alert *alert,
    const struct setting_list *sinks)
{
	for (size_t i = 0; i < sinks->count; i++) {
		const struct conf_section *sink = conf_sink(
		    ledger->plan->conf, span_str(sinks->items[i].text));
		const struct sink_settings *settings;

		if (!sink)
			continue;
		settings = sink->settings;
		if ((int)alert->severity < settings->min_severity)
			continue;
		if (!note(ledger,
			store_outbox_put(ledger->store, span_str(alert->id),
			    span_str(sink->name), ledger->now_ms,
			    ledger->err)))
			return;
	}
}

static void
put_decoded(struct ledger *ledger, struct alert *alert,
    const struct pending_alert *pending)
{
	int inserted;

	if (pending->needs_id &&
	    !note(ledger,
		alert_row_name(ledger->store, alert, ledger->err)))
		return;
	inserted = alert_row_put(ledger->store, alert, ledger->err);
	if (!note(ledger, inserted))
		return;
	if (inserted)
		put_outbox(ledger, alert, pending->sinks);
	else
		diag(DIAG_WARNING, "alert %s of rule %s was stored already "
		    "and is not sent again", alert->id, alert->rule);
}

static void
put_alert(struct ledger *ledger, const struct pending_alert *pending)
{
	struct alert alert;

	if (alert_decode(buf_span(&pending->fields), &alert, ledger->err)) {
		note(ledger, -1);
		return;
	}
	put_decoded(ledger, &alert, pending);
	alert_release(&alert);
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
		note(ledger, store_state_put(ledger->store, &row,
				 ledger->err));
}

static void
put_position(void *arg, const struct source_position *position)
{
	struct ledger *ledger = arg;
	const struct position *at = &position->checkpoint->position;
	struct exporter_log log = {position->path,
	    log_is_beside(ledger->plan, position->log),
	    {at->ino, at->offset}};
	struct stored_position row = {.path = span_str(position->path),
	    .log = span_str(position->log),
	    .changed_ms = ledger->now_ms};

	if (ledger->failed)
		return;
	buf_reset(&ledger->text);
	checkpoint_format(position->checkpoint, &ledger->text);
	row.checkpoint = buf_span(&ledger->text);
	if (!note(ledger,
		store_position_put(ledger->store, &row, ledger->err)))
		return;
	note(ledger,
	    exporter_plan(ledger->exporter, &log, ledger->now_ms,
		ledger->how == LEDGER_FINAL ? EXPORT_NOW : EXPORT_IN_TURN,
		ledger->err));
}

static void
put_cursor(void *arg, const struct ledger_cursor *given)
{
	struct ledger *ledger = arg;
	struct span path = span_str(given->path);
	struct cursor *cursor = map_get(ledger->known_cursors, path);
	struct stored_position row = {.path = path,
	    .log = span_str(given->log),
	    .checkpoint = given->text,
	    .changed_ms = ledger->now_ms};

	if (ledger->failed || given->text.len == 0)
		return;
	if (!cursor) {
		cursor = xcalloc(1, sizeof(*cursor));
		map_put(ledger->known_cursors, path, cursor);
	}
	if (span_equal(buf_span(&cursor->stored), given->text))
		return;
	buf_reset(&cursor->taken);
	buf_add_span(&cursor->taken, given->text);
	note(ledger, store_position_put(ledger->store, &row, ledger->err));
}

static void
cursors_stored(struct ledger *ledger)
{
	struct span path;
	size_t at = 0;
	void *value;

	while (map_next(ledger->known_cursors, &at, &path, &value)) {
		struct cursor *cursor = value;
		struct buf stored = cursor->stored;

		if (cursor->taken.len == 0)
			continue;
		cursor->stored = cursor->taken;
		cursor->taken = stored;
		buf_reset(&cursor->taken);
	}
}

static void
put_owed_position(void *arg, const struct source_position *position)
{
	struct ledger *ledger = arg;

	if (exporter_owes(ledger->exporter, position->path, ledger->now_ms,
		ledger->how == LEDGER_FINAL ? EXPORT_NOW : EXPORT_IN_TURN))
		put_position(arg, position);
}

static void
put_patterns(struct ledger *ledger)
{
	size_t at = 0;

	while (at < ledger->patterns.len && !ledger->failed) {
		struct span name = span_str(ledger->patterns.data + at);

		note(ledger,
		    store_meta_put(
			ledger->store, name, span_str("1"), ledger->err));
		at += name.len + 1;
	}
}

static void
put_everything(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->alert_count && !ledger->failed; i++)
		put_alert(ledger, &ledger->alerts[i]);
	if (ledger->decider && !ledger->failed)
		decider_dirty(ledger->decider, put_state, ledger);
	if (ledger->source && !ledger->failed)
		source_positions_changed(ledger->source, put_position,
		    ledger);
	if (ledger->source && !ledger->failed &&
	    exporter_is_due(ledger->exporter, ledger->now_ms,
		ledger->how == LEDGER_FINAL ? EXPORT_NOW : EXPORT_IN_TURN)) {
		source_positions_all(ledger->source, put_owed_position,
		    ledger);
		if (!ledger->failed)
			exporter_drop_unknown(ledger->exporter,
			    ledger->now_ms);
	}
	if (ledger->cursors.each && !ledger->failed)
		ledger->cursors.each(ledger->cursors.arg, put_cursor, ledger);
	put_patterns(ledger);
}

/* A burst must not raise what an idle agent holds for good. */
static void
end_burst(struct ledger *ledger)
{
	free(ledger->alerts);
	ledger->alerts = NULL;
	ledger->alert_cap = 0;
	mem_trim();
}

static void
committed(struct ledger *ledger)
{
	drop_alerts(ledger);
	if (ledger->alert_cap >= BURST)
		end_burst(ledger);
	buf_reset(&ledger->patterns);
	if (ledger->decider)
		decider_saved(ledger->decider);
	if (ledger->source)
		source_positions_stored(ledger->source);
	cursors_stored(ledger);
	exporter_write(ledger->exporter, ledger->now_ms);
}

enum ledger_result
ledger_commit(struct ledger *ledger, int64_t now_ms, enum ledger_how how,
    struct err *err)
{
	ledger->now_ms = now_ms;
	ledger->how = how;
	ledger->err = err;
	ledger->failed = 0;
	if (note(ledger, store_begin(ledger->store, err))) {
		put_everything(ledger);
		if (!ledger->failed)
			note(ledger, store_commit(ledger->store, err));
		if (ledger->failed)
			store_rollback(ledger->store);
	}
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
