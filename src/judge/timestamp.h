/*
 * timestamp: the time that a record says of itself.
 *
 * A reader is made from the `timestamp` key of a [log]: "auto", "arrival", or
 * a strptime(3) format that stands somewhere at the record's beginning.
 * "auto" knows the usual formats (timestamp.c has the table): RFC 3164, RFC
 * 3339 and ISO 8601 with space, T, comma or point fractions and with or
 * without a zone, seconds and milliseconds since 1970, the common log format,
 * nginx's and Apache's error logs, klog, Python and Java logging, Windows
 * exports.  It looks at the first TIMESTAMP_REACH bytes only, and tries the
 * format that was found last before the others.
 *
 * What a format leaves open is taken from near_ms: a missing year becomes the
 * one that brings the time nearest to it, an hour that daylight saving makes
 * ambiguous too.  Times without a zone are local.  Nothing is believed that
 * is no valid date.
 */
#ifndef CTAIL_JUDGE_TIMESTAMP_H
#define CTAIL_JUDGE_TIMESTAMP_H

#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

#define TIMESTAMP_REACH 128

struct timestamp;

/* NULL with a sentence when the text is no format. */
struct timestamp *timestamp_new(const char *text, struct err *err);
void timestamp_free(struct timestamp *timestamp);

/* Wall ms, or 0: the record has none (always for "arrival"). */
int64_t timestamp_read(struct timestamp *timestamp, struct span record,
    int64_t near_ms);

/* The name of the format that was found last ("rfc3164"), for `explain`; or
 * NULL. */
const char *timestamp_format_name(const struct timestamp *timestamp);

#endif
