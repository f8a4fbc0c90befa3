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
#include "ctaild/log_lookup.h"
#include "ctaild/restore.h"
#include "store/store_position.h"
#include "store/store_state.h"

#define KEEP_POSITIONS_MS (7LL * 24 * 3600 * 1000)

/* The rule that this row's state belongs to, unchanged; or NULL. */
static const struct plan_rule *
rule_of_row(const struct plan *plan, const struct stored_state *row)
{
	for (size_t i = 0; i < plan->rule_count; i++) {
		const struct plan_rule *rule = &plan->rules[i];

		if (span_is(row->rule, rule_name(rule->rule)) &&
		    span_is(row->definition, rule->definition))
			return rule;
	}
	return NULL;
}

struct state_run {
	const struct plan *plan;
	struct decider *decider;
	int64_t now_ms;
};

static void
restore_state_row(void *arg, const struct stored_state *row)
{
	struct state_run *run = arg;
	const struct plan_rule *rule = rule_of_row(run->plan, row);
	struct err err = ERR_INIT;

	if (rule &&
	    decider_load(run->decider, (size_t)(rule - run->plan->rules),
		row->key, row->saved, run->now_ms, &err))
		diag(DIAG_WARNING, "rule %s: stored state is damaged (%s); "
		    "that key starts anew", rule_name(rule->rule), err.text);
}

int
restore_state(const struct restore *restore, struct decider *decider,
    int64_t now_ms, struct err *err)
{
	struct state_run run = {restore->plan, decider, now_ms};

	return store_state_each(restore->store, restore_state_row, &run, err);
}

struct ended_run {
	const struct restore *restore;
	const struct alert_place *place;
	pipeline_emit *emit;
	void *arg;
};

static void
emit_ended(const struct ended_run *run, const struct stored_state *row,
    const struct decider_left *left)
{
	struct decision decision = {.kind = DECISION_SUMMARY,
	    .key = row->key,
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

	alert_from_summary(&alert, run->place, name, SEVERITY_WARNING,
	    &decision);
	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert.id);
	run->emit(run->arg, &alert,
	    conf_default_sinks(run->restore->plan->conf));
	alert_release(&alert);
	free(name);
}

static void
look_for_ended(void *arg, const struct stored_state *row)
{
	const struct ended_run *run = arg;
	struct decider_left left;

	if (!rule_of_row(run->restore->plan, row) &&
	    decider_left(row->saved, &left))
		emit_ended(run, row, &left);
}

int
restore_ended(const struct restore *restore, const struct alert_place *place,
    pipeline_emit *emit, void *arg, struct err *err)
{
	struct ended_run run = {restore, place, emit, arg};

	return store_state_each(restore->store, look_for_ended, &run, err);
}

struct prune_run {
	const struct restore *restore;
	struct map *ended;		/* rules that have rows to forget */
	struct map *claimed;		/* paths that a log claims now */
	struct buf stale;		/* paths to forget, NUL-separated */
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
forget_stale(struct store *store, const struct buf *stale, struct err *err)
{
	for (size_t at = 0; at < stale->len;) {
		struct span path = span_str(stale->data + at);

		if (store_position_delete(store, path, err))
			return -1;
		at += path.len + 1;
	}
	return 0;
}

/* Names of rules that have rows of another definition, or of none. */
static void
note_ended(void *arg, const struct stored_state *row)
{
	struct prune_run *run = arg;

	if (!rule_of_row(run->restore->plan, row))
		map_put(run->ended, row->rule, run);
}

static const char *
definition_of(const struct plan *plan, struct span name)
{
	for (size_t i = 0; i < plan->rule_count; i++)
		if (span_is(name, rule_name(plan->rules[i].rule)))
			return plan->rules[i].definition;
	return NULL;
}

static int
forget_ended(struct prune_run *run, struct err *err)
{
	struct store *store = run->restore->store;
	struct span name;
	size_t cursor = 0;
	void *value;

	if (store_state_each(store, note_ended, run, err))
		return -1;
	while (map_next(run->ended, &cursor, &name, &value))
		if (store_state_forget(store, name,
			definition_of(run->restore->plan, name), err))
			return -1;
	return 0;
}

int
restore_prune(const struct restore *restore, struct source *source,
    int64_t now_ms, struct err *err)
{
	struct prune_run run = {restore, map_new(), map_new(), BUF_INIT,
	    now_ms - KEEP_POSITIONS_MS};
	int result;

	source_positions_all(source, note_claimed, &run);
	result =
	    store_position_each(restore->store, note_stale, &run, err);
	if (!result)
		result = forget_stale(restore->store, &run.stale, err);
	if (!result)
		result = forget_ended(&run, err);
	map_free(run.claimed, NULL);
	map_free(run.ended, NULL);
	buf_release(&run.stale);
	return result;
}
