/*
 * webhook_sign: the signature of a webhook, so that its receiver knows who
 * sent it.  Pure: the time is an argument.
 *
 * Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over
 * `id.timestamp.body`; a key is whsec_ and 24 to 64 bytes in base64.  While a
 * key is being changed the secret is both, with a blank between, and the
 * message is signed with each.  GitHub: HMAC-SHA256 over the body, with the
 * secret as it stands.
 */
#ifndef CTAIL_DELIVER_WEBHOOK_SIGN_H
#define CTAIL_DELIVER_WEBHOOK_SIGN_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum webhook_sign {
	WEBHOOK_SIGN_NONE,
	WEBHOOK_SIGN_STANDARD,
	WEBHOOK_SIGN_GITHUB,
};

/* The settings' names, NULL-terminated. */
extern const char *const webhook_sign_names[];

#define WEBHOOK_SIGN_KEYS_MAX 8

/* What is signed: the bytes exactly as they are sent. */
struct webhook_message {
	struct span id;
	int64_t timestamp_s;	/* of this attempt */
	struct span body;
};

/* -1 when the secret cannot be the key of such a signature; the sentence
 * repeats nothing of it. */
int webhook_sign_check(enum webhook_sign how, struct span secret,
    struct err *err);

/* Appends whole header lines: the signature's, and the timestamp's where there
 * is one (else nothing). */
int webhook_sign(enum webhook_sign how, struct span secret,
    const struct webhook_message *message, struct buf *signature,
    struct buf *timestamp, struct err *err);

#endif
