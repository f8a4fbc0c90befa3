/*
 * timestamp: the time that a record says of itself.
 *
 * A reader is made from the `timestamp` key of a [log]: "auto", "arrival", or
 * a strptime(3) format.
 *
 * "auto" knows the usual formats (timestamp_formats.c has the table): RFC
 * 3164, RFC 3339 and ISO 8601 with space, T, comma or point fractions and
 * with or without a zone, seconds and milliseconds since 1970, the common log
 * format, nginx's and Apache's error logs, klog, Python and Java logging,
 * Windows exports, audit, Docker.  It is looked for at the beginning, behind
 * blanks, brackets, a priority ("<34>"), a sequence number and a process's,
 * with the format found last tried first; then some formats anywhere that
 * begins within TIMESTAMP_REACH bytes; then, in a record that begins with
 * "{", as "time", "timestamp" or "ts" at the end.  Minutes and seconds have
 * two digits, and an hour that its AM or PM contradicts is none.  In
 * 11/12/2026 the month is first, unless the other is nearer to what was read
 * before or the future, until two dates in a row that can be read one way
 * only, by a number above 12, show the order; two that show the other change
 * it.  One forged date shows nothing.  What was shown so far can be kept over
 * the end of a process.
 *
 * A format of one's own stands at the beginning or behind the same things.
 * Its conversions are a A b B c D d e F f H h I j k l M m n p R r S s T t U u
 * V W w X x Y y Z z %: those of strptime(3) in the C locale, and %f for a
 * fraction of 1 to 9 digits.  The flags - 0 ^ # _ E O are skipped, a blank
 * stands for any blanks or none, and of zones' names only UTC, GMT, Z and
 * those that mean one thing everywhere say anything.  %U %u %V %W %w are read
 * and ignored.
 *
 * What a format leaves open is taken from what was read before in that file
 * (near): a missing year becomes the one that brings the time nearest to it, a
 * missing date too, and an hour that daylight saving makes ambiguous (unless
 * the record has just been written, which its arrival says); but not one
 * later than a day after latest, since logs do not tell of the future.
 * Times without a zone are local.  Names of months are English, in any case.
 * Nothing is believed that is no valid date, or lies before 1970.
 */
#ifndef CTAIL_JUDGE_TIMESTAMP_H
#define CTAIL_JUDGE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#define TIMESTAMP_REACH 128

struct timestamp;

/* NULL with a sentence when the text is no format. */
struct timestamp *timestamp_new(const char *text, struct err *err);
void timestamp_free(struct timestamp *timestamp);

struct timestamp_near {
	int64_t near_ms;	/* 0: nothing was read before; then latest_ms */
	int64_t latest_ms;	/* the time of arrival */
};

/* Wall ms, or 0: the record has none (always for "arrival"). */
int64_t timestamp_read(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near);

/* The same of a record that is read again later: it shows no order. */
int64_t timestamp_peek(struct timestamp *timestamp, struct span record,
    const struct timestamp_near *near);

/* What was shown of the order of day and month, as bytes.  changed: since it
 * was made, loaded, or said to be saved.  load: hostile bytes are welcome. */
bool timestamp_changed(const struct timestamp *timestamp);
void timestamp_save(const struct timestamp *timestamp, struct buf *out);
void timestamp_saved(struct timestamp *timestamp);
int timestamp_load(struct timestamp *timestamp, struct span saved,
    struct err *err);

/* The name of the format that was found last ("rfc3164"), for `explain`; or
 * NULL. */
const char *timestamp_format_name(const struct timestamp *timestamp);

#endif
