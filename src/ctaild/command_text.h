/*
 * command_text: what commands print, for a terminal of 80 columns.
 */
#ifndef CTAIL_CTAILD_COMMAND_TEXT_H
#define CTAIL_CTAILD_COMMAND_TEXT_H

#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

#define TEXT_COLUMNS 79

/* Control bytes as `?': none of a log line or a name reaches the terminal. */
void text_add_clean(struct buf *out, struct span text);

/* A rough "3d", "2h", "5m", "12s" for people. */
void text_add_age(struct buf *out, int64_t ms);

/* ", WORDS" behind what stands on this line; where that would be too long, on
 * a line of its own, indented, and broken at its blanks if need be.  Cleaned
 * as above. */
void text_add_item(struct buf *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
