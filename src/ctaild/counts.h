/*
 * counts: the ledger of losses, over all runs.
 *
 * The pipeline and the decider count since they were made.  Here is what was
 * counted before, and what the store knows of it: the counts are committed
 * with the positions and the alerts that they are of, so that they neither
 * forget nor repeat a record, whatever ends a run.
 *
 * Those of a log are kept by its name, those of a rule by its name and the
 * logs that it reads.
 */
#ifndef CTAIL_CTAILD_COUNTS_H
#define CTAIL_CTAILD_COUNTS_H

#include "base/map.h"
#include "ctaild/pipeline.h"
#include "ctaild/plan.h"
#include "store/store.h"

struct counts;

#define COUNTS_NOTE "counts"

/* Both outlive it. */
struct counts *counts_new(const struct plan *plan, struct pipeline *pipeline);
void counts_free(struct counts *counts);

/* Before the pipeline has counted anything. */
int counts_load(struct counts *counts, struct store *store, int64_t now_ms,
    struct err *err);

/* Within a transaction; a status as of store calls. */
int counts_store(
    struct counts *counts, struct store *store, struct err *err);
void counts_stored(struct counts *counts);	/* it was committed */

/* When the oldest of them began. */
int64_t counts_since(const struct counts *counts);

/* What was counted before is added to what is given. */
void counts_add_log(const struct counts *counts, size_t log,
    struct pipeline_log_totals *totals);
void counts_add_rule(const struct counts *counts, size_t rule,
    struct pipeline_rule_totals *totals, struct decider_totals *state);

/* The notes of this plan's logs and rules: rows are many, and rules may be.
 * For map_free(names, NULL). */
struct map *counts_note_names(const struct plan *plan);

#endif
