/*
 * http_exchange: one POST to a service, and the lines of its head.
 *
 * Only ctail-send links it.
 */
#ifndef CTAIL_DELIVER_HTTP_EXCHANGE_H
#define CTAIL_DELIVER_HTTP_EXCHANGE_H

#include "base/buf.h"
#include "base/err.h"
#include "deliver/sink_url.h"
#include "deliver/transfer.h"

#define HTTP_HEADERS_MAX 48

/* Some may be secret: all are wiped at the release. */
struct http_headers {
	struct buf lines[HTTP_HEADERS_MAX];
	size_t count;
};

#define HTTP_HEADERS_INIT {{BUF_INIT}, 0}

/* prefix is the name, a colon and a blank, and what else comes before the
 * value ("Authorization: Bearer "). */
void http_headers_add(
    struct http_headers *headers, const char *prefix, struct span value);
void http_headers_release(struct http_headers *headers);

/* To whom; borrowed. */
struct http_peer {
	const char *url;
	const struct sink_url *parts;	/* of url */
	const struct tls_settings *trust;
	const char *proxy;		/* NULL: none */
	int64_t timeout_ms;
	const struct trace *trace;
	const struct secrets *secrets;
};

/* reply gets at most TRANSFER_REPLY_MAX bytes. */
void http_post(struct transfer *transfer, const struct http_peer *peer,
    struct http_headers *headers, struct span body, struct buf *reply,
    struct transfer_result *out);

#endif
