/*
 * earlier: the records that stand right before one in its file.
 *
 * For the context of an alert of a record that was among the first ones read:
 * what stands before it was read by another run, or by the process before
 * this one.  It is read again from the file, EARLIER_BYTES of it or, where
 * these do not hold enough records, up to EARLIER_BYTES_MAX, and taken only
 * when the record itself is found behind it, so that another file under the
 * same name shows nothing of its own.  Where that reaches the file's beginning
 * the rest is taken from the end of the generation before it, if the source
 * has read that, it is not compressed, and it is still the same.
 */
#ifndef CTAIL_CTAILD_EARLIER_H
#define CTAIL_CTAILD_EARLIER_H

#include "base/span.h"
#include "ctaild/pipeline.h"
#include "input/source.h"

#define EARLIER_BYTES (64 * 1024)
#define EARLIER_BYTES_MAX (4 * 1024 * 1024)

struct earlier {
	const struct source_log *log;	/* the record's */
	struct source *source;		/* knows its generations */
	struct pipeline *pipeline;	/* says how lines make records */
	size_t want;
};

/* The last records before it, as they are, oldest first: ALERT_CONTEXT_MAX at
 * most, and where `want' are not to be had, fewer. */
void earlier_records(const struct earlier *earlier,
    const struct record *record, void (*each)(void *arg, struct span text),
    void *arg);

#endif
