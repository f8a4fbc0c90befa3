/*
 * reports: what [logcheck] sections have to say, until it is said.
 *
 * Lines collect under their headings from the first one on, for as long as
 * `batch` says (or until there are `batch max` of them, or as many bytes as an
 * alert may carry); then all of it is one alert, ALERT_REPORT, laid out as
 * logcheck's mail.  What is not said yet belongs to the transaction: the
 * store has every line from the commit of its position on, until that of its
 * alert.
 *
 * Lines stand in the order in which logcheck would have them
 * (logcheck_compare; then by the name of their log, then as they came).
 * Pure but for the store calls; now is wall-clock ms, and a deadline never lies
 * further away than batch's own length.
 */
#ifndef CTAIL_CTAILD_REPORTS_H
#define CTAIL_CTAILD_REPORTS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "ctaild/alert_build.h"
#include "ctaild/pipeline.h"
#include "store/store.h"

struct reports;

/* plan outlives it. */
struct reports *reports_new(const struct plan *plan);
void reports_free(struct reports *reports);

/* Silences are the caller's business. */
void reports_add(struct reports *reports, const struct report_line *line);

/* When the next one is due, wall ms; 0: nothing waits. */
int64_t reports_due(const struct reports *reports);

/* Each section that has lines; due_ms is long past for one that goes out as
 * soon as it is asked. */
typedef void reports_each(void *arg, const char *section, size_t lines,
    int64_t due_ms);
void reports_waiting(const struct reports *reports, reports_each *each,
    void *arg);

/* One report that is due, or, with all (the end of a --once pass, a section
 * that goes), one that has a line: true, alert is the caller's
 * (alert_release) and sinks are the plan's.  Call until false. */
bool reports_take(struct reports *reports, int64_t now_ms, bool all,
    const char *hostname, struct alert *alert,
    const struct setting_list **sinks_out);

/* Within a transaction: what was added and taken since the last one. */
int reports_store(struct reports *reports, struct store *store,
    struct err *err);
void reports_stored(struct reports *reports);	/* it was committed */

/* At the start and after a reload, before anything is added: reports of
 * sections that are no more become due at once, for the default sink. */
int reports_load(struct reports *reports, struct store *store, int64_t now_ms,
    struct err *err);

#endif
