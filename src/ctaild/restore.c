/*
 * restore: reads the store's rows at start and after a reload.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/random.h"
#include "ctaild/export.h"
#include "ctaild/exporter.h"
#include "ctaild/log_lookup.h"
#include "ctaild/position_row.h"
#include "ctaild/restore.h"
#include "input/discover.h"
#include "store/store_position.h"
#include "store/store_state.h"

#define KEEP_POSITIONS_MS (7LL * 24 * 3600 * 1000)

struct positions_run {
	const struct restore *restore;
	struct source *source;
	struct map *known;		/* paths that have a stored position */
};

/* Somebody moved the position with an editor or another tool. */
static void
obey_edit(struct position *position, const struct offset_entry *entry,
    const char *path)
{
	char value[EXPORT_VALUE_MAX];

	export_value(entry, value);
	diag(DIAG_NOTICE, "%s: the offset file was edited to \"%s\"; going on "
	    "from there", path, value);
	if (entry->inode != position->ino) {
		position->ino = entry->inode;
		position->birth_ns = 0;
		position->head = (struct fingerprint){0};
	}
	position->offset = entry->offset;
	position->tail = (struct fingerprint){0};
	position->skipping = false;
	random_uuid(position->incarnation);
}

/* What a crash kept from being written, or somebody removed. */
static void
write_again(const struct positions_run *run, const char *path, bool beside,
    struct span exported)
{
	struct exporter_log log = {.path = path, .beside = beside};

	if (!export_parse(exported, &log.entry))
		exporter_restore(ledger_exporter(run->restore->ledger), &log);
}

static void
look_at_export(const struct positions_run *run, const char *path,
    const struct stored_position *row, struct position *live)
{
	struct offset_entry entry;
	struct err err = ERR_INIT;
	char *log = xstrndup(row->log.data, row->log.len);
	bool beside = log_is_beside(run->restore->plan, log);

	free(log);
	switch (export_look(run->restore->state_dir, path, beside,
	    row->exported, row->exported_before, &entry, &err)) {
	case EXPORT_OURS:
		break;
	case EXPORT_EDITED:
		if (export_is_older(run->restore->state_dir, path, beside,
			row->changed_ms)) {
			diag(DIAG_NOTICE, "%s: the offset file is older than "
			    "what is stored and is written anew; to read "
			    "again, use `ctailctl seek'", path);
			write_again(run, path, beside, row->exported);
			break;
		}
		obey_edit(live, &entry, path);
		break;
	case EXPORT_BAD:
		diag(DIAG_WARNING, "%s; it is written anew", err.text);
		write_again(run, path, beside, row->exported);
		break;
	case EXPORT_BEHIND:
		write_again(run, path, beside, row->exported);
		break;
	}
}

static void
restore_row(void *arg, const struct stored_position *row)
{
	struct positions_run *run = arg;
	struct position live, previous;
	char *path = xstrndup(row->path.data, row->path.len);

	if (position_from_row(&row->live, &live)) {
		diag(DIAG_WARNING, "%s: the stored position is damaged; the "
		    "file is begun as if it were new", path);
		free(path);
		return;
	}
	look_at_export(run, path, row, &live);
	source_restore(run->source, path, &live,
	    row->has_previous && !position_from_row(&row->previous, &previous)
		? &previous
		: NULL);
	map_put(run->known, row->path, run);
	free(path);
}

/* An offset file beside a log we have never read: pygtail's or logtail's. */
static void
take_over(void *arg, const char *path)
{
	struct positions_run *run = arg;
	struct position position = {0};
	struct offset_entry entry;
	struct err err = ERR_INIT;
	struct stat status;
	char *offset_path;
	enum offset_read answer;

	if (map_get(run->known, span_str(path)))
		return;
	offset_path = export_path(run->restore->state_dir, path, true);
	answer = offset_file_read(offset_path, &entry, &err);
	if (answer == OFFSET_OK && !stat(path, &status)) {
		position.dev = status.st_dev;
		position.ino = entry.inode;
		position.offset = entry.offset;
		random_uuid(position.incarnation);
		source_restore(run->source, path, &position, NULL);
		diag(DIAG_NOTICE, "%s: taking over at the offset %llu that %s "
		    "names", path, (unsigned long long)entry.offset,
		    offset_path);
	} else if (answer < 0) {
		diag(DIAG_WARNING, "%s", err.text);
	}
	free(offset_path);
}

static void
take_over_beside(struct positions_run *run)
{
	const struct plan *plan = run->restore->plan;

	for (size_t i = 0; i < plan->log_count; i++) {
		const struct log_settings *settings =
		    conf_section(plan->conf, &log_setting_table, i)->settings;

		if (!settings->offset_file)
			continue;
		for (size_t k = 0; k < settings->path.count; k++)
			discover_each(settings->path.items[k].text, take_over,
			    NULL, run);
	}
}

int
restore_positions(const struct restore *restore, struct source *source,
    struct err *err)
{
	struct positions_run run = {restore, source, map_new()};
	int result;

	result = store_position_each(restore->store, restore_row, &run, err);
	if (!result)
		take_over_beside(&run);
	map_free(run.known, NULL);
	return result;
}

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

static void
note_stale(void *arg, const struct stored_position *row)
{
	struct prune_run *run = arg;

	if (row->changed_ms >= run->before_ms ||
	    map_get(run->claimed, row->path))
		return;
	buf_add_span(&run->stale, row->path);
	buf_add_byte(&run->stale, '\0');
}

static int
forget_stale(struct store *store, const struct buf *stale, struct err *err)
{
	const char *end = stale->data + stale->len;

	for (const char *at = stale->data; at < end; at += strlen(at) + 1)
		if (store_position_delete(store, span_str(at), err))
			return -1;
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
