/*
 * message_alert: an alert holds what it is given, and survives its encoding.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "base/mem.h"
#include "hostile.h"
#include "message/alert.h"
#include "message/variables.h"
#include "tap.h"

#define ID "0123456789abcdef0123456789abcdef01234567"

static void
fill(struct alert *alert)
{
	alert_init(alert);
	memcpy(alert->id, ID, ALERT_ID_SIZE);
	memcpy(alert->incident, ID, ALERT_ID_SIZE);
	alert->kind = ALERT_SUMMARY;
	alert->severity = SEVERITY_ERROR;
	alert_set(&alert->rule, span_str("ssh"));
	alert_set(&alert->subject, span_str("5x from 1.2.3.4"));
	alert_set(&alert->hostname, span_str("web1"));
	alert_set(&alert->log, span_str("auth"));
	alert_set(&alert->file, span_str("/var/log/auth.log"));
	alert->offset = UINT64_MAX;
	alert_set(&alert->key, span_str("1.2.3.4"));
	alert->count = 5;
	alert->first_ms = 1000;
	alert->last_ms = 2000;
	alert->made_ms = 3000;
	alert->held_period_ms = 600000;
	alert->undecided = true;
	alert_add_line(alert, span_of("one\0two", 7));
	alert_add_line(alert, span_str("three"));
	alert_set_match(alert, 1, 3);
	alert->times.start_ms = 1000;
	alert->times.width_ms = 250;
	alert->times.bins[0] = 1;
	alert->times.bins[ALERT_BINS - 1] = UINT32_MAX;
	alert->events = 7;
	alert_add_before(alert, span_str("earlier"));
	alert_add_before(alert, span_of("just\0before", 11));
	alert_add_after(alert, span_str("later"));
	alert_set(&alert->hint_exclude, span_str("exclude = ^x$"));
	alert_set(&alert->hint_silence, span_str("ctailctl silence ssh 8h"));
	alert_add_capture(alert, span_str("ip"), span_str("1.2.3.4"));
	alert_add_capture(alert, span_str("2"), span_of("a\0b", 3));
}

static bool
same(const struct alert *a, const struct alert *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	bool equal;

	alert_encode(a, &x);
	alert_encode(b, &y);
	equal = span_equal(buf_span(&x), buf_span(&y));
	buf_release(&x);
	buf_release(&y);
	return equal;
}

static void
test_round_trip(void)
{
	struct buf fields = BUF_INIT;
	struct alert alert, copy;
	struct err err = ERR_INIT;

	fill(&alert);
	alert_encode(&alert, &fields);
	IS_INT(alert_decode(buf_span(&fields), &copy, &err), 0,
	    "an encoded alert is decoded");
	OK(same(&alert, &copy), "to the same");
	IS_STR(copy.id, ID, "its id");
	IS_STR(copy.subject, "5x from 1.2.3.4", "its subject");
	IS_INT(copy.kind, ALERT_SUMMARY, "its kind");
	IS_INT(copy.severity, SEVERITY_ERROR, "its severity");
	OK(copy.offset == UINT64_MAX, "its offset");
	IS_INT(copy.held_period_ms, 600000, "its period");
	OK(copy.undecided, "that it was not decided");
	OK(copy.line_count == 2 && copy.lines[0].len == 7 &&
		!memcmp(copy.lines[0].text, "one\0two", 7),
	    "lines, with a NUL inside");
	OK(span_is(alert_last_line(&copy), "three"), "in their order");
	OK(copy.before_count == 2 && copy.after_count == 1 &&
		copy.before[1].len == 11 &&
		!strcmp(copy.after[0].text, "later"),
	    "what stood around them");
	IS_INT(copy.events, 7, "how many alerts it stands for");
	OK(copy.lines[0].match_len == 0 && copy.lines[1].match_offset == 1 &&
		copy.lines[1].match_len == 3,
	    "what the pattern matched");
	OK(!memcmp(&copy.times, &alert.times, sizeof(copy.times)),
	    "when they came");
	IS_STR(copy.hint_exclude, "exclude = ^x$", "a hint");
	IS_STR(copy.hint_silence, "ctailctl silence ssh 8h", "and another");
	OK(copy.capture_count == 2 && copy.captures[1].len == 3 &&
		!strcmp(copy.captures[0].name, "ip"),
	    "captures");
	alert_release(&copy);
	alert_release(&alert);
	buf_release(&fields);
}

static void
test_bounds(void)
{
	struct buf big = BUF_INIT, fields = BUF_INIT;
	struct alert alert, copy;
	char text[ALERT_HINT_BYTES];

	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < (1u << 20); i++)
		buf_add_byte(&big, (char)(i % 251));
	alert_init(&alert);
	memcpy(alert.id, ID, ALERT_ID_SIZE);
	alert_set(&alert.rule, buf_span(&big));
	alert_set(&alert.subject, buf_span(&big));
	alert_set(&alert.hostname, buf_span(&big));
	alert_set(&alert.log, buf_span(&big));
	alert_set(&alert.file, buf_span(&big));
	alert_set(&alert.key, buf_span(&big));
	for (int i = 0; i < ALERT_LINES_MAX + 10; i++) {
		alert_add_line(&alert, buf_span(&big));
		alert_set_match(&alert, 1000, SIZE_MAX);
	}
	alert_add_line(&alert, span_str("the last"));
	alert.times.width_ms = INT64_MAX / 4 / ALERT_BINS;
	memset(alert.times.bins, 0xff, sizeof(alert.times.bins));
	for (int i = 0; i < ALERT_CONTEXT_MAX + 10; i++) {
		alert_add_before(&alert, buf_span(&big));
		alert_add_after(&alert,
		    i < ALERT_CONTEXT_MAX ? buf_span(&big) : span_str("no"));
	}
	alert_set_hint(&alert.hint_exclude, buf_span(&big));
	IS_STR(alert.hint_exclude, "", "a hint that cannot be whole is none");
	alert_set_hint(&alert.hint_exclude,
	    span_of(big.data + 1, ALERT_HINT_BYTES));
	alert_set_hint(&alert.hint_silence, span_of(text, ALERT_HINT_BYTES));
	IS_INT(strlen(alert.hint_silence), ALERT_HINT_BYTES,
	    "one that just fits is whole");
	for (int i = 0; i < ALERT_CAPTURES_MAX + 10; i++)
		alert_add_capture(&alert, buf_span(&big), buf_span(&big));
	IS_INT(alert.line_count, ALERT_LINES_MAX, "lines are bounded");
	IS_INT(alert.capture_count, ALERT_CAPTURES_MAX, "so are captures");
	OK(span_is(alert_last_line(&alert), "the last"),
	    "the oldest lines go first");
	OK(alert.before_count == ALERT_CONTEXT_MAX &&
		alert.after_count == ALERT_CONTEXT_MAX &&
		alert.before[0].len <= ALERT_CONTEXT_BYTES &&
		alert.after[ALERT_CONTEXT_MAX - 1].len > 2,
	    "context is bounded; behind the record the first ones stay");
	OK(strlen(alert.captures[0].name) <= ALERT_NAME_BYTES,
	    "so are the names of captures");
	OK(alert.lines[0].len <= ALERT_LINE_BYTES &&
		!memcmp(alert.lines[0].text + alert.lines[0].len - 12,
		    " more bytes]", 12),
	    "a line that was cut says so");
	OK(strlen(alert.subject) <= ALERT_TEXT_BYTES, "texts are bounded");
	alert_encode(&alert, &fields);
	OK(fields.len < FRAME_MAX - 1024, "the largest alert fits a frame: %zu",
	    fields.len);
	IS_INT(
	    alert_decode(buf_span(&fields), &copy, NULL), 0, "and is decoded");
	OK(same(&alert, &copy), "to the same, cut no further");
	alert_release(&copy);
	alert_release(&alert);
	buf_release(&big);
	buf_release(&fields);
}

static void
matches(const struct alert *alert, uint32_t offset, uint32_t len,
    const char *sentence)
{
	const struct alert_line *last = &alert->lines[alert->line_count - 1];

	OK(last->match_offset == offset && last->match_len == len,
	    "%s (%u, %u)", sentence, (unsigned)last->match_offset,
	    (unsigned)last->match_len);
}

static void
test_match(void)
{
	struct buf big = BUF_INIT;
	struct alert alert;
	size_t kept;

	for (size_t i = 0; i < 2 * ALERT_LINE_BYTES; i++)
		buf_add_byte(&big, 'x');
	alert_init(&alert);
	alert_set_match(&alert, 0, 1);
	IS_INT(alert.line_count, 0, "a match without a line is none");
	alert_add_line(&alert, span_str("0123456789"));
	alert_set_match(&alert, 4, 0);
	matches(&alert, 0, 0, "an empty match is none");
	alert_set_match(&alert, 10, 1);
	matches(&alert, 0, 0, "nor one behind the line");
	alert_set_match(&alert, 4, SIZE_MAX);
	matches(&alert, 4, 6, "a match ends where its line does");
	alert_add_line(&alert, span_str("next"));
	matches(&alert, 0, 0, "it is not the next line's");
	for (int i = 0; i < ALERT_LINES_MAX; i++)
		alert_add_line(&alert, span_str("more"));
	matches(&alert, 0, 0, "nor that of any that comes later");
	alert_add_line(&alert, buf_span(&big));
	alert_set_match(&alert, 100, big.len);
	kept = strspn(alert_last_line(&alert).data, "x");
	matches(&alert, 100, (uint32_t)kept - 100,
	    "of a line that was cut, what was kept of it is matched");
	alert_set_match(&alert, kept, 1);
	matches(&alert, 100, (uint32_t)kept - 100,
	    "never what says that it was cut");
	alert_release(&alert);
	buf_release(&big);
}

static void
test_nul(void)
{
	char *text = xstrdup("before");

	alert_set(&text, span_of("a\0b", 3));
	IS_STR(text,
	    "a\xEF\xBF\xBD"
	    "b",
	    "a NUL in a text becomes U+FFFD");
	free(text);
}

/* Whatever is damaged is refused or decoded, never more. */
static void
test_damage(void)
{
	unsigned long long state = 11;
	struct buf fields = BUF_INIT, bad = BUF_INIT;
	struct alert alert, copy;
	int refused = 0, total = 20000;

	fill(&alert);
	alert_encode(&alert, &fields);
	for (int i = 0; i < total; i++) {
		size_t len = fields.len;

		buf_reset(&bad);
		if (i % 4 == 0)
			len = hostile_next(&state) % len;
		buf_add(&bad, fields.data, len);
		for (int j = 0; bad.len && j <= i % 3; j++)
			bad.data[hostile_next(&state) % bad.len] =
			    (char)hostile_next(&state);
		if (alert_decode(buf_span(&bad), &copy, NULL) == 0)
			alert_release(&copy);
		else
			refused++;
	}
	OK(refused > total / 4 && refused < total,
	    "20,000 damaged alerts are refused or decoded (%d refused)",
	    refused);
	alert_release(&alert);
	buf_release(&fields);
	buf_release(&bad);
}

static void
decode_without(const char *name, const char *value, const char *sentence)
{
	struct buf fields = BUF_INIT, changed = BUF_INIT;
	struct span field, text;
	struct alert alert, copy;
	struct err err = ERR_INIT;
	size_t cursor = 0;

	fill(&alert);
	alert_encode(&alert, &fields);
	while (fields_next(buf_span(&fields), &cursor, &field, &text)) {
		char *copied = xstrndup(field.data, field.len);

		if (!span_is(field, name))
			fields_add(&changed, copied, text);
		else if (value)
			fields_add_str(&changed, copied, value);
		free(copied);
	}
	OK(alert_decode(buf_span(&changed), &copy, &err) < 0 && err.text[0],
	    "%s (%s)", sentence, err.text);
	alert_release(&alert);
	buf_release(&fields);
	buf_release(&changed);
}

/* What an older version stored. */
static void
test_older(void)
{
	struct buf fields = BUF_INIT, older = BUF_INIT;
	struct span field, text;
	struct alert alert, copy;
	size_t cursor = 0;

	fill(&alert);
	alert_encode(&alert, &fields);
	while (fields_next(buf_span(&fields), &cursor, &field, &text)) {
		char *name = xstrndup(field.data, field.len);

		if (strncmp(name, "hint_", 5) && strcmp(name, "events") &&
		    strcmp(name, "before") && strcmp(name, "after") &&
		    strcmp(name, "match") && strcmp(name, "times"))
			fields_add(&older, name, text);
		free(name);
	}
	OK(!alert_decode(buf_span(&older), &copy, NULL) &&
		!*copy.hint_exclude && copy.events == 0 &&
		copy.before_count == 0 && copy.times.width_ms == 0 &&
		copy.lines[1].match_len == 0,
	    "an alert of an older version is decoded");
	alert_release(&copy);
	alert_release(&alert);
	buf_release(&fields);
	buf_release(&older);
}

static void
too_many(const char *name, int count, const char *sentence)
{
	struct buf fields = BUF_INIT;
	struct alert alert, copy;
	struct err err = ERR_INIT;

	fill(&alert);
	alert_encode(&alert, &fields);
	for (int i = 0; i < count; i++)
		fields_add_str(&fields, name, "x");
	OK(alert_decode(buf_span(&fields), &copy, &err) < 0 && err.text[0],
	    "%s (%s)", sentence, err.text);
	alert_release(&alert);
	buf_release(&fields);
}

static void
test_kinds(void)
{
	for (int i = ALERT_MATCH; i <= ALERT_REPORT; i++) {
		struct buf fields = BUF_INIT;
		struct alert alert, copy;

		fill(&alert);
		alert.kind = (enum alert_kind)i;
		alert_encode(&alert, &fields);
		OK(!alert_decode(buf_span(&fields), &copy, NULL) &&
			copy.kind == alert.kind,
		    "kind %s survives", alert_kind_name(alert.kind));
		alert_release(&copy);
		alert_release(&alert);
		buf_release(&fields);
	}
}

static void
test_refused(void)
{
	decode_without("id", NULL, "an alert needs an id");
	decode_without("id", "0123", "a short id is refused");
	decode_without("id", "0123456789abcdef0123456789abcdef0123456G",
	    "an id is hexadecimal");
	decode_without("incident", NULL, "an alert needs an incident field");
	decode_without("kind", "party", "an unknown kind is refused");
	decode_without("severity", "awful", "so is an unknown severity");
	decode_without("subject", NULL, "a text must be there");
	decode_without("capture", NULL, "values need their names");
	decode_without("match", "0 6", "a match ends within its line");
	decode_without("match", "5 1", "and begins there");
	decode_without("match", "1 0", "and is not empty");
	decode_without("match", "-1 2", "and does not begin before it");
	decode_without("match", "1 18446744073709551615", "nor overflows");
	decode_without("match", "1 2 3", "and is two numbers");
	decode_without("match", "1", "and not one");
	decode_without("match", "1 2 ", "and nothing else");
	decode_without("match", "", "and not none");
	decode_without("line", NULL, "and it stands behind its line");
	decode_without("times", "0 1 2", "times need all their bins");
	decode_without("times", "", "and their start");
	decode_without("times",
	    "0 0 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
	    "a bin has a width");
	decode_without("times",
	    "0 -5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
	    "and no negative one");
	decode_without("times",
	    "0 5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
	    "there are no more bins");
	decode_without("times",
	    "0 5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 4294967296",
	    "and no larger counts");
	decode_without("times",
	    "9223372036854775807 9223372036854775807 1 1 1 1 1 1 1 1 1 1 1 1 "
	    "1 1 1 1 1 1 1 1 1 1 1 1",
	    "and no times at which sums overflow");
	too_many("match", 1, "and one only");
	too_many("line", ALERT_LINES_MAX, "too many lines are refused");
	too_many("before", ALERT_CONTEXT_MAX, "so are too many before");
	too_many("after", ALERT_CONTEXT_MAX, "and after");
	too_many("value", 1, "and a value without a name");
}

static void
test_id(void)
{
	struct span ab[] = {span_str("a"), span_str("bc")};
	struct span ba[] = {span_str("ab"), span_str("c")};
	char one[ALERT_ID_SIZE], two[ALERT_ID_SIZE], three[ALERT_ID_SIZE];

	alert_make_id(ab, 2, one);
	alert_make_id(ab, 2, two);
	alert_make_id(ba, 2, three);
	IS_STR(one, two, "the same parts give the same id");
	OK(strcmp(one, three) != 0, "parts are not run together");
	IS_INT(strlen(one), 40, "an id has 40 digits");
	IS_INT(strspn(one, "0123456789abcdef"), 40, "all hexadecimal");
}

static void
is_variable(const struct alert *alert, const char *name, const char *want,
    const char *sentence)
{
	struct buf value = BUF_INIT;
	bool found = variable_lookup((void *)alert, span_str(name), &value);

	OK(found, "${%s} is known", name);
	IS_STR(buf_str(&value), want, sentence);
	buf_release(&value);
}

static void
test_variables(void)
{
	struct buf value = BUF_INIT;
	struct alert alert;

	fill(&alert);
	alert_add_capture(&alert, span_str("rule"), span_str("forged"));
	is_variable(
	    &alert, "rule", "ssh", "a built-in name comes before a capture");
	is_variable(&alert, "count", "5", "the count is a number");
	is_variable(
	    &alert, "offset", "18446744073709551615", "so is the offset");
	is_variable(&alert, "severity", "error", "the severity is a word");
	is_variable(&alert, "line", "three", "the line is the last one");
	is_variable(&alert, "ip", "1.2.3.4", "a capture goes by its name");
	is_variable(&alert, "id", ID, "the id is there");
	is_variable(&alert, "after", "later", "so is what came after");
	OK(!variable_lookup(&alert, span_str("nothing"), &value) &&
		value.len == 0,
	    "an unknown name is unknown");
	variable_lookup(&alert, span_str("lines"), &value);
	OK(span_equal(buf_span(&value), span_of("one\0two\nthree", 13)),
	    "lines are joined by newlines");
	for (size_t i = 0; variable_names[i]; i++) {
		buf_reset(&value);
		OK(variable_is_builtin(span_str(variable_names[i])) &&
			variable_lookup(
			    &alert, span_str(variable_names[i]), &value),
		    "${%s} is built in", variable_names[i]);
	}
	buf_release(&value);
	alert_release(&alert);
}

int
main(void)
{
	test_round_trip();
	test_bounds();
	test_match();
	test_nul();
	test_damage();
	test_older();
	test_kinds();
	test_refused();
	test_id();
	test_variables();
	return tap_done();
}
