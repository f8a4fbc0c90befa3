/*
 * preset_pushover: Pushover's message API.
 *
 * Contract: pushover.net/api, "Pushing Messages", "Limits", "Message
 * Priority", "Being Friendly to our API", read 2026: token, user, a message
 * of at most 1,024 characters and a title of 250, as a form or as JSON; a yes
 * is 200 with "status": 1.  A 4xx must not be tried again but 429, which is
 * the month's quota.  Priority 2 would ring until somebody acknowledges and
 * needs more settings: 1 is the highest here.  Without "html" text is text.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 16000
#define TAIL_BYTES 160

static const int priorities[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = -2,
    [PRESET_LEVEL_INFO] = -1,
    [PRESET_LEVEL_NOTICE] = 0,
    [PRESET_LEVEL_WARNING] = 0,
    [PRESET_LEVEL_ERROR] = 1,
    [PRESET_LEVEL_CRITICAL] = 1,
    [PRESET_LEVEL_RECOVERED] = 0,
};

static const struct preset_titled limits = {
    .title_units = 250,
    .message_units = 1024,
    .line_characters = 300,
};

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	size_t start = out->len;
	struct preset_room room;
	struct json json;

	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "token", values->of[PRESET_TOKEN]);
	preset_put_text(&json, "user", values->of[PRESET_USER_KEY]);
	room = preset_room_left(out, start, BODY_BYTES, TAIL_BYTES);
	room.unit = PRESET_RUNES;
	preset_put_titled(&json, alert, &limits, room);
	preset_put_number(&json, "priority", priorities[preset_level(alert)]);
	if (alert->last_ms > 0)
		preset_put_number(&json, "timestamp", alert->last_ms / 1000);
	json_close(&json, '}');
}

static bool
is_key_wrong(struct span reply)
{
	return preset_reply_says(reply, "token", "invalid") ||
	       preset_reply_says(reply, "user", "invalid");
}

static enum preset_answer
answer(int status, struct span reply)
{
	if (status == 429)
		return PRESET_NOT_NOW;
	if (preset_reply_says(reply, "status", "1"))
		return preset_yes_is(status, 200, 200);
	if (status / 100 != 5 && preset_reply_says(reply, "status", "0"))
		return is_key_wrong(reply) ? PRESET_MISCONFIGURED
					   : PRESET_REFUSED;
	if (status == 408 || status == 425)
		return PRESET_REFUSED; /* as any 4xx: not again */
	return preset_yes_is(status, -1, -1);
}

const struct preset preset_pushover = {
    .name = "pushover",
    .content_type = "application/json",
    .url = "https://api.pushover.net/1/messages.json",
    .needs = PRESET_BIT(PRESET_TOKEN) | PRESET_BIT(PRESET_USER_KEY),
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
