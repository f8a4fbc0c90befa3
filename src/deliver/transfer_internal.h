/*
 * transfer_internal: what the files of transfer share.  The only includer of
 * <curl/curl.h>.
 *
 * transfer.c sets the options that every exchange has and knows what an end
 * means; transfer_mail.c, transfer_post.c and transfer_stream.c add one kind
 * of exchange each.
 */
#ifndef CTAIL_DELIVER_TRANSFER_INTERNAL_H
#define CTAIL_DELIVER_TRANSFER_INTERNAL_H

#include <curl/curl.h>

#include "deliver/transfer.h"
#include "deliver/transfer_trace.h"

struct transfer {
	CURL *curl;
	bool streams;		/* a bare connection is open */
};

/* The callbacks' view of one exchange. */
struct exchange {
	const struct transfer_mail *mail;
	size_t read;			/* of the message */
	struct buf *reply;
	struct transfer_trace *trace;	/* NULL: nobody listens */
	char error_text[CURL_ERROR_SIZE];
	char alert_text[TRANSFER_TEXT_MAX];	/* a TLS alert, in OpenSSL's
						 * words */
};

/* Sets what every exchange has; -1 when this libcurl cannot do something that
 * we depend on: then nothing is sent.  exchange must live as long as the
 * connection is used. */
int transfer_begin(struct transfer *transfer, const struct transfer_peer *peer,
    struct exchange *exchange);

/* What became of it. */
void transfer_finish(
    CURL *curl, CURLcode rc, struct exchange *exchange,
    struct transfer_result *out);
void transfer_unusable(
    const struct exchange *exchange, struct transfer_result *out);

/* A libcurl that does not start is fatal: NULL and err. */
CURL *transfer_curl(struct err *err);

/* libcurl's list of copied lines; NULL when memory is out. */
struct curl_slist *transfer_list(const char *const *lines);

/* What a person can do, for whoever listens. */
void transfer_advise(const struct transfer_peer *peer,
    const struct transfer_result *result);

#endif
