/*
 * alert_json: an alert as one JSON object, for the json preset, [exec]'s
 * standard input and [file].
 */
#ifndef CTAIL_MESSAGE_ALERT_JSON_H
#define CTAIL_MESSAGE_ALERT_JSON_H

#include "base/buf.h"
#include "message/alert.h"

/* The smallest bound: what is fixed in an alert must fit. */
#define ALERT_JSON_LEAST (192 * 1024)

/* Without a newline at the end.  The object stays within max bytes (0: no
 * bound): captures that do not fit are left out and counted in
 * "captures_left_out", then the oldest lines go, and "lines_cut": true says
 * so, then the records before and after ("context_cut").
 *
 * Members, in this order; later versions append:
 *   id incident kind rule severity subject hostname log file: strings
 *   offset: number   key: string   count: number
 *   first last made: RFC 3339, UTC
 *   events held_period_ms: numbers; hint_exclude hint_silence: strings; each
 *       only when there is one
 *   undecided: boolean   captures: object of strings   lines: strings
 *   before after: strings, when context was asked for
 *   match: [from, length] of what the pattern matched in the last of lines,
 *       in characters of it, when that is known
 *   times: {start: RFC 3339, width_ms: number, bins: 24 numbers}: how many
 *       records came in each of so many spans of time, when known
 *   report: string, of kind report: all of it as it is to be read; lines are
 *       then its first few.  Its last lines go when they do not fit, and
 *       report_cut: true says so */
void alert_json(const struct alert *alert, size_t max, struct buf *out);

#endif
