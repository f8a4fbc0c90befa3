/*
 * alertmanager_json: an alert as Prometheus Alertmanager's API v2 wants it.
 *
 * Keys always stand in the same order.  A label that would be empty is left
 * out: to Alertmanager it is none.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "message/alertmanager_json.h"
#include "message/json.h"
#include "message/text.h"

#define SUMMARY_CHARACTERS 400
#define FILE_CHARACTERS 1000
#define LINE_CHARACTERS 1000

static const char *const label_names[] = {
    "alertname", "instance", "severity", "key", "kind", "notice"};

#define LABEL_COUNT (sizeof(label_names) / sizeof(label_names[0]))

bool
alertmanager_label_is_ours(struct span name)
{
	for (size_t i = 0; i < LABEL_COUNT; i++) {
		if (span_is(name, label_names[i]))
			return true;
	}
	return false;
}

/* --- Labels ----------------------------------------------------------------*/

static void
add_pair(struct json *json, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	json_key(json, name);
	json_string(json, value);
}

static void
add_heading(
    struct json *json, const char *name, const char *text, size_t characters)
{
	struct buf clean = BUF_INIT;

	text_heading(&clean, span_str(text), characters);
	add_pair(json, name, buf_span(&clean));
	buf_release(&clean);
}

/* What no rule decided. */
static bool
is_about_ctail(enum alert_kind kind)
{
	return kind == ALERT_NOTICE || kind == ALERT_GAP ||
	       kind == ALERT_TEST || kind == ALERT_STORM ||
	       kind == ALERT_SILENCE || kind == ALERT_REPORT;
}

/* It has nothing to do with one before of the same name. */
static bool
is_by_itself(enum alert_kind kind)
{
	return kind == ALERT_NOTICE || kind == ALERT_REPORT;
}

static void
add_labels(struct json *json, const struct alert *alert,
    const struct alertmanager_form *form)
{
	const char *rule = alert->rule[0] ? alert->rule : "ctail";

	json_key(json, "labels");
	json_open(json, '{');
	add_pair(json, "alertname", span_str(rule));
	add_pair(json, "instance", span_str(alert->hostname));
	add_pair(json, "severity", span_str(severity_name(alert->severity)));
	add_pair(json, "key", span_str(alert->key));
	if (is_about_ctail(alert->kind))
		add_pair(json, "kind", span_str(alert_kind_name(alert->kind)));
	if (is_by_itself(alert->kind))
		add_heading(json, "notice", alert->subject, SUMMARY_CHARACTERS);
	for (size_t i = 0; i < form->label_count; i++) {
		struct buf name = BUF_INIT;

		buf_add_span(&name, form->labels[i].name);
		add_pair(json, buf_str(&name), form->labels[i].value);
		buf_release(&name);
	}
	json_close(json, '}');
}

/* --- Annotations -----------------------------------------------------------*/

static void
cut_line(struct buf *line, size_t room)
{
	static const char mark[] = " [...]";

	if (line->len <= room)
		return;
	line->len = utf8_cut(buf_span(line), room - strlen(mark));
	buf_add_str(line, mark);
}

/* As many of the newest lines as there is room for; of the newest one at
 * least its beginning. */
static void
make_description(const struct alert *alert, struct buf *out)
{
	size_t first = alert->line_count, room = ALERTMANAGER_LINES_BYTES;
	struct buf line = BUF_INIT, lines = BUF_INIT;

	while (first > 0) {
		const struct alert_line *next = &alert->lines[first - 1];

		buf_reset(&line);
		text_record(
		    &line, "", span_of(next->text, next->len), LINE_CHARACTERS);
		if (line.len > room && first < alert->line_count)
			break;
		cut_line(&line, room);
		room -= line.len;
		buf_add_span(&line, buf_span(&lines));
		buf_reset(&lines);
		buf_add_span(&lines, buf_span(&line));
		first--;
	}
	if (first > 0)
		buf_addf(out, "(%zu earlier lines left out)\n", first);
	buf_add_span(out, buf_span(&lines));
	buf_release(&line);
	buf_release(&lines);
}

/* As many of the first lines. */
static void
describe_report(const struct alert *alert, struct buf *out)
{
	size_t shown = 0, room = ALERTMANAGER_LINES_BYTES;
	struct buf line = BUF_INIT;

	for (; shown < alert->line_count; shown++) {
		const struct alert_line *next = &alert->lines[shown];

		buf_reset(&line);
		text_record(
		    &line, "", span_of(next->text, next->len), LINE_CHARACTERS);
		if (line.len > room && shown > 0)
			break;
		cut_line(&line, room);
		room -= line.len;
		buf_add_span(out, buf_span(&line));
	}
	if (alert->count > (int64_t)shown)
		buf_addf(out, "(and %" PRId64 " more)\n",
		    alert->count - (int64_t)shown);
	buf_release(&line);
}

static void
add_description(struct json *json, const struct alert *alert)
{
	struct buf text = BUF_INIT;

	if (alert->kind == ALERT_REPORT)
		describe_report(alert, &text);
	else
		make_description(alert, &text);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	add_pair(json, "description", buf_span(&text));
	buf_release(&text);
}

static void
add_annotations(struct json *json, const struct alert *alert)
{
	struct buf count = BUF_INIT;

	json_key(json, "annotations");
	json_open(json, '{');
	add_heading(json, "summary", alert->subject, SUMMARY_CHARACTERS);
	add_description(json, alert);
	add_heading(json, "log", alert->log, FILE_CHARACTERS);
	add_heading(json, "file", alert->file, FILE_CHARACTERS);
	buf_addf(&count, "%" PRId64, alert->count);
	if (alert->count > 0)
		add_pair(json, "count", buf_span(&count));
	add_pair(json, "id", span_str(alert->id));
	add_pair(json, "exclude", span_str(alert->hint_exclude));
	add_pair(json, "silence", span_str(alert->hint_silence));
	json_close(json, '}');
	buf_release(&count);
}

/* --- Times --------------------------------------------------------------- */

static int64_t
end_of(const struct alert *alert, const struct alertmanager_form *form)
{
	int64_t now = form->now_ms, last = alert->last_ms;

	if (alert->kind == ALERT_RECOVERY)
		return now;
	if (alert->kind == ALERT_ABSENT || alert->missing)
		return now + ALERTMANAGER_ABSENT_MS;
	/* A clock that was set back must not make it last for ever. */
	if (last < now || last - now > form->resolve_after_ms)
		last = now;
	return last + form->resolve_after_ms;
}

static void
add_time(struct json *json, const char *name, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_utc(wall_ms, text);
	json_key(json, name);
	json_string(json, span_str(text));
}

static void
add_times(struct json *json, const struct alert *alert,
    const struct alertmanager_form *form)
{
	int64_t start = alert->first_ms, end = end_of(alert, form);

	if (start > end || start > form->now_ms)
		start = form->now_ms;
	if (start < 1)
		start = 1;
	add_time(json, "startsAt", start);
	add_time(json, "endsAt", end);
}

void
alertmanager_json(const struct alert *alert,
    const struct alertmanager_form *form, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	json_open(&json, '[');
	json_open(&json, '{');
	add_labels(&json, alert, form);
	add_annotations(&json, alert);
	add_times(&json, alert, form);
	json_close(&json, '}');
	json_close(&json, ']');
}
