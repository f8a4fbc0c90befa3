/*
 * smtp_dialogue: what a mail server's replies say, and to what.
 *
 * libcurl tells neither which recipients were refused, nor that it went on
 * without logging in because the server did not offer it.  Pure: fed with
 * our commands and the lines of the replies, it knows where the dialogue
 * stands.
 */
#ifndef CTAIL_DELIVER_SMTP_DIALOGUE_H
#define CTAIL_DELIVER_SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"
#include "deliver/secrets.h"

#define SMTP_REPLY_TEXT_MAX 200

enum smtp_stage {
	SMTP_STAGE_GREETING,	/* until MAIL: greeting, EHLO, TLS, login */
	SMTP_STAGE_SENDER,	/* MAIL was sent */
	SMTP_STAGE_RECIPIENTS,	/* a RCPT was sent */
	SMTP_STAGE_DATA,	/* DATA was sent */
	SMTP_STAGE_MESSAGE,	/* 354 was said: it may be taken any time */
};

struct smtp_reply {
	int code;		/* 0: none yet */
	char text[SMTP_REPLY_TEXT_MAX];	/* its last line, without the code */
};

struct smtp_dialogue {
	enum smtp_stage stage;
	bool must_login;
	const struct secrets *secrets;	/* a reply that repeats them is not
					 * kept; NULL: none.  The owner's to
					 * set */
	bool logged_in;		/* on this connection, maybe long ago */
	bool is_new;		/* the server greeted us */
	bool quitting;		/* what comes answers QUIT */
	size_t replies;		/* complete ones of this message */
	struct smtp_reply last;
	struct smtp_reply *recipients;	/* in the order of the RCPTs */
	size_t recipient_count;
	size_t recipients_named;	/* RCPTs sent */
};

/* recipients: the most that a message has. */
void smtp_dialogue_init(
    struct smtp_dialogue *dialogue, size_t recipients, bool must_login);
void smtp_dialogue_release(struct smtp_dialogue *dialogue);

/* Before each message; what belongs to the connection stays. */
void smtp_dialogue_begin(struct smtp_dialogue *dialogue);

/* What we send. */
void smtp_dialogue_command(
    struct smtp_dialogue *dialogue, struct span command);

/* What the server says.  False when the exchange must not go on: the message
 * would be sent without the login that was asked for. */
bool smtp_dialogue_line(struct smtp_dialogue *dialogue, struct span line);

#endif
