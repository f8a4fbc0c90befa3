/*
 * Fuzzes what a damaged database may hold of alerts that wait for records, and
 * of patterns that ran into their limits.  The first byte says which.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctaild/context.h"
#include "fuzz/fuzz.h"
#include "judge/quarantine.h"

#define NOW INT64_C(1700000000000)

static void
ready(void *arg, const struct alert *alert)
{
	size_t *count = arg;

	if (alert->after_count > ALERT_CONTEXT_MAX)
		abort();
	++*count;
}

static void
keep(void *arg, const char *id, struct span saved)
{
	struct buf *kept = arg;

	(void)id;
	buf_reset(kept);
	buf_add_span(kept, saved);
}

/* What is loaded ends some time, and can be loaded again as it is saved. */
static void
wait_for(struct span saved, bool again)
{
	struct context *context = context_new();
	struct buf kept = BUF_INIT;
	struct alert alert;
	size_t count = 0;

	alert_init(&alert);
	memset(alert.id, 'a', ALERT_ID_SIZE - 1);
	if (!context_load(context, &alert, saved, NOW, NULL)) {
		if (!context_has(context, span_str(alert.id)) ||
		    context_due(context) > NOW + CONTEXT_WAIT_MS)
			abort();
		context_after(context, "/a", span_str("x"), ready, &count);
		context_changed(context, keep, &kept);
		context_expire(
		    context, NOW + CONTEXT_WAIT_MS, false, ready, &count);
		if (count != 1)
			abort();
		if (kept.len && !again)
			wait_for(buf_span(&kept), true);
	}
	alert_release(&alert);
	context_free(context);
	buf_release(&kept);
}

static void
hold(struct span saved)
{
	struct quarantine *quarantine = quarantine_new();
	struct pattern *pattern = pattern_new("x", 0, NULL);

	quarantine_load(quarantine, pattern, saved, NOW, NULL);
	quarantine_strike(quarantine, pattern);
	quarantine_now(quarantine, NOW + QUARANTINE_MS);
	if (quarantine_holds(quarantine, pattern))
		abort();
	quarantine_free(quarantine);
	pattern_free(pattern);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span saved;

	if (!size)
		return 0;
	saved = span_of((const char *)data + 1, size - 1);
	if (data[0] & 1)
		wait_for(saved, false);
	else
		hold(saved);
	return 0;
}
