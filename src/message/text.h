/*
 * text: log bytes as text that a person may safely look at.
 *
 * What control characters can do to a terminal, a header or a reader's eye
 * ends here; invalid UTF-8 becomes U+FFFD.
 */
#ifndef CTAIL_MESSAGE_TEXT_H
#define CTAIL_MESSAGE_TEXT_H

#include <stddef.h>
#include "base/buf.h"
#include "base/span.h"

/* One line for a header or a heading: every control is a blank, outer blanks
 * are off, and what exceeds max characters is replaced by "...". */
void text_heading(struct buf *out, struct span text, size_t max);

/* One line to be looked at closely: controls are spelled \xNN or \u{NNNN},
 * tabs stay, and behind max characters stands how many bytes were left
 * out. */
void text_shown(struct buf *out, struct span text, size_t max);

/* A record of one or more lines: each as above, the first behind prefix, the
 * others behind prefix and an indentation, so that they cannot be taken for
 * something that ctail says.  Ends with a newline. */
void text_record(struct buf *out, const char *prefix, struct span text,
    size_t max);

/* A part of a text, in bytes; from == to: none. */
struct text_part {
	size_t from, to;
};

/* The same, and where in out the characters are that the part of the text
 * touches; none where they were left out. */
void text_record_part(struct buf *out, const char *prefix, struct span text,
    size_t max, const struct text_part *part, struct text_part *part_out);

#endif
