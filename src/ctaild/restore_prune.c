/*
 * restore_prune: what of the store is out of date.
 *
 * Rows that belong to nothing are gathered first and forgotten then, because
 * a walk over a table must not change it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "ctaild/counts.h"
#include "ctaild/learn.h"
#include "ctaild/log_lookup.h"
#include "ctaild/restore_internal.h"
#include "store/store_note.h"
#include "store/store_position.h"
#include "store/store_shape.h"
#include "store/store_state.h"

#define KEEP_POSITIONS_MS (7LL * 24 * 3600 * 1000)

struct prune_run {
	const struct restore *restore;
	struct restore_names names;
	struct map *ended;	      /* rules that have rows to forget */
	struct map *claimed;	      /* paths that a log claims now */
	struct map *counted;	      /* the notes of their counts */
	struct buf stale;	      /* paths to forget, NUL-separated */
	const struct note_kind *kind; /* of notes, whose turn it is */
	struct buf notes;	      /* names to forget, each behind its
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

	if (!span_begins(path, span_str(RESTORE_JOURNAL)))
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

	if (!restore_rule_of_row(&run->names, rule, definition))
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
		const struct plan_rule *rule =
		    restore_rule_named(&run->names, name);
		const char *keep = rule ? rule->definition : NULL;

		if (store_state_forget(store, name, keep, err) ||
		    store_shape_forget(store, name, keep, err))
			return -1;
	}
	return 0;
}

/* --- Notes ---------------------------------------------------------------- */

static bool
is_to_be_learned(const struct prune_run *run, struct span name)
{
	return learn_note_is_current(run->restore->plan, name);
}

static bool
is_quiet_log(const struct prune_run *run, struct span name)
{
	const struct plan *plan = run->restore->plan;

	for (size_t i = 0; i < plan->log_count; i++)
		if (span_is(name, plan->logs[i].name))
			return plan->logs[i].settings->quiet > 0;
	return false;
}

static bool
is_counted(const struct prune_run *run, struct span name)
{
	return map_get(run->counted, name) != NULL;
}

static bool
is_waiting(const struct prune_run *run, struct span id)
{
	return pipeline_has_waiting(run->restore->pipeline, id);
}

static bool
is_pattern(const struct prune_run *run, struct span name)
{
	return pipeline_has_pattern(run->restore->pipeline, name);
}

static bool
is_dated(const struct prune_run *run, struct span name)
{
	return pipeline_has_dates(run->restore->pipeline, name);
}

/* Kinds of notes, and whether what one of this name is of is still there. */
static const struct note_kind {
	const char *name;
	bool (*is_current)(const struct prune_run *run, struct span name);
} note_kinds[] = {
    {LEARN_NOTE, is_to_be_learned},
    {QUIET_NOTE, is_quiet_log},
    {COUNTS_NOTE, is_counted},
    {PIPELINE_CONTEXT_NOTE, is_waiting},
    {PIPELINE_QUARANTINE_NOTE, is_pattern},
    {PIPELINE_DATES_NOTE, is_dated},
};

#define NOTE_KINDS (sizeof(note_kinds) / sizeof(note_kinds[0]))

static void
note_gone(void *arg, struct span name, struct span saved)
{
	struct prune_run *run = arg;

	(void)saved;
	if (run->kind->is_current(run, name))
		return;
	buf_add(&run->notes, &name.len, sizeof(name.len));
	buf_add_span(&run->notes, name);
}

static int
forget_notes(
    struct prune_run *run, const struct note_kind *kind, struct err *err)
{
	struct store *store = run->restore->store;
	size_t len;

	run->kind = kind;
	buf_reset(&run->notes);
	if (store_note_each(store, kind->name, note_gone, run, err))
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
