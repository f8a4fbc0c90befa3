/*
 * transfer_trace: what of an exchange may be shown.
 */
#include "config.h"

#include <inttypes.h>
#include <strings.h>

#include "base/ascii.h"
#include "deliver/transfer_trace.h"

#define HIDDEN "(not shown)"
#define PARTIAL_MAX 1024
#define MECHANISM_MAX 20

void
transfer_trace_init(struct transfer_trace *trace, enum transfer_talk talk,
    const struct trace *to, const struct secrets *secrets)
{
	*trace = (struct transfer_trace){
	    .trace = to, .secrets = secrets, .talk = talk};
}

void
transfer_trace_release(struct transfer_trace *trace)
{
	buf_release(&trace->partial[0]);
	buf_release(&trace->partial[1]);
}

static void
trace_add(struct transfer_trace *trace, enum trace_mark mark, struct span text)
{
	if (trace->lines == TRANSFER_TRACE_LINES_MAX)
		trace_line(trace->trace, TRACE_NOTE,
		    span_str("(there is more; it is not shown)"));
	if (trace->lines <= TRANSFER_TRACE_LINES_MAX)
		trace->lines++;
	if (trace->lines > TRANSFER_TRACE_LINES_MAX)
		return;
	if (secrets_are_in(trace->secrets, text))
		text = span_str(SECRETS_WITHHELD);
	trace_line(trace->trace, mark, text);
}

static void
trace_size(struct transfer_trace *trace, enum trace_mark mark, uint64_t *size)
{
	struct buf text = BUF_INIT;

	if (!*size)
		return;
	buf_addf(&text, "(%" PRIu64 " bytes, not shown)", *size);
	*size = 0;
	trace_add(trace, mark, buf_span(&text));
	buf_release(&text);
}

void
transfer_trace_end(struct transfer_trace *trace)
{
	trace_size(trace, TRACE_SAID, &trace->sent);
	trace_size(trace, TRACE_HEARD, &trace->got);
}

static bool
begins_with(struct span text, const char *start)
{
	size_t len = strlen(start);

	return text.len >= len && !strncasecmp(text.data, start, len);
}

/* --- Notes ---------------------------------------------------------------- */

/* As OpenSSL's and GnuTLS's sides of libcurl 7.88 to 8.16 begin them. */
static const char *const shown_notes[] = {"Trying ", "Connected to ",
    "Established connection to ", "connect to ", "Failed to connect ",
    "Could not resolve ", "Connection timed out", "Operation timed out",
    "Re-using existing ", "Reusing existing ", "SSL connection using ",
    "SSL certificate ", "SSL: ", "server certificate ",
    "subject: ", "start date: ", "expire date: ", "issuer: ", "common name: ",
    "subjectAltName: ", "subjectAltName does not match",
    "public key hash: ", "Server certificate:", "STARTTLS denied",
    "OpenSSL SSL_", NULL};

static void
hear_note(struct transfer_trace *trace, struct span line)
{
	for (size_t i = 0; shown_notes[i]; i++) {
		if (begins_with(line, shown_notes[i])) {
			trace_add(trace, TRACE_NOTE, line);
			return;
		}
	}
}

/* --- Mail ----------------------------------------------------------------- */

static const char *const shown_commands[] = {"EHLO", "HELO", "STARTTLS", "MAIL",
    "RCPT", "DATA", "RSET", "NOOP", "QUIT", NULL};

static struct span
first_word(struct span text)
{
	size_t len = 0;

	while (len < text.len && !span_blank(text.data[len]))
		len++;
	return span_of(text.data, len);
}

static bool
is_shown_command(struct span line)
{
	struct span verb = first_word(line);

	for (size_t i = 0; shown_commands[i]; i++) {
		if (span_is(verb, shown_commands[i]))
			return true;
	}
	return false;
}

/* PLAIN, CRAM-MD5, XOAUTH2: whatever else stands there is no mechanism. */
static struct span
mechanism_of(struct span line)
{
	struct span rest = span_trim(span_of(line.data + 4, line.len - 4));
	struct span word = first_word(rest);

	if (word.len > MECHANISM_MAX)
		return span_str("");
	for (size_t i = 0; i < word.len; i++) {
		char byte = word.data[i];

		if (!ascii_is_upper(byte) && !ascii_is_digit(byte) &&
		    byte != '-')
			return span_str("");
	}
	return word;
}

static void
hear_command(struct transfer_trace *trace, struct span line)
{
	struct buf shown = BUF_INIT;
	bool is_login = span_is(first_word(line), "AUTH");

	if (is_login) {
		struct span mechanism = mechanism_of(line);

		trace->in_login = true;
		buf_addf(&shown, "AUTH %.*s " HIDDEN, (int)mechanism.len,
		    mechanism.data);
	} else if (!trace->in_login && is_shown_command(line)) {
		buf_add_span(&shown, line);
	} else {
		buf_add_str(&shown, HIDDEN);
	}
	trace_add(trace, TRACE_SAID, buf_span(&shown));
	buf_release(&shown);
}

/* "5.7.8 " behind the code (RFC 3463), of digits and dots: no secret. */
static struct span
enhanced_code(struct span line)
{
	struct span rest = span_of(line.data + 4, line.len - 4);
	struct span word = first_word(rest);
	size_t dots = 0;

	if (word.len > 9)
		return span_str("");
	for (size_t i = 0; i < word.len; i++) {
		dots += word.data[i] == '.';
		if (word.data[i] != '.' && !ascii_is_digit(word.data[i]))
			return span_str("");
	}
	return dots == 2 ? word : span_str("");
}

static bool
is_reply(struct span line)
{
	return line.len >= 3 && ascii_is_digit(line.data[0]) &&
	       ascii_is_digit(line.data[1]) && ascii_is_digit(line.data[2]);
}

/* What a server says to a login might quote it. */
static void
hear_login_reply(struct transfer_trace *trace, struct span line)
{
	struct buf shown = BUF_INIT;
	bool is_last = line.len == 3 || line.data[3] != '-';
	struct span code = line.len > 3 ? enhanced_code(line) : span_str("");

	buf_add(&shown, line.data, 3);
	if (code.len > 0)
		buf_addf(&shown, " %.*s", (int)code.len, code.data);
	if (line.len > 4)
		buf_add_str(&shown, " " HIDDEN);
	trace_add(trace, TRACE_HEARD, buf_span(&shown));
	buf_release(&shown);
	if (is_last && line.data[0] != '3')
		trace->in_login = false;
}

static void
hear_reply(struct transfer_trace *trace, struct span line)
{
	if (!trace->in_login)
		trace_add(trace, TRACE_HEARD, line);
	else if (is_reply(line))
		hear_login_reply(trace, line);
	else
		trace_add(trace, TRACE_HEARD, span_str(HIDDEN));
}

/* --- Requests ------------------------------------------------------------- */

static const char *const harmless_headers[] = {"Host", "User-Agent", "Accept",
    "Content-Type", "Content-Length", "Transfer-Encoding", "webhook-id",
    "Idempotency-Key", "Retry-After", "Server", NULL};

static bool
is_harmless(struct span name)
{
	for (size_t i = 0; harmless_headers[i]; i++) {
		if (name.len == strlen(harmless_headers[i]) &&
		    begins_with(name, harmless_headers[i]))
			return true;
	}
	return false;
}

static bool
split_header(struct span line, struct span *name)
{
	const char *colon = line.len ? memchr(line.data, ':', line.len) : NULL;

	if (!colon)
		return false;
	*name = span_of(line.data, (size_t)(colon - line.data));
	for (size_t i = 0; i < name->len; i++) {
		if (!ascii_is_word(name->data[i]) && name->data[i] != '-')
			return false;
	}
	return name->len > 0;
}

/* "POST /services/SECRET HTTP/1.1": the path is the password. */
static void
hear_request(struct transfer_trace *trace, struct span line)
{
	struct buf shown = BUF_INIT;
	struct span name;

	if (begins_with(line, "POST "))
		buf_add_str(&shown, "POST " HIDDEN);
	else if (begins_with(line, "CONNECT "))
		buf_add_str(&shown, "CONNECT " HIDDEN);
	else if (!split_header(line, &name))
		buf_add_str(&shown, line.len ? HIDDEN : "");
	else if (is_harmless(name))
		buf_add_span(&shown, line);
	else
		buf_addf(&shown, "%.*s: " HIDDEN, (int)name.len, name.data);
	if (shown.len > 0)
		trace_add(trace, TRACE_SAID, buf_span(&shown));
	buf_release(&shown);
}

/* The words behind a status might repeat the request. */
static void
hear_answer(struct transfer_trace *trace, struct span line)
{
	struct span name;

	if (begins_with(line, "HTTP/")) {
		struct span version = first_word(line);
		size_t len = version.len;

		if (version.len <= 8 && line.len - len >= 4 &&
		    is_reply(span_of(line.data + len + 1, 3)))
			trace_add(
			    trace, TRACE_HEARD, span_of(line.data, len + 4));
	} else if (split_header(line, &name) && is_harmless(name)) {
		trace_add(trace, TRACE_HEARD, line);
	}
}

/* --- Lines ---------------------------------------------------------------- */

typedef void hear_line(struct transfer_trace *trace, struct span line);

static struct span
without_end(struct span line)
{
	while (line.len > 0 && (line.data[line.len - 1] == '\n' ||
				   line.data[line.len - 1] == '\r'))
		line.len--;
	return line;
}

/* A head comes in pieces; a line is judged when it is whole, or its value
 * might pass for a name. */
static void
hear_pieces(struct transfer_trace *trace, struct buf *partial,
    struct span bytes, hear_line *hear)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.data[i] != '\n') {
			if (partial->len < PARTIAL_MAX)
				buf_add_byte(partial, bytes.data[i]);
			continue;
		}
		hear(trace, without_end(buf_span(partial)));
		buf_reset(partial);
	}
}

static void
hear_lines(struct transfer_trace *trace, struct span bytes, hear_line *hear)
{
	while (bytes.len > 0) {
		const char *end = memchr(bytes.data, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.data) + 1 : bytes.len;

		hear(trace, span_trim(without_end(span_of(bytes.data, len))));
		bytes = span_of(bytes.data + len, bytes.len - len);
	}
}

static void
hear_head(
    struct transfer_trace *trace, enum transfer_heard what, struct span bytes)
{
	bool is_ours = what == TRANSFER_HEARD_COMMAND;

	transfer_trace_end(trace);

	/* libcurl hears each command at once, and nothing of the rest of one
	 * that was not sent at once. */
	if (trace->talk == TRANSFER_TALK_MAIL)
		hear_lines(trace, bytes, is_ours ? hear_command : hear_reply);
	else
		hear_pieces(trace, &trace->partial[!is_ours], bytes,
		    is_ours ? hear_request : hear_answer);
}

void
transfer_trace_hear(
    struct transfer_trace *trace, enum transfer_heard what, struct span bytes)
{
	switch (what) {
	case TRANSFER_HEARD_NOTE:
		hear_lines(trace, bytes, hear_note);
		break;
	case TRANSFER_HEARD_COMMAND:
	case TRANSFER_HEARD_REPLY:
		hear_head(trace, what, bytes);
		break;
	case TRANSFER_HEARD_SENT:
		trace->sent += bytes.len;
		break;
	case TRANSFER_HEARD_GOT:
		trace->got += bytes.len;
		break;
	}
}
