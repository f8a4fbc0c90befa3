/*
 * emergency: one lane per sink, one alert each.
 */
#include "config.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/emergency.h"
#include "ctaild/lane.h"
#include "deliver/worker.h"

struct call {
	struct call *next;
	struct emergency *owner;
	char *sink;
	struct buf fields;
	bool sent;
	struct lane *lane;
};

struct emergency {
	struct loop *loop;
	const char *hostname;
	const struct outlet_places *places;
	struct call *calls;
};

struct emergency *
emergency_new(struct loop *loop, const char *hostname,
    const struct outlet_places *places)
{
	struct emergency *emergency = xcalloc(1, sizeof(*emergency));

	emergency->loop = loop;
	emergency->hostname = hostname;
	emergency->places = places;
	return emergency;
}

static void
call_free(struct call *call)
{
	free(call->sink);
	buf_release(&call->fields);
	free(call);
}

void
emergency_free(struct emergency *emergency)
{
	if (!emergency)
		return;
	while (emergency->calls)
		lane_abort(emergency->calls->lane);
	free(emergency);
}

bool
emergency_busy(const struct emergency *emergency)
{
	return emergency->calls != NULL;
}

void
emergency_reaped(struct emergency *emergency, pid_t pid)
{
	for (struct call *at = emergency->calls; at; at = at->next)
		lane_reaped(at->lane, pid);
}

static bool
call_next(void *arg, int64_t *row_out, struct buf *fields_out,
    struct buf *settled_out)
{
	struct call *call = arg;

	(void)settled_out;
	if (call->sent)
		return false;
	call->sent = true;
	*row_out = 1;
	buf_add_span(fields_out, buf_span(&call->fields));
	return true;
}

static void
call_outcome(void *arg, int64_t row, const struct outcome *outcome)
{
	struct call *call = arg;

	(void)row;
	if (outcome->class != OUTCOME_DELIVERED)
		diag(DIAG_ERROR, "sink %s: the emergency notice was not "
		    "delivered: %s", call->sink, outcome->text);
}

static void
call_ended(void *arg)
{
	struct call *call = arg;
	struct call **at = &call->owner->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	call_free(call);
}

static void
start_call(struct emergency *emergency, const struct conf_section *section,
    const struct alert *alert)
{
	static const struct lane_calls calls = {.next = call_next,
	    .outcome = call_outcome,
	    .ended = call_ended};
	const struct sink_settings *settings = section->settings;
	struct lane_spec spec = {section->name, emergency->hostname,
	    section->sink->program, settings->timeout, LANE_SLACK_MS};
	struct call *call = xcalloc(1, sizeof(*call));
	struct err err = ERR_INIT;

	call->owner = emergency;
	call->sink = xstrdup(section->name);
	alert_encode(alert, &call->fields);
	call->lane = lane_start(emergency->loop, &spec, emergency->places,
	    calls, call, &err);
	if (!call->lane) {
		diag(DIAG_ERROR, "sink %s: the emergency notice was not sent: "
		    "%s", section->name, err.text);
		call_free(call);
		return;
	}
	call->next = emergency->calls;
	emergency->calls = call;
}

/* A file on the full disk is worth a try all the same: it may be another
 * disk. */
static void
write_file(const struct conf_section *section, const char *hostname,
    const struct alert *alert)
{
	struct outcome outcome;
	void *run = file_driver.open(section->name, section->settings,
	    hostname, &outcome);

	if (!run)
		return;
	file_driver.send(run, &(struct delivery){.alert = alert}, &outcome);
	if (file_driver.sync && outcome.class == OUTCOME_DELIVERED)
		file_driver.sync(run, &outcome);
	file_driver.close(run);
}

void
emergency_send(struct emergency *emergency, const struct conf *conf,
    const struct setting_list *sinks, const struct alert *alert)
{
	for (size_t i = 0; i < sinks->count; i++) {
		const struct conf_section *section =
		    conf_sink(conf, span_str(sinks->items[i].text));

		if (!section)
			continue;
		if (section->sink->program == SINK_BY_AGENT)
			write_file(section, emergency->hostname, alert);
		else
			start_call(emergency, section, alert);
	}
}
