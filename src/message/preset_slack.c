/*
 * preset_slack: Slack's incoming webhooks, and what speaks like them.
 *
 * Contract: api.slack.com, "Sending messages using incoming webhooks" and
 * "Changes to errors for Incoming Webhooks" (2016-05-17), read 2026: a yes is
 * 200 with the body `ok`; errors are single words.  Slack reads `<!channel>`
 * and `<@U1>` as commands to wake people; with & < and > as entities log text
 * cannot give any.  Links of log text are not fetched for previews.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES 35000
#define TAIL_BYTES 128 /* the other members */

static const struct preset_style style = {
    .text = &preset_markup_slack,
    .lines = &preset_markup_slack_code,
    .names = &preset_markup_slack_code,
    .word = {"*", "*"},
    .block = {"```\n", "```\n"},
    .name = {"`", "`"},
    .line_characters = 1000,
};

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
	preset_put_message(&json, alert, &style, room);
	json_key(&json, "unfurl_links");
	json_bool(&json, false);
	json_key(&json, "unfurl_media");
	json_bool(&json, false);
	json_close(&json, '}');
}

static enum preset_answer
answer(int status, struct span reply)
{
	static const struct preset_verdict verdicts[] = {
	    {"invalid_payload", PRESET_REFUSED},
	    {"no_text", PRESET_REFUSED},
	    {"rollup_error", PRESET_REFUSED},
	    {"user_not_found", PRESET_MISCONFIGURED},
	    {"channel_not_found", PRESET_MISCONFIGURED},
	    {"channel_is_archived", PRESET_MISCONFIGURED},
	    {"action_prohibited", PRESET_MISCONFIGURED},
	    {"no_service", PRESET_MISCONFIGURED},
	    {"no_team", PRESET_MISCONFIGURED},
	    {"team_disabled", PRESET_MISCONFIGURED},
	    {"invalid_token", PRESET_MISCONFIGURED},
	    {NULL, PRESET_BY_STATUS},
	};

	return preset_yes_is_ok(status, reply, verdicts);
}

const struct preset preset_slack = {
    .name = "slack",
    .content_type = "application/json",
    .max_bytes = BODY_BYTES,
    .render = render,
    .retry_after = "retry_after",
    .answer = answer,
};
