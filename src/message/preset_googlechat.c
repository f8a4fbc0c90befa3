/*
 * preset_googlechat: Google Chat's incoming webhooks.
 *
 * Contract: developers.google.com/workspace/chat, "Send messages", "Format
 * messages" and "Webhooks", read 2026: {"text"}; a yes is 200; a message has
 * at most 32,000 bytes, and 4,096 characters in older spaces, of which 4,000
 * are used (what apprise found to be safe).
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 32000
#define TAIL_BYTES 64
#define TEXT_UNITS 4000

static const struct preset_style style = {
    .text = &preset_markup_googlechat,
    .lines = &preset_markup_googlechat_code,
    .names = &preset_markup_googlechat_code,
    .word = {"*", "*"},
    .block = {"```\n", "```\n"},
    .name = {"`", "`"},
    .line_characters = 1000,
};

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	struct preset_room room = {
	    .unit = PRESET_UTF16,
	    .units = TEXT_UNITS,
	    .bytes = BODY_BYTES - TAIL_BYTES,
	};

	(void)values;
	preset_put_text_body(alert, &style, room, out);
}

static enum preset_answer
answer(int status, struct span reply)
{
	(void)reply;
	return preset_yes_is(status, 200, 200);
}

const struct preset preset_googlechat = {
    .name = "googlechat",
    .content_type = "application/json; charset=UTF-8",
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
