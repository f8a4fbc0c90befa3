/*
 * http_exchange: one POST to a service, and the lines of its head.
 */
#include "config.h"

#include "base/bug.h"
#include "deliver/http_exchange.h"
#include "deliver/secret.h"

void
http_headers_add(
    struct http_headers *headers, const char *prefix, struct span value)
{
	struct buf *line;

	if (headers->count == HTTP_HEADERS_MAX)
		BUG("more than %d headers", HTTP_HEADERS_MAX);
	line = &headers->lines[headers->count++];

	/* Room for all at once: growing would leave copies behind. */
	buf_reserve(line, strlen(prefix) + value.len + 1);
	buf_add_str(line, prefix);
	buf_add_span(line, value);
}

void
http_headers_release(struct http_headers *headers)
{
	for (size_t i = 0; i < headers->count; i++)
		secret_wipe(&headers->lines[i]);
	headers->count = 0;
}

void
http_post(struct transfer *transfer, const struct http_peer *peer,
    struct http_headers *headers, struct span body, struct buf *reply,
    struct transfer_result *out)
{
	const char *lines[HTTP_HEADERS_MAX + 2] = {"Expect:"};
	const struct transfer_peer to = {
	    .url = peer->url,
	    .protocols = sink_url_is(peer->parts, "https") ? "https" : "http",
	    .tls = peer->trust,
	    .proxy = peer->proxy,
	    .timeout_ms = peer->timeout_ms,
	    .stall_ms = peer->timeout_ms / 2,
	    .trace = peer->trace,
	    .secrets = peer->secrets,
	};
	const struct transfer_post post = {lines, body};

	for (size_t i = 0; i < headers->count; i++)
		lines[i + 1] = buf_str(&headers->lines[i]);
	transfer_post(transfer, &to, &post, reply, out);
}
