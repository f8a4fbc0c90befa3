/*
 * message_preset: what web services are told stays within what they take,
 * and what counts as yes.
 */
#include "config.h"

#include "message/json.h"
#include "message/preset.h"
#include "preset_alert.h"
#include "tap.h"

static void
test_table(void)
{
	size_t count = 0;

	for (; preset_names[count]; count++) {
		const struct preset *preset = preset_at((int)count);

		IS_STR(preset->name, preset_names[count],
		    "the names are in the order of the table");
		OK(preset->content_type && preset->render && preset->max_bytes,
		    "%s is whole", preset->name);
		OK(!preset->url || strncmp(preset->url, "https://", 8) == 0,
		    "... and its own address is https");
		OK(!(preset->needs & preset->takes),
		    "... and what it needs it does not merely take");
		OK(!preset->token_header || ((preset->needs | preset->takes) &
						PRESET_BIT(PRESET_TOKEN)),
		    "... and a header for a token means that it takes one");
	}
	IS_INT((long long)count, 11, "there are eleven");
}

/* --- Limits --------------------------------------------------------------- */

enum counted { BYTES, RUNES, UTF16 };

static const struct limit {
	const struct preset *preset;
	const char *path;
	enum counted counted;
	size_t max;
	size_t used; /* at least that much by a very large alert */
	bool embedded;
} limits[] = {
    {&preset_slack, "text", BYTES, 35000, 30000, false},
    {&preset_discord, "content", UTF16, 2000, 300, false},
    {&preset_discord, "description", UTF16, 4096, 3000, true},
    {&preset_mattermost, "text", RUNES, 16383, 15000, false},
    {&preset_googlechat, "text", UTF16, 4096, 3000, false},
    {&preset_telegram, "text", UTF16, 4096, 3000, false},
    {&preset_pagerduty, "payload.summary", UTF16, 1024, 300, false},
    {&preset_pagerduty, "payload.source", RUNES, 255, 250, false},
    {&preset_pagerduty, "dedup_key", RUNES, 255, 0, false},
    {&preset_ntfy, "message", BYTES, 4095, 3000, false},
    {&preset_gotify, "message", BYTES, 20000, 15000, false},
    {&preset_pushover, "message", RUNES, 1024, 900, false},
    {&preset_pushover, "title", RUNES, 250, 240, false},
};

#define LIMITS (sizeof(limits) / sizeof(limits[0]))

static size_t
count(const struct buf *text, enum counted counted)
{
	return counted == BYTES	  ? text->len
	       : counted == RUNES ? preset_count_runes(text)
				  : preset_count_utf16(text);
}

static bool
text_of(const struct limit *limit, const struct buf *body, struct buf *out)
{
	struct span object =
	    limit->embedded ? preset_embed(body) : buf_span(body);

	buf_reset(out);
	return json_path(object, limit->path, out);
}

static void
test_limit(const struct limit *limit)
{
	struct buf body = BUF_INIT, text = BUF_INIT;
	unsigned long long state = 47;
	int kept = 0, total = 33;
	size_t most = 0;

	for (int i = 0; i < total; i++) {
		struct alert alert;
		size_t used;

		preset_hostile_alert(&alert, &state, i);
		preset_render_test(limit->preset, &alert, &body);
		if (text_of(limit, &body, &text)) {
			used = count(&text, limit->counted);
			kept += used <= limit->max;
			most = used > most ? used : most;
		}
		alert_release(&alert);
	}
	IS_INT(kept, total, "the limit is kept by every hostile alert");
	OK(most >= limit->used, "%s: %s: %zu of %zu are used",
	    limit->preset->name, limit->path, most, limit->max);
	buf_release(&body);
	buf_release(&text);
}

static void
test_hostile(const struct preset *preset)
{
	struct buf out = BUF_INIT;
	unsigned long long state = 41;
	int valid = 0, bounded = 0, total = 66;

	for (int i = 0; i < total; i++) {
		struct alert alert;

		preset_hostile_alert(&alert, &state, i);
		preset_render_test(preset, &alert, &out);
		valid += json_check(buf_span(&out), NULL) == 0;
		bounded += out.len <= preset->max_bytes;
		alert_release(&alert);
	}
	OK(valid == total, "%s: hostile alerts are valid JSON (%d)",
	    preset->name, valid);
	OK(bounded == total, "%s: and keep the bound (%d)", preset->name,
	    bounded);
	buf_release(&out);
}

/* A worst case on purpose: one line, of what a unit counts most of. */
static void
test_one_line(const struct limit *limit, const char *unit, const char *what)
{
	struct buf line = BUF_INIT, body = BUF_INIT, text = BUF_INIT;
	struct alert alert;

	while (line.len < ALERT_LINE_BYTES)
		buf_add_str(&line, unit);
	for (size_t shift = 0; shift < 4; shift++) {
		alert_init(&alert);
		alert_add_line(
		    &alert, span_of(line.data + shift, line.len - shift));
		preset_render_test(limit->preset, &alert, &body);
		OK(json_check(buf_span(&body), NULL) == 0 &&
			body.len <= limit->preset->max_bytes &&
			text_of(limit, &body, &text) &&
			count(&text, limit->counted) <= limit->max,
		    "%s: %s: a line of nothing but %s, from byte %zu, fits",
		    limit->preset->name, limit->path, what, shift);
		alert_release(&alert);
	}
	buf_release(&line);
	buf_release(&body);
	buf_release(&text);
}

static void
test_limits(void)
{
	for (size_t i = 0; i < LIMITS; i++) {
		test_limit(&limits[i]);
		test_one_line(&limits[i], "\xf0\x9f\x98\x80", "emoji");
		test_one_line(&limits[i], "\"", "quotes");
		test_one_line(&limits[i], "<&@", "entities");
		test_one_line(&limits[i], "\n", "newlines");
		test_one_line(&limits[i], "\xff", "invalid bytes");
		test_one_line(&limits[i], "\x01", "controls");
	}
}

/* --- What is left out ----------------------------------------------------- */

static void
test_left_out(const struct preset *preset, const char *path, size_t len)
{
	struct buf body = BUF_INIT, text = BUF_INIT, line = BUF_INIT;
	struct alert alert;
	size_t shown = 0;
	char note[64];

	alert_init(&alert);
	for (int i = 0; i < ALERT_LINES_MAX; i++) {
		buf_reset(&line);
		buf_addf(&line, "line %02d ", i);
		while (line.len < len)
			buf_add_str(&line, "x");
		alert_add_line(&alert, buf_span(&line));
	}
	preset_render_test(preset, &alert, &body);
	json_path(buf_span(&body), path, &text);
	buf_str(&text);
	OK(strstr(text.data, "line 49 ") != NULL,
	    "%s: the newest line is there", preset->name);
	OK(strstr(text.data, "line 00 ") == NULL, "%s: the oldest is not",
	    preset->name);
	for (const char *at = text.data; (at = strstr(at, "x\n")); at++)
		shown++;
	snprintf(note, sizeof(note), "(%zu earlier lines left out)\n",
	    ALERT_LINES_MAX - shown);
	OK(strstr(text.data, note) != NULL, "%s: which is said: %s",
	    preset->name, note);
	alert_release(&alert);
	buf_release(&body);
	buf_release(&text);
	buf_release(&line);
}

static void
test_cut_line(void)
{
	struct buf body = BUF_INIT, text = BUF_INIT, line = BUF_INIT;
	struct alert alert;

	for (int i = 0; i < 60; i++)
		buf_add_str(&line, "a record of many lines\n");
	alert_init(&alert);
	alert_set(&alert.rule, span_str("r"));
	alert_add_line(&alert, span_str("older"));
	alert_add_line(&alert, buf_span(&line));
	preset_render_test(&preset_pushover, &alert, &body);
	json_member(buf_span(&body), "message", &text);
	OK(strncmp(
	       buf_str(&text), "(1 earlier line left out)\na record ", 35) == 0,
	    "of a record that is too long the beginning is shown");
	OK(strstr(text.data, "...\nrule r") != NULL,
	    "... and that it goes on, and the facts");
	alert_release(&alert);
	buf_release(&body);
	buf_release(&text);
	buf_release(&line);
}

/* --- Answers -------------------------------------------------------------- */

static const char *const answer_names[] = {
    [PRESET_BY_STATUS] = "by status",
    [PRESET_TAKEN] = "taken",
    [PRESET_NOT_NOW] = "not now",
    [PRESET_REFUSED] = "refused",
    [PRESET_MISCONFIGURED] = "misconfigured",
};

static const struct reply {
	const struct preset *preset;
	int status;
	const char *text;
	enum preset_answer answer;
} replies[] = {
    {&preset_slack, 200, "ok", PRESET_TAKEN},
    {&preset_slack, 200, "", PRESET_NOT_NOW},
    {&preset_slack, 200, "okay", PRESET_NOT_NOW},
    {&preset_slack, 200, "<html>ok</html>", PRESET_NOT_NOW},
    {&preset_slack, 201, "ok", PRESET_NOT_NOW},
    {&preset_slack, 400, "invalid_payload", PRESET_REFUSED},
    {&preset_slack, 403, "action_prohibited", PRESET_MISCONFIGURED},
    {&preset_slack, 404, "no_service", PRESET_MISCONFIGURED},
    {&preset_slack, 410, "channel_is_archived", PRESET_MISCONFIGURED},
    {&preset_slack, 500, "rollup_error", PRESET_REFUSED},
    {&preset_slack, 500, "", PRESET_BY_STATUS},
    {&preset_slack, 404, "<html>", PRESET_BY_STATUS},
    {&preset_slack, 429, "invalid_payload", PRESET_BY_STATUS},
    {&preset_mattermost, 200, "ok", PRESET_TAKEN},
    {&preset_mattermost, 200, "<html>", PRESET_NOT_NOW},
    {&preset_mattermost, 501,
	"{\"id\":\"web.incoming_webhook.disabled.app_error\"}",
	PRESET_MISCONFIGURED},
    {&preset_mattermost, 400,
	"{\"id\":\"web.incoming_webhook.text.app_error\"}", PRESET_REFUSED},
    {&preset_mattermost, 502, "bad gateway", PRESET_BY_STATUS},
    {&preset_discord, 204, "", PRESET_TAKEN},
    {&preset_discord, 200, "{\"id\":\"1\"}", PRESET_TAKEN},
    {&preset_discord, 202, "", PRESET_NOT_NOW},
    {&preset_discord, 404, "{\"code\":10015}", PRESET_BY_STATUS},
    {&preset_discord, 429, "{\"retry_after\":0.5}", PRESET_BY_STATUS},
    {&preset_teams, 202, "", PRESET_TAKEN},
    {&preset_teams, 200, "1", PRESET_TAKEN},
    {&preset_teams, 200,
	"Webhook message delivery failed with error: Microsoft Teams endpoint "
	"returned HTTP error 429",
	PRESET_NOT_NOW},
    {&preset_teams, 200,
	"Webhook message delivery failed with error: Microsoft Teams endpoint "
	"returned HTTP error 413",
	PRESET_REFUSED},
    {&preset_teams, 204, "", PRESET_NOT_NOW},
    {&preset_teams, 400, "", PRESET_BY_STATUS},
    {&preset_googlechat, 200, "{}", PRESET_TAKEN},
    {&preset_googlechat, 203, "{}", PRESET_NOT_NOW},
    {&preset_googlechat, 429, "", PRESET_BY_STATUS},
    {&preset_telegram, 200, "{\"ok\":true,\"result\":{}}", PRESET_TAKEN},
    {&preset_telegram, 200, "{\"ok\":\"no\"}", PRESET_NOT_NOW},
    {&preset_telegram, 200, "ok", PRESET_NOT_NOW},
    {&preset_telegram, 400,
	"{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat "
	"not found\"}",
	PRESET_MISCONFIGURED},
    {&preset_telegram, 400,
	"{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: "
	"message is too long\"}",
	PRESET_REFUSED},
    {&preset_telegram, 403, "{\"ok\":false,\"error_code\":403}",
	PRESET_MISCONFIGURED},
    {&preset_telegram, 404, "{\"ok\":false,\"error_code\":404}",
	PRESET_MISCONFIGURED},
    {&preset_telegram, 200, "{\"ok\":false,\"error_code\":401}",
	PRESET_MISCONFIGURED},
    {&preset_telegram, 200, "{\"ok\":false,\"error_code\":99999999999999999}",
	PRESET_NOT_NOW},
    {&preset_telegram, 429,
	"{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":7}}",
	PRESET_BY_STATUS},
    {&preset_telegram, 502, "{\"ok\":false,\"error_code\":400}",
	PRESET_BY_STATUS},
    {&preset_telegram, 404, "<html>", PRESET_BY_STATUS},
    {&preset_pagerduty, 202, "{\"status\":\"success\"}", PRESET_TAKEN},
    {&preset_pagerduty, 200, "", PRESET_NOT_NOW},
    {&preset_pagerduty, 400,
	"{\"status\":\"invalid event\",\"errors\":[\"'routing_key' is invalid"
	"\"]}",
	PRESET_MISCONFIGURED},
    {&preset_pagerduty, 400, "{\"errors\":[\"'payload' is missing\"]}",
	PRESET_REFUSED},
    {&preset_pagerduty, 400, "", PRESET_REFUSED},
    {&preset_pagerduty, 429, "", PRESET_BY_STATUS},
    {&preset_ntfy, 200, "{\"id\":\"x\"}", PRESET_TAKEN},
    {&preset_ntfy, 507, "", PRESET_NOT_NOW},
    {&preset_ntfy, 400, "{\"code\":40009,\"http\":400}", PRESET_MISCONFIGURED},
    {&preset_ntfy, 400, "{\"code\":40024,\"http\":400}", PRESET_BY_STATUS},
    {&preset_ntfy, 413, "", PRESET_BY_STATUS},
    {&preset_gotify, 200, "{\"id\":1}", PRESET_TAKEN},
    {&preset_gotify, 204, "", PRESET_NOT_NOW},
    {&preset_gotify, 401, "", PRESET_BY_STATUS},
    {&preset_pushover, 200, "{\"status\":1,\"request\":\"x\"}", PRESET_TAKEN},
    {&preset_pushover, 200, "{\"status\":0}", PRESET_REFUSED},
    {&preset_pushover, 200, "", PRESET_NOT_NOW},
    {&preset_pushover, 400,
	"{\"token\":\"invalid\",\"errors\":[\"application token is invalid\"],"
	"\"status\":0}",
	PRESET_MISCONFIGURED},
    {&preset_pushover, 400, "{\"user\":\"invalid\",\"status\":0}",
	PRESET_MISCONFIGURED},
    {&preset_pushover, 400, "{\"message\":\"cannot be blank\",\"status\":0}",
	PRESET_REFUSED},
    {&preset_pushover, 408, "", PRESET_REFUSED},
    {&preset_pushover, 404, "<html>", PRESET_BY_STATUS},
    {&preset_pushover, 429, "{\"status\":0}", PRESET_NOT_NOW},
    {&preset_pushover, 500, "{\"status\":0}", PRESET_BY_STATUS},
};

static void
test_replies(void)
{
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		const struct reply *reply = &replies[i];
		enum preset_answer got =
		    reply->preset->answer(reply->status, span_str(reply->text));

		OK(got == reply->answer, "%s: %d %s is %s (%s)",
		    reply->preset->name, reply->status, reply->text,
		    answer_names[reply->answer], answer_names[got]);
	}
}

static void
test_hostile_replies(void)
{
	struct buf reply = BUF_INIT;
	unsigned long long state = 53;
	int never = 0, total = 2000;

	for (int i = 0; i < total; i++) {
		const struct preset *preset = preset_at(1 + i % 10);
		int status = (int)(hostile_next(&state) % 1000);
		enum preset_answer answer;

		hostile_text(&state, 40, &reply);
		answer = preset->answer(status, buf_span(&reply));
		never += answer != PRESET_TAKEN || status / 100 == 2;
	}
	IS_INT(never, total, "nothing but a 2xx is ever a yes");
	buf_release(&reply);
}

int
main(void)
{
	test_table();
	for (int i = 0; preset_names[i]; i++)
		test_hostile(preset_at(i));
	test_limits();
	test_left_out(&preset_slack, "text", 900);
	test_left_out(&preset_mattermost, "text", 900);
	test_left_out(&preset_googlechat, "text", 900);
	test_left_out(&preset_telegram, "text", 900);
	test_left_out(&preset_ntfy, "message", 900);
	test_left_out(&preset_gotify, "message", 900);
	test_left_out(&preset_pushover, "message", 250);
	test_cut_line();
	test_replies();
	test_hostile_replies();
	return tap_done();
}
