/*
 * earlier: the records that stand right before one in its file.
 *
 * For the context of an alert of a record that was among the first ones read:
 * what stands before it was read by another run, or by the process before
 * this one.  It is read again from the file, at most EARLIER_BYTES of it, and
 * taken only when the record itself is found behind it, so that another file
 * under the same name shows nothing of its own.
 */
#ifndef CTAIL_CTAILD_EARLIER_H
#define CTAIL_CTAILD_EARLIER_H

#include "base/span.h"
#include "ctaild/pipeline.h"
#include "input/source.h"

#define EARLIER_BYTES (64 * 1024)

/* log: the record's; pipeline: says how lines make records.  At most
 * ALERT_CONTEXT_MAX records, as they are, oldest first. */
void earlier_records(const struct source_log *log, struct pipeline *pipeline,
    const struct record *record, void (*each)(void *arg, struct span text),
    void *arg);

#endif
