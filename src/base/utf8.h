/*
 * utf8: text that may not be text.
 *
 * Log lines are bytes.  Where they must become text, each maximal invalid
 * subpart becomes one U+FFFD (Unicode 15, section 3.9, table 3-8; what
 * Python's errors='replace' does).
 */
#ifndef CTAIL_BASE_UTF8_H
#define CTAIL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"

#define UTF8_REPLACEMENT 0xFFFDu

/* Decodes one character of a non-empty span; returns the bytes it used (at
 * least 1) and stores the code point, UTF8_REPLACEMENT for an invalid
 * subpart. */
size_t utf8_decode(struct span text, uint32_t *point_out);

void utf8_append(struct buf *out, uint32_t point);

bool utf8_valid(struct span text);

/* Appends the text with every invalid subpart replaced. */
void utf8_append_clean(struct buf *out, struct span text);

/* The largest length <= max that does not split a character. */
size_t utf8_cut(struct span text, size_t max);

/* True for C0, DEL, C1, U+2028, U+2029, and the bidirectional controls
 * (U+061C, U+200E, U+200F, U+202A..E, U+2066..9): what can forge the look of
 * a line.  Tab counts too. */
bool utf8_is_control(uint32_t point);

#endif
