/*
 * record_clock: which of a record's times to believe (DESIGN.md section 5).
 *
 * One per log file.  A record's own time is accepted between a day before the
 * newest accepted of that file and a minute after now; else its time is that
 * of its arrival.  So a forged or broken date can neither switch a window
 * off nor fill one that is long over.
 */
#ifndef CTAIL_JUDGE_RECORD_CLOCK_H
#define CTAIL_JUDGE_RECORD_CLOCK_H

#include <stdint.h>

#define RECORD_CLOCK_BEHIND_MS (INT64_C(24) * 60 * 60 * 1000)
#define RECORD_CLOCK_AHEAD_MS (60 * 1000)

struct record_clock {
	int64_t newest_ms;	/* accepted so far; 0: none */
};

/* stamp_ms: what timestamp_read said, 0: nothing.  A newest that lies further
 * ahead than a record may (the wall clock was set back) becomes now. */
int64_t record_clock_take(struct record_clock *clock, int64_t stamp_ms,
    int64_t now_ms);

#endif
