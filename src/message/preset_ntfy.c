/*
 * preset_ntfy: ntfy, by JSON to the server's root.
 *
 * Contract: docs.ntfy.sh, "Publish as JSON", "Message priority",
 * "Limitations", and server.go (transformBodyJSON), read 2026: topic, title,
 * message, priority 1 to 5, tags; a message of more than 4,096 bytes would
 * become an attachment, and a body of more than twice that is refused.  A yes
 * is 200; 429 and 507 are about limits that pass.  Without "markdown" text is
 * text.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 8192
#define TAIL_BYTES 160

static const struct preset_titled limits = {
    .title_units = 600,
    .message_units = 4095,
    .line_characters = 1000,
};

static const struct ntfy_level {
	int priority;
	const char *tag; /* an emoji before the title */
} levels[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = {1, "mag"},
    [PRESET_LEVEL_INFO] = {2, "information_source"},
    [PRESET_LEVEL_NOTICE] = {3, "bell"},
    [PRESET_LEVEL_WARNING] = {4, "warning"},
    [PRESET_LEVEL_ERROR] = {4, "x"},
    [PRESET_LEVEL_CRITICAL] = {5, "rotating_light"},
    [PRESET_LEVEL_RECOVERED] = {3, "white_check_mark"},
};

static void
put_level(const struct ntfy_level *level, struct json *json)
{
	preset_put_number(json, "priority", level->priority);
	json_key(json, "tags");
	json_open(json, '[');
	json_string(json, span_str(level->tag));
	json_close(json, ']');
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	size_t start = out->len;
	struct json json;

	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "topic", values->of[PRESET_TOPIC]);
	put_level(&levels[preset_level(alert)], &json);
	preset_put_titled(&json, alert, &limits,
	    preset_room_left(out, start, BODY_BYTES, TAIL_BYTES));
	json_close(&json, '}');
}

static enum preset_answer
answer(int status, struct span reply)
{
	if (status == 507)
		return PRESET_NOT_NOW;
	if (status == 400 && preset_reply_says(reply, "code", "40009"))
		return PRESET_MISCONFIGURED; /* such a topic cannot be */
	return preset_yes_is(status, 200, 200);
}

const struct preset preset_ntfy = {
    .name = "ntfy",
    .content_type = "application/json",
    .needs = PRESET_BIT(PRESET_TOPIC),
    .takes = PRESET_BIT(PRESET_TOKEN),
    .token_header = "Authorization: Bearer ",
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
