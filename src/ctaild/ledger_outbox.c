/*
 * ledger_outbox: alerts and who is to hear them, within the transaction.
 *
 * Hides when the caps of sinks are asked: once, when an alert is stored for
 * the first time; their answer is kept until a commit succeeds.
 */
#include "config.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/mem.h"
#include "ctaild/alert_row.h"
#include "ctaild/ledger_internal.h"
#include "store/store_alert.h"
#include "store/store_note.h"

int
ledger_ready_storms(struct ledger *ledger, int64_t now_ms, struct err *err)
{
	int result = 0;

	if (!ledger->storms_loaded)
		result = storms_load(ledger->storms, ledger->store, err);
	if (result)
		return result;
	ledger->storms_loaded = true;
	if (!ledger->storms_configured && ledger->plan) {
		storms_configure(ledger->storms, ledger->plan->conf, now_ms);
		ledger->storms_configured = true;
	}
	return 0;
}

int64_t
ledger_storm_due(const struct ledger *ledger)
{
	if (!ledger->plan)
		return 0;
	return ledger->storms_configured ? storms_due(ledger->storms) : 1;
}

/* A sink of the list that takes alerts of this severity; else NULL. */
static const struct conf_section *
taker(const struct ledger *ledger, const struct alert *alert, const char *name)
{
	const struct conf_section *sink =
	    conf_sink(ledger->plan->conf, span_str(name));
	const struct sink_settings *settings;

	if (!sink)
		return NULL;
	settings = sink->settings;
	return (int)alert->severity < settings->min_severity ? NULL : sink;
}

static void
ask_caps(struct ledger *ledger, const struct alert *alert,
    struct pending_alert *pending)
{
	const struct setting_list *sinks = pending->sinks;

	pending->asked = true;
	/* Nobody is woken by what was told already. */
	if (alert->kind == ALERT_RENEWAL)
		return;
	for (size_t i = 0; i < sinks->count; i++) {
		const char *name = sinks->items[i].text;

		if (!taker(ledger, alert, name) ||
		    storms_admit(ledger->storms, name, alert, ledger->now_ms))
			continue;
		if (!pending->held)
			pending->held =
			    xcalloc(sinks->count, sizeof(*pending->held));
		pending->held[i] = true;
	}
}

static int
put_row(struct ledger *ledger, const struct alert *alert, const char *sink,
    int64_t wait_ms)
{
	return store_outbox_put(ledger->store, span_str(alert->id),
	    span_str(sink), ledger->now_ms + wait_ms, ledger->err);
}

static void
put_rows(struct ledger *ledger, const struct alert *alert,
    const struct pending_alert *pending)
{
	const struct setting_list *sinks = pending->sinks;
	int result = 0;

	for (size_t i = 0; i < sinks->count && !result; i++) {
		const char *name = sinks->items[i].text;

		if (!taker(ledger, alert, name))
			continue;
		result =
		    pending->held && pending->held[i]
			? store_outbox_hold(ledger->store, span_str(alert->id),
			      span_str(name), ledger->err)
			: put_row(ledger, alert, name, pending->wait_ms);
	}
	ledger_passed(ledger, result);
}

static void
put_outbox(struct ledger *ledger, const struct alert *alert,
    struct pending_alert *pending)
{
	if (pending->sink) {
		ledger_passed(ledger, put_row(ledger, alert, pending->sink, 0));
		return;
	}
	if (!pending->asked)
		ask_caps(ledger, alert, pending);
	put_rows(ledger, alert, pending);
}

static void
put_decoded(
    struct ledger *ledger, struct alert *alert, struct pending_alert *pending)
{
	int inserted;

	if (!*pending->id &&
	    !ledger_passed(
		ledger, alert_row_name(ledger->store, alert, ledger->err)))
		return;
	inserted = alert_row_put(ledger->store, alert, ledger->err);
	if (!ledger_passed(ledger, inserted))
		return;
	if (inserted)
		put_outbox(ledger, alert, pending);
	else
		diag(DIAG_WARNING,
		    "alert %s of rule %s was stored already and is not sent "
		    "again",
		    alert->id, alert->rule);
}

static void
put_alert(struct ledger *ledger, struct pending_alert *pending)
{
	struct alert alert;

	if (alert_decode(buf_span(&pending->fields), &alert, ledger->err)) {
		ledger_passed(ledger, -1);
		return;
	}
	put_decoded(ledger, &alert, pending);
	alert_release(&alert);
}

void
ledger_put_alerts(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->alert_count && !ledger->failed; i++)
		put_alert(ledger, &ledger->alerts[i]);
	/* Too late is not an error: it went out as it was. */
	for (size_t i = 0; i < ledger->amend_count && !ledger->failed; i++)
		ledger_passed(ledger, store_alert_amend(ledger->store,
					  span_str(ledger->amends[i].id),
					  buf_span(&ledger->amends[i].fields),
					  ledger->now_ms, ledger->err));
}

static void
put_storm(void *arg, struct span sink, struct span saved)
{
	struct ledger *ledger = arg;

	if (!ledger->failed)
		ledger_passed(ledger, store_note_put(ledger->store, STORMS_KIND,
					  sink, saved, ledger->err));
}

void
ledger_put_storms(struct ledger *ledger)
{
	storms_dirty(ledger->storms, put_storm, ledger);
}

/* --- For status ----------------------------------------------------------- */

struct caps_run {
	void (*each)(void *arg, const struct ledger_cap *cap);
	void *arg;
};

static void
describe_cap(void *arg, const struct storms_cap *cap)
{
	const struct caps_run *run = arg;
	char *sink = xstrndup(cap->sink.data, cap->sink.len);
	struct ledger_cap known = {
	    sink, cap->rate, storm_held(cap->storm), cap->at_ms};

	run->each(run->arg, &known);
	free(sink);
}

void
ledger_caps(struct ledger *ledger, int64_t now_ms,
    void (*each)(void *arg, const struct ledger_cap *cap), void *arg)
{
	struct caps_run run = {each, arg};

	if (!ledger_ready_storms(ledger, now_ms, NULL))
		storms_all(ledger->storms, describe_cap, &run);
}
