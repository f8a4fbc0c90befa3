/*
 * preset_answer: what presets look for in an answer.
 */
#ifndef CTAIL_MESSAGE_PRESET_ANSWER_H
#define CTAIL_MESSAGE_PRESET_ANSWER_H

#include <stdbool.h>
#include "base/span.h"
#include "message/preset.h"

/* Up to a row without a text. */
struct preset_verdict {
	const char *text;
	enum preset_answer answer;
};

/* The first row whose text stands in the reply decides; else by status. */
enum preset_answer preset_verdict_of(struct span reply,
    const struct preset_verdict *rows);

/* Of a service that says yes with one of two statuses and with no other 2xx
 * (a proxy, or another service, said that). */
enum preset_answer preset_yes_is(int status, int yes, int other_yes);

/* Of a service that says yes with 200 and the body `ok`, and no by rows. */
enum preset_answer preset_yes_is_ok(int status, struct span reply,
    const struct preset_verdict *rows);

/* Whether the reply is an object with that member at the path. */
bool preset_reply_says(struct span reply, const char *path, const char *value);

#endif
