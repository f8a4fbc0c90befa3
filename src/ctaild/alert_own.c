/*
 * alert_own: alerts that no rule decides: about logs, silences, caps and
 * ctail itself.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ctaild/alert_build_internal.h"

static const char own_rule[] = "ctail";

static void
set_own_subject(struct alert *alert, const char *subject)
{
	struct buf full = BUF_INIT;

	buf_addf(&full, "ctail on %s: %s", alert->hostname, subject);
	alert_take_subject(alert, &full);
}

void
alert_from_notice(struct alert *alert, const struct alert_place *place,
    enum severity severity, const char *subject, const char *text)
{
	alert_begin(alert, place, ALERT_NOTICE, severity, own_rule);
	set_own_subject(alert, subject);
	alert_add_line(alert, span_str(text));
	alert_set_incident(alert);
}

void
alert_from_gap(struct alert *alert, const struct alert_place *place,
    const char *path, const char *text)
{
	struct buf subject = BUF_INIT;

	alert_begin(alert, place, ALERT_GAP, SEVERITY_WARNING, own_rule);
	buf_addf(&subject, "lines of %s are lost", path);
	set_own_subject(alert, buf_str(&subject));
	buf_release(&subject);
	alert_set(&alert->file, span_str(path));
	alert_set(&alert->key, span_str(path));
	alert_add_line(alert, span_str(text));
	alert_set_incident(alert);
}

void
alert_from_test(
    struct alert *alert, const struct alert_place *place, const char *sink)
{
	struct buf subject = BUF_INIT;

	alert_begin(alert, place, ALERT_TEST, SEVERITY_INFO, "test");
	buf_addf(&subject, "test of sink %s on %s", sink, place->hostname);
	alert_take_subject(alert, &subject);
	alert_add_line(alert,
	    span_str("This is a test sent by `ctailctl "
		     "send-test'. Nothing is wrong: alerts will arrive here."));

	/* No incident: one test waits for no other. */
}

static void
quiet_subject(struct alert *alert, const struct alert_quiet *quiet)
{
	char length[UNITS_TEXT_MAX];
	struct buf text = BUF_INIT;

	duration_format(quiet->length_ms, length);
	buf_addf(&text, "log %s on %s: ", quiet->log, alert->hostname);
	if (quiet->kind == ALERT_RECOVERY) {
		buf_add_str(&text, "something is written again");
		if (quiet->since_ms > 0 && alert->made_ms > quiet->since_ms) {
			buf_add_str(&text, " after ");
			alert_words_elapsed(
			    &text, alert->made_ms - quiet->since_ms);
		}
	} else {
		buf_addf(&text, "nothing was written for %s", length);
	}
	if (*quiet->about)
		buf_addf(&text, " (%s)", quiet->about);
	alert_take_subject(alert, &text);
}

void
alert_from_quiet(struct alert *alert, const struct alert_place *place,
    const struct alert_quiet *quiet)
{
	alert_begin(alert, place, quiet->kind, SEVERITY_WARNING, "quiet");
	alert->count = 0;
	alert->held_period_ms = quiet->length_ms;
	if (quiet->since_ms > 0)
		alert->first_ms = quiet->since_ms;
	alert_set(&alert->log, span_str(quiet->log));
	alert_set(&alert->key, span_str(quiet->log));
	quiet_subject(alert, quiet);
	if (*quiet->about)
		alert_add_line(alert, span_str(quiet->about));
	alert_set_incident(alert);
}

static void
take_held(struct alert *alert, const struct held *held)
{
	struct span line;
	size_t at = 0;

	alert->count = held->matches;
	alert->events = held->events;
	if (held->events) {
		alert->first_ms = held->first_ms;
		alert->last_ms = held->last_ms;
	}
	alert_take_times(alert, held->times);
	while (kept_lines_next(&held->lines, &at, &line))
		alert_add_line(alert, line);
}

/* " (until TIME, by WHO: WHY)" */
static void
add_terms(struct buf *out, const struct silence *silence)
{
	char until[CLOCK_TEXT_MAX];

	clock_format_local(silence->until_ms, until);
	buf_addf(out, " (until %s", until);
	if (*silence->who)
		buf_addf(out, ", by %s", silence->who);
	if (*silence->why)
		buf_addf(out, ": %s", silence->why);
	buf_add_byte(out, ')');
}

void
alert_from_silence(struct alert *alert, const struct alert_place *place,
    const struct silence *silence, bool ended)
{
	struct buf text = BUF_INIT;

	alert_begin(alert, place, ALERT_SILENCE, SEVERITY_NOTICE, own_rule);
	take_held(alert, &silence->held);
	buf_addf(&text, "silence %" PRId64, silence->id);
	alert_set(&alert->key, buf_span(&text));
	buf_reset(&text);
	buf_addf(&text, "ctail on %s: ", alert->hostname);
	buf_add_str(&text, "the silence of ");
	silence_describe(silence, &text);
	buf_add_str(
	    &text, ended ? " is over; it held back " : " holds back: so far ");
	alert_words_count(&text, silence->held.events);
	buf_addf(&text, " alert%s", silence->held.events == 1 ? "" : "s");
	add_terms(&text, silence);
	alert_words_last(&text, alert);
	alert_take_subject(alert, &text);
	alert_set_incident(alert);
}

static void
storm_subject(struct alert *alert)
{
	struct buf text = BUF_INIT;

	buf_addf(&text, "ctail on %s: ", alert->hostname);
	alert_words_count(&text, alert->events);
	buf_addf(&text, " more alert%s, held back by the cap of sink %s",
	    alert->events == 1 ? "" : "s", alert->key);
	if (alert->line_count) {
		buf_add_str(&text, "; first of all ");
		buf_add_span(&text, alert_cut(span_of(alert->lines[0].text,
						  alert->lines[0].len),
					ALERT_SUBJECT_LINE_BYTES));
	}
	alert_take_subject(alert, &text);
}

void
alert_from_storm(
    struct alert *alert, const struct alert_place *place, const char *sink)
{
	alert_begin(alert, place, ALERT_STORM, SEVERITY_DEBUG, own_rule);
	alert->count = 0;
	alert_set(&alert->key, span_str(sink));
	alert_set_incident(alert);
	storm_subject(alert);
}

/* "1,204 alerts of ssh-brute (5,310 records)" */
static void
add_share_line(struct alert *alert, const struct storm_share *share)
{
	struct buf line = BUF_INIT;

	alert_words_count(&line, share->alerts);
	buf_addf(&line, " alert%s of ", share->alerts == 1 ? "" : "s");
	buf_add_span(&line, share->rule);
	buf_add_str(&line, " (");
	alert_words_count(&line, share->matches);
	buf_addf(&line, " record%s)", share->matches == 1 ? "" : "s");
	alert_add_line(alert, buf_span(&line));
	buf_release(&line);
}

/* Behind ALERT_LINES_MAX - 1 rules the rest stands in one line. */
static void
add_share_to_rest(struct alert *alert, const struct storm_share *share)
{
	static const char end[] = ", and others";
	struct buf line = BUF_INIT;

	if (alert->line_count == ALERT_LINES_MAX) {
		struct alert_line *rest = &alert->lines[ALERT_LINES_MAX - 1];

		buf_add(&line, rest->text, rest->len);
		alert->line_count--;
		free(rest->text);
	}
	if (line.len + share->rule.len + 64 < ALERT_LINE_BYTES) {
		buf_addf(&line, "%s%" PRId64 " of ", line.len ? ", " : "",
		    share->alerts);
		buf_add_span(&line, share->rule);
	} else if (line.len < sizeof(end) ||
		   memcmp(
		       line.data + line.len - strlen(end), end, strlen(end))) {
		buf_add_str(&line, end);
	}
	alert_add_line(alert, buf_span(&line));
	buf_release(&line);
}

void
alert_add_storm_share(struct alert *alert, const struct storm_share *share)
{
	bool first = alert->events == 0;

	alert->events += share->alerts;
	alert->count += share->alerts;
	if ((int)alert->severity < share->severity)
		alert->severity = (enum severity)share->severity;
	if (first || share->first_ms < alert->first_ms)
		alert->first_ms = share->first_ms;
	if (first || share->last_ms > alert->last_ms)
		alert->last_ms = share->last_ms;
	if (alert->line_count < ALERT_LINES_MAX - 1)
		add_share_line(alert, share);
	else
		add_share_to_rest(alert, share);
	storm_subject(alert);
}
