/*
 * alert_row: the one place where an alert's columns are spelled out.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "ctaild/alert_row.h"

int
alert_row_name(struct store *store, struct alert *alert, struct err *err)
{
	int64_t sequence;
	int result = store_sequence(store, &sequence, err);
	char number[24];

	if (result < 0)
		return result;
	snprintf(number, sizeof(number), "%" PRId64, sequence);
	struct span parts[] = {span_str(store_uuid(store)), span_str(number),
	    span_str(alert->rule), span_str(alert_kind_name(alert->kind))};
	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert->id);
	return 0;
}

int
alert_row_put(struct store *store, const struct alert *alert, struct err *err)
{
	struct buf fields = BUF_INIT;
	struct stored_alert row = {.id = span_str(alert->id),
	    .incident = span_str(alert->incident),
	    .rule = span_str(alert->rule),
	    .kind = span_str(alert_kind_name(alert->kind)),
	    .subject = span_str(alert->subject),
	    .severity = (int)alert->severity,
	    .made_ms = alert->made_ms};
	int result;

	alert_encode(alert, &fields);
	row.fields = buf_span(&fields);
	result = store_alert_put(store, &row, err);
	buf_release(&fields);
	return result;
}
