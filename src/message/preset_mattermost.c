/*
 * preset_mattermost: Mattermost's incoming webhooks.
 *
 * Contract: developers.mattermost.com, "Incoming webhooks", and the server's
 * source (HandleIncomingWebhook; model.PostMessageMaxRunesV2), read 2026: a
 * yes is 200 with the body `ok`; errors are JSON with an "id"; a post has at
 * most 16,383 runes.  Slack's commands are understood too.
 */
#include "config.h"

#include "message/preset_answer.h"
#include "message/preset_text.h"

#define BODY_BYTES ((size_t)64 * 1024)
#define TAIL_BYTES 64
#define TEXT_RUNES 16383

static const struct preset_style style = {
    .text = &preset_markup_mattermost,
    .lines = &preset_markup_mattermost_code,
    .names = &preset_markup_mattermost_code,
    .word = {"**", "**"},
    .block = {"```\n", "```\n"},
    .name = {"`", "`"},
    .line_characters = 1000,
};

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	struct preset_room room = {
	    .unit = PRESET_RUNES,
	    .units = TEXT_RUNES,
	    .bytes = BODY_BYTES - TAIL_BYTES,
	};

	(void)values;
	preset_put_text_body(alert, &style, room, out);
}

static enum preset_answer
answer(int status, struct span reply)
{
	static const struct preset_verdict verdicts[] = {
	    {"web.incoming_webhook.text.", PRESET_REFUSED},
	    {"web.incoming_webhook.parse.", PRESET_REFUSED},
	    {"web.incoming_webhook.", PRESET_MISCONFIGURED},
	    {NULL, PRESET_BY_STATUS},
	};

	return preset_yes_is_ok(status, reply, verdicts);
}

const struct preset preset_mattermost = {
    .name = "mattermost",
    .content_type = "application/json",
    .max_bytes = BODY_BYTES,
    .render = render,
    .answer = answer,
};
