/*
 * mail_times: when what an alert counts came, made ready to be drawn.
 */
#ifndef CTAIL_MESSAGE_MAIL_TIMES_H
#define CTAIL_MESSAGE_MAIL_TIMES_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/clock.h"
#include "base/units.h"
#include "message/alert.h"

struct mail_times {
	const uint32_t *bins;	/* without the empty ones at both ends */
	size_t count;
	uint32_t most;		/* in one of them; not 0 */
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];	/* local time, as
				 * short as they can be */
	char width[UNITS_TEXT_MAX + 8];		/* "2m", "about 17m" */
};

/* False when there is nothing to draw: less than two bins with counts.  bins
 * borrows from the alert. */
bool mail_times_get(const struct alert *alert, struct mail_times *out);

/* How high a bin's bar is, from 0 (nothing came) to top. */
unsigned mail_times_height(const struct mail_times *times, size_t bin,
    unsigned top);

/* "03:10 [.:  -#] 03:52 (2m each)": as one line of ASCII. */
void mail_times_line(const struct mail_times *times, struct buf *out);

#endif
