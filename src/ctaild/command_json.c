/*
 * command_json: members, and silences as objects.
 */
#include "config.h"

#include "base/clock.h"
#include "ctaild/command_json.h"

void
json_add_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	json_string(json, span_str(text));
}

void
json_add_number(struct json *json, const char *key, int64_t number)
{
	json_key(json, key);
	json_number(json, number);
}

void
json_add_time(struct json *json, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT_MAX];

	clock_format_utc(wall_ms, text);
	json_add_text(json, key, text);
}

static void
add_silence(void *arg, const struct silence *silence)
{
	struct json *json = arg;

	json_open(json, '{');
	json_add_number(json, "id", silence->id);
	json_add_text(json, "rule", silence->rule);
	json_key(json, "values");
	json_open(json, '{');
	for (size_t i = 0; i < silence->condition_count; i++)
		json_add_text(json, silence->conditions[i].name,
		    silence->conditions[i].value);
	json_close(json, '}');
	json_add_time(json, "from", silence->from_ms);
	json_add_time(json, "until", silence->until_ms);
	json_add_text(json, "who", silence->who);
	json_add_text(json, "why", silence->why);
	json_add_number(json, "held_alerts", silence->held.events);
	json_add_number(json, "held_records", silence->held.matches);
	json_close(json, '}');
}

void
silences_json(const struct silences *silences, struct json *json)
{
	json_open(json, '[');
	if (silences)
		silences_each(silences, add_silence, json);
	json_close(json, ']');
}
