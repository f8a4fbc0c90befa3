/*
 * preset_gotify: Gotify's /message.
 *
 * Contract: gotify.net, "Push messages", "Message extras" and the API's
 * "createMessage", read 2026: title, message, priority (0 to 10 by its
 * clients), the application's token in X-Gotify-Key; a yes is 200.  With the
 * content type text/plain clients show the message as it is.  No limit is
 * documented; the bound keeps a message readable.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 20000
#define TAIL_BYTES 160

static const struct preset_titled limits = {
    .title_units = 600,
    .message_units = BODY_BYTES,
    .line_characters = 1000,
};

static const int priorities[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = 0,
    [PRESET_LEVEL_INFO] = 2,
    [PRESET_LEVEL_NOTICE] = 4,
    [PRESET_LEVEL_WARNING] = 5,
    [PRESET_LEVEL_ERROR] = 7,
    [PRESET_LEVEL_CRITICAL] = 10,
    [PRESET_LEVEL_RECOVERED] = 4,
};

static void
put_plain(struct json *json)
{
	json_key(json, "extras");
	json_open(json, '{');
	json_key(json, "client::display");
	json_open(json, '{');
	preset_put_text(json, "contentType", span_str("text/plain"));
	json_close(json, '}');
	json_close(json, '}');
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	struct preset_room room =
	    preset_room_left(out, out->len, BODY_BYTES, TAIL_BYTES);
	struct json json;

	(void)values;
	json_init(&json, out);
	json_open(&json, '{');
	preset_put_titled(&json, alert, &limits, room);
	preset_put_number(&json, "priority", priorities[preset_level(alert)]);
	put_plain(&json);
	json_close(&json, '}');
}

static enum preset_answer
answer(int status, struct span reply)
{
	(void)reply;
	return preset_yes_is(status, 200, 200);
}

const struct preset preset_gotify = {
    .name = "gotify",
    .content_type = "application/json",
    .needs = PRESET_BIT(PRESET_TOKEN),
    .token_header = "X-Gotify-Key: ",
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
