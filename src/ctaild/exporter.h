/*
 * exporter: when which offset file follows a commit.
 *
 * An offset file is written after the transaction that records its new value
 * (store/store_position.h), each file at most once a second unless
 * EXPORT_NOW asks for more.  Nothing is kept in memory of a log that rests.
 */
#ifndef CTAIL_CTAILD_EXPORTER_H
#define CTAIL_CTAILD_EXPORTER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "input/offset_file.h"
#include "store/store.h"

struct exporter;

enum exporter_when { EXPORT_IN_TURN, EXPORT_NOW };

/* Both borrowed; state_dir NULL: nothing is exported. */
struct exporter *exporter_new(struct store *store, const char *state_dir);
void exporter_free(struct exporter *exporter);

/* Inside a transaction, behind store_position_put: records the value and
 * plans the file, or notes it for later.  now_ms is wall time. */
struct exporter_log {
	const char *path;
	bool beside;
	struct offset_entry entry;
};

int exporter_plan(struct exporter *exporter, const struct exporter_log *log,
    int64_t now_ms, enum exporter_when when, struct err *err);

/* At a start: the file is missing, damaged or behind what the transaction
 * says; writes it at once. */
void exporter_restore(struct exporter *exporter,
    const struct exporter_log *log);

/* Whether this log's offset file has to follow and may be written by now. */
bool exporter_owes(const struct exporter *exporter, const char *path,
    int64_t now_ms, enum exporter_when when);

/* Behind the plans for all positions there are: what is still owed belongs to
 * a log that a reload took away. */
void exporter_drop_unknown(struct exporter *exporter, int64_t now_ms);

/* The transaction was committed: writes what was planned.  A file that cannot
 * be written is owed, and said once. */
void exporter_write(struct exporter *exporter, int64_t now_ms);

/* The transaction was rolled back: nothing was planned. */
void exporter_forget(struct exporter *exporter);

/* When the next commit should come for what is owed, wall ms; 0: nothing
 * is. */
int64_t exporter_due(const struct exporter *exporter);

/* Whether that time has come, or lies further away than any wait, because the
 * clock was set back. */
bool exporter_is_due(const struct exporter *exporter, int64_t now_ms,
    enum exporter_when when);

#endif
