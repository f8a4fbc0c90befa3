/*
 * ledger_gather: what waits for the commit.
 *
 * All of it stays until it is stored, so that a commit that failed is simply
 * made again.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctaild/ledger_internal.h"
#include "store/store_state.h"

/* So many alerts in one turn are one. */
#define BURST 512

/* Every encoded alert has an id; one that is still to come is all zeros. */
static void
encode_pending(const struct alert *alert, struct buf *out)
{
	struct alert copy = *alert;

	if (!*copy.id)
		snprintf(copy.id, sizeof(copy.id), "%040d", 0);
	alert_encode(&copy, out);
}

static struct pending_alert *
add_pending(struct ledger *ledger, const struct alert *alert)
{
	struct pending_alert *pending;

	if (ledger->alert_count == ledger->alert_cap) {
		ledger->alert_cap = ledger->alert_cap * 2 + 16;
		ledger->alerts = xreallocarray(
		    ledger->alerts, ledger->alert_cap, sizeof(*ledger->alerts));
	}
	pending = &ledger->alerts[ledger->alert_count++];
	*pending = (struct pending_alert){0};
	snprintf(pending->id, sizeof(pending->id), "%s", alert->id);
	encode_pending(alert, &pending->fields);
	return pending;
}

void
ledger_take(void *arg, const struct emission *emission)
{
	struct pending_alert *pending = add_pending(arg, emission->alert);

	pending->sinks = emission->sinks;
	pending->wait_ms = emission->wait_ms;
}

static struct pending_alert *
find_pending(struct ledger *ledger, const char *id)
{
	for (size_t i = ledger->alert_count; i-- > 0;)
		if (!strcmp(ledger->alerts[i].id, id))
			return &ledger->alerts[i];
	return NULL;
}

void
ledger_amend(void *arg, const struct alert *alert)
{
	struct ledger *ledger = arg;
	struct pending_alert *pending = find_pending(ledger, alert->id);
	struct pending_amend *amend;

	if (pending) {
		buf_reset(&pending->fields);
		encode_pending(alert, &pending->fields);
		pending->wait_ms = 0;
		return;
	}
	ledger->amends = xreallocarray(
	    ledger->amends, ledger->amend_count + 1, sizeof(*ledger->amends));
	amend = &ledger->amends[ledger->amend_count++];
	*amend = (struct pending_amend){BUF_INIT, ""};
	snprintf(amend->id, sizeof(amend->id), "%s", alert->id);
	alert_encode(alert, &amend->fields);
}

static struct pending_note *
use_note(struct ledger *ledger, const char *kind, struct span name)
{
	struct pending_note *note;

	for (size_t i = 0; i < ledger->note_count; i++) {
		note = &ledger->notes[i];
		if (!strcmp(note->kind, kind) &&
		    span_equal(buf_span(&note->name), name))
			return note;
	}
	ledger->notes = xreallocarray(
	    ledger->notes, ledger->note_count + 1, sizeof(*ledger->notes));
	note = &ledger->notes[ledger->note_count++];
	*note = (struct pending_note){.kind = kind};
	buf_add_span(&note->name, name);
	return note;
}

void
ledger_note(struct ledger *ledger, const char *kind, struct span name,
    struct span saved)
{
	struct pending_note *note = use_note(ledger, kind, name);

	buf_reset(&note->saved);
	buf_add_span(&note->saved, saved);
}

static void
add_pattern_name(struct buf *out, const char *log, const char *pattern)
{
	buf_addf(out, "seen %s %s", log, pattern);
}

void
ledger_take_pattern(struct ledger *ledger, const char *log, const char *pattern)
{
	add_pattern_name(&ledger->patterns, log, pattern);
	buf_add_byte(&ledger->patterns, '\0');
}

bool
ledger_pattern_known(
    struct ledger *ledger, const char *log, const char *pattern)
{
	struct buf name = BUF_INIT, value = BUF_INIT;
	int known;

	add_pattern_name(&name, log, pattern);
	known = store_meta_get(ledger->store, buf_span(&name), &value, NULL);
	buf_release(&name);
	buf_release(&value);
	return known == 1;
}

static void
drop_alerts(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->alert_count; i++) {
		buf_release(&ledger->alerts[i].fields);
		free(ledger->alerts[i].sink);
		free(ledger->alerts[i].held);
	}
	ledger->alert_count = 0;
	for (size_t i = 0; i < ledger->amend_count; i++)
		buf_release(&ledger->amends[i].fields);
	free(ledger->amends);
	ledger->amends = NULL;
	ledger->amend_count = 0;
}

static void
drop_notes(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->note_count; i++) {
		buf_release(&ledger->notes[i].name);
		buf_release(&ledger->notes[i].saved);
	}
	free(ledger->notes);
	ledger->notes = NULL;
	ledger->note_count = 0;
}

/* A burst must not raise what an idle agent holds for good. */
static void
end_burst(struct ledger *ledger)
{
	free(ledger->alerts);
	ledger->alerts = NULL;
	ledger->alert_cap = 0;
	mem_trim();
}

void
ledger_drop_gathered(struct ledger *ledger)
{
	drop_alerts(ledger);
	if (ledger->alert_cap >= BURST)
		end_burst(ledger);
	drop_notes(ledger);
	buf_reset(&ledger->patterns);
}

void
ledger_discard(struct ledger *ledger)
{
	/* The caps may have counted what is dropped now. */
	if (ledger->alert_count)
		ledger->storms_loaded = ledger->storms_configured = false;
	ledger_drop_gathered(ledger);
}

size_t
ledger_pending(const struct ledger *ledger)
{
	return ledger->alert_count + ledger->amend_count;
}

/* --- The caps' summaries -------------------------------------------------- */

struct summary {
	struct ledger *ledger;
	const struct alert_place *place;
	struct alert alert;
};

static void
take_share(void *arg, const struct storm_share *share)
{
	alert_add_storm_share(arg, share);
}

static void
take_summary(void *arg, const struct storms_cap *cap)
{
	struct summary *summary = arg;
	const struct conf *conf = summary->ledger->plan->conf;
	char *sink = xstrndup(cap->sink.data, cap->sink.len);
	struct pending_alert *pending;
	struct alert alert;

	alert_from_storm(&alert, summary->place, sink);
	if (storm_expire(cap->storm, cap->at_ms, take_share, &alert)) {
		pending = add_pending(summary->ledger, &alert);
		pending->sinks = conf_default_sinks(conf);
		if (conf_sink(conf, cap->sink))
			pending->sink = xstrdup(sink);
	}
	alert_release(&alert);
	free(sink);
}

void
ledger_storm_expire(struct ledger *ledger, const struct alert_place *place)
{
	struct summary summary = {.ledger = ledger, .place = place};

	/* When the store cannot be read the next commit says so. */
	if (ledger->plan && !ledger_ready_storms(ledger, place->now_ms, NULL))
		storms_expire(
		    ledger->storms, place->now_ms, take_summary, &summary);
}
