/*
 * webhook_sign: the signature of a webhook.
 *
 * One row per way of signing.  Hides how keys are written.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/hmac.h"
#include "base/words.h"
#include "deliver/webhook_sign.h"

#define KEY_PREFIX "whsec_"
#define KEY_PREFIX_LEN (sizeof(KEY_PREFIX) - 1)
#define KEY_MIN 24
#define KEY_MAX 64

const char *const webhook_sign_names[] = {
    [WEBHOOK_SIGN_NONE] = "none",
    [WEBHOOK_SIGN_STANDARD] = "standard-webhooks",
    [WEBHOOK_SIGN_GITHUB] = "github",
    NULL,
};

/* --- Standard Webhooks ---------------------------------------------------- */

/* The bytes of a key; key is the caller's to wipe. */
static int
standard_key(struct span word, struct buf *key, struct err *err)
{
	if (word.len <= KEY_PREFIX_LEN ||
	    memcmp(word.data, KEY_PREFIX, KEY_PREFIX_LEN))
		return err_set(err,
		    "sign_secret: a key for Standard Webhooks begins with "
		    "whsec_; several are separated by blanks");
	if (base64_decode(key,
		span_of(word.data + KEY_PREFIX_LEN, word.len - KEY_PREFIX_LEN)))
		return err_set(err,
		    "sign_secret: what follows whsec_ is not base64 (make a "
		    "key with: echo whsec_$(openssl rand -base64 32))");
	if (key->len < KEY_MIN || key->len > KEY_MAX)
		return err_set(err,
		    "sign_secret: a key for Standard Webhooks has %d to %d "
		    "bytes, not %zu",
		    KEY_MIN, KEY_MAX, key->len);
	return 0;
}

static void
standard_digest(struct span key, const struct webhook_message *message,
    unsigned char digest[SHA256_SIZE])
{
	struct buf head = BUF_INIT;
	struct hmac hmac;

	buf_add_span(&head, message->id);
	buf_addf(&head, ".%" PRId64 ".", message->timestamp_s);
	hmac_init(&hmac, key);
	hmac_add(&hmac, buf_span(&head));
	hmac_add(&hmac, message->body);
	hmac_final(&hmac, digest);
	buf_release(&head);
}

/* Without a message the key is only looked at. */
static int
standard_word(struct span word, const struct webhook_message *message,
    struct buf *signature, struct err *err)
{
	unsigned char digest[SHA256_SIZE];
	struct buf key = BUF_INIT;
	int result = standard_key(word, &key, err);

	if (!result && message) {
		standard_digest(buf_span(&key), message, digest);
		buf_add_str(signature, " v1,");
		base64_encode(
		    signature, span_of((const char *)digest, sizeof(digest)));
	}
	if (key.data)
		explicit_bzero(key.data, key.cap);
	buf_release(&key);
	return result;
}

static int
standard_words(struct span secret, const struct webhook_message *message,
    struct buf *signature, struct err *err)
{
	struct span word;
	size_t count = 0;

	while ((word = words_next(&secret)).len > 0) {
		if (++count > WEBHOOK_SIGN_KEYS_MAX)
			return err_set(err, "sign_secret: more than %d keys",
			    WEBHOOK_SIGN_KEYS_MAX);
		if (standard_word(word, message, signature, err))
			return -1;
	}
	return count ? 0 : err_set(err, "sign_secret is blank");
}

static int
standard_check(struct span secret, struct err *err)
{
	return standard_words(secret, NULL, NULL, err);
}

static int
standard_sign(struct span secret, const struct webhook_message *message,
    struct buf *signature, struct buf *timestamp, struct err *err)
{
	struct buf line = BUF_INIT;
	int result;

	buf_add_str(&line, "webhook-signature:");
	result = standard_words(secret, message, &line, err);
	if (!result) {
		buf_add_span(signature, buf_span(&line));
		buf_addf(timestamp, "webhook-timestamp: %" PRId64,
		    message->timestamp_s);
	}
	buf_release(&line);
	return result;
}

/* --- GitHub --------------------------------------------------------------- */

static int
github_check(struct span secret, struct err *err)
{
	return secret.len ? 0 : err_set(err, "sign_secret is empty");
}

static int
github_sign(struct span secret, const struct webhook_message *message,
    struct buf *signature, struct buf *timestamp, struct err *err)
{
	unsigned char digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	struct hmac hmac;

	(void)timestamp;
	if (github_check(secret, err))
		return -1;
	hmac_init(&hmac, secret);
	hmac_add(&hmac, message->body);
	hmac_final(&hmac, digest);
	hex_encode(digest, sizeof(digest), text);
	buf_addf(signature, "X-Hub-Signature-256: sha256=%s", text);
	return 0;
}

/* --- The table ------------------------------------------------------------ */

static const struct webhook_signer {
	int (*check)(struct span secret, struct err *err);
	int (*sign)(struct span secret, const struct webhook_message *message,
	    struct buf *signature, struct buf *timestamp, struct err *err);
} webhook_signers[] = {
    [WEBHOOK_SIGN_NONE] = {NULL, NULL},
    [WEBHOOK_SIGN_STANDARD] = {standard_check, standard_sign},
    [WEBHOOK_SIGN_GITHUB] = {github_check, github_sign},
};

int
webhook_sign_check(enum webhook_sign how, struct span secret, struct err *err)
{
	const struct webhook_signer *signer = &webhook_signers[how];

	return signer->check ? signer->check(secret, err) : 0;
}

int
webhook_sign(enum webhook_sign how, struct span secret,
    const struct webhook_message *message, struct buf *signature,
    struct buf *timestamp, struct err *err)
{
	const struct webhook_signer *signer = &webhook_signers[how];

	return signer->sign
		   ? signer->sign(secret, message, signature, timestamp, err)
		   : 0;
}
