/*
 * http_reply: what the answer to a POST means.
 *
 * Two tables: how an exchange ended, and what its status says.  Hides what a
 * stranger's words may be repeated of.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/units.h"
#include "deliver/http_reply.h"
#include "message/json.h"

#define EXCERPT_MAX 200
#define DAY_S 86400

/* The first row that the status reaches from below decides. */
static const struct http_row {
	int from, to;
	struct http_meaning meaning;
} http_rows[] = {
    {300, 399,
	{OUTCOME_CONFIG, OUTCOME_OF_SINK, "redirects, which is not followed"}},
    {401, 401,
	{OUTCOME_CONFIG, OUTCOME_OF_SINK,
	    "does not accept the URL or its secret"}},
    {402, 402, {OUTCOME_REFUSED, OUTCOME_OF_ALERT, "refused the alert"}},
    {403, 403, {OUTCOME_CONFIG, OUTCOME_OF_SINK, "forbids it"}},
    {404, 404, {OUTCOME_CONFIG, OUTCOME_OF_SINK, "does not know the URL"}},
    {405, 405, {OUTCOME_CONFIG, OUTCOME_OF_SINK, "takes no POST at this URL"}},
    {407, 407,
	{OUTCOME_CONFIG, OUTCOME_OF_SINK,
	    "is behind a proxy that wants a password"}},
    {408, 408, {OUTCOME_RETRY, OUTCOME_OF_ALERT, "had waited too long"}},
    {410, 410,
	{OUTCOME_GONE, OUTCOME_OF_SINK, "says that the URL is gone for good"}},
    {413, 413,
	{OUTCOME_REFUSED, OUTCOME_OF_ALERT,
	    "says that the alert is too large"}},
    {425, 425, {OUTCOME_RETRY, OUTCOME_OF_ALERT, "wants it later"}},
    {429, 429, {OUTCOME_RETRY, OUTCOME_OF_SINK, "gets too many requests"}},
    {400, 499, {OUTCOME_REFUSED, OUTCOME_OF_ALERT, "refused the alert"}},
    {502, 504, {OUTCOME_RETRY, OUTCOME_OF_SINK, "is out of service"}},
    {500, 599, {OUTCOME_RETRY, OUTCOME_OF_ALERT, "has a fault"}},
    {0, 999, {OUTCOME_RETRY, OUTCOME_OF_SINK, "gave an unusual answer"}},
};

const struct http_meaning *
http_meaning_of(int status)
{
	const struct http_row *row = http_rows;
	const struct http_row *last =
	    http_rows + sizeof(http_rows) / sizeof(http_rows[0]) - 1;

	while (row < last && (status < row->from || status > row->to))
		row++;
	return &row->meaning;
}

/* --- Retry-After in a body ------------------------------------------------ */

/* The first three digits of a fraction; anything behind them rounds up. */
static int
http_parse_fraction(struct span digits, int64_t *ms_out)
{
	int64_t ms = 0, unit = 100;
	bool more = false;

	if (digits.len == 0)
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (!ascii_is_digit(digits.data[i]))
			return -1;
		ms += (digits.data[i] - '0') * unit;
		more = more || (unit == 0 && digits.data[i] != '0');
		unit /= 10;
	}
	*ms_out = ms + more;
	return 0;
}

/* "1", "0.35", "1.0" */
static int64_t
http_parse_seconds(struct span text)
{
	const char *point = memchr(text.data, '.', text.len);
	size_t len = point ? (size_t)(point - text.data) : text.len;
	int64_t seconds, ms = 0;

	if (number_parse(span_of(text.data, len), 0, DAY_S, &seconds, NULL))
		return 0;
	if (point &&
	    http_parse_fraction(span_of(point + 1, text.len - len - 1), &ms))
		return 0;
	return seconds < DAY_S ? seconds * 1000 + ms : DAY_S * 1000;
}

int64_t
http_retry_after(struct span reply, const char *path)
{
	struct buf value = BUF_INIT;
	int64_t wait = 0;

	if (path && json_path(reply, path, &value) && value.len > 0)
		wait = http_parse_seconds(buf_span(&value));
	buf_release(&value);
	return wait;
}

/* --- What may be repeated ------------------------------------------------- */

/* An error page says less than its status. */
static bool
http_is_markup(struct span reply)
{
	size_t at = 0;

	while (at < reply.len && ascii_is_space(reply.data[at]))
		at++;
	return at == reply.len || reply.data[at] == '<';
}

void
http_excerpt(
    struct span reply, const struct secrets *secrets, struct buf *out)
{
	if (http_is_markup(reply))
		return;
	if (secrets_are_in(secrets, reply)) {
		buf_add_str(out, SECRETS_WITHHELD);
		return;
	}
	buf_add(
	    out, reply.data, reply.len < EXCERPT_MAX ? reply.len : EXCERPT_MAX);
}

/* --- Outcomes ------------------------------------------------------------- */

static const struct http_end {
	enum transfer_ended ended;
	enum outcome_class class;
	const char *what;
} http_ends[] = {
    {TRANSFER_NO_HOST, OUTCOME_RETRY, "is not found"},
    {TRANSFER_NO_CONNECTION, OUTCOME_RETRY, "cannot be reached"},
    {TRANSFER_PROXY_REFUSED, OUTCOME_CONFIG, "is kept from us by the proxy"},
    {TRANSFER_TLS_FAILED, OUTCOME_RETRY, "fails at TLS"},
    {TRANSFER_UNTRUSTED, OUTCOME_CONFIG,
	"has a certificate that is not trusted"},
    {TRANSFER_PIN_WRONG, OUTCOME_CONFIG,
	"has another public key than tls_pin says"},
    {TRANSFER_OUR_CERTIFICATE, OUTCOME_CONFIG,
	"cannot be shown our certificate (cert_file, key_file)"},
    {TRANSFER_NO_AUTHORITY, OUTCOME_CONFIG,
	"cannot be trusted: ca_file cannot be used"},
    {TRANSFER_UNUSABLE, OUTCOME_CONFIG, "cannot be used"},
    {TRANSFER_BROKEN_OFF, OUTCOME_DOUBT, "broke off without an answer"},
    {TRANSFER_SEND_FAILED, OUTCOME_RETRY, "broke off"},
    {TRANSFER_TIMED_OUT, OUTCOME_DOUBT, "did not answer in time"},
    {TRANSFER_REPLY_BAD, OUTCOME_DOUBT, "gave an answer that is no HTTP"},
    {TRANSFER_OTHER, OUTCOME_RETRY, "cannot be talked to"},
};

static void
http_outcome_of_end(const struct http_answer *answer, struct outcome *out)
{
	size_t last = sizeof(http_ends) / sizeof(http_ends[0]) - 1;
	enum outcome_class class;
	size_t i = 0;

	while (i < last && http_ends[i].ended != answer->result->ended)
		i++;
	class = http_ends[i].class;
	if (class == OUTCOME_DOUBT && !answer->result->was_sent)
		class = OUTCOME_RETRY;
	outcome_set(out, class, 0, "%.*s %s: %s", (int)answer->host.len,
	    answer->host.data, http_ends[i].what, answer->result->text);
}

void
http_outcome_set(const struct http_answer *answer, enum outcome_class class,
    const char *what, struct outcome *out)
{
	const struct transfer_result *result = answer->result;
	struct buf excerpt = BUF_INIT;

	if (result->redirect_host[0])
		buf_addf(&excerpt, "to %s", result->redirect_host);
	else
		http_excerpt(answer->reply, answer->secrets, &excerpt);
	outcome_set(out, class, result->code, "%.*s %s (%d)%s%s",
	    (int)answer->host.len, answer->host.data, what, result->code,
	    excerpt.len ? ": " : "", buf_str(&excerpt));
	if (class == OUTCOME_RETRY)
		out->retry_after_ms =
		    result->retry_after_ms
			? result->retry_after_ms
			: http_retry_after(answer->reply, answer->retry_after);
	buf_release(&excerpt);
}

/* The first row that the status reaches decides. */
static const struct http_counsel {
	int from, to;
	const char *advice;
} http_counsels[] = {
    {200, 299,
	"check that url belongs to the service that preset names, and read "
	"its answer above"},
    {300, 399,
	"put the address it redirects to into url, if you trust it: what is "
	"secret does not follow a stranger's word"},
    {401, 401,
	"check the token or the URL with the service: it may have been "
	"replaced or taken back"},
    {403, 403,
	"check with the service what this token or URL may do; an address "
	"may be shut out as well"},
    {404, 404,
	"compare url with what the service shows, letter by letter; it may "
	"have been deleted there"},
    {405, 405, "check the path in url: it is a page, not a webhook"},
    {407, 407, "proxies that want a password cannot be used: ask for a way "
	       "without"},
    {410, 410, "get a new URL from the service: this one never works again"},
    {413, 413, "send less: fewer lines of context, or a template that says "
	       "less"},
    {429, 429, "nothing is wrong here: wait, or send fewer alerts there"},
    {400, 499,
	"read the service's answer; a template, or a value such as chat_id "
	"or topic, may not be what it wants"},
    {500, 599, "nothing is wrong here: look at the service, or wait"},
};

const char *
http_advice(const struct http_answer *answer)
{
	int code = answer->result->code;

	if (answer->result->ended != TRANSFER_DONE)
		return NULL;
	for (size_t i = 0; i < sizeof(http_counsels) / sizeof(http_counsels[0]);
	     i++) {
		if (code >= http_counsels[i].from &&
		    code <= http_counsels[i].to)
			return http_counsels[i].advice;
	}
	return NULL;
}

static bool
http_says(struct span reply, const char *words)
{
	return reply.len > 0 &&
	       memmem(reply.data, reply.len, words, strlen(words));
}

/* nginx answers with a page where another server ends the handshake. */
static bool
http_is_about_tls(const struct http_answer *answer)
{
	return answer->result->code == 400 && http_is_markup(answer->reply) &&
	       (http_says(answer->reply, "SSL certificate") ||
		   http_says(answer->reply, "HTTPS port"));
}

void
http_outcome(const struct http_answer *answer, struct outcome *out)
{
	const struct transfer_result *result = answer->result;
	const struct http_meaning *meaning;

	if (result->ended != TRANSFER_DONE) {
		http_outcome_of_end(answer, out);
		return;
	}
	if (result->code / 100 == 2) {
		outcome_set(out, OUTCOME_DELIVERED, result->code,
		    "taken by %.*s (%d)", (int)answer->host.len,
		    answer->host.data, result->code);
		return;
	}
	if (http_is_about_tls(answer)) {
		http_outcome_set(answer, OUTCOME_CONFIG,
		    "wants TLS with a client certificate that it trusts "
		    "(https://, cert_file, key_file)",
		    out);
		return;
	}
	meaning = http_meaning_of(result->code);
	http_outcome_set(answer, meaning->class, meaning->what, out);
	out->scope = meaning->scope;
}
