/*
 * histogram: when things came, in a bounded number of bins.
 *
 * Bins are of equal width; what lies outside of them doubles the width (and
 * joins neighbours), so that a minute and a month both fit.  Bins lie at
 * multiples of their width, and the first one is never empty: the same times
 * make the same histogram, in whatever order they come.  Counts saturate.
 * Times are wall ms.  Pure.
 */
#ifndef CTAIL_JUDGE_HISTOGRAM_H
#define CTAIL_JUDGE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define HISTOGRAM_BINS 24
#define HISTOGRAM_WIDTH_MS INT64_C(1000)	/* at first */

struct histogram {
	int64_t start_ms;		/* of the first bin */
	int64_t width_ms;		/* of each; 0: nothing was counted,
					 * whatever the bins hold */
	uint32_t bins[HISTOGRAM_BINS];
};

void histogram_add(struct histogram *histogram, int64_t at_ms,
    int64_t count);

/* Adds what the other one counted, by the middle of its bins; the bins become
 * as wide as those at least. */
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Records of which perhaps only the first and the last time are known. */
struct histogram_lot {
	int64_t count;
	int64_t first_ms, last_ms;
	const struct histogram *times;	/* of all of them; or NULL */
};

/* Of what is known by its ends only, the rest is taken to lie evenly between
 * them. */
void histogram_add_lot(struct histogram *histogram,
    const struct histogram_lot *lot);

/* The same for what counts for very many: *times is made (and to be freed)
 * once there is more than the one time that the first and last tell anyway.
 * before: what was counted so far. */
void histogram_gather(struct histogram **times,
    const struct histogram_lot *before, const struct histogram_lot *more);

/* Itself; NULL when nothing was counted. */
static inline const struct histogram *
histogram_told(const struct histogram *histogram)
{
	return histogram->width_ms ? histogram : NULL;
}

/* A copy on the heap; NULL when nothing was counted. */
struct histogram *histogram_kept(const struct histogram *histogram);

/* As one field (base/fields.h) of that name; nothing when nothing was
 * counted.  load: hostile bytes; -1, and an empty one, when they are not
 * plausible; 0 without the field. */
void histogram_save(const struct histogram *histogram, const char *name,
    struct buf *out);
int histogram_load(struct histogram *histogram, const char *name,
    struct span fields, struct err *err);

#endif
