/*
 * preset_telegram: Telegram's bots.
 *
 * Contract: core.telegram.org/bots/api, "sendMessage", "MessageEntity",
 * "LinkPreviewOptions", "ResponseParameters" (Bot API 7.0 and later), read
 * 2026: chat_id and a text of 1 to 4,096 UTF-16 units.  Without parse_mode no
 * character of it is markup; the lines become code by an entity, which says
 * where they begin and how long they are.  A yes is "ok": true; a no has an
 * "error_code", and "parameters.retry_after" when it comes too fast.  The
 * token is a part of the URL.
 */
#include "config.h"

#include "base/units.h"
#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 24000
#define TAIL_BYTES 256
#define TEXT_UNITS 4096

static const struct preset_style style = {
    .text = &preset_markup_telegram,
    .lines = &preset_markup_none,
    .names = &preset_markup_telegram,
    .word = {"", ":"},
    .block = {"", ""},
    .name = {"", ""},
    .line_characters = 1000,
};

static void
put_code(struct span text, const struct preset_block *block, struct json *json)
{
	struct span code =
	    span_of(text.data + block->start, block->end - block->start);

	json_key(json, "entities");
	json_open(json, '[');
	json_open(json, '{');
	preset_put_text(json, "type", span_str("pre"));
	preset_put_number(json, "offset",
	    (int64_t)preset_units(
		span_of(text.data, block->start), PRESET_UTF16));
	preset_put_number(
	    json, "length", (int64_t)preset_units(code, PRESET_UTF16));
	json_close(json, '}');
	json_close(json, ']');
}

static void
put_no_preview(struct json *json)
{
	json_key(json, "link_preview_options");
	json_open(json, '{');
	json_key(json, "is_disabled");
	json_bool(json, true);
	json_close(json, '}');
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	size_t start = out->len;
	struct preset_block block;
	struct preset_room room;
	struct buf text = BUF_INIT;
	struct json json;

	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "chat_id", values->of[PRESET_CHAT_ID]);
	room = preset_room_left(out, start, BODY_BYTES, TAIL_BYTES);
	room.unit = PRESET_UTF16;
	room.units = TEXT_UNITS;
	preset_message(alert, &style, &room, &text, &block);
	preset_put_text(&json, "text", buf_span(&text));
	if (block.end > block.start)
		put_code(buf_span(&text), &block, &json);
	put_no_preview(&json);
	json_close(&json, '}');
	buf_release(&text);
}

/* What no other message to this chat would change. */
static const struct preset_verdict verdicts[] = {
    {"chat not found", PRESET_MISCONFIGURED},
    {"chat_id is empty", PRESET_MISCONFIGURED},
    {"upgraded to a supergroup", PRESET_MISCONFIGURED},
    {"PEER_ID_INVALID", PRESET_MISCONFIGURED},
    {NULL, PRESET_BY_STATUS},
};

static enum preset_answer
answer_by_code(int status, int code, struct span reply)
{
	enum preset_answer said = preset_verdict_of(reply, verdicts);

	if (code == 401 || code == 403 || code == 404)
		return PRESET_MISCONFIGURED;
	if (code == 400)
		return said == PRESET_BY_STATUS ? PRESET_REFUSED : said;
	return preset_yes_is(status, -1, -1);
}

static enum preset_answer
answer(int status, struct span reply)
{
	struct buf code = BUF_INIT;
	int64_t number = 0;

	if (preset_reply_says(reply, "ok", "true"))
		return preset_yes_is(status, 200, 200);
	if (status == 429 || status / 100 == 5 ||
	    !preset_reply_says(reply, "ok", "false"))
		return preset_yes_is(status, -1, -1);
	if (json_member(reply, "error_code", &code))
		number_parse(buf_span(&code), 0, 999, &number, NULL);
	buf_release(&code);
	return answer_by_code(status, (int)number, reply);
}

const struct preset preset_telegram = {
    .name = "telegram",
    .content_type = "application/json",
    .needs = PRESET_BIT(PRESET_CHAT_ID),
    .max_bytes = BODY_BYTES,
    .retry_after = "parameters.retry_after",
    .render = render,
    .answer = answer,
};
