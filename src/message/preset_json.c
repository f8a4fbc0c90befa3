/*
 * preset_json: the whole alert as JSON, for a service of one's own.
 */
#include "config.h"

#include "message/alert_json.h"
#include "message/preset.h"

#define BODY_BYTES ((size_t)256 * 1024)

/* Below the 1 MiB that web servers take unless they are told otherwise. */
#define REPORT_BYTES ((size_t)960 * 1024)

static void
render(const struct alert *alert, const struct preset_values *values,
    struct buf *out)
{
	(void)values;
	alert_json(
	    alert, alert->report[0] ? REPORT_BYTES : BODY_BYTES, out);
}

const struct preset preset_json = {
    .name = "json",
    .content_type = "application/json",
    .max_bytes = REPORT_BYTES,
    .render = render,
    .retry_after = "retry_after",
};
