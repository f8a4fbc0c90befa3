/*
 * webhook: alerts as JSON, or whatever a template makes, to a web service.
 *
 * The URL is a secret: only its host ever gets into a text.  Log text goes
 * into the body and nowhere else.  Secrets are read for every attempt.
 */
#include "config.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "deliver/http_exchange.h"
#include "deliver/http_reply.h"
#include "deliver/http_settings.h"
#include "deliver/trace.h"
#include "deliver/webhook_settings.h"
#include "deliver/worker.h"
#include "message/variables.h"

/* "prod" and the like would be found in any answer. */
#define HEADER_SECRET_MIN 6

struct webhook_run {
	const struct webhook_settings *settings;
	const struct preset *preset;
	struct template *template; /* NULL: the preset's body */
	struct transfer *transfer;
	struct buf content_type;
	struct secret_cache url_cache, authorization_cache, sign_cache;
	struct secret_cache value_caches[PRESET_VALUES];
};

/* One attempt. */
struct webhook_attempt {
	struct webhook_run *run;
	const struct delivery *delivery;
	int64_t deadline_ms; /* boot time */
	struct buf url, authorization, sign_secret;
	struct buf value_bytes[PRESET_VALUES];
	struct preset_values values;
	struct sink_url parts; /* of url */
	struct secrets secrets;
	struct buf reply;
	struct transfer_result result;
};

/* --- Secrets -------------------------------------------------------------- */

static int
webhook_read_url(struct webhook_attempt *attempt, struct err *err)
{
	struct webhook_run *run = attempt->run;
	const struct webhook_settings *settings = run->settings;

	if (!secret_is_set(&settings->url))
		buf_add_str(&attempt->url, run->preset->url);
	else if (secret_cache_read(&run->url_cache, &settings->url, "url",
		     &attempt->url, err))
		return -1;
	if (webhook_check_url(settings, buf_span(&attempt->url), err))
		return -1;
	buf_str(&attempt->url);
	if (sink_url_parse(buf_span(&attempt->url), &attempt->parts, err))
		return -1;
	secrets_add(&attempt->secrets, attempt->parts.rest);
	return 0;
}

static int
webhook_read_secret(struct webhook_attempt *attempt,
    const struct secret_settings *settings, struct secret_cache *cache,
    const char *key, struct buf *out, struct err *err)
{
	if (!secret_is_set(settings))
		return 0;
	if (secret_cache_read(cache, settings, key, out, err))
		return -1;
	secrets_add(&attempt->secrets, buf_span(out));
	return 0;
}

static int
webhook_read_value(
    struct webhook_attempt *attempt, enum preset_value value, struct err *err)
{
	struct webhook_run *run = attempt->run;
	const struct secret_settings *secret =
	    webhook_value_secret(run->settings, value);
	struct buf *bytes = &attempt->value_bytes[value];

	if (!secret) {
		attempt->values.of[value] =
		    span_str(webhook_value_text(run->settings, value));
		return 0;
	}
	if (webhook_read_secret(attempt, secret, &run->value_caches[value],
		preset_value_names[value], bytes, err))
		return -1;
	attempt->values.of[value] = buf_span(bytes);
	return 0;
}

/* A header of the section's own may well be a key. */
static void
webhook_add_private_headers(struct webhook_attempt *attempt)
{
	const struct setting_list *headers = &attempt->run->settings->header;

	for (size_t i = 0; i < headers->count; i++) {
		const char *text = headers->items[i].text;
		struct span value =
		    span_trim(span_str(text + strcspn(text, ":") + 1));

		if (value.len >= HEADER_SECRET_MIN)
			secrets_add(&attempt->secrets, value);
	}
}

static int
webhook_read_secrets(struct webhook_attempt *attempt, struct err *err)
{
	struct webhook_run *run = attempt->run;
	const struct webhook_settings *settings = run->settings;

	webhook_add_private_headers(attempt);
	if (webhook_read_url(attempt, err) ||
	    webhook_read_secret(attempt, &settings->authorization,
		&run->authorization_cache, "authorization",
		&attempt->authorization, err) ||
	    webhook_read_secret(attempt, &settings->sign_secret,
		&run->sign_cache, "sign_secret", &attempt->sign_secret, err))
		return -1;
	for (int value = 0; value < PRESET_VALUES; value++) {
		if (webhook_read_value(attempt, (enum preset_value)value, err))
			return -1;
	}
	return 0;
}

/* Whatever a command printed may be what was refused.  True when another
 * attempt at once may go with a new one. */
static bool
webhook_forget_secrets(struct webhook_run *run)
{
	bool again = secret_cache_refused(&run->url_cache);

	again |= secret_cache_refused(&run->authorization_cache);
	again |= secret_cache_refused(&run->sign_cache);
	for (int value = 0; value < PRESET_VALUES; value++)
		again |= secret_cache_refused(&run->value_caches[value]);
	return again;
}

/* --- The request ---------------------------------------------------------- */

static void
webhook_render(const struct webhook_attempt *attempt, const struct alert *alert,
    struct buf *body)
{
	const struct webhook_run *run = attempt->run;

	if (run->template)
		template_render(
		    run->template, variable_lookup, (void *)alert, body);
	else
		run->preset->render(alert, &attempt->values, body);
}

static int
webhook_add_signature(const struct webhook_attempt *attempt, struct span body,
    struct http_headers *headers, struct err *err)
{
	const struct webhook_message message = {
	    .id = span_str(attempt->delivery->alert->id),
	    .timestamp_s = clock_wall_ms() / 1000,
	    .body = body,
	};
	struct buf signature = BUF_INIT, timestamp = BUF_INIT;
	int result =
	    webhook_sign((enum webhook_sign)attempt->run->settings->sign,
		buf_span(&attempt->sign_secret), &message, &signature,
		&timestamp, err);

	if (timestamp.len > 0)
		http_headers_add(headers, "", buf_span(&timestamp));
	if (signature.len > 0)
		http_headers_add(headers, "", buf_span(&signature));
	buf_release(&signature);
	buf_release(&timestamp);
	return result;
}

/* libcurl sends what it is given: a secret of any bytes could end the line. */
static int
webhook_add_token(struct webhook_attempt *attempt, struct http_headers *headers,
    struct err *err)
{
	struct buf *token = &attempt->value_bytes[PRESET_TOKEN];

	if (!attempt->run->preset->token_header || token->len == 0)
		return 0;
	if (!http_is_header_text(buf_str(token)))
		return err_set(err, "the token may hold printable ASCII only");
	http_headers_add(
	    headers, attempt->run->preset->token_header, buf_span(token));
	return 0;
}

static int
webhook_add_headers(struct webhook_attempt *attempt, struct span body,
    struct http_headers *headers, struct err *err)
{
	const struct webhook_run *run = attempt->run;
	const struct webhook_settings *settings = run->settings;
	struct span id = span_str(attempt->delivery->alert->id);

	http_headers_add(
	    headers, "Content-Type: ", buf_span(&run->content_type));
	http_headers_add(headers, "webhook-id: ", id);
	http_headers_add(headers, "Idempotency-Key: ", id);
	if (attempt->authorization.len > 0) {
		if (!http_is_header_text(buf_str(&attempt->authorization)))
			return err_set(err,
			    "the authorization may hold printable ASCII only");
		http_headers_add(headers,
		    "Authorization: ", buf_span(&attempt->authorization));
	}
	for (size_t i = 0; i < settings->header.count; i++)
		http_headers_add(
		    headers, "", span_str(settings->header.items[i].text));
	if (webhook_add_token(attempt, headers, err))
		return -1;
	return webhook_add_signature(attempt, body, headers, err);
}

/* The rest of the attempt's time: it may take two exchanges. */
static int64_t
webhook_time_left(const struct webhook_attempt *attempt)
{
	int64_t left = attempt->deadline_ms - clock_boot_ms();

	return left > 1 ? left : 1;
}

static int
webhook_exchange(
    struct webhook_attempt *attempt, const struct alert *alert, struct err *err)
{
	struct webhook_run *run = attempt->run;
	struct http_headers headers = HTTP_HEADERS_INIT;
	struct buf body = BUF_INIT;
	const struct http_peer peer = {
	    .url = buf_str(&attempt->url),
	    .parts = &attempt->parts,
	    .trust = &run->settings->trust,
	    .proxy = run->settings->proxy,
	    .timeout_ms = webhook_time_left(attempt),
	    .trace = attempt->delivery->trace,
	    .secrets = &attempt->secrets,
	};
	int result;

	buf_reset(&attempt->reply);
	webhook_render(attempt, alert, &body);
	result = webhook_add_headers(attempt, buf_span(&body), &headers, err);
	if (!result)
		http_post(run->transfer, &peer, &headers, buf_span(&body),
		    &attempt->reply, &attempt->result);
	http_headers_release(&headers);
	secret_wipe(&body);
	return result;
}

/* The last line only, or of a report the first; borrows from the alert. */
static void
webhook_shorten(const struct alert *alert, struct alert *out)
{
	*out = *alert;
	out->report = (char *)"";
	if (alert->report[0] != '\0') {
		out->line_count = alert->line_count > 0;
	} else if (alert->line_count > 1) {
		out->lines[0] = alert->lines[alert->line_count - 1];
		out->line_count = 1;
	}
	out->before_count = out->after_count = 0;
}

/* What is too large is sent once more, shorter. */
static int
webhook_exchange_brief(struct webhook_attempt *attempt, struct err *err)
{
	const struct alert *alert = attempt->delivery->alert;
	struct alert *brief;
	int result;

	if (attempt->result.ended != TRANSFER_DONE ||
	    attempt->result.code != 413 ||
	    alert->line_count + alert->before_count + alert->after_count < 2)
		return 0;
	brief = xmalloc(sizeof(*brief));
	webhook_shorten(alert, brief);
	result = webhook_exchange(attempt, brief, err);
	free(brief);
	return result;
}

/* --- The answer ----------------------------------------------------------- */

static enum preset_answer
webhook_ask_preset(const struct webhook_attempt *attempt)
{
	const struct preset *preset = attempt->run->preset;

	if (attempt->result.ended != TRANSFER_DONE || !preset->answer)
		return PRESET_BY_STATUS;
	return preset->answer(attempt->result.code, buf_span(&attempt->reply));
}

/* Where the status is a failure's, it still says whom the wait is for. */
static void
webhook_not_now(const struct webhook_attempt *attempt,
    const struct http_answer *answer, struct outcome *out)
{
	int code = attempt->result.code;
	struct buf what = BUF_INIT;

	buf_addf(&what, "answered, but not as preset %s says yes",
	    attempt->run->preset->name);
	http_outcome_set(answer, OUTCOME_RETRY, buf_str(&what), out);
	out->scope =
	    code / 100 == 2 ? OUTCOME_OF_ALERT : http_meaning_of(code)->scope;
	buf_release(&what);
}

static void
webhook_describe(const struct webhook_attempt *attempt, struct outcome *out)
{
	const struct http_answer answer = {
	    .host = attempt->parts.host,
	    .result = &attempt->result,
	    .reply = buf_span(&attempt->reply),
	    .retry_after = attempt->run->preset->retry_after,
	    .secrets = &attempt->secrets,
	};

	switch (webhook_ask_preset(attempt)) {
	case PRESET_TAKEN:
		outcome_set(out, OUTCOME_DELIVERED, attempt->result.code,
		    "taken by %.*s (%d)", (int)answer.host.len,
		    answer.host.data, attempt->result.code);
		break;
	case PRESET_NOT_NOW:
		webhook_not_now(attempt, &answer, out);
		break;
	case PRESET_REFUSED:
		http_outcome_set(
		    &answer, OUTCOME_REFUSED, "refused the alert", out);
		break;
	case PRESET_MISCONFIGURED:
		http_outcome_set(&answer, OUTCOME_CONFIG,
		    "does not accept the section's settings", out);
		break;
	case PRESET_BY_STATUS:
		http_outcome(&answer, out);
		break;
	}
	if (out->class != OUTCOME_DELIVERED)
		trace_line(attempt->delivery->trace, TRACE_ADVICE,
		    span_str(http_advice(&answer)));
}

/* --- The driver ----------------------------------------------------------- */

static void
webhook_attempt_release(struct webhook_attempt *attempt)
{
	secret_wipe(&attempt->url);
	secret_wipe(&attempt->authorization);
	secret_wipe(&attempt->sign_secret);
	for (int value = 0; value < PRESET_VALUES; value++)
		secret_wipe(&attempt->value_bytes[value]);
	buf_release(&attempt->reply);
}

static void
webhook_try(struct webhook_run *run, const struct delivery *delivery,
    int64_t deadline_ms, struct outcome *out)
{
	struct webhook_attempt attempt = {
	    .run = run, .delivery = delivery, .deadline_ms = deadline_ms};
	struct err err = ERR_INIT;

	if (webhook_read_secrets(&attempt, &err) ||
	    webhook_exchange(&attempt, delivery->alert, &err) ||
	    webhook_exchange_brief(&attempt, &err))
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
	else
		webhook_describe(&attempt, out);
	webhook_attempt_release(&attempt);
}

static void
webhook_send(void *arg, const struct delivery *delivery, struct outcome *out)
{
	struct webhook_run *run = arg;
	int64_t deadline = clock_boot_ms() + run->settings->sink.timeout;

	webhook_try(run, delivery, deadline, out);
	if (out->class == OUTCOME_CONFIG && webhook_forget_secrets(run))
		webhook_try(run, delivery, deadline, out);
}

static void
webhook_close(void *arg)
{
	struct webhook_run *run = arg;

	transfer_free(run->transfer);
	template_free(run->template);
	buf_release(&run->content_type);
	webhook_forget_secrets(run);
	free(run);
}

static int
webhook_prepare(struct webhook_run *run, struct err *err)
{
	const struct webhook_settings *settings = run->settings;

	run->preset = preset_at(settings->preset);
	buf_add_str(&run->content_type,
	    settings->content_type ? settings->content_type
	    : settings->template   ? "application/json"
				   : run->preset->content_type);
	if (settings->template) {
		run->template = template_new(
		    settings->template, webhook_template_form(settings), err);
		if (!run->template)
			return -1;
	}
	run->transfer = transfer_new(err);
	return run->transfer ? 0 : -1;
}

static void *
webhook_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct webhook_run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	(void)name, (void)hostname;
	run->settings = settings;
	if (webhook_prepare(run, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		webhook_close(run);
		return NULL;
	}
	return run;
}

const struct sink_driver webhook_driver = {
    .table = &webhook_setting_table,
    .open = webhook_open,
    .send = webhook_send,
    .close = webhook_close,
};
