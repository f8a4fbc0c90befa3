/*
 * Fuzzes what presets make of log text, and of what strangers answer: the
 * first byte chooses the preset, the second the kind and severity, newlines
 * part the fields.
 */
#include "config.h"

#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "message/json.h"
#include "message/preset.h"

static struct span
next_part(struct span *rest)
{
	const char *end =
	    rest->len ? memchr(rest->data, '\n', rest->len) : NULL;
	size_t len = end ? (size_t)(end - rest->data) : rest->len;
	struct span part = span_of(rest->data, len);

	len += end != NULL;
	*rest = span_of(rest->data + len, rest->len - len);
	return part;
}

static void
fill(struct alert *alert, uint8_t kinds, struct span rest)
{
	alert_init(alert);
	alert->kind = (enum alert_kind)(kinds % (ALERT_RENEWAL + 1));
	alert->severity = (enum severity)(kinds / 16 % (SEVERITY_CRITICAL + 1));
	alert->count = kinds % 3;
	alert_set(&alert->subject, next_part(&rest));
	alert_set(&alert->rule, next_part(&rest));
	alert_set(&alert->hostname, next_part(&rest));
	alert_set(&alert->file, next_part(&rest));
	alert_set(&alert->hint_exclude, next_part(&rest));
	alert_set(&alert->hint_silence, next_part(&rest));
	while (rest.len > 0 && alert->line_count < ALERT_LINES_MAX - 1)
		alert_add_line(alert, next_part(&rest));
	alert_add_line(alert, rest);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct preset *preset;
	struct preset_values values = {0};
	struct buf out = BUF_INIT;
	struct alert alert;
	struct span text;

	if (len < 3)
		return 0;
	preset = preset_at(bytes[0] % 11);
	text = span_of((const char *)bytes + 2, len - 2);
	fill(&alert, bytes[1], text);
	for (int i = 0; i < PRESET_VALUES; i++)
		values.of[i] =
		    span_of(text.data, text.len < 40 ? text.len : 40);
	preset->render(&alert, &values, &out);
	if (out.len > preset->max_bytes || json_check(buf_span(&out), NULL))
		abort();
	if (preset->answer &&
	    preset->answer(bytes[1] * 4, text) == PRESET_TAKEN &&
	    bytes[1] * 4 / 100 != 2)
		abort();
	alert_release(&alert);
	buf_release(&out);
	return 0;
}
