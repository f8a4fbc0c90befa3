/*
 * terminal: how much room there is where people look at it.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "ctailctl/terminal.h"
#include "message/text.h"

#define DOTS "..."
#define COLUMNS_MIN 20 /* what is narrower is none, or not meant */

size_t
terminal_columns(void)
{
	struct winsize window;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) ||
	    window.ws_col < COLUMNS_MIN)
		return 0;
	return window.ws_col;
}

/* The locale says it only where there is one, and logs are UTF-8 anyway. */
static size_t
columns_of(uint32_t point)
{
	static const struct {
		uint32_t first, last;
		size_t columns;
	} ranges[] = {{0x300, 0x36F, 0}, {0x1100, 0x115F, 2},
	    {0x200B, 0x200D, 0}, {0x2E80, 0x303E, 2}, {0x3041, 0xA4CF, 2},
	    {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},
	    {0xFE30, 0xFE6F, 2}, {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2},
	    {0x1F300, 0x1F64F, 2}, {0x1F680, 0x1F6FF, 2}, {0x1F900, 0x1F9FF, 2},
	    {0x20000, 0x3FFFD, 2}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return ranges[i].columns;
	return 1;
}

/* How much of the text has room in so many columns. */
static struct span
fitting(struct span text, size_t columns)
{
	size_t used = 0, len = 0, taken;
	uint32_t point;

	while (len < text.len) {
		taken = utf8_decode(
		    span_of(text.data + len, text.len - len), &point);
		used += columns_of(point);
		if (used > columns)
			break;
		len += taken;
	}
	return span_of(text.data, len);
}

void
terminal_cut(struct buf *out, struct span text, size_t columns)
{
	struct buf whole = BUF_INIT;
	struct span fits;

	text_heading(&whole, text, SIZE_MAX);
	fits = fitting(buf_span(&whole), columns);
	if (fits.len == whole.len) {
		buf_add_span(out, fits);
	} else {
		buf_add_span(
		    out, fitting(fits, columns - strlen(DOTS)));
		buf_add_str(out, DOTS);
	}
	buf_release(&whole);
}

size_t
terminal_room(const struct buf *out, size_t least, size_t most)
{
	const char *newline =
	    out->len ? memrchr(out->data, '\n', out->len) : NULL;
	size_t column =
	    newline ? out->len - (size_t)(newline + 1 - out->data) : out->len;
	size_t columns = terminal_columns(), room;

	if (!columns)
		return most;
	room = columns > column + least ? columns - column : least;
	return room < most ? room : most;
}
