/*
 * outcome: how one attempt to deliver one alert ended.
 */
#ifndef CTAIL_DELIVER_OUTCOME_H
#define CTAIL_DELIVER_OUTCOME_H

#include <stdint.h>
#include "base/err.h"
#include "base/span.h"

enum outcome_class {
	OUTCOME_DELIVERED,	/* what the protocol calls success */
	OUTCOME_RETRY,		/* not taken now; try again later */
	OUTCOME_DOUBT,		/* perhaps taken; try again, same id */
	OUTCOME_REFUSED,	/* this alert will never be taken */
	OUTCOME_CONFIG,		/* nothing will be taken until a person acts */
};

#define OUTCOME_TEXT_MAX 512

struct outcome {
	enum outcome_class class;
	int code;		/* of the protocol; 0: none */
	int64_t retry_after_ms;	/* the server's wish; 0: none */
	char text[OUTCOME_TEXT_MAX];	/* in words, without secrets */
};

const char *outcome_class_name(enum outcome_class class);
int outcome_class_parse(struct span name, enum outcome_class *out);

void outcome_set(struct outcome *outcome, enum outcome_class class, int code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* As fields of an answer frame and back. */
struct buf;
void outcome_encode(const struct outcome *outcome, struct buf *fields);
int outcome_decode(struct span fields, struct outcome *out, struct err *err);

#endif
