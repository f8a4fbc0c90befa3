/*
 * transfer_post: a request to a web service.
 */
#include "config.h"

#include "deliver/transfer_internal.h"

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
	struct transfer_trace trace = {0};
	struct exchange exchange = {
	    .reply = reply,
	    .trace = peer->trace ? &trace : NULL,
	};
	struct curl_slist *headers = transfer_list(post->headers);
	CURL *curl = transfer->curl;

	*out = (struct transfer_result){0};
	transfer_trace_init(&trace, TRANSFER_TALK_POST, peer->trace,
	    peer->secrets);
	if (transfer_begin(transfer, peer, &exchange) ||
	    transfer_set_post(curl, post, headers)) {
		transfer_unusable(&exchange, out);
	} else {
		/* Where a connection that is used again dies unanswered,
		 * libcurl makes another and sends the request again: two
		 * calls were seen to make three requests.  The id in it is
		 * what tells the receiver. */
		transfer_finish(curl, curl_easy_perform(curl), &exchange, out);
		transfer_trace_end(&trace);
	}
	transfer_advise(peer, out);
	transfer_trace_release(&trace);
	curl_easy_reset(curl);
	curl_slist_free_all(headers);
}
