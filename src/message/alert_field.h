/*
 * alert_field: parts of an alert that are several numbers in one field.
 *
 * Private to alert.c.  Decoding takes bytes that may be damaged: what it
 * accepts needs no further check.
 */
#ifndef CTAIL_MESSAGE_ALERT_FIELD_H
#define CTAIL_MESSAGE_ALERT_FIELD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "message/alert.h"

/* Where the pattern matched in the line whose field stands before; nothing
 * when that is not known. */
void alert_match_encode(const struct alert_line *line, struct buf *fields);
int alert_match_decode(struct span value, struct alert_line *line,
    struct err *err);

/* When the records came; nothing when that is not known. */
void alert_times_encode(const struct alert_times *times, struct buf *fields);
int alert_times_decode(struct span value, struct alert_times *out,
    struct err *err);

#endif
