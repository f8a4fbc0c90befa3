/*
 * hours_internal: the week of an hours_spec, by the clock on the wall.
 *
 * Moments of the week are ms since Sunday 00:00, as if no clock ever changed.
 */
#ifndef CTAIL_JUDGE_HOURS_INTERNAL_H
#define CTAIL_JUDGE_HOURS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "judge/hours.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MINUTES 1440
#define DAY_MS (DAY_MINUTES * MINUTE_MS)
#define WEEK_MS (7 * DAY_MS)

/* How long it stays open from there: 0 is closed, WEEK_MS always. */
int64_t hours_week_open(const struct hours_spec *spec, int64_t moment);

/* How long it stays closed: 0 is open. */
int64_t hours_week_closed(const struct hours_spec *spec, int64_t moment);

/* How much of a week is open. */
int64_t hours_week_total(const struct hours_spec *spec);

#endif
