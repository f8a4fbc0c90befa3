/*
 * trace: lines of a conversation, for send-test.
 */
#include "config.h"

#include <stdarg.h>

#include "base/buf.h"
#include "deliver/outcome.h"
#include "deliver/trace.h"

#define MARK_LEN 2

static const char *const trace_marks[] = {
    [TRACE_NOTE] = "* ",
    [TRACE_SAID] = "> ",
    [TRACE_HEARD] = "< ",
    [TRACE_ADVICE] = "! ",
};

void
trace_line(const struct trace *trace, enum trace_mark mark, struct span text)
{
	char line[TRACE_LINE_BYTES + 1];

	if (!trace)
		return;
	memcpy(line, trace_marks[mark], MARK_LEN);
	outcome_clean(text, line + MARK_LEN, sizeof(line) - MARK_LEN);
	if (line[MARK_LEN])
		trace->line(trace->arg, line);
}

void
trace_linef(
    const struct trace *trace, enum trace_mark mark, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	if (!trace)
		return;
	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	trace_line(trace, mark, buf_span(&text));
	buf_release(&text);
}

void
trace_lines(const struct trace *trace, enum trace_mark mark, struct span text)
{
	for (size_t i = 0; trace && text.len > 0; i++) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;

		if (i == TRACE_LINES_MAX) {
			trace_line(trace, TRACE_NOTE,
			    span_str("(there is more; it is not shown)"));
			return;
		}
		trace_line(trace, mark, span_of(text.data, len));
		len += end != NULL;
		text = span_of(text.data + len, text.len - len);
	}
}
