/*
 * webhook_reply: what a web service's answer means.  Pure.
 */
#ifndef CTAIL_DELIVER_WEBHOOK_REPLY_H
#define CTAIL_DELIVER_WEBHOOK_REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/span.h"
#include "deliver/outcome.h"

struct webhook_meaning {
	enum outcome_class class;
	const char *what;
};

/* Of any status that is not a success. */
const struct webhook_meaning *webhook_meaning_of(int status);

/* Milliseconds from a reply's "retry_after" (seconds, maybe with a
 * fraction), bounded to a day; 0 without one. */
int64_t webhook_retry_after(struct span reply);

/* The reply's beginning for a person; nothing when it is an error page, or
 * repeats a part of what is secret: of the URL behind its host, or of the
 * authorization (either may be empty). */
struct webhook_secrets {
	struct span url_rest;
	struct span authorization;
};

void webhook_excerpt(struct span reply, const struct webhook_secrets *secrets,
    struct buf *out);

#endif
