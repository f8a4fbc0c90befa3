/*
 * http_reply: what the answer to a POST means.  Pure.
 */
#ifndef CTAIL_DELIVER_HTTP_REPLY_H
#define CTAIL_DELIVER_HTTP_REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "deliver/outcome.h"
#include "deliver/secrets.h"
#include "deliver/transfer.h"

struct http_meaning {
	enum outcome_class class;
	enum outcome_scope scope;
	const char *what;
};

/* Of any status that is not a success. */
const struct http_meaning *http_meaning_of(int status);

/* Milliseconds from the number of seconds, maybe with a fraction, that a reply
 * has at this path ("retry_after", "parameters.retry_after"), bounded to a
 * day; 0 without one, or without a path. */
int64_t http_retry_after(struct span reply, const char *path);

/* The reply's beginning for a person; nothing when it is an error page, and
 * only that there was one when it repeats a secret. */
void http_excerpt(struct span reply, const struct secrets *secrets,
    struct buf *out);

/* One exchange that is over. */
struct http_answer {
	struct span host;		/* as it is to be called */
	const struct transfer_result *result;
	struct span reply;
	const char *retry_after;	/* path in the reply; NULL: nowhere */
	const struct secrets *secrets;
};

/* What a person can do about an answer that is no success; NULL where there
 * was none: transfer_advice knows that. */
const char *http_advice(const struct http_answer *answer);

/* The outcome by the end of the exchange and the status alone. */
void http_outcome(const struct http_answer *answer, struct outcome *out);

/* The same class and words with an excerpt of the reply, for who knows better
 * than the status; a RETRY gets the time that the server wishes for. */
void http_outcome_set(const struct http_answer *answer,
    enum outcome_class class, const char *what, struct outcome *out);

#endif
