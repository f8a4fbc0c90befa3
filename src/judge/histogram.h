/*
 * histogram: when things came, in a bounded number of bins.
 *
 * Bins are of equal width; what lies outside of them doubles the width (and
 * joins neighbours), so that a minute and a month both fit.  Counts saturate.
 * Times are wall ms and may come in any order.  Pure.
 */
#ifndef CTAIL_JUDGE_HISTOGRAM_H
#define CTAIL_JUDGE_HISTOGRAM_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define HISTOGRAM_BINS 24
#define HISTOGRAM_WIDTH_MS 1000		/* at first */

struct histogram {
	int64_t start_ms;		/* of the first bin */
	int64_t width_ms;		/* of each; 0: nothing was counted */
	uint32_t bins[HISTOGRAM_BINS];
};

void histogram_add(struct histogram *histogram, int64_t at_ms,
    int64_t count);

/* Adds what the other one counted, by the middle of its bins. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* As one field (base/fields.h) of that name; nothing when nothing was
 * counted.  load: hostile bytes; -1, and an empty one, when they are not
 * plausible; 0 without the field. */
void histogram_save(const struct histogram *histogram, const char *name,
    struct buf *out);
int histogram_load(struct histogram *histogram, const char *name,
    struct span fields, struct err *err);

#endif
