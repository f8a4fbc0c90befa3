/*
 * command_json: what commands print for programs.
 */
#ifndef CTAIL_CTAILD_COMMAND_JSON_H
#define CTAIL_CTAILD_COMMAND_JSON_H

#include <stdint.h>
#include "judge/silence.h"
#include "message/json.h"

/* A member of the object that is open. */
void json_add_text(struct json *json, const char *key, const char *text);
void json_add_number(struct json *json, const char *key, int64_t number);
void json_add_time(struct json *json, const char *key, int64_t wall_ms);

/* An array; of NULL an empty one. */
void silences_json(const struct silences *silences, struct json *json);

#endif
