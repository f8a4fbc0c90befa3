/*
 * trace: lines of a conversation, for send-test (struct trace: worker.h).
 *
 * Marked as curl(1) marks them, so that nobody has to learn a second way:
 * what is so, what we say, what the other end says; and what to check.
 */
#ifndef CTAIL_DELIVER_TRACE_H
#define CTAIL_DELIVER_TRACE_H

#include "deliver/worker.h"

enum trace_mark { TRACE_NOTE, TRACE_SAID, TRACE_HEARD, TRACE_ADVICE };

/* Cleaned and cut to TRACE_LINE_BYTES; trace may be NULL. */
void trace_line(
    const struct trace *trace, enum trace_mark mark, struct span text);
void trace_linef(const struct trace *trace, enum trace_mark mark,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Each line of a text that may be long: TRACE_LINES_MAX at most. */
void trace_lines(
    const struct trace *trace, enum trace_mark mark, struct span text);

#endif
