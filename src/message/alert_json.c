/*
 * alert_json: an alert as one JSON object.
 *
 * Within a bound, what is fixed comes first, then as many captures and then
 * as many of the newest lines as there is room for, and what stood around
 * them.
 */
#include "config.h"

#include "base/bug.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "message/alert_json.h"
#include "message/json.h"

/* Kept for what comes behind each list, and behind all of them: "match" and
 * "times" at their longest. */
#define TAIL_BYTES 64
#define END_BYTES 512

static void
add_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_string(json, span_str(text));
}

static void
add_number(struct json *json, const char *key, int64_t number)
{
	json_key(json, key);
	json_number(json, number);
}

static void
add_time(struct json *json, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_utc(wall_ms, text);
	add_text(json, key, text);
}

static void
add_fixed(struct json *json, const struct alert *alert)
{
	add_text(json, "id", alert->id);
	add_text(json, "incident", alert->incident);
	add_text(json, "kind", alert_kind_name(alert->kind));
	add_text(json, "rule", alert->rule);
	add_text(json, "severity", severity_name(alert->severity));
	add_text(json, "subject", alert->subject);
	add_text(json, "hostname", alert->hostname);
	add_text(json, "log", alert->log);
	add_text(json, "file", alert->file);
	add_number(json, "offset", (int64_t)alert->offset);
	add_text(json, "key", alert->key);
	add_number(json, "count", alert->count);
	add_time(json, "first", alert->first_ms);
	add_time(json, "last", alert->last_ms);
	add_time(json, "made", alert->made_ms);
	if (alert->events > 1)
		add_number(json, "events", alert->events);
	if (alert->held_period_ms > 0)
		add_number(json, "held_period_ms", alert->held_period_ms);
	if (alert->hint_exclude[0] != '\0')
		add_text(json, "hint_exclude", alert->hint_exclude);
	if (alert->hint_silence[0] != '\0')
		add_text(json, "hint_silence", alert->hint_silence);
	json_key(json, "undecided");
	json_bool(json, alert->undecided);
}

/* What a string costs with its quotes and comma. */
static size_t
string_cost(struct span text)
{
	struct buf escaped = BUF_INIT;
	size_t cost;

	json_escape(&escaped, text);
	cost = escaped.len + 3;
	buf_release(&escaped);
	return cost;
}

/* Captures that do not fit are left out, and counted. */
static void
add_captures(struct json *json, const struct alert *alert, size_t room)
{
	size_t left_out = 0;

	json_key(json, "captures");
	json_open(json, '{');
	for (size_t i = 0; i < alert->capture_count; i++) {
		const struct alert_capture *capture = &alert->captures[i];
		struct span value = span_of(capture->value, capture->len);
		size_t cost =
		    string_cost(span_str(capture->name)) + string_cost(value);

		if (cost > room) {
			left_out++;
			continue;
		}
		room -= cost;
		json_key(json, capture->name);
		json_string(json, value);
	}
	json_close(json, '}');
	if (left_out > 0)
		add_number(json, "captures_left_out", (int64_t)left_out);
}

static size_t
line_cost(const struct alert_line *line)
{
	return string_cost(span_of(line->text, line->len));
}

/* The first of the newest lines that fit together. */
static size_t
first_line(const struct alert *alert, size_t room)
{
	size_t first = alert->line_count;

	while (first > 0) {
		size_t cost = line_cost(&alert->lines[first - 1]);

		if (cost > room)
			break;
		room -= cost;
		first--;
	}
	return first;
}

static void
add_list(struct json *json, const char *name, const struct alert_line *lines,
    size_t count)
{
	json_key(json, name);
	json_open(json, '[');
	for (size_t i = 0; i < count; i++)
		json_string(json, span_of(lines[i].text, lines[i].len));
	json_close(json, ']');
}

/* How many characters the first bytes are: what a reader of JSON counts. */
static int64_t
characters(struct span text, size_t bytes)
{
	int64_t count = 0;
	uint32_t point;

	for (size_t i = 0; i < bytes; count++)
		i += utf8_decode(span_of(text.data + i, text.len - i), &point);
	return count;
}

/* "match": [FROM, LENGTH], in characters of the last of "lines". */
static void
add_match(struct json *json, const struct alert *alert)
{
	struct span line = alert_last_line(alert);
	const struct alert_line *last;
	int64_t from;

	if (alert->line_count == 0)
		return;
	last = &alert->lines[alert->line_count - 1];
	if (last->match_len == 0)
		return;
	from = characters(line, last->match_offset);
	json_key(json, "match");
	json_open(json, '[');
	json_number(json, from);
	json_number(json,
	    characters(line, last->match_offset + last->match_len) - from);
	json_close(json, ']');
}

/* Returns whether the last one is among them. */
static bool
add_lines(struct json *json, const struct alert *alert, size_t room)
{
	size_t first = first_line(alert, room);

	add_list(
	    json, "lines", alert->lines + first, alert->line_count - first);
	if (first > 0) {
		json_key(json, "lines_cut");
		json_bool(json, true);
	}
	return first < alert->line_count;
}

/* Records before and after: all that there are, or none. */
static void
add_context(struct json *json, const struct alert *alert, size_t room)
{
	size_t cost = 0;

	if (alert->before_count + alert->after_count == 0)
		return;
	for (size_t i = 0; i < alert->before_count; i++)
		cost += line_cost(&alert->before[i]);
	for (size_t i = 0; i < alert->after_count; i++)
		cost += line_cost(&alert->after[i]);
	if (cost > room) {
		json_key(json, "context_cut");
		json_bool(json, true);
		return;
	}
	if (alert->before_count > 0)
		add_list(json, "before", alert->before, alert->before_count);
	if (alert->after_count > 0)
		add_list(json, "after", alert->after, alert->after_count);
}

/* "times": {"start": WHEN, "width_ms": N, "bins": [COUNT, ...]}: how many
 * came in each of so many spans of time, one behind the other. */
static void
add_times(struct json *json, const struct alert_times *times)
{
	if (times->width_ms <= 0)
		return;
	json_key(json, "times");
	json_open(json, '{');
	add_time(json, "start", times->start_ms);
	add_number(json, "width_ms", times->width_ms);
	json_key(json, "bins");
	json_open(json, '[');
	for (size_t i = 0; i < ALERT_BINS; i++)
		json_number(json, times->bins[i]);
	json_close(json, ']');
	json_close(json, '}');
}

/* The end of a line before three quarters of the text. */
static size_t
fewer_lines(struct span text)
{
	size_t end = text.len - text.len / 4 - 1;

	while (end > 0 && text.data[end - 1] != '\n')
		end--;
	return end;
}

/* As many of its lines as there is room for. */
static void
add_report(struct json *json, const struct alert *alert, size_t room)
{
	struct span report = span_str(alert->report), kept = report;

	if (alert->kind != ALERT_REPORT)
		return;
	while (kept.len && string_cost(kept) > room)
		kept.len = fewer_lines(kept);
	json_key(json, "report");
	json_string(json, kept);
	if (kept.len < report.len || !report.len) {
		json_key(json, "report_cut");
		json_bool(json, true);
	}
}

static size_t
room_left(const struct buf *out, size_t start, size_t max, size_t tail)
{
	size_t used = out->len - start + tail;

	return used < max ? max - used : 0;
}

void
alert_json(const struct alert *alert, size_t max, struct buf *out)
{
	size_t start = out->len;
	struct json json;
	bool with_last;

	if (max == 0)
		max = SIZE_MAX;
	else if (max < ALERT_JSON_LEAST)
		BUG("an alert does not fit into %zu bytes of JSON", max);
	max -= END_BYTES;
	json_init(&json, out);
	json_open(&json, '{');
	add_fixed(&json, alert);
	add_captures(
	    &json, alert, room_left(out, start, max, 3 * TAIL_BYTES) / 2);
	with_last =
	    add_lines(&json, alert, room_left(out, start, max, 2 * TAIL_BYTES));
	add_context(&json, alert, room_left(out, start, max, TAIL_BYTES));
	if (with_last)
		add_match(&json, alert);
	add_times(&json, &alert->times);
	add_report(&json, alert, room_left(out, start, max, TAIL_BYTES));
	json_close(&json, '}');
}
