/*
 * preset_room: counting text in the units of services.
 */
#include "config.h"

#include "base/utf8.h"
#include "message/json.h"
#include "message/preset_room.h"

struct preset_room
preset_room_left(
    const struct buf *out, size_t start, size_t max_bytes, size_t tail)
{
	size_t used = out->len - start + tail;
	size_t left = used < max_bytes ? max_bytes - used : 0;

	return (struct preset_room){
	    .unit = PRESET_BYTES, .units = left, .bytes = left};
}

static size_t
units_of(uint32_t point, size_t len, enum preset_unit unit)
{
	if (unit == PRESET_BYTES)
		return len;
	return unit == PRESET_UTF16 && point > 0xFFFF ? 2 : 1;
}

size_t
preset_units(struct span text, enum preset_unit unit)
{
	size_t units = 0, len;
	uint32_t point;

	for (size_t i = 0; i < text.len; i += len) {
		len = utf8_decode(span_of(text.data + i, text.len - i), &point);
		units += units_of(point, len, unit);
	}
	return units;
}

static size_t
encoded_bytes(struct span text, size_t newline_bytes)
{
	struct buf escaped = BUF_INIT;
	size_t bytes;

	json_escape(&escaped, text);
	bytes = escaped.len;
	buf_release(&escaped);
	for (size_t i = 0; newline_bytes > 0 && i < text.len; i++) {
		if (text.data[i] == '\n')
			bytes += newline_bytes;
	}
	return bytes;
}

bool
preset_room_take(struct preset_room *room, struct span text)
{
	size_t units = preset_units(text, room->unit);
	size_t bytes;

	if (units > room->units)
		return false;
	bytes = encoded_bytes(text, room->newline_bytes);
	if (bytes > room->bytes)
		return false;
	room->units -= units;
	room->bytes -= bytes;
	return true;
}
