/*
 * webhook: alerts as JSON, or whatever a template makes, to a web service.
 *
 * The URL is a secret: only its host ever gets into a text.  Log text goes
 * into the body and nowhere else.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deliver/sink_url.h"
#include "deliver/transfer.h"
#include "deliver/webhook_reply.h"
#include "deliver/webhook_settings.h"
#include "deliver/worker.h"
#include "message/preset.h"
#include "message/template.h"
#include "message/variables.h"

/* Expect, Content-Type, webhook-id, Idempotency-Key, Authorization, NULL. */
#define OWN_HEADERS 6

#define AUTHORIZATION "Authorization: "

struct webhook_run {
	const struct webhook_settings *settings;
	const struct preset *preset;
	struct template *template; /* NULL: the preset's body */
	struct transfer *transfer;
	struct buf url;
	struct buf authorization; /* the whole header line, or empty */
	struct buf content_type;  /* the whole header line */
	struct sink_url parts;	  /* of url */
};

static void
webhook_render(
    const struct webhook_run *run, const struct alert *alert, struct buf *body)
{
	if (run->template)
		template_render(
		    run->template, variable_lookup, (void *)alert, body);
	else
		run->preset->render(
		    alert, &(struct preset_values){0}, body);
}

static void
webhook_exchange(struct webhook_run *run, const struct alert *alert,
    struct buf *reply, struct transfer_result *result)
{
	const struct webhook_settings *settings = run->settings;
	const char *headers[OWN_HEADERS + WEBHOOK_HEADERS_MAX];
	struct buf id = BUF_INIT, key = BUF_INIT, body = BUF_INIT;
	const struct transfer_peer peer = {
	    .url = buf_str(&run->url),
	    .protocols = sink_url_is(&run->parts, "https") ? "https" : "http",
	    .tls = &settings->trust,
	    .proxy = settings->proxy,
	    .timeout_ms = settings->sink.timeout,
	    .stall_ms = settings->sink.timeout / 2,
	};
	size_t count = 0;

	buf_addf(&id, "webhook-id: %s", alert->id);
	buf_addf(&key, "Idempotency-Key: %s", alert->id);
	headers[count++] = "Expect:";
	headers[count++] = buf_str(&run->content_type);
	headers[count++] = buf_str(&id);
	headers[count++] = buf_str(&key);
	if (run->authorization.len > 0)
		headers[count++] = buf_str(&run->authorization);
	for (size_t i = 0; i < settings->header.count; i++)
		headers[count++] = settings->header.items[i].text;
	headers[count] = NULL;

	webhook_render(run, alert, &body);
	const struct transfer_post post = {headers, buf_span(&body)};
	transfer_post(run->transfer, &peer, &post, reply, result);
	buf_release(&body);
	buf_release(&key);
	buf_release(&id);
}

static const struct webhook_end {
	enum transfer_ended ended;
	enum outcome_class class;
	const char *what;
} webhook_ends[] = {
    {TRANSFER_NO_HOST, OUTCOME_RETRY, "is not found"},
    {TRANSFER_NO_CONNECTION, OUTCOME_RETRY, "cannot be reached"},
    {TRANSFER_TLS_FAILED, OUTCOME_RETRY, "fails at TLS"},
    {TRANSFER_UNTRUSTED, OUTCOME_CONFIG,
	"has a certificate that is not trusted (ca_file names another "
	"authority)"},
    {TRANSFER_UNUSABLE, OUTCOME_CONFIG, "cannot be used"},
    {TRANSFER_BROKEN_OFF, OUTCOME_DOUBT, "broke off without an answer"},
    {TRANSFER_SEND_FAILED, OUTCOME_RETRY, "broke off"},
    {TRANSFER_TIMED_OUT, OUTCOME_DOUBT, "did not answer in time"},
    {TRANSFER_OTHER, OUTCOME_RETRY, "cannot be talked to"},
};

static void
webhook_describe_end(const struct webhook_run *run,
    const struct transfer_result *result, struct outcome *out)
{
	size_t last = sizeof(webhook_ends) / sizeof(webhook_ends[0]) - 1;
	size_t i = 0;

	while (i < last && webhook_ends[i].ended != result->ended)
		i++;

	enum outcome_class class = webhook_ends[i].class;
	if (class == OUTCOME_DOUBT && !result->was_sent)
		class = OUTCOME_RETRY;
	outcome_set(out, class, 0, "%.*s %s: %s", (int)run->parts.host.len,
	    run->parts.host.data, webhook_ends[i].what, result->text);
}

/* The value alone: every refusal names the header. */
static struct span
webhook_authorization(const struct webhook_run *run)
{
	size_t name = sizeof(AUTHORIZATION) - 1;

	if (run->authorization.len <= name)
		return span_of("", 0);
	return span_of(
	    run->authorization.data + name, run->authorization.len - name);
}

static void
webhook_describe_status(const struct webhook_run *run,
    const struct transfer_result *result, struct span reply,
    struct outcome *out)
{
	const struct webhook_meaning *meaning =
	    webhook_meaning_of(result->code);
	struct span host = run->parts.host;
	const struct webhook_secrets secrets = {
	    .url_rest = run->parts.rest,
	    .authorization = webhook_authorization(run),
	};
	struct buf excerpt = BUF_INIT;

	if (result->redirect_host[0])
		buf_addf(&excerpt, "to %s", result->redirect_host);
	else
		webhook_excerpt(reply, &secrets, &excerpt);
	outcome_set(out, meaning->class, result->code, "%.*s %s (%d)%s%s",
	    (int)host.len, host.data, meaning->what, result->code,
	    excerpt.len ? ": " : "", buf_str(&excerpt));
	if (meaning->class == OUTCOME_RETRY)
		out->retry_after_ms = result->retry_after_ms
					  ? result->retry_after_ms
					  : webhook_retry_after(reply);
	buf_release(&excerpt);
}

static void
webhook_describe(const struct webhook_run *run,
    const struct transfer_result *result, struct span reply,
    struct outcome *out)
{
	struct span host = run->parts.host;

	if (result->ended != TRANSFER_DONE)
		webhook_describe_end(run, result, out);
	else if (result->code / 100 != 2)
		webhook_describe_status(run, result, reply, out);
	else if (run->preset->answer &&
		 run->preset->answer(result->code, reply) == PRESET_NOT_NOW)
		outcome_set(out, OUTCOME_RETRY, result->code,
		    "%.*s answered %d, but not as preset %s says yes",
		    (int)host.len, host.data, result->code, run->preset->name);
	else
		outcome_set(out, OUTCOME_DELIVERED, result->code,
		    "taken by %.*s (%d)", (int)host.len, host.data,
		    result->code);
}

/* The last line only; borrows from the alert. */
static void
webhook_shorten(const struct alert *alert, struct alert *out)
{
	*out = *alert;
	if (alert->line_count > 1) {
		out->lines[0] = alert->lines[alert->line_count - 1];
		out->line_count = 1;
	}
}

static void
webhook_send(
    void *arg, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;
	struct webhook_run *run = arg;
	struct transfer_result result;
	struct buf reply = BUF_INIT;

	webhook_exchange(run, alert, &reply, &result);
	if (result.ended == TRANSFER_DONE && result.code == 413 &&
	    alert->line_count > 1) {
		struct alert *brief = xmalloc(sizeof(*brief));

		webhook_shorten(alert, brief);
		buf_reset(&reply);
		webhook_exchange(run, brief, &reply, &result);
		free(brief);
	}
	webhook_describe(run, &result, buf_span(&reply), out);
	buf_release(&reply);
}

static void
webhook_close(void *arg)
{
	struct webhook_run *run = arg;

	transfer_free(run->transfer);
	template_free(run->template);
	secret_wipe(&run->url);
	secret_wipe(&run->authorization);
	buf_release(&run->content_type);
	free(run);
}

static int
webhook_read_secrets(struct webhook_run *run, struct err *err)
{
	const struct webhook_settings *settings = run->settings;

	if (secret_read(&settings->url, "url", &run->url, err) ||
	    webhook_check_url(settings, buf_span(&run->url), err))
		return -1;
	buf_str(&run->url);
	if (sink_url_parse(buf_span(&run->url), &run->parts, err))
		return -1;
	if (!secret_is_set(&settings->authorization))
		return 0;
	buf_reserve(&run->authorization, SECRET_MAX + 64);
	buf_add_str(&run->authorization, AUTHORIZATION);
	return secret_read(&settings->authorization, "authorization",
	    &run->authorization, err);
}

static int
webhook_prepare(struct webhook_run *run, struct err *err)
{
	const struct webhook_settings *settings = run->settings;

	run->preset = preset_at(settings->preset);
	buf_addf(&run->content_type, "Content-Type: %s",
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
	if (!run->transfer)
		return -1;
	return webhook_read_secrets(run, err);
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
