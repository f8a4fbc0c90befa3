/*
 * rehearsal: a configuration run over records, on the records' own clock.
 *
 * For `ctailctl test` and the forecast: nothing is stored and nothing is
 * sent.  now is the time of the newest record so far (for records without one:
 * it stands still), and before a record is fed everything that falls due up to
 * its time happens, in order: batches, reports, throttles, hours, absences,
 * `quiet' of logs.  The logs count as read to their ends all the time, since
 * the clock is theirs.
 */
#ifndef CTAIL_CTAILD_REHEARSAL_H
#define CTAIL_CTAILD_REHEARSAL_H

#include <stdint.h>
#include "ctaild/pipeline.h"

struct rehearsal;

/* begin_ms: the clock for logs whose records have no time, and the latest that
 * times without a year may be.  hooks as the pipeline's (emit gets alerts
 * whose made_ms is the rehearsal's time). */
struct rehearsal *rehearsal_new(const struct plan *plan,
    const char *hostname, struct silences *silences, int64_t begin_ms,
    const struct pipeline_hooks *hooks);
void rehearsal_free(struct rehearsal *rehearsal);

struct pipeline *rehearsal_pipeline(struct rehearsal *rehearsal);
int64_t rehearsal_now(const struct rehearsal *rehearsal);

/* record.time_ms is believed; negative: it has no time; 0: not asked. */
void rehearsal_record(struct rehearsal *rehearsal,
    const struct record *record);

/* What pipeline_hooks.report is to do with a line, for whoever wants reports
 * to be emitted. */
void rehearsal_report(struct rehearsal *rehearsal,
    const struct report_line *line);

/* Moves the clock to this time; what falls due happens. */
void rehearsal_advance(struct rehearsal *rehearsal, int64_t until_ms);

/* The end: batches, and what throttles and hours still hold (by moving the
 * clock on until nothing but absences is due, at most a week). */
void rehearsal_end(struct rehearsal *rehearsal);

#endif
