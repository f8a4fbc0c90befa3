/*
 * preset_slack: Slack's incoming webhooks, and what speaks like them.
 *
 * Slack reads `<!channel>` and `<@U1>` as commands to wake people; with & <
 * and > as entities log text cannot give any.  The lines stand in a code
 * block, so backticks in them become apostrophes.
 */
#include "config.h"

#include <inttypes.h>

#include "base/utf8.h"
#include "message/json.h"
#include "message/preset.h"
#include "message/text.h"

#define BODY_BYTES 35000
#define LINES_BYTES 24000 /* escaped; the rest is for what is fixed */
#define LINE_CHARACTERS 1000
#define FIELD_CHARACTERS 200

static void
add_entity(struct buf *out, struct span text, bool code)
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.data[i];

		if (byte == '&')
			buf_add_str(out, "&amp;");
		else if (byte == '<')
			buf_add_str(out, "&lt;");
		else if (byte == '>')
			buf_add_str(out, "&gt;");
		else
			buf_add_byte(out, code && byte == '`' ? '\'' : byte);
	}
}

static void
add_heading(struct buf *out, const char *text, size_t max)
{
	struct buf clean = BUF_INIT;

	text_heading(&clean, span_str(text), max);
	add_entity(out, buf_span(&clean), false);
	buf_release(&clean);
}

static void
add_line(struct buf *out, const struct alert_line *line)
{
	struct buf shown = BUF_INIT;

	text_record(
	    &shown, "", span_of(line->text, line->len), LINE_CHARACTERS);
	add_entity(out, buf_span(&shown), true);
	buf_release(&shown);
}

/* What the line takes in the JSON text. */
static size_t
line_cost(const struct alert_line *line)
{
	struct buf text = BUF_INIT, escaped = BUF_INIT;
	size_t cost;

	add_line(&text, line);
	json_escape(&escaped, buf_span(&text));
	cost = escaped.len;
	buf_release(&text);
	buf_release(&escaped);
	return cost;
}

static void
add_lines(struct buf *out, const struct alert *alert)
{
	size_t first = alert->line_count, used = 0;

	while (first > 0) {
		used += line_cost(&alert->lines[first - 1]);
		if (used > LINES_BYTES)
			break;
		first--;
	}
	if (alert->line_count == 0)
		return;
	buf_add_str(out, "\n");
	if (first > 0)
		buf_addf(out, "(%zu earlier lines left out)\n", first);
	buf_add_str(out, "```\n");
	for (size_t i = first; i < alert->line_count; i++)
		add_line(out, &alert->lines[i]);
	buf_add_str(out, "```");
}

static void
add_text(struct buf *out, const struct alert *alert)
{
	buf_addf(out, "*%s* ", alert->kind == ALERT_RECOVERY
		? "recovered"
		: severity_name(alert->severity));
	add_heading(out, alert->subject, 2 * FIELD_CHARACTERS);
	add_lines(out, alert);
	buf_add_str(out, "\nrule ");
	add_heading(out, alert->rule, FIELD_CHARACTERS);
	buf_add_str(out, " on ");
	add_heading(out, alert->hostname, FIELD_CHARACTERS);
	if (alert->file[0] != '\0') {
		buf_add_str(out, ", ");
		add_heading(out, alert->file, FIELD_CHARACTERS);
		buf_addf(out, " at %" PRIu64, alert->offset);
	}
	if (alert->count > 1)
		buf_addf(out, ", %" PRId64 " times", alert->count);
}

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	struct buf text = BUF_INIT;
	struct json json;

	(void)values;
	add_text(&text, alert);
	json_init(&json, out);
	json_open(&json, '{');
	json_key(&json, "text");
	json_string(&json, buf_span(&text));
	json_close(&json, '}');
	buf_release(&text);
}

static enum preset_answer
answer(int status, struct span reply)
{
	if (status / 100 != 2)
		return PRESET_BY_STATUS;
	return status == 200 && span_is(reply, "ok") ? PRESET_TAKEN
						     : PRESET_NOT_NOW;
}

const struct preset preset_slack = {
    .name = "slack",
    .content_type = "application/json",
    .max_bytes = BODY_BYTES,
    .render = render,
    .retry_after = "retry_after",
    .answer = answer,
};
