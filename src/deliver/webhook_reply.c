/*
 * webhook_reply: what a web service's answer means.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/units.h"
#include "deliver/webhook_reply.h"
#include "message/json.h"

#define EXCERPT_MAX 200
#define SECRET_PART_MIN 6
#define DAY_S 86400

/* The first row that the status reaches from below decides. */
static const struct webhook_row {
	int from, to;
	struct webhook_meaning meaning;
} webhook_rows[] = {
    {300, 399, {OUTCOME_CONFIG, "redirects, which is not followed"}},
    {401, 401, {OUTCOME_CONFIG, "does not accept the URL or its secret"}},
    {402, 402, {OUTCOME_REFUSED, "refused the alert"}},
    {403, 403, {OUTCOME_CONFIG, "forbids it"}},
    {404, 404, {OUTCOME_CONFIG, "does not know the URL"}},
    {405, 405, {OUTCOME_CONFIG, "takes no POST at this URL"}},
    {407, 407, {OUTCOME_CONFIG, "is behind a proxy that wants a password"}},
    {408, 408, {OUTCOME_RETRY, "had waited too long"}},
    {410, 410, {OUTCOME_CONFIG, "says that the URL is gone for good"}},
    {413, 413, {OUTCOME_REFUSED, "says that the alert is too large"}},
    {425, 425, {OUTCOME_RETRY, "wants it later"}},
    {429, 429, {OUTCOME_RETRY, "gets too many requests"}},
    {400, 499, {OUTCOME_REFUSED, "refused the alert"}},
    {500, 599, {OUTCOME_RETRY, "has a fault"}},
    {0, 999, {OUTCOME_RETRY, "gave an unusual answer"}},
};

const struct webhook_meaning *
webhook_meaning_of(int status)
{
	const struct webhook_row *row = webhook_rows;
	const struct webhook_row *last =
	    webhook_rows + sizeof(webhook_rows) / sizeof(webhook_rows[0]) - 1;

	while (row < last && (status < row->from || status > row->to))
		row++;
	return &row->meaning;
}

/* Whole seconds, rounded up: "1", "0.35", "1.0". */
static int64_t
webhook_parse_seconds(struct span text)
{
	const char *point = memchr(text.data, '.', text.len);
	size_t len = point ? (size_t)(point - text.data) : text.len;
	int64_t seconds;

	if (number_parse(span_of(text.data, len), 0, DAY_S, &seconds, NULL))
		return 0;
	return (seconds + (point != NULL)) * 1000;
}

int64_t
webhook_retry_after(struct span reply)
{
	struct buf value = BUF_INIT;
	int64_t wait = 0;

	if (json_member(reply, "retry_after", &value) && value.len > 0)
		wait = webhook_parse_seconds(buf_span(&value));
	buf_release(&value);
	return wait;
}

static bool
webhook_repeats(struct span reply, struct span secret)
{
	size_t at = 0;

	while (at < secret.len) {
		const char *part = secret.data + at;
		size_t len = 0;

		while (at + len < secret.len && !strchr("/?&=#: \t", part[len]))
			len++;
		if (len >= SECRET_PART_MIN &&
		    memmem(reply.data, reply.len, part, len))
			return true;
		at += len + 1;
	}
	return false;
}

/* An error page says less than its status. */
static bool
webhook_is_markup(struct span reply)
{
	size_t at = 0;

	while (at < reply.len && isspace((unsigned char)reply.data[at]))
		at++;
	return at == reply.len || reply.data[at] == '<';
}

void
webhook_excerpt(
    struct span reply, const struct webhook_secrets *secrets, struct buf *out)
{
	if (webhook_is_markup(reply) ||
	    webhook_repeats(reply, secrets->url_rest) ||
	    webhook_repeats(reply, secrets->authorization))
		return;
	buf_add(
	    out, reply.data, reply.len < EXCERPT_MAX ? reply.len : EXCERPT_MAX);
}
