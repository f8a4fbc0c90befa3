/*
 * syslog_sink: alerts as syslog messages.
 *
 * Sockets of this machine and UDP by syslog_socket; TCP and TLS by transfer,
 * each message behind its length (RFC 6587, 3.4.1; RFC 5425), so that nothing
 * in it can end it.  No form of syslog answers: handed over is all there is
 * to know.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "deliver/syslog_settings.h"
#include "deliver/syslog_socket.h"
#include "deliver/transfer.h"
#include "deliver/worker.h"
#include "message/syslog_line.h"

/* RFC 3164, 4.1; RFC 5424, 6.1 and RFC 5426, 3.2; RFC 5425, 4.3.1. */
#define DATAGRAM_OLD_MAX 1024
#define DATAGRAM_MAX 2048
#define STREAM_MAX 8192

struct syslog_run {
	const struct syslog_settings *settings;
	struct syslog_place place;
	char *hostname;
	struct syslog_line line;
	struct syslog_socket socket;
	struct transfer *transfer;	/* NULL: by the socket */
	char *url;			/* as transfer wants it */
};

static bool
syslog_is_stream(const struct syslog_place *place)
{
	return place->transport == SYSLOG_TCP || place->transport == SYSLOG_TLS;
}

static void
syslog_choose_form(struct syslog_run *run)
{
	bool local = run->place.transport == SYSLOG_UNIX;
	int format = run->settings->format;
	bool old = format == SYSLOG_FORMAT_3164 ||
		   (format == SYSLOG_FORMAT_AUTO && local);

	run->line.form = !old	? SYSLOG_FORM_5424
			 : local ? SYSLOG_FORM_LOCAL
				 : SYSLOG_FORM_3164;
	run->line.max = syslog_is_stream(&run->place) ? STREAM_MAX
			: old			      ? DATAGRAM_OLD_MAX
						      : DATAGRAM_MAX;
	run->line.facility = run->settings->facility;
	run->line.hostname = run->hostname;
	run->line.pid = getpid();
}

static const struct syslog_ending {
	enum transfer_ended ended;
	enum outcome_class class;
	const char *words;
} syslog_endings[] = {
    {TRANSFER_NO_HOST, OUTCOME_RETRY, "the host is not found"},
    {TRANSFER_NO_CONNECTION, OUTCOME_RETRY, "there is no connection"},
    {TRANSFER_TLS_FAILED, OUTCOME_RETRY, "TLS failed"},
    {TRANSFER_UNTRUSTED, OUTCOME_CONFIG, "the server is not trusted"},
    {TRANSFER_PIN_WRONG, OUTCOME_CONFIG, "the server has another key"},
    {TRANSFER_OUR_CERTIFICATE, OUTCOME_CONFIG,
	"our certificate cannot be used"},
    {TRANSFER_NO_AUTHORITY, OUTCOME_CONFIG, "ca_file cannot be used"},
    {TRANSFER_UNUSABLE, OUTCOME_CONFIG, "cannot send"},
    {TRANSFER_BROKEN_OFF, OUTCOME_RETRY, "the connection broke"},
    {TRANSFER_SEND_FAILED, OUTCOME_RETRY, "the connection broke"},
    {TRANSFER_TIMED_OUT, OUTCOME_RETRY, "it was not taken in time"},
    {TRANSFER_OTHER, OUTCOME_RETRY, "sending failed"},
};

#define ENDINGS (sizeof(syslog_endings) / sizeof(syslog_endings[0]))

static void
syslog_stream_ended(const struct syslog_run *run,
    const struct transfer_result *result, struct outcome *out)
{
	const struct syslog_ending *ending = syslog_endings;
	const struct sink_url *url = &run->place.url;

	if (result->ended == TRANSFER_DONE) {
		outcome_set(out, OUTCOME_DELIVERED, 0,
		    "handed over to %.*s port %d; syslog gives no answer",
		    (int)url->host.len, url->host.data, run->place.port);
		return;
	}
	while (ending < syslog_endings + ENDINGS - 1 &&
	       ending->ended != result->ended)
		ending++;
	outcome_set(out,
	    ending->class == OUTCOME_RETRY && result->was_sent ? OUTCOME_DOUBT
							       : ending->class,
	    result->code, "%.*s port %d: %s%s%s", (int)url->host.len,
	    url->host.data, run->place.port, ending->words,
	    result->text[0] ? ": " : "", result->text);
}

static void
syslog_send_stream(struct syslog_run *run, struct span line,
    const struct trace *trace, struct outcome *out)
{
	const struct transfer_peer peer = {
	    .url = run->url,
	    .protocols = "http,https",
	    .tls = &run->settings->trust,
	    .timeout_ms = run->settings->sink.timeout,
	    .stall_ms = run->settings->sink.timeout,
	    .trace = trace,
	};
	struct transfer_result result = {0};
	struct buf framed = BUF_INIT;

	buf_addf(&framed, "%zu ", line.len);
	buf_add_span(&framed, line);
	transfer_stream(run->transfer, &peer, buf_span(&framed), &result);
	syslog_stream_ended(run, &result, out);
	buf_release(&framed);
}

static void
syslog_send(void *arg, const struct delivery *delivery, struct outcome *out)
{
	struct syslog_run *run = arg;
	struct buf line = BUF_INIT;

	syslog_line(delivery->alert, &run->line, &line);
	if (run->transfer)
		syslog_send_stream(
		    run, buf_span(&line), delivery->trace, out);
	else
		syslog_socket_send(&run->socket, buf_span(&line),
		    delivery->trace, out);
	buf_release(&line);
}

static void
syslog_close(void *arg)
{
	struct syslog_run *run = arg;

	syslog_socket_release(&run->socket);
	transfer_free(run->transfer);
	free(run->url);
	free(run->hostname);
	free(run);
}

/* transfer knows https:// as "in TLS", and speaks no HTTP for it. */
static void
syslog_make_url(struct syslog_run *run)
{
	const struct sink_url *url = &run->place.url;
	struct buf text = BUF_INIT;

	buf_addf(&text, "%s://%s%.*s%s:%d",
	    run->place.transport == SYSLOG_TLS ? "https" : "http",
	    url->ipv6 ? "[" : "", (int)url->host.len, url->host.data,
	    url->ipv6 ? "]" : "", run->place.port);
	run->url = buf_take(&text);
}

static int
syslog_prepare(struct syslog_run *run, struct err *err)
{
	if (syslog_place_parse(run->settings->url, &run->place, err))
		return -1;
	syslog_socket_init(
	    &run->socket, &run->place, run->settings->sink.timeout);
	syslog_choose_form(run);
	if (!syslog_is_stream(&run->place))
		return 0;
	syslog_make_url(run);
	run->transfer = transfer_new(err);
	return run->transfer ? 0 : -1;
}

static void *
syslog_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct syslog_run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	(void)name;
	run->settings = settings;
	run->hostname = xstrdup(hostname);
	run->socket.fd = -1;
	if (syslog_prepare(run, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		syslog_close(run);
		return NULL;
	}
	return run;
}

const struct sink_driver syslog_driver = {
    .table = &syslog_setting_table,
    .open = syslog_open,
    .send = syslog_send,
    .close = syslog_close,
};
