/*
 * json: the writer.
 *
 * Hides where commas go and how text becomes the inside of a string literal.
 */
#include "config.h"

#include <inttypes.h>

#include "base/bug.h"
#include "base/utf8.h"
#include "message/json.h"

#define DEPTH_MAX (sizeof(((struct json *)0)->first) / sizeof(bool))

static void
json_escape_point(struct buf *out, uint32_t point)
{
	switch (point) {
	case '"':
		buf_add_str(out, "\\\"");
		return;
	case '\\':
		buf_add_str(out, "\\\\");
		return;
	case '\n':
		buf_add_str(out, "\\n");
		return;
	case '\r':
		buf_add_str(out, "\\r");
		return;
	case '\t':
		buf_add_str(out, "\\t");
		return;
	default:
		break;
	}
	if (utf8_is_control(point))
		buf_addf(out, "\\u%04x", (unsigned)point);
	else
		utf8_append(out, point);
}

void
json_escape(struct buf *out, struct span text)
{
	uint32_t point;

	for (size_t i = 0; i < text.len;) {
		i += utf8_decode(span_of(text.data + i, text.len - i), &point);
		json_escape_point(out, point);
	}
}

void
json_init(struct json *json, struct buf *out)
{
	*json = (struct json){.out = out, .first = {true}};
}

static void
json_begin_value(struct json *json)
{
	if (!json->after_key && !json->first[json->depth])
		buf_add_byte(json->out, ',');
	json->first[json->depth] = false;
	json->after_key = false;
}

void
json_open(struct json *json, char bracket)
{
	json_begin_value(json);
	buf_add_byte(json->out, bracket);
	if (++json->depth >= DEPTH_MAX)
		BUG("JSON nested deeper than %zu", DEPTH_MAX);
	json->first[json->depth] = true;
}

void
json_close(struct json *json, char bracket)
{
	if (json->depth == 0 || json->after_key)
		BUG("JSON closed where nothing is open");
	buf_add_byte(json->out, bracket);
	json->depth--;
}

void
json_key(struct json *json, const char *key)
{
	json_begin_value(json);
	buf_add_byte(json->out, '"');
	json_escape(json->out, span_str(key));
	buf_add_str(json->out, "\":");
	json->after_key = true;
}

void
json_string(struct json *json, struct span text)
{
	json_begin_value(json);
	buf_add_byte(json->out, '"');
	json_escape(json->out, text);
	buf_add_byte(json->out, '"');
}

void
json_number(struct json *json, int64_t number)
{
	json_begin_value(json);
	buf_addf(json->out, "%" PRId64, number);
}

void
json_bool(struct json *json, bool value)
{
	json_begin_value(json);
	buf_add_str(json->out, value ? "true" : "false");
}
