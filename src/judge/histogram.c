/*
 * histogram: bins at multiples of their width.
 *
 * Hides how bins become wider and where they begin, and the stored form: the
 * start in 8 bytes, how often the width was doubled in one, then the bins in 4
 * each, up to the last one that is not empty.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/mem.h"
#include "judge/histogram.h"
#include "judge/when_internal.h"

enum {
	SAVED_START = 8,
	SAVED_HEAD = SAVED_START + 1,
	SAVED_BIN = 4,
	DOUBLINGS_MAX = 46, /* both limits span no more than 24 such bins */
	SPREAD_MAX = 2 * HISTOGRAM_BINS,
};

/* Nobody's clock says more, and nothing that is computed overflows. */
#define TIME_LIMIT (INT64_C(1) << 58)

static int64_t
within_limit(int64_t at_ms)
{
	if (at_ms > TIME_LIMIT)
		return TIME_LIMIT;
	return at_ms < -TIME_LIMIT ? -TIME_LIMIT : at_ms;
}

static int64_t
bin_at(int64_t at_ms, int64_t width_ms)
{
	return at_ms / width_ms - (at_ms % width_ms < 0);
}

static uint32_t
bin_sum(uint32_t bin, int64_t more)
{
	return more > (int64_t)(UINT32_MAX - bin) ? UINT32_MAX
						  : bin + (uint32_t)more;
}

static int
bins_used(const struct histogram *histogram)
{
	int used = HISTOGRAM_BINS;

	while (used > 0 && !histogram->bins[used - 1])
		used--;
	return used;
}

static void
histogram_widen(struct histogram *histogram)
{
	int64_t first = bin_at(histogram->start_ms, histogram->width_ms);
	int64_t start = bin_at(first, 2);
	uint32_t bins[HISTOGRAM_BINS] = {0};

	for (int i = 0; i < HISTOGRAM_BINS; i++) {
		uint32_t *bin = &bins[bin_at(first + i, 2) - start];

		*bin = bin_sum(*bin, histogram->bins[i]);
	}
	memcpy(histogram->bins, bins, sizeof(bins));
	histogram->width_ms *= 2;
	histogram->start_ms = start * histogram->width_ms;
}

/* Makes bins for this time, which lies outside of them. */
static void
histogram_reach(struct histogram *histogram, int64_t at_ms)
{
	int64_t first, last, at, before;

	for (;;) {
		first = bin_at(histogram->start_ms, histogram->width_ms);
		last = first + bins_used(histogram) - 1;
		at = bin_at(at_ms, histogram->width_ms);
		if ((at > last ? at : last) - (at < first ? at : first) <
		    HISTOGRAM_BINS)
			break;
		histogram_widen(histogram);
	}
	before = first - at;
	if (before <= 0)
		return;
	memmove(histogram->bins + before, histogram->bins,
	    (size_t)(HISTOGRAM_BINS - before) * sizeof(histogram->bins[0]));
	memset(
	    histogram->bins, 0, (size_t)before * sizeof(histogram->bins[0]));
	histogram->start_ms = at * histogram->width_ms;
}

static void
histogram_begin(struct histogram *histogram, int64_t at_ms)
{
	*histogram = (struct histogram){.width_ms = HISTOGRAM_WIDTH_MS};
	histogram->start_ms =
	    bin_at(at_ms, HISTOGRAM_WIDTH_MS) * HISTOGRAM_WIDTH_MS;
}

static bool
histogram_covers(const struct histogram *histogram, int64_t at_ms)
{
	return at_ms >= histogram->start_ms &&
	       (at_ms - histogram->start_ms) / histogram->width_ms <
		   HISTOGRAM_BINS;
}

void
histogram_add(struct histogram *histogram, int64_t at_ms, int64_t count)
{
	uint32_t *bin;

	if (count <= 0)
		return;
	at_ms = within_limit(at_ms);
	if (!histogram->width_ms)
		histogram_begin(histogram, at_ms);
	if (!histogram_covers(histogram, at_ms))
		histogram_reach(histogram, at_ms);
	bin = &histogram->bins[(at_ms - histogram->start_ms) /
			       histogram->width_ms];
	*bin = bin_sum(*bin, count);
}

void
histogram_merge(struct histogram *into, const struct histogram *from)
{
	if (!from->width_ms)
		return;
	if (!into->width_ms) {
		*into = *from;
		return;
	}
	while (into->width_ms < from->width_ms)
		histogram_widen(into);
	for (int i = 0; i < HISTOGRAM_BINS; i++)
		histogram_add(into,
		    from->start_ms + i * from->width_ms + from->width_ms / 2,
		    from->bins[i]);
}

void
histogram_add_lot(
    struct histogram *histogram, const struct histogram_lot *lot)
{
	int64_t first = within_limit(lot->first_ms);
	int64_t length = within_limit(lot->last_ms) - first;
	int64_t points = lot->count < SPREAD_MAX ? lot->count : SPREAD_MAX;

	if (lot->times) {
		histogram_merge(histogram, lot->times);
		return;
	}
	if (points == 1)
		histogram_add(histogram, lot->last_ms, 1);
	for (int64_t i = 0; points > 1 && i < points; i++) {
		int64_t steps = points - 1;
		int64_t at = length / steps * i + length % steps * i / steps;

		histogram_add(histogram, first + at,
		    lot->count / points + (i < lot->count % points));
	}
}

void
histogram_gather(struct histogram **times, const struct histogram_lot *before,
    const struct histogram_lot *more)
{
	if (!*times) {
		if (before->count <= 0 && more->count <= 1)
			return;
		*times = xcalloc(1, sizeof(**times));
		histogram_add_lot(*times, before);
	}
	histogram_add_lot(*times, more);
}

struct histogram *
histogram_kept(const struct histogram *histogram)
{
	struct histogram *kept;

	if (!histogram->width_ms)
		return NULL;
	kept = xmalloc(sizeof(*kept));
	*kept = *histogram;
	return kept;
}

void
histogram_save(
    const struct histogram *histogram, const char *name, struct buf *out)
{
	struct buf saved = BUF_INIT;
	uint64_t doublings = 0;

	if (!histogram->width_ms)
		return;
	while (HISTOGRAM_WIDTH_MS << doublings < histogram->width_ms)
		doublings++;
	when_put(&saved, (uint64_t)histogram->start_ms, SAVED_START);
	when_put(&saved, doublings, SAVED_HEAD - SAVED_START);
	for (int i = 0; i < bins_used(histogram); i++)
		when_put(&saved, histogram->bins[i], SAVED_BIN);
	fields_add(out, name, buf_span(&saved));
	buf_release(&saved);
}

static bool
saved_is_plausible(struct span saved)
{
	int64_t start, width;
	size_t bins;

	if (saved.len < SAVED_HEAD + SAVED_BIN ||
	    saved.len > SAVED_HEAD + SAVED_BIN * HISTOGRAM_BINS ||
	    (saved.len - SAVED_HEAD) % SAVED_BIN)
		return false;
	if ((unsigned char)saved.data[SAVED_START] > DOUBLINGS_MAX)
		return false;
	bins = (saved.len - SAVED_HEAD) / SAVED_BIN;
	width = HISTOGRAM_WIDTH_MS << saved.data[SAVED_START];
	start = (int64_t)when_get(saved.data, SAVED_START);
	return start % width == 0 && start >= -TIME_LIMIT - width &&
	       start <= TIME_LIMIT &&
	       when_get(saved.data + SAVED_HEAD, SAVED_BIN) &&
	       when_get(saved.data + SAVED_HEAD + SAVED_BIN * (bins - 1),
		   SAVED_BIN);
}

int
histogram_load(struct histogram *histogram, const char *name,
    struct span fields, struct err *err)
{
	struct span saved;

	*histogram = (struct histogram){0};
	if (!fields_get(fields, name, &saved))
		return 0;
	if (!saved_is_plausible(saved))
		return err_set(err, "stored times are damaged");
	histogram->start_ms = (int64_t)when_get(saved.data, SAVED_START);
	histogram->width_ms = HISTOGRAM_WIDTH_MS
			      << saved.data[SAVED_START];
	for (size_t i = 0; i < (saved.len - SAVED_HEAD) / SAVED_BIN; i++)
		histogram->bins[i] = (uint32_t)when_get(
		    saved.data + SAVED_HEAD + i * SAVED_BIN, SAVED_BIN);
	return 0;
}
