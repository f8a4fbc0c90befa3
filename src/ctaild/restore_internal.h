/*
 * restore_internal: for the restore*.c files only.
 */
#ifndef CTAIL_CTAILD_RESTORE_INTERNAL_H
#define CTAIL_CTAILD_RESTORE_INTERNAL_H

#include "base/map.h"
#include "ctaild/restore.h"

/* --- restore.c --- */

/* The plan's rules by their names: rows are many, and rules may be. */
struct restore_names {
	const struct plan *plan;
	struct map *rules;	/* NULL: nobody has asked yet; map_free(NULL) */
};

const struct plan_rule *restore_rule_named(struct restore_names *names,
    struct span name);

/* The rule that this row's state belongs to, unchanged; or NULL. */
const struct plan_rule *restore_rule_of_row(struct restore_names *names,
    struct span name, struct span definition);

/* --- restore_notes.c --- */

/* What pipeline_notes_changed said: alerts that wait, and whose delivery is
 * put off for as long as they may, and patterns in quarantine. */
int restore_notes(const struct restore *restore, int64_t now_ms,
    struct err *err);

#endif
