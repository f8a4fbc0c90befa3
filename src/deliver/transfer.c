/*
 * transfer: one exchange with a server.  The only includer of <curl/curl.h>.
 *
 * Hides libcurl's dangers (reference/delivery.md 1.2): its options are set
 * here, in one place, for every exchange; only CURLE_OK is success.
 */
#include "config.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "deliver/sink_url.h"
#include "deliver/transfer.h"

#define CONNECT_MS 10000
#define GOODBYE_S 2

struct transfer {
	CURL *curl;
};

/* The callbacks' view of one exchange. */
struct exchange {
	const struct transfer_mail *mail;
	size_t read;
	struct buf *reply;
};

struct transfer *
transfer_new(struct err *err)
{
	struct transfer *transfer;
	CURL *curl;

	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		err_set(err, "libcurl does not start");
		return NULL;
	}
	curl = curl_easy_init();
	if (!curl) {
		curl_global_cleanup();
		err_set(err, "libcurl does not start");
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
	bad |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_PROXY, peer->proxy ? peer->proxy : "");
	bad |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, peer->protocols);
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

static size_t
transfer_on_read(char *bytes, size_t size, size_t count, void *arg)
{
	struct exchange *exchange = arg;
	struct span message = exchange->mail->message;
	size_t len = message.len - exchange->read;

	if (len > size * count)
		len = size * count;
	if (len > 0)
		memcpy(bytes, message.data + exchange->read, len);
	exchange->read += len;
	return len;
}

/* -1 when this libcurl cannot do something that we depend on; then nothing
 * is sent. */
static int
transfer_begin(struct transfer *transfer, const struct transfer_peer *peer,
    struct exchange *exchange, char *error_text)
{
	CURL *curl = transfer->curl;
	CURLcode bad = CURLE_OK;

	curl_easy_reset(curl);
	bad |= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error_text);
	bad |= curl_easy_setopt(curl, CURLOPT_URL, peer->url);
	bad |= transfer_set_times(curl, peer);
	bad |= transfer_set_trust(curl, peer);
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
    {CURLE_REMOTE_ACCESS_DENIED, TRANSFER_REPLY_BAD},
    {CURLE_WRITE_ERROR, TRANSFER_STOPPED},
    {CURLE_ABORTED_BY_CALLBACK, TRANSFER_STOPPED},
    {CURLE_OPERATION_TIMEDOUT, TRANSFER_TIMED_OUT},
    {CURLE_SSL_CONNECT_ERROR, TRANSFER_TLS_FAILED},
    {CURLE_SSL_CIPHER, TRANSFER_TLS_FAILED},
    {CURLE_PEER_FAILED_VERIFICATION, TRANSFER_UNTRUSTED},
    {CURLE_SSL_CACERT_BADFILE, TRANSFER_UNTRUSTED},
    {CURLE_SSL_ISSUER_ERROR, TRANSFER_UNTRUSTED},
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
transfer_meaning_of(CURLcode rc)
{
	size_t count = sizeof(transfer_meanings) / sizeof(transfer_meanings[0]);

	for (size_t i = 0; i < count; i++) {
		if (transfer_meanings[i].rc == rc)
			return transfer_meanings[i].ended;
	}
	return TRANSFER_OTHER;
}

static void
transfer_copy(char *out, size_t size, struct span text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len > 0)
		memcpy(out, text.data, len);
	out[len] = '\0';
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

static void
transfer_finish(CURL *curl, CURLcode rc, const char *error_text,
    struct transfer_result *out)
{
	long code = 0, connections = 0, request = 0;
	curl_off_t retry_after = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
	curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
	out->ended = transfer_meaning_of(rc);
	out->code = code > 0 && code < 1000 ? (int)code : 0;
	out->is_new = connections > 0;
	out->was_sent = request > 0;

	/* A date in the year 2099 comes out as two thousand million. */
	if (retry_after > 0)
		out->retry_after_ms =
		    retry_after < 86400 ? retry_after * 1000 : 86400 * 1000;
	transfer_note_redirect(curl, out);

	/* For a broken connection it holds an errno that means nothing. */
	if (!error_text[0] || out->ended == TRANSFER_BROKEN_OFF)
		error_text = curl_easy_strerror(rc);
	transfer_copy(out->text, sizeof(out->text), span_str(error_text));

	/* The buffer dies with the caller's frame. */
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
}

static void
transfer_unusable(const char *error_text, struct transfer_result *out)
{
	out->ended = TRANSFER_UNUSABLE;
	transfer_copy(out->text, sizeof(out->text),
	    span_str(error_text[0] ? error_text
				   : "libcurl refuses an option we need"));
}

/* libcurl's lists grow by one copied line; NULL when memory is out, which is
 * fatal as everywhere. */
static struct curl_slist *
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

static CURLcode
transfer_set_mail(CURL *curl, const struct transfer_mail *mail,
    struct exchange *exchange, struct curl_slist *to)
{
	CURLcode bad = to ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	bad |= curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    mail->login == TRANSFER_STARTTLS ? (long)CURLUSESSL_ALL
					     : (long)CURLUSESSL_NONE);
	if (mail->user) {
		bad |= curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
		bad |= curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
	}
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_READFUNCTION, transfer_on_read);
	bad |= curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
	bad |= curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	return bad;
}

void
transfer_mail(struct transfer *transfer, const struct transfer_peer *peer,
    const struct transfer_mail *mail, enum transfer_connection connection,
    struct transfer_result *out)
{
	char error_text[CURL_ERROR_SIZE] = "";
	struct exchange exchange = {.mail = mail};
	struct curl_slist *to = transfer_list(mail->to);
	CURL *curl = transfer->curl;

	*out = (struct transfer_result){0};
	if (transfer_begin(transfer, peer, &exchange, error_text) ||
	    transfer_set_mail(curl, mail, &exchange, to)) {
		transfer_unusable(error_text, out);
	} else {
		curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT,
		    (long)(connection == TRANSFER_FRESH));
		transfer_finish(curl, curl_easy_perform(curl), error_text, out);
	}
	curl_easy_reset(curl);
	curl_slist_free_all(to);
}

static CURLcode
transfer_set_post(
    CURL *curl, const struct transfer_post *post, struct curl_slist *headers)
{
	CURLcode bad = headers ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	bad |=
	    curl_easy_setopt(curl, CURLOPT_USERAGENT, "ctail/" PACKAGE_VERSION);
	bad |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	bad |= curl_easy_setopt(curl, CURLOPT_POST, 1L);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->body.len);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDS, post->body.data ? post->body.data : "");
	return bad;
}

void
transfer_post(struct transfer *transfer, const struct transfer_peer *peer,
    const struct transfer_post *post, struct buf *reply,
    struct transfer_result *out)
{
	char error_text[CURL_ERROR_SIZE] = "";
	struct exchange exchange = {.reply = reply};
	struct curl_slist *headers = transfer_list(post->headers);
	CURL *curl = transfer->curl;

	*out = (struct transfer_result){0};
	if (transfer_begin(transfer, peer, &exchange, error_text) ||
	    transfer_set_post(curl, post, headers))
		transfer_unusable(error_text, out);
	else
		transfer_finish(curl, curl_easy_perform(curl), error_text, out);
	curl_easy_reset(curl);
	curl_slist_free_all(headers);
}
