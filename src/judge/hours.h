/*
 * hours: when a rule may speak.
 *
 *	mon-fri 08:00-18:00, sat 09:00-12:00 else hold
 *
 * Ranges are in local time; one without days is every day, one that ends
 * before it begins passes midnight and belongs to the day it begins on, 24:00
 * is the end of a day.  Several day names are written mon,wed or mon-fri;
 * when one range has days, those behind it must have them too.  Ranges may
 * overlap.  One that begins when it ends is refused.
 * `else` is hold (the default), drop or sink NAME.  An empty spec (no key) is
 * always open.  A minute that daylight saving skips or repeats counts as what
 * the clock on the wall shows.  Pure but for the C library's time zone.
 */
#ifndef CTAIL_JUDGE_HOURS_H
#define CTAIL_JUDGE_HOURS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define HOURS_RANGES_MAX 32
#define HOURS_SINK_MAX 64

enum hours_else { HOURS_HOLD, HOURS_DROP, HOURS_SINK };

struct hours_range {
	unsigned char days;		/* bit 0: Sunday */
	short from, to;			/* minutes of the day; to may be less */
};

struct hours_spec {
	struct hours_range ranges[HOURS_RANGES_MAX];
	unsigned char count;		/* 0: always open */
	unsigned char otherwise;	/* enum hours_else */
	char sink[HOURS_SINK_MAX];	/* of HOURS_SINK */
};

/* setting.h's parse and format. */
int hours_parse(struct span text, void *spec, struct err *err);
void hours_format(const void *spec, struct buf *out);

bool hours_are_open(const struct hours_spec *spec, int64_t wall_ms);

/* The first moment at or after this one at which it is open; wall_ms itself
 * when it is. */
int64_t hours_next_open(const struct hours_spec *spec, int64_t wall_ms);

/* The moment by which `ms` of open time will have passed since wall_ms. */
int64_t hours_add(const struct hours_spec *spec, int64_t wall_ms,
    int64_t ms);

#endif
