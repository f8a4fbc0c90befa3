/*
 * smtp: alerts as mail to an SMTP server.
 *
 * Success is libcurl's success, which is the 250 behind the message, and
 * nothing else.  Every other end is looked up in smtp_verdicts, by how the
 * transfer ended, where the dialogue stood and what the server said last.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deliver/address_list.h"
#include "deliver/sink_url.h"
#include "deliver/smtp_dialogue.h"
#include "deliver/smtp_settings.h"
#include "deliver/transfer.h"
#include "deliver/worker.h"

struct smtp_run {
	const struct smtp_settings *settings;
	struct transfer *transfer;
	struct smtp_dialogue dialogue;
	struct buf url;	 /* with the name for EHLO */
	struct buf host; /* for messages */
	struct buf password;
	const char **to;
};

enum smtp_at {
	AT_ANY,
	AT_GREETING = 1 << SMTP_STAGE_GREETING,
	AT_ENVELOPE = 1 << SMTP_STAGE_ENVELOPE,
	AT_DATA = 1 << SMTP_STAGE_DATA,
};

#define ENDED_ANY (-1)

/* The first row that fits decides.  code 0 fits any, 4 fits 4xx. */
static const struct smtp_verdict {
	int ended; /* enum transfer_ended or ENDED_ANY */
	unsigned at;
	int code;
	enum outcome_class class;
	const char *what;
} smtp_verdicts[] = {
    {TRANSFER_NO_TLS, AT_ANY, 4, OUTCOME_RETRY,
	"the server has no TLS for now"},
    {TRANSFER_NO_TLS, AT_ANY, 0, OUTCOME_CONFIG,
	"the server does not offer STARTTLS, and nothing is sent in clear"},
    {TRANSFER_UNTRUSTED, AT_ANY, 0, OUTCOME_CONFIG,
	"the server's certificate is not trusted (ca_file names another "
	"authority)"},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 4, OUTCOME_RETRY,
	"the server cannot check the login now"},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 5, OUTCOME_CONFIG,
	"the server refused the user or the password"},
    {TRANSFER_LOGIN_FAILED, AT_ANY, 0, OUTCOME_CONFIG,
	"the server offers no way to log in that we know"},
    {TRANSFER_STOPPED, AT_ANY, 0, OUTCOME_CONFIG,
	"the server does not offer to log in (AUTH), and nothing is sent "
	"without"},
    {TRANSFER_UNUSABLE, AT_ANY, 0, OUTCOME_CONFIG, "cannot send"},
    {TRANSFER_NO_HOST, AT_ANY, 0, OUTCOME_RETRY, "the host is not found"},
    {TRANSFER_NO_CONNECTION, AT_ANY, 0, OUTCOME_RETRY,
	"the server cannot be reached"},
    {TRANSFER_TLS_FAILED, AT_ANY, 0, OUTCOME_RETRY, "TLS failed"},
    {TRANSFER_BROKEN_OFF, AT_DATA, 0, OUTCOME_DOUBT,
	"the connection broke while the message was handed over"},
    {TRANSFER_TIMED_OUT, AT_DATA, 0, OUTCOME_DOUBT,
	"no answer in time to the message"},
    {TRANSFER_BROKEN_OFF, AT_ANY, 0, OUTCOME_RETRY, "the connection broke"},
    {TRANSFER_TIMED_OUT, AT_ANY, 0, OUTCOME_RETRY, "no answer in time"},
    {ENDED_ANY, AT_ANY, 421, OUTCOME_RETRY, "the server is closing"},
    {ENDED_ANY, AT_ANY, 530, OUTCOME_CONFIG,
	"the server wants a login or TLS first"},
    {ENDED_ANY, AT_ANY, 535, OUTCOME_CONFIG,
	"the server refused the user or the password"},
    {ENDED_ANY, AT_GREETING, 5, OUTCOME_CONFIG, "the server refuses us"},
    {ENDED_ANY, AT_GREETING, 4, OUTCOME_RETRY, "the server has no time"},
    {ENDED_ANY, AT_ENVELOPE, 4, OUTCOME_RETRY,
	"sender or recipients were not taken now"},
    {ENDED_ANY, AT_ENVELOPE, 5, OUTCOME_REFUSED,
	"sender or recipients were refused"},
    {ENDED_ANY, AT_DATA, 4, OUTCOME_RETRY, "the message was not taken now"},
    {ENDED_ANY, AT_DATA, 5, OUTCOME_REFUSED, "the message was refused"},
    {ENDED_ANY, AT_DATA, 0, OUTCOME_DOUBT, "the message was handed over"},
    {ENDED_ANY, AT_ANY, 0, OUTCOME_RETRY, "not sent"},
};

static bool
smtp_verdict_fits(const struct smtp_verdict *verdict, enum transfer_ended ended,
    enum smtp_stage stage, int code)
{
	return (verdict->ended == ENDED_ANY || verdict->ended == (int)ended) &&
	       (verdict->at == AT_ANY || verdict->at & (1u << stage)) &&
	       (verdict->code == 0 || verdict->code == code ||
		   verdict->code == code / 100);
}

static const struct smtp_verdict *
smtp_verdict_of(enum transfer_ended ended, enum smtp_stage stage, int code)
{
	const struct smtp_verdict *verdict = smtp_verdicts;

	while (!smtp_verdict_fits(verdict, ended, stage, code))
		verdict++;
	return verdict;
}

static void
smtp_describe_delivered(const struct smtp_run *run, struct outcome *out)
{
	struct smtp_refused refused = smtp_dialogue_refused(&run->dialogue);
	size_t total = run->dialogue.recipients;
	size_t lost = refused.for_now + refused.for_good;

	if (lost == 0)
		outcome_set(out, OUTCOME_DELIVERED, run->dialogue.code,
		    "taken by %s:%s", run->host.data, run->dialogue.text);
	else
		outcome_set(out, OUTCOME_DELIVERED, run->dialogue.code,
		    "taken by %s for %zu of %zu recipients; %zu refused",
		    run->host.data, total - lost, total, lost);
}

/* The server's words about a login are not repeated: they might quote it.
 * libcurl's are of use where no reply tells more. */
static void
smtp_describe_failure(const struct smtp_run *run,
    const struct transfer_result *result, struct outcome *out)
{
	const struct smtp_dialogue *dialogue = &run->dialogue;
	struct smtp_refused refused = smtp_dialogue_refused(dialogue);
	int code = dialogue->code;

	/* All refused, but some may be taken later. */
	if (dialogue->stage == SMTP_STAGE_ENVELOPE && code / 100 == 5 &&
	    refused.for_now > 0 &&
	    refused.for_now + refused.for_good == dialogue->recipients)
		code = 450;

	const struct smtp_verdict *verdict =
	    smtp_verdict_of(result->ended, dialogue->stage, code);
	if (result->ended == TRANSFER_LOGIN_FAILED ||
	    result->ended == TRANSFER_STOPPED)
		outcome_set(out, verdict->class, dialogue->code, "%s: %s (%d)",
		    run->host.data, verdict->what, dialogue->code);
	else if (dialogue->code >= 400)
		outcome_set(out, verdict->class, dialogue->code, "%s: %s: %d%s",
		    run->host.data, verdict->what, dialogue->code,
		    dialogue->text);
	else
		outcome_set(out, verdict->class, 0, "%s: %s: %s",
		    run->host.data, verdict->what, result->text);
}

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
	return dialogue->replies == 1 && dialogue->code == 421;
}

static bool
smtp_on_reply_line(void *arg, struct span line)
{
	return smtp_dialogue_line(arg, line);
}

static void
smtp_transfer(
    struct smtp_run *run, struct span message, struct transfer_result *result)
{
	const struct smtp_settings *settings = run->settings;
	const struct transfer_peer peer = {
	    .url = buf_str(&run->url),
	    .protocols = "smtp,smtps",
	    .tls = &settings->trust,
	    .timeout_ms = settings->sink.timeout,
	    .stall_ms = settings->sink.timeout,
	};
	const struct transfer_mail mail = {
	    .login = settings->tls == SMTP_TLS_OFF ? TRANSFER_CLEAR
						   : TRANSFER_STARTTLS,
	    .user = settings->user,
	    .password = settings->user ? buf_str(&run->password) : NULL,
	    .from = settings->from,
	    .to = run->to,
	    .message = message,
	    .on_reply_line = smtp_on_reply_line,
	    .arg = &run->dialogue,
	};

	smtp_dialogue_begin(&run->dialogue);
	transfer_mail(run->transfer, &peer, &mail, TRANSFER_REUSE, result);
	if (!smtp_was_stale(run, result))
		return;
	smtp_dialogue_begin(&run->dialogue);
	transfer_mail(run->transfer, &peer, &mail, TRANSFER_FRESH, result);
}

static void
smtp_send(
    void *arg, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;
	struct smtp_run *run = arg;
	const struct mail_envelope envelope = {
	    .from = run->settings->from,
	    .to = run->to,
	    .to_count = run->settings->to.count,
	    .date_ms = alert->made_ms,
	};
	struct transfer_result result;
	struct buf message = BUF_INIT;

	mail_render(alert, &envelope, MAIL_CRLF, &message);
	smtp_transfer(run, buf_span(&message), &result);
	if (result.ended == TRANSFER_DONE)
		smtp_describe_delivered(run, out);
	else
		smtp_describe_failure(run, &result, out);
	buf_release(&message);
}

static void
smtp_close(void *arg)
{
	struct smtp_run *run = arg;

	transfer_free(run->transfer);
	smtp_dialogue_release(&run->dialogue);
	secret_wipe(&run->password);
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

static void *
smtp_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct smtp_run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	(void)name;
	run->settings = settings;
	run->to = address_list_array(&run->settings->to);
	smtp_dialogue_init(&run->dialogue, run->settings->to.count,
	    run->settings->user != NULL);
	run->transfer = transfer_new(&err);
	if (!run->transfer || smtp_make_url(run, hostname, &err) ||
	    (run->settings->user && secret_read(&run->settings->password,
					"password", &run->password, &err))) {
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
