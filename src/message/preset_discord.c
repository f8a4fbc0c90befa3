/*
 * preset_discord: Discord's webhooks.
 *
 * Contract: docs.discord.com, "Webhook Resource: Execute Webhook", "Message
 * Resource: Embed Limits, Allowed Mentions" and "Rate Limits", read 2026:
 * content of at most 2,000 characters, an embed's description of 4,096 and
 * 6,000 in all; 204, or 200 with ?wait=true; 429 with "retry_after" in seconds
 * and fractions.  Characters are counted as UTF-16 units, which is never
 * fewer.  "allowed_mentions" with an empty list wakes nobody, whatever the
 * text says.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 32000
#define TAIL_BYTES 256
#define CONTENT_UNITS 2000
#define DESCRIPTION_UNITS 4096

static const int colours[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = 0x95A5A6,
    [PRESET_LEVEL_INFO] = 0x3498DB,
    [PRESET_LEVEL_NOTICE] = 0x1ABC9C,
    [PRESET_LEVEL_WARNING] = 0xF1C40F,
    [PRESET_LEVEL_ERROR] = 0xE67E22,
    [PRESET_LEVEL_CRITICAL] = 0xE74C3C,
    [PRESET_LEVEL_RECOVERED] = 0x2ECC71,
};

static const struct preset_style style = {
    .text = &preset_markup_discord,
    .lines = &preset_markup_discord_code,
    .names = &preset_markup_discord_code,
    .word = {"**", "**"},
    .block = {"```\n", "```\n"},
    .name = {"`", "`"},
    .line_characters = 1000,
};

static void
put_embed(const struct alert *alert, struct span report, struct json *json)
{
	json_key(json, "embeds");
	json_open(json, '[');
	json_open(json, '{');
	preset_put_number(json, "color", colours[preset_level(alert)]);
	preset_put_text(json, "description", report);
	json_close(json, '}');
	json_close(json, ']');
	json_key(json, "allowed_mentions");
	json_open(json, '{');
	json_key(json, "parse");
	json_open(json, '[');
	json_close(json, ']');
	json_close(json, '}');
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	struct preset_room room =
	    preset_room_left(out, out->len, BODY_BYTES, TAIL_BYTES);
	struct buf heading = BUF_INIT, report = BUF_INIT;
	struct json json;

	(void)values;
	room.unit = PRESET_UTF16;
	room.units = CONTENT_UNITS;
	preset_heading(alert, &style, &room, &heading);
	room.units = DESCRIPTION_UNITS;
	preset_report(alert, &style, &room, &report, NULL);
	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "content", buf_span(&heading));
	put_embed(alert, buf_span(&report), &json);
	json_close(&json, '}');
	buf_release(&heading);
	buf_release(&report);
}

static enum preset_answer
answer(int status, struct span reply)
{
	(void)reply;
	return preset_yes_is(status, 204, 200);
}

const struct preset preset_discord = {
    .name = "discord",
    .content_type = "application/json",
    .max_bytes = BODY_BYTES,
    .render = render,
    .retry_after = "retry_after",
    .answer = answer,
};
