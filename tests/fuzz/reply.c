/*
 * Fuzzes what a web service answers, what a signature's key is, and base64.
 */
#include "config.h"

#include <stdlib.h>

#include "base/base64.h"
#include "deliver/http_reply.h"
#include "deliver/webhook_sign.h"
#include "fuzz/fuzz.h"

/* Only one text stands for the bytes. */
static void
try_base64(struct span text)
{
	struct buf bytes = BUF_INIT, again = BUF_INIT;

	if (!base64_decode(&bytes, text)) {
		base64_encode(&again, buf_span(&bytes));
		if (!span_equal(text, buf_span(&again)))
			abort();
	}
	buf_release(&bytes);
	buf_release(&again);
}

static void
try_reply(struct span reply, int status)
{
	struct transfer_result result = {.code = status};
	struct secrets secrets = SECRETS_INIT;
	const struct http_answer answer = {
	    .host = span_str("host"),
	    .result = &result,
	    .reply = reply,
	    .retry_after = "parameters.retry_after",
	    .secrets = &secrets,
	};
	struct outcome outcome;

	/* Nothing is repeated where all of it is secret. */
	secrets_add(&secrets, span_str("https://x/s3cr3t-part"));
	http_outcome(&answer, &outcome);
	if (outcome.retry_after_ms < 0 || outcome.retry_after_ms > 86400000 ||
	    strstr(outcome.text, "s3cr3t-part"))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	const struct webhook_message message = {span_str("id"), 1, text};
	struct buf signature = BUF_INIT, timestamp = BUF_INIT;
	int64_t wait = http_retry_after(text, "retry_after");

	if (wait < 0 || wait > 86400000)
		abort();
	try_base64(text);
	try_reply(text, 400);
	try_reply(text, 429);
	webhook_sign(WEBHOOK_SIGN_STANDARD, text, &message, &signature,
	    &timestamp, NULL);
	if ((signature.len == 0) != (timestamp.len == 0))
		abort();
	buf_release(&signature);
	buf_release(&timestamp);
	return 0;
}
