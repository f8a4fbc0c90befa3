/*
 * mail_report: cleans a report, and finds its headings again for HTML.
 *
 * A heading is a line above one of "=-=-" that is as long.  A log that has
 * such lines of its own gets a bold line in HTML, and nothing else.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "message/html.h"
#include "message/mail.h"
#include "message/mail_report.h"
#include "message/text.h"

/* A control grows to as much: ESC is "\x1B". */
#define GROWTH 4

_Static_assert((size_t)ALERT_REPORT_BYTES * GROWTH <= MAIL_REPORT_BYTES,
    "a cleaned report has room");

/* Takes a line off the front; false at the end. */
static bool
take_line(struct span *rest, struct span *line_out)
{
	const char *newline;

	if (!rest->len)
		return false;
	newline = memchr(rest->data, '\n', rest->len);
	*line_out = span_of(
	    rest->data, newline ? (size_t)(newline - rest->data) : rest->len);
	*rest = span_of(rest->data + line_out->len + (newline != NULL),
	    rest->len - line_out->len - (newline != NULL));
	return true;
}

void
mail_report_text(const struct alert *alert, struct buf *out)
{
	struct span rest = span_str(alert->report), line;

	while (take_line(&rest, &line)) {
		text_shown(out, line, SIZE_MAX);
		buf_add_byte(out, '\n');
	}
}

static bool
is_underline(struct span line, size_t len)
{
	if (!len || line.len != len)
		return false;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != (i % 2 ? '-' : '='))
			return false;
	return true;
}

/* Takes the underline too. */
static bool
take_heading(struct span *rest, struct span *line_out)
{
	struct span behind = *rest, under;

	if (!take_line(&behind, line_out) || !take_line(&behind, &under) ||
	    !is_underline(under, line_out->len))
		return false;
	*rest = behind;
	return true;
}

static void
add_line(struct buf *out, struct span line)
{
	struct buf shown = BUF_INIT;

	text_shown(&shown, line, SIZE_MAX);
	html_escape(out, buf_span(&shown));
	buf_release(&shown);
}

/* What is below a heading, without the empty line at its end. */
static void
add_lines(struct buf *out, struct span *rest)
{
	struct span line, heading, ahead;

	buf_add_str(out, "<pre class=\"text\" style=\"margin:0;"
			 "white-space:pre-wrap;" MAIL_MONOSPACE "\">\n");
	for (ahead = *rest; !take_heading(&ahead, &heading) &&
	     take_line(rest, &line);
	     ahead = *rest) {
		add_line(out, line);
		buf_add_byte(out, '\n');
	}
	while (out->len > 1 && out->data[out->len - 1] == '\n' &&
	       out->data[out->len - 2] == '\n')
		out->len--;
	buf_add_str(out, "</pre>\n");
}

void
mail_report_html(const struct alert *alert, struct buf *out)
{
	struct span rest = span_str(alert->report), heading;

	while (rest.len) {
		if (take_heading(&rest, &heading)) {
			buf_add_str(out, "<h2 style=\"font-size:1.1em;"
					 "margin:20px 0 4px\">");
			add_line(out, heading);
			buf_add_str(out, "</h2>\n");
		}
		add_lines(out, &rest);
	}
}
