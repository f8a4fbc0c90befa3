/*
 * transfer: one exchange with a server.
 *
 * Hides libcurl's dangers (reference/delivery.md 1.2): its options are set
 * here, in one place, for every exchange; only CURLE_OK is success.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "deliver/sink_url.h"
#include "deliver/transfer_internal.h"

#define CONNECT_MS 10000
#define GOODBYE_S 2

CURL *
transfer_curl(struct err *err)
{
	CURL *curl = curl_easy_init();

	if (!curl)
		err_set(err, "libcurl does not start");
	return curl;
}

struct transfer *
transfer_new(struct err *err)
{
	struct transfer *transfer;
	CURL *curl;

	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		err_set(err, "libcurl does not start");
		return NULL;
	}
	curl = transfer_curl(err);
	if (!curl) {
		curl_global_cleanup();
		return NULL;
	}
	transfer = xcalloc(1, sizeof(*transfer));
	transfer->curl = curl;
	return transfer;
}

static size_t
transfer_discard(char *bytes, size_t size, size_t count, void *arg)
{
	(void)bytes, (void)arg;
	return size * count;
}

/* The cleanup says QUIT and waits for an answer, for as long as the last
 * exchange would have waited.  An exchange without a URL sends nothing, and
 * leaves its own time behind. */
void
transfer_free(struct transfer *transfer)
{
	CURL *curl;

	if (!transfer)
		return;
	curl = transfer->curl;
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)GOODBYE_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, transfer_discard);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, transfer_discard);
	curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	free(transfer);
}

static long
transfer_seconds(int64_t ms)
{
	return (long)((ms + 999) / 1000);
}

static long
transfer_tls_version(const struct tls_settings *tls)
{
	return tls->min == TLS_1_3 ? CURL_SSLVERSION_TLSv1_3
				   : CURL_SSLVERSION_TLSv1_2;
}

static CURLcode
transfer_set_times(CURL *curl, const struct transfer_peer *peer)
{
	long connect = (long)(peer->timeout_ms < CONNECT_MS ? peer->timeout_ms
							    : CONNECT_MS);
	CURLcode bad = CURLE_OK;

	bad |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect);
	bad |=
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)peer->timeout_ms);
	bad |= curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    transfer_seconds(peer->timeout_ms));
	bad |= curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_LOW_SPEED_TIME, transfer_seconds(peer->stall_ms));

	/* Or the end of a transfer waits for a name server that is silent. */
	bad |= curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	return bad;
}

static CURLcode
transfer_set_trust(CURL *curl, const struct transfer_peer *peer)
{
	CURLcode bad = CURLE_OK;

	bad |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_SSLVERSION, transfer_tls_version(peer->tls));
	if (peer->tls->ca_file) {
		bad |=
		    curl_easy_setopt(curl, CURLOPT_CAINFO, peer->tls->ca_file);
		bad |= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
	}
	if (peer->tls->pin)
		bad |= curl_easy_setopt(
		    curl, CURLOPT_PINNEDPUBLICKEY, peer->tls->pin);
	return bad;
}

/* Who we are, where the server asks.  A key may stand in the same file. */
static CURLcode
transfer_set_certificate(CURL *curl, const struct tls_settings *tls)
{
	CURLcode bad = CURLE_OK;

	if (!tls->cert_file)
		return bad;
	bad |= curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
	bad |= curl_easy_setopt(curl, CURLOPT_SSLCERT, tls->cert_file);
	bad |= curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
	bad |= curl_easy_setopt(curl, CURLOPT_SSLKEY,
	    tls->key_file ? tls->key_file : tls->cert_file);
	return bad;
}

/* Nowhere but there: a proxy only by intent, even where the environment has
 * one (ALL_PROXY would take mail as well). */
static CURLcode
transfer_set_route(CURL *curl, const struct transfer_peer *peer)
{
	CURLcode bad = CURLE_OK;

	bad |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_PROXY, peer->proxy ? peer->proxy : "");
	bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, peer->protocols);
	if (peer->socket)
		bad |= curl_easy_setopt(
		    curl, CURLOPT_UNIX_SOCKET_PATH, peer->socket);
	return bad;
}

/* What libcurl writes must never reach our standard output: that is the
 * connection to ctaild. */
static size_t
transfer_on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct exchange *exchange = arg;
	size_t len = size * count, room = 0;

	if (exchange->reply && exchange->reply->len < TRANSFER_REPLY_MAX)
		room = TRANSFER_REPLY_MAX - exchange->reply->len;
	if (room > 0)
		buf_add(exchange->reply, bytes, len < room ? len : room);
	return len;
}

static size_t
transfer_on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct exchange *exchange = arg;
	const struct transfer_mail *mail = exchange->mail;
	size_t len = size * count;

	if (mail && !mail->on_reply_line(mail->arg, span_of(bytes, len)))
		return 0;
	return len;
}

static void
transfer_copy(char *out, size_t size, struct span text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len > 0)
		memcpy(out, text.data, len);
	out[len] = '\0';
}

/* Why a server hangs up in the middle of TLS ("certificate required") stands
 * there, and the error text speaks of the socket. */
static void
transfer_hear_alert(struct exchange *exchange, struct span note)
{
	static const char start[] = "OpenSSL SSL_read: ";
	size_t len = sizeof(start) - 1;

	if (note.len > len && !memcmp(note.data, start, len) &&
	    memmem(note.data, note.len, " alert ", 7))
		transfer_copy(exchange->alert_text,
		    sizeof(exchange->alert_text), span_trim(note));
}

static void
transfer_hear_command(const struct exchange *exchange, struct span bytes)
{
	if (exchange->mail)
		exchange->mail->on_command(exchange->mail->arg, bytes);
}

static int
transfer_on_debug(
    CURL *curl, curl_infotype type, char *bytes, size_t size, void *arg)
{
	static const struct {
		curl_infotype type;
		enum transfer_heard heard;
	} heard[] = {
	    {CURLINFO_TEXT, TRANSFER_HEARD_NOTE},
	    {CURLINFO_HEADER_IN, TRANSFER_HEARD_REPLY},
	    {CURLINFO_HEADER_OUT, TRANSFER_HEARD_COMMAND},
	    {CURLINFO_DATA_IN, TRANSFER_HEARD_GOT},
	    {CURLINFO_DATA_OUT, TRANSFER_HEARD_SENT},
	};
	struct exchange *exchange = arg;
	struct span span = span_of(bytes, size);

	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		transfer_hear_command(exchange, span);
	if (type == CURLINFO_TEXT)
		transfer_hear_alert(exchange, span);
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++) {
		if (exchange->trace && heard[i].type == type)
			transfer_trace_hear(
			    exchange->trace, heard[i].heard, span);
	}
	return 0;
}

/* The commands of mail tell whom the replies are about: that needs listening
 * also when nobody else does. */
static CURLcode
transfer_set_debug(CURL *curl, struct exchange *exchange)
{
	CURLcode bad = CURLE_OK;

	if (!exchange->trace && !exchange->mail)
		return bad;
	bad |= curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, transfer_on_debug);
	bad |= curl_easy_setopt(curl, CURLOPT_DEBUGDATA, exchange);
	return bad;
}

int
transfer_begin(struct transfer *transfer, const struct transfer_peer *peer,
    struct exchange *exchange)
{
	CURL *curl = transfer->curl;
	CURLcode bad = CURLE_OK;

	curl_easy_reset(curl);
	bad |=
	    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->error_text);
	bad |= curl_easy_setopt(curl, CURLOPT_URL, peer->url);
	bad |= transfer_set_times(curl, peer);
	bad |= transfer_set_trust(curl, peer);
	bad |= transfer_set_certificate(curl, peer->tls);
	bad |= transfer_set_route(curl, peer);
	bad |= transfer_set_debug(curl, exchange);
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, transfer_on_body);
	bad |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	bad |=
	    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, transfer_on_header);
	bad |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, exchange);
	return bad ? -1 : 0;
}

static const struct transfer_meaning {
	CURLcode rc;
	enum transfer_ended ended;
} transfer_meanings[] = {
    {CURLE_OK, TRANSFER_DONE},
    {CURLE_UNSUPPORTED_PROTOCOL, TRANSFER_UNUSABLE},
    {CURLE_URL_MALFORMAT, TRANSFER_UNUSABLE},
    {CURLE_NOT_BUILT_IN, TRANSFER_UNUSABLE},
    {CURLE_COULDNT_RESOLVE_PROXY, TRANSFER_NO_HOST},
    {CURLE_COULDNT_RESOLVE_HOST, TRANSFER_NO_HOST},
    {CURLE_COULDNT_CONNECT, TRANSFER_NO_CONNECTION},
    {CURLE_PROXY, TRANSFER_NO_CONNECTION},
    {CURLE_WEIRD_SERVER_REPLY, TRANSFER_REPLY_BAD},
    {CURLE_OUT_OF_MEMORY, TRANSFER_REPLY_BAD},
    {CURLE_REMOTE_ACCESS_DENIED, TRANSFER_REPLY_BAD},
    {CURLE_WRITE_ERROR, TRANSFER_STOPPED},
    {CURLE_ABORTED_BY_CALLBACK, TRANSFER_STOPPED},
    {CURLE_OPERATION_TIMEDOUT, TRANSFER_TIMED_OUT},
    {CURLE_SSL_CONNECT_ERROR, TRANSFER_TLS_FAILED},
    {CURLE_SSL_CIPHER, TRANSFER_TLS_FAILED},
    {CURLE_PEER_FAILED_VERIFICATION, TRANSFER_UNTRUSTED},
    {CURLE_SSL_CACERT_BADFILE, TRANSFER_NO_AUTHORITY},
    {CURLE_SSL_ISSUER_ERROR, TRANSFER_UNTRUSTED},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, TRANSFER_PIN_WRONG},
    {CURLE_SSL_CERTPROBLEM, TRANSFER_OUR_CERTIFICATE},
    {CURLE_USE_SSL_FAILED, TRANSFER_NO_TLS},
    {CURLE_LOGIN_DENIED, TRANSFER_LOGIN_FAILED},
    {CURLE_AUTH_ERROR, TRANSFER_LOGIN_FAILED},
    {CURLE_GOT_NOTHING, TRANSFER_BROKEN_OFF},
    {CURLE_RECV_ERROR, TRANSFER_BROKEN_OFF},
    {CURLE_PARTIAL_FILE, TRANSFER_BROKEN_OFF},
    {CURLE_HTTP2, TRANSFER_BROKEN_OFF},
    {CURLE_HTTP2_STREAM, TRANSFER_BROKEN_OFF},
    {CURLE_SEND_ERROR, TRANSFER_SEND_FAILED},
};

static enum transfer_ended
transfer_meaning_of_code(CURLcode rc)
{
	size_t count = sizeof(transfer_meanings) / sizeof(transfer_meanings[0]);

	for (size_t i = 0; i < count; i++) {
		if (transfer_meanings[i].rc == rc)
			return transfer_meanings[i].ended;
	}
	return TRANSFER_OTHER;
}

/* Two of libcurl's codes have a second meaning: a refusal of CONNECT, and an
 * answer in no protocol at all. */
static enum transfer_ended
transfer_meaning_of(CURL *curl, CURLcode rc, long request)
{
	enum transfer_ended ended = transfer_meaning_of_code(rc);
	long answer = 0;

	curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &answer);
	if (rc != CURLE_OK && answer >= 300)
		return TRANSFER_PROXY_REFUSED;
	if (rc == CURLE_UNSUPPORTED_PROTOCOL && request > 0)
		return TRANSFER_REPLY_BAD;
	return ended;
}

/* The rest of the address may be a secret, or a trap. */
static void
transfer_note_redirect(CURL *curl, struct transfer_result *out)
{
	const char *target = NULL;
	struct sink_url url;

	curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &target);
	if (target && !sink_url_parse(span_str(target), &url, NULL))
		transfer_copy(
		    out->redirect_host, sizeof(out->redirect_host), url.host);
}

/* For a broken connection libcurl's words hold an errno that means nothing;
 * memory that is out is what it says of a head that is too long. */
static const char *
transfer_words(
    CURLcode rc, const struct exchange *exchange, enum transfer_ended ended)
{
	if (rc == CURLE_OUT_OF_MEMORY)
		return "too much of it";
	if (ended == TRANSFER_BROKEN_OFF && exchange->alert_text[0])
		return exchange->alert_text;
	if (!exchange->error_text[0] || ended == TRANSFER_BROKEN_OFF)
		return curl_easy_strerror(rc);
	return exchange->error_text;
}

void
transfer_finish(CURL *curl, CURLcode rc, struct exchange *exchange,
    struct transfer_result *out)
{
	long code = 0, connections = 0, request = 0;
	curl_off_t retry_after = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
	curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
	out->ended = transfer_meaning_of(curl, rc, request);
	out->code = code > 0 && code < 1000 ? (int)code : 0;
	out->is_new = connections > 0;
	out->was_sent = request > 0;

	/* A date in the year 2099 comes out as two thousand million. */
	if (retry_after > 0)
		out->retry_after_ms =
		    retry_after < 86400 ? retry_after * 1000 : 86400 * 1000;
	transfer_note_redirect(curl, out);
	transfer_copy(out->text, sizeof(out->text),
	    span_str(transfer_words(rc, exchange, out->ended)));

	/* The buffer dies with the caller's frame. */
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
}

void
transfer_unusable(const struct exchange *exchange, struct transfer_result *out)
{
	const char *text = exchange->error_text;

	out->ended = TRANSFER_UNUSABLE;
	transfer_copy(out->text, sizeof(out->text),
	    span_str(text[0] ? text : "libcurl refuses an option we need"));
}

struct curl_slist *
transfer_list(const char *const *lines)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; lines[i]; i++) {
		struct curl_slist *longer = curl_slist_append(list, lines[i]);

		if (!longer) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

void
transfer_advise(
    const struct transfer_peer *peer, const struct transfer_result *result)
{
	trace_line(peer->trace, TRACE_ADVICE,
	    span_str(transfer_advice(result->ended)));
}
