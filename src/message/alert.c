/*
 * alert: owning what an alert says, and its form as fields.
 *
 * Hides the field names under which an alert lies in the database and goes
 * to a worker, and the bounds that keep an encoded alert below FRAME_MAX
 * whatever a log holds.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "message/alert.h"
#include "message/alert_field.h"

static const char *const kind_names[] = {
    [ALERT_MATCH] = "match",
    [ALERT_SUMMARY] = "summary",
    [ALERT_NOTICE] = "notice",
    [ALERT_GAP] = "gap",
    [ALERT_TEST] = "test",
    [ALERT_DIGEST] = "digest",
    [ALERT_ABSENT] = "absent",
    [ALERT_RECOVERY] = "recovery",
    [ALERT_STORM] = "storm",
    [ALERT_SILENCE] = "silence",
    [ALERT_RENEWAL] = "renewal",
    [ALERT_REPORT] = "report",
};

#define KIND_COUNT (sizeof(kind_names) / sizeof(kind_names[0]))

/* The texts that are one field each. */
struct text_field {
	const char *name;
	size_t offset;
	size_t max;
	bool late; /* alerts of older versions lack it */
};

struct number_field {
	const char *name;
	size_t offset;
};

static const struct text_field text_fields[] = {
    {"rule", offsetof(struct alert, rule), ALERT_TEXT_BYTES, false},
    {"subject", offsetof(struct alert, subject), ALERT_TEXT_BYTES, false},
    {"hostname", offsetof(struct alert, hostname), ALERT_TEXT_BYTES, false},
    {"log", offsetof(struct alert, log), ALERT_TEXT_BYTES, false},
    {"file", offsetof(struct alert, file), ALERT_TEXT_BYTES, false},
    {"key", offsetof(struct alert, key), ALERT_TEXT_BYTES, false},
    {"report", offsetof(struct alert, report), ALERT_REPORT_BYTES, true},
    {"hint_exclude", offsetof(struct alert, hint_exclude), ALERT_HINT_BYTES,
	true},
    {"hint_silence", offsetof(struct alert, hint_silence), ALERT_HINT_BYTES,
	true},
};

static const struct number_field number_fields[] = {
    {"count", offsetof(struct alert, count)},
    {"first", offsetof(struct alert, first_ms)},
    {"last", offsetof(struct alert, last_ms)},
    {"made", offsetof(struct alert, made_ms)},
    {"held_period", offsetof(struct alert, held_period_ms)},
    {"events", offsetof(struct alert, events)},
};

/* The lists of lines. */
struct line_field {
	const char *name;
	size_t lines, count; /* offsets */
	size_t max, bytes;
};

enum { LIST_LINES, LIST_BEFORE, LIST_AFTER };

static const struct line_field line_fields[] = {
    [LIST_LINES] = {"line", offsetof(struct alert, lines),
	offsetof(struct alert, line_count), ALERT_LINES_MAX, ALERT_LINE_BYTES},
    [LIST_BEFORE] = {"before", offsetof(struct alert, before),
	offsetof(struct alert, before_count), ALERT_CONTEXT_MAX,
	ALERT_CONTEXT_BYTES},
    [LIST_AFTER] = {"after", offsetof(struct alert, after),
	offsetof(struct alert, after_count), ALERT_CONTEXT_MAX,
	ALERT_CONTEXT_BYTES},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static char **
alert_text(struct alert *alert, const struct text_field *field)
{
	return (char **)((char *)alert + field->offset);
}

static struct alert_line *
alert_lines(const struct alert *alert, const struct line_field *field)
{
	return (struct alert_line *)((char *)alert + field->lines);
}

static size_t *
alert_line_count(const struct alert *alert, const struct line_field *field)
{
	return (size_t *)((char *)alert + field->count);
}

static int64_t *
alert_number(struct alert *alert, const struct number_field *field)
{
	return (int64_t *)((char *)alert + field->offset);
}

const char *
alert_kind_name(enum alert_kind kind)
{
	if ((size_t)kind >= KIND_COUNT)
		BUG("alert kind %d", (int)kind);
	return kind_names[kind];
}

void
alert_init(struct alert *alert)
{
	size_t i;

	memset(alert, 0, sizeof(*alert));
	for (i = 0; i < COUNT(text_fields); i++)
		*alert_text(alert, &text_fields[i]) = xstrdup("");
}

static void
alert_free_lines(struct alert *alert, const struct line_field *field)
{
	struct alert_line *lines = alert_lines(alert, field);
	size_t *count = alert_line_count(alert, field);

	while (*count > 0)
		free(lines[--*count].text);
}

static void
alert_free_captures(struct alert *alert)
{
	while (alert->capture_count > 0) {
		struct alert_capture *last =
		    &alert->captures[--alert->capture_count];

		free(last->name);
		free(last->value);
	}
}

static void
alert_free_lists(struct alert *alert)
{
	for (size_t i = 0; i < COUNT(line_fields); i++)
		alert_free_lines(alert, &line_fields[i]);
	alert_free_captures(alert);
}

void
alert_release(struct alert *alert)
{
	size_t i;

	for (i = 0; i < COUNT(text_fields); i++)
		free(*alert_text(alert, &text_fields[i]));
	alert_free_lists(alert);
	memset(alert, 0, sizeof(*alert));
}

static void
alert_set_within(char **field, struct span text, size_t max)
{
	struct buf copy = BUF_INIT;

	for (size_t i = 0; i < text.len && copy.len <= max; i++) {
		if (text.data[i] == '\0')
			utf8_append(&copy, UTF8_REPLACEMENT);
		else
			buf_add_byte(&copy, text.data[i]);
	}
	copy.len = utf8_cut(buf_span(&copy), max);
	free(*field);
	*field = buf_take(&copy);
}

void
alert_set(char **field, struct span text)
{
	alert_set_within(field, text, ALERT_TEXT_BYTES);
}

void
alert_set_report(struct alert *alert, struct span text)
{
	alert_set_within(&alert->report, text, ALERT_REPORT_BYTES);
	if (alert->report[0] != '\0')
		alert_free_lists(alert);
}

void
alert_set_hint(char **field, struct span text)
{
	bool fits = text.len <= ALERT_HINT_BYTES &&
		    (!text.len || !memchr(text.data, '\0', text.len));

	alert_set(field, fits ? text : span_of("", 0));
}

/* At most max bytes, which say so themselves when something was left out;
 * kept_out: how many of them are the text's own. */
static char *
alert_bounded(struct span text, size_t max, size_t *len_out, size_t *kept_out)
{
	struct buf copy = BUF_INIT;
	size_t len = text.len;

	if (len > max)
		len = utf8_cut(text, max - sizeof(" [... more bytes]") - 20);
	buf_add(&copy, text.data, len);
	if (len < text.len)
		buf_addf(&copy, " [... %zu more bytes]", text.len - len);
	*len_out = copy.len;
	*kept_out = len;
	return buf_take(&copy);
}

/* When the list is full, the oldest goes.  Returns how many bytes of the
 * line were kept. */
static size_t
alert_add_to(
    struct alert *alert, const struct line_field *field, struct span line)
{
	struct alert_line *lines = alert_lines(alert, field);
	size_t *count = alert_line_count(alert, field);
	size_t kept;

	if (*count == field->max) {
		free(lines[0].text);
		memmove(lines, lines + 1, (field->max - 1) * sizeof(*lines));
		--*count;
	}
	memset(&lines[*count], 0, sizeof(*lines));
	lines[*count].text =
	    alert_bounded(line, field->bytes, &lines[*count].len, &kept);
	++*count;
	return kept;
}

static bool
alert_is_report(const struct alert *alert)
{
	return alert->report[0] != '\0';
}

void
alert_add_line(struct alert *alert, struct span line)
{
	if (alert_is_report(alert) && alert->line_count == ALERT_REPORT_LINES)
		return;
	alert->last_line_kept =
	    alert_add_to(alert, &line_fields[LIST_LINES], line);
}

void
alert_set_match(struct alert *alert, size_t offset, size_t len)
{
	size_t kept = alert->last_line_kept;
	struct alert_line *last;

	if (alert->line_count == 0 || offset >= kept || len == 0)
		return;
	last = &alert->lines[alert->line_count - 1];
	last->match_offset = (uint32_t)offset;
	last->match_len = (uint32_t)(len < kept - offset ? len : kept - offset);
}

void
alert_add_before(struct alert *alert, struct span line)
{
	if (!alert_is_report(alert))
		alert_add_to(alert, &line_fields[LIST_BEFORE], line);
}

void
alert_add_after(struct alert *alert, struct span line)
{
	if (!alert_is_report(alert) && alert->after_count < ALERT_CONTEXT_MAX)
		alert_add_to(alert, &line_fields[LIST_AFTER], line);
}

void
alert_clear_lines(struct alert *alert)
{
	alert_free_lines(alert, &line_fields[LIST_LINES]);
}

void
alert_add_capture(struct alert *alert, struct span name, struct span value)
{
	struct alert_capture *capture;
	size_t kept;

	if (alert_is_report(alert) ||
	    alert->capture_count == ALERT_CAPTURES_MAX)
		return;
	capture = &alert->captures[alert->capture_count++];
	capture->name = NULL;
	alert_set_within(&capture->name, name, ALERT_NAME_BYTES);
	capture->value =
	    alert_bounded(value, ALERT_CAPTURE_BYTES, &capture->len, &kept);
}

struct span
alert_last_line(const struct alert *alert)
{
	const struct alert_line *last;

	if (alert->line_count == 0)
		return span_of("", 0);
	last = &alert->lines[alert->line_count - 1];
	return span_of(last->text, last->len);
}

static void
alert_encode_lines(
    const struct alert *alert, const struct line_field *field, struct buf *out)
{
	const struct alert_line *lines = alert_lines(alert, field);

	for (size_t i = 0; i < *alert_line_count(alert, field); i++) {
		fields_add(
		    out, field->name, span_of(lines[i].text, lines[i].len));
		alert_match_encode(&lines[i], out);
	}
}

void
alert_encode(const struct alert *alert, struct buf *out)
{
	struct alert *readable = (struct alert *)alert;
	size_t i;

	fields_add_str(out, "id", alert->id);
	fields_add_str(out, "incident", alert->incident);
	fields_add_str(out, "kind", alert_kind_name(alert->kind));
	fields_add_str(out, "severity", severity_name(alert->severity));
	for (i = 0; i < COUNT(text_fields); i++)
		fields_add_str(out, text_fields[i].name,
		    *alert_text(readable, &text_fields[i]));
	fields_add_number(out, "offset", (int64_t)alert->offset);
	for (i = 0; i < COUNT(number_fields); i++)
		fields_add_number(out, number_fields[i].name,
		    *alert_number(readable, &number_fields[i]));
	fields_add_number(out, "undecided", alert->undecided);
	if (alert->missing)
		fields_add_number(out, "missing", 1);
	alert_times_encode(&alert->times, out);
	for (i = 0; i < COUNT(line_fields); i++)
		alert_encode_lines(alert, &line_fields[i], out);
	for (i = 0; i < alert->capture_count; i++) {
		fields_add_str(out, "capture", alert->captures[i].name);
		fields_add(out, "value",
		    span_of(alert->captures[i].value, alert->captures[i].len));
	}
}

static int
alert_decode_id(
    struct span fields, const char *name, char *out, struct err *err)
{
	struct span text;

	if (!fields_get(fields, name, &text))
		return err_set(err, "an alert has no %s", name);
	if (text.len != ALERT_ID_SIZE - 1)
		return err_set(err, "an alert's %s is %zu bytes long, not %d",
		    name, text.len, ALERT_ID_SIZE - 1);
	for (size_t i = 0; i < text.len; i++) {
		if (!strchr("0123456789abcdef", text.data[i]) ||
		    text.data[i] == '\0')
			return err_set(
			    err, "an alert's %s is not hexadecimal", name);
	}
	memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return 0;
}

/* What belongs to no incident has an empty one. */
static int
alert_decode_incident(struct span fields, struct alert *alert, struct err *err)
{
	struct span text;

	if (fields_get(fields, "incident", &text) && text.len == 0)
		return 0;
	return alert_decode_id(fields, "incident", alert->incident, err);
}

static int
alert_decode_kind(struct span fields, struct alert *alert, struct err *err)
{
	struct span text;

	if (!fields_get(fields, "kind", &text))
		return err_set(err, "an alert has no kind");
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (span_is(text, kind_names[i])) {
			alert->kind = (enum alert_kind)i;
			return 0;
		}
	}
	return err_set(err, "an alert's kind is unknown here");
}

static int
alert_decode_texts(struct span fields, struct alert *alert, struct err *err)
{
	struct span text;
	size_t i;

	for (i = 0; i < COUNT(text_fields); i++) {
		if (!fields_get(fields, text_fields[i].name, &text)) {
			if (text_fields[i].late)
				continue;
			return err_set(
			    err, "an alert has no %s", text_fields[i].name);
		}
		if (text.len > text_fields[i].max)
			return err_set(err, "an alert's %s is too long",
			    text_fields[i].name);
		alert_set_within(alert_text(alert, &text_fields[i]), text,
		    text_fields[i].max > ALERT_TEXT_BYTES
			? text_fields[i].max
			: ALERT_TEXT_BYTES);
	}
	return 0;
}

static const struct line_field *
alert_line_field(struct span name)
{
	for (size_t i = 0; i < COUNT(line_fields); i++)
		if (span_is(name, line_fields[i].name))
			return &line_fields[i];
	return NULL;
}

/* What the fields of the lists leave for those behind them. */
struct alert_lists {
	struct span capture;	 /* a name that waits for its value */
	struct alert_line *line; /* the one a match may follow */
};

static int
alert_decode_line(struct alert *alert, struct alert_lists *lists,
    const struct line_field *field, struct span value, struct err *err)
{
	size_t count = *alert_line_count(alert, field);

	if (alert_is_report(alert) &&
	    (field != &line_fields[LIST_LINES] || count == ALERT_REPORT_LINES))
		return err_set(err, "an alert has more lines than a report's");
	if (count == field->max)
		return err_set(err, "an alert has more than %zu lines in %s",
		    field->max, field->name);
	alert_add_to(alert, field, value);
	lists->line = &alert_lines(alert, field)[count];
	return 0;
}

static int
alert_decode_value(struct alert *alert, struct alert_lists *lists,
    struct span value, struct err *err)
{
	if (lists->capture.data == NULL || alert_is_report(alert) ||
	    alert->capture_count == ALERT_CAPTURES_MAX)
		return err_set(err, "an alert's captures are damaged");
	alert_add_capture(alert, lists->capture, value);
	lists->capture.data = NULL;
	return 0;
}

static int
alert_decode_match(
    struct alert_lists *lists, struct span value, struct err *err)
{
	struct alert_line *line = lists->line;

	if (line == NULL)
		return err_set(err, "an alert has a match without its line");
	lists->line = NULL;
	return alert_match_decode(value, line, err);
}

static int
alert_decode_lists(struct span fields, struct alert *alert, struct err *err)
{
	struct alert_lists lists = {{NULL, 0}, NULL};
	const struct line_field *list;
	struct span name, value;
	size_t cursor = 0;
	int result = 0;

	while (result == 0 && fields_next(fields, &cursor, &name, &value)) {
		if ((list = alert_line_field(name)) != NULL)
			result =
			    alert_decode_line(alert, &lists, list, value, err);
		else if (span_is(name, "match"))
			result = alert_decode_match(&lists, value, err);
		else if (span_is(name, "times"))
			result = alert_times_decode(value, &alert->times, err);
		else if (span_is(name, "capture"))
			lists.capture = value;
		else if (span_is(name, "value"))
			result = alert_decode_value(alert, &lists, value, err);
	}
	return result;
}

static int
alert_decode_into(struct span fields, struct alert *out, struct err *err)
{
	struct span text;
	size_t i;

	if (fields_check(fields, err) < 0 ||
	    alert_decode_id(fields, "id", out->id, err) < 0 ||
	    alert_decode_incident(fields, out, err) < 0 ||
	    alert_decode_kind(fields, out, err) < 0)
		return -1;
	if (!fields_get(fields, "severity", &text))
		return err_set(err, "an alert has no severity");
	if (severity_parse(text, &out->severity, err) < 0 ||
	    alert_decode_texts(fields, out, err) < 0)
		return -1;
	out->offset = (uint64_t)fields_get_number(fields, "offset", 0);
	for (i = 0; i < COUNT(number_fields); i++)
		*alert_number(out, &number_fields[i]) =
		    fields_get_number(fields, number_fields[i].name, 0);
	out->undecided = fields_get_number(fields, "undecided", 0) != 0;
	out->missing = fields_get_number(fields, "missing", 0) != 0;
	return alert_decode_lists(fields, out, err);
}

int
alert_decode(struct span fields, struct alert *out, struct err *err)
{
	alert_init(out);
	if (alert_decode_into(fields, out, err) == 0)
		return 0;
	alert_release(out);
	return -1;
}

void
alert_make_id(const struct span *parts, size_t count, char out[ALERT_ID_SIZE])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sum;

	sha256_init(&sum);
	for (size_t i = 0; i < count; i++)
		sha256_add_part(&sum, parts[i]);
	sha256_final(&sum, digest);
	hex_encode(digest, (ALERT_ID_SIZE - 1) / 2, out);
}
