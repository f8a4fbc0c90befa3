/*
 * transfer_stream: bytes over a bare connection, in clear or in TLS.
 *
 * libcurl makes the connection as if for HTTP and then says nothing on it.
 * Its handle is kept as it is between calls, for what it was told belongs to
 * the connection; a connection that died takes its handle with it.
 */
#include "config.h"

#include <poll.h>

#include "base/clock.h"
#include "deliver/transfer_internal.h"

#define WAIT_MAX_MS 1000
#define DRAIN_MAX 64
#define PIECE_MAX 16384 /* as TLS cuts it: so that we know how far it got */

static CURLcode
transfer_set_stream(CURL *curl)
{
	CURLcode bad = CURLE_OK;

	bad |= curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	return bad;
}

static void
transfer_hang_up(struct transfer *transfer)
{
	CURL *fresh = curl_easy_init();

	transfer->streams = false;
	if (!fresh) {
		curl_easy_reset(transfer->curl);
		return;
	}
	curl_easy_cleanup(transfer->curl);
	transfer->curl = fresh;
}

/* The callbacks' data die with this frame: nothing may be left that points to
 * them. */
static void
transfer_forget_exchange(CURL *curl)
{
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 0L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, NULL);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, NULL);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, NULL);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, NULL);
}

static void
transfer_connect(struct transfer *transfer, const struct transfer_peer *peer,
    struct transfer_result *out)
{
	struct transfer_trace trace = {0};
	struct exchange exchange = {.trace = peer->trace ? &trace : NULL};
	CURL *curl = transfer->curl;

	transfer_trace_init(&trace, TRANSFER_TALK_POST, peer->trace,
	    peer->secrets);
	if (transfer_begin(transfer, peer, &exchange) ||
	    transfer_set_stream(curl)) {
		transfer_unusable(&exchange, out);
	} else {
		transfer_finish(curl, curl_easy_perform(curl), &exchange, out);
		transfer->streams = out->ended == TRANSFER_DONE;
	}
	transfer_forget_exchange(curl);
	transfer_trace_release(&trace);
}

/* What a collector says is of no use but for its end. */
static bool
transfer_is_closed(CURL *curl)
{
	char bytes[256];

	for (int i = 0; i < DRAIN_MAX; i++) {
		size_t got = 0;
		CURLcode rc = curl_easy_recv(curl, bytes, sizeof(bytes), &got);

		if (rc == CURLE_AGAIN)
			return false;
		if (rc != CURLE_OK || got == 0)
			return true;
	}
	return false;
}

/* Until the socket takes more, or some time has passed. */
static void
transfer_wait(CURL *curl, int64_t until_ms)
{
	curl_socket_t socket = CURL_SOCKET_BAD;
	int64_t left = until_ms - clock_boot_ms();
	struct pollfd wanted;

	if (left > WAIT_MAX_MS)
		left = WAIT_MAX_MS;
	curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket);
	wanted = (struct pollfd){.fd = (int)socket, .events = POLLOUT};
	if (left > 0)
		poll(&wanted, 1, (int)left);
}

static CURLcode
transfer_push(CURL *curl, struct span bytes, int64_t until_ms, size_t *sent_out)
{
	CURLcode rc = CURLE_OK;
	size_t sent = 0;

	while (sent < bytes.len) {
		size_t left = bytes.len - sent, got = 0;

		rc = curl_easy_send(curl, bytes.data + sent,
		    left < PIECE_MAX ? left : PIECE_MAX, &got);
		sent += got;
		if (rc == CURLE_OK)
			continue;
		if (rc != CURLE_AGAIN)
			break;
		rc = CURLE_OPERATION_TIMEDOUT;
		if (clock_boot_ms() >= until_ms)
			break;
		transfer_wait(curl, until_ms);
	}
	*sent_out = sent;
	return sent == bytes.len ? CURLE_OK : rc;
}

/* One try on the connection there is, or on a new one. */
static void
transfer_try_stream(struct transfer *transfer, const struct transfer_peer *peer,
    struct span bytes, struct transfer_result *out)
{
	int64_t until_ms = clock_boot_ms() + peer->timeout_ms;
	struct exchange exchange = {0};
	bool is_new = !transfer->streams;
	size_t sent = 0;
	CURLcode rc;

	*out = (struct transfer_result){.is_new = is_new};
	if (is_new)
		transfer_connect(transfer, peer, out);
	if (!transfer->streams)
		return;
	rc = transfer_push(transfer->curl, bytes, until_ms, &sent);
	transfer_finish(transfer->curl, rc, &exchange, out);
	out->is_new = is_new;
	out->was_sent = sent > 0 || rc == CURLE_OPERATION_TIMEDOUT;
	trace_linef(peer->trace, TRACE_SAID, "(%zu of %zu bytes, not shown)",
	    sent, bytes.len);

	/* A half message would spoil the next. */
	if (rc != CURLE_OK)
		transfer_hang_up(transfer);
}

void
transfer_stream(struct transfer *transfer, const struct transfer_peer *peer,
    struct span bytes, struct transfer_result *out)
{
	if (transfer->streams && transfer_is_closed(transfer->curl))
		transfer_hang_up(transfer);
	transfer_try_stream(transfer, peer, bytes, out);
	if (out->ended != TRANSFER_DONE && !out->is_new && !out->was_sent)
		transfer_try_stream(transfer, peer, bytes, out);
	transfer_advise(peer, out);
}
