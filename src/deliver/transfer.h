/*
 * transfer: one exchange with a server.  The only includer of <curl/curl.h>.
 *
 * A struct transfer belongs to one run of one sink and is never shared: a
 * connection made in clear must not be found by a sink that wants TLS.  It
 * keeps its connection between exchanges.  TLS is always verified, redirects
 * are not followed, .netrc and the environment's proxies are not read.  A
 * trace shows commands, answers and what TLS agreed on, and no secret: see
 * transfer_trace.h.
 */
#ifndef CTAIL_DELIVER_TRANSFER_H
#define CTAIL_DELIVER_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "deliver/secrets.h"
#include "deliver/tls_settings.h"
#include "deliver/worker.h"

#define TRANSFER_REPLY_MAX 8192
#define TRANSFER_HOST_MAX 256
#define TRANSFER_TEXT_MAX 256

enum transfer_login { TRANSFER_CLEAR, TRANSFER_STARTTLS };

/* What the exchanges of a run have in common; borrowed for each call. */
struct transfer_peer {
	const char *url;
	const char *protocols;		/* "smtp,smtps": no other */
	const struct tls_settings *tls;
	const char *proxy;		/* NULL: none */
	int64_t timeout_ms;		/* of one exchange */
	int64_t stall_ms;		/* longest time without a byte */
	const char *socket;		/* path of a socket of this machine to
					 * connect to instead; NULL: none */
	const struct trace *trace;	/* NULL: nobody listens */
	const struct secrets *secrets;	/* no line of the trace shows them;
					 * NULL: there are none */
};

struct transfer_mail {
	enum transfer_login login;	/* for smtp:// */
	const char *user;		/* NULL: do not log in */
	const char *password;
	const char *from;
	const char *const *to;		/* NULL-terminated */
	struct span message;		/* CRLF; dots are stuffed here */

	/* Each command, and each line of a reply; false ends the exchange. */
	void (*on_command)(void *arg, struct span command);
	bool (*on_reply_line)(void *arg, struct span line);
	void *arg;
};

struct transfer_post {
	const char *const *headers;	/* "Name: value"; NULL-terminated */
	struct span body;
};

enum transfer_ended {
	TRANSFER_DONE,		/* by the protocol's own word */
	TRANSFER_NO_HOST,	/* the name has no address */
	TRANSFER_NO_CONNECTION,
	TRANSFER_PROXY_REFUSED,	/* the proxy's word, not the server's */
	TRANSFER_NO_TLS,	/* the server does not offer it */
	TRANSFER_TLS_FAILED,
	TRANSFER_UNTRUSTED,	/* certificate, or our list of authorities */
	TRANSFER_PIN_WRONG,	/* trusted, but not the key that we know */
	TRANSFER_OUR_CERTIFICATE,	/* cert_file or key_file */
	TRANSFER_NO_AUTHORITY,	/* ca_file cannot be read, or holds none */
	TRANSFER_LOGIN_FAILED,
	TRANSFER_REPLY_BAD,	/* a reply that means no */
	TRANSFER_SEND_FAILED,	/* a command was refused, or broken off */
	TRANSFER_BROKEN_OFF,	/* while waiting for an answer */
	TRANSFER_TIMED_OUT,
	TRANSFER_STOPPED,	/* on_reply_line said so */
	TRANSFER_UNUSABLE,	/* what was asked for cannot be done */
	TRANSFER_OTHER,
};

struct transfer_result {
	enum transfer_ended ended;
	int code;			/* of the protocol; may be stale */
	bool is_new;			/* a new connection was made */
	bool was_sent;			/* some of the request left */
	int64_t retry_after_ms;		/* 0: none */
	char redirect_host[TRANSFER_HOST_MAX];
	char text[TRANSFER_TEXT_MAX];	/* in words; names the host only */
};

enum transfer_connection { TRANSFER_REUSE, TRANSFER_FRESH };

struct transfer;

/* NULL only when the library cannot be used at all. */
struct transfer *transfer_new(struct err *err);
void transfer_free(struct transfer *transfer);

void transfer_mail(struct transfer *transfer,
    const struct transfer_peer *peer, const struct transfer_mail *mail,
    enum transfer_connection connection, struct transfer_result *out);

/* A bare connection, in TLS where url begins with https://: sends the bytes and
 * reads nothing but what says that the peer has closed it.  For syslog.  The
 * connection is kept; one that the peer has closed meanwhile is made anew,
 * once.  DONE: the system has taken all the bytes; nobody says more.  The
 * program must ignore SIGPIPE.  A struct transfer that streams does nothing
 * else, and always to the same peer. */
void transfer_stream(struct transfer *transfer,
    const struct transfer_peer *peer, struct span bytes,
    struct transfer_result *out);

/* reply gets at most TRANSFER_REPLY_MAX bytes.  A connection that is used again
 * and dies unanswered is made anew by libcurl itself, and the request sent a
 * second time: it must carry an id that lets the receiver know it. */
void transfer_post(struct transfer *transfer,
    const struct transfer_peer *peer, const struct transfer_post *post,
    struct buf *reply, struct transfer_result *out);

/* What a person can do about such an end, as a sentence; NULL: nothing that
 * we know.  transfer_post and transfer_stream put it into their trace
 * themselves; transfer_mail leaves it to its caller, who may try again. */
const char *transfer_advice(enum transfer_ended ended);

#endif
