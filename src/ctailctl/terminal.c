/*
 * terminal: how much room there is where people look at it.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctailctl/terminal.h"
#include "message/text.h"

#define DOTS 3

size_t
terminal_columns(void)
{
	struct winsize window;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) ? 0 : window.ws_col;
}

void
terminal_cut(struct buf *out, struct span text, size_t columns)
{
	struct buf whole = BUF_INIT, cut = BUF_INIT;

	text_heading(&whole, text, SIZE_MAX);
	text_heading(&cut, text, columns);
	if (columns > DOTS && !span_equal(buf_span(&cut), buf_span(&whole))) {
		buf_reset(&cut);
		text_heading(&cut, text, columns - DOTS);
	}
	buf_add_span(out, buf_span(&cut));
	buf_release(&whole);
	buf_release(&cut);
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
