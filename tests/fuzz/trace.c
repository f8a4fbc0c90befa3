/*
 * Fuzzes the trace filter: whatever is heard, in whatever pieces, the lines
 * are short, clean and few, and the secret is in none of them.
 *
 * The first byte says of what the talk is; a byte 0xFF parts the rest into
 * pieces, whose first byte says who spoke.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "deliver/transfer_trace.h"
#include "fuzz/fuzz.h"

#define SECRET "hunter2hunter2"

static void
on_line(void *arg, const char *text)
{
	size_t *lines = arg;

	if (++*lines > TRANSFER_TRACE_LINES_MAX + 8)
		abort();
	if (strlen(text) > TRACE_LINE_BYTES || strchr(text, '\n') ||
	    !utf8_valid(span_str(text)) || strstr(text, SECRET))
		abort();
}

static void
hear_secret(struct transfer_trace *trace)
{
	/* What came before may have left half a line. */
	transfer_trace_hear(trace, TRANSFER_HEARD_COMMAND, span_str("\n"));
	transfer_trace_hear(trace, TRANSFER_HEARD_REPLY, span_str("\n"));
	transfer_trace_hear(trace, TRANSFER_HEARD_COMMAND,
	    span_str(trace->talk == TRANSFER_TALK_MAIL
			 ? "AUTH PLAIN " SECRET "\r\n"
			 : "POST /" SECRET " HTTP/1.1\r\nA: " SECRET "\r\n"));
	transfer_trace_hear(trace, TRANSFER_HEARD_REPLY,
	    span_str(trace->talk == TRANSFER_TALK_MAIL
			 ? "535 " SECRET "\r\n"
			 : "HTTP/1.1 404 " SECRET "\r\nX: " SECRET "\r\n"));
	transfer_trace_hear(trace, TRANSFER_HEARD_SENT, span_str(SECRET));
	transfer_trace_hear(trace, TRANSFER_HEARD_GOT, span_str(SECRET));
	transfer_trace_hear(trace, TRANSFER_HEARD_NOTE, span_str(SECRET));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct transfer_trace trace;
	struct secrets secrets = SECRETS_INIT;
	size_t lines = 0;
	const struct trace to = {on_line, &lines};

	if (len == 0)
		return 0;
	secrets_add(&secrets, span_str(SECRET));
	transfer_trace_init(&trace,
	    bytes[0] % 2 ? TRANSFER_TALK_POST : TRANSFER_TALK_MAIL, &to,
	    &secrets);
	for (size_t at = 1; at < len;) {
		const uint8_t *end = memchr(bytes + at, 0xFF, len - at);
		size_t piece = end ? (size_t)(end - bytes) - at : len - at;

		if (piece > 0)
			transfer_trace_hear(&trace,
			    (enum transfer_heard)(bytes[at] % 5),
			    span_of((const char *)bytes + at + 1, piece - 1));
		at += piece + 1;
	}
	hear_secret(&trace);
	transfer_trace_end(&trace);
	transfer_trace_release(&trace);
	return 0;
}
