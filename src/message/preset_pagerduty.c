/*
 * preset_pagerduty: PagerDuty's Events API v2.
 *
 * Contract: developer.pagerduty.com, "Events API v2 Overview" and "Send an
 * Alert Event", read 2026: routing_key, event_action, dedup_key of at most
 * 255 characters, and a payload with a summary of at most 1,024, a source and
 * one of four severities; 512 KB in all.  202 is a yes, 400 a no for good.
 *
 * The incident is the dedup_key, not the alert: one incident that goes on and
 * is resolved, not one a line.
 */
#include "config.h"

#include "base/clock.h"
#include "message/preset_answer.h"
#include "message/preset_text.h"
#include "message/text.h"

#define BODY_BYTES 512000
#define SUMMARY_UNITS 1024
#define NAME_CHARACTERS 255
#define LINES_BYTES 60000 /* so the rest needs no bound of its own */

static const char *const severities[PRESET_LEVELS] = {
    [PRESET_LEVEL_DEBUG] = "info",
    [PRESET_LEVEL_INFO] = "info",
    [PRESET_LEVEL_NOTICE] = "info",
    [PRESET_LEVEL_WARNING] = "warning",
    [PRESET_LEVEL_ERROR] = "error",
    [PRESET_LEVEL_CRITICAL] = "critical",
    [PRESET_LEVEL_RECOVERED] = "info",
};

static void
put_name(struct json *json, const char *key, const char *name)
{
	struct buf clean = BUF_INIT;

	text_heading(&clean, span_str(name), NAME_CHARACTERS - 3);
	preset_put_text(
	    json, key, clean.len ? buf_span(&clean) : span_str("-"));
	buf_release(&clean);
}

static void
put_time(struct json *json, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_utc(wall_ms, text);
	preset_put_text(json, key, span_str(text));
}

static void
put_some(struct json *json, const char *key, const struct buf *text)
{
	struct span trimmed = buf_span(text);

	while (trimmed.len && trimmed.data[0] == '\n')
		trimmed = span_of(trimmed.data + 1, trimmed.len - 1);
	if (trimmed.len > 0)
		preset_put_text(json, key, trimmed);
}

static void
put_details(const struct alert *alert, struct json *json)
{
	struct preset_room room = {PRESET_BYTES, LINES_BYTES, LINES_BYTES, 0};
	struct buf facts = BUF_INIT, lines = BUF_INIT, hints = BUF_INIT;

	preset_facts(alert, &preset_style_plain, &room, &facts);
	preset_lines(alert, &preset_style_plain, &room, &lines, NULL);
	preset_hints(alert, &preset_style_plain, &room, &hints);
	json_key(json, "custom_details");
	json_open(json, '{');
	put_some(json, "lines", &lines);
	put_some(json, "where", &facts);
	preset_put_number(json, "count", alert->count);
	put_some(json, "hints", &hints);
	put_name(json, "id", alert->id);
	json_close(json, '}');
	buf_release(&facts);
	buf_release(&lines);
	buf_release(&hints);
}

static void
put_payload(const struct alert *alert, struct json *json)
{
	struct preset_room room = {PRESET_UTF16, SUMMARY_UNITS, BODY_BYTES, 0};
	struct buf summary = BUF_INIT;

	preset_heading(alert, &preset_style_plain, &room, &summary);
	json_key(json, "payload");
	json_open(json, '{');
	preset_put_text(json, "summary", buf_span(&summary));
	put_name(json, "source", alert->hostname);
	preset_put_text(
	    json, "severity", span_str(severities[preset_level(alert)]));
	put_time(json, "timestamp", alert->last_ms);
	put_name(json, "group", alert->log);
	put_name(json, "class", alert->rule);
	put_details(alert, json);
	json_close(json, '}');
	buf_release(&summary);
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	bool over = alert->kind == ALERT_RECOVERY;
	struct json json;

	json_init(&json, out);
	json_open(&json, '{');
	preset_put_text(&json, "routing_key", values->of[PRESET_ROUTING_KEY]);
	preset_put_text(
	    &json, "event_action", span_str(over ? "resolve" : "trigger"));
	preset_put_text(&json, "dedup_key",
	    span_str(alert->incident[0] ? alert->incident : alert->id));
	put_payload(alert, &json);
	preset_put_text(&json, "client", span_str("ctail"));
	json_close(&json, '}');
}

static enum preset_answer
answer(int status, struct span reply)
{
	static const struct preset_verdict verdicts[] = {
	    {"routing_key", PRESET_MISCONFIGURED},
	    {"routing key", PRESET_MISCONFIGURED},
	    {"", PRESET_REFUSED},
	    {NULL, PRESET_BY_STATUS},
	};

	if (status == 400 && reply.len > 0)
		return preset_verdict_of(reply, verdicts);
	return status == 400 ? PRESET_REFUSED : preset_yes_is(status, 202, 202);
}

const struct preset preset_pagerduty = {
    .name = "pagerduty",
    .content_type = "application/json",
    .url = "https://events.pagerduty.com/v2/enqueue",
    .needs = PRESET_BIT(PRESET_ROUTING_KEY),
    .max_bytes = BODY_BYTES,
    .keeps_incidents = true,
    .render = render,
    .answer = answer,
};
