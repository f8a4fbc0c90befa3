/*
 * outcome: how one attempt to deliver one alert ended.
 *
 * class says what follows for the alert, scope whether the sink as a whole has
 * to wait.  By outcome_set, what a person or a network must mend (RETRY,
 * DOUBT, CONFIG, GONE) is of the sink; a driver that knows better (a mail
 * server that greylists one recipient, a web service with one fault) says so.
 */
#ifndef CTAIL_DELIVER_OUTCOME_H
#define CTAIL_DELIVER_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

enum outcome_class {
	OUTCOME_DELIVERED,	/* what the protocol calls success */
	OUTCOME_RETRY,		/* not taken now; try again later */
	OUTCOME_DOUBT,		/* perhaps taken; try again, same id */
	OUTCOME_REFUSED,	/* this alert will never be taken */
	OUTCOME_CONFIG,		/* nothing will be taken until a person acts */
	OUTCOME_GONE,		/* the sink is gone for good (HTTP 410): it is
				 * not tried again until a person says so */
};

enum outcome_scope {
	OUTCOME_OF_SINK,	/* whatever is sent next meets the same */
	OUTCOME_OF_ALERT,	/* others may fare better */
};

#define OUTCOME_TEXT_MAX 512

/* What of an alert is done, in words of its kind of sink ([smtp]: which
 * recipients have it), given back at the next attempt.  Printable ASCII. */
#define OUTCOME_SETTLED_MAX 1024

struct outcome {
	enum outcome_class class;
	int code;		/* of the protocol; 0: none */
	enum outcome_scope scope;
	int64_t retry_after_ms;	/* the server's wish; 0: none */
	bool partly;		/* DELIVERED, but not to all: text says to whom
				 * not, and why */
	char settled[OUTCOME_SETTLED_MAX];	/* "": nothing, or all */
	char text[OUTCOME_TEXT_MAX];	/* in words, without secrets */
};

const char *outcome_class_name(enum outcome_class class);
int outcome_class_parse(struct span name, enum outcome_class *out);

void outcome_set(struct outcome *outcome, enum outcome_class class, int code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* What a server or a command said, as one line: valid UTF-8, every run of
 * blanks and controls one blank, at most size - 1 bytes. */
void outcome_clean(struct span text, char *out, size_t size);

/* Whether it may be somebody's `settled'. */
int outcome_check_settled(struct span settled, struct err *err);

/* As fields of an answer frame and back. */
struct buf;
void outcome_encode(const struct outcome *outcome, struct buf *fields);
int outcome_decode(struct span fields, struct outcome *out, struct err *err);

#endif
