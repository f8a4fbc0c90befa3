/*
 * The trace of an exchange: what is shown of it, and what never is.
 */
#include "config.h"

#include "deliver/transfer.h"
#include "deliver/transfer_trace.h"
#include "tap.h"

static struct buf shown;

static void
keep(void *arg, const char *text)
{
	(void)arg;
	buf_addf(&shown, "%s\n", text);
}

static const struct trace to = {keep, NULL};

/* The rows below are about s3cret, which is none of these: a line must be
 * withheld for its place. */
static const struct secrets secrets = {{{"quoted-back", 11}}, 1};

struct heard {
	char what; /* * note, > command, < reply, ) sent, ( got */
	const char *bytes;
};

static enum transfer_heard
kind_of(char what)
{
	switch (what) {
	case '*':
		return TRANSFER_HEARD_NOTE;
	case '>':
		return TRANSFER_HEARD_COMMAND;
	case '<':
		return TRANSFER_HEARD_REPLY;
	case ')':
		return TRANSFER_HEARD_SENT;
	default:
		return TRANSFER_HEARD_GOT;
	}
}

/* What is shown of these, which end with a row without bytes. */
static const char *
trace_of(enum transfer_talk talk, const struct heard *heard)
{
	struct transfer_trace trace;

	buf_reset(&shown);
	transfer_trace_init(&trace, talk, &to, &secrets);
	for (; heard->bytes; heard++)
		transfer_trace_hear(
		    &trace, kind_of(heard->what), span_str(heard->bytes));
	transfer_trace_end(&trace);
	transfer_trace_release(&trace);
	return buf_str(&shown);
}

static void
mail_shows(const struct heard *heard, const char *want, const char *sentence)
{
	IS_STR(trace_of(TRANSFER_TALK_MAIL, heard), want, sentence);
}

static void
post_shows(const struct heard *heard, const char *want, const char *sentence)
{
	IS_STR(trace_of(TRANSFER_TALK_POST, heard), want, sentence);
}

static void
test_mail(void)
{
	static const struct heard plain[] = {
	    {'*', "  Trying 127.0.0.1:25...\n"},
	    {'*', "Connected to localhost (127.0.0.1) port 25 (#0)\n"},
	    {'<', "220 mx ESMTP\r\n"}, {'>', "EHLO agent.test\r\n"},
	    {'<', "250-mx\r\n"}, {'<', "250 AUTH PLAIN\r\n"},
	    {'>', "AUTH PLAIN AGFsZXJ0AHMzY3JldA==\r\n"},
	    {'<', "235 2.7.0 hello alert, with s3cret\r\n"},
	    {'>', "MAIL FROM:<a@x>\r\n"}, {'<', "250 ok\r\n"},
	    {'>', "RCPT TO:<b@x>\r\n"}, {'<', "550 no such user\r\n"},
	    {'>', "DATA\r\n"}, {'<', "354 go\r\n"}, {')', "From: a@x\r\n"},
	    {')', "\r\nthe disk is on fire\r\n"}, {')', ".\r\n"},
	    {'<', "250 queued\r\n"}, {'*', "Closing connection 0\n"},
	    {'>', "QUIT\r\n"}, {' ', NULL}};
	static const struct heard login[] = {{'>', "AUTH LOGIN\r\n"},
	    {'<', "334 VXNlcm5hbWU6\r\n"}, {'>', "YWxlcnQ=\r\n"},
	    {'<', "334 UGFzc3dvcmQ6\r\n"}, {'>', "MAIL czNjcmV0\r\n"},
	    {'<', "535-5.7.8 s3cret is wrong\r\n"}, {'>', "QUIT\r\n"},
	    {'<', "535 5.7.8 s3cret\r\n"}, {'<', "550 open again\r\n"},
	    {' ', NULL}};
	static const struct heard odd[] = {{'>', "AUTH s3cret\r\n"},
	    {'<', "s3cret\r\n"}, {'<', "535 s3cret.1.1\r\n"},
	    {'>', "s3cret\r\n"}, {'>', "MAILs3cret\r\n"},
	    {'>', "AUTH AVERYLONGMECHANISMISNONE x\r\n"}, {' ', NULL}};

	mail_shows(plain,
	    "* Trying 127.0.0.1:25...\n"
	    "* Connected to localhost (127.0.0.1) port 25 (#0)\n"
	    "< 220 mx ESMTP\n> EHLO agent.test\n< 250-mx\n"
	    "< 250 AUTH PLAIN\n> AUTH PLAIN (not shown)\n"
	    "< 235 2.7.0 (not shown)\n> MAIL FROM:<a@x>\n< 250 ok\n"
	    "> RCPT TO:<b@x>\n< 550 no such user\n> DATA\n< 354 go\n"
	    "> (37 bytes, not shown)\n< 250 queued\n> QUIT\n",
	    "of a mail there is the dialogue, the login's mechanism, a size");
	mail_shows(login,
	    "> AUTH LOGIN (not shown)\n< 334 (not shown)\n> (not shown)\n"
	    "< 334 (not shown)\n> (not shown)\n< 535 5.7.8 (not shown)\n"
	    "> (not shown)\n< 535 5.7.8 (not shown)\n< 550 open again\n",
	    "of a login only codes, whatever looks like a command in it");
	mail_shows(odd,
	    "> AUTH (not shown)\n< (not shown)\n< 535 (not shown)\n"
	    "> (not shown)\n> (not shown)\n> AUTH (not shown)\n",
	    "what is no mechanism and no code is not shown");
}

static void
test_post(void)
{
	static const struct heard request[] = {
	    {'>', "POST /services/T0/s3cret?k=v HTTP/1.1\r\nHost: hooks"},
	    {'>', ".example\r\nAuthorization: Bear"}, {'>', "er a:s3cret\r"},
	    {'>', "\nContent-Type: application/json\r\nX-Env: s3cret\r\n"},
	    {'>', "webhook-id: 0af\r\n\r\n"}, {')', "{}"},
	    {'<', "HTTP/1.1 404 no /services/T0/s3cret\r\n"},
	    {'<', "Location: https://x/s3cret\r\n"}, {'<', "Server: x\r\n"},
	    {'<', "Set-Cookie: s3cret\r\n"}, {'<', "Retry-After: 7\r\n"},
	    {'<', "\r\n"}, {'(', "no s3cret"}, {' ', NULL}};
	static const struct heard odd[] = {{'>', "GET /s3cret HTTP/1.1\r\n"},
	    {'>', "a s3cret: x\r\n"}, {'>', ": s3cret\r\n"},
	    {'>', "CONNECT s3cret:443 HTTP/1.1\r\n"},
	    {'<', "HTTP/1.1 s3cret\r\n"}, {'<', "HTTP/1.1s3cret 200 x\r\n"},
	    {'<', "HTTP/2 200 \r\n"}, {'<', "s3cret\r\n"},
	    {'>', "Authorization: s3cret"}, {' ', NULL}};

	post_shows(request,
	    "> POST (not shown)\n> Host: hooks.example\n"
	    "> Authorization: (not shown)\n> Content-Type: application/json\n"
	    "> X-Env: (not shown)\n> webhook-id: 0af\n"
	    "> (2 bytes, not shown)\n< HTTP/1.1 404\n< Server: x\n"
	    "< Retry-After: 7\n< (9 bytes, not shown)\n",
	    "of a request there is its host, harmless headers, names, sizes");
	post_shows(odd,
	    "> (not shown)\n> (not shown)\n> (not shown)\n"
	    "> CONNECT (not shown)\n< HTTP/2 200\n",
	    "what is no header is not shown, nor half a line");
}

static void
test_notes(void)
{
	static const struct heard notes[] = {
	    {'*', "SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"},
	    {'*', "Server certificate:\n"}, {'*', " subject: CN=a\x1b[31mb\n"},
	    {'*', " expire date: Dec 22 21:00:00 2026 GMT\n"},
	    {'*', " issuer: CN=test ca\n"},
	    {'*', " SSL certificate verify ok.\n"},
	    {'*', " public key hash: sha256//abc=\n"},
	    {'*', "h2h3 [:path: /services/s3cret]\n"},
	    {'*', "Using HTTP2, s3cret\n"}, {'*', "\n"},
	    {'*', "Could not resolve host: nohost\n"}, {' ', NULL}};

	mail_shows(notes,
	    "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"
	    "* Server certificate:\n* subject: CN=a [31mb\n"
	    "* expire date: Dec 22 21:00:00 2026 GMT\n"
	    "* issuer: CN=test ca\n* SSL certificate verify ok.\n"
	    "* public key hash: sha256//abc=\n"
	    "* Could not resolve host: nohost\n",
	    "of libcurl's notes those are shown that we know, cleaned");
}

/* Places where words are shown, by servers that say back what they heard. */
static void
test_quoted(void)
{
	static const struct heard mail[] = {
	    {'<', "220 mx knows quoted-back\r\n"},
	    {'<', "250 cXVvdGVkLWJhY2s=\r\n"},
	    {'<', "550 no%20quoted%2dback\r\n"},
	    {'*', "subject: CN=quoted-back\n"},
	    {'<', "250 ok\r\n"}, {' ', NULL}};
	static const struct heard post[] = {
	    {'>', "User-Agent: quoted-back\r\n"},
	    {'<', "Server: quoted-back\r\n"},
	    {'<', "Content-Type: text/AGFsZXJ0AHF1b3RlZC1iYWNr\r\n"},
	    {'<', "Retry-After: 7\r\n"}, {' ', NULL}};

	mail_shows(mail,
	    "< (not shown: it repeats a secret)\n"
	    "< (not shown: it repeats a secret)\n"
	    "< (not shown: it repeats a secret)\n"
	    "* (not shown: it repeats a secret)\n< 250 ok\n",
	    "a mail server's line that repeats the password is withheld");
	post_shows(post,
	    "> (not shown: it repeats a secret)\n"
	    "< (not shown: it repeats a secret)\n"
	    "< (not shown: it repeats a secret)\n< Retry-After: 7\n",
	    "so is a header, of either side");
}

static void
test_bounds(void)
{
	struct transfer_trace trace;
	char longest[4000];
	size_t lines = 0, longest_line = 0, from = 0;

	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "550 ", 4);
	buf_reset(&shown);
	transfer_trace_init(&trace, TRANSFER_TALK_MAIL, &to, NULL);
	for (int i = 0; i < 1000; i++)
		transfer_trace_hear(&trace, TRANSFER_HEARD_REPLY,
		    span_of(longest, sizeof(longest)));
	transfer_trace_release(&trace);
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.data[i] != '\n')
			continue;
		if (i - from > longest_line)
			longest_line = i - from;
		from = i + 1;
		lines++;
	}
	IS_INT((long long)lines, TRANSFER_TRACE_LINES_MAX + 1,
	    "no exchange has more lines than it may have");
	IS_INT(
	    (long long)longest_line, TRACE_LINE_BYTES, "and no line is longer");
	OK(strstr(buf_str(&shown), "there is more"),
	    "it says that there is more");

	buf_reset(&shown);
	trace_line(NULL, TRACE_NOTE, span_str("x"));
	trace_lines(&to, TRACE_HEARD, span_str("one\n\ntwo\x01\nthree"));
	IS_STR(buf_str(&shown), "< one\n< two\n< three\n",
	    "a text is shown line by line; nobody need listen");
	buf_reset(&shown);
	for (int i = 0; i < 1000; i++)
		longest[i] = i % 2 ? '\n' : 'y';
	trace_lines(&to, TRACE_HEARD, span_of(longest, 1000));
	OK(strstr(buf_str(&shown), "there is more"), "and not without end");
}

static void
test_advice(void)
{
	for (int ended = TRANSFER_NO_HOST; ended < TRANSFER_OTHER; ended++)
		OK(transfer_advice((enum transfer_ended)ended),
		    "end %d has its advice", ended);
	OK(!transfer_advice(TRANSFER_DONE) && !transfer_advice(TRANSFER_OTHER),
	    "success and what we do not know have none");
	OK(!transfer_advice((enum transfer_ended)1000), "nor has nonsense");
}

int
main(void)
{
	test_mail();
	test_post();
	test_notes();
	test_quoted();
	test_bounds();
	test_advice();
	buf_release(&shown);
	return tap_done();
}
