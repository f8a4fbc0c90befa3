/*
 * smtp: alerts as mail to an SMTP server.
 *
 * Success is libcurl's success, which is the 250 behind the message, and
 * nothing else.  One easy handle per run, never shared: a connection made in
 * clear must not be found by a sink that wants TLS.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deliver/address_list.h"
#include "deliver/sink_url.h"
#include "deliver/smtp_outcome.h"
#include "deliver/smtp_settings.h"
#include "deliver/trace.h"
#include "deliver/worker.h"

struct smtp_run {
	const struct smtp_settings *settings;
	struct transfer *transfer;
	struct smtp_dialogue dialogue;
	struct smtp_recipients recipients;
	struct secret_cache password;
	struct buf url;	 /* with the name for EHLO */
	struct buf host; /* for messages */
	const char **to;
};

/* A connection kept from the last message may have died meanwhile, or have
 * served its share; that says nothing about this message. */
static bool
smtp_was_stale(const struct smtp_run *run, const struct transfer_result *result)
{
	const struct smtp_dialogue *dialogue = &run->dialogue;

	if (result->is_new || dialogue->is_new)
		return false;
	if (dialogue->replies == 0)
		return result->ended == TRANSFER_BROKEN_OFF ||
		       result->ended == TRANSFER_SEND_FAILED;
	return dialogue->replies == 1 && dialogue->last.code == 421;
}

static void
smtp_on_command(void *arg, struct span command)
{
	smtp_dialogue_command(arg, command);
}

static bool
smtp_on_reply_line(void *arg, struct span line)
{
	return smtp_dialogue_line(arg, line);
}

struct smtp_exchange {
	struct span message;
	struct buf password;
	const struct trace *trace;
	struct secrets secrets;
};

static void
smtp_transfer(struct smtp_run *run, struct smtp_exchange *exchange,
    struct transfer_result *result)
{
	const struct smtp_settings *settings = run->settings;
	const struct transfer_peer peer = {
	    .url = buf_str(&run->url),
	    .protocols = "smtp,smtps",
	    .tls = &settings->trust,
	    .timeout_ms = settings->sink.timeout,
	    .stall_ms = settings->sink.timeout,
	    .socket = settings->socket,
	    .trace = exchange->trace,
	    .secrets = &exchange->secrets,
	};
	const struct transfer_mail mail = {
	    .login = settings->tls == SMTP_TLS_OFF ? TRANSFER_CLEAR
						   : TRANSFER_STARTTLS,
	    .user = settings->user,
	    .password = settings->user ? buf_str(&exchange->password) : NULL,
	    .from = settings->from,
	    .to = run->recipients.to,
	    .message = exchange->message,
	    .on_command = smtp_on_command,
	    .on_reply_line = smtp_on_reply_line,
	    .arg = &run->dialogue,
	};

	exchange->secrets.count = 0;
	secrets_add(&exchange->secrets, buf_span(&exchange->password));
	run->dialogue.secrets = &exchange->secrets;
	smtp_dialogue_begin(&run->dialogue);
	transfer_mail(run->transfer, &peer, &mail, TRANSFER_REUSE, result);
	if (!smtp_was_stale(run, result))
		return;
	trace_line(exchange->trace, TRACE_NOTE,
	    span_str("the server has closed the connection of the last mail; "
		     "once more on a new one"));
	smtp_dialogue_begin(&run->dialogue);
	transfer_mail(run->transfer, &peer, &mail, TRANSFER_FRESH, result);
}

static int
smtp_read_password(struct smtp_run *run, struct buf *password, struct err *err)
{
	if (!run->settings->user)
		return 0;
	return secret_cache_read(&run->password, &run->settings->password,
	    "password", password, err);
}

static bool
smtp_was_refused(
    const struct smtp_run *run, const struct transfer_result *result)
{
	return result->ended == TRANSFER_LOGIN_FAILED &&
	       run->dialogue.last.code / 100 == 5;
}

/* A password that a command printed for an earlier mail may be out of date:
 * it is asked again, once. */
static int
smtp_log_in_and_transfer(struct smtp_run *run, struct smtp_exchange *exchange,
    struct transfer_result *result, struct err *err)
{
	if (smtp_read_password(run, &exchange->password, err))
		return -1;
	smtp_transfer(run, exchange, result);
	if (!smtp_was_refused(run, result) ||
	    !secret_cache_refused(&run->password))
		return 0;
	secret_wipe(&exchange->password);
	if (smtp_read_password(run, &exchange->password, err))
		return -1;
	smtp_transfer(run, exchange, result);
	return 0;
}

static void
smtp_attempt(
    struct smtp_run *run, struct smtp_exchange *exchange, struct outcome *out)
{
	/* Everybody has it, and only that could not be recorded. */
	struct transfer_result result = {.ended = TRANSFER_DONE};
	const struct smtp_attempt attempt = {
	    .host = buf_str(&run->host),
	    .recipients = &run->recipients,
	    .dialogue = &run->dialogue,
	    .result = &result,
	};
	const char *advice = NULL;
	struct err err = ERR_INIT;

	smtp_dialogue_begin(&run->dialogue);
	if (run->recipients.asked_count > 0 &&
	    smtp_log_in_and_transfer(run, exchange, &result, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		smtp_recipients_save(&run->recipients, out->settled);
		return;
	}
	smtp_outcome(&attempt, out, &advice);
	trace_line(exchange->trace, TRACE_ADVICE, span_str(advice));
}

static void
smtp_send(void *arg, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;
	struct smtp_run *run = arg;
	const struct mail_envelope envelope = {
	    .from = run->settings->from,
	    .to = run->to,
	    .to_count = run->settings->to.count,
	    .date_ms = alert->made_ms,
	};
	struct buf message = BUF_INIT;
	struct smtp_exchange exchange = {.trace = delivery->trace};

	mail_render(alert, &envelope, MAIL_CRLF, &message);
	exchange.message = buf_span(&message);
	smtp_recipients_load(&run->recipients, delivery->settled);
	smtp_attempt(run, &exchange, out);
	run->dialogue.secrets = NULL;
	secret_wipe(&exchange.password);
	buf_release(&message);
}

static void
smtp_close(void *arg)
{
	struct smtp_run *run = arg;

	transfer_free(run->transfer);
	smtp_dialogue_release(&run->dialogue);
	smtp_recipients_release(&run->recipients);
	secret_cache_release(&run->password);
	buf_release(&run->url);
	buf_release(&run->host);
	free(run->to);
	free(run);
}

/* The name for EHLO stands in the URL's path, where libcurl looks for it.  A
 * host's own name may be anything. */
static int
smtp_make_url(struct smtp_run *run, const char *hostname, struct err *err)
{
	const char *helo = run->settings->helo;
	struct sink_url url;

	if (sink_url_parse(span_str(run->settings->url), &url, err))
		return -1;
	if (!helo)
		helo = smtp_is_helo(hostname) ? hostname : "localhost";
	buf_add_span(&run->host, url.host);
	buf_add_span(&run->url, span_of(run->settings->url,
				    strlen(run->settings->url) - url.rest.len));
	buf_addf(&run->url, "/%s", helo);
	buf_str(&run->url);
	buf_str(&run->host);
	return 0;
}

/* A password that cannot be read is said before anything is tried. */
static int
smtp_prepare(struct smtp_run *run, const char *hostname, struct err *err)
{
	struct buf password = BUF_INIT;
	int result;

	run->transfer = transfer_new(err);
	if (!run->transfer || smtp_make_url(run, hostname, err))
		return -1;
	result = smtp_read_password(run, &password, err);
	secret_wipe(&password);
	return result;
}

static void *
smtp_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct smtp_run *run = xcalloc(1, sizeof(*run));
	size_t recipients;
	struct err err = ERR_INIT;

	(void)name;
	run->settings = settings;
	recipients = run->settings->to.count;
	run->to = address_list_array(&run->settings->to);
	smtp_recipients_init(&run->recipients, run->to, recipients);
	smtp_dialogue_init(
	    &run->dialogue, recipients, run->settings->user != NULL);
	if (smtp_prepare(run, hostname, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		smtp_close(run);
		return NULL;
	}
	return run;
}

const struct sink_driver smtp_driver = {
    .table = &smtp_setting_table,
    .open = smtp_open,
    .send = smtp_send,
    .close = smtp_close,
};
