/*
 * smtp_dialogue: what a mail server's replies say, line by line.
 *
 * libcurl tells neither which recipients were refused, nor that it went on
 * without logging in because the server did not offer it.  Pure: fed with
 * reply lines, it knows where the dialogue stands.
 */
#ifndef CTAIL_DELIVER_SMTP_DIALOGUE_H
#define CTAIL_DELIVER_SMTP_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/span.h"

#define SMTP_REPLY_TEXT_MAX 200

enum smtp_stage {
	SMTP_STAGE_GREETING,	/* nothing was said yet */
	SMTP_STAGE_ENVELOPE,	/* before the message may be sent */
	SMTP_STAGE_DATA,	/* 354 was said */
};

struct smtp_dialogue {
	enum smtp_stage stage;
	bool must_login;
	bool logged_in;		/* on this connection, maybe long ago */
	bool is_new;		/* the server greeted us */
	size_t replies;		/* complete ones of this message */
	int code;		/* of the last complete reply */
	char text[SMTP_REPLY_TEXT_MAX];	/* its last line */
	int *recent;		/* the last `recipients` codes, a ring */
	size_t recipients;
};

void smtp_dialogue_init(
    struct smtp_dialogue *dialogue, size_t recipients, bool must_login);
void smtp_dialogue_release(struct smtp_dialogue *dialogue);

/* Before each message; what belongs to the connection stays. */
void smtp_dialogue_begin(struct smtp_dialogue *dialogue);

/* False when the exchange must not go on: the message would be sent without
 * the login that was asked for. */
bool smtp_dialogue_line(struct smtp_dialogue *dialogue, struct span line);

/* How many recipients were refused for now (4xx) or for good (5xx). */
struct smtp_refused {
	size_t for_now;
	size_t for_good;
};

struct smtp_refused smtp_dialogue_refused(
    const struct smtp_dialogue *dialogue);

#endif
