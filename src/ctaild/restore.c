/*
 * restore: the rules' state at start and after a reload.
 */
#include "config.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctaild/restore_internal.h"
#include "store/store_note.h"
#include "store/store_shape.h"
#include "store/store_state.h"

const struct plan_rule *
restore_rule_named(struct restore_names *names, struct span name)
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

const struct plan_rule *
restore_rule_of_row(struct restore_names *names, struct span name,
    struct span definition)
{
	const struct plan_rule *rule = restore_rule_named(names, name);

	return rule && span_is(definition, rule->definition) ? rule : NULL;
}

struct state_run {
	const struct restore *restore;
	int64_t now_ms;
	struct restore_names names;
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
	    restore_rule_of_row(&run->names, row->rule, row->definition);
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
	    restore_rule_of_row(&run->names, rule, definition);

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
	struct restore_names names;
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

	if (!run->result && !restore_rule_of_row(&run->names, rule, definition))
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
