/*
 * transfer_mail: a message to a mail server.
 *
 * libcurl waits for the last reply inside one call, whatever a multi handle
 * says: hence a process for each sink's run.  The size of the message is not
 * told to libcurl: with it, one of 64 KiB and more lost its end in some
 * versions (curl #18798).
 */
#include "config.h"

#include <string.h>

#include "deliver/transfer_internal.h"

/* libcurl makes this buffer for each mail anew; its usual 64 KiB go back to
 * the system every time, which costs more than the mail. */
#define MAIL_BUFFER_BYTES 16384L

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

static CURLcode
transfer_set_login(CURL *curl, const struct transfer_mail *mail)
{
	CURLcode bad = CURLE_OK;

	/* Never CURLUSESSL_TRY, which goes on in clear. */
	bad |= curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    mail->login == TRANSFER_STARTTLS ? (long)CURLUSESSL_ALL
					     : (long)CURLUSESSL_NONE);
	if (mail->user) {
		bad |= curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
		bad |= curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
	}
	return bad;
}

/* MAIL_RCPT_ALLLOWFAILS: one recipient's refusal is not the others'. */
static CURLcode
transfer_set_mail(CURL *curl, const struct transfer_mail *mail,
    struct exchange *exchange, struct curl_slist *to)
{
	CURLcode bad = to ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	bad |= transfer_set_login(curl, mail);
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	bad |= curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
	bad |= curl_easy_setopt(curl, CURLOPT_READFUNCTION, transfer_on_read);
	bad |= curl_easy_setopt(curl, CURLOPT_READDATA, exchange);
	bad |= curl_easy_setopt(
	    curl, CURLOPT_UPLOAD_BUFFERSIZE, MAIL_BUFFER_BYTES);
	bad |= curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	return bad;
}

void
transfer_mail(struct transfer *transfer, const struct transfer_peer *peer,
    const struct transfer_mail *mail, enum transfer_connection connection,
    struct transfer_result *out)
{
	struct transfer_trace trace = {0};
	struct exchange exchange = {
	    .mail = mail,
	    .trace = peer->trace ? &trace : NULL,
	};
	struct curl_slist *to = transfer_list(mail->to);
	CURL *curl = transfer->curl;

	*out = (struct transfer_result){0};
	transfer_trace_init(&trace, TRANSFER_TALK_MAIL, peer->trace,
	    peer->secrets);
	if (transfer_begin(transfer, peer, &exchange) ||
	    transfer_set_mail(curl, mail, &exchange, to)) {
		transfer_unusable(&exchange, out);
	} else {
		curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT,
		    (long)(connection == TRANSFER_FRESH));
		transfer_finish(curl, curl_easy_perform(curl), &exchange, out);
		transfer_trace_end(&trace);
	}
	transfer_trace_release(&trace);
	curl_easy_reset(curl);
	curl_slist_free_all(to);
}
