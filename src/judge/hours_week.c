/*
 * hours_week: ranges as intervals of a week that goes round.
 *
 * Hides that ranges may overlap, adjoin, and pass midnight and Saturday.
 */
#include "config.h"

#include "judge/hours_internal.h"

/* How long ago the range began on that day: 0 up to a week. */
static int64_t
since_begin(const struct hours_range *range, int day, int64_t moment)
{
	int64_t begin = day * DAY_MS + range->from * MINUTE_MS;

	return (moment - begin + WEEK_MS) % WEEK_MS;
}

static int64_t
range_length(const struct hours_range *range)
{
	int minutes = range->to - range->from;

	return (minutes > 0 ? minutes : minutes + DAY_MINUTES) * MINUTE_MS;
}

/* How long one range, the longest, keeps it open. */
static int64_t
open_by_one(const struct hours_spec *spec, int64_t moment)
{
	int64_t best = 0, left;

	for (int i = 0; i < spec->count; i++)
		for (int day = 0; day < 7; day++) {
			if (!(spec->ranges[i].days >> day & 1))
				continue;
			left = range_length(&spec->ranges[i]) -
			       since_begin(&spec->ranges[i], day, moment);
			if (left > best)
				best = left;
		}
	return best;
}

int64_t
hours_week_open(const struct hours_spec *spec, int64_t moment)
{
	int64_t length = 0, more;

	do {
		more = open_by_one(spec, (moment + length) % WEEK_MS);
		length += more;
	} while (more && length < WEEK_MS);
	return length < WEEK_MS ? length : WEEK_MS;
}

int64_t
hours_week_closed(const struct hours_spec *spec, int64_t moment)
{
	int64_t least = WEEK_MS, until;

	if (open_by_one(spec, moment))
		return 0;
	for (int i = 0; i < spec->count; i++)
		for (int day = 0; day < 7; day++) {
			if (!(spec->ranges[i].days >> day & 1))
				continue;
			until = WEEK_MS -
				since_begin(&spec->ranges[i], day, moment);
			if (until < least)
				least = until;
		}
	return least;
}

int64_t
hours_week_total(const struct hours_spec *spec)
{
	int64_t moment = 0, total = 0, run;

	while (moment < WEEK_MS) {
		run = hours_week_open(spec, moment);
		if (run > WEEK_MS - moment)
			run = WEEK_MS - moment;
		total += run;
		moment += run ? run : hours_week_closed(spec, moment);
	}
	return total;
}
