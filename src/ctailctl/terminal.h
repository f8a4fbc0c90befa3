/*
 * terminal: how much room there is where people look at it.
 */
#ifndef CTAIL_CTAILCTL_TERMINAL_H
#define CTAIL_CTAILCTL_TERMINAL_H

#include <stddef.h>
#include "base/buf.h"
#include "base/span.h"

/* Columns of the terminal that is the standard output; 0 when it is none or
 * does not say (a serial line): then whatever reads it gets all of a line. */
size_t terminal_columns(void);

/* One line of text, as text_heading writes it; what would be beyond these
 * columns (3 at least) is replaced by "..." within them. */
void terminal_cut(struct buf *out, struct span text, size_t columns);

/* Columns that are left behind the last line of out: at least least, at most
 * most, and most where there is no terminal. */
size_t terminal_room(const struct buf *out, size_t least, size_t most);

#endif
