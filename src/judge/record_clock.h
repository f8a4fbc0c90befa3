/*
 * record_clock: which of a record's times to believe (DESIGN.md section 5).
 *
 * One per log file.  A record's own time is accepted between a day before the
 * newest accepted of that file and a minute after now; else its time is that
 * of its arrival.  So a forged or broken date can neither switch a window
 * off nor fill one that is long over.
 *
 * What is read late did not arrive now: a record of a backlog that has no
 * time to believe takes the newest one of its file, where the records around
 * it have times.  With that of its arrival it would end the windows that
 * they are counted in.  Whether they have is said by the first record alone,
 * so that a date that somebody puts into a log without times moves nothing.
 *
 * Where the first has none it stays with its arrival, and so do others like it.
 * The records behind it are not known yet, and the newest that an earlier
 * process took may be days old, while arrival is off by no more than the
 * backlog is long.  A single one of it ends no window (when_window_start); it
 * is not counted with its neighbours.
 */
#ifndef CTAIL_JUDGE_RECORD_CLOCK_H
#define CTAIL_JUDGE_RECORD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define RECORD_CLOCK_BEHIND_MS (INT64_C(24) * 60 * 60 * 1000)
#define RECORD_CLOCK_AHEAD_MS (60 * 1000)

struct record_clock {
	int64_t newest_ms;	/* accepted so far; 0: none */
	bool begun;		/* a record was taken since it was made */
	bool is_timed;		/* and the first one's time was believed */
};

/* stamp_ms: what timestamp_read said, 0: nothing.  late: there was more to
 * read than what has just been written.  A newest that lies further
 * ahead than a record may (the wall clock was set back) becomes now. */
int64_t record_clock_take(struct record_clock *clock, int64_t stamp_ms,
    int64_t now_ms, bool late);

#endif
