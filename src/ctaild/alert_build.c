/*
 * alert_build: fills struct alert from what the rooms said.
 *
 * Hides how ids and incident keys are composed (DESIGN.md section 6).
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fields.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "ctaild/alert_build.h"
#include "message/variables.h"

#define SUBJECT_LINE_BYTES 160
#define SUBJECT_BYTES_MAX 2000
#define CAPTURE_BYTES_MAX 4096	/* an alert must fit into one frame */

static void
set_incident(struct alert *alert)
{
	struct span parts[] = {span_str("incident"), span_str(alert->rule),
	    span_str(alert->hostname), span_str(alert->key)};

	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert->incident);
}

static void
begin(struct alert *alert, const struct alert_place *place,
    enum alert_kind kind, enum severity severity, const char *rule)
{
	alert_init(alert);
	alert->kind = kind;
	alert->severity = severity;
	alert->made_ms = place->now_ms;
	alert->first_ms = alert->last_ms = place->now_ms;
	alert->count = 1;
	alert_set(&alert->rule, span_str(rule));
	alert_set(&alert->hostname, span_str(place->hostname));
}

static void
take_decision(struct alert *alert, const struct decision *decision)
{
	alert->count = decision->count;
	alert->first_ms = decision->first_ms;
	alert->last_ms = decision->last_ms;
	alert_set(&alert->key, decision->key);
	for (size_t i = 0; i < decision->line_count; i++)
		alert_add_line(alert, decision->lines[i]);
	set_incident(alert);
}

static struct span
cut(struct span text, size_t max)
{
	return text.len > max ? span_of(text.data, utf8_cut(text, max)) : text;
}

static void
take_captures(struct alert *alert, const struct rule *rule,
    const struct rule_match *match)
{
	struct span value;
	const char *name;
	char number[16];

	for (size_t i = 0; (name = rule_capture_name(rule, match, i, &value));
	     i++)
		alert_add_capture(alert, span_str(name),
		    cut(value, CAPTURE_BYTES_MAX));
	for (size_t i = 0; i < match->captures.count && i < 10; i++) {
		snprintf(number, sizeof(number), "%zu", i);
		alert_add_capture(alert, span_str(number),
		    cut(match->captures.groups[i], CAPTURE_BYTES_MAX));
	}
}

/* What the record brings along; a pattern's own capture of the same name is
 * meant instead. */
static void
take_fields(struct alert *alert, const struct rule *rule,
    const struct rule_match *match, struct span fields)
{
	struct span name, value, own;
	size_t cursor = 0;

	while (cursor < fields.len &&
	       fields_next(fields, &cursor, &name, &value))
		if (!rule_capture(rule, match, name, &own))
			alert_add_capture(alert, name,
			    cut(value, CAPTURE_BYTES_MAX));
}

static void
set_record_id(struct alert *alert, const struct record *record)
{
	char offset[24];

	snprintf(offset, sizeof(offset), "%" PRIu64, record->offset);
	struct span parts[] = {span_str(record->incarnation),
	    span_str(offset), span_str(alert->rule),
	    span_str(alert_kind_name(alert->kind))};
	alert_make_id(parts, sizeof(parts) / sizeof(*parts), alert->id);
}

static void
render_subject(struct alert *alert, const struct plan_rule *rule)
{
	struct buf subject = BUF_INIT;

	template_render(rule->subject, variable_lookup, alert, &subject);
	alert_set(&alert->subject,
	    cut(buf_span(&subject), SUBJECT_BYTES_MAX));
	buf_release(&subject);
}

void
alert_from_match(struct alert *alert, const struct alert_place *place,
    const struct plan_rule *rule, const struct decision *decision,
    const struct record *record, const char *log_name,
    const struct rule_match *match)
{
	begin(alert, place, ALERT_MATCH,
	    (enum severity)rule_settings(rule->rule)->severity,
	    rule_name(rule->rule));
	take_decision(alert, decision);
	take_captures(alert, rule->rule, match);
	take_fields(alert, rule->rule, match, record->fields);
	alert->undecided = match->undecided;
	alert->offset = record->offset;
	alert_set(&alert->log, span_str(log_name));
	alert_set(&alert->file, span_str(record->path));
	set_record_id(alert, record);
	render_subject(alert, rule);
}

void
alert_from_summary(struct alert *alert, const struct alert_place *place,
    const char *rule, enum severity severity,
    const struct decision *decision)
{
	char period[UNITS_TEXT_MAX];
	struct buf subject = BUF_INIT;
	struct span last;

	begin(alert, place, ALERT_SUMMARY, severity, rule);
	take_decision(alert, decision);
	alert->held_period_ms = decision->period_ms;
	duration_format(decision->period_ms, period);
	last = cut(alert_last_line(alert), SUBJECT_LINE_BYTES);
	buf_addf(&subject, "%s on %s: %" PRId64 " more in %s, last: ",
	    alert->rule, alert->hostname, alert->count, period);
	buf_add_span(&subject, last);
	alert_set(&alert->subject, buf_span(&subject));
	buf_release(&subject);
}

static void
set_own_subject(struct alert *alert, const char *subject)
{
	struct buf full = BUF_INIT;

	buf_addf(&full, "ctail on %s: %s", alert->hostname, subject);
	alert_set(&alert->subject, buf_span(&full));
	buf_release(&full);
}

void
alert_from_notice(struct alert *alert, const struct alert_place *place,
    enum severity severity, const char *subject, const char *text)
{
	begin(alert, place, ALERT_NOTICE, severity, "ctail");
	set_own_subject(alert, subject);
	alert_add_line(alert, span_str(text));
	set_incident(alert);
}

void
alert_from_gap(struct alert *alert, const struct alert_place *place,
    const char *path, const char *text)
{
	begin(alert, place, ALERT_GAP, SEVERITY_WARNING, "ctail");
	set_own_subject(alert, "lines of a log are lost");
	alert_set(&alert->file, span_str(path));
	alert_set(&alert->key, span_str(path));
	alert_add_line(alert, span_str(text));
	set_incident(alert);
}

void
alert_from_test(struct alert *alert, const struct alert_place *place,
    const char *sink)
{
	struct buf subject = BUF_INIT;

	begin(alert, place, ALERT_TEST, SEVERITY_INFO, "test");
	buf_addf(&subject, "test of sink %s on %s", sink, place->hostname);
	alert_set(&alert->subject, buf_span(&subject));
	buf_release(&subject);
	alert_add_line(alert, span_str("This is a test sent by `ctailctl "
	    "send-test'. Nothing is wrong: alerts will arrive here."));
	set_incident(alert);
}
