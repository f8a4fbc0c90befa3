/*
 * ledger_position: where every log has been read up to, within the
 * transaction.
 *
 * Hides how the rooms' structs become rows: input's checkpoint and the
 * store's columns never meet elsewhere but here and in restore_positions.c.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ctaild/ledger_internal.h"
#include "ctaild/log_lookup.h"
#include "store/store_position.h"

static void
cursor_free(void *arg)
{
	struct cursor *cursor = arg;

	buf_release(&cursor->stored);
	buf_release(&cursor->taken);
	free(cursor);
}

void
ledger_forget_cursors(struct ledger *ledger)
{
	map_free(ledger->known_cursors, cursor_free);
	ledger->known_cursors = map_new();
}

static enum exporter_when
export_when(const struct ledger *ledger)
{
	return ledger->how == LEDGER_FINAL ? EXPORT_NOW : EXPORT_IN_TURN;
}

static int64_t
newest(const struct ledger *ledger, const char *path)
{
	return ledger->pipeline ? pipeline_newest(ledger->pipeline, path) : 0;
}

static void
put_position(void *arg, const struct source_position *position)
{
	struct ledger *ledger = arg;
	const struct position *at = &position->checkpoint->position;
	struct exporter_log log = {position->path,
	    log_is_beside(ledger->plan, position->log), {at->ino, at->offset}};
	struct stored_position row = {.path = span_str(position->path),
	    .log = span_str(position->log),
	    .changed_ms = ledger->now_ms,
	    .newest_ms = newest(ledger, position->path)};

	if (ledger->failed)
		return;
	buf_reset(&ledger->text);
	checkpoint_format(position->checkpoint, &ledger->text);
	row.checkpoint = buf_span(&ledger->text);
	if (!ledger_passed(
		ledger, store_position_put(ledger->store, &row, ledger->err)))
		return;
	ledger_passed(
	    ledger, exporter_plan(ledger->exporter, &log, ledger->now_ms,
			export_when(ledger), ledger->err));
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
	    .changed_ms = ledger->now_ms,
	    .newest_ms = newest(ledger, given->path)};

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
	ledger_passed(
	    ledger, store_position_put(ledger->store, &row, ledger->err));
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
		export_when(ledger)))
		put_position(arg, position);
}

static void
put_owed(struct ledger *ledger)
{
	source_positions_all(ledger->source, put_owed_position, ledger);
	if (!ledger->failed)
		exporter_drop_unknown(ledger->exporter, ledger->now_ms);
}

void
ledger_put_positions(struct ledger *ledger)
{
	if (ledger->source && !ledger->failed)
		source_positions_changed(ledger->source, put_position, ledger);
	if (ledger->source && !ledger->failed &&
	    exporter_is_due(
		ledger->exporter, ledger->now_ms, export_when(ledger)))
		put_owed(ledger);
	if (ledger->cursors.each && !ledger->failed)
		ledger->cursors.each(ledger->cursors.arg, put_cursor, ledger);
}

void
ledger_positions_stored(struct ledger *ledger)
{
	if (ledger->source)
		source_positions_stored(ledger->source);
	cursors_stored(ledger);
}
