/*
 * preset_teams: Microsoft Teams, by a workflow that takes webhook requests.
 *
 * Contract: learn.microsoft.com, "Create incoming webhooks with Workflows for
 * Microsoft Teams", "Send Adaptive Cards", and Adaptive Cards 1.2 "TextRun"
 * ("Markdown is not supported"), read 2026: a message with one Adaptive Card
 * attached; workflows answer 202, the older connectors 200, and these said
 * "Webhook message delivery failed" with 200 all the same.  The limit is
 * "about 28 KB", in UTF-8 or in UTF-16: 14,000 bytes hold for both.
 *
 * Every line is a block of text runs, in which nothing is markup; a TextBlock
 * would read Markdown.
 */
#include "config.h"

#include <string.h>

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 14000
#define TAIL_BYTES 1024 /* the card, and what the first lines need */
#define LINE_BYTES 128	/* what a line needs beside its text */

static const char *const colours[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = "Default",
    [PRESET_LEVEL_INFO] = "Accent",
    [PRESET_LEVEL_NOTICE] = "Accent",
    [PRESET_LEVEL_WARNING] = "Warning",
    [PRESET_LEVEL_ERROR] = "Attention",
    [PRESET_LEVEL_CRITICAL] = "Attention",
    [PRESET_LEVEL_RECOVERED] = "Good",
};

static const struct preset_style style = {
    .text = &preset_markup_teams,
    .lines = &preset_markup_teams,
    .names = &preset_markup_teams,
    .word = {"", ""},
    .block = {"", ""},
    .name = {"", ""},
    .line_characters = 1000,
};

static void
put_run(struct json *json, struct span text, const char *key, const char *value)
{
	json_open(json, '{');
	preset_put_text(json, "type", span_str("TextRun"));
	preset_put_text(json, "text", text.len ? text : span_str(" "));
	if (key)
		preset_put_text(json, key, span_str(value));
}

static void
open_block(struct json *json)
{
	json_open(json, '{');
	preset_put_text(json, "type", span_str("RichTextBlock"));
	json_key(json, "inlines");
	json_open(json, '[');
}

static void
put_heading(
    const struct alert *alert, struct preset_room *room, struct json *json)
{
	struct buf subject = BUF_INIT;

	buf_add_byte(&subject, ' ');
	preset_subject(alert, &style, 400, room, &subject);
	open_block(json);
	put_run(json, span_str(preset_word(alert)), "color",
	    colours[preset_level(alert)]);
	preset_put_text(json, "weight", span_str("Bolder"));
	json_close(json, '}');
	put_run(json, buf_span(&subject), "weight", "Bolder");
	json_close(json, '}');
	json_close(json, ']');
	json_close(json, '}');
	buf_release(&subject);
}

/* A block for each line of the text. */
static void
put_lines(struct span text, const char *font, struct json *json)
{
	while (text.len > 0) {
		const char *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;

		open_block(json);
		put_run(json, span_of(text.data, len), "fontType", font);
		json_close(json, '}');
		json_close(json, ']');
		preset_put_text(json, "spacing", span_str("None"));
		json_close(json, '}');
		len += end != NULL;
		text = span_of(text.data + len, text.len - len);
	}
}

static void
put_body(const struct alert *alert, struct preset_room *room, struct json *json)
{
	struct buf facts = BUF_INIT, lines = BUF_INIT;

	json_key(json, "body");
	json_open(json, '[');
	put_heading(alert, room, json);
	preset_facts(alert, &style, room, &facts);
	preset_lines(alert, &style, room, &lines, NULL);
	preset_hints(alert, &style, room, &facts);
	put_lines(buf_span(&lines), "Monospace", json);
	put_lines(buf_span(&facts), "Default", json);
	json_close(json, ']');
	buf_release(&facts);
	buf_release(&lines);
}

static void
put_card(const struct alert *alert, struct preset_room *room, struct json *json)
{
	json_open(json, '{');
	preset_put_text(json, "contentType",
	    span_str("application/vnd.microsoft.card.adaptive"));
	json_key(json, "content");
	json_open(json, '{');
	preset_put_text(json, "$schema",
	    span_str("http://adaptivecards.io/schemas/adaptive-card.json"));
	preset_put_text(json, "type", span_str("AdaptiveCard"));
	preset_put_text(json, "version", span_str("1.2"));
	put_body(alert, room, json);
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
	room.newline_bytes = LINE_BYTES;
	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "type", span_str("message"));
	json_key(&json, "attachments");
	json_open(&json, '[');
	put_card(alert, &room, &json);
	json_close(&json, ']');
	json_close(&json, '}');
}

static enum preset_answer
answer(int status, struct span reply)
{
	static const struct preset_verdict verdicts[] = {
	    {"returned HTTP error 413", PRESET_REFUSED},
	    {"Webhook message delivery failed", PRESET_NOT_NOW},
	    {NULL, PRESET_BY_STATUS},
	};
	enum preset_answer said = PRESET_BY_STATUS;

	if (status / 100 == 2)
		said = preset_verdict_of(reply, verdicts);
	return said != PRESET_BY_STATUS ? said
					: preset_yes_is(status, 202, 200);
}

const struct preset preset_teams = {
    .name = "teams",
    .content_type = "application/json",
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
