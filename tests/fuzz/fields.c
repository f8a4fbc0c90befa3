/*
 * Fuzzes frames, fields, and what lies in them: alerts.
 */
#include "config.h"

#include <stdlib.h>

#include "base/fields.h"
#include "fuzz/fuzz.h"
#include "message/alert.h"
#include "message/alert_json.h"
#include "message/json.h"
#include "message/mail.h"

static void
try_alert(struct span fields)
{
	static const char *const to[] = {"ops@example.org"};
	struct mail_envelope envelope = {"ctail@example.org", to, 1, 0};
	struct alert alert;
	struct buf out = BUF_INIT;

	if (alert_decode(fields, &alert, NULL))
		return;
	alert_json(&alert, ALERT_JSON_LEAST, &out);
	if (json_check(buf_span(&out), NULL))
		abort();
	buf_reset(&out);
	mail_render(&alert, &envelope, MAIL_CRLF, &out);
	buf_release(&out);
	alert_release(&alert);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span in = span_of((const char *)bytes, len);
	struct span fields, name, value;
	size_t used, cursor;

	while (frame_take(in, &fields, &used, NULL) == 1) {
		if (used == 0 || used > in.len)
			abort();
		cursor = 0;
		while (fields_next(fields, &cursor, &name, &value))
			if (value.data + value.len > fields.data + fields.len)
				abort();
		try_alert(fields);
		in = span_of(in.data + used, in.len - used);
	}
	return 0;
}
