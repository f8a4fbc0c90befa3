/*
 * preset_room: how much a service still takes, in its own unit.
 *
 * Services count bytes, characters or UTF-16 units of what they show, and
 * bytes of what they are sent; text must stay within both.  Text here is
 * clean UTF-8 (message/text.h).
 */
#ifndef CTAIL_MESSAGE_PRESET_ROOM_H
#define CTAIL_MESSAGE_PRESET_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buf.h"
#include "base/span.h"

enum preset_unit {
	PRESET_BYTES,
	PRESET_RUNES,		/* code points */
	PRESET_UTF16,
};

struct preset_room {
	enum preset_unit unit;
	size_t units;		/* of the text */
	size_t bytes;		/* of its form in a JSON string */
	size_t newline_bytes;	/* what a newline costs beside, where lines
				 * become objects */
};

/* What is left of a body of at most max_bytes that begins at start of out
 * and needs tail more bytes besides the text. */
struct preset_room preset_room_left(const struct buf *out, size_t start,
    size_t max_bytes, size_t tail);

size_t preset_units(struct span text, enum preset_unit unit);

/* Whether it fits; if so, it takes its room. */
bool preset_room_take(struct preset_room *room, struct span text);

#endif
