/*
 * judge_histogram: bins for times in any order, near and far, and their
 * stored form.
 */
#include "config.h"

#include "base/fields.h"
#include "judge/histogram.h"
#include "judge/when_internal.h"
#include "tap.h"

#define NOON INT64_C(1699963200000)
#define SECOND INT64_C(1000)
#define DAY (24 * 3600 * SECOND)

static bool
same(const struct histogram *a, const struct histogram *b)
{
	return a->start_ms == b->start_ms && a->width_ms == b->width_ms &&
	       !memcmp(a->bins, b->bins, sizeof(a->bins));
}

static uint64_t
sum_of(const struct histogram *histogram)
{
	uint64_t sum = 0;

	for (int i = 0; i < HISTOGRAM_BINS; i++)
		sum += histogram->bins[i];
	return sum;
}

/* What the same times must make, by their definition. */
static struct histogram
plainly(const int64_t *times, size_t count)
{
	struct histogram out = {.width_ms = HISTOGRAM_WIDTH_MS};
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < count; i++) {
		first = times[i] < first ? times[i] : first;
		last = times[i] > last ? times[i] : last;
	}
	while (last / out.width_ms - first / out.width_ms >= HISTOGRAM_BINS)
		out.width_ms *= 2;
	out.start_ms = first / out.width_ms * out.width_ms;
	for (size_t i = 0; i < count; i++)
		out.bins[(times[i] - out.start_ms) / out.width_ms]++;
	return out;
}

static void
test_bins(void)
{
	struct histogram histogram = {0};

	histogram_add(&histogram, NOON, 0);
	histogram_add(&histogram, NOON, -5);
	OK(!histogram.width_ms && !histogram_told(&histogram) &&
		!histogram_kept(&histogram),
	    "what counts nothing is nothing");
	histogram.bins[7] = 9;
	histogram_add(&histogram, NOON + 1, 2);
	OK(histogram.start_ms == NOON && histogram.width_ms == SECOND &&
		histogram.bins[0] == 2 && sum_of(&histogram) == 2,
	    "the first time begins a bin of a second");
	histogram_add(&histogram, NOON + 23 * SECOND, 1);
	OK(histogram.width_ms == SECOND && histogram.bins[23] == 1,
	    "24 seconds are 24 bins");
	histogram_add(&histogram, NOON + 24 * SECOND, 1);
	OK(histogram.width_ms == 2 * SECOND && histogram.bins[0] == 2 &&
		histogram.bins[11] == 1 && histogram.bins[12] == 1,
	    "one more makes them twice as wide");
	histogram_add(&histogram, NOON - 6 * SECOND, 4);
	OK(histogram.start_ms == NOON - 6 * SECOND &&
		histogram.bins[0] == 4 && histogram.bins[3] == 2,
	    "an earlier time moves them when there is room");
	histogram_add(&histogram, NOON + 365 * DAY, 1);
	OK(sum_of(&histogram) == 9 && histogram.bins[0] == 8 &&
		histogram.width_ms > 15 * DAY && histogram.width_ms < 31 * DAY,
	    "and a year still fits");
}

static void
test_disorder(void)
{
	static const int64_t scales[] = {1, 100, 5000, 600000, 40000000};
	bool all = true;
	uint64_t seed = 7;

	for (size_t k = 0; k < 5 * 200; k++) {
		struct histogram histogram = {0}, want;
		int64_t times[60];

		for (size_t i = 0; i < 60; i++) {
			seed = seed * UINT64_C(6364136223846793005) + 1;
			times[i] = NOON + (int64_t)(seed >> 40) % 997 *
					      scales[k % 5];
			histogram_add(&histogram, times[i], 1);
		}
		want = plainly(times, 60);
		all = all && same(&histogram, &want);
	}
	OK(all, "the same times make the same bins in any order");
}

static void
test_extremes(void)
{
	static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -DAY, -1, 0, 1,
	    NOON, INT64_MAX - 1, INT64_MAX};
	const size_t count = sizeof(ends) / sizeof(ends[0]);
	bool all = true;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			struct histogram histogram = {0};

			histogram_add(&histogram, ends[i], 1);
			histogram_add(&histogram, ends[k], 1);
			histogram_add(&histogram, -1, 1);
			all = all && sum_of(&histogram) == 3 &&
			      histogram.bins[0] > 0 && histogram.width_ms > 0;
		}
	OK(all, "all of time fits, before 1970 too");
	{
		struct histogram histogram = {0};

		histogram_add(&histogram, -1, 1);
		histogram_add(&histogram, 0, 1);
		OK(histogram.start_ms == -SECOND && histogram.bins[0] == 1 &&
			histogram.bins[1] == 1,
		    "a second before 1970 is a bin of its own");
	}
}

static void
test_saturation(void)
{
	struct histogram histogram = {0}, other;

	histogram_add(&histogram, NOON, INT64_MAX);
	histogram_add(&histogram, NOON, INT64_MAX);
	OK(histogram.bins[0] == UINT32_MAX, "counts stay at their most");
	histogram_add(&histogram, NOON + SECOND, UINT32_MAX);
	histogram_add(&histogram, NOON + 100 * SECOND, 1);
	OK(histogram.bins[0] == UINT32_MAX, "also when bins are joined");
	other = histogram;
	histogram_merge(&histogram, &other);
	OK(histogram.bins[0] == UINT32_MAX, "and merged");
}

static void
test_merge(void)
{
	struct histogram a = {0}, b = {0}, empty = {0}, both = {0};
	int64_t at;

	for (int i = 0; i < 100; i++) {
		at = NOON + (i * 7919 % 3000) * SECOND;
		histogram_add(i % 3 ? &a : &b, at, 1);
		histogram_add(&both, at, 1);
	}
	histogram_merge(&a, &b);
	OK(same(&a, &both), "two merged are as if all had come to one");
	histogram_merge(&a, &empty);
	OK(same(&a, &both), "nothing adds nothing");
	histogram_merge(&empty, &a);
	OK(same(&a, &empty), "into nothing it is a copy");
	b = (struct histogram){0};
	histogram_add(&b, NOON, 1);
	histogram_merge(&b, &a);
	OK(b.width_ms == a.width_ms && sum_of(&b) == 101,
	    "fine bins become as wide as those that come");
}

static void
test_lots(void)
{
	struct histogram histogram = {0}, *times = NULL;
	struct histogram_lot none = {0, 0, 0, NULL};
	struct histogram_lot one = {1, NOON, NOON, NULL};
	struct histogram_lot many = {24, NOON, NOON + 23 * SECOND, NULL};
	struct histogram_lot all = {
	    INT64_MAX, INT64_MIN, INT64_MAX, NULL};
	bool even = true;

	histogram_add_lot(&histogram, &many);
	for (int i = 0; i < HISTOGRAM_BINS; i++)
		even = even && histogram.bins[i] == 1;
	OK(even, "what is known by its ends lies evenly between them");
	histogram = (struct histogram){0};
	many.count = 1001;
	histogram_add_lot(&histogram, &many);
	IS_INT((long long)sum_of(&histogram), 1001, "however much it is");
	histogram_add_lot(&histogram, &all);
	OK(histogram.bins[0] && histogram.width_ms, "all of time is taken");
	histogram_gather(&times, &none, &one);
	OK(!times, "one time needs no memory");
	histogram_gather(&times, &one, &one);
	OK(times && sum_of(times) == 2, "the second one brings the first along");
	histogram_gather(&times, &none, &one);
	IS_INT((long long)sum_of(times), 3, "and the third is only added");
	free(times);
}

static bool
loads(const struct buf *fields, struct histogram *out)
{
	return !histogram_load(out, "t", buf_span(fields), NULL);
}

static void
test_saved(void)
{
	struct histogram histogram = {0}, back = {.width_ms = 1};
	struct buf fields = BUF_INIT;
	bool all = true;

	histogram_save(&histogram, "t", &fields);
	OK(!fields.len, "nothing is saved as nothing");
	OK(loads(&fields, &back) && !back.width_ms, "and loaded from it");
	for (int64_t step = 1; step < INT64_C(1) << 57; step *= 3) {
		histogram = (struct histogram){0};
		buf_reset(&fields);
		for (int i = 0; i < 5; i++)
			histogram_add(&histogram, i * step / 2, i + 1);
		histogram_add(&histogram, -step, 9);
		histogram_save(&histogram, "t", &fields);
		all = all && loads(&fields, &back) && same(&histogram, &back);
	}
	histogram_add(&histogram, INT64_MIN, 1);
	histogram_add(&histogram, INT64_MAX, 1);
	buf_reset(&fields);
	histogram_save(&histogram, "t", &fields);
	all = all && loads(&fields, &back) && same(&histogram, &back);
	OK(all, "what was saved is loaded, narrow or wide");
	buf_release(&fields);
}

struct hostile {
	int64_t start_ms;
	unsigned doublings, bins, first, last, torn;
};

static bool
refuses(const struct hostile *hostile)
{
	struct histogram back = {.width_ms = 5};
	struct buf saved = BUF_INIT, fields = BUF_INIT;
	bool refused;

	when_put(&saved, (uint64_t)hostile->start_ms, 8);
	when_put(&saved, hostile->doublings, 1);
	for (unsigned i = 0; i < hostile->bins; i++)
		when_put(&saved,
		    i == 0 ? hostile->first
			   : (i + 1 == hostile->bins ? hostile->last : 0),
		    4);
	saved.len -= hostile->torn;
	fields_add(&fields, "t", buf_span(&saved));
	refused = !loads(&fields, &back) && !back.width_ms;
	buf_release(&saved);
	buf_release(&fields);
	return refused;
}

static void
test_hostile(void)
{
	struct hostile good = {NOON, 0, 3, 1, 1, 0}, bad;

	OK(!refuses(&good), "plausible bytes are taken");
	bad = good, bad.bins = 0;
	OK(refuses(&bad), "no bin is refused");
	bad = good, bad.bins = HISTOGRAM_BINS + 1;
	OK(refuses(&bad), "so are too many");
	bad = good, bad.torn = 1;
	OK(refuses(&bad), "a torn one");
	bad = good, bad.bins = 0, bad.torn = 5;
	OK(refuses(&bad), "a torn head");
	bad = good, bad.start_ms++;
	OK(refuses(&bad), "a start that is no multiple of the width");
	bad = good, bad.start_ms = INT64_MAX / 1000 * 1000;
	OK(refuses(&bad), "a start at the end of time");
	bad = good, bad.start_ms = INT64_MIN / 1000 * 1000;
	OK(refuses(&bad), "or before its beginning");
	bad = good, bad.start_ms = 0, bad.doublings = 47;
	OK(refuses(&bad), "bins wider than time");
	bad.doublings = 255;
	OK(refuses(&bad), "and much wider");
	bad = good, bad.first = 0;
	OK(refuses(&bad), "an empty first bin");
	bad = good, bad.last = 0;
	OK(refuses(&bad), "and an empty last one");
}

int
main(void)
{
	test_bins();
	test_disorder();
	test_extremes();
	test_saturation();
	test_merge();
	test_lots();
	test_saved();
	test_hostile();
	return tap_done();
}
