/*
 * counts: what was counted before, and which rows of it the store lacks.
 *
 * A rule sees all records of its logs but those that an earlier one kept from
 * it, so that only these are stored of a rule: otherwise every record would
 * change the row of every rule.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/counts.h"
#include "store/store_note.h"

#define VALUES_MAX 16
#define VALUE_MAX ((int64_t)1 << 48)	/* more was never counted */

/* In the order of the rows' values. */
enum { LOG_RECORDS, LOG_UNMATCHED, LOG_IGNORED, LOG_OWN = 7 };
enum { RULE_UNSEEN };

static const char *const log_names[] = {"records", "unmatched", "ignored",
    "cut", "undecided", "withheld", "untimed", "own", NULL};
static const char *const rule_names[] = {"unseen", "matched", "excluded",
    "undecided", "closed", "evicted", "counted", "met", "alerts", "summaries",
    "recoveries", "silenced", "hours", "dropped", "batch", "throttle", NULL};

static const enum decision_reason reasons[] = {REASON_SILENCED, REASON_HOURS,
    REASON_DROPPED, REASON_BATCH, REASON_THROTTLE};

#define REASONS (sizeof(reasons) / sizeof(*reasons))

struct row {
	const char *const *names;
	struct buf name;
	int64_t since_ms;
	bool is_stored, is_written;
	uint64_t before[VALUES_MAX];	/* of earlier runs */
	uint64_t stored[VALUES_MAX];	/* of this one, as committed */
	uint64_t written[VALUES_MAX];	/* by the transaction that runs */
};

struct counts {
	const struct plan *plan;
	struct pipeline *pipeline;
	struct row *logs, *rules;
};

static void
name_log(const struct plan *plan, size_t log, struct buf *out)
{
	buf_addf(out, "log %s", plan->logs[log].name);
}

static void
name_rule(const struct plan *plan, size_t rule, struct buf *out)
{
	const struct plan_rule *planned = &plan->rules[rule];

	buf_addf(out, "rule %s", rule_name(planned->rule));
	for (size_t i = 0; i < plan->log_count; i++)
		if (planned->logs[i])
			buf_addf(out, " %s", plan->logs[i].name);
}

/* --- Now ------------------------------------------------------------------ */

static void
log_values(const struct pipeline_log_totals *totals, uint64_t *out)
{
	*out++ = totals->records;
	*out++ = totals->unmatched;
	*out++ = totals->ignored;
	*out++ = totals->cut;
	*out++ = totals->undecided;
	*out++ = totals->withheld;
	*out++ = totals->untimed;
	*out = totals->own;
}

static void
rule_values(const struct pipeline_rule_totals *totals, uint64_t unseen,
    const struct decider_totals *state, uint64_t *out)
{
	*out++ = unseen;
	*out++ = totals->matched;
	*out++ = totals->excluded;
	*out++ = totals->undecided;
	*out++ = totals->closed;
	*out++ = state->evicted;
	*out++ = state->counted;
	*out++ = state->met;
	*out++ = state->alerts;
	*out++ = state->summaries;
	*out++ = state->recoveries;
	for (size_t i = 0; i < REASONS; i++)
		*out++ = state->held[reasons[i]];
}

static void
values_of_log(const struct counts *counts, size_t log, uint64_t *out)
{
	struct pipeline_log_totals totals;

	pipeline_log_totals(counts->pipeline, log, &totals);
	log_values(&totals, out);
}

static void
values_of_rule(const struct counts *counts, size_t rule, uint64_t *out)
{
	struct pipeline_rule_totals totals;
	struct decider_totals state;
	uint64_t unseen =
	    pipeline_rule_misses(counts->pipeline, rule, &totals);

	decider_totals(pipeline_decider(counts->pipeline), rule, &state);
	rule_values(&totals, unseen, &state, out);
}

/* --- Making --------------------------------------------------------------- */

struct counts *
counts_new(const struct plan *plan, struct pipeline *pipeline)
{
	struct counts *counts = xcalloc(1, sizeof(*counts));

	counts->plan = plan;
	counts->pipeline = pipeline;
	counts->logs = xcalloc(plan->log_count + 1, sizeof(*counts->logs));
	counts->rules = xcalloc(plan->rule_count + 1, sizeof(*counts->rules));
	for (size_t i = 0; i < plan->log_count; i++) {
		counts->logs[i].names = log_names;
		name_log(plan, i, &counts->logs[i].name);
	}
	for (size_t i = 0; i < plan->rule_count; i++) {
		counts->rules[i].names = rule_names;
		name_rule(plan, i, &counts->rules[i].name);
	}
	return counts;
}

void
counts_free(struct counts *counts)
{
	if (!counts)
		return;
	for (size_t i = 0; i < counts->plan->log_count; i++)
		buf_release(&counts->logs[i].name);
	for (size_t i = 0; i < counts->plan->rule_count; i++)
		buf_release(&counts->rules[i].name);
	free(counts->logs);
	free(counts->rules);
	free(counts);
}

static void
take_note(void *arg, struct span name, struct span saved)
{
	struct row *row = map_get(arg, name);
	int64_t since_ms;

	if (!row || fields_check(saved, NULL))
		return;
	row->is_stored = true;
	since_ms = fields_get_number(saved, "since", 0);
	if (since_ms > 0 && since_ms < row->since_ms)
		row->since_ms = since_ms;
	for (size_t i = 0; row->names[i]; i++) {
		int64_t value = fields_get_number(saved, row->names[i], 0);

		if (value > 0 && value <= VALUE_MAX)
			row->before[i] = (uint64_t)value;
	}
}

static void
take_part(uint64_t *value, uint64_t *left)
{
	if (*value > *left)
		*value = *left;
	*left -= *value;
}

/* A damaged row must not make less than nothing of what is taken off. */
static void
bound_log(struct row *row)
{
	uint64_t left = row->before[LOG_RECORDS];

	take_part(&row->before[LOG_UNMATCHED], &left);
	take_part(&row->before[LOG_IGNORED], &left);
	take_part(&row->before[LOG_OWN], &left);
}

/* What all logs of a rule had. */
static uint64_t
records_before(const struct counts *counts, size_t rule)
{
	uint64_t records = 0;

	for (size_t i = 0; i < counts->plan->log_count; i++)
		if (counts->plan->rules[rule].logs[i])
			records += counts->logs[i].before[LOG_RECORDS];
	return records;
}

/* What its logs had before it was there it has not seen. */
static void
bound_rule(const struct counts *counts, size_t rule)
{
	struct row *row = &counts->rules[rule];
	uint64_t records = records_before(counts, rule);

	if (!row->is_stored || row->before[RULE_UNSEEN] > records)
		row->before[RULE_UNSEEN] = records;
}

int
counts_load(struct counts *counts, struct store *store, int64_t now_ms,
    struct err *err)
{
	const struct plan *plan = counts->plan;
	struct map *rows = map_new();
	int result;

	for (size_t i = 0; i < plan->log_count; i++) {
		counts->logs[i].since_ms = now_ms;
		map_put(rows, buf_span(&counts->logs[i].name),
		    &counts->logs[i]);
	}
	for (size_t i = 0; i < plan->rule_count; i++)
		map_put(rows, buf_span(&counts->rules[i].name),
		    &counts->rules[i]);
	result = store_note_each(store, COUNTS_NOTE, take_note, rows, err);
	for (size_t i = 0; i < plan->log_count; i++)
		bound_log(&counts->logs[i]);
	for (size_t i = 0; i < plan->rule_count; i++)
		bound_rule(counts, i);
	map_free(rows, NULL);
	return result;
}

/* --- Storing -------------------------------------------------------------- */

static int
store_row(struct row *row, struct store *store, struct err *err)
{
	struct buf fields = BUF_INIT;
	int result;

	row->is_written = false;
	if (row->is_stored &&
	    !memcmp(row->written, row->stored, sizeof(row->stored)))
		return 0;
	if (row->names == log_names)
		fields_add_number(&fields, "since", row->since_ms);
	for (size_t i = 0; row->names[i]; i++)
		if (row->before[i] + row->written[i])
			fields_add_number(&fields, row->names[i],
			    (int64_t)(row->before[i] + row->written[i]));
	/* An empty one would not be kept. */
	if (!fields.len)
		fields_add_number(&fields, row->names[0], 0);
	result = store_note_put(
	    store, COUNTS_NOTE, buf_span(&row->name), buf_span(&fields), err);
	row->is_written = !result;
	buf_release(&fields);
	return result;
}

int
counts_store(struct counts *counts, struct store *store, struct err *err)
{
	int result = 0;

	for (size_t i = 0; i < counts->plan->log_count && !result; i++) {
		values_of_log(counts, i, counts->logs[i].written);
		result = store_row(&counts->logs[i], store, err);
	}
	for (size_t i = 0; i < counts->plan->rule_count && !result; i++) {
		values_of_rule(counts, i, counts->rules[i].written);
		result = store_row(&counts->rules[i], store, err);
	}
	return result;
}

static void
row_stored(struct row *row)
{
	if (!row->is_written)
		return;
	row->is_stored = true;
	row->is_written = false;
	memcpy(row->stored, row->written, sizeof(row->stored));
}

void
counts_stored(struct counts *counts)
{
	for (size_t i = 0; i < counts->plan->log_count; i++)
		row_stored(&counts->logs[i]);
	for (size_t i = 0; i < counts->plan->rule_count; i++)
		row_stored(&counts->rules[i]);
}

/* --- Asking --------------------------------------------------------------- */

int64_t
counts_since(const struct counts *counts)
{
	int64_t since = INT64_MAX;

	for (size_t i = 0; i < counts->plan->log_count; i++)
		if (counts->logs[i].since_ms < since)
			since = counts->logs[i].since_ms;
	return since;
}

void
counts_add_log(const struct counts *counts, size_t log,
    struct pipeline_log_totals *totals)
{
	const uint64_t *before = counts->logs[log].before;

	totals->records += *before++;
	totals->unmatched += *before++;
	totals->ignored += *before++;
	totals->cut += *before++;
	totals->undecided += *before++;
	totals->withheld += *before++;
	totals->untimed += *before++;
	totals->own += *before;
}

void
counts_add_rule(const struct counts *counts, size_t rule,
    struct pipeline_rule_totals *totals, struct decider_totals *state)
{
	const uint64_t *before = counts->rules[rule].before;

	totals->records += records_before(counts, rule) - *before++;
	totals->matched += *before++;
	totals->excluded += *before++;
	totals->undecided += *before++;
	totals->closed += *before++;
	state->evicted += *before++;
	state->counted += *before++;
	state->met += *before++;
	state->alerts += *before++;
	state->summaries += *before++;
	state->recoveries += *before++;
	for (size_t i = 0; i < REASONS; i++)
		state->held[reasons[i]] += *before++;
}

struct map *
counts_note_names(const struct plan *plan)
{
	struct map *names = map_new();
	struct buf name = BUF_INIT;

	for (size_t i = 0; i < plan->log_count; i++) {
		buf_reset(&name);
		name_log(plan, i, &name);
		map_put(names, buf_span(&name), names);
	}
	for (size_t i = 0; i < plan->rule_count; i++) {
		buf_reset(&name);
		name_rule(plan, i, &name);
		map_put(names, buf_span(&name), names);
	}
	buf_release(&name);
	return names;
}
