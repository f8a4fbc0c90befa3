/*
 * preset_alert: alerts for the tests of presets, and counters of their own.
 */
#ifndef CTAIL_TESTS_PRESET_ALERT_H
#define CTAIL_TESTS_PRESET_ALERT_H

#include "hostile.h"
#include "message/json.h"
#include "message/preset.h"

/* What chat services take for commands. */
static const char *const preset_shreds[] = {"@everyone", "@here", "@channel",
    "@all", "<@123>", "<@&5>", "<#9>", "<!here>", "<users/all>", "<users/1>",
    "<at>x</at>", "[a](https://evil.example/)", "<https://evil.example|a>",
    "https://evil.example/", " www.evil.example", " www2.evil.example", "*b*", "**b**", "_i_", "__u__", "~s~", "~~s~~",
    "||s||", "```\n", "~~~\n", "\n# h", "\n> q", ":smile:", "<t:0:R>", "${id}",
    "{{DATE(2017-02-14T06:00:00Z)}}", "{{{", "$${", "\\", "\\`", "\\*",
    "/start", "#tag", "&lt;", "<b>x</b>", "\xf0\x9f\x98\x80", "\xe2\x80\x8b"};

#define PRESET_SHREDS (sizeof(preset_shreds) / sizeof(preset_shreds[0]))

static inline void
preset_hostile_text(unsigned long long *state, size_t max, struct buf *out)
{
	if (hostile_next(state) % 2) {
		hostile_text(state, max, out);
		return;
	}
	buf_reset(out);
	for (size_t i = hostile_next(state) % (max + 1); i > 0; i--)
		buf_add_str(
		    out, preset_shreds[hostile_next(state) % PRESET_SHREDS]);
}

static inline void
preset_hostile_field(
    char **field, unsigned long long *state, size_t max, struct buf *scratch)
{
	preset_hostile_text(state, max, scratch);
	alert_set(field, buf_span(scratch));
}

/* Of every kind in turn, from empty to far too much. */
static inline void
preset_hostile_alert(struct alert *alert, unsigned long long *state, int turn)
{
	size_t size = hostile_next(state) % 4 == 0 ? 500 : 12;
	struct buf scratch = BUF_INIT;

	alert_init(alert);
	alert->kind = (enum alert_kind)(turn % (ALERT_REPORT + 1));
	alert->severity = (enum severity)(turn % (SEVERITY_CRITICAL + 1));
	alert->count = turn % 4 == 0 ? INT64_MAX : turn % 4;
	alert->offset = UINT64_MAX;
	alert->last_ms = 1700000000000;
	alert->undecided = turn % 5 == 0;
	preset_hostile_field(&alert->subject, state, size, &scratch);
	preset_hostile_field(&alert->rule, state, size, &scratch);
	preset_hostile_field(&alert->hostname, state, size, &scratch);
	preset_hostile_field(&alert->file, state, size, &scratch);
	preset_hostile_field(&alert->log, state, size, &scratch);
	preset_hostile_field(&alert->hint_exclude, state, 20, &scratch);
	preset_hostile_field(&alert->hint_silence, state, 3, &scratch);
	for (size_t i = hostile_next(state) % 60; i > 0; i--) {
		preset_hostile_text(state, size, &scratch);
		alert_add_line(alert, buf_span(&scratch));
	}
	buf_release(&scratch);
}

static inline void
preset_test_values(struct preset_values *values)
{
	for (int i = 0; i < PRESET_VALUES; i++)
		values->of[i] = span_str(preset_value_names[i]);
}

static inline void
preset_render_test(
    const struct preset *preset, const struct alert *alert, struct buf *out)
{
	struct preset_values values;

	preset_test_values(&values);
	buf_reset(out);
	preset->render(alert, &values, out);
	buf_str(out);
}

/* Lead bytes of UTF-8; those of four bytes are two units of UTF-16. */
static inline size_t
preset_count_runes(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += ((unsigned char)text->data[i] & 0xC0) != 0x80;
	return count;
}

static inline size_t
preset_count_utf16(const struct buf *text)
{
	size_t count = preset_count_runes(text);

	for (size_t i = 0; i < text->len; i++)
		count += (unsigned char)text->data[i] >= 0xF0;
	return count;
}

/* The only embed of what Discord is sent. */
static inline struct span
preset_embed(const struct buf *body)
{
	static const char before[] = "\"embeds\":[", after[] = "],\"allowed_";
	const char *start = strstr(body->data, before), *end = NULL, *next;

	if (!start)
		return span_str("");
	start += sizeof(before) - 1;
	for (next = start; (next = strstr(next, after)); next++)
		end = next;
	return end ? span_of(start, (size_t)(end - start)) : span_str("");
}

#endif
