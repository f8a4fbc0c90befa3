/*
 * restore: the rules' state at start and after a reload, and what of the
 * store is out of date.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctaild/counts.h"
#include "ctaild/learn.h"
#include "ctaild/log_lookup.h"
#include "ctaild/restore_internal.h"
#include "store/store_note.h"
#include "store/store_position.h"
#include "store/store_shape.h"
#include "store/store_state.h"

#define KEEP_POSITIONS_MS (7LL * 24 * 3600 * 1000)

/* Rows are many, and rules may be. */
struct rule_names {
	const struct plan *plan;
	struct map *rules;	/* NULL: nobody has asked yet */
};

static const struct plan_rule *
rule_named(struct rule_names *names, struct span name)
{
	const struct plan *plan = names->plan;

	if (!names->rules) {
		names->rules = map_new();
		for (size_t i = 0; i < plan->rule_count; i++)
			map_put(names->rules,
			    span_str(rule_name(plan->rules[i].rule)),
			    &plan->rules[i]);
	}
	return map_get(names->rules, name);
}

/* The rule that this row's state belongs to, unchanged; or NULL. */
static const struct plan_rule *
rule_of_row(struct rule_names *names, struct span name, struct span definition)
{
	const struct plan_rule *rule = rule_named(names, name);

	return rule && span_is(definition, rule->definition) ? rule : NULL;
}

struct state_run {
	const struct restore *restore;
	int64_t now_ms;
	struct rule_names names;
};

static size_t
index_of(const struct plan *plan, const struct plan_rule *rule)
{
	return (size_t)(rule - plan->rules);
}

static void
restore_state_row(void *arg, const struct stored_state *row)
{
	struct state_run *run = arg;
	const struct plan *plan = run->restore->plan;
	const struct plan_rule *rule =
	    rule_of_row(&run->names, row->rule, row->definition);
	struct err err = ERR_INIT;

	if (rule &&
	    decider_load(pipeline_decider(run->restore->pipeline),
		index_of(plan, rule), row->key, row->saved, run->now_ms, &err))
		diag(DIAG_WARNING,
		    "rule %s: stored state is damaged (%s); "
		    "that key starts anew",
		    rule_name(rule->rule), err.text);
}

static void
restore_shape(
    void *arg, struct span rule, struct span definition, uint64_t shape)
{
	struct state_run *run = arg;
	const struct plan_rule *its =
	    rule_of_row(&run->names, rule, definition);

	if (its)
		decider_load_shape(pipeline_decider(run->restore->pipeline),
		    index_of(run->restore->plan, its), shape);
}

static void
restore_quiet(void *arg, struct span name, struct span saved)
{
	struct state_run *run = arg;

	quiet_load(run->restore->quiet, name, saved, run->now_ms);
}

int
restore_state(const struct restore *restore, int64_t now_ms, struct err *err)
{
	struct state_run run = {.restore = restore,
	    .now_ms = now_ms,
	    .names.plan = restore->plan};
	int result;

	result = store_state_each(restore->store, restore_state_row, &run, err);
	if (!result)
		result =
		    store_shape_each(restore->store, restore_shape, &run, err);
	if (!result)
		result = store_note_each(
		    restore->store, QUIET_NOTE, restore_quiet, &run, err);
	if (!result)
		result = restore_notes(restore, now_ms, err);
	map_free(run.names.rules, NULL);
	return result;
}

struct silences_run {
	struct silences *silences;
	int64_t now_ms;
};

static void
restore_silence(void *arg, struct span name, struct span saved)
{
	const struct silences_run *run = arg;
	struct err err = ERR_INIT;
	int64_t id;

	if (number_parse(name, 0, INT64_MAX, &id, &err) ||
	    silences_load(run->silences, id, saved, run->now_ms, &err))
		diag(DIAG_WARNING,
		    "a stored silence is damaged (%s); it is "
		    "over",
		    err.text);
}

int
restore_silences(struct store *store, struct silences *silences, int64_t now_ms,
    struct err *err)
{
	struct silences_run run = {silences, now_ms};

	return store_note_each(
	    store, LEDGER_SILENCE, restore_silence, &run, err);
}

struct ended_run {
	const struct restore *restore;
	const struct alert_place *place;
	const struct pipeline_hooks *hooks;
	struct rule_names names;
	struct err *err;
	int result;
};

/* What `hours` held stands under a key that is no record's. */
static struct span
key_of_row(const struct stored_state *row)
{
	if (span_equal(
		row->key, span_of(decider_rule_key, DECIDER_RULE_KEY_BYTES)))
		return span_str("");
	return row->key;
}

static void
emit_ended(const struct ended_run *run, const struct stored_state *row,
    const struct decider_left *left)
{
	struct decision decision = {.kind = DECISION_SUMMARY,
	    .ended = true,
	    .key = key_of_row(row),
	    .count = left->held,
	    .first_ms = left->first_ms,
	    .last_ms = left->last_ms,
	    .lines = {left->line},
	    .line_count = left->line.len ? 1 : 0,
	    .period_ms = left->period_ms};
	struct span parts[] = {span_str(store_uuid(run->restore->store)),
	    row->rule, row->definition, row->key, row->saved};
	char *name = xstrndup(row->rule.data, row->rule.len);
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(run->restore->plan->conf)};

	alert_from_summary(
	    &alert, run->place, name, SEVERITY_WARNING, &decision);
	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert.id);
	run->hooks->emit(run->hooks->arg, &emission);
	alert_release(&alert);
	free(name);
}

static void
look_for_held(void *arg, const struct stored_state *row)
{
	struct decider_left left;

	if (decider_left(row->saved, &left))
		emit_ended(arg, row, &left);
}

static void
look_for_ended(void *arg, struct span rule, struct span definition)
{
	struct ended_run *run = arg;

	if (!run->result && !rule_of_row(&run->names, rule, definition))
		run->result = store_state_each_of(run->restore->store, rule,
		    definition, look_for_held, run, run->err);
}

int
restore_ended(const struct restore *restore, const struct alert_place *place,
    const struct pipeline_hooks *hooks, struct err *err)
{
	struct ended_run run = {.restore = restore,
	    .place = place,
	    .hooks = hooks,
	    .names.plan = restore->plan,
	    .err = err};
	int result =
	    store_state_owners(restore->store, look_for_ended, &run, err);

	map_free(run.names.rules, NULL);
	return result ? result : run.result;
}

struct prune_run {
	const struct restore *restore;
	struct rule_names names;
	struct map *ended;   /* rules that have rows to forget */
	struct map *claimed; /* paths that a log claims now */
	struct map *counted; /* the notes of their counts */
	struct buf stale;    /* paths to forget, NUL-separated */
	struct buf notes;    /* names to forget, each behind its
			      * length */
	int64_t before_ms;
};

static void
note_claimed(void *arg, const struct source_position *position)
{
	struct prune_run *run = arg;

	map_put(run->claimed, span_str(position->path), run);
}

static bool
is_journal_of(const struct plan *plan, struct span path)
{
	size_t len = strlen(RESTORE_JOURNAL);
	bool is = false;
	char *name;

	if (path.len < len || memcmp(path.data, RESTORE_JOURNAL, len))
		return false;
	name = xstrndup(path.data + len, path.len - len);
	is = log_is_journal(plan, name);
	free(name);
	return is;
}

static void
note_stale(void *arg, const struct stored_position *row)
{
	struct prune_run *run = arg;

	if (row->changed_ms >= run->before_ms ||
	    map_get(run->claimed, row->path) ||
	    is_journal_of(run->restore->plan, row->path))
		return;
	buf_add_span(&run->stale, row->path);
	buf_add_byte(&run->stale, '\0');
}

static int
forget_stale(
    const struct restore *restore, const struct buf *stale, struct err *err)
{
	for (size_t at = 0; at < stale->len;) {
		struct span path = span_str(stale->data + at);

		if (store_position_delete(restore->store, path, err))
			return -1;
		pipeline_forget_newest(restore->pipeline, path);
		at += path.len + 1;
	}
	return 0;
}

/* Names of rules that have rows of another definition, or of none. */
static void
note_ended(void *arg, struct span rule, struct span definition)
{
	struct prune_run *run = arg;

	if (!rule_of_row(&run->names, rule, definition))
		map_put(run->ended, rule, run);
}

static int
forget_ended(struct prune_run *run, struct err *err)
{
	struct store *store = run->restore->store;
	struct span name;
	size_t cursor = 0;
	void *value;

	if (store_state_owners(store, note_ended, run, err) ||
	    store_shape_owners(store, note_ended, run, err))
		return -1;
	while (map_next(run->ended, &cursor, &name, &value)) {
		const struct plan_rule *rule = rule_named(&run->names, name);
		const char *keep = rule ? rule->definition : NULL;

		if (store_state_forget(store, name, keep, err) ||
		    store_shape_forget(store, name, keep, err))
			return -1;
	}
	return 0;
}

static bool
is_quiet_log(const struct plan *plan, struct span name)
{
	for (size_t i = 0; i < plan->log_count; i++)
		if (span_is(name, plan->logs[i].name))
			return plan->logs[i].settings->quiet > 0;
	return false;
}

static void
add_note(struct prune_run *run, struct span name)
{
	buf_add(&run->notes, &name.len, sizeof(name.len));
	buf_add_span(&run->notes, name);
}

static void
note_unlearned(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!learn_note_is_current(run->restore->plan, name))
		add_note(run, name);
}

static void
note_unquiet(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!is_quiet_log(run->restore->plan, name))
		add_note(run, name);
}

static void
note_uncounted(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!map_get(run->counted, name))
		add_note(run, name);
}

static void
note_not_waiting(void *arg, struct span id, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!pipeline_has_waiting(run->restore->pipeline, id))
		add_note(run, id);
}

static void
note_no_pattern(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!pipeline_has_pattern(run->restore->pipeline, name))
		add_note(run, name);
}

static void
note_undated(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (!pipeline_has_dates(run->restore->pipeline, name))
		add_note(run, name);
}

/* Kinds of notes, and what finds those of things that are gone. */
static const struct note_kind {
	const char *name;
	void (*find)(void *arg, struct span name, struct span saved);
} note_kinds[] = {
    {LEARN_NOTE, note_unlearned},
    {QUIET_NOTE, note_unquiet},
    {COUNTS_NOTE, note_uncounted},
    {PIPELINE_CONTEXT_NOTE, note_not_waiting},
    {PIPELINE_QUARANTINE_NOTE, note_no_pattern},
    {PIPELINE_DATES_NOTE, note_undated},
};

#define NOTE_KINDS (sizeof(note_kinds) / sizeof(note_kinds[0]))

static int
forget_notes(
    struct prune_run *run, const struct note_kind *kind, struct err *err)
{
	struct store *store = run->restore->store;
	size_t len;

	buf_reset(&run->notes);
	if (store_note_each(store, kind->name, kind->find, run, err))
		return -1;
	for (size_t at = 0; at < run->notes.len; at += len) {
		memcpy(&len, run->notes.data + at, sizeof(len));
		at += sizeof(len);
		if (store_note_put(store, kind->name,
			span_of(run->notes.data + at, len), span_str(""), err))
			return -1;
	}
	return 0;
}

int
restore_prune(const struct restore *restore, struct source *source,
    int64_t now_ms, struct err *err)
{
	struct prune_run run = {.restore = restore,
	    .names.plan = restore->plan,
	    .ended = map_new(),
	    .claimed = map_new(),
	    .counted = counts_note_names(restore->plan),
	    .before_ms = now_ms - KEEP_POSITIONS_MS};
	int result;

	source_positions_all(source, note_claimed, &run);
	result = store_position_each(restore->store, note_stale, &run, err);
	if (!result)
		result = forget_stale(restore, &run.stale, err);
	if (!result)
		result = forget_ended(&run, err);
	for (size_t i = 0; i < NOTE_KINDS && !result; i++)
		result = forget_notes(&run, &note_kinds[i], err);
	map_free(run.claimed, NULL);
	map_free(run.counted, NULL);
	map_free(run.ended, NULL);
	map_free(run.names.rules, NULL);
	buf_release(&run.stale);
	buf_release(&run.notes);
	return result;
}
