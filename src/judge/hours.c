/*
 * hours: moments at which it opens and closes, and sums of open time.
 *
 * Hides the changes of the clocks: between two of them the week is a straight
 * line, so that steps of a day suffice, and a change is found by halving.
 */
#include "config.h"

#include "base/civil.h"
#include "judge/hours_internal.h"

/* Beyond this many weeks nobody knows the changes of the clocks. */
#define WEEKS_EXACT 1040

/* Far enough from the end that steps need no care. */
#define WALL_MAX (INT64_MAX - 4 * WEEK_MS)

static int64_t
offset_at(int64_t wall_ms)
{
	struct civil_zone zone = {0};
	struct civil local;

	civil_from_local_ms(&zone, wall_ms, &local);
	return civil_utc_ms(&local) - wall_ms;
}

/* 1970 began on a Thursday. */
static int64_t
week_moment(int64_t wall_ms, int64_t offset)
{
	int64_t moment = (wall_ms % WEEK_MS + offset + 4 * DAY_MS) % WEEK_MS;

	return moment < 0 ? moment + WEEK_MS : moment;
}

bool
hours_are_open(const struct hours_spec *spec, int64_t wall_ms)
{
	return !spec->count ||
	       hours_week_open(spec, week_moment(wall_ms, offset_at(wall_ms))) >
		   0;
}

/* The first moment at which the offset is no longer that of from. */
static int64_t
find_change(int64_t from, int64_t to, int64_t offset)
{
	int64_t middle;

	while (to - from > 1) {
		middle = from + (to - from) / 2;
		if (offset_at(middle) == offset)
			from = middle;
		else
			to = middle;
	}
	return to;
}

/* How long the state lasts that is to end; 0 when it has ended. */
typedef int64_t lasts(const struct hours_spec *spec, int64_t moment);

static int64_t
next_end(const struct hours_spec *spec, int64_t wall_ms, lasts *state)
{
	int64_t at = wall_ms, offset, step;

	while (at < WALL_MAX) {
		offset = offset_at(at);
		step = state(spec, week_moment(at, offset));
		if (!step)
			return at;
		if (step > DAY_MS)
			step = DAY_MS;
		if (offset_at(at + step) == offset)
			at += step;
		else
			at = find_change(at, at + step, offset);
	}
	return INT64_MAX;
}

int64_t
hours_next_open(const struct hours_spec *spec, int64_t wall_ms)
{
	return spec->count ? next_end(spec, wall_ms, hours_week_closed)
			   : wall_ms;
}

/* The same for closed; INT64_MAX when it never closes. */
static int64_t
hours_next_closed(const struct hours_spec *spec, int64_t wall_ms)
{
	if (!spec->count || hours_week_open(spec, 0) >= WEEK_MS)
		return INT64_MAX;
	return next_end(spec, wall_ms, hours_week_open);
}

static int64_t
add_clamped(int64_t wall_ms, int64_t ms)
{
	int64_t sum;

	return __builtin_add_overflow(wall_ms, ms, &sum) ? INT64_MAX : sum;
}

/* Whole weeks without a change of the clocks, and a share that is left. */
static void
skip_weeks(int64_t *at, int64_t *ms, int64_t total, int *weeks)
{
	int64_t offset = offset_at(*at), beyond;

	while (*ms > total && *weeks < WEEKS_EXACT && *at < WALL_MAX &&
	       offset_at(*at + WEEK_MS) == offset) {
		*at += WEEK_MS;
		*ms -= total;
		++*weeks;
	}
	if (*weeks < WEEKS_EXACT || *ms <= total)
		return;
	beyond = (*ms - 1) / total;
	*ms -= beyond * total;
	if (__builtin_mul_overflow(beyond, WEEK_MS, &beyond))
		beyond = INT64_MAX;
	*at = add_clamped(*at, beyond);
}

int64_t
hours_add(const struct hours_spec *spec, int64_t wall_ms, int64_t ms)
{
	int64_t at = wall_ms, total, opens, closes;
	int weeks = 0;

	if (ms <= 0)
		return wall_ms;
	if (!spec->count)
		return add_clamped(wall_ms, ms);
	total = hours_week_total(spec);
	for (;;) {
		skip_weeks(&at, &ms, total, &weeks);
		opens = hours_next_open(spec, at);
		if (opens == INT64_MAX)
			return INT64_MAX;
		closes = hours_next_closed(spec, opens);
		if (closes - opens >= ms)
			return add_clamped(opens, ms);
		ms -= closes - opens;
		at = closes;
	}
}
