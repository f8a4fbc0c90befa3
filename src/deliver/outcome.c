/*
 * outcome: how one attempt to deliver one alert ended.
 *
 * The text may quote a server or a command, so it is cleaned here, once, on
 * both sides of the frames: valid UTF-8, no control characters, one line.
 */
#include "config.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/fields.h"
#include "base/utf8.h"
#include "deliver/outcome.h"

static const char *const outcome_names[] = {
    [OUTCOME_DELIVERED] = "delivered",
    [OUTCOME_RETRY] = "retry",
    [OUTCOME_DOUBT] = "doubt",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_CONFIG] = "config",
    [OUTCOME_GONE] = "gone",
};

#define OUTCOME_COUNT (sizeof(outcome_names) / sizeof(outcome_names[0]))

const char *outcome_class_name(enum outcome_class class)
{
	return (size_t) class < OUTCOME_COUNT ? outcome_names[class]
					      : "unknown";
}

int
outcome_class_parse(struct span name, enum outcome_class *out)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		if (span_is(name, outcome_names[i])) {
			*out = (enum outcome_class)i;
			return 0;
		}
	}
	return -1;
}

void
outcome_clean(struct span text, char *out, size_t size)
{
	struct buf clean = BUF_INIT;
	bool blank = true;

	while (text.len > 0 && clean.len < size) {
		uint32_t point;
		size_t used = utf8_decode(text, &point);
		bool is_blank = point == ' ' || utf8_is_control(point);

		text = span_of(text.data + used, text.len - used);
		if (is_blank && !blank)
			buf_add_byte(&clean, ' ');
		else if (!is_blank)
			utf8_append(&clean, point);
		blank = is_blank;
	}
	if (blank && clean.len > 0)
		clean.len--;
	size_t len = utf8_cut(buf_span(&clean), size - 1);
	memcpy(out, buf_str(&clean), len);
	out[len] = '\0';
	buf_release(&clean);
}

static void
outcome_set_text(struct outcome *outcome, struct span text)
{
	outcome_clean(text, outcome->text, sizeof(outcome->text));
}

void
outcome_set(struct outcome *outcome, enum outcome_class class, int code,
    const char *format, ...)
{
	char text[4 * OUTCOME_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);

	outcome->class = class;
	outcome->code = code;
	outcome->scope = class == OUTCOME_REFUSED || class == OUTCOME_DELIVERED
			     ? OUTCOME_OF_ALERT
			     : OUTCOME_OF_SINK;
	outcome->retry_after_ms = 0;
	outcome->partly = false;
	outcome->settled[0] = '\0';
	outcome_set_text(outcome, span_str(text));
}

void
outcome_encode(const struct outcome *outcome, struct buf *fields)
{
	fields_add_str(fields, "class", outcome_class_name(outcome->class));
	fields_add_number(fields, "code", outcome->code);
	fields_add_number(fields, "retry_after", outcome->retry_after_ms);
	fields_add_str(fields, "text", outcome->text);
	if (outcome->scope == OUTCOME_OF_ALERT)
		fields_add_str(fields, "scope", "alert");
	if (outcome->partly)
		fields_add_str(fields, "partly", "yes");
	if (outcome->settled[0])
		fields_add_str(fields, "settled", outcome->settled);
}

int
outcome_check_settled(struct span settled, struct err *err)
{
	if (settled.len >= OUTCOME_SETTLED_MAX)
		return err_set(err, "more is settled than an outcome can say");
	for (size_t i = 0; i < settled.len; i++) {
		if (settled.data[i] < ' ' || settled.data[i] > '~')
			return err_set(err, "what is settled is no text");
	}
	return 0;
}

static int
outcome_decode_settled(struct span fields, struct outcome *out, struct err *err)
{
	struct span settled;

	if (!fields_get(fields, "settled", &settled))
		return 0;
	if (outcome_check_settled(settled, err))
		return -1;
	memcpy(out->settled, settled.data, settled.len);
	out->settled[settled.len] = '\0';
	return 0;
}

int
outcome_decode(struct span fields, struct outcome *out, struct err *err)
{
	struct outcome outcome = {0};
	struct span class, text, scope, partly;

	if (!fields_get(fields, "class", &class))
		return err_set(err, "an outcome without a class");
	if (outcome_class_parse(class, &outcome.class))
		return err_set(err, "an outcome of an unknown class");

	int64_t code = fields_get_number(fields, "code", 0);
	if (code < 0 || code > INT_MAX)
		return err_set(err, "an outcome with an impossible code");
	outcome.code = (int)code;

	outcome.retry_after_ms = fields_get_number(fields, "retry_after", 0);
	if (outcome.retry_after_ms < 0)
		return err_set(err, "an outcome with a negative wait");

	if (fields_get(fields, "text", &text))
		outcome_set_text(&outcome, text);
	if (fields_get(fields, "scope", &scope) && span_is(scope, "alert"))
		outcome.scope = OUTCOME_OF_ALERT;
	outcome.partly = fields_get(fields, "partly", &partly);
	if (outcome_decode_settled(fields, &outcome, err))
		return -1;
	*out = outcome;
	return 0;
}
